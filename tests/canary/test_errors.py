"""No error says a secret: neither a message of ours, nor a defect's traceback, nor what a test shows of our
objects.
"""

from __future__ import annotations

import traceback
from urllib.parse import quote

import pytest

from roomproof.auth.basic import Basic
from roomproof.auth.bearer import Bearer
from roomproof.contract.model import CredentialsSpec
from roomproof.errors import UnreachableError, UsageError
from roomproof.reports.secrets import HIDDEN, discreet
from roomproof.targets.credentials import scheme_from
from roomproof.targets.http import HttpTarget
from roomproof.targets.target import UnsentRequest
from roomproof_auth.hmac_sha256 import HmacSha256

TOKEN = "kEy4-canary/+%41"
BEARER = CredentialsSpec("bearer", {"token": "TOKEN"})
HMAC = CredentialsSpec("hmac-sha256", {"connection-string": "CONNECTION"})


def _unreachable() -> None:
    try:
        raise ValueError(f"Invalid header value {TOKEN.encode()!r}", TOKEN.encode())
    except ValueError as error:
        error.add_note(f"Falsifying example: {TOKEN}")
        raise UnreachableError(f"redirects to http://127.0.0.1/{quote(TOKEN, safe='')}") from error


def test_an_error_its_causes_and_its_notes_are_cleaned_and_stay_what_they_are() -> None:
    with pytest.raises(UnreachableError) as raised, discreet([TOKEN]):
        _unreachable()

    assert str(raised.value) == f"redirects to http://127.0.0.1/{HIDDEN}"
    told = "".join(traceback.format_exception(raised.value))
    assert "Falsifying example" in told
    assert TOKEN[:10] not in told


@pytest.mark.parametrize(
    "scheme",
    [Bearer(TOKEN), Basic("uSer8-canary", TOKEN), HmacSha256("a2V5LWNhbmFyeQ==")],
    ids=lambda one: type(one).__name__,
)
def test_what_carries_credentials_does_not_show_them(scheme: Bearer | Basic | HmacSha256) -> None:
    headers = scheme.headers("GET", "http://127.0.0.1/rooms", None)
    shown = repr((scheme, UnsentRequest("GET", "/rooms", scheme=scheme), headers))

    proof = dict(headers)["Authorization"].rpartition(" ")[2]
    assert not [text for text in (*scheme.secrets(), "uSer8-canary", proof) if text in shown]


@pytest.mark.parametrize("text", [f"{TOKEN}\n", f"{TOKEN}\r\nX-Other: 1", f"{TOKEN}€", f"{TOKEN}\udcff"])
def test_a_token_that_no_header_can_carry_is_named_and_not_shown(text: str) -> None:
    with pytest.raises(UsageError, match="TOKEN holds ") as raised:
        scheme_from(BEARER, {"TOKEN": text})

    assert TOKEN not in "".join(traceback.format_exception(raised.value))


@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        f"endpoint=http://127.0.0.1/;accesskey={TOKEN}",
        f"endpoint=http://127.0.0.1/;accesskey=é{TOKEN}",
    ],
)
def test_a_bad_connection_string_is_not_shown(text: str) -> None:
    with pytest.raises(UsageError, match="CONNECTION") as raised:
        scheme_from(HMAC, {"CONNECTION": text})

    assert TOKEN not in "".join(traceback.format_exception(raised.value))


@pytest.mark.parametrize(
    "url",
    [
        "ftp://me:pAss9@127.0.0.1",
        "https://me:pAss9@",
        "https://me:pAss9@127.0.0.1/v2",
        "//me:pAss9@host",
        "me:pAss9@host",
    ],
)
def test_a_base_url_with_a_login_is_not_shown(url: str) -> None:
    with pytest.raises(UsageError) as raised:
        HttpTarget(url)

    assert "pAss9" not in str(raised.value)
