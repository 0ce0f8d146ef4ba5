"""Whose account a request was: by what names it, never by what differs from request to request."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from roomproof.cassettes.account import account_of
from roomproof.interaction import Request
from roomproof.providers import find_contract

URL = "https://api.example.com/rooms"


def account(provider: str, authorization: str, url: str = URL) -> str | None:
    headers = (("authorization", authorization),) if authorization else ()
    return account_of(Request("GET", url, headers), find_contract(provider)[0])


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def web_token(**claims: Any) -> str:
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
        for part in ({"alg": "none"}, claims)
    ]
    return "Bearer " + ".".join((*parts, "c2ln"))


def signed(signature: str, signer: str = "") -> str:
    return f"HMAC-SHA256 {signer}SignedHeaders=date;host&Signature={signature}"


@pytest.mark.parametrize(
    ("provider", "one", "other"),
    [
        ("telnyx", "Bearer KEYaaa", "Bearer KEYbbb"),
        ("telnyx", web_token(sub="a", exp=1), web_token(sub="b", exp=1)),
        ("signalwire", basic("project-a", "t"), basic("project-b", "t")),
        ("azure", signed("x", "Credential=key-a&"), signed("x", "Credential=key-b&")),
    ],
)
def test_credentials_that_differ_are_two_accounts(provider: str, one: str, other: str) -> None:
    assert account(provider, one) != account(provider, other)
    assert None not in (account(provider, one), account(provider, other))


@pytest.mark.parametrize(
    ("provider", "one", "other"),
    [
        ("telnyx", "Bearer KEYaaa", "bearer  KEYaaa"),
        ("telnyx", web_token(sub="a", exp=1, iat=1, jti="x"), web_token(sub="a", exp=2, iat=2, jti="y")),
        ("signalwire", basic("project", "old"), basic("project", "new")),
        ("azure", signed("x"), signed("y")),
        ("azure", signed("x", "Credential=key-a&"), signed("y", "Credential=key-a&")),
    ],
)
def test_what_changes_while_the_account_stays_makes_no_other(provider: str, one: str, other: str) -> None:
    assert account(provider, one) == account(provider, other)
    assert account(provider, one) is not None


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "REDACTED",
        "Bearer REDACTED",
        "Bearer <TOKEN>",
        "Bearer ***",
        "Basic [FILTERED]",
        basic("<USER>", "<WORD>"),
        "hidden",
    ],
)
@pytest.mark.parametrize("provider", ["telnyx", "signalwire"])
def test_what_was_scrubbed_tells_no_account(provider: str, authorization: str) -> None:
    assert account(provider, authorization) is None


@pytest.mark.parametrize("name", ["X-Api-Key", "x-auth-token", "api_key"])
def test_a_key_of_its_own_tells_the_account(name: str) -> None:
    contract = find_contract("telnyx")[0]
    found = [account_of(Request("GET", URL, ((name, key),)), contract) for key in ("a", "a", "b", "REDACTED")]
    assert found[0] == found[1]
    assert len(set(found)) == 3
    assert found[3] is None


def test_the_user_of_an_address_tells_the_account() -> None:
    assert account("signalwire", "", "https://project:token@api.example.com/rooms") == account(
        "signalwire", basic("project", "other")
    )


@pytest.mark.parametrize(
    "authorization", ["Bearer s3cret-token", basic("user", "s3cret-token"), signed("s3cret-token")]
)
def test_no_credential_can_be_read_from_it(authorization: str) -> None:
    found = account("telnyx", authorization)
    assert found is not None
    assert len(found) == 24
    assert "s3cret" not in found
