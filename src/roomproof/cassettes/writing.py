"""The text of a cassette: YAML that is read in a review, or JSON with an interaction a line."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from roomproof.cassettes.body_digest import FIELD, digest_of
from roomproof.cassettes.layout import layouts, pretty
from roomproof.interaction import LARGEST_BODY, SHOWN_BODY

VERSION = 1
"""vcrpy's version of the format."""
JSON_END = b"\n]}\n"
"""Closes what the head of a cassette in JSON opens."""
_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_NOT_PLAIN = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))
"""Words that YAML 1.1 reads as no text."""


def yaml_entry(node: Mapping[str, Any]) -> str:
    """Return an entry as an item, two spaces in, of a YAML list. ASCII only: a text cut off anywhere is still
    one.
    """
    request, response = node["request"], node["response"]
    status = response["status"]
    asked, answered = _reviewed(request["body"]), _reviewed(response["body"]["string"])
    lines = [
        "  - request:",
        f"      method: {_quoted(request['method'])}",
        f"      uri: {_quoted(request['uri'])}",
        *_headers(request["headers"]),
        f"      body: {_body(request['body'], asked, 8)}",
        "    response:",
        f"      status: {{code: {status['code']}, message: {_quoted(status['message'])}}}",
        *_headers(response["headers"]),
        "      body:",
        f"        string: {_body(response['body']['string'], answered, 10)}",
    ]
    if node["recorded_at"]:
        lines.append(f"    recorded_at: {_quoted(node['recorded_at'])}")
    lines += _digests(
        {"request": (request["body"], asked), "response": (response["body"]["string"], answered)}
    )
    sender = node["sender"]
    lines.append(f"    sender: {{credentials: {sender['credentials']}, room: {sender['room']}}}")
    if "left_out" in node:
        lines.append(f"    left_out: {node['left_out']} # bytes of the body of the response")
    return "\n".join(lines) + "\n"


def json_entry(node: Mapping[str, Any]) -> str:
    """Return an entry as one line of JSON, which has no bytes: a body of them is there as text as far as it
    goes, exactly in `bytes`.
    """
    request, response = node["request"], node["response"]
    exact = {"request": request["body"], "response": response["body"]["string"]}
    kept = {side: base64.b64encode(body).decode() for side, body in exact.items() if isinstance(body, bytes)}
    texts = {
        side: body.decode("utf-8", "replace") if isinstance(body, bytes) else body
        for side, body in exact.items()
    }
    shown = {
        **node,
        "request": {**request, "body": texts["request"]},
        "response": {**response, "body": {"string": texts["response"]}},
        **({"bytes": kept} if kept else {}),
    }
    return orjson.dumps(shown).decode()


def yaml_head(told: Mapping[str, str]) -> str:
    """Return what stands before the entries: vcrpy's version, and under `roomproof` what the recording is
    of.
    """
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


def _reviewed(body: str | bytes | None) -> str | None:
    """Return JSON laid out to be read, None for what nobody would read and for white space that could not be
    told again from it.
    """
    if not isinstance(body, str) or len(body) > SHOWN_BODY:
        return None
    laid_out = pretty(body)
    # Laid out it must not become larger than is judged when it is read again.
    return (
        laid_out
        if laid_out is not None and len(laid_out) <= LARGEST_BODY and body in layouts(laid_out)
        else None
    )


def _body(body: str | bytes | None, laid_out: str | None, indent: int) -> str:
    """Return a body: JSON as a block that reads well, bytes as Base64, anything else as one quoted text."""
    if laid_out is not None:
        margin = "\n" + " " * indent
        return "|-" + margin + laid_out.replace("\n", margin)
    if body is None:
        return "null"
    return f'!!binary "{base64.b64encode(body).decode()}"' if isinstance(body, bytes) else _quoted(body)


def _digests(bodies: Mapping[str, tuple[str | bytes | None, str | None]]) -> Iterator[str]:
    """Yield the digests of the bodies that stand there otherwise than they were sent."""
    changed = {
        side: body
        for side, (body, laid_out) in bodies.items()
        if isinstance(body, str) and laid_out not in (None, body)
    }
    if changed:
        yield f"    {FIELD}:"
    for side, body in changed.items():
        told = digest_of(body.encode())
        yield f"      {side}: {{sha256: {_quoted(told['sha256'])}, bytes: {told['bytes']}}}"


def _quoted(text: str) -> str:
    """Return a text as a double-quoted YAML scalar of ASCII letters; Python's escapes are all YAML's, too."""
    return '"' + text.encode("unicode_escape").decode("ascii").replace('"', '\\"') + '"'
