"""The table of keywords says of each one what the validator of the judge does with it."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from roomproof.contract.keywords import BY_RULE, KEYWORDS, LIMITS, Edge, SizeKind, beyond

OF_SIZE: dict[SizeKind, Any] = {
    SizeKind.NUMBER: lambda size: size,
    SizeKind.LENGTH: lambda size: "x" * size,
    SizeKind.ITEMS: lambda size: [0] * size,
    SizeKind.PROPERTIES: lambda size: {str(number): 0 for number in range(size)},
}
"""How a value of a size is made."""
OF_TYPE = {"number": 4, "string": "four", "array": [4] * 4, "object": dict.fromkeys("four", 4)}
BROKEN = {"multipleOf": 3, "pattern": "^5$", "uniqueItems": True}
"""What breaks the value of the type that a keyword speaks of, for those that are no limits."""


def keeps(keyword: str, limit: Any, value: Any) -> bool:
    return jsonschema_rs.is_valid({keyword: limit}, value)


@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_allows_the_sizes_on_its_inner_side_and_itself_unless_it_is_exclusive(name: str) -> None:
    end = LIMITS[name]
    inside, on, outside = (OF_SIZE[end.kind](5 + step * end.outward) for step in (-1, 0, 1))
    assert [keeps(name, 5, value) for value in (inside, on, outside)] == [True, not end.is_exclusive, False]
    assert end.kind.measured(on) == 5


@pytest.mark.parametrize("name", LIMITS)
def test_what_lies_beyond_a_limit_is_all_that_it_excludes(name: str) -> None:
    other, shift = beyond(name)
    values = [OF_SIZE[LIMITS[name].kind](size) for size in range(3, 8)]
    allowed = [keeps(name, 5, value) for value in values]
    assert [keeps(other, 5 + shift, value) for value in values] == [not is_in for is_in in allowed]


@pytest.mark.parametrize("name", [keyword.name for keyword in BY_RULE.values() if keyword.speaks_of])
def test_a_keyword_that_speaks_of_one_type_excludes_values_of_no_other(name: str) -> None:
    end = LIMITS.get(name)
    limit = BROKEN.get(name, "uuid") if end is None else 3 if end.outward > 0 else 5
    checker = jsonschema_rs.Draft202012Validator({name: limit}, validate_formats=True)
    broken = {kind for kind, value in OF_TYPE.items() if not checker.is_valid(value)}
    assert broken == {KEYWORDS[name].speaks_of}


@pytest.mark.parametrize("rule", BY_RULE)
def test_each_keyword_has_a_sentence_about_the_field_and_an_edge_that_can_be_looked_for(rule: str) -> None:
    keyword = BY_RULE[rule]
    assert "{field}" in keyword.demands
    assert rule == rule.lower()
    assert (keyword.edge is Edge.LIMIT) == (keyword.end is not None and not keyword.end.is_exclusive)


def test_true_is_no_number_and_a_list_has_no_length() -> None:
    assert SizeKind.NUMBER.measured(True) is None
    assert SizeKind.NUMBER.measured(float("inf")) is None
    assert SizeKind.LENGTH.measured([1, 2]) is None
