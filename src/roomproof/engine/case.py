"""A case: a request about to be sent, before room and credentials are filled in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from roomproof.auth.scheme import Scheme
from roomproof.contract.model import Operation
from roomproof.contract.parameters import write_form
from roomproof.contract.read import is_form, is_json
from roomproof.interaction import Credentials, Headers


class Seat(Enum):
    """Which room a case is about; NOBODY is a well-formed id that names no room.

    NAMED is the room of the user's where the run has rooms of its own for MAIN and OTHER; nobody sits there
    otherwise.
    """

    MAIN = "main"
    OTHER = "other"
    NAMED = "named"
    UNKNOWN = "nobody"


_AS_TEXT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_ESCAPED = json.JSONEncoder(separators=(",", ":"))


@dataclass(frozen=True)
class Proof:
    """The credentials of one case, and what is known of them; no scheme: none are sent."""

    scheme: Scheme | None
    credentials: Credentials


@dataclass(frozen=True)
class Case:
    """One request to send. `path_id` stands in place of the id in its path, `proof` in place of the run's
    credentials.

    `without` are required parameters, by place and name, that it leaves out.

    `aim` is the one field with a broken value, empty where none is known to be; `valid`: its body is one that
    must be accepted.
    """

    operation: Operation
    note: str
    body: bytes | None
    media_type: str | None
    seat: Seat = Seat.MAIN
    path_id: str | None = None
    without: frozenset[tuple[str, str]] = frozenset()
    query: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)
    headers: Headers = ()
    proof: Proof | None = None
    aim: str = ""
    valid: bool = False


def encoded(operation: Operation, body: Any) -> bytes | None:
    """Return a body as an operation's media type has it: JSON, the fields of a form, or a text as it is; None
    where it has none.
    """
    if operation.media_type is None:
        return None
    if is_form(operation.media_type) and isinstance(body, dict):
        return write_form(body)
    return encode(body) if is_json(operation.media_type) or not isinstance(body, str) else body.encode()


def encode(body: Any) -> bytes:
    """Return a JSON value as UTF-8 text; a lone surrogate, which UTF-8 cannot hold, as its escape (RFC 8259,
    7 and 8.2).
    """
    try:
        return _AS_TEXT.encode(body).encode()
    except UnicodeEncodeError:
        return _ESCAPED.encode(body).encode()
