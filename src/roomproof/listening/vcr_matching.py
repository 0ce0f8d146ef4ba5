"""Matching: a request finds its exchange although the cassette has it without secrets.

Secrets are masked on both sides, those of the request by their names, their places and their values, those of
the cassette by what stands in their place. All look alike then: of two requests that differ in nothing else
the one recorded first is played first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from copy import copy
from functools import lru_cache, wraps
from typing import Any, Protocol
from urllib.parse import unquote

from roomproof.cassettes.redaction import REDACTED, is_redacted
from roomproof.cassettes.telling import header_kind, may_tell, values
from roomproof.secrets import KnownSecrets, edited, edited_text

Matcher = Callable[[Any, Any], Any]
_MASK = REDACTED.encode()
_ROUNDS = 8
_SEPARATORS = re.compile("([/?&=])")
_REPLACEMENT = re.compile(
    (
        rb"(?<![\w-])(?:redacted|red(?:a(?:c(?:t(?:ed?)?)?)?)?[0-9]{3,}|00000000-0000-4000-8000-[0-9]{12}|"
        rb"f0{7,}[0-9]+)(?![\w-])"
    ),
    re.IGNORECASE,
)
"""What the redaction puts in the place of a secret, as far as it can be told from anything else."""


class RequestOwner(Protocol):
    """Whose requests they are."""

    def secrets(self) -> tuple[str, ...]:
        """Return the known secrets."""
        ...


class Mask:
    """Masks the secrets of requests where they are compared, as long as there is somebody whose recording is
    redacted.
    """

    def __init__(self, current: Callable[[], RequestOwner | None]) -> None:
        self._current = current

    def matcher(self, matcher: Matcher) -> Matcher:
        """Return a matcher of vcrpy that compares masked requests."""

        @wraps(matcher)
        def matching(asked: Any, recorded: Any) -> Any:
            owner = self._current()
            if owner is None:
                return matcher(asked, recorded)
            known = _known(owner.secrets())
            uris = _aligned(asked.uri, recorded.uri, known)
            return matcher(_masked(asked, uris[0], known), _masked(recorded, uris[1], known))

        return matching


@lru_cache(maxsize=8)
def _known(secrets: Iterable[str]) -> KnownSecrets:
    return KnownSecrets(secrets)


def _aligned(asked: str, recorded: str, known: KnownSecrets) -> tuple[str, str]:
    """Return two URIs with the mask in each part that is a secret in the one and looks like what is put in
    its place in the other.
    """
    here, there = _SEPARATORS.split(asked), _SEPARATORS.split(recorded)
    if here == there or len(here) != len(there):
        return asked, recorded
    for at, (one, other) in enumerate(zip(here, there, strict=True)):
        if one == other or not is_redacted(other):
            continue
        if unquote(one) in known.whole or known.stand_in(one.encode()):
            here[at] = there[at] = REDACTED
    return "".join(here), "".join(there)


def _masked(request: Any, uri: str, known: KnownSecrets) -> Any:
    """Return a request without secrets, the same object if it has none."""
    uri = _text(uri, known)
    headers = {
        name: REDACTED if header_kind(name) else _text(value, known)
        for name, value in request.headers.items()
    }
    body = _body(request.body, known)
    if body is not request.body:
        # The length is that of what was put in the place of a secret.
        headers = {
            name: REDACTED if name.lower() == "content-length" else value for name, value in headers.items()
        }
    if uri == request.uri and headers == dict(request.headers.items()) and body is request.body:
        return request
    masked = copy(request)
    masked.uri, masked.headers = uri, headers
    if body is not request.body:
        masked.body = body
    return masked


def _text(text: Any, known: KnownSecrets) -> Any:
    return edited_text(text, lambda data: _mask(data, known)) if isinstance(text, str) else text


def _body(body: Any, known: KnownSecrets) -> Any:
    if isinstance(body, dict | list):
        text = json.dumps(body, sort_keys=True).encode()
    elif isinstance(body, bytes | str):
        text = body.encode() if isinstance(body, str) else body
    else:
        # A file, or pieces that are made as they are sent.
        return body
    masked = _mask(text, known)
    return body if masked == text else masked


@lru_cache(maxsize=1024)
def _mask(data: bytes, known: KnownSecrets) -> bytes:
    if may_tell(data, codes=True):
        told = (value for value in values(data) if value.raw and value.tells(codes=True))
        data = edited(data, [(value.start, value.end, _MASK) for value in told])
    for _ in range(_ROUNDS):
        places = known.places(data)
        if not places:
            break
        data = edited(data, [(place.start, place.end, _MASK) for place in places])
    return _REPLACEMENT.sub(_MASK, data)
