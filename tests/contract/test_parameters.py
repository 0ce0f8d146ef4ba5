"""Values as text: what is written in a form is read again as what it was."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from hypothesis import given
from hypothesis import strategies as st

from roomproof.contract.parameters import read_form, write_form

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "size": {"type": "integer"},
        "open": {"type": "boolean"},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
}
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "name": st.text(),
        "size": st.integers(),
        "open": st.booleans(),
        "tags": st.lists(st.text(), min_size=1),
    },
)


@given(FIELDS)
def test_a_form_is_read_as_it_was_written(fields: dict[str, Any]) -> None:
    assert read_form(SCHEMA, parse_qsl(write_form(fields).decode(), keep_blank_values=True)) == fields


def test_each_item_of_a_list_is_a_field_of_its_name() -> None:
    assert write_form({"tags": ["a b", "c"], "size": 3}) == b"tags=a+b&tags=c&size=3"
