"""Reading back: rooms are read some seconds after their last update, and little is waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from roomproof.contract.resource import Effect
from roomproof.engine.run import Options, Result, Run, Subject
from roomproof.engine.session import Session
from roomproof.reports.unexercised import Coverage
from roomproof.verdict import Verdict

Verify = Callable[..., Result]
Ask = Callable[..., Subject]
PROVIDERS = ("azure", "carrierx", "signalwire", "telnyx")
ONLY = ("*.read-after-write",)


class Stale:
    """A read shows something else, until so many reads of a room were answered."""

    def __init__(self, lasting: int, **fields: Any) -> None:
        self.left, self.fields = lasting, fields

    def before(self, exchange: Any) -> None:
        """The request is left as it is."""

    def after(self, exchange: Any) -> None:
        if exchange.method == "GET" and exchange.status == 200 and self.left:
            self.left -= 1
            exchange.respond_with(**self.fields)


class Late:
    """Every read shows what stood there half a second before."""

    def __init__(self) -> None:
        self.shown: dict[str, list[tuple[float, dict[str, Any]]]] = {}

    def before(self, exchange: Any) -> None:
        """The request is left as it is."""

    def after(self, exchange: Any) -> None:
        now = asyncio.get_running_loop().time()
        told = self.shown.setdefault(exchange.path, [])
        if exchange.method in ("PATCH", "PUT") and exchange.status == 200:
            told.append((now, exchange.room))
        old = [room for at, room in told if at < now - 0.5]
        if exchange.method == "GET" and exchange.status == 200 and told:
            exchange.respond_with(**(old[-1] if old else told[0][1]))


def verdicts(result: Result) -> set[Verdict]:
    return {
        word for clause, word in result.verdicts.verdicts().items() if clause.endswith(".read-after-write")
    }


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_field_of_a_right_provider_is_read_back(provider: str, verify: Verify) -> None:
    assert verdicts(verify(provider, max_examples=0, only=ONLY)) == {Verdict.PASS}


def test_a_provider_that_shows_an_update_half_a_second_later_is_right(verify: Verify) -> None:
    assert verdicts(verify("telnyx", Late(), max_examples=0, only=ONLY)) == {Verdict.PASS}


def test_a_provider_that_never_shows_it_to_readers_is_wrong(verify: Verify) -> None:
    result = verify("telnyx", Stale(1000, max_participants=3), max_examples=0, only=ONLY)

    findings = [finding for finding in result.verdicts.findings() if finding.verdict is Verdict.FAIL]
    assert [finding.clause.id for finding in findings] == [
        f"telnyx.{operation}.behaviour.max_participants.read-after-write"
        for operation in ("create-room", "update-room")
    ]
    evidence = findings[1].counterexample.evidence
    assert str(evidence.received) == "3"
    assert "a read after it says 3" in evidence.summary


def test_a_run_with_one_room_reads_back_one_operation_after_the_other(ask: Ask) -> None:
    whole = ask("carrierx")
    some = tuple(one for one in whole.contract.operations if one.is_documented or one.effect is Effect.READ)
    subject = replace(whole, contract=replace(whole.contract, operations=some))

    assert verdicts(Run(subject, Options(max_examples=0, only=ONLY), lambda *_: None).verify()) == {
        Verdict.PASS
    }


def test_a_contract_without_a_read_says_why_nothing_was_read_back(ask: Ask) -> None:
    whole = ask("telnyx")
    some = tuple(one for one in whole.contract.operations if one.effect is not Effect.READ)
    contract = replace(whole.contract, operations=some)

    result = Run(
        replace(whole, contract=contract), Options(max_examples=0, only=ONLY), lambda *_: None
    ).verify()

    whys = Coverage(contract, result.verdicts).whys()
    assert {whys[clause] for clause in whys if clause.endswith(".read-after-write")} == {
        "no operation that reads: the contract has none that shows a room"
    }


def test_a_run_waits_once_at_most_and_no_longer_than_it_must(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    wait = Session.wait
    monkeypatch.setattr(
        Session, "wait", lambda session, pause: (waited.append(pause), wait(session, pause))[1]
    )

    Run(ask("carrierx"), Options(max_examples=0, only=ONLY), lambda *_: None).verify()

    assert len([pause for pause in waited if pause]) <= 1
    assert sum(waited) < 2.1
