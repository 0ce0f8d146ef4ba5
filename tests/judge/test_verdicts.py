"""From evidence to verdicts: levels, suspicions, deviations, the smallest counterexample, and collections
that merge.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomproof.contract.clause import Level
from roomproof.contract.deviation import Deviation
from roomproof.contract.model import Contract
from roomproof.interaction import Interaction, Request, Response
from roomproof.judge.deviation_match import document, matches
from roomproof.judge.evidence import Evidence, Outcome, Side, broken, kept, severity
from roomproof.limit import Border, Limit, LimitReply, TriedValue
from roomproof.verdict import Verdict, Verdicts

UPDATE = "mini.update-room"
SIZE, MODE, STATUS = (
    f"{UPDATE}.request.size.maximum",
    f"{UPDATE}.request.mode.enum",
    f"{UPDATE}.response.200.status",
)
Heard = tuple[Evidence, Interaction]


def exchange(body: bytes = b'{"size":9}', status: int = 422, response: bytes = b"{}") -> Interaction:
    request = Request(
        "PATCH", "https://mini.example/rooms/7?api=1", (("Content-Type", "application/json"),), body
    )
    return Interaction(request, Response(status, (("X-Error", "refused"),), response))


def collected(
    contract: Contract, heard: Iterable[Heard], deviations: Iterable[Deviation] = (), *, strict: bool = False
) -> Verdicts:
    verdicts = Verdicts(contract, deviations, strict=strict)
    for evidence, interaction in heard:
        verdicts.add(evidence, interaction)
    return verdicts


def evidence(clause_id: str, outcome: Outcome = Outcome.FAIL, *suspects: str) -> Evidence:
    return Evidence(clause_id, outcome, f"{clause_id} is broken", suspects=suspects)


# Levels.


@pytest.mark.parametrize(
    ("level", "outcome"),
    [
        (Level.DOCUMENTED, Outcome.FAIL),
        (Level.STANDARD, Outcome.WARN),
        (Level.SAMPLE, Outcome.WARN),
        (Level.OBSERVED, Outcome.WARN),
    ],
)
def test_only_what_a_document_says_can_fail(level: Level, outcome: Outcome, mini: Contract) -> None:
    clause = next(
        item for item in mini.clauses.values() if item.level is level and item.rule != "no-server-error"
    )
    assert severity(clause) is outcome
    assert broken(clause, "it is broken", expected="a", received="b").outcome is outcome
    assert broken(clause, "it is bent", expected="a", received="b", lenient=True).outcome is Outcome.WARN


@pytest.mark.parametrize(
    ("level", "strict"),
    [(Level.STANDARD, Verdict.FAIL), (Level.SAMPLE, Verdict.FAIL), (Level.OBSERVED, Verdict.WARNING)],
)
def test_strict_makes_standards_and_samples_fail_but_never_what_was_only_observed(
    level: Level, strict: Verdict, mini: Contract
) -> None:
    clause = next(
        item for item in mini.clauses.values() if item.level is level and item.rule != "no-server-error"
    )
    heard = [(evidence(clause.id, Outcome.WARN), exchange())]
    assert collected(mini, heard).verdicts()[clause.id] is Verdict.WARNING
    assert collected(mini, heard, strict=True).verdicts()[clause.id] is strict


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize("doubtful", [False, True])
@pytest.mark.parametrize("lenient", [False, True])
def test_strictness_follows_the_level_and_nothing_else(
    level: Level, doubtful: bool, lenient: bool, mini: Contract
) -> None:
    clause = next(item for item in mini.clauses.values() if item.level is level)
    bent = broken(clause, "it is bent", expected="a", received="b", lenient=lenient, doubtful=doubtful)
    strict = collected(mini, [(bent, exchange())], strict=True).verdicts()[clause.id]
    assert strict is (Verdict.WARNING if doubtful or level is Level.OBSERVED else Verdict.FAIL)


@pytest.mark.parametrize("level", Level)
def test_a_server_error_is_a_fail_at_every_level_since_no_document_has_to_forbid_it(
    level: Level, mini: Contract
) -> None:
    clause = replace(mini.clauses[f"{UPDATE}.behaviour.input.no-server-error"], level=level)
    assert (
        broken(clause, "it is broken", expected="a status below 500", received="status 500").outcome
        is Outcome.FAIL
    )


# What a verdict is.


@pytest.mark.parametrize(
    ("outcomes", "verdict"),
    [
        ([], Verdict.UNEXERCISED),
        ([Outcome.INCONCLUSIVE], Verdict.INCONCLUSIVE),
        ([Outcome.PASS], Verdict.PASS),
        ([Outcome.INCONCLUSIVE, Outcome.PASS], Verdict.PASS),
        ([Outcome.PASS, Outcome.WARN], Verdict.WARNING),
        ([Outcome.PASS, Outcome.WARN, Outcome.FAIL], Verdict.FAIL),
        ([Outcome.FAIL, *[Outcome.PASS] * 99], Verdict.FAIL),
    ],
    ids=str,
)
def test_the_worst_outcome_decides(outcomes: list[Outcome], verdict: Verdict, mini: Contract) -> None:
    verdicts = collected(mini, [(evidence(SIZE, outcome), exchange()) for outcome in outcomes])
    assert verdicts.verdicts()[SIZE] is verdict


def test_inconclusive_interactions_are_no_cases(mini: Contract) -> None:
    verdicts = collected(
        mini,
        [
            (evidence(SIZE, outcome), exchange())
            for outcome in (Outcome.INCONCLUSIVE, Outcome.PASS, Outcome.FAIL)
        ],
    )
    assert verdicts.records[SIZE].cases == 2


def test_a_reason_of_doubt_is_kept_whichever_interaction_gives_it(mini: Contract) -> None:
    whys = [Evidence(SIZE, Outcome.INCONCLUSIVE, why) for why in ("", "timed out", "status 503")]
    for order in permutations(whys):
        assert collected(mini, [(item, exchange()) for item in order]).records[SIZE].doubt == "status 503"
    assert collected(mini, [(evidence(SIZE, Outcome.FAIL), exchange())]).records[SIZE].doubt == ""


def test_every_clause_has_a_verdict_in_the_order_of_the_contract(mini: Contract) -> None:
    assert list(Verdicts(mini).verdicts()) == list(mini.clauses)


def test_a_finding_has_the_smallest_counterexample(mini: Contract) -> None:
    bodies = [b'{"size":9,"mode":"open"}', b'{"size":9}', b'{"size":9,"flag":true}']
    (finding,) = collected(mini, [(evidence(SIZE), exchange(body)) for body in bodies]).findings()
    assert finding.counterexample.interaction.request.body == b'{"size":9}'


def test_fails_come_first(mini: Contract) -> None:
    heard = [(evidence(SIZE, Outcome.WARN), exchange()), (evidence(MODE), exchange())]
    assert [item.verdict for item in collected(mini, heard).findings()] == [Verdict.FAIL, Verdict.WARNING]


# Suspicions.


def test_a_suspicion_is_absorbed_by_a_suspect_that_is_broken_by_itself(mini: Contract) -> None:
    suspicion, proof = (
        (evidence(STATUS, Outcome.FAIL, SIZE, MODE), exchange(b'{"size":9,"mode":"open"}')),
        (evidence(SIZE), exchange()),
    )
    for heard in ([suspicion, proof], [proof, suspicion]):
        assert [item.clause.id for item in collected(mini, heard).findings()] == [SIZE]


def test_a_suspicion_that_nothing_explains_is_a_finding(mini: Contract) -> None:
    heard = [
        (evidence(STATUS, Outcome.FAIL, SIZE, MODE), exchange()),
        (evidence(f"{UPDATE}.request.flag.type"), exchange()),
    ]
    assert STATUS in {item.clause.id for item in collected(mini, heard).findings()}


def test_a_suspect_that_is_only_warned_of_explains_nothing(mini: Contract) -> None:
    heard = [(evidence(STATUS, Outcome.FAIL, SIZE), exchange()), (evidence(SIZE, Outcome.WARN), exchange())]
    assert collected(mini, heard).verdicts()[STATUS] is Verdict.FAIL


def test_one_explained_suspicion_does_not_hide_another(mini: Contract) -> None:
    heard = [
        (evidence(STATUS, Outcome.FAIL, SIZE), exchange(b'{"size":9}')),
        (evidence(STATUS, Outcome.FAIL, MODE), exchange(b'{"mode":"open"}')),
        (evidence(SIZE), exchange()),
    ]
    finding = next(item for item in collected(mini, heard).findings() if item.clause.id == STATUS)
    assert finding.counterexample.interaction.request.body == b'{"mode":"open"}'


def test_a_rejected_limit_is_blamed_and_the_status_of_the_larger_request_is_not(talk: Any) -> None:
    talk.patch({"size": 9, "mode": "open"}, None, status=422)
    talk.patch({"size": 9}, None, status=422)
    fails = {item.clause.id for item in talk.verdicts.findings() if item.verdict is Verdict.FAIL}
    assert SIZE in fails
    assert STATUS not in fails


# Deviations.

DAYS = date(2030, 1, 1), date(2031, 1, 1)
KNOWN = Deviation(
    f"{UPDATE}.request.size.*",
    {"/request/body/size": {"const": 9}, "/response/status": {"const": 422}},
    "known",
    "row 1",
    *DAYS,
)


def test_exactly_the_known_counterexample_is_a_deviation_and_another_still_fails(mini: Contract) -> None:
    known, other = (evidence(SIZE), exchange(b'{"size":9}')), (evidence(SIZE), exchange(b'{"size":8}'))
    assert collected(mini, [known], [KNOWN]).verdicts()[SIZE] is Verdict.DEVIATION
    both = collected(mini, [known, other], [KNOWN])
    assert both.verdicts()[SIZE] is Verdict.FAIL
    found = {item.verdict: item.counterexample for item in both.findings()}
    assert found[Verdict.FAIL].interaction.request.body == b'{"size":8}'
    assert found[Verdict.DEVIATION].deviation is KNOWN


def test_a_deviation_is_about_its_own_clause_only(mini: Contract) -> None:
    assert (
        collected(mini, [(evidence(MODE), exchange(b'{"size":9}'))], [KNOWN]).verdicts()[MODE] is Verdict.FAIL
    )


def test_a_deviation_does_not_explain_a_suspicion_of_something_else(mini: Contract) -> None:
    heard = [
        (evidence(SIZE), exchange(b'{"size":9}')),
        (evidence(STATUS, Outcome.FAIL, SIZE), exchange(b'{"size":8}')),
    ]
    assert collected(mini, heard, [KNOWN]).verdicts()[STATUS] is Verdict.FAIL


@pytest.mark.parametrize(
    ("pointer", "schema", "holds"),
    [
        ("/response/status", {"const": 422}, True),
        ("/response/status", {"const": 400}, False),
        ("/response/status", False, False),
        ("/response/headers/x-error", {"const": "refused"}, True),
        ("/response/headers/X-Error", {}, False),
        ("/response/headers/x-other", False, True),
        ("/request/method", {"const": "PATCH"}, True),
        ("/request/path", {"pattern": "^/rooms/"}, True),
        ("/request/query/api", {"const": "1"}, True),
        ("/request/body/tags/1", {"const": "b"}, True),
        ("/request/body/tags/2", False, True),
        ("/request/body/a~1b/c~0d", {"type": "null"}, True),
        ("/request/body/missing", {}, False),
        ("/response/body", {"const": "no JSON"}, True),
    ],
)
def test_a_counterexample_pattern_leads_to_one_value(pointer: str, schema: Any, holds: bool) -> None:
    interaction = exchange(b'{"tags":["a","b"],"a/b":{"c~d":null}}', 422, b"no JSON")
    assert matches(Deviation("*", {pointer: schema}, "", "", *DAYS), SIZE, interaction) is holds


def test_every_pointer_of_a_counterexample_must_hold() -> None:
    assert not matches(
        Deviation(
            "*", {"/response/status": {"const": 422}, "/request/method": {"const": "PUT"}}, "", "", *DAYS
        ),
        SIZE,
        exchange(),
    )


def test_an_interaction_without_a_response_has_no_response_to_match() -> None:
    silent = Interaction(exchange().request, None, None, "refused")
    assert "response" not in document(silent)
    assert matches(Deviation("*", {"/response/status": False}, "", "", *DAYS), SIZE, silent)


# Merging.

CLAUSES = [SIZE, MODE, STATUS]
MOMENTS = st.sampled_from([None, *(datetime(2030, 6, day, tzinfo=UTC) for day in (1, 2))])
MEASURED = st.integers(10, 12).map(
    lambda most: Limit("maximum", 9, Border({most: TriedValue(LimitReply.ACCEPTED)}))
)
LIMITS = st.dictionaries(st.sampled_from(CLAUSES), MEASURED, max_size=1)
HEARD = st.lists(
    st.tuples(
        st.builds(
            lambda clause, outcome, suspects, side, received, why: replace(
                evidence(clause, outcome, *suspects),
                side=side if outcome is Outcome.PASS else None,
                received=received,
                summary=why,
            ),
            st.sampled_from(CLAUSES),
            st.sampled_from(list(Outcome)),
            st.lists(st.sampled_from(CLAUSES), max_size=2, unique=True),
            st.sampled_from([None, *Side]),
            st.sampled_from(["status 200", "status 201"]),
            st.sampled_from(["", "it is so", "nobody knows"]),
        ),
        st.builds(
            lambda size, extra, at, status: replace(
                exchange(b'{"size":%d%s}' % (size, b',"flag":true' * extra), status), at=at
            ),
            st.integers(0, 12),
            st.booleans(),
            MOMENTS,
            st.sampled_from([200, 422]),
        ),
    ),
    max_size=8,
)


def summed(contract: Contract, *streams: list[Heard]) -> Any:
    """The state of several collections merged one after the other."""
    whole = Verdicts(contract, [KNOWN])
    for stream in streams:
        whole.merge(collected(contract, stream, [KNOWN]))
    return state(whole)


def state(verdicts: Verdicts) -> Any:
    """Everything that a report is made of: records with their counterexamples, limits, findings, verdicts,
    deviations seen.
    """
    return (
        verdicts.records,
        verdicts.limits,
        verdicts.findings(),
        verdicts.verdicts(),
        verdicts.deviations.stale(date(2031, 1, 1)),
    )


@settings(max_examples=40)
@given(HEARD, HEARD, HEARD)
def test_collections_merge_in_any_order_and_any_grouping(
    mini: Contract, one: list[Heard], two: list[Heard], three: list[Heard]
) -> None:
    everything = state(collected(mini, [*one, *two, *three], [KNOWN]))
    assert (
        summed(mini, one, two, three)
        == summed(mini, three, one, two)
        == summed(mini, [*one, *two], three)
        == everything
    )
    left = collected(mini, two, [KNOWN])
    left.merge(collected(mini, three, [KNOWN]))
    right = collected(mini, one, [KNOWN])
    right.merge(left)
    assert state(right) == everything


@given(HEARD, HEARD, LIMITS, LIMITS)
def test_of_two_collections_neither_comes_first(
    mini: Contract, one: list[Heard], two: list[Heard], measured: dict[str, Limit], again: dict[str, Limit]
) -> None:
    ways = []
    for first, second in (((one, measured), (two, again)), ((two, again), (one, measured))):
        verdicts, other = (collected(mini, heard, [KNOWN]) for heard, _ in (first, second))
        verdicts.limits, other.limits = dict(first[1]), dict(second[1])
        verdicts.merge(other)
        ways.append(state(verdicts))
    assert ways[0] == ways[1]


IN_ANOTHER_PROCESS = """
import sys
from roomproof.judge.rooms import Rooms
rooms = Rooms()
rooms.accept("update-room", {"name": "one", "tags": ["a", {"b": None}]})
print(sorted(key.hex() for values in rooms.accepted.values() for key in values))
"""


def test_what_was_accepted_is_remembered_alike_in_every_process() -> None:
    told = {
        subprocess.run(
            [sys.executable, "-c", IN_ANOTHER_PROCESS],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1


@given(HEARD)
def test_to_merge_with_nothing_changes_nothing(mini: Contract, heard: list[Heard]) -> None:
    verdicts = collected(mini, heard, [KNOWN])
    before = state(verdicts)
    verdicts.merge(Verdicts(mini, [KNOWN]))
    assert state(verdicts) == before


@given(HEARD)
def test_a_verdict_is_a_pass_only_where_something_was_tested(mini: Contract, heard: list[Heard]) -> None:
    tested = {item.clause for item, _ in heard if item.outcome is Outcome.PASS}
    for name, verdict in collected(mini, heard).verdicts().items():
        assert verdict is not Verdict.PASS or name in tested


def test_kept_evidence_names_its_clause(mini: Contract) -> None:
    assert kept(mini.clauses[SIZE]) == Evidence(SIZE, Outcome.PASS)
