"""Secrets are hidden in every form, and nothing else is."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest

from roomproof.reports.secrets import HIDDEN, cleaned, without_secret_headers

SECRET = 'pa"ss wörd/+1'


@pytest.mark.parametrize(
    "form",
    [SECRET, base64.b64encode(SECRET.encode()).decode(), quote(SECRET, safe=""), SECRET.replace('"', '\\"')],
    ids=["plain", "base64", "percent-encoded", "escaped for JSON"],
)
def test_a_secret_is_hidden_as_a_value_as_a_name_and_inside_a_text(form: str) -> None:
    told = {"value": form, form: [f"before {form} after"], "nested": {"text": f"{form[:9]}... (500 long)"}}

    assert form[:9] not in str(cleaned(told, (SECRET,)))


def test_what_is_no_secret_stays_as_it_is() -> None:
    told = {"id": 1234, "name": "room", "list": [1, None, True, 2.5, "password"]}

    assert cleaned(told, ("another-secret", "")) == told


def test_a_short_secret_is_hidden_only_where_it_is_the_whole_text() -> None:
    assert cleaned({"a": "a", "name": "a banana"}, ("a",)) == {HIDDEN: HIDDEN, "name": "a banana"}


def test_a_secret_that_comes_back_as_a_number_is_hidden() -> None:
    assert cleaned({"pin": 123456, "size": 12345}, ("123456",)) == {"pin": HIDDEN, "size": 12345}


def test_headers_that_carry_credentials_are_hidden_whatever_they_hold() -> None:
    assert without_secret_headers({"authorization": "x", "set-cookie": "y", "date": "z"}) == {
        "authorization": HIDDEN,
        "set-cookie": HIDDEN,
        "date": "z",
    }
