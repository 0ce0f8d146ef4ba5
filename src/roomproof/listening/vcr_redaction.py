"""Redaction on the way to the disk: a persister of vcrpy that takes secrets out and hands the rest to the one
that was there.

What a test sees, and what the cassette plays while it is open, stays as it came. An exchange in which no
secret stands is written as vcrpy has it; so is one that an earlier recording has redacted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from roomproof.cassettes.coding import decoded
from roomproof.cassettes.entry import EntryError
from roomproof.cassettes.exposure import exposed
from roomproof.cassettes.redaction import Redactor
from roomproof.interaction import Headers, Interaction, Request, Response, header
from roomproof.listening.vcr_node import body_of, node_of
from roomproof.readings import UnsearchableError


class RecordingOwner(Protocol):
    """Whose recording it is; `problems` are sentences on what could not be done."""

    problems: list[str]


class Persister:
    """Redacts what another persister writes, once somebody has asked for it."""

    def __init__(self, inner: Any, current: Callable[[], RecordingOwner | None]) -> None:
        self._redacts = False
        self._inner, self._current = inner, current
        self._secrets: tuple[str, ...] = ()
        self._redactor: Redactor | None = None

    def redact(self, secrets: tuple[str, ...]) -> None:
        """Ask for redaction; `secrets` are known ones, beside those that were known before."""
        self._redacts = True
        if not set(secrets) <= set(self._secrets):
            self._secrets = tuple(dict.fromkeys((*self._secrets, *secrets)))
            self._redactor = None

    def load_cassette(self, *arguments: Any, **options: Any) -> Any:
        """Return what the other persister has."""
        return self._inner.load_cassette(*arguments, **options)

    def save_cassette(self, path: Any, content: Mapping[str, Any], serializer: Any) -> None:
        """Write the exchanges, without their secrets. One that cannot be searched for them is left out, and
        its owner is told so.
        """
        if not self._redacts:
            self._inner.save_cassette(path, content, serializer)
            return
        owner, clean = self._current(), []
        # One for all that is written, so that equal secrets stay equal.
        redactor = self._redactor = self._redactor or Redactor(self._secrets, live=True)
        for request, response in zip(content["requests"], content["responses"], strict=True):
            try:
                clean.append(self._clean(request, response, redactor))
            except (EntryError, UnsearchableError):
                if owner is not None:
                    owner.problems.append(_left_out(request))
        requests, responses = [request for request, _ in clean], [response for _, response in clean]
        self._inner.save_cassette(path, {**content, "requests": requests, "responses": responses}, serializer)

    def _clean(
        self,
        request: Any,
        response: Mapping[str, Any],
        redactor: Redactor,
    ) -> tuple[Any, Mapping[str, Any]]:
        """Return an exchange without secrets, the same objects where it has none. Raises
        UnsearchableError.
        """
        seen = _seen(request, response)
        clean = redactor.redacted(seen)
        # One that is clean is redacted only so that its replacements are taken.
        if not any(exposed(seen, self._secrets)):
            return request, response
        if redactor.leaks(clean) or (clean.response and clean.response.left_out):
            raise UnsearchableError
        written = _written_request(request, seen.request, clean.request)
        return written, _written_response(response, seen.response, clean.response)


def _left_out(request: Any) -> str:
    asked = f"{request.method} {str(request.uri).partition('?')[0]}"
    return (
        f"{asked} was not written to the cassette: a known secret would have stood in it, or it cannot "
        f"be searched "
        "for secrets, since it is written in too many ways or in a content coding that cannot be undone"
    )


def _seen(request: Any, response: Mapping[str, Any]) -> Interaction:
    """Return an exchange as it is searched: bodies without their content coding. Raises UnsearchableError
    where that cannot be undone.
    """
    node = node_of(request, response)
    asked, answered = node["request"], node["response"]
    headers = _pairs(answered["headers"])
    return Interaction(
        Request(
            asked["method"],
            asked["uri"],
            _pairs(asked["headers"]),
            _plain(asked["body"], _pairs(asked["headers"])),
        ),
        Response(0, headers, _plain(body_of(_content(response)), headers) or b""),
    )


def _plain(body: bytes | None, headers: Headers) -> bytes | None:
    plain = None if body is None else decoded(body, header(headers, "content-encoding"))
    if isinstance(plain, str):
        raise UnsearchableError
    return plain


def _content(response: Mapping[str, Any]) -> Any:
    """Return the body of a response; older cassettes of httpx have it under another name."""
    body = response.get("body")
    return body.get("string") if isinstance(body, Mapping) else response.get("content")


def _pairs(headers: Mapping[str, list[str]]) -> Headers:
    return tuple((name, value) for name, values in headers.items() for value in values)


def _written_request(request: Any, seen: Request, clean: Request) -> Any:
    if clean is seen:
        return request
    body, headers = request.body, clean.headers
    if clean.body != seen.body:
        body = json.loads(clean.body or b"null") if isinstance(body, dict | list) else clean.body
        headers = _without_coding(headers, clean.body or b"")
    return type(request)(method=clean.method, uri=clean.url, body=body, headers=dict(headers))


def _written_response(
    response: Mapping[str, Any],
    seen: Response | None,
    clean: Response | None,
) -> Mapping[str, Any]:
    assert seen is not None
    assert clean is not None
    if clean is seen:
        return response
    body: Mapping[str, Any] = {}
    headers = clean.headers
    if clean.body != seen.body:
        headers = _without_coding(headers, clean.body)
        known = response.get("body")
        body = {"content": clean.body}
        if isinstance(known, Mapping):
            body = {"body": {**known, "string": clean.body}}
    names: dict[str, list[str]] = {}
    for name, value in headers:
        names.setdefault(name, []).append(value)
    return {**response, **body, "headers": names}


def _without_coding(headers: Headers, body: bytes) -> Headers:
    """Return headers that fit a body that was decoded and changed."""
    lengths = {"content-length": str(len(body))}
    kept = ((name, value) for name, value in headers if name.lower() != "content-encoding")
    return tuple((name, lengths.get(name.lower(), value)) for name, value in kept)
