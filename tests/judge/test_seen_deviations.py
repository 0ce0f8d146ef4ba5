"""Deviations that have to be looked at again: those that have expired, and those that could have been seen
and were not.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from roomproof.contract.deviation import Deviation, Occurs
from roomproof.contract.model import Contract
from roomproof.interaction import Interaction, Request, Response
from roomproof.judge.evidence import Evidence, Outcome
from roomproof.judge.seen_deviations import StaleReason
from roomproof.verdict import Verdict, Verdicts

MAXIMUM = "mini.update-room.request.size.maximum"
SEEN, TODAY = date(2026, 3, 1), date(2026, 11, 21)
KNOWN = Deviation(
    MAXIMUM,
    {
        "/request/body/size": {"const": 9},
        "/response/status": {"const": 200},
        "/response/body/room/size": {"const": 9},
    },
    "nine are accepted",
    "row 1",
    SEEN,
    date(2027, 3, 1),
)


def exchange(size: int, status: int, response: bytes = b"{}", day: date = TODAY) -> Interaction:
    request = Request("PATCH", "https://mini.example/rooms/7", (), b'{"size":%d}' % size)
    return Interaction(
        request, Response(status, (), response), datetime(day.year, day.month, day.day, tzinfo=UTC)
    )


def said(
    contract: Contract, deviation: Deviation, *heard: tuple[Outcome, Interaction], clause: str = MAXIMUM
) -> Verdicts:
    verdicts = Verdicts(contract, [deviation])
    for outcome, interaction in heard:
        verdicts.add(Evidence(clause, outcome, "it is broken"), interaction)
    return verdicts


def whys(verdicts: Verdicts, today: date = TODAY) -> list[StaleReason]:
    return [stale.why for stale in verdicts.deviations.stale(today)]


TAKEN = (Outcome.FAIL, exchange(9, 200, b'{"room":{"size":9}}'))
REJECTED = (Outcome.PASS, exchange(9, 422))


def test_a_deviation_that_is_seen_is_not_stale(mini: Contract) -> None:
    assert whys(said(mini, KNOWN, REJECTED, TAKEN)) == []
    assert whys(said(mini, KNOWN, TAKEN, REJECTED)) == []


def test_one_that_could_have_been_seen_and_was_not_is_no_longer_seen(mini: Contract) -> None:
    assert whys(said(mini, KNOWN, REJECTED)) == [StaleReason.NO_LONGER_SEEN]


@pytest.mark.parametrize(
    "heard",
    [
        (),
        [(Outcome.PASS, exchange(10, 422))],
        [(Outcome.PASS, exchange(5, 200))],
        [(Outcome.INCONCLUSIVE, exchange(9, 503))],
        [(Outcome.PASS, exchange(9, 422, day=date(2026, 2, 28)))],
        [(Outcome.PASS, replace(exchange(9, 422), at=None))],
    ],
    ids=[
        "nothing heard",
        "another value",
        "a value on the limit",
        "no word",
        "said before it was seen",
        "said nobody knows when",
    ],
)
def test_what_was_not_tested_as_the_witness_asks_proves_nothing(heard: Any, mini: Contract) -> None:
    assert whys(said(mini, KNOWN, *heard)) == []


def test_another_fault_of_the_same_clause_is_not_the_one_that_is_known(mini: Contract) -> None:
    verdicts = said(mini, KNOWN, (Outcome.FAIL, exchange(9, 202, b'{"room":{"size":5}}')))
    assert verdicts.verdicts()[MAXIMUM] is Verdict.FAIL
    assert whys(verdicts) == [StaleReason.NO_LONGER_SEEN]


def test_one_that_occurs_sometimes_is_never_missed(mini: Contract) -> None:
    assert whys(said(mini, replace(KNOWN, occurs=Occurs.SOMETIMES), REJECTED)) == []


def test_one_about_another_room_is_not_missed_in_this_one(mini: Contract) -> None:
    about_a_sample = replace(KNOWN, witness={**KNOWN.witness, "/response/body/room/id": {"const": "sample"}})
    assert whys(said(mini, about_a_sample, (Outcome.PASS, exchange(9, 422, b'{"room":{"id":"7"}}')))) == []


def test_of_a_response_the_status_is_a_circumstance(mini: Contract) -> None:
    clause = "mini.update-room.response.422.X-Error.present"
    missing = replace(
        KNOWN, clause=clause, witness={"/response/status": {"const": 422}, "/response/headers/x-error": False}
    )
    there = exchange(9, 400)
    assert whys(said(mini, missing, (Outcome.PASS, there), clause=clause)) == []
    assert whys(said(mini, missing, (Outcome.PASS, exchange(9, 422)), clause=clause)) == [
        StaleReason.NO_LONGER_SEEN
    ]


def test_an_expired_one_is_told_and_still_excuses(mini: Contract) -> None:
    verdicts = said(mini, KNOWN, TAKEN)
    assert whys(verdicts, KNOWN.expires) == []
    assert whys(verdicts, date(2027, 3, 2)) == [StaleReason.EXPIRED]
    assert verdicts.verdicts()[MAXIMUM] is Verdict.DEVIATION


def test_what_one_collection_has_seen_another_need_not(mini: Contract) -> None:
    both = said(mini, KNOWN, REJECTED)
    both.merge(said(mini, KNOWN, TAKEN))
    assert whys(both) == []
