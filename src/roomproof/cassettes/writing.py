"""The text of a cassette: YAML that is read in a review, or JSON with an interaction a line."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from roomproof.cassettes.layout import pretty
from roomproof.interaction import LARGEST_BODY, SHOWN_BODY

VERSION = 1
"""vcrpy's version of the format."""
JSON_END = b"\n]}\n"
"""Closes what the head of a cassette in JSON opens."""
_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_NOT_PLAIN = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))
"""Words that YAML 1.1 reads as no text."""


def yaml_entry(node: Mapping[str, Any]) -> str:
    """Return an entry as an item, two spaces in, of a YAML list. ASCII only: a text cut off anywhere is still one."""
    request, response = node["request"], node["response"]
    status = response["status"]
    lines = [
        "  - request:",
        f"      method: {_quoted(request['method'])}",
        f"      uri: {_quoted(request['uri'])}",
        *_headers(request["headers"]),
        f"      body: {_body(request['body'], 8)}",
        "    response:",
        f"      status: {{code: {status['code']}, message: {_quoted(status['message'])}}}",
        *_headers(response["headers"]),
        "      body:",
        f"        string: {_body(response['body']['string'], 10)}",
    ]
    if node["recorded_at"]:
        lines.append(f"    recorded_at: {_quoted(node['recorded_at'])}")
    sender = node["sender"]
    lines.append(f"    sender: {{credentials: {sender['credentials']}, room: {sender['room']}}}")
    if "left_out" in node:
        lines.append(f"    left_out: {node['left_out']} # bytes of the body of the response")
    return "\n".join(lines) + "\n"


def json_entry(node: Mapping[str, Any]) -> str:
    """Return an entry as one line of JSON, which has no bytes: a body of them is there as text as far as it goes, exactly in `bytes`."""
    request, response = node["request"], node["response"]
    exact = {"request": request["body"], "response": response["body"]["string"]}
    kept = {side: base64.b64encode(body).decode() for side, body in exact.items() if isinstance(body, bytes)}
    texts = {side: body.decode("utf-8", "replace") if isinstance(body, bytes) else body for side, body in exact.items()}
    shown = {
        **node,
        "request": {**request, "body": texts["request"]},
        "response": {**response, "body": {"string": texts["response"]}},
        **({"bytes": kept} if kept else {}),
    }
    return orjson.dumps(shown).decode()


def yaml_head(told: Mapping[str, str]) -> str:
    """Return what stands before the entries: vcrpy's version, and under `roomproof` what the recording is of."""
    lines = [f"  {name}: {_quoted(value)}" for name, value in told.items()]
    return "\n".join((f"version: {VERSION}", "roomproof:", *lines, "interactions:"))


def json_head(told: Mapping[str, str]) -> str:
    """Return the same as the beginning of a JSON object."""
    return f'{{"version": {VERSION}, "roomproof": {orjson.dumps(dict(told)).decode()}, "interactions": ['


def _headers(headers: Mapping[str, list[str]]) -> Iterator[str]:
    if not headers:
        yield "      headers: {}"
        return
    yield "      headers:"
    for name, values in headers.items():
        plain = _PLAIN_NAME.fullmatch(name) and name.lower() not in _NOT_PLAIN
        yield f"        {name if plain else _quoted(name)}: [{', '.join(map(_quoted, values))}]"


def _body(body: str | bytes | None, indent: int) -> str:
    """Return a body: JSON as a block that reads well, bytes as Base64, anything else as one quoted text, as
    is what nobody would read.
    """
    if body is None:
        return "null"
    if isinstance(body, bytes):
        return f'!!binary "{base64.b64encode(body).decode()}"'
    laid_out = pretty(body) if len(body) <= SHOWN_BODY else None
    # Laid out it must not become larger than is judged when it is read again.
    if laid_out is None or len(laid_out) > LARGEST_BODY:
        return _quoted(body)
    margin = "\n" + " " * indent
    return "|-" + margin + laid_out.replace("\n", margin)


def _quoted(text: str) -> str:
    """Return a text as a double-quoted YAML scalar of ASCII letters; Python's escapes are all YAML's, too."""
    return '"' + text.encode("unicode_escape").decode("ascii").replace('"', '\\"') + '"'
