"""A change: what it is, where, and whom it breaks.

The distinctions are those that oasdiff makes: what a request may be narrows or widens, and what a response
may be narrows or widens.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum


class Impact(StrEnum):
    """Whom a change breaks; the order is from the worst to the least."""

    SENDERS = "breaking for senders"
    READERS = "breaking for readers"
    HARMLESS = "harmless"

    @property
    def is_breaking(self) -> bool:
        """Whether a client would notice."""
        return self is not Impact.HARMLESS


class ChangeSide(StrEnum):
    """Which part of an exchange a change is about."""

    OPERATION = "operation"
    REQUEST = "request"
    RESPONSE = "response"


@dataclass(frozen=True)
class ChangePlace:
    """Where a change is: the operation's method and path, the side, a response's status, what carries the
    value (`body`, `query`, `header`, `path`, `cookie`), and the way to it. `label` is what a document calls
    the parameter in which it begins, and `shown_path` the path with the names that a document has for
    parameters.
    """

    method: str
    path: str
    side: ChangeSide
    status: str = ""
    carrier: str = ""
    way: tuple[str, ...] = ()
    label: str = ""
    shown_path: str = field(default="", compare=False)

    def below(self, step: str) -> ChangePlace:
        """Return the place of a field, of items or of values in it."""
        return replace(self, way=(*self.way, step))

    @property
    def operation(self) -> str:
        """The operation, as `PATCH /rooms/{room_id}`."""
        return f"{self.method} {self.shown_path or self.path}"


@dataclass(frozen=True)
class Completeness:
    """Whether each of two documents tells everything: what a page or a contract does not state may be there
    all the same, and is no change.
    """

    old: bool = True
    new: bool = True

    def tells(self, was: object, now: object) -> bool:
        """Whether it counts that a field, a parameter, a status or an operation is there in one only."""
        return (bool(was) or self.old) and (bool(now) or self.new)

    def states(self, was: object, now: object) -> bool:
        """Whether it counts that one of them states a limit, a type or the like, and the other does not: only
        if both tell everything.
        """
        return (self.old and self.new) or (bool(was) and bool(now))


WHOLE = Completeness()


@dataclass(frozen=True)
class Change:
    """One difference between two versions.

    `kind` is a stable word for it, `sentence` tells it with the old and the new value; `old` and `new` are
    these values as JSON, None where there is none.
    """

    place: ChangePlace
    kind: str
    impact: Impact
    sentence: str
    old: object = None
    new: object = None

    @property
    def id(self) -> str:
        """A name that the same change has in every comparison."""
        place = self.place
        words = (
            place.method,
            place.path,
            place.side.value,
            place.status,
            place.carrier,
            ".".join(place.way),
            self.kind,
        )
        return " ".join(filter(None, words))
