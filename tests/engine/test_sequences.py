"""A fault that needs several requests is told with exactly these, and whoever sends them again sees it
again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from io import StringIO
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from roomproof.cassettes.regression import save
from roomproof.engine import sequences
from roomproof.engine.attempt import Attempts, Steps
from roomproof.engine.resend import Resender
from roomproof.engine.rooms import clean_up, open_rooms
from roomproof.engine.run import Options, Result, Subject
from roomproof.engine.session import Session
from roomproof.interaction import Interaction
from roomproof.json_data import as_json
from roomproof.providers import find_contract, find_mock
from roomproof.reports.junit import junit
from roomproof.reports.report import ProviderResult, report
from roomproof.reports.terminal import show
from roomproof.runs.regressions import check_regression
from roomproof.runs.subject import redactor_of, told_of
from roomproof.verdict import Finding, Verdict

Verify = Callable[..., Result]
Ask = Callable[..., Subject]
PROVIDERS = ("azure", "carrierx", "signalwire", "telnyx")
ELSEWHERE = "https://elsewhere.example.com"
UPDATE = ("telnyx.update-room.*",)
ABOUT = {"azure": ("azure.create-room.*", "azure.update-room.*"), "telnyx": UPDATE}
"""The clauses that the faults here are about."""


@dataclass
class Shown:
    """A fault of what a provider remembers of its rooms: `history` holds what each room was sent, by its
    path.
    """

    clause: str
    change: Callable[[Any, list[dict[str, Any]]], None]
    history: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def before(self, exchange: Any) -> None:
        """The request is left as it is."""

    def after(self, exchange: Any) -> None:
        """Note what was carried out, and change the response."""
        if exchange.method in ("PATCH", "PUT") and exchange.status == 200:
            history = self.history.setdefault(exchange.path, [])
            history.append(exchange.sent)
            self.change(exchange, history)


def after_an_empty_update(exchange: Any, history: list[dict[str, Any]]) -> None:
    """The second update in a row after an empty one shows another address."""
    if [bool(sent) for sent in history[-3:]] == [False, True, True] and "webhook_event_url" not in history[
        -1
    ]:
        exchange.respond_with(webhook_event_url=ELSEWHERE)


def thrice_in_a_row(exchange: Any, history: list[dict[str, Any]]) -> None:
    """The third time in a row that a room is told the same seconds, and the same beside them, they are not
    stored.
    """
    last = history[-3:]
    if (
        len(last) == 3
        and last[0] == last[1] == last[2]
        and isinstance(last[0].get("webhook_timeout_secs"), int)
    ):
        exchange.respond_with(webhook_timeout_secs=last[0]["webhook_timeout_secs"] - 1)


class Leak:
    """To record or not is told to every room that there is."""

    clause = "enable_recording.unchanged"

    def __init__(self) -> None:
        self.rooms: dict[str, bool | None] = {}

    def before(self, exchange: Any) -> None:
        """The request is left as it is."""

    def after(self, exchange: Any) -> None:
        """Answer with what any room was told last."""
        room = str(exchange.room.get("id"))
        if exchange.method not in ("POST", "PATCH") or exchange.status >= 300:
            return
        self.rooms.setdefault(room, None)
        if "enable_recording" in exchange.sent:
            self.rooms = dict.fromkeys(self.rooms, exchange.sent["enable_recording"])
        elif self.rooms[room] is not None:
            exchange.respond_with(enable_recording=self.rooms[room])


class Twice:
    """Every repeated request is executed again: its id is changed on the way."""

    clause = "repeatability.replayed-once"

    def __init__(self) -> None:
        self.count = 0

    def before(self, exchange: Any) -> None:
        """Change the id if it is one."""
        self.count += 1
        if len(exchange.headers.get("repeatability-request-id", "")) == 36:
            exchange.headers["repeatability-request-id"] = f"00000000-0000-4000-8000-{self.count:012}"

    def after(self, exchange: Any) -> None:
        """The response is left as it is."""


EMPTY, ANY = "empty", "any"
Outline = list[tuple[str, int, str]]
FAULTS: dict[str, tuple[str, Callable[[], Any], Outline]] = {
    # What is to be shown: method, which room (0 makes one), and whether the body is empty.
    "the second update after an empty one": (
        "telnyx",
        lambda: Shown("webhook_event_url.unchanged", after_an_empty_update),
        [("POST", 0, EMPTY), ("PATCH", 1, EMPTY), ("PATCH", 1, ANY), ("PATCH", 1, ANY)],
    ),
    "the same update three times in a row": (
        "telnyx",
        lambda: Shown("webhook_timeout_secs.echo", thrice_in_a_row),
        [("POST", 0, EMPTY), ("PATCH", 1, ANY), ("PATCH", 1, ANY), ("PATCH", 1, ANY)],
    ),
    "a leak between rooms": (
        "telnyx",
        Leak,
        [("POST", 0, EMPTY), ("POST", 0, EMPTY), ("PATCH", 1, ANY), ("PATCH", 2, EMPTY)],
    ),
    "a repeated request executed twice": ("azure", Twice, [("POST", 0, EMPTY), ("POST", 0, EMPTY)]),
}


def fails(result: Result) -> dict[str, Finding]:
    return {one.clause.id: one for one in result.verdicts.findings() if one.verdict is Verdict.FAIL}


def found(result: Result, clause: str) -> Finding:
    return next(finding for name, finding in fails(result).items() if name.endswith(clause))


def outline(provider: str, steps: Sequence[Interaction]) -> Outline:
    """Return what each step does to which room; rooms are counted in the order in which they are first
    named.
    """
    contract, _ = find_contract(provider)
    rooms: list[str] = []
    told: Outline = []
    for step in steps:
        matched = contract.match(step.request.method, step.request.path)
        room = matched[1].get(contract.room.parameter) if matched else None
        rooms += [room] if room and room not in rooms else []
        body = json.loads(step.request.body or b"{}")
        told.append((step.request.method, rooms.index(room) + 1 if room else 0, ANY if body else EMPTY))
    return told


def shows_again(subject: Subject, clause: str, steps: Sequence[Interaction]) -> bool:
    """Whether steps that are sent to another server break a clause there by the last of them."""
    session = Session(subject, Options(), lambda *_: None)
    try:
        open_rooms(session)
        resender = Resender(session, steps)
        evidence = [item for step in steps for item in resender.send(step)][-100:]
    finally:
        clean_up(session)
        subject.target.close()
    return any(item.clause.endswith(clause) and item.outcome in ("fail", "warn") for item in evidence)


@pytest.mark.parametrize("what", FAULTS)
def test_a_fault_is_told_with_the_steps_that_it_needs_and_no_other(
    what: str, verify: Verify, ask: Ask
) -> None:
    provider, fault, wanted = FAULTS[what]
    clause = fault().clause

    result = verify(provider, fault(), max_examples=100, strict=True, only=ABOUT[provider])
    steps = found(result, clause).counterexample.steps

    assert outline(provider, steps) == wanted
    assert shows_again(ask(provider, fault()), clause, steps)
    for left_out, step in enumerate(steps):
        if step.request.method != "POST":
            fewer = [*steps[:left_out], *steps[left_out + 1 :]]
            assert not shows_again(ask(provider, fault()), clause, fewer), (
                f"step {left_out + 1} can be left out"
            )


def test_a_sequence_finds_what_no_case_of_the_plan_does(
    verify: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = Shown("webhook_timeout_secs.echo", thrice_in_a_row)
    nothing = SimpleNamespace(give_to_each=lambda: None)
    monkeypatch.setattr(sequences, "follow", lambda _session: nothing)

    assert fails(verify("telnyx", fault, max_examples=100, only=UPDATE)) == {}


@pytest.mark.parametrize("what", ["one value is too many", "whatever is sent"])
def test_a_finding_that_one_request_shows_needs_no_steps(what: str, verify: Verify) -> None:
    def change(exchange: Any, history: list[dict[str, Any]]) -> None:
        if what == "whatever is sent" or history[-1].get("max_participants") == 37:
            exchange.respond_with(max_participants="a text")

    finding = found(verify("telnyx", Shown("", change), only=UPDATE), "max_participants.type")

    assert finding.counterexample.steps == ()
    assert finding.counterexample.sequence == (finding.counterexample.interaction,)


def test_a_fault_that_comes_and_goes_is_told_as_it_was_seen(verify: Verify) -> None:
    """Each seventh response of the server is about another address, so that no sequence shows it twice."""
    numbers = count(1)

    def change(exchange: Any, _history: list[dict[str, Any]]) -> None:
        if next(numbers) % 7 == 0 and "webhook_event_url" not in exchange.sent:
            exchange.respond_with(webhook_event_url=ELSEWHERE)

    result = verify("telnyx", Shown("", change), strict=True, only=UPDATE)

    assert result.stopped == ""
    assert found(result, "webhook_event_url.unchanged").counterexample.evidence.summary


@pytest.mark.parametrize("allowed", range(930, 1075, 16))
def test_a_run_that_ends_within_a_sequence_ends_as_any_other(allowed: int, verify: Verify) -> None:
    result = verify("telnyx", max_examples=100, max_requests=allowed, only=UPDATE)

    assert result.requests == allowed
    assert "--max-requests" in result.stopped
    assert fails(result) == {}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_sequences_of_a_long_run_are_all_different(
    provider: str, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[Steps] = []
    monkeypatch.setattr(Attempts, "broken_by", lambda _self, steps: drawn.append(steps))
    monkeypatch.setattr(sequences, "soaks", lambda *_: iter(()))
    monkeypatch.setattr(sequences, "lives", lambda *_: iter(()))
    session = Session(ask(provider), Options(max_examples=40 * sequences.CASES_EACH), lambda *_: None)
    open_rooms(session)

    sequences.follow(session)

    simplest, *others = dict.fromkeys(drawn)
    assert len(set(simplest)) <= 3
    assert len(others) == 40
    assert all(len(steps) >= sequences.LENGTH for steps in others)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("provider", PROVIDERS)
def test_no_sequence_breaks_a_provider_that_conforms(provider: str, seed: int, ask: Ask) -> None:
    session = Session(ask(provider), Options(seed=seed), lambda *_: None)
    open_rooms(session)
    rooms = set(session.made)

    sequences.follow(session)

    assert fails(session.result) == {}
    assert session.result.requests > 60
    assert set(session.made) == rooms


def test_nothing_is_printed(verify: Verify, capfd: pytest.CaptureFixture[str]) -> None:
    assert found(verify("telnyx", Leak(), strict=True, only=UPDATE), Leak.clause).counterexample.steps

    assert capfd.readouterr() == ("", "")


def test_a_report_shows_the_steps_without_secrets(verify: Verify) -> None:
    result = verify("telnyx", Leak(), strict=True, only=UPDATE)
    secrets = result.subject.scheme.secrets()
    judged = ProviderResult(
        result.subject.contract,
        result.verdicts,
        "here",
        result.requests,
        1.0,
        result.started,
        secrets=secrets,
    )

    told = report([judged], 0)

    finding = next(one for one in told.providers[0].findings if one.clause.endswith(Leak.clause))
    assert [step.step for step in finding.sequence] == [1, 2, 3, 4]
    assert [step.request.method for step in finding.sequence] == ["POST", "POST", "PATCH", "PATCH"]
    assert finding.sequence[-1].curl == finding.curl
    assert finding.sequence[-1].response == finding.response
    console = Console(record=True, file=StringIO(), width=120)
    show(console, told)
    lines = [line for line in console.export_text().splitlines() if line[:1].isdigit() and "curl" in line]
    assert [line.split(" -X ")[0] for line in lines] == [f"{number}. curl -i" for number in (1, 2, 3, 4)]
    assert [line in junit(told).replace("&quot;", '"') for line in lines] == [True] * 4
    assert not any(secret in as_json(told) for secret in secrets)


@pytest.mark.parametrize("what", FAULTS)
def test_a_regression_sends_the_steps_again(what: str, verify: Verify, ask: Ask, tmp_path: Path) -> None:
    provider, fault, _ = FAULTS[what]
    result = verify(provider, fault(), max_examples=100, strict=True, only=ABOUT[provider])
    finding = found(result, fault().clause)
    mock = find_mock(provider)
    redactor = redactor_of(replace(result.subject, secrets=result.subject.scheme.secrets()))

    path = save(tmp_path, finding.clause.id, told_of(result.subject), finding.counterexample.steps, redactor)
    assert path is not None

    def checked(one: Any) -> str:
        url = ask(provider, one).target.base_url
        return check_regression(
            path, base_url=url, room_id=mock.room_id, environment=mock.environment
        ).verdict

    assert (checked(fault()), checked(None)) == ("fail", "pass")
