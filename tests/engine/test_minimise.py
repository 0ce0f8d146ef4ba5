"""A body that shows something is made small: what does not matter goes, or is plain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomproof.engine.minimise import minimised

Json = Any
PLAIN = {"name": "a room", "size": 5, "tags": ["a"], "flag": True}
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=90), st.lists(st.integers(), max_size=4)
)
BODIES = st.dictionaries(st.sampled_from([*PLAIN, "other", "more"]), VALUES)


def long(body: dict[str, Json]) -> bool:
    return isinstance(body.get("name"), str) and len(body["name"]) > 64


@pytest.mark.parametrize(
    ("body", "shows", "smallest"),
    [
        (
            {"size": 51, "name": "\N{GRINNING FACE}" * 30_000},
            lambda body: body.get("size") == 51,
            {"size": 51},
        ),
        ({"size": 7, "name": "\N{GRINNING FACE}" * 65, "flag": False}, long, {"name": "a" * 65}),
        (
            {"size": 7, "name": "x", "flag": False},
            lambda body: len(body) >= 2 and "flag" in body,
            {"name": "a room", "flag": True},
        ),
        ({"tags": ["a", "b", "bad", "d"]}, lambda body: "bad" in body.get("tags", ()), {"tags": ["bad"]}),
        (
            {"settings": {"a": 1, "b": {"c": [1, 2, 3]}}},
            lambda body: "b" in body.get("settings", ()),
            {"settings": {"b": {}}},
        ),
    ],
    ids=[
        "an unrelated long text",
        "a text whose length matters",
        "two fields that belong together",
        "one item",
        "one key",
    ],
)
def test_only_what_matters_is_left(
    body: dict[str, Json], shows: Callable[[dict[str, Json]], bool], smallest: dict[str, Json]
) -> None:
    assert minimised(body, (), PLAIN, shows, 200) == smallest


def test_what_is_required_stays_and_is_plain() -> None:
    body = {"name": "\N{GRINNING FACE}" * 900, "size": 51}
    assert minimised(body, ("name",), PLAIN, lambda body: body.get("size") == 51, 60) == {
        "name": "a room",
        "size": 51,
    }


@given(body=BODIES, needed=st.sets(st.sampled_from(["name", "size", "other"])), attempts=st.integers(0, 80))
def test_it_is_never_asked_too_often_and_always_shows_the_same(
    body: dict[str, Json], needed: set[str], attempts: int
) -> None:
    asked: list[dict[str, Json]] = []
    wanted = {name: body[name] for name in needed if name in body}

    def shows(candidate: dict[str, Json]) -> bool:
        asked.append(candidate)
        return wanted.items() <= candidate.items()

    smallest = minimised(body, (), PLAIN, shows, attempts)
    assert shows(smallest)
    assert len(asked) <= attempts + 1
    assert len(smallest) <= len(body)
    assert smallest.keys() <= body.keys()
