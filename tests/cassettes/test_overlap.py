"""Calls that ran at the same time: one began before the other was answered."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomproof.cassettes.call import Call
from roomproof.cassettes.overlap import Overlaps
from roomproof.interaction import Interaction, Request
from roomproof.judge.beside import ConcurrentRequests

MOMENTS = st.floats(0, 9).map(lambda moment: round(moment, 1))


def call(name: str, started: float | None, took: float | None = None, method: str = "PATCH") -> Call:
    ended = None if started is None or took is None else started + took
    interaction = Interaction(Request(method, f"https://api.example.com/{name}"), None)
    return Call(
        Path("a.har"), "mini", interaction, "api.example.com", None, started, ended, started or 0.0, 0, ""
    )


def beside(*calls: Call) -> dict[str, set[str]]:
    """By the name of each call, those that ran beside it."""
    overlaps = Overlaps()
    told = [pair for one in calls for pair in overlaps.take(one)] + list(overlaps.rest())
    assert [one for one, _ in told] == list(calls), "they come in their order"
    return {name(one.interaction.request): set(map(name, found.requests)) for one, found in told}


def name(request: Request) -> str:
    return request.path.strip("/")


@pytest.mark.parametrize(
    ("took", "found"),
    [(0.9, {"b"}), (0.2, {"b"}), (0.1, set()), (0.1005, set()), (0.0, set()), (None, set())],
    ids=["beyond", "into", "up to its begin", "up to it, rounded", "no time", "nobody knows"],
)
def test_a_call_overlaps_those_that_begin_before_it_is_answered(took: float | None, found: set[str]) -> None:
    assert beside(call("a", 10.0, took), call("b", 10.1, 0.5))["a"] == found


def test_what_reads_only_is_beside_nothing() -> None:
    assert beside(call("a", 0.0, 9, "GET"), call("b", 1.0, 1)) == {"a": {"b"}, "b": set()}


def test_a_call_without_a_time_overlaps_nothing() -> None:
    assert beside(call("a", 0.0, 9), call("b", None), call("c", 1.0, 1)) == {
        "a": set(),
        "b": set(),
        "c": set(),
    }


@given(st.lists(st.tuples(MOMENTS, MOMENTS), min_size=2, max_size=12))
def test_whoever_is_beside_one_has_that_one_beside_it(spans: list[tuple[float, float]]) -> None:
    calls = [call(str(number), started, took) for number, (started, took) in enumerate(sorted(spans))]
    found = beside(*calls)
    assert all(one in found[other] for one, others in found.items() for other in others)
    for one in calls:
        for other in calls:
            apart = (one.ended or 0) <= (other.started or 0) or (other.ended or 0) <= (one.started or 0)
            assert not (apart and name(other.interaction.request) in found[name(one.interaction.request)])


def test_it_is_told_where_more_ran_beside_a_call_than_are_held_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roomproof.cassettes.overlap.MOST_WAITING", 2)
    overlaps = Overlaps()
    told = [
        pair for number in range(6) for pair in overlaps.take(call(str(number), float(number), 100.0))
    ] + list(overlaps.rest())
    assert len(told) == 6
    assert all(
        isinstance(found, ConcurrentRequests) and (found.more or len(found.requests) == 5)
        for _, found in told
    )
