"""Evidence that came before is counted quickly, and says the same as if it was added piece by piece."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta

from roomproof.interaction import Interaction, Request, Response
from roomproof.judge.evidence import Evidence, Outcome, Side, broken, kept, unproven
from roomproof.providers import find_contract
from roomproof.verdict import Verdicts

CONTRACT = find_contract("telnyx")[0]
ONE, OTHER, *_ = [clause for clause in CONTRACT.clauses.values() if clause.is_limit]
CALM = [kept(ONE, Side.ACCEPTED), kept(OTHER), kept(OTHER), unproven(OTHER, "nobody knows")]
WRONG = [kept(ONE, Side.ACCEPTED), broken(OTHER, "it is broken", expected="1", received="2")]
NOON = datetime(2030, 6, 1, 12, tzinfo=UTC)


def at(minute: int) -> Interaction:
    request = Request("GET", f"https://example.org/v2/rooms?page={minute}")
    return Interaction(request, Response(200), NOON + timedelta(minutes=minute))


STREAM = [(CALM, at(5)), (CALM, at(9)), (WRONG, at(3)), (CALM, at(7)), (CALM[:2], at(8)), (WRONG, at(1))]


def piece_by_piece(stream: list[tuple[list[Evidence], Interaction]]) -> Verdicts:
    verdicts = Verdicts(CONTRACT)
    for evidence, interaction in stream:
        for item in evidence:
            verdicts.add(item, interaction)
    return verdicts


def all_at_once(stream: list[tuple[list[Evidence], Interaction]]) -> Verdicts:
    verdicts = Verdicts(CONTRACT)
    for evidence, interaction in stream:
        verdicts.add_all(evidence, interaction)
    return verdicts


def test_it_counts_as_if_it_was_added_piece_by_piece() -> None:
    found = all_at_once(STREAM * 3)
    assert found.records == piece_by_piece(STREAM * 3).records
    assert found.records[ONE.id].counts == {Outcome.PASS: 18}
    assert found.records[ONE.id].latest == at(9)
    assert found.records == piece_by_piece(STREAM * 3).records, "asking twice counts nothing twice"


def test_collections_merge_with_what_is_not_yet_counted_in() -> None:
    both = all_at_once(STREAM)
    both.merge(all_at_once(STREAM[:2] * 2))
    both.add_all(*STREAM[1])
    assert both.records == piece_by_piece(STREAM + STREAM[:2] * 2 + STREAM[1:2]).records


def test_what_was_pickled_goes_on_counting() -> None:
    verdicts: Verdicts = pickle.loads(pickle.dumps(all_at_once(STREAM[:2])))
    for evidence, interaction in STREAM:
        verdicts.add_all(evidence, interaction)
    assert verdicts.records == piece_by_piece(STREAM[:2] + STREAM).records
