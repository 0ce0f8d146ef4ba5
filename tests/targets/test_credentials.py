"""Invalid credentials: each is wrong for who reads the scheme as its standard says, and none is the right
proof by chance.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomproof.auth.basic import Basic
from roomproof.auth.bearer import Bearer
from roomproof.auth.scheme import Scheme
from roomproof.interaction import Headers, header
from roomproof_auth.hmac_sha256 import HmacSha256

URL = "https://rooms.example.com/rooms/17?api-version=1"
BODY = b'{"name":"x"}'
TOKEN = "KEY4f0c-Zz9"
VISIBLE = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)
NO_COLON = VISIBLE.filter(lambda text: ":" not in text)


def proof(scheme: Scheme) -> str:
    return header(scheme.headers("PATCH", URL, BODY), "Authorization") or ""


def parsed(authorization: str) -> tuple[str, str]:
    """The scheme in lower case (RFC 9110, 11.1) and what follows it."""
    name, _, rest = authorization.strip().partition(" ")
    return name.lower(), rest.strip()


def lets_in_bearer(token: str, headers: Headers) -> bool:
    return parsed(header(headers, "Authorization") or "") == ("bearer", token)


def lets_in_basic(user: str, password: str, headers: Headers) -> bool:
    name, rest = parsed(header(headers, "Authorization") or "")
    try:
        return name == "basic" and base64.b64decode(rest) == f"{user}:{password}".encode()
    except ValueError:
        return False


def lets_in_signed(key: bytes, headers: Headers) -> bool:
    """As a service does that documents a skew of 15 minutes at most."""
    name, rest = parsed(header(headers, "Authorization") or "")
    date, digest = header(headers, "x-ms-date") or "", header(headers, "x-ms-content-sha256") or ""
    if (
        name != "hmac-sha256"
        or not date
        or abs(parsedate_to_datetime(date) - datetime.now(UTC)) > timedelta(minutes=15)
    ):
        return False
    if digest != base64.b64encode(hashlib.sha256(BODY).digest()).decode():
        return False
    signed = f"PATCH\n/rooms/17?api-version=1\n{date};rooms.example.com;{digest}".encode()
    return base64.b64decode(rest.partition("Signature=")[2]) == hmac.digest(key, signed, "sha256")


@given(VISIBLE)
def test_a_right_provider_rejects_every_invalid_form_of_a_token(token: str) -> None:
    assert lets_in_bearer(token, Bearer(token).headers("PATCH", URL, BODY))
    taken = [
        what
        for what, forged in Bearer(token).invalid_credentials().items()
        if lets_in_bearer(token, forged.headers("PATCH", URL, BODY))
    ]
    assert taken == []


@given(NO_COLON, VISIBLE)
def test_a_right_provider_rejects_every_invalid_form_of_user_and_password(user: str, password: str) -> None:
    right = Basic(user, password)
    assert lets_in_basic(user, password, right.headers("PATCH", URL, BODY))
    taken = [
        what
        for what, forged in right.invalid_credentials().items()
        if lets_in_basic(user, password, forged.headers("PATCH", URL, BODY))
    ]
    assert taken == []


@given(st.binary(min_size=1, max_size=80))
def test_a_right_provider_rejects_every_invalid_form_of_a_signature(key: bytes) -> None:
    right = HmacSha256(base64.b64encode(key).decode())
    assert lets_in_signed(key, right.headers("PATCH", URL, BODY))
    assert [
        what
        for what, forged in right.invalid_credentials().items()
        if lets_in_signed(key, forged.headers("PATCH", URL, BODY))
    ] == []


@pytest.mark.parametrize(
    "near",
    ["KEY4f0c-Zz0", "AEY4f0c-Zz9", "KEY4f1c-Zz9", "key4F0C-zZ9", "KEY4f0c-Zz", "KEY4f0c-Zz9x"],
)
def test_a_token_is_sent_with_every_kind_of_slip(near: str) -> None:
    assert f"Bearer {near}" in {proof(forged) for forged in Bearer(TOKEN).invalid_credentials().values()}


def test_the_right_token_is_sent_in_every_wrong_way() -> None:
    sent = {proof(forged) for forged in Bearer(TOKEN).invalid_credentials().values()}

    pairs = {base64.b64encode(pair.encode()).decode() for pair in (f"roomproof:{TOKEN}", f"{TOKEN}:")}
    assert {*(f"Basic {pair}" for pair in pairs), f"Token {TOKEN}", TOKEN, "Bearer"} <= sent


def test_user_and_password_are_sent_in_every_wrong_way() -> None:
    sent = {proof(forged) for forged in Basic("Ursula", "geheim7").invalid_credentials().values()}

    pair = base64.b64encode(b"Ursula:geheim7").decode()
    assert {"Bearer geheim7", f"Bearer {pair}", f"Token {pair}", pair, "Basic"} <= sent
    slips = (
        "Ursula:geheim0",
        "Ursula:gehaim7",
        "Ursulb:geheim7",
        "Arsula:geheim7",
        ":geheim7",
        "Ursula:",
        "geheim7:Ursula",
    )
    assert {f"Basic {base64.b64encode(slip.encode()).decode()}" for slip in slips} <= sent


def test_a_signature_is_sent_over_something_else() -> None:
    right = HmacSha256(base64.b64encode(b"a key").decode())

    names = list(right.invalid_credentials())
    for part in ("method", "path", "query", "host", "body", "date"):
        assert f"a signature of another {part}" in names
    proofs = [forged.headers("PATCH", URL, BODY) for forged in right.invalid_credentials().values()]
    assert len(set(proofs)) == len(proofs)


def test_an_access_key_itself_is_never_sent() -> None:
    key = base64.b64encode(b"a key that stays here").decode()

    for forged in HmacSha256(key).invalid_credentials().values():
        sent = [value for _, value in forged.headers("PATCH", URL, BODY)]
        assert not [value for value in sent if key in value or "a key that stays here" in value]


@pytest.mark.parametrize("right", [Bearer(TOKEN), Basic("Ursula", TOKEN)], ids=["bearer", "basic"])
def test_what_gives_a_secret_away_is_a_secret(right: Bearer | Basic) -> None:
    known = {secret for secret in right.secrets() if secret}
    telling = [
        text
        for forged in right.invalid_credentials().values()
        for text in _texts(proof(forged))
        if _resembles(text, TOKEN)
    ]

    assert telling != []
    assert [text for text in telling if not any(secret in text for secret in known)] == []


def _texts(authorization: str) -> list[str]:
    """What a header says, and what its Base64 says."""
    rest = authorization.rpartition(" ")[2]
    try:
        return [rest, base64.b64decode(rest, validate=True).decode()]
    except ValueError:
        return [rest]


def _resembles(text: str, secret: str) -> bool:
    return secret[:4] in text or secret[-4:] in text or secret.swapcase()[:4] in text
