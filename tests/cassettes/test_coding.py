"""Bodies that recorders kept in their content codings are decoded, whatever was done to them since, or said
not to be had.
"""

from __future__ import annotations

import base64
import gzip
import json
import sys
import zlib
from collections.abc import Callable
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomproof.cassettes import coding
from roomproof.cassettes.coding import MAX_DECODED, coding_of, decoded

BODY = json.dumps({"data": {"name": "é", "list": list(range(30))}}, ensure_ascii=False).encode()


def raw_deflate(body: bytes) -> bytes:
    return zlib.compress(body)[2:-4]


CODED: dict[str, tuple[str, bytes]] = {
    "gzip": ("gzip", gzip.compress(BODY)),
    "x-gzip": ("x-gzip", gzip.compress(BODY)),
    "upper case": ("GZIP", gzip.compress(BODY)),
    "two fields": ("gzip", gzip.compress(BODY[:9]) + gzip.compress(BODY[9:])),
    "deflate": ("deflate", zlib.compress(BODY)),
    "raw deflate": ("deflate", raw_deflate(BODY)),
    "stacked": ("deflate, gzip", gzip.compress(zlib.compress(BODY))),
    "stacked the other way round": ("gzip,deflate", zlib.compress(gzip.compress(BODY))),
    "with identity": ("gzip, identity", gzip.compress(BODY)),
    "a header that was filtered out": ("", gzip.compress(BODY)),
}


def chunked(body: bytes) -> bytes:
    parts = (body[at : at + 20] for at in range(0, len(body), 20))
    return b"".join(b"%x;a=b\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


MADE_OF: dict[str, Callable[[bytes], bytes]] = {
    "as it came": bytes,
    "in chunks": chunked,
    "as Base64": base64.b64encode,
    "as wrapped Base64": base64.encodebytes,
    "as digits": lambda body: body.hex().encode(),
    "letter by letter": lambda body: body.decode("latin-1").encode(),
}


@pytest.mark.parametrize("made", MADE_OF)
@pytest.mark.parametrize("name", CODED)
def test_a_coded_body_is_decoded_whatever_a_recorder_has_made_of_it(name: str, made: str) -> None:
    names, body = CODED[name]
    assert decoded(MADE_OF[made](body), names) == BODY


@pytest.mark.parametrize("name", CODED)
def test_what_a_recorder_has_decoded_is_taken_as_it_is(name: str) -> None:
    names, _ = CODED[name]
    for body in (BODY, b"", b"true", b"5\r\n", b"1234567890123456", b'"abcdefghijklmnop"'):
        assert decoded(body, names) == body


@pytest.mark.parametrize("name", CODED)
@pytest.mark.parametrize("cut", [3, 9, 42])
def test_a_stream_that_ends_early_is_not_decodable(name: str, cut: int) -> None:
    names, body = CODED[name]
    for recorded in (body[:-cut], base64.b64encode(body[:-cut]), chunked(body)[: -cut - 5]):
        assert isinstance(decoded(recorded, names), str), "why it cannot be had"


@pytest.mark.parametrize(
    "body", [b"\xff\xfe", BODY.replace("é".encode(), "\ufffd".encode()), chunked(BODY)[:-7], b"1f\r\n{}"]
)
def test_what_lost_its_bytes_is_not_decodable(body: bytes) -> None:
    assert isinstance(decoded(body, "gzip"), str)


@pytest.mark.parametrize(
    "bomb", [("gzip", gzip.compress), ("deflate", zlib.compress), ("deflate", raw_deflate)], ids=["gzip",
    "deflate", "raw deflate"]
)  # fmt: skip
def test_a_bomb_is_not_decodable(bomb: tuple[str, Callable[[bytes], bytes]]) -> None:
    name, encode = bomb
    found = decoded(encode(bytes(3 * MAX_DECODED)), name)
    assert isinstance(found, str)
    assert "larger than" in found


class LibraryError(Exception):
    """What a library raises."""


class Slices:
    """A decoder as a library has it: what it is given comes out doubled, and it is whole when an X came."""

    def __init__(self) -> None:
        self.eof = False

    def process(self, data: bytes) -> bytes:
        if b"!" in data:
            raise LibraryError
        self.eof = self.eof or b"X" in data
        return data * 2

    decompress = process

    def is_finished(self) -> bool:
        return self.eof


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make brotli and zstd libraries of ours: none of the real ones is a dependency."""
    brotli, zstd = ModuleType("brotli"), ModuleType("compression.zstd")
    brotli.Decompressor, brotli.error = Slices, LibraryError  # type: ignore[attr-defined]
    zstd.ZstdDecompressor, zstd.ZstdError = Slices, LibraryError  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "brotli", brotli)
    monkeypatch.setitem(sys.modules, "compression", ModuleType("compression"))
    monkeypatch.setitem(sys.modules, "compression.zstd", zstd)


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("name", ["br", "zstd"])
def test_a_library_is_used_where_it_is_there(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert decoded(b"\xffX", name) == b"\xffX\xffX"
    assert decoded(b"\xff" * 40, name) == "the recorded body ends early"
    assert "not in the content coding" in str(decoded(b"\xff!", name))
    monkeypatch.setattr(coding, "MAX_DECODED", 99)
    assert "larger than" in str(decoded(b"\xff" * 60, name))


@pytest.mark.parametrize("name", ["br", "zstd"])
def test_where_no_library_is_there_it_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("brotli", "brotlicffi", "compression.zstd", "backports.zstd", "zstandard"):
        monkeypatch.setitem(sys.modules, module, None)  # type: ignore[arg-type]
    assert "is installed" in str(decoded(b"\xff\xfe", name))
    assert decoded(BODY, name) == BODY


def test_codings_of_several_headers_are_one_after_the_other() -> None:
    assert coding_of((("Content-Encoding", "gzip"), ("A", "b"), ("content-encoding", "br"))) == "gzip, br"
    assert coding_of(()) == ""


@given(
    body=st.binary(max_size=80), names=st.lists(st.sampled_from([*CODED, "br", "zstd", "", "x"]), max_size=3)
)
def test_no_body_makes_it_stumble(body: bytes, names: list[str]) -> None:
    assert isinstance(decoded(body, ", ".join(names)), bytes | str)


LETTERS = st.text(st.characters(codec="utf-8", exclude_characters="\ufffd") | st.sampled_from("\x7f\x85\x9f"))


@given(
    value=st.recursive(st.none() | st.booleans() | st.integers() | LETTERS, st.lists, max_leaves=9),
    is_ascii=st.booleans(),
)
def test_json_is_the_same_decoded_or_not(value: object, is_ascii: bool) -> None:
    text = json.dumps(value, ensure_ascii=is_ascii).encode()
    assert decoded(text, "gzip") == decoded(gzip.compress(text), "gzip") == decoded(text, None) == text
