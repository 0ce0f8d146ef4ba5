"""Bodies that a recorder has wrapped into text: Base64, hexadecimal digits, lists of either."""

from __future__ import annotations

import base64
import re
from typing import Any

import orjson

from roomproof.cassettes.layout import is_json

_SPACE = re.compile(r"\s+")
_HEXADECIMAL = re.compile(r"(?:[0-9A-Fa-f]{2})*")
_OTHER_ALPHABET = str.maketrans("-_", "+/")


def from_base64(text: str) -> bytes | None:
    """Return what Base64 stands for, in either alphabet, in lines or not, with padding or without; None if it
    is none.
    """
    text = _SPACE.sub("", text).translate(_OTHER_ALPHABET).rstrip("=")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError:
        return None


def from_silent_base64(text: str) -> bytes | None:
    """Return the JSON object or list that a text stands for without saying that it is Base64; None if it does
    not.
    """
    if (from_base64(text.lstrip()[:4]) or b"")[:1] not in (b"{", b"["):
        return None
    content = from_base64(text)
    return content if content and is_json(content) else None


def from_hexadecimal(text: str) -> bytes | None:
    """Return what hexadecimal digits stand for; None if they are none."""
    return bytes.fromhex(text) if _HEXADECIMAL.fullmatch(text) else None


def from_chunks(chunks: Any, any_base64: bool = True) -> bytes | None:
    """Return what a list of chunks stands for, each in hexadecimal digits or, with `any_base64`, Base64; None
    if it is no such list.
    """
    if not isinstance(chunks, list) or not chunks or not all(isinstance(chunk, str) for chunk in chunks):
        return None
    found = [from_hexadecimal(chunk) for chunk in chunks]
    if None in found and any_base64:
        found = [from_base64(chunk) for chunk in chunks]
    return None if None in found else b"".join(chunk for chunk in found if chunk is not None)


def from_chunk_text(text: str, any_base64: bool) -> bytes | None:
    """Return what a list of chunks in JSON stands for; None if the text is none."""
    if not text.lstrip().startswith("["):
        return None
    try:
        return from_chunks(orjson.loads(text), any_base64)
    except orjson.JSONDecodeError:
        return None


def as_bytes(text: str) -> bytes | None:
    """Return a text in UTF-8; None if a letter of it is lost, so that nobody knows which bytes it was."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return None


def as_json(node: Any) -> bytes | None:
    """Return a value that a recorder has parsed as JSON again. How it was spelled is lost. None if it has
    none.
    """
    try:
        return orjson.dumps(node)
    except TypeError:
        return None
