"""An entry of what nock (Node.js) records: `scope`, `method`, `path`, `body`, `status`, `response`, and its
headers.

It parses bodies that are JSON, keeps one that came in a content coding as a list of chunks in hexadecimal
digits, and leaves the headers of requests out unless it is asked for them.
"""

from __future__ import annotations

from typing import Any

from roomproof.cassettes.entry import Entry, EntryError, url_of
from roomproof.cassettes.formats import entry_parts
from roomproof.cassettes.formats.entry_parts import MISSING, NO_BODY, RecordedBody
from roomproof.cassettes.formats.format import Format, one
from roomproof.cassettes.formats.pairs import pairs_of
from roomproof.cassettes.formats.wrapped import as_bytes, as_json, from_chunks, from_hexadecimal
from roomproof.interaction import Headers, Request, header


def entry_of(node: Any) -> Entry:
    """Return an entry. Raises EntryError if it has no interaction."""
    entry = node if isinstance(node, dict) else {}
    scope, path, method, status = (entry.get(name) for name in ("scope", "path", "method", "status"))
    if not isinstance(scope, str) or not isinstance(path, str) or not isinstance(method, str):
        raise EntryError("an entry of nock needs the texts scope, method and path")
    url = scope + path
    if not isinstance(status, int) or isinstance(status, bool):
        raise EntryError("an entry of nock needs a whole number as its status", url)
    request = Request(method.upper(), url_of(url), pairs_of(entry.get("reqheaders")))
    headers = pairs_of(entry.get("rawHeaders") or entry.get("headers"))
    came = _body(entry.get("response"), headers, is_binary=entry.get("responseIsBinary") is True)
    return entry_parts.entry(request, _body(entry.get("body"), request.headers), status, headers, came)


def _body(node: Any, headers: Headers, is_binary: bool = False) -> RecordedBody:
    if node is None or node == "":
        return NO_BODY
    if (
        (is_binary or header(headers, "content-encoding"))
        and isinstance(node, list)
        and all(isinstance(chunk, str) for chunk in node)
    ):
        chunks = from_chunks(node, any_base64=False)
        return MISSING if chunks is None else RecordedBody(chunks)
    if isinstance(node, str):
        content = from_hexadecimal(node) if is_binary else as_bytes(node)
        return MISSING if content is None else RecordedBody(content)
    content = as_json(node)
    return MISSING if content is None else RecordedBody(content, respelt=True)


FORMAT = Format(
    "nock", (), one(entry_of), lambda first, _: isinstance(first, dict) and {"scope", "path"} <= first.keys()
)
