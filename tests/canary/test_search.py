"""The search itself: what it would overlook, no other test here would find."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping

import pytest

Search = Callable[[bytes, Iterable[str]], list[str]]
Form = Callable[[str], str]


@pytest.mark.parametrize("provider", ["azure", "carrierx", "signalwire", "telnyx"])
def test_every_form_of_every_canary_is_found(
    provider: str, canaries: Mapping[str, Mapping[str, str]], forms: Mapping[str, Form], search: Search
) -> None:
    for secret in canaries[provider].values():
        overlooked = [
            name
            for name, form in forms.items()
            if not search(f"before {form(secret)} after".encode(), [secret])
        ]

        assert not overlooked


def test_the_beginning_of_a_secret_and_a_secret_in_another_case_are_found(search: Search) -> None:
    assert search(b"token kEy4-and-mo...", ["kEy4-and-more-of-it"])
    assert search(b"token KeY4-AND-MORE-OF-IT", ["kEy4-and-more-of-it"])


def test_a_secret_that_is_base64_is_found_in_the_other_alphabet(search: Search) -> None:
    secret = base64.b64encode(bytes(range(200, 256))).decode()

    assert search(base64.urlsafe_b64encode(bytes(range(200, 256))).rstrip(b"="), [secret])


def test_nothing_is_found_where_nothing_is(search: Search) -> None:
    assert (
        search(b'{"token": "another", "key": "dGhlcmUgaXMgbm90aGluZyBoZXJl"}', ["kEy4-and-more-of-it"]) == []
    )
