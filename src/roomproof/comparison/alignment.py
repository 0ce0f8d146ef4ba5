"""Which request of one recording is which of another: by what they are, not by where they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b

from roomproof.comparison.provenance import Context
from roomproof.comparison.scalars import Scalars
from roomproof.comparison.volatile import masked, masked_body
from roomproof.interaction import BUSY, Credentials, Request, RoomKnowledge, media_type

REMEMBERED = 16
"""Responses to the same request that are kept for comparison; the rest is counted."""
_EXAMPLE = 160
_GIVEN = frozenset((Credentials.VALID, Credentials.UNKNOWN))


@dataclass(frozen=True)
class Kin:
    """What two requests share that are the same but for volatile texts; the room that they name is such a
    text.
    """

    subject: str
    credentials: str
    no_room: bool
    media: str | None
    query: tuple[tuple[str, str], ...]
    reasons: tuple[str, ...]
    body: bytes | None


@dataclass(frozen=True)
class Example:
    """A request as a person reads it, and how large it is; the room's id is left out."""

    size: int
    text: str


@dataclass(frozen=True, slots=True)
class RecordedResponse:
    """One response: its place in the recording, its status, whether that hangs on more than the request or on
    a name, its values.
    """

    number: int
    status: int
    doubtful: bool
    names: bool
    values: Scalars | None


@dataclass
class DistinctRequest:
    """One distinct request, and what it was answered with."""

    kin: Kin
    example: Example
    statuses: Counter[int] = field(default_factory=Counter)
    answers: list[RecordedResponse] = field(default_factory=list)

    @property
    def has_place(self) -> bool:
        """Whether another response is kept."""
        return len(self.answers) < REMEMBERED


@dataclass(frozen=True)
class Pair:
    """The responses of two recordings to one request, `exact` if not even volatile texts differ; `statuses`
    are all that each has for it.
    """

    subject: str
    example: Example
    before: RecordedResponse
    after: RecordedResponse
    statuses: tuple[frozenset[int], frozenset[int]]
    exact: bool


@dataclass
class Requests:
    """The distinct requests of a recording; `key` is a query parameter that carries a key."""

    key: str
    asked: dict[tuple[Kin, bytes | None], DistinctRequest] = field(default_factory=dict)
    answers: int = 0

    def open(self, request: Request, context: Context) -> DistinctRequest:
        """Return the entry of a request, a new one where it was not seen before."""
        exact = _kin(request, context, None, self.key), _digest(request.body)
        found = self.asked.get(exact)
        if found is None:
            body = None if not request.body else _digest(masked_body(request.body))
            kin = _kin(request, context, body, self.key)
            found = self.asked[exact] = DistinctRequest(kin, _example(request, context))
        return found

    def add(self, asked: DistinctRequest, response: RecordedResponse) -> None:
        """Count a response, and keep it if it is one of the first to its request."""
        self.answers += 1
        asked.statuses[response.status] += 1
        if asked.has_place:
            asked.answers.append(response)


def _kin(request: Request, context: Context, body: bytes | None, key: str) -> Kin:
    credentials = "given" if request.credentials in _GIVEN else request.credentials.value
    query = tuple(sorted((name, masked(value)) for name, value in request.query.items() if name != key))
    no_room = request.room is RoomKnowledge.NONE
    return Kin(
        context.subject, credentials, no_room, media_type(request.headers), query, context.reasons, body
    )


def _digest(body: bytes | None) -> bytes | None:
    return blake2b(body, digest_size=16).digest() if body else None


def _example(request: Request, context: Context) -> Example:
    body = request.body or b""
    text = body[: 4 * _EXAMPLE].decode("utf-8", "replace")
    shown = text if len(text) <= _EXAMPLE else f"{text[:_EXAMPLE]}... ({len(body)} bytes)"
    return Example(len(body), f"{context.template} {shown}".rstrip())


@dataclass
class Alignment:
    """The pairs of two recordings, and how many responses have a partner; those beyond the first to each
    request are in no pair.
    """

    pairs: list[Pair]
    aligned: int


def align(before: Requests, after: Requests) -> Alignment:
    """Pair the n-th responses to equal requests, then those to requests that are equal but for volatile
    texts.
    """
    pairs: list[Pair] = []
    aligned = 0
    for exact, old in before.asked.items():
        new = after.asked.get(exact)
        if new is not None:
            aligned += min(old.statuses.total(), new.statuses.total())
            statuses = frozenset(old.statuses), frozenset(new.statuses)
            pairs += _zipped([old], [new], statuses, exact=True)
    left = _left(before, after), _left(after, before)
    for kin, ours in left[0].items():
        theirs = left[1].get(kin, [])
        if theirs:
            aligned += min(sum(item.statuses.total() for item in group) for group in (ours, theirs))
            seen = [
                frozenset(status for item in group for status in item.statuses) for group in (ours, theirs)
            ]
            pairs += _zipped(ours, theirs, (seen[0], seen[1]), exact=False)
    return Alignment(pairs, aligned)


def _left(requests: Requests, other: Requests) -> dict[Kin, list[DistinctRequest]]:
    """Return the requests that the other recording does not have, by what they are kin to."""
    groups: dict[Kin, list[DistinctRequest]] = {}
    for exact, asked in requests.asked.items():
        if exact not in other.asked:
            groups.setdefault(asked.kin, []).append(asked)
    return groups


def _zipped(
    before: list[DistinctRequest],
    after: list[DistinctRequest],
    statuses: tuple[frozenset[int], frozenset[int]],
    *,
    exact: bool,
) -> Iterator[Pair]:
    for (asked, old), (_, new) in zip(_in_order(before), _in_order(after), strict=False):
        yield Pair(asked.kin.subject, asked.example, old, new, statuses, exact)


def _in_order(group: list[DistinctRequest]) -> list[tuple[DistinctRequest, RecordedResponse]]:
    return sorted(
        ((asked, response) for asked in group for response in asked.answers), key=lambda item: item[1].number
    )


@dataclass(frozen=True)
class MovedStatus:
    """A status that requests of an operation got before, the one that they get now, how many of how many, the
    smallest of them.
    """

    operation: str
    before: int
    after: int
    requests: int
    of: int
    example: str


def moved_statuses(alignment: Alignment) -> list[MovedStatus]:
    """Return the statuses that moved, those of the most requests first.

    A request whose fate hangs on more than itself, or that gets both statuses in both recordings, tells
    nothing.
    """
    compared: Counter[tuple[str, int]] = Counter()
    moved: dict[tuple[str, int, int], list[Example]] = {}
    for pair in alignment.pairs:
        old, new = pair.before, pair.after
        another_name = not pair.exact and (old.names or new.names)
        if another_name or old.doubtful or new.doubtful or old.status in BUSY or new.status in BUSY:
            continue
        compared[pair.subject, old.status] += 1
        settled = new.status not in pair.statuses[0] or old.status not in pair.statuses[1]
        if old.status != new.status and settled:
            moved.setdefault((pair.subject, old.status, new.status), []).append(pair.example)
    found = [
        MovedStatus(
            *key,
            len(examples),
            compared[key[0], key[1]],
            min(examples, key=lambda example: (example.size, example.text)).text,
        )
        for key, examples in moved.items()
    ]
    return sorted(found, key=lambda item: (-item.requests, item.operation, item.before, item.after))
