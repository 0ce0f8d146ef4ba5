"""Requests that a provider carries out once, however often they come: by an id and a time in two headers that
the contract names.

Every request of a run to make a room is one of these, where there are such headers: if its response is lost,
the same request is sent again, and the response tells which room was made.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime
from uuid import uuid4

from roomproof.auth.scheme import Scheme
from roomproof.contract.model import Contract
from roomproof.interaction import Headers, header
from roomproof.journal.journal import Repeatable
from roomproof.targets.target import UnsentRequest

MOST_KEPT = 100_000
"""Bytes of a body that is kept in a journal."""


def repeatable(names: tuple[str, str], now: datetime) -> Headers:
    """Return headers of these names, an id and the time of the first sending, that make a request one that
    may be repeated.

    The id is not from the seed: a provider remembers it, and would give the next run the response that this
    one got.
    """
    return ((names[0], str(uuid4())), (names[1], format_datetime(now, usegmt=True)))


def with_headers(contract: Contract, unsent: UnsentRequest, now: datetime) -> UnsentRequest:
    """Return a request with the headers that let it be repeated; as it is where there are none, or where it
    has one of its own.

    One with wrong credentials is to be rejected; if it is accepted, it is repeated with the right ones.
    """
    names = _names(contract, unsent)
    if names is None or len(unsent.body or b"") > MOST_KEPT:
        return unsent
    if any(header(unsent.headers, name) is not None for name in names):
        return unsent
    return replace(unsent, headers=(*unsent.headers, *repeatable(names, now)))


def key_of(contract: Contract, unsent: UnsentRequest) -> str | None:
    """Return the id under which a request may be repeated, None where it may not."""
    names = _names(contract, unsent)
    return (
        None
        if names is None or header(unsent.headers, names[1]) is None
        else header(unsent.headers, names[0])
    )


def kept(contract: Contract, unsent: UnsentRequest) -> Repeatable | None:
    """Return a request as a journal keeps it, for it to be repeated; None if it cannot be."""
    names = _names(contract, unsent)
    if names is None or key_of(contract, unsent) is None or len(unsent.body or b"") > MOST_KEPT:
        return None
    try:
        body = (unsent.body or b"").decode()
    except UnicodeDecodeError:
        return None
    wanted = {name.lower() for name in (*names, "Content-Type")}
    headers = tuple((name, value) for name, value in unsent.headers if name.lower() in wanted)
    return Repeatable(unsent.method, unsent.path, unsent.query, headers, body)


def again(request: Repeatable, scheme: Scheme, mark: str) -> UnsentRequest:
    """Return the same request to be sent once more."""
    query, body = request.query, request.body.encode() or None
    return UnsentRequest(
        request.method,
        request.path,
        query,
        request.headers,
        body,
        scheme,
        repeatable=True,
        mark=mark,
        housekeeping=True,
    )


def _names(contract: Contract, unsent: UnsentRequest) -> tuple[str, str] | None:
    matched = contract.match(unsent.method, unsent.path)
    return matched[0].repeatability if matched else None
