"""Values of a chosen size: each has it, and nothing else is wrong with it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from roomproof_strategies import Scale, SizeKind, scales
from roomproof_strategies.schema import matcher

ANCHOR = datetime(2030, 5, 1, 12, tzinfo=UTC)
SCHEMAS: list[tuple[dict[str, Any], SizeKind, int, int]] = [
    ({"type": "integer", "minimum": 2, "maximum": 50}, SizeKind.NUMBER, -(2**63), 2**63),
    ({"type": "number"}, SizeKind.NUMBER, -(2**41), 2**41),
    ({"type": "integer", "multipleOf": 12}, SizeKind.NUMBER, -(2**63 // 12), 2**63 // 12),
    ({"type": "string"}, SizeKind.LENGTH, 0, 1_000_000),
    ({"type": ["string", "null"], "format": "uri"}, SizeKind.LENGTH, 30, 1_000_000),
    ({"type": "string", "pattern": "^[0-9]+$"}, SizeKind.LENGTH, 1, 1_000_000),
    ({"type": "string", "pattern": "^[a-z]{2,100}$"}, SizeKind.LENGTH, 2, 100),
    ({"type": "array", "items": {"type": "string"}}, SizeKind.ITEMS, 0, 5000),
    ({"type": "array", "items": {"type": "boolean"}, "uniqueItems": True}, SizeKind.ITEMS, 0, 2),
    ({"type": "object", "additionalProperties": {"type": "integer"}}, SizeKind.PROPERTIES, 0, 5000),
]


def scales_of(field: dict[str, Any]) -> list[Scale]:
    return list(
        scales(
            {"type": "object", "required": ["id"], "properties": {"id": {"const": 1}, "it": field}},
            anchor=ANCHOR,
        )
    )


@pytest.mark.parametrize(("field", "kind", "least", "most"), SCHEMAS, ids=[str(row[0]) for row in SCHEMAS])
def test_sizes_reach_as_far_as_values_can_be_made(
    field: dict[str, Any], kind: SizeKind, least: int, most: int
) -> None:
    scale = scales_of(field)[0]

    assert (scale.path, scale.kind, scale.least, scale.most) == (("it",), kind, least, most)
    unlimited = {key: value for key, value in field.items() if key not in ("minimum", "maximum")}
    for size in (least, least + 1, scale.usual, most - 1, most):
        body = scale.sample(size).value
        assert body["id"] == 1
        assert scale.measured(body["it"]) == size
        assert matcher(unlimited)(body["it"])


@pytest.mark.parametrize(
    "field",
    [
        {"type": "string", "enum": ["a", "b"]},
        {"type": "string", "format": "date-time"},
        {"type": "string", "anyOf": [{"format": "date"}, {"format": "date-time"}]},
        {"type": "string", "pattern": "^[0-9]{6}$"},
        {"type": "boolean"},
        {"type": "string", "x-observed": {"enum": ["a"]}},
    ],
    ids=str,
)
def test_what_has_no_size_of_its_own_is_left_out(field: dict[str, Any]) -> None:
    assert scales_of(field) == []


def test_texts_are_counted_in_code_points_and_hold_the_word_that_they_are_told_apart_by() -> None:
    (scale,) = scales_of({"type": "string"})

    assert len(scale.sample(7, "non-BMP").value["it"].encode("utf-16-le")) == 28
    assert scale.sample(12, start="serial").value["it"] == "serialabcdef"
    assert scale.sample(4, start="serial").value["it"] == "rial"


@pytest.mark.parametrize(
    ("limit", "outward", "exclusive", "size"),
    [
        (9.75, 1, False, 19),
        (9.75, -1, False, 20),
        (9.5, 1, True, 18),
        (9.5, -1, True, 20),
        (9.75, 1, True, 19),
    ],
)
def test_a_limit_between_two_steps_allows_the_step_within(
    limit: float, outward: int, exclusive: bool, size: int
) -> None:
    (scale,) = scales_of({"type": "number"})

    assert scale.amount(1) == 0.5
    assert scale.within(limit, outward=outward, exclusive=exclusive) == size
