"""Where a field has to be unique, each new room gets a text of its own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from roomproof_strategies import Sample, Setting
from roomproof_strategies.own_texts import own_texts

SETTING = Setting(datetime(2026, 1, 1, tzinfo=UTC), "ab12", {}, "")


def sent(schema: dict[str, object], value: object, rule: str = "accepted", operation: str = "make") -> object:
    special = own_texts({"make": {"name": schema}})
    sample = Sample({"name": value, "size": 3}, ("name",), rule, True, "a body")
    body = special.adapt(operation, sample, SETTING).value
    assert body["size"] == 3
    return body["name"]


@pytest.mark.parametrize("schema", [{}, {"maxLength": 12}, {"pattern": "^[a-z0-9]+$"}, {"maxLength": 8}])
def test_two_rooms_have_two_texts(schema: dict[str, object]) -> None:
    one, other = (sent({"type": "string", **schema}, "room") for _ in range(2))
    assert one != other
    assert "room" not in (one, other)


@pytest.mark.parametrize(
    ("schema", "value", "rule", "operation"),
    [
        ({"type": "string"}, "room", "max-length", "make"),
        ({"type": "string", "enum": ["room"]}, "room", "accepted", "make"),
        ({"type": "string"}, 7, "accepted", "make"),
        ({"type": "string"}, "room", "accepted", "change"),
    ],
)
def test_a_text_stays_where_it_is_aimed_at_or_may_be_no_other(
    schema: dict[str, object], value: object, rule: str, operation: str
) -> None:
    assert sent(schema, value, rule, operation) == value
