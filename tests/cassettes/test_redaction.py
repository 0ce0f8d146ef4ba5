"""Secrets never reach a recording, in no form and from no place; everything else stays as it was, and is
judged as before.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote_to_bytes

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from roomproof.cassettes.redaction import Redactor, is_redacted
from roomproof.interaction import Credentials, Interaction, Request, Response, RoomKnowledge

KEY = 'k3y-"of"\\wörld/+?=%'
URL = "https://rooms.example/v1/rooms/1"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl-_"


def interaction(
    body: bytes = b"{}",
    url: str = URL,
    headers: dict[str, str] | None = None,
    sent: bytes | None = None,
    failure: str = "",
) -> Interaction:
    """An interaction whose response has this body; `headers` are those of the request."""
    request = Request("POST", url, tuple((headers or {}).items()), sent)
    return Interaction(request, Response(200, (("Content-Type", "application/json"),), body), failure=failure)


def response(body: bytes, *secrets: str, live: bool = False) -> bytes:
    """What is recorded of a response's body."""
    response = Redactor(secrets, live=live).redacted(interaction(body)).response
    assert response
    return response.body


def sent_header(name: str, value: str, *secrets: str) -> str:
    """What is recorded of a request's header."""
    ((_, recorded),) = (
        Redactor(secrets, live=False).redacted(interaction(headers={name: value})).request.headers
    )
    return recorded


# Known secrets


def escaped(text: str) -> str:
    return "".join(
        f"\\u{unit:04x}" for letter in text for unit in memoryview(letter.encode("utf-16-le")).cast("H")
    )


def base64_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


FORMS = {
    "plain": KEY,
    "JSON": json.dumps(KEY)[1:-1],
    "JSON, not ASCII": json.dumps(KEY, ensure_ascii=False)[1:-1],
    "JSON in JSON": json.dumps(json.dumps(KEY)),
    "every letter escaped": escaped(KEY),
    "percent": quote(KEY),
    "percent, lower case": quote(KEY, safe="").lower(),
    "percent, every letter": "".join(f"%{byte:02X}" for byte in KEY.encode()),
    "percent, twice": quote(quote(KEY)),
    "Base64": base64_of(KEY.encode()),
    "Base64, one letter before": base64_of(b"u" + KEY.encode()),
    "Base64, user before": base64_of(b"me:" + KEY.encode() + b"tail"),
    "Base64 for URLs": base64.urlsafe_b64encode(b"12" + KEY.encode()).decode(),
    "Base64 without padding": base64_of(b"12" + KEY.encode()).rstrip("="),
    "Base64, percent-encoded": quote(base64_of(b"12" + KEY.encode()), safe=""),
    "Base64, slash escaped": base64_of(b"?>?" + KEY.encode()).replace("/", "\\/"),
    "Base64 in a path": "rooms/" + base64_of(KEY.encode()),
    "Base64 of percent": base64_of(quote(KEY).encode()),
    "Base64 of JSON": base64_of(json.dumps({"a": KEY}).encode()),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_known_secret_is_taken_out_in_every_form_and_from_every_place(form: str) -> None:
    recorded = interaction(
        body=f"<p>{form}</p>".encode(),
        url=f"{URL}/{form}?a={form}",
        headers={"X-Echo": f"a {form} b"},
        sent=f'{{"a": "{form}", "{form}": 1}}'.encode(),
        failure=f"refused: {form}",
    )
    redactor = Redactor([KEY], live=False)

    clean = redactor.redacted(recorded)

    assert redactor.leaks(recorded)
    assert not redactor.leaks(clean)
    assert clean.response
    for text in (
        clean.response.body,
        clean.request.url.encode(),
        clean.request.headers[0][1].encode(),
        clean.request.body,
        clean.failure.encode(),
    ):
        assert text is not None
        assert "REDACT" in text.decode().upper()
        assert KEY.encode() not in set(readings(text))
        assert not any(KEY.encode() in reading for reading in readings(text))


def test_every_part_is_looked_at_before_writing() -> None:
    redactor = Redactor(["the-key"], live=False)
    clean = interaction()
    for leaky in (
        interaction(b"the-key"),
        interaction(url="https://the-key/"),
        interaction(headers={"Authorization": "Bearer the-key"}),
        interaction(sent=b"the-key"),
        interaction(failure="the-key"),
        replace(clean, response=Response(200, (("X", "the-key"),))),
    ):
        assert redactor.leaks(leaky)
    assert not redactor.leaks(clean)


def test_a_secret_in_latin_1_is_taken_out() -> None:
    assert "wörd" not in sent_header("X-Echo", "the wörd-1", "wörd-1")
    assert (
        "wörd"
        not in sent_header("X-Echo", "the wörd-1".encode().decode("latin-1"), "wörd-1")
        .encode("latin-1")
        .decode()
    )
    assert b"rd-1" not in response("the wörd-1".encode("latin-1"), "wörd-1")


def test_a_key_in_base64_is_taken_out_in_the_other_alphabet_and_without_padding_too() -> None:
    key = base64_of(b"\xfb\xff\xfekey-bytes!")
    for form in (key, key.rstrip("="), key.replace("+", "-").replace("/", "_"), quote(key, safe="")):
        assert b"a2V5" not in response(f"[{form}]".encode(), key)


def test_in_base64_every_letter_that_carries_a_secret_is_taken_out_and_no_other() -> None:
    text = base64_of(b"me:the-key and more")

    assert (
        response(f'{{"a": "{text}"}}'.encode(), "the-key").decode()
        == f'{{"a": "{text[:4]}REDACT0001{text[14:]}"}}'
    )


def test_what_is_no_base64_is_not_read_as_such() -> None:
    assert base64_of(b"@@@@") == "QEBAQA=="
    assert response(b'["QEB", "QA"]', "@@@@") == b'["QEB", "QA"]'
    assert response(b'QEB"QA', "@@@@") == b'QEB"QA'


def test_only_the_bytes_of_a_secret_change() -> None:
    body = b'\xff{ "a" : "x the-key y",\r\n "a":1.0E+2 }'

    assert re.fullmatch(rb'\xff{ "a" : "x reda\d{3} y",\r\n "a":1.0E\+2 }', response(body, "the-key"))


def test_a_replacement_is_no_secret_itself() -> None:
    assert response(b'{"token": "abcdefgh"}', "0001", "a0002") == b'{"token": "reda0003"}'
    assert response(b'{"token": "abcdefgh"}', "reda", "0001") == b'{"token": "xxxx5101"}'


def test_a_secret_cannot_come_into_being_beside_a_replacement() -> None:
    secrets = ["the-key", "xreda", "001y"]
    assert not Redactor(secrets, live=False).leaks(interaction(response(b"xthe-keyy", *secrets)))


@pytest.mark.parametrize(
    ("body", "clean"),
    [
        (b'{"a": "ab", "b": "cab", "n": [1, "ab"]}', b'{"a": "x1", "b": "cab", "n": [1, "x1"]}'),
        (b'{"a": "\\u0061b"}', b'{"a": "x1"}'),
        (b"ab", b"x1"),
        (b"grab a cab", b"grab a cab"),
        (b"user=ab&b=abc", b"user=x1&b=abc"),
    ],
)
def test_a_short_secret_is_taken_out_only_where_it_is_the_whole_value(body: bytes, clean: bytes) -> None:
    assert response(body, "ab") == clean


def test_how_short_a_secret_is_is_counted_in_letters() -> None:
    assert response("grüß dich".encode(), "üß") == "grüß dich".encode()


def test_a_short_secret_in_a_url_is_a_whole_segment_or_parameter() -> None:
    clean = Redactor(["ab"], live=False).redacted(
        interaction(url="https://cab.example/ab/%61b/abc?a=ab&b=abc")
    )

    assert clean.request.url == "https://cab.example/x1/x1/abc?a=x1&b=abc"


# Headers


@pytest.mark.parametrize(
    ("name", "value", "recorded"),
    [
        ("Authorization", "Bearer abc.def", "Bearer REDACTED"),
        ("authorization", "Basic dXNlcjpwYXNz", "Basic REDACTED"),
        ("Authorization", 'Digest username="me", response="abc"', "Digest REDACTED"),
        ("Proxy-Authorization", "NTLM abc", "NTLM REDACTED"),
        ("Authorization", "abcdef", "REDACTED"),
        ("Authorization", "Bearer ", "REDACTED"),
        ("Authorization", "", ""),
        (
            "Authorization",
            "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=ab+c/d==",
            "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=REDACTED",
        ),
        ("Cookie", "session=abc; theme=dark", "REDACTED"),
        ("Set-Cookie", "session=abc; Path=/", "REDACTED"),
        ("x-ms-content-sha256", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "REDACTED"),
        ("x-ms-date", "Fri, 10 May 2030 12:00:00 GMT", "Fri, 10 May 2030 12:00:00 GMT"),
        ("x-ms-request-id", "5e3b9c0e-2a3f-4a57-8f06-9d1c4f7ab210", "5e3b9c0e-2a3f-4a57-8f06-9d1c4f7ab210"),
        ("x-ms-error-code", "BadRequest", "BadRequest"),
        ("Idempotency-Key", "abc", "abc"),
        ("X-Api-Key", "abcdefghijkl", "redacted0001"),
        ("X-CSRF-Token", "ABCDEFGHIJKL", "REDACTED0001"),
        ("client-secret", "123456", "100001"),
        ("Location", f"{URL}?token=abcdefgh&x=1", f"{URL}?token=reda0001&x=1"),
    ],
)
def test_headers(name: str, value: str, recorded: str) -> None:
    assert sent_header(name, value) == recorded


def test_no_part_of_a_secret_is_taken_for_a_scheme() -> None:
    assert sent_header("Authorization", "open sesame now", "open sesame now") == "REDACTED"


# Values under telling names

TELLING = [
    *(
        "token",
        "access_token",
        "accessToken",
        "refresh-token",
        "secret",
        "client_secret",
        "clientSecret",
        "password",
        "newPassword",
        "PASSWD",
    ),
    *(
        "api_key",
        "apikey",
        "apiKey",
        "X-API-Key",
        "access_key",
        "aws_access_key",
        "private_key",
        "connection_string",
        "connectionString",
    ),
]
HARMLESS = [
    "token_type",
    "token_expires_at",
    "tokens_count",
    "tokenType",
    "secretary",
    "key",
    "spin",
    "name",
    "access_code",
    "pin",
]


@pytest.mark.parametrize("name", TELLING)
def test_a_value_under_a_telling_name_is_taken_out_of_json_forms_and_urls(name: str) -> None:
    assert (
        response(f'{{"a": [{{"{name}": "abcdefgh"}}]}}'.encode())
        == f'{{"a": [{{"{name}": "reda0001"}}]}}'.encode()
    )
    assert response(f"a=b&{name}=abcd%20fgh&c=d".encode()) == f"a=b&{name}=reda0001&c=d".encode()
    clean = Redactor([], live=False).redacted(interaction(url=f"{URL}?a=b&{name}=abcdefgh&c=d"))
    assert clean.request.url == f"{URL}?a=b&{name}=reda0001&c=d"


@pytest.mark.parametrize("name", HARMLESS)
def test_a_value_under_another_name_stays(name: str) -> None:
    for body in (f'{{"{name}": "abcdefgh"}}'.encode(), f"{name}=abcdefgh".encode()):
        assert response(body) is body


@pytest.mark.parametrize(
    "name", ["access_code", "accessCode", "passcode", "pin", "PIN", "host_pin", "moderatorPin", "join_code"]
)
def test_access_codes_are_secrets_in_a_recording_of_a_live_provider(name: str) -> None:
    body = f'{{"{name}": "482913", "spin": "482913"}}'.encode()

    assert response(body) is body
    assert response(body, live=True) == f'{{"{name}": "100001", "spin": "482913"}}'.encode()


def test_access_codes_in_a_list_keep_their_roles() -> None:
    body = (
        b'{"access_codes": [{"access_code": "0123", "role": "host"}, {"role": "guest", '
        b'"access_code": 4567}], "pins": ["0123", "99"]}'
    )
    clean = (
        b'{"access_codes": [{"access_code": "0001", "role": "host"}, {"role": "guest", '
        b'"access_code": 1002}], "pins": ["0001", "11"]}'
    )

    assert response(body, live=True) == clean


@pytest.mark.parametrize(
    ("body", "clean"),
    [
        (b'{"token" :\n"a\\"b\\u00e9", "n":1.50e1,"n" : 2}', b'{"token" :\n"re01", "n":1.50e1,"n" : 2}'),
        (b'{"token": "abc", "token": 123}', b'{"token": "xx1", "token": 102}'),
        (b'{"secret": -1234, "password": 12.5}', b'{"secret": -1001, "password": 11.1}'),
        (
            b'{"secret": null, "password": true, "token": false, "api_key": ""}',
            b'{"secret": null, "password": true, "token": false, "api_key": ""}',
        ),
        (b'{"token": {"id": "abc", "password": "abc"}}', b'{"token": {"id": "abc", "password": "xx1"}}'),
        (b"a=1&t%6Fken=abcd", b"a=1&t%6Fken=re01"),
        (b'{"t\\u006fken": "abcd"}', b'{"t\\u006fken": "re01"}'),
        (b'{"tokens": ["abcd", ["efgh"]], "size": 4}', b'{"tokens": ["re01", ["re02"]], "size": 4}'),
        (
            b'{"link": "https://a.example/?token=abcd\\u0026x=1"}',
            b'{"link": "https://a.example/?token=re01\\u0026x=1"}',
        ),
        (b'{"token": "abcd", "cut": "of', b'{"token": "re01", "cut": "of'),
        (b"{'token': 'abcd', 'n': null}", b"{'token': 're01', 'n': null}"),
        (b'{"token": "ab\xffd", "n": 1}', b'{"token": "re01", "n": 1}'),
        (b'{"token": "abcd', b'{"token": "re01'),
        (b'{"secret": 1234,}', b'{"secret": 1001,}'),
        (b"endpoint=https://a.example/;accesskey=abcd", b"endpoint=https://a.example/;accesskey=re01"),
        (b"see https://me:abcd@a.example/", b"see https://me:re01@a.example/"),
    ],
)
def test_values_are_replaced_and_nothing_else(body: bytes, clean: bytes) -> None:
    assert response(body) == clean


@pytest.mark.parametrize("text", ["{}", '{{"join": "{}"}}', "see {}, please", "https://a.example/{}?x=1"])
def test_json_web_tokens_are_taken_out_of_any_text(text: str) -> None:
    clean = response(text.format(JWT).replace("{{", "{").replace("}}", "}").encode()).decode()

    begin, _, end = text.replace("{{", "{").replace("}}", "}").partition("{}")
    assert re.fullmatch(re.escape(begin) + "REDACTED0*1" + re.escape(end), clean)
    assert len(clean) == len(begin + JWT + end)


@pytest.mark.parametrize("text", ["surveyJson.data.items", "keyJ.x", "eyJhbGciOiJIUzI1NiJ9"])
def test_words_that_look_like_a_json_web_token_stay(text: str) -> None:
    assert response(text.encode()) == text.encode()


# What stands in the place of a secret


@pytest.mark.parametrize(
    ("value", "clean"),
    [
        ("482913", "100001"),
        ("048291", "000001"),
        ("7", "1"),
        ("A", "x"),
        ("Ab", "x1"),
        ("Abc", "xx1"),
        ("Abc-d/e?f=", "REDACT0001"),
        ("AbcdEfghIjkl", "REDACTED0001"),
        ("AbcdEfghIjklMnop", "REDACTED00000001"),
        ("abcdefghijkl", "redacted0001"),
        ("0123456789abcdef", "f000000000000001"),
        ("0123456789ABCDEF", "F000000000000001"),
        ("5e3b9c0e-2a3f-4a57-8f06-9d1c4f7ab210", "00000000-0000-4000-8000-000000000001"),
        ("https://a.example/x?y", "https://redacted00001"),
    ],
)
def test_a_replacement_has_the_length_and_the_class_of_the_value_and_is_recognised(
    value: str, clean: str
) -> None:
    assert json.loads(response(json.dumps({"token": value}).encode())) == {"token": clean}
    assert len(clean) == len(value)
    assert is_redacted(clean)
    assert len(value) == 1 or not is_redacted(value)


@pytest.mark.parametrize(
    "text", ["REDACTED", "<hidden>", "[FILTERED]", "***", "xxxxxxxx", "{{redacted}}", "DUMMY"]
)
def test_placeholders_of_other_recorders_are_recognised(text: str) -> None:
    assert is_redacted(text)


@pytest.mark.parametrize(
    "text", ["482913", "redact", "reduce", "r2d2", "a token", "2030", "https://a.example/", "1234"]
)
def test_a_usual_text_is_not_taken_for_a_redaction(text: str) -> None:
    assert not is_redacted(text)


def test_equal_secrets_stay_equal_and_different_ones_different() -> None:
    redactor = Redactor([], live=True)
    first = redactor.redacted(
        interaction(b'{"access_code": "482913"}', sent=b'{"access_code": "482913"}', url=f"{URL}?pin=482913")
    )
    second = redactor.redacted(interaction(b'{"access_code": 482913, "pin": "482914"}'))

    assert (
        first.request.body == b'{"access_code": "100001"}' == first.response.body if first.response else False
    )
    assert first.request.url.endswith("?pin=100001")
    assert second.response
    assert second.response.body == b'{"access_code": 100001, "pin": "100002"}'


def test_as_many_codes_stay_different_as_the_length_allows() -> None:
    codes = [f"{number}" for number in range(1000, 6000)]
    clean = json.loads(response(json.dumps({"pins": codes}).encode(), live=True))["pins"]

    assert len(set(clean)) == len(codes)
    assert {len(code) for code in clean} == {4}


def test_what_is_no_text_stays() -> None:
    at = datetime(2030, 5, 10, tzinfo=UTC)
    request = Request("GET", URL, (("X-Api-Key", "abcdef"),), None, Credentials.WRONG, RoomKnowledge.EXISTS)
    clean = Redactor([], live=True).redacted(Interaction(request, None, at, "no response"))

    assert clean == Interaction(replace(request, headers=(("X-Api-Key", "red001"),)), None, at, "no response")


def test_an_interaction_without_secrets_is_the_same_object() -> None:
    plain = interaction(
        b'{"id": 1, "name": "room 100% \\"free\\" \\\\ dXNlcjo="}',
        f"{URL}?a=%20b",
        {"Accept": "*/*"},
        b"a=1",
        "late",
    )

    assert Redactor([KEY, "the-key", "pa ss"], live=True).redacted(plain) is plain


# Properties

LETTERS = st.characters(exclude_categories=("Cc", "Cs"))
SECRETS = st.text(LETTERS, min_size=4, max_size=24)


@st.composite
def written(draw: st.DrawFn, secret: str) -> str:
    """A secret in any spelling that can be undone."""
    spelling = draw(
        st.sampled_from(["plain", "json", "escapes", "percent", "base64", "base64 percent", "base64 json"])
    )
    if spelling == "plain":
        return secret
    if spelling == "json":
        return json.dumps(secret, ensure_ascii=draw(st.booleans()))[1:-1]
    if spelling == "escapes":
        chosen = (draw(st.booleans()) or letter in '"\\' for letter in secret)
        return "".join(escaped(letter) if one else letter for letter, one in zip(secret, chosen, strict=True))
    if spelling == "percent":
        return "".join(
            letter if letter.isalnum() and draw(st.booleans()) else percent(letter, draw(st.booleans()))
            for letter in secret
        )
    inner = {"base64": secret, "base64 percent": quote(secret), "base64 json": json.dumps(secret)}[spelling]
    data = draw(st.binary(max_size=5)) + inner.encode() + draw(st.binary(max_size=5))
    text = (base64.b64encode if draw(st.booleans()) else base64.urlsafe_b64encode)(data).decode()
    text = text if draw(st.booleans()) else text.rstrip("=")
    return text if draw(st.booleans()) else quote(text, safe="")


def percent(letter: str, upper: bool) -> str:
    return "".join(f"%{byte:02X}" if upper else f"%{byte:02x}" for byte in letter.encode())


PLACES = {
    "path": lambda text: interaction(url=f"{URL}/{text}/x"),
    "query": lambda text: interaction(url=f"{URL}?q={text}&b=1"),
    "header": lambda text: interaction(headers={"X-Echo": f"a {text}"}),
    "authorization": lambda text: interaction(headers={"Authorization": f"Bearer {text}"}),
    "request body": lambda text: interaction(sent=f'{{"a": ["{text}"]}}'.encode()),
    "name": lambda text: interaction(f'{{"{text}": 1}}'.encode()),
    "telling": lambda text: interaction(f'{{"token": "{text}", "b": "{text}"}}'.encode()),
    "form": lambda text: interaction(sent=f"a={text}&b=1".encode()),
    "page": lambda text: interaction(f"<p>{text}</p>".encode() + b"\xff"),
    "failure": lambda text: interaction(failure=f"rejected ({text})"),
}


def readings(data: bytes, depth: int = 3) -> Iterator[bytes]:
    """What somebody who looks for secrets makes of some bytes; written apart from what is tested."""
    yield data
    if depth == 0:
        return
    undone = {unquote_to_bytes(data), data.replace(b"+", b" ")}
    unescaped = re.sub(rb"(?:\\u[0-9a-fA-F]{4})+|\\.", lambda match: letters(match[0]), data)
    for other in undone | {unescaped}:
        if other != data:
            yield from readings(other, depth - 1)
    for run in re.findall(rb"[A-Za-z0-9+/_-]{5,}", data):
        for skip in range(4):
            text = run[skip:].replace(b"-", b"+").replace(b"_", b"/")
            text = text[:-1] if len(text) % 4 == 1 else text
            yield from readings(base64.b64decode(text + b"=" * (-len(text) % 4)), 1 if depth > 1 else 0)


def letters(escape: bytes) -> bytes:
    try:
        return json.loads(b'"' + escape + b'"').encode("utf-8", "surrogatepass")
    except ValueError:
        return escape


def all_texts(recorded: Interaction) -> Iterator[bytes]:
    assert recorded.response
    headers = (*recorded.request.headers, *recorded.response.headers)
    yield from (
        text.encode() for text in (recorded.request.url, recorded.failure, *(value for _, value in headers))
    )
    yield from (recorded.request.body or b"", recorded.response.body)


def is_found(secret: str, recorded: Interaction) -> bool:
    return any(secret.encode() in reading for text in all_texts(recorded) for reading in readings(text))


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@given(data=st.data())
def test_no_secret_survives_in_any_place_and_form(place: Any, data: st.DataObject) -> None:
    secret = data.draw(SECRETS, label="secret")
    assume(secret not in "Bearer REDACTED")
    recorded = place(data.draw(written(secret), label="written"))
    redactor = Redactor([secret, "another-secret"], live=data.draw(st.booleans()))

    clean = redactor.redacted(recorded)

    assert is_found(secret, recorded)
    assert redactor.leaks(recorded)
    assert not redactor.leaks(clean)
    assert not is_found(secret, clean)


CODES = st.text("0123456789", min_size=1, max_size=12)
ROOMS = st.fixed_dictionaries(
    {
        "token": st.one_of(
            st.none(),
            st.booleans(),
            st.text(LETTERS, max_size=40),
            st.integers(),
            st.floats(allow_nan=False, allow_infinity=False),
        ),
        "access_codes": st.lists(
            st.fixed_dictionaries({"access_code": CODES, "role": st.sampled_from(["host", "guest"])}),
            max_size=4,
        ),
        "password": st.text("abcXYZ019", max_size=40),
        "secret": st.uuids().map(str),
        "name": st.text(LETTERS, max_size=20),
    }
)


@given(room=ROOMS)
def test_a_redacted_body_is_judged_as_before(room: dict[str, Any]) -> None:
    """A schema that is as narrow as the body was: its types, its lengths and its classes of letters."""
    code = {"type": "string", "pattern": "^[0-9]+$"}
    codes = [
        {**code, "minLength": len(entry["access_code"]), "maxLength": len(entry["access_code"])}
        for entry in room["access_codes"]
    ]
    whole = Draft202012Validator.TYPE_CHECKER.is_type(room["token"], "integer")
    token: dict[str, Any] = {"type": "integer" if whole else type_of(room["token"])}
    if isinstance(room["token"], str):
        token |= {"minLength": len(room["token"]), "maxLength": len(room["token"])}
    schema = {
        "properties": {
            "token": token,
            "access_codes": {
                "prefixItems": [
                    {"properties": {"access_code": narrow, "role": {"enum": ["host", "guest"]}}}
                    for narrow in codes
                ]
            },
            "password": {
                "minLength": len(room["password"]),
                "maxLength": len(room["password"]),
                "pattern": "^[A-Za-z0-9]*$",
            },
            "secret": {"format": "uuid"},
            "name": {"const": room["name"]},
        }
    }
    body = json.dumps(room, ensure_ascii=False).encode()
    clean = json.loads(response(body, live=True))

    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    validator.validate(room)
    validator.validate(clean)
    same = [left == right for left in room["access_codes"] for right in room["access_codes"]]
    assert [
        left == right for left in clean["access_codes"] for right in clean["access_codes"]
    ] == same or min(map(len, codes_of(room))) < 2
    assert clean["secret"] != room["secret"]


@given(
    values=st.lists(
        st.text(st.sampled_from("0123456789abcXYZ-_ é"), min_size=1, max_size=20),
        min_size=1,
        max_size=20,
        unique=True,
    )
)
def test_a_replacement_is_of_digits_only_where_the_value_is(values: list[str]) -> None:
    clean = json.loads(response(json.dumps({"pins": values}).encode(), live=True))["pins"]

    assert [len(value) for value in clean] == [len(value) for value in values]
    assert [value.isdigit() for value in clean] == [value.isdigit() for value in values]
    assert all(value.isalnum() and value.isascii() for value in clean)


def type_of(value: Any) -> str:
    return {bool: "boolean", str: "string", float: "number", type(None): "null"}[type(value)]


def codes_of(room: dict[str, Any]) -> list[str]:
    return [entry["access_code"] for entry in room["access_codes"]]


HARMLESS_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(LETTERS, max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(HARMLESS), inner, max_size=4),
    max_leaves=10,
)


@given(value=HARMLESS_JSON, escape=st.booleans(), indent=st.sampled_from([None, 2]))
def test_a_body_without_secrets_is_untouched(value: Any, escape: bool, indent: int | None) -> None:
    body = json.dumps(value, ensure_ascii=escape, indent=indent).encode()
    assume(b"://" not in body)

    assert response(body, "a-known-secret", "dGhlIGtleQ==") is body


@given(
    body=st.binary(max_size=60)
    | st.text(st.sampled_from('{}[]":,\\ue%=token&1'), max_size=40).map(str.encode)
)
def test_any_bytes_can_be_redacted(body: bytes) -> None:
    redactor = Redactor(["token", "1"], live=True)

    assert not redactor.leaks(redactor.redacted(interaction(body, sent=body, failure=body.decode("latin-1"))))
