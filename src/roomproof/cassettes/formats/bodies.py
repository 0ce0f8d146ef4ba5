"""The body of a request or response in a recording of vcrpy's family: where it stands, and the bytes that it
stands for.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import orjson

from roomproof.cassettes.entry import EntryError
from roomproof.cassettes.formats.entry_parts import MISSING, NO_BODY, RecordedBody
from roomproof.cassettes.yaml_tags import Numeral, UnbuiltValue, joined

_PARSED = ("parsed_body", "json_body", "json")
"""Fields that hold a body as a value, in place of its text."""
_WRAPPED = frozenset(("string", "base64_string", "encoding", "file", *_PARSED))
"""Fields of the map that a body is wrapped in."""
_OTHER_LETTERS = re.compile(
    r"iso-?8859-\d\d?|latin-?1|windows-125\d|cp125\d|utf-?16(-?[bl]e)?", re.IGNORECASE
)
"""Encodings of letters that are no UTF-8 and cost no time."""
_MOST_VALUES = 300_000
_VALUES_WORTH = 16
"""So many letters of a text count as one value more."""
_DEEPEST = 100


def request_body(node: Mapping[str, Any]) -> RecordedBody:
    """Return the body of a request. Raises EntryError if it is nothing that stands for one.

    Clients that take a value for the body leave it to themselves how to spell it: then the recording has the
    value.
    """
    found, form = _sent(node), node.get("form")
    return (
        _of_form(form) if isinstance(form, dict) and form and found in (NO_BODY, RecordedBody(b"")) else found
    )


def _sent(node: Mapping[str, Any]) -> RecordedBody:
    content = node.get("body")
    if isinstance(content, dict) and (not content or not _WRAPPED.issuperset(content)):
        return _of_fields(content)
    if isinstance(content, list | tuple) and content and all(map(_is_pair, content)):
        return RecordedBody(urlencode(list(map(tuple, content)), errors="surrogatepass").encode())
    return _body(node)


def _is_pair(item: Any) -> bool:
    return isinstance(item, list | tuple) and len(item) == 2 and all(isinstance(part, str) for part in item)


def response_body(node: Mapping[str, Any]) -> RecordedBody:
    """Return the body of a response, which stands under `content` in some. Raises EntryError if it is nothing
    that stands for one.
    """
    return _body(node if "body" in node or "content" not in node else {**node, "body": node["content"]})


def _body(node: Mapping[str, Any]) -> RecordedBody:
    for name in _PARSED:
        if name in node:
            return _spelt(node[name])
    return _read(node.get("body"))


def _read(content: Any) -> RecordedBody:
    match content:
        case None | bytes():
            return RecordedBody(content)
        case Numeral() | bool() | int() | float():
            return _spelt(content)
        case str():
            return RecordedBody(content.encode("utf-8", "surrogatepass"))
        case UnbuiltValue():
            raise EntryError(f"the body of a request or response cannot be read: {content.why}")
        case dict() if _WRAPPED.issuperset(content):
            return _unwrapped(content)
    if isinstance(content, list | tuple) and content and all(type(item) is str for item in content):
        # Chunks, or a list of texts that somebody has parsed: nobody knows.
        return MISSING
    # Chunks that were never joined: JSON has no bytes.
    whole = (
        joined(content)
        if isinstance(content, list | tuple) and any(isinstance(item, bytes) for item in content)
        else None
    )
    return _spelt(content) if whole is None else RecordedBody(whole)


def _unwrapped(content: Mapping[str, Any]) -> RecordedBody:
    if content.get("file"):
        return MISSING
    for name in _PARSED:
        if name in content:
            return _spelt(content[name])
    text, encoded = content.get("string"), content.get("base64_string")
    if isinstance(encoded, str | bytes) and (encoded or not text):
        return _of_base64(encoded)
    encoding = content.get("encoding")
    if isinstance(text, str) and isinstance(encoding, str) and _OTHER_LETTERS.fullmatch(encoding):
        try:
            return RecordedBody(text.encode(encoding))
        except (UnicodeEncodeError, LookupError):
            pass
    return _read(text) if not isinstance(text, dict) else _spelt(text)


def _of_base64(text: str | bytes) -> RecordedBody:
    """Return what a Base64 text stands for; some recorders wrap it. A text that is none stands for
    nothing.
    """
    letters = text.decode("latin-1") if isinstance(text, bytes) else text
    try:
        return RecordedBody(base64.b64decode("".join(letters.split()), validate=True))
    except ValueError:
        return MISSING


def _of_fields(fields: Mapping[Any, Any]) -> RecordedBody:
    """Return the body that a client makes of a map: JSON, or a form; a flat one may become either, one with a
    file is a form.
    """
    if any(isinstance(value, bytes) for value in fields.values()):
        return MISSING
    is_doubtful = bool(fields) and all(
        isinstance(value, str | int | float) and not isinstance(value, bool) for value in fields.values()
    )
    spelt = _spelt(fields)
    return RecordedBody(spelt.content, respelt=True, is_doubtful=is_doubtful)


def _of_form(form: Mapping[Any, Any]) -> RecordedBody:
    """Return the body that go-vcr keeps the fields of, where it has no text of it."""
    fields = [
        (str(name), value)
        for name, values in form.items()
        for value in (values if isinstance(values, list) else [values])
    ]
    return (
        RecordedBody(urlencode(fields, errors="surrogatepass").encode())
        if all(map(_is_pair, fields))
        else MISSING
    )


def _spelt(value: Any) -> RecordedBody:
    """Return the body that spells a value; of one that was null nobody knows whether it was there."""
    if value is None:
        return MISSING
    left = [_MOST_VALUES]
    plain = _bounded(value, left, _DEEPEST)
    try:
        return RecordedBody(
            orjson.dumps(plain, default=_number, option=orjson.OPT_PASSTHROUGH_SUBCLASS), respelt=True
        )
    except orjson.JSONEncodeError as error:
        raise EntryError("the body of a request or response is no value of JSON") from error


def _number(value: Any) -> orjson.Fragment:
    if isinstance(value, Numeral):
        return orjson.Fragment(str(value))
    raise TypeError


def _bounded(value: Any, left: list[int], levels: int) -> Any:
    """Return a copy that is a tree; anchors can make a value stand in another one, or in itself, without
    end.
    """
    left[0] -= 1 + (len(value) // _VALUES_WORTH if isinstance(value, str) else 0)
    if left[0] < 0 or levels < 0:
        raise EntryError("the body of a request or response has more values than are looked at")
    if isinstance(value, dict):
        return {str(name): _bounded(inner, left, levels - 1) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_bounded(inner, left, levels - 1) for inner in value]
    if isinstance(value, UnbuiltValue):
        raise EntryError(f"the body of a request or response cannot be read: {value.why}")
    return value
