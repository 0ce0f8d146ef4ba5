"""Secrets in rarer forms: codings inside one another, in any text, are found, and taken out so that nobody
can undo them any more."""

from __future__ import annotations

import base64
import gzip
import json
import re
import zlib
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from roomproof.cassettes.exposure import exposed
from roomproof.cassettes.redaction import Redactor
from roomproof.interaction import Interaction, Request, Response
from roomproof.reports.secrets import HIDDEN, cleaned
from roomproof.secrets import KnownSecrets

URL = "https://rooms.example/v1/rooms"
SECRET = "kEy4-canary/+%41\\n zK1nQ8"
Coding = Callable[[bytes], bytes]


def _in_pairs(before: str, between: str) -> Coding:
    return lambda data: between.join(f"{before}{byte:02x}" for byte in data).encode()


TEXTS: Mapping[str, Coding] = {
    "Base64": base64.b64encode,
    "Base64 for URLs": lambda data: base64.urlsafe_b64encode(data).rstrip(b"="),
    "hex": lambda data: data.hex().encode(),
    "HEX": lambda data: data.hex().upper().encode(),
    "hex with colons": _in_pairs("", ":"),
    "hex with dashes": _in_pairs("", "-"),
    "hex with spaces": _in_pairs("", " "),
    "hex with 0x": _in_pairs("0x", ", "),
}
BYTES: Mapping[str, Coding] = {
    "UTF-16, little end first": lambda data: data.decode("latin-1").encode("utf-16-le"),
    "UTF-16, big end first": lambda data: data.decode("latin-1").encode("utf-16-be"),
    "gzip": gzip.compress,
    "zlib": zlib.compress,
}
CODINGS = {**TEXTS, **BYTES}
ENCODES_BYTES = [name for name in CODINGS if "UTF-16" not in name]
"""The others write letters, so what they write has to be a text."""
SPELLINGS: Mapping[str, Coding] = {
    "as it is": lambda data: data,
    "JSON": lambda data: json.dumps(data.decode("latin-1"))[1:-1].encode(),
    "percent": lambda data: quote_from_bytes(data, safe="").encode(),
    "HTML": lambda data: "".join(f"&#{byte};" for byte in data).encode(),
}


# An independent decoder: slow, and without any code of roomproof


def _undone(data: bytes) -> set[bytes]:
    """What one coding less makes of some bytes, wherever it begins and ends."""
    found = {
        part.decode(codec, "ignore").encode()
        for codec in ("utf-16-le", "utf-16-be")
        for part in (data, data[1:])
    }
    for run in re.findall(rb"[A-Za-z0-9+/_-]{8,}", data):
        plain = run.translate(bytes.maketrans(b"-_", b"+/"))
        found |= {base64.b64decode(plain[skip:] + b"A" * (-len(plain[skip:]) % 4)) for skip in range(4)}
    digits = (
        re.sub(rb"0x|[^0-9A-Fa-f]", b"", data)
        if re.search(rb"(?:[0-9A-Fa-f]{2}[^0-9A-Za-z]{0,2}(?:0x)?){4}", data)
        else b""
    )
    found |= {bytes.fromhex(digits[skip : skip + (len(digits) - skip) // 2 * 2].decode()) for skip in (0, 1)}
    for start in (match.start() for match in re.finditer(rb"\x1f\x8b|x\x9c", data)):
        worker = zlib.decompressobj(47)
        try:
            found.add(worker.decompress(data[start:]))
        except zlib.error:
            continue
    return found


def can_be_undone(data: bytes, secret: bytes, depth: int = 3) -> bool:
    """Whether somebody who knows the codings gets at a secret."""
    return secret in data or (
        depth > 0 and any(can_be_undone(inner, secret, depth - 1) for inner in _undone(data))
    )


def answered(body: bytes) -> Interaction:
    return Interaction(Request("GET", URL), Response(200, (), body))


surroundings = st.sampled_from(
    [b"", b" ", b"user:", b'{"a": "', b"0", b"ab", b"Zm9v", b"x\x9c", b"\n", b"the token is "]
)
secrets = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=40).filter(
    lambda text: len(set(text)) > 5
)


@given(
    secret=secrets,
    codings=st.lists(
        st.tuples(surroundings, st.sampled_from(list(CODINGS)), surroundings), min_size=1, max_size=3
    ),
    around=st.tuples(surroundings, surroundings),
)
@example(secret=SECRET, codings=[(b"", "Base64", b"")] * 3, around=(b"", b""))
@example(
    secret=SECRET,
    codings=[(b"", "gzip", b""), (b"", "UTF-16, little end first", b""), (b"", "Base64", b"")],
    around=(b"", b""),
)
@example(secret=SECRET, codings=[(b"x\x9c", "zlib", b"")], around=(b"x\x9c", b"x\x9c"))
def test_a_secret_in_codings_inside_one_another_is_found_and_taken_out(
    secret: str, codings: list[tuple[bytes, str, bytes]], around: tuple[bytes, bytes]
) -> None:
    data = secret.encode()
    for before, coding, after in codings:
        assume(coding in ENCODES_BYTES or (before + data + after).isascii())
        data = CODINGS[coding](before + data + after)
    body = around[0] + data + around[1]
    assert KnownSecrets([secret]).stand_in(body)

    clean = Redactor([secret], live=False).redacted(answered(body)).response

    assert clean is not None
    assert not KnownSecrets([secret]).stand_in(clean.body)
    assert not can_be_undone(clean.body, secret.encode())


def _spelled(data: bytes) -> list[bytes]:
    """Some bytes in every spelling that can write them: no letter of a text is more than ASCII here, and HTML
    has no zero.
    """
    names = [
        name
        for name in SPELLINGS
        if (data.isascii() or name in ("as it is", "percent")) and (name != "HTML" or b"\0" not in data)
    ]
    return [b"before " + SPELLINGS[name](data) + b" after" for name in names]


@pytest.mark.parametrize("outer", CODINGS)
def test_two_codings_and_a_spelling_are_found_everywhere(outer: str) -> None:
    inner = [coding(SECRET.encode()) for coding in CODINGS.values()]
    bodies = [
        body
        for data in inner
        if outer in ENCODES_BYTES or data.isascii()
        for body in _spelled(CODINGS[outer](data))
    ]

    for body in bodies:
        assert list(exposed(answered(body), [SECRET])) == ["a known secret in the response body"]
        if body.isascii():
            shown = cleaned({"received": [body.decode()]}, [SECRET])["received"][0]
            assert HIDDEN in shown
            assert not can_be_undone(shown.encode(), SECRET.encode())


def test_a_secret_that_was_escaped_twice_and_read_once_is_found() -> None:
    secret = 'kEy4-"caf\u00e9"-zK1nQ8'
    shown = json.dumps(secret).replace("\\u00e9", "\\\u00e9")
    assert "\\\u00e9" in shown
    assert KnownSecrets([secret]).stand_in(shown.encode())


def test_only_what_carries_the_secret_is_taken_out() -> None:
    body = (
        b"one 6b:45:79:34:2d:63:61:6e:61:72:79 two "
        + base64.b64encode(b"login=kEy4-canary; and more")
        + b" three"
    )

    places = KnownSecrets(["kEy4-canary"]).places(body)

    # Of Base64 the letters that carry a part of the secret.
    assert [body[place.start : place.end] for place in places] == [
        b"6b:45:79:34:2d:63:61:6e:61:72:79",
        b"a0V5NC1jYW5hcnk7"[:15],
    ]


@given(
    codings=st.lists(st.tuples(surroundings, st.sampled_from(list(CODINGS)), surroundings), max_size=3),
    text=st.one_of(st.text(max_size=200).map(str.encode), st.binary(max_size=200)),
)
def test_nothing_is_found_where_nothing_is(codings: list[tuple[bytes, str, bytes]], text: bytes) -> None:
    for before, coding, after in codings:
        assume(coding in ENCODES_BYTES or (before + text + after).isascii())
        text = CODINGS[coding](before + text + after)

    assert KnownSecrets([SECRET, "another-token-Xy7"]).places(text, b"...") == []
    assert Redactor([SECRET], live=False).leaks(answered(text)) is False


@pytest.mark.parametrize("coding", TEXTS)
def test_the_beginning_of_a_coded_secret_before_a_cut_is_hidden(coding: str) -> None:
    letters = CODINGS[coding](SECRET.encode()).decode()
    for size in range(len(letters) // 2, len(letters)):
        shown: Any = cleaned(f"received {letters[:size]}... (400 long)", [SECRET])
        assert shown in (f"received {HIDDEN}... (400 long)", f"received 0x{HIDDEN}... (400 long)")


def test_a_bomb_is_not_inflated_and_not_shown() -> None:
    bomb = base64.b64encode(zlib.compress(bytes(50_000_000))).decode()

    assert cleaned(f"see {bomb}", [SECRET]) == HIDDEN
    assert list(exposed(answered(bomb.encode()), [SECRET])) == [
        "more encodings than can be searched for a known secret in the response body"
    ]
