"""An entry of test-proxy, which records for many SDKs: `RequestUri`, `RequestMethod`, `RequestHeaders`,
`RequestBody`, and so on for the response.

It keeps a body that is JSON parsed, one of several lines as a list of them, and one that is no text in
Base64.
"""

from __future__ import annotations

from typing import Any

from roomproof.cassettes.entry import Entry, EntryError, url_of
from roomproof.cassettes.formats import entry_parts
from roomproof.cassettes.formats.entry_parts import MISSING, NO_BODY, RecordedBody
from roomproof.cassettes.formats.format import Format, one
from roomproof.cassettes.formats.pairs import pairs_of
from roomproof.cassettes.formats.wrapped import as_bytes, as_json, from_base64
from roomproof.interaction import Headers, Request, media_type

_TEXTS = ("json", "xml", "text", "form-urlencoded", "javascript", "multipart")
"""What occurs in a media type whose bodies are kept as text."""


def entry_of(node: Any) -> Entry:
    """Return an entry. Raises EntryError if it has no interaction."""
    entry = node if isinstance(node, dict) else {}
    url, method, status = (entry.get(name) for name in ("RequestUri", "RequestMethod", "StatusCode"))
    if not isinstance(url, str) or not isinstance(method, str):
        raise EntryError(
            "an entry needs the texts RequestUri and RequestMethod", url if isinstance(url, str) else ""
        )
    if not isinstance(status, int) or isinstance(status, bool):
        raise EntryError("an entry needs a whole number as its StatusCode", url)
    request = Request(method.upper(), url_of(url), pairs_of(entry.get("RequestHeaders")))
    headers = pairs_of(entry.get("ResponseHeaders"))
    sent, came = _body(entry.get("RequestBody"), request.headers), _body(entry.get("ResponseBody"), headers)
    return entry_parts.entry(request, sent, status, headers, came)


def _body(node: Any, headers: Headers) -> RecordedBody:
    if node is None or node == "":
        return NO_BODY
    kind = media_type(headers) or "text"
    is_text = any(word in kind for word in _TEXTS)
    if isinstance(node, list) and node and all(isinstance(line, str) for line in node) and "json" not in kind:
        node = "".join(node)
    if isinstance(node, str):
        content = as_bytes(node) if is_text else from_base64(node)
        return MISSING if content is None else RecordedBody(content)
    content = as_json(node)
    return MISSING if content is None else RecordedBody(content, respelt=True)


FORMAT = Format("test-proxy", ("Entries",), one(entry_of))
