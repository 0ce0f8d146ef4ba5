"""An entry of a HAR file (HTTP Archive 1.2) as an interaction."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import urlencode

from roomproof.cassettes.entry import Entry, EntryError, moment
from roomproof.cassettes.formats.vcrpy import url_of
from roomproof.interaction import Headers, Interaction, Request, Response


def entry_of(node: Any) -> Entry:
    """Return an entry. Raises EntryError if it has no interaction.

    A request without an answer (status 0), or whose answer's body was not kept, gives one without a response.
    """
    asked, answered = _member(node, "request"), _member(node, "response")
    method, url = asked.get("method"), asked.get("url")
    if not isinstance(method, str) or not isinstance(url, str):
        raise EntryError("a request needs the texts method and url")
    request = Request(method.upper(), url_of(url), _headers(asked.get("headers")), _posted(asked.get("postData")))
    at = moment(node.get("startedDateTime"))
    status = answered.get("status")
    if not isinstance(status, int) or isinstance(status, bool):
        raise EntryError("a response needs a whole number as its status")
    if status == 0:
        return Entry(Interaction(request, None, at, failure="the recording has no answer to this request"), at)
    body = _content(answered.get("content"))
    if body is None:
        return Entry(Interaction(request, None, at, failure="the recording does not hold the body of the answer"), at)
    return Entry(Interaction(request, Response(status, _headers(answered.get("headers")), body), at), at)


def _member(node: Any, name: str) -> dict[str, Any]:
    found = node.get(name) if isinstance(node, dict) else None
    if not isinstance(found, dict):
        raise EntryError(f"an entry needs an object named {name}")
    return found


def _headers(node: Any) -> Headers:
    if not isinstance(node, list | None):
        raise EntryError("headers is no list")
    # HTTP/2's pseudo-headers (":status") are no headers.
    return tuple((name, value) for name, value in map(_pair, node or ()) if not name.startswith(":"))


def _pair(node: Any) -> tuple[str, str]:
    name, value = (node.get("name"), node.get("value")) if isinstance(node, dict) else (None, None)
    if not isinstance(name, str) or not isinstance(value, str):
        raise EntryError("a header or parameter needs the texts name and value")
    return name, value


def _posted(node: Any) -> bytes | None:
    if not isinstance(node, dict):
        return None
    text, parameters = node.get("text"), node.get("params")
    if isinstance(text, str):
        return text.encode("utf-8", "surrogatepass")
    return urlencode([_pair(item) for item in parameters]).encode() if isinstance(parameters, list) and parameters else None


def _content(node: Any) -> bytes | None:
    """Return the decoded body, None where the file says that there was one and does not hold it."""
    content = node if isinstance(node, dict) else {}
    text, size = content.get("text"), content.get("size", 0)
    if not isinstance(text, str):
        return None if isinstance(size, int) and size > 0 else b""
    if content.get("encoding") != "base64":
        return text.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise EntryError("the content of a response is no Base64") from error
