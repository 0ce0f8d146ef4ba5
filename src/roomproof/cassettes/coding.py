"""Content codings (RFC 9110, 8.4.1): recorders keep a body as it came over the wire; the judge reads what it
carried.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

from roomproof.cassettes.layout import is_json
from roomproof.interaction import Headers

MAX_DECODED = 8_000_000
"""Bytes that a body may have after decoding; as much as is read from a live provider."""
_MOST_FIELDS = 64
"""Fields of a gzip stream, each of which costs a copy of all that follow it."""
_TOO_LARGE = f"the recorded body is larger than {MAX_DECODED} bytes when decoded"
_EARLY = "the recorded body ends early"
_OTHERWISE = "the recorded body is not in the content coding that its headers name"
_PLAIN = frozenset(("", "identity", "none"))
_OF_THE_WIRE = frozenset(("content-length", "content-encoding", "transfer-encoding"))
_MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})(?:[ \t]*;[^\r\n]*|[ \t]*)\r\n")
_CODED = ("\x1f", "H4sI", "1f8b", "1F8B", "KLUv", "28b52ffd", "28B52FFD")
"""How a text begins that some recorder has made of gzip or zstd: letter by letter, as Base64, as hexadecimal
digits.
"""
_LOST = "\ufffd"
_CONTROL = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f{_LOST}]")
_HEX, _BASE64 = re.compile(r"(?:[0-9A-Fa-f]{2}){8,}"), re.compile(r"(?=.{16})[A-Za-z0-9+/]+={0,2}")


class _CodingError(Exception):
    """A body is not in the coding that its headers name, or not as a whole."""


def coding_of(headers: Headers) -> str:
    """Return the content codings that headers name, in the order in which they were applied, joined by
    commas.
    """
    return ", ".join(value for name, value in headers if name.lower() == "content-encoding")


def without_wire(headers: Headers) -> Headers:
    """Return headers without those that speak of a body as it was on the wire, where another form of it is
    kept.
    """
    return tuple((name, value) for name, value in headers if name.lower() not in _OF_THE_WIRE)


def decoded(body: bytes, coding: str | None) -> bytes | str:
    """Return a body without its content codings and chunks (RFC 9112, 7.1), or, as text, why it cannot be
    had.

    Many recorders decode the body and keep the header: a text is taken as it is, unless it is what some
    recorder made of coded bytes. Some drop the header and keep the coded bytes: these are known by how they
    begin.
    """
    names = [
        name for name in (part.strip().lower() for part in (coding or "").split(",")) if name not in _PLAIN
    ]
    try:
        plain = _unchunked(body)
        text = _text(plain)
        if text is None:
            return _undone(plain, names or _by_magic(plain))
        return _undone_text(text, names) if names or _LOST in text or text.startswith(_CODED) else plain
    except _CodingError as error:
        return str(error)


def _undone(body: bytes, names: list[str]) -> bytes:
    """Undo codings from the last to the first."""
    for name in reversed(names):
        undo = _CODINGS.get(name)
        if undo is None:
            raise _CodingError(f"the recorded body is in the content coding {name[:20]!r}, which is not read")
        body = undo(body)
    return body


def _undone_text(text: str, names: list[str]) -> bytes:
    """Return what a text stands for that may once have been coded bytes. Raises _CodingError if it was, and
    they are lost.
    """
    for coded in _written_out(text):
        known = names or _by_magic(coded)
        try:
            if known and (plain := _undone(coded, known)):
                return plain
        except _CodingError:
            continue
    # Letters such as U+0085 may stand in JSON as they are.
    is_lost = _LOST in text or (_CONTROL.search(text) and not is_json(text.encode()))
    if is_lost or text.startswith(_CODED) or (names and _is_base64(text)):
        raise _CodingError("the recorder has not kept the bytes of the body")
    return text.encode()


def _written_out(text: str) -> Iterator[bytes]:
    """Yield the bytes that a text may have been made of: letter by letter, as hexadecimal digits, as
    Base64.
    """
    if _CONTROL.search(text) and _LOST not in text:
        yield text.encode("latin-1", "replace")
    digits = "".join(text.split())
    if _HEX.fullmatch(digits):
        yield bytes.fromhex(digits)
    if _is_base64(text):
        yield base64.b64decode(digits)


def _is_base64(text: str) -> bool:
    """Whether a text, which may be wrapped, is Base64 of some bytes and no number."""
    digits = "".join(text.splitlines())
    return _BASE64.fullmatch(digits) is not None and len(digits) % 4 == 0 and not digits.isdecimal()


def _by_magic(body: bytes) -> list[str]:
    return [name for magic, name in _MAGIC.items() if body.startswith(magic)]


def _text(body: bytes) -> str | None:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


def _unchunked(body: bytes) -> bytes:
    """Return the content of chunks with their sizes between, anything else as it is: no JSON goes on behind a
    line of digits.
    """
    header = _CHUNK.match(body)
    if header is None or not body[header.end() :].strip():
        return body
    chunks = []
    while header is not None and (size := int(header[1], 16)):
        end = header.end() + size
        chunks.append(body[header.end() : end])
        header = _CHUNK.match(body, end + 2) if body[end : end + 2] == b"\r\n" else None
    if header is None:
        raise _CodingError("the chunks of the recorded body end early")
    return b"".join(chunks)


def _inflated(body: bytes, *windows: int) -> bytes:
    """Undo zlib's coding in one of several frames; of gzip there may be several in a row (RFC 1952, 2.2)."""
    for window in windows:
        plain = b""
        rest = body
        try:
            for _ in range(_MOST_FIELDS):
                worker = zlib.decompressobj(window)
                plain += worker.decompress(rest, MAX_DECODED + 1 - len(plain))
                if len(plain) > MAX_DECODED:
                    raise _CodingError(_TOO_LARGE)
                if not worker.eof:
                    raise _CodingError(_EARLY)
                rest = worker.unused_data.lstrip(b"\0") if window > zlib.MAX_WBITS else b""
                if not rest:
                    return plain
        except zlib.error:
            continue
    raise _CodingError(_OTHERWISE)


def _gunzipped(body: bytes) -> bytes:
    return _inflated(body, zlib.MAX_WBITS | 16)


def _library(*names: str) -> Any:
    """Return the first of some modules that is installed. Raises _CodingError if none is."""
    for name in names:
        try:
            return import_module(name)
        except ImportError:
            continue
    raise _CodingError(
        f"the recorded body is in a content coding that is read where one of {', '.join(names)} is installed"
    )


def _in_slices(
    body: bytes, decompress: Callable[[bytes], bytes], is_whole: Callable[[], bool], problem: type[Exception]
) -> bytes:
    """Decompress a few bytes at a time: they may stand for many megabytes, and not every library can be told
    when to stop.
    """
    parts, size = [], 0
    try:
        for at in range(0, len(body), 16):
            parts.append(decompress(body[at : at + 16]))
            size += len(parts[-1])
            if size > MAX_DECODED:
                raise _CodingError(_TOO_LARGE)
            if is_whole():
                return b"".join(parts)
    except problem:
        raise _CodingError(_OTHERWISE) from None
    raise _CodingError(_EARLY)


def _unbrotlied(body: bytes) -> bytes:
    brotli = _library("brotli", "brotlicffi")
    worker = brotli.Decompressor()
    return _in_slices(body, worker.process, worker.is_finished, brotli.error)


def _unzstandard(body: bytes) -> bytes:
    zstd = _library("compression.zstd", "backports.zstd", "zstandard")
    worker = zstd.ZstdDecompressor()
    # The last of them has another class for it.
    worker = worker.decompressobj() if hasattr(worker, "decompressobj") else worker
    return _in_slices(body, worker.decompress, lambda: bool(worker.eof), zstd.ZstdError)


_CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": _gunzipped,
    "x-gzip": _gunzipped,
    "deflate": lambda body: _inflated(body, zlib.MAX_WBITS, -zlib.MAX_WBITS),
    "br": _unbrotlied,
    "zstd": _unzstandard,
}
