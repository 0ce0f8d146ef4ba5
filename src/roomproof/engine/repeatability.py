"""Requests that a provider carries out once, however often they come: by an id and a time in two headers that the contract names.

Every request of a run to make a room is one of these, where there are such headers: if its answer is lost, the same request is sent
again, and the answer tells which room was made.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime
from uuid import uuid4

from roomproof.auth.scheme import Scheme
from roomproof.contract.model import Contract
from roomproof.interaction import Headers, header
from roomproof.ledger.books import Repeatable
from roomproof.targets.target import Outgoing

MOST_KEPT = 100_000
"""Bytes of a body that is kept in a journal."""


def repeatable(names: tuple[str, str], now: datetime) -> Headers:
    """Return headers of these names, an id and the time of the first sending, that make a request one that may be repeated.

    The id is not from the seed: a provider remembers it, and would give the next run the answer that this one got.
    """
    return ((names[0], str(uuid4())), (names[1], format_datetime(now, usegmt=True)))


def with_headers(contract: Contract, outgoing: Outgoing, now: datetime) -> Outgoing:
    """Return a request with the headers that let it be repeated; as it is where there are none, or where it has one of its own.

    One with wrong credentials is to be rejected; if it is accepted, it is repeated with the right ones.
    """
    names = _names(contract, outgoing)
    if names is None or len(outgoing.body or b"") > MOST_KEPT:
        return outgoing
    if any(header(outgoing.headers, name) is not None for name in names):
        return outgoing
    return replace(outgoing, headers=(*outgoing.headers, *repeatable(names, now)))


def key_of(contract: Contract, outgoing: Outgoing) -> str | None:
    """Return the id under which a request may be repeated, None where it may not."""
    names = _names(contract, outgoing)
    return None if names is None or header(outgoing.headers, names[1]) is None else header(outgoing.headers, names[0])


def kept(contract: Contract, outgoing: Outgoing) -> Repeatable | None:
    """Return a request as a journal keeps it, for it to be repeated; None if it cannot be."""
    names = _names(contract, outgoing)
    if names is None or key_of(contract, outgoing) is None or len(outgoing.body or b"") > MOST_KEPT:
        return None
    try:
        body = (outgoing.body or b"").decode()
    except UnicodeDecodeError:
        return None
    wanted = {name.lower() for name in (*names, "Content-Type")}
    headers = tuple((name, value) for name, value in outgoing.headers if name.lower() in wanted)
    return Repeatable(outgoing.method, outgoing.path, outgoing.query, headers, body)


def again(request: Repeatable, scheme: Scheme, mark: str) -> Outgoing:
    """Return the same request to be sent once more."""
    query, body = request.query, request.body.encode() or None
    return Outgoing(request.method, request.path, query, request.headers, body, scheme, repeatable=True, mark=mark, housekeeping=True)


def _names(contract: Contract, outgoing: Outgoing) -> tuple[str, str] | None:
    matched = contract.match(outgoing.method, outgoing.path)
    return matched[0].repeatability if matched else None
