"""A faulty provider gets a finding that names the field; the faultless one gets none."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from roomproof.engine.run import Result
from roomproof.judge.evidence import Outcome, severity
from roomproof.verdict import Verdict

Verify = Callable[..., Result]
PROVIDERS = ("azure", "carrierx", "signalwire", "telnyx")
ABOUT = {
    "azure": ("azure.create-room.*", "azure.update-room.*"),
    "carrierx": ("carrierx.update-room.*", "carrierx.replace-room.*"),
    "signalwire": ("signalwire.update-room.*",),
    "telnyx": ("telnyx.update-room.*",),
}
"""The clauses that the faults here are about."""


@dataclass
class Fault:
    """A fault of a mock: what it does to requests before and to responses after; `memory` lasts for the whole
    run.
    """

    clause: str
    before_: Callable[[Any, dict[str, Any]], None] = lambda _exchange, _memory: None
    after_: Callable[[Any, dict[str, Any]], None] = lambda _exchange, _memory: None
    memory: dict[str, Any] = field(default_factory=dict)

    def before(self, exchange: Any) -> None:
        """Change the request."""
        self.before_(exchange, self.memory)

    def after(self, exchange: Any) -> None:
        """Change the response."""
        self.after_(exchange, self.memory)


def is_update(exchange: Any) -> bool:
    return exchange.method in ("PATCH", "PUT") and exchange.status == 200


def accept(name: str, wrong: Any, right: Any) -> Callable[[Any, dict[str, Any]], None]:
    """Take one wrong value as if it were right."""

    def change(exchange: Any, _memory: dict[str, Any]) -> None:
        if exchange.sent.get(name) == wrong and type(exchange.sent.get(name)) is type(wrong):
            exchange.body = json.dumps({**exchange.sent, name: right}).encode()

    return change


def reject(name: str, value: Any) -> Callable[[Any, dict[str, Any]], None]:
    """Reject one right value."""

    def change(exchange: Any, _memory: dict[str, Any]) -> None:
        if exchange.sent.get(name) == value and is_update(exchange):
            exchange.status, exchange.response = 422, b'{"errors": [{"code": "1", "title": "no"}]}'

    return change


def say(name: str, value: Any, when: Callable[[Any], bool]) -> Callable[[Any, dict[str, Any]], None]:
    """Say something else in the response."""

    def change(exchange: Any, _memory: dict[str, Any]) -> None:
        if is_update(exchange) and when(exchange):
            exchange.respond_with(**{name: value})

    return change


def second_response_says(name: str, value: Any) -> Callable[[Any, dict[str, Any]], None]:
    """Say something else the second time that a room is updated without the field."""

    def change(exchange: Any, memory: dict[str, Any]) -> None:
        if is_update(exchange) and name not in exchange.sent:
            memory[exchange.path] = memory.get(exchange.path, 0) + 1
            if memory[exchange.path] == 2:
                exchange.respond_with(**{name: value})

    return change


def execute_twice(exchange: Any, memory: dict[str, Any]) -> None:
    """Forget that a request was sent before, by giving it a new repeatability id."""
    memory["count"] = memory.get("count", 0) + 1
    if (
        "repeatability-request-id" in exchange.headers
        and "not-a" not in exchange.headers["repeatability-request-id"]
    ):
        exchange.headers["repeatability-request-id"] = f"00000000-0000-4000-8000-{memory['count']:012}"


def let_everybody_in(exchange: Any, memory: dict[str, Any]) -> None:
    known = memory.setdefault("authorization", exchange.headers.get("authorization"))
    if known:
        exchange.headers["authorization"] = known


def store_nothing(method: str) -> Callable[[Any, dict[str, Any]], None]:
    """Response updates of one method with what was sent, and forget it at once."""

    def change(exchange: Any, memory: dict[str, Any]) -> None:
        if not is_update(exchange):
            return
        stored = memory.setdefault(exchange.path, {})
        for name, value in exchange.room.items():
            if name not in exchange.sent:
                stored.setdefault(name, value)
            elif exchange.method != method:
                stored[name] = value
        exchange.respond_with(**{name: value for name, value in stored.items() if name not in exchange.sent})

    return change


def forget_what_rooms_are_made_with(exchange: Any, memory: dict[str, Any]) -> None:
    """Response a creation with what was sent, but make the room with its default."""
    if exchange.status == 201:
        memory[exchange.room["id"]] = False
    room = exchange.path.rpartition("/")[2]
    if is_update(exchange) and room in memory:
        if "pstnDialOutEnabled" in exchange.sent:
            del memory[room]
        else:
            exchange.respond_with(pstnDialOutEnabled=memory[room])


def merge_settings(exchange: Any, memory: dict[str, Any]) -> None:
    """Put what a PUT sends to what stood there before, instead of in its place."""
    if is_update(exchange):
        settings = exchange.room["properties"]
        memory["settings"] = (
            {**memory.get("settings", {}), **settings} if exchange.method == "PUT" else settings
        )
        exchange.respond_with(properties=memory["settings"])


def restore_account(exchange: Any, _memory: dict[str, Any]) -> None:
    if is_update(exchange) and isinstance(exchange.sent.get("account_sid"), str):
        exchange.respond_with(account_sid=exchange.sent["account_sid"])


def response_in_html(exchange: Any, _memory: dict[str, Any]) -> None:
    if is_update(exchange):
        exchange.response = b"<p>done</p>"


def response_202(exchange: Any, _memory: dict[str, Any]) -> None:
    exchange.status = 202 if exchange.status == 201 else exchange.status


def absent(name: str) -> Callable[[Any], bool]:
    return lambda exchange: name not in exchange.sent


FAULTS = {
    ("telnyx", "accepts 51 participants"): Fault(
        "request.max_participants.maximum", before_=accept("max_participants", 51, 50)
    ),
    ("telnyx", "rejects 50 participants"): Fault(
        "request.max_participants.maximum", after_=reject("max_participants", 50)
    ),
    ("telnyx", "rejects 37 only"): Fault(
        "request.max_participants.accepted", after_=reject("max_participants", 37)
    ),
    ("telnyx", "loses 41"): Fault(
        "behaviour.max_participants.echo",
        after_=say("max_participants", 40, lambda exchange: exchange.sent.get("max_participants") == 41),
    ),
    ("telnyx", "resets recording"): Fault(
        "behaviour.enable_recording.unchanged",
        after_=say("enable_recording", False, absent("enable_recording")),
    ),
    ("telnyx", "changes the id"): Fault(
        "behaviour.id.constant",
        after_=say("id", "5e3b9c0e-2a3f-4a57-8f06-9d1c4f7ab211", absent("enable_recording")),
    ),
    ("telnyx", "forgets on the second update"): Fault(
        "behaviour.webhook_event_url.unchanged",
        after_=second_response_says("webhook_event_url", "https://other.example"),
    ),
    ("telnyx", "asks for no credentials"): Fault(
        "behaviour.authentication.missing-refused", before_=let_everybody_in
    ),
    ("signalwire", "answers numbers as text"): Fault(
        "response.max_members.type", after_=say("max_members", "20", absent("max_members"))
    ),
    ("signalwire", "accepts 4k"): Fault("request.quality.enum", before_=accept("quality", "4k", "720p")),
    ("signalwire", "answers no JSON"): Fault("response.body.type", after_=response_in_html),
    ("carrierx", "accepts another account"): Fault("behaviour.account_sid", after_=restore_account),
    ("carrierx", "merges settings"): Fault("replace-room.behaviour.properties.echo", after_=merge_settings),
    ("carrierx", "stores no PUT"): Fault(
        "update-room.behaviour.properties.unchanged", after_=store_nothing("PUT")
    ),
    ("carrierx", "stores no PATCH"): Fault(
        "update-room.behaviour.name.unchanged", after_=store_nothing("PATCH")
    ),
    ("telnyx", "stores no PATCH"): Fault(
        "update-room.behaviour.max_participants.unchanged", after_=store_nothing("PATCH")
    ),
    ("signalwire", "stores no PUT"): Fault(
        "update-room.behaviour.max_members.kept-or-default", after_=store_nothing("PUT")
    ),
    ("azure", "stores no PATCH"): Fault(
        "update-room.behaviour.validUntil.unchanged", after_=store_nothing("PATCH")
    ),
    ("azure", "forgets what rooms are made with"): Fault(
        "update-room.behaviour.pstnDialOutEnabled.unchanged", after_=forget_what_rooms_are_made_with
    ),
    ("azure", "executes repeated requests again"): Fault(
        "behaviour.repeatability.replayed-once", before_=execute_twice
    ),
    ("azure", "answers 202"): Fault("create-room.response.201.status", after_=response_202),
}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_built_in_mock_conforms(provider: str, verify: Verify) -> None:
    result = verify(provider)

    assert [
        finding.counterexample.evidence.summary
        for finding in result.verdicts.findings()
        if finding.verdict is Verdict.FAIL
    ] == []
    assert result.stopped == ""


@pytest.mark.parametrize(("provider", "what"), FAULTS)
def test_a_fault_is_found_and_its_field_named(provider: str, what: str, verify: Verify) -> None:
    fault = FAULTS[provider, what]

    result = verify(provider, fault, only=ABOUT[provider])

    # As bad as a clause of its level can be broken.
    worst = {Outcome.FAIL: Verdict.FAIL, Outcome.WARN: Verdict.WARNING}
    found = [
        finding.clause.id
        for finding in result.verdicts.findings()
        if finding.verdict is worst[severity(finding.clause)]
    ]
    assert any(fault.clause in clause_id for clause_id in found), f"{what}: found only {found}"


def test_a_fault_of_two_fields_together_is_shrunk_to_these_two(verify: Verify) -> None:
    pair = {"enable_recording", "webhook_timeout_secs"}

    def reject_the_pair(exchange: Any, memory: dict[str, Any]) -> None:
        if pair <= set(exchange.sent):
            reject("enable_recording", exchange.sent["enable_recording"])(exchange, memory)

    fault = Fault("response.200.status", after_=reject_the_pair)

    result = verify("telnyx", fault, only=ABOUT["telnyx"])

    finding = next(
        finding
        for finding in result.verdicts.findings()
        if finding.clause.id == "telnyx.update-room.response.200.status"
    )
    body = json.loads(finding.counterexample.interaction.request.body or b"{}")
    assert set(body) == pair


def test_the_same_seed_sends_the_same_number_of_requests(verify: Verify) -> None:
    one, other = (verify("telnyx", seed=3, max_examples=5) for _ in range(2))
    assert one.requests == other.requests


def test_no_more_requests_than_allowed_are_sent(verify: Verify) -> None:
    result = verify("telnyx", max_requests=40)

    assert result.requests == 40
    assert "--max-requests 40" in result.stopped


def test_rooms_that_the_run_made_are_deleted_at_the_end(verify: Verify) -> None:
    memory: dict[str, Any] = {}

    def count(exchange: Any, _memory: dict[str, Any]) -> None:
        made, deleted = memory.setdefault("made", set()), memory.setdefault("deleted", set())
        if exchange.method == "POST" and exchange.status == 201:
            made.add(exchange.room["id"])
        if exchange.method == "DELETE" and exchange.status == 204:
            deleted.add(exchange.path.rpartition("/")[2])

    verify("azure", Fault("", after_=count), max_examples=5)

    assert memory["made"]
    assert memory["made"] == memory["deleted"]
