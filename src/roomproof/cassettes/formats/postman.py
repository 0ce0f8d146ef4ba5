"""Examples that were saved in a Postman collection (v2.0, v2.1): `response` of an item, each with its
`originalRequest`.

Folders are items with items. Variables of the collection stand in for `{{name}}`, those of a URL for `:name`;
others stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from roomproof.cassettes.entry import Entry, EntryError, Unreadable, url_of
from roomproof.cassettes.formats import entry_parts
from roomproof.cassettes.formats.entry_parts import MISSING, NO_BODY, RecordedBody
from roomproof.cassettes.formats.format import Around, Format
from roomproof.cassettes.formats.pairs import pairs_of
from roomproof.cassettes.formats.wrapped import as_bytes
from roomproof.interaction import Headers, Request

_Variables = Mapping[str, str]
_NAME = re.compile(r"\{\{\s*([^{}\s]+)\s*\}\}")
_DEEPEST = 50
_ROUNDS = 5
"""Values of variables may hold variables, as far as anybody does that."""


def entries_of(node: Any, around: Around) -> Iterator[Entry | Unreadable]:
    """Yield the examples of an item and of the items in it; what one lacks is told in its place."""
    yield from _entries(node, _variables(around.fields.get(("variable",))), _DEEPEST)


def _entries(node: Any, variables: _Variables, levels: int) -> Iterator[Entry | Unreadable]:
    if not isinstance(node, dict) or not levels:
        return
    variables = {**variables, **_variables(node.get("variable"))}
    for example in _list(node.get("response")):
        try:
            yield _entry(example, node.get("request"), variables)
        except EntryError as error:
            yield Unreadable("", str(error), error.url)
    for item in _list(node.get("item")):
        yield from _entries(item, variables, levels - 1)


def _entry(example: Any, otherwise: Any, variables: _Variables) -> Entry:
    if not isinstance(example, dict):
        raise EntryError("an example is no object")
    asked = example.get("originalRequest") or otherwise
    asked = {"url": asked} if isinstance(asked, str) else asked
    if not isinstance(asked, dict):
        raise EntryError("an example needs an originalRequest")
    url, method, status = _url(asked.get("url"), variables), asked.get("method", "GET"), example.get("code")
    if not isinstance(method, str) or not url:
        raise EntryError("an originalRequest needs a method and a url", url)
    request = Request(method.upper(), url_of(url), _headers(asked.get("header"), variables))
    sent = _sent(asked.get("body"), variables)
    if not isinstance(status, int) or isinstance(status, bool) or not 100 <= status <= 999:
        return entry_parts.unanswered(request, sent, "the example holds no status")
    text = example.get("body")
    came = _text(text) if isinstance(text, str) else NO_BODY
    return entry_parts.entry(
        request,
        sent,
        status,
        _headers(example.get("header"), variables),
        came,
        took=_took(example.get("responseTime")),
    )


def _sent(node: Any, variables: _Variables) -> RecordedBody:
    body = node if isinstance(node, dict) else {}
    mode = body.get("mode")
    if not mode or body.get("disabled") is True:
        return NO_BODY
    if not isinstance(mode, str):
        return MISSING
    content = body.get(mode)
    if mode == "raw" and isinstance(content, str):
        return _text(_filled(content, variables)) if content else NO_BODY
    if mode == "urlencoded" and isinstance(content, list):
        return RecordedBody(urlencode(_headers(content, variables), errors="replace").encode(), respelt=True)
    return MISSING


def _text(text: str) -> RecordedBody:
    content = as_bytes(text)
    return MISSING if content is None else RecordedBody(content)


def _url(node: Any, variables: _Variables) -> str:
    if isinstance(node, str):
        return _filled(node, variables)
    if not isinstance(node, dict):
        return ""
    text = node.get("raw")
    if not isinstance(text, str) or not text:
        host, path = (mark.join(map(str, part)) if isinstance(part := node.get(name),
            list) else str(part or "")
                      for name, mark in (("host", "."), ("path", "/")))  # fmt: skip
        query = urlencode(_headers(node.get("query"), {}), errors="replace", safe="{}")
        scheme = f"{node['protocol']}://" if isinstance(node.get("protocol"), str) else ""
        text = f"{scheme}{host}/{path.lstrip('/')}{'?' if query else ''}{query}" if host else ""
    address, mark, query = text.partition("?")
    own = {name: value for name, value in _variables(node.get("variable")).items() if value}
    segments = (
        own.get(segment[1:], segment) if segment.startswith(":") else segment
        for segment in address.split("/")
    )
    return _filled("/".join(segments) + mark + query, variables)


def _headers(node: Any, variables: _Variables) -> Headers:
    return tuple((name, _filled(value, variables)) for name, value in pairs_of(node, "key"))


def _variables(node: Any) -> dict[str, str]:
    items = (item for item in _list(node) if isinstance(item, dict) and item.get("disabled") is not True)
    found = ((item.get("key") or item.get("id"), item.get("value")) for item in items)
    return {
        name: str(value)
        for name, value in found
        if isinstance(name, str) and isinstance(value, str | int | float)
    }


def _filled(text: str, variables: _Variables) -> str:
    """Return a text with the values of the variables that are known; an empty value says that nobody has set
    it.
    """
    for _ in range(_ROUNDS):
        filled = _NAME.sub(lambda match: variables.get(match[1]) or match[0], text)
        if filled == text or len(filled) > 10 * len(text) + 10_000:
            break
        text = filled
    return text


def _took(value: Any) -> timedelta | None:
    known = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e9
    return timedelta(milliseconds=value) if known else None


def _list(node: Any) -> list[Any]:
    return node if isinstance(node, list) else []


def _is_collection(_: Any, around: Around) -> bool:
    return isinstance(around.fields.get(("info",)), dict)


FORMAT = Format(
    "Postman collection", ("item",), entries_of, _is_collection, looks_behind=True,
    without=("is a Postman collection without saved examples, so without responses: in Postman, save "
        "responses as examples"),
)  # fmt: skip
