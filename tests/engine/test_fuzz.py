"""`roomproof verify --fuzz N`: cases of Schemathesis, judged like our own."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from starlette.types import ASGIApp

from roomproof import cli
from roomproof.engine.fuzz import fuzz
from roomproof.engine.rooms import open_rooms
from roomproof.engine.run import Options, Result, Subject
from roomproof.engine.session import CutShortError, Session
from roomproof.interaction import Credentials, Interaction, RoomKnowledge
from roomproof.providers import find_contract, find_mock, find_special
from roomproof.targets.credentials import scheme_from, unscoped_from
from roomproof.targets.http import HttpTarget
from roomproof.targets.target import UnsentRequest
from roomproof.verdict import Verdict

PROVIDERS = ("azure", "carrierx", "signalwire", "telnyx")
Serve = Callable[[ASGIApp], AbstractContextManager[str]]
Fuzzed = Callable[..., tuple[Result, list[tuple[UnsentRequest, Interaction]]]]


class Watched:
    """A target that keeps what went through it."""

    def __init__(self, target: HttpTarget) -> None:
        self.base_url, self._target = target.base_url, target
        self.sent: list[tuple[UnsentRequest, Interaction]] = []

    def send(self, unsent: UnsentRequest) -> Interaction:
        """Send a request and note it."""
        interaction = self._target.send(unsent)
        self.sent.append((unsent, interaction))
        return interaction

    def close(self) -> None:
        """Close the connection."""
        self._target.close()


@pytest.fixture
def fuzzed(serve: Serve) -> Fuzzed:
    """Send nothing but the cases of Schemathesis to a provider's mock; return what came of it and what was
    sent.
    """

    def run(provider: str, seed: int = 0, cases: int = 30, max_requests: int | None = None) -> Any:
        mock = find_mock(provider)
        contract, deviations = find_contract(provider)
        scheme = scheme_from(contract.credentials, mock.environment)
        unscoped = unscoped_from(contract.credentials, scheme, mock.environment)
        with serve(mock.build()) as origin:
            target = Watched(HttpTarget(origin + mock.prefix))
            subject = Subject(
                contract, deviations, find_special(provider), target, scheme, unscoped, mock.room_id
            )
            options = Options(seed=seed, fuzz=cases, max_requests=max_requests)
            session = Session(subject, options, lambda *_: None)
            open_rooms(session)
            before = len(target.sent)
            try:
                for operation in contract.telling:
                    fuzz(session, session.bench(operation))
            except CutShortError as error:
                session.result.stopped = str(error)
            target.close()
        return session.result, target.sent[before:]

    return run


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_right_provider_has_no_fail(provider: str, seed: int, fuzzed: Fuzzed) -> None:
    result, sent = fuzzed(provider, seed)

    fails = [finding for finding in result.verdicts.findings() if finding.verdict is Verdict.FAIL]
    assert [
        (
            finding.clause.id,
            finding.counterexample.evidence.summary,
            finding.counterexample.interaction.request.body,
        )
        for finding in fails
    ] == []
    classes = {interaction.response.status // 100 for _, interaction in sent if interaction.response}
    assert classes == {2, 4}, "some are accepted, some rejected, nothing else happens"
    telling = result.subject.contract.telling
    assert len(sent) >= 30 * len([one for one in telling if one.is_documented])


def test_cases_go_to_the_rooms_of_the_run_with_its_credentials(fuzzed: Fuzzed) -> None:
    result, sent = fuzzed("telnyx")

    mock = find_mock("telnyx")
    assert {unsent.credentials for unsent, _ in sent} == {Credentials.VALID}
    assert {interaction.request.headers[-1] for _, interaction in sent} == {
        ("Authorization", f"Bearer {mock.environment['TELNYX_API_KEY']}")
    }
    about_rooms = [interaction for unsent, interaction in sent if unsent.room is RoomKnowledge.EXISTS]
    assert about_rooms
    assert 404 not in {interaction.response.status for interaction in about_rooms if interaction.response}
    strange = [
        interaction
        for unsent, interaction in sent
        if unsent.room is not RoomKnowledge.EXISTS and unsent.path != "/rooms"
    ]
    assert strange
    assert {interaction.response.status for interaction in strange if interaction.response} == {404}
    assert result.requests >= len(sent)


def test_valid_bodies_wrong_bodies_and_wrong_carriers_are_sent(fuzzed: Fuzzed) -> None:
    _, sent = fuzzed("telnyx", cases=60)

    media_types = {dict(unsent.headers).get("Content-Type") for unsent, _ in sent}
    bodies = [unsent.body or b"" for unsent, _ in sent]
    assert "application/json" in media_types
    assert len(media_types) > 1
    assert any(b'"max_participants":51' in body.replace(b" ", b"") for body in bodies)
    assert any(not body.startswith(b"{") for body in bodies)


def test_no_webhook_goes_to_a_stranger(fuzzed: Fuzzed) -> None:
    _, sent = fuzzed("telnyx", cases=60)

    accepted = [
        interaction for _, interaction in sent if interaction.response and interaction.response.status == 200
    ]
    rooms = [
        json.loads(interaction.response.body)["data"] for interaction in accepted if interaction.response
    ]
    hosts = {
        re.sub(r"^\w+://([^/:?#]*).*", r"\1", room[name] or "")
        for room in rooms
        for name in ("webhook_event_url", "webhook_event_failover_url")
    }
    assert len(hosts) > 2
    assert {host for host in hosts if host and not host.endswith("example.com")} == set()


def test_the_seed_decides_what_is_sent(fuzzed: Fuzzed) -> None:
    def bodies(seed: int) -> list[bytes]:
        # What keeps the names of rooms apart is no matter of the seed: the run's own word, and the id of its
        # room.
        told = (unsent.body or b"" for unsent, _ in fuzzed("telnyx", seed)[1])
        return [re.sub(rb"rp[0-9a-f]+-[0-9a-f]{8}", b"", body) for body in told]

    first = bodies(1)

    assert bodies(1) == first
    assert bodies(2) != first


def test_the_bound_on_requests_holds(fuzzed: Fuzzed) -> None:
    result, _ = fuzzed("telnyx", max_requests=20)

    assert (result.requests, result.stopped) == (20, "--max-requests 20 reached")


class Crash:
    """Fail over a field whose name is not ASCII."""

    def before(self, exchange: Any) -> None:
        """Leave requests alone."""

    def after(self, exchange: Any) -> None:
        """Answer with a server error."""
        if exchange.method == "PATCH" and not "".join(exchange.sent).isascii():
            exchange.status, exchange.response = 500, b""


def test_a_fault_beyond_our_own_plan_is_found(verify: Callable[..., Result]) -> None:
    def fails(**options: int) -> list[str]:
        only = ("telnyx.update-room.*",)
        found = verify("telnyx", Crash(), max_examples=0, only=only, **options).verdicts.findings()
        return [finding.clause.id for finding in found if finding.verdict is Verdict.FAIL]

    assert fails() == []
    found = fails(fuzz=20)
    assert "telnyx.update-room.behaviour.any-input.no-server-error" in found
    assert len(found) == len(set(found)), "each clause is one finding, whoever found it"


def test_without_schemathesis_a_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "schemathesis", None)
    monkeypatch.setattr(sys, "argv", ["roomproof", "verify", "telnyx", "--fuzz", "5"])

    with pytest.raises(SystemExit) as ended:
        cli.main()

    assert ended.value.code == 2
    assert capsys.readouterr().err == (
        "roomproof: --fuzz needs Schemathesis, which is not installed: python -m pip install "
        "'roomproof[fuzz]'\n"
    )


def test_without_the_option_schemathesis_is_not_needed(
    monkeypatch: pytest.MonkeyPatch, verify: Callable[..., Result]
) -> None:
    monkeypatch.setitem(sys.modules, "schemathesis", None)

    assert verify("telnyx", max_requests=10).requests == 10
