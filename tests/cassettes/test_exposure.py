"""What `roomproof replay --check-secrets` finds in recordings of anybody, and what it leaves in peace."""

from __future__ import annotations

import base64

import pytest

from roomproof.cassettes.exposure import exposed
from roomproof.cassettes.redaction import Redactor
from roomproof.interaction import Interaction, Request, Response

URL = "https://rooms.example/v1/rooms"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl-_"


def recorded(
    url: str = URL,
    sent: tuple[str, str] | None = None,
    got: tuple[str, str] | None = None,
    body: bytes = b"",
    response: bytes = b"",
) -> Interaction:
    return Interaction(
        Request("POST", url, (sent,) if sent else (), body), Response(200, (got,) if got else (), response)
    )


@pytest.mark.parametrize(
    ("interaction", "phrases"),
    [
        (recorded(sent=("Authorization", "Bearer abcdef")), ["the request header Authorization"]),
        (
            recorded(sent=("authorization", "HMAC-SHA256 SignedHeaders=host&Signature=ab+c")),
            ["the request header authorization"],
        ),
        (recorded(sent=("Authorization", "abcdef")), ["the request header Authorization"]),
        (recorded(sent=("Cookie", "a=***; session=abcdef")), ["the request header Cookie"]),
        (recorded(got=("Set-Cookie", "session=abcdef; Path=/")), ["the response header Set-Cookie"]),
        (recorded(sent=("x-ms-content-sha256", "ab+c")), ["the request header x-ms-content-sha256"]),
        (recorded(sent=("X-Api-Key", "abcdef")), ["the request header X-Api-Key"]),
        (recorded(url=f"{URL}?api_key=abcdef"), ["the parameter api_key in the URL"]),
        (recorded(url=f"{URL}?sv=1&sig=abcdef"), ["the parameter sig in the URL"]),
        (recorded(url="https://me:abcdef@rooms.example/"), ["a login in the URL"]),
        (
            recorded(got=("Location", f"{URL}?token=abcdef")),
            ["the parameter token in the response header Location"],
        ),
        (recorded(body=b"a=1&password=abcdef"), ["the parameter password in the request body"]),
        (
            recorded(response=b'{"data": {"token": "abcdef", "secrets": ["abcdef"]}}'),
            ["the field token in the response body", "the field secret in the response body"],
        ),
        (recorded(response=f'{{"join": "{JWT}"}}'.encode()), ["a JWT in the response body"]),
        (recorded(response=f'{{"token": "{JWT}"}}'.encode()), ["the field token in the response body"]),
        (recorded(response=b'{"the token": "abcdef"}'), ["the field of another name in the response body"]),
        (
            recorded(response=b'{"access_codes": [{"access_code": "482913"}]}'),
            ["the field access_code in the response body"],
        ),
        (recorded(response=b'{"pin": 482913}'), ["the field pin in the response body"]),
        (
            Interaction(Request("GET", URL), None, failure="rejected: token=abcdef"),
            ["the parameter token in the failure"],
        ),
    ],
)
def test_a_secret_is_named_by_its_place_and_never_by_its_value(
    interaction: Interaction, phrases: list[str]
) -> None:
    found = list(exposed(interaction))

    assert found == phrases
    assert not any("abcdef" in phrase or "482913" in phrase for phrase in found)


@pytest.mark.parametrize(
    "interaction",
    [
        recorded(sent=("Authorization", "Bearer REDACTED")),
        recorded(sent=("Authorization", "Bearer <hidden>")),
        recorded(sent=("Authorization", "DUMMY")),
        recorded(sent=("Authorization", "")),
        recorded(sent=("Authorization", "HMAC-SHA256 SignedHeaders=host&Signature=REDACTED")),
        recorded(sent=("Cookie", "a=***; session=REDACTED")),
        recorded(got=("Set-Cookie", "session=; Path=/; Max-Age=0")),
        recorded(sent=("x-ms-request-id", "abcdef")),
        recorded(response=b'{"token": null, "password": "", "secret": true, "token_type": "bearer"}'),
        recorded(response=b'{"access_code": "100001", "pin": "0001", "passcode": 1001, "token": "REDA0001"}'),
        recorded(url=f"{URL}?token=redacted0001"),
    ],
)
def test_what_is_redacted_or_no_secret_is_left_in_peace(interaction: Interaction) -> None:
    assert list(exposed(interaction)) == []


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1:45379", "[::1]:80", "api.localhost"])
def test_access_codes_of_this_machine_are_no_secrets(host: str) -> None:
    interaction = recorded(
        url=f"http://{host}/rooms", response=b'{"access_code": "482913", "password": "abcdef"}'
    )

    assert list(exposed(interaction)) == ["the field password in the response body"]


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "https://localhost.example/", "http://[::1/", "/rooms"])
def test_access_codes_of_any_other_host_are_secrets(url: str) -> None:
    assert list(exposed(recorded(url=url, response=b'{"pin": "482913"}'))) == [
        "the field pin in the response body"
    ]


@pytest.mark.parametrize(
    "form",
    [
        "the key+1",
        "the%20key%2b1",
        "the+key%2B1",
        "\\u0074he key+1",
        base64.b64encode(b"me:the key+1").decode(),
    ],
)
def test_a_known_secret_is_found_in_every_form(form: str) -> None:
    interaction = recorded(url=f"{URL}/{form}", sent=("X-Echo", form), response=form.encode())
    places = ["URL", "request header X-Echo", "response body"]

    assert list(exposed(interaction, ["the key+1"])) == [f"a known secret in the {place}" for place in places]
    assert list(exposed(interaction)) == []


def test_a_known_secret_under_a_telling_name_is_told_once_and_beside_it_again() -> None:
    assert list(exposed(recorded(response=b'{"token": "the-key"}'), ["the-key"])) == [
        "the field token in the response body"
    ]
    assert list(exposed(recorded(response=b'{"token": "the-key", "b": "the-key"}'), ["the-key"])) == [
        "the field token in the response body",
        "a known secret in the response body",
    ]


def test_a_short_known_secret_is_told_where_it_is_the_whole_value() -> None:
    assert list(exposed(recorded(response=b'{"a": "ab", "b": "cab"}'), ["ab"])) == [
        "the field a in the response body"
    ]


def test_nothing_is_exposed_in_what_was_redacted() -> None:
    response = (
        f'{{"token": "abcdef", "pin": "482913", "at": 12, "link": "{URL}?token=abcdef", "jwt": '
        f'"{JWT}", "echo": "the-key"}}'
    )
    leaky = recorded(
        f"{URL}?token=ab%20cd&x=the-key",
        ("Authorization", "Basic dGhlLWtleQ=="),
        ("Set-Cookie", "a=bcd"),
        b"password=xyz",
        response.encode(),
    )
    assert len(list(exposed(leaky, ["the-key"]))) == 10

    assert list(exposed(Redactor(["the-key"], live=True).redacted(leaky), ["the-key"])) == []
