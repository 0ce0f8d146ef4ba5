"""A rule: what contracts demand by one word, and all that the engine has to know of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from random import Random
from typing import TYPE_CHECKING, Any

from roomproof.contract.clause import Clause, Part
from roomproof.contract.model import Contract, Operation
from roomproof.contract.resource import Effect
from roomproof.judge.options import FieldPlace

if TYPE_CHECKING:
    from datetime import datetime

    from roomproof.interaction import Credentials, Headers, Interaction, Request
    from roomproof.judge.compiled import RequestRules
    from roomproof.judge.evidence import Evidence
    from roomproof.judge.judged_interaction import JudgedInteraction, Question, Violation
    from roomproof.judge.rooms import Rooms, RoomState

Json = Any
VALUES = "values"
"""The rule of a request or a response that is about all clauses of values which no other rule has."""


class Sight(Enum):
    """Which interactions a rule is shown: those of its operation, or others that do something to a room."""

    OPERATION = "operation"
    CREATION = "creation"
    READING = "reading"
    LISTING = "listing"
    DELETION = "deletion"


class ShowingRequests(Enum):
    """Which requests to its operation can show whether a clause is kept."""

    BY_ANY = "any request"
    BY_STRANGERS = "one with other credentials than the run's own"
    BY_UNKNOWN_ROOMS = "one about a room that does not exist"
    BY_HEADERS = "one with headers of its own"
    BY_ACCEPTED = "one that is accepted, with the field or without"
    BY_FIELD = "one that carries the field"
    BY_FIELD_OR_WITHOUT = "one that carries the field, and some that do not"


class HiddenBy(Enum):
    """Which other requests at the same time may be why a response is as it is: then it is no evidence."""

    NOTHING = "none"
    CHANGES = "one that may change the field"
    NEW_ROOMS = "one that may make a room"
    ANYTHING = "any"


@dataclass(frozen=True)
class ReadableRequest:
    """A request about to be classified; `readable` are the `sent` fields that no recorder has taken out.

    `around` is the room in which that stands which the path names.
    """

    operation: Operation
    compiled: RequestRules
    request: Request
    parameters: Mapping[str, str]
    sent: Mapping[str, Json]
    readable: Mapping[str, Json]
    rooms: Rooms
    state: RoomState | None
    at: datetime | None
    around: RoomState | None = None


@dataclass(frozen=True)
class Circumstances:
    """What is known where a clause was not exercised; `stopped` is why a run ended early, if it did."""

    contract: Contract
    clause: Clause
    recordings: bool
    stopped: str

    @property
    def makes_rooms(self) -> bool:
        """Whether rooms can be made."""
        return self.contract.creating is not None


@dataclass(frozen=True)
class Scene:
    """What is known where the cases of an operation are made.

    `room` tells what that is like which the operation is about, `other` the same of another one, `known` of
    all that are known. `id_parameter` is the path parameter that names what the operation is about, empty
    where none does. `repeatable` returns new values for two headers, an id and a time; `random` is the run's
    own.
    """

    operation: Operation
    makes_rooms: bool
    has_other: bool
    room: Callable[[], Mapping[str, Json]]
    other: Callable[[], Mapping[str, Json]]
    known: Callable[[], Iterable[Mapping[str, Json]]]
    repeatable: Callable[[tuple[str, str]], Headers]
    random: Random
    id_parameter: str = ""


class Base(Enum):
    """The body that a wanted request begins with: all fields with plain values, the required ones, none."""

    PLAIN = "plain"
    REQUIRED = "required"
    EMPTY = "empty"


@dataclass(frozen=True)
class WantedRequest:
    """A request that a rule wants, about the main room unless it names another one.

    `fields` stand in place of those of the base, `without` are left out of it. `room_id` is one that names
    no room, None for the right one, an empty text for a well-formed one. The same object once more is the
    same request again, byte for byte. `credentials` None are the run's own.
    """

    note: str
    base: Base = Base.PLAIN
    fields: Mapping[str, Json] | None = None
    without: frozenset[str] = frozenset()
    headers: Headers = ()
    credentials: Credentials | None = None
    room_id: str | None = None
    query: Mapping[str, str] = field(default_factory=dict)


Conclusion = Callable[["JudgedInteraction"], "Iterable[Evidence]"]
Family = Callable[[Scene], Iterator[WantedRequest]]


def _nothing_known(_: Circumstances) -> str:
    return ""


@dataclass(frozen=True)
class Rule:
    """One rule. What most rules have in common is the default.

    `conclude` is a pure function from what was seen to evidence; the first paragraph of its docstring says
    how the rule is tested. It runs once for all rules that share it.

    What a contract may write: `effects` are those of the operations that the rule makes sense for, by default
    of those that show what they are about, where it is about a field of that, else any; `about` is where the
    field stands that a clause is about; `options` a frozen dataclass of what may stand under `with`
    (roomproof.judge.options), None where nothing may; `fields` the names of the body's fields that a clause
    is about, if not its path.

    What is sent: `shown` is which of the requests that are sent anyhow are needed for it; `wants` the
    families of requests that are sent for it besides; `hangs_on_history` whether what a room went through may
    break it.

    How a request is classified: `rejects` yields why one has to be rejected, `leaves_open` why nobody can say
    whether it has to be accepted; `settles` tells whether a field has a value that the provider knows,
    however long it is; `unseen` tells whether it may be rejected for something of which nothing was seen;
    `may_ignore` allows a provider to pass the field over whatever it holds.

    What is made of it: `fails_at_any_level` makes a breach a fail although no document says so; `hidden_by`
    other requests at the same time; `lost_with_creation` that a creation without a usable response leaves it
    unproven; `row` is the title of its row in `roomproof matrix`, its name by default; `kind` the way in
    which a clause is broken, by default how one value differs from another; `unexercised` why it could not be
    exercised, empty where nothing is known.
    """

    name: str
    conclude: Conclusion
    part: Part = Part.BEHAVIOUR
    sees: tuple[Sight, ...] = (Sight.OPERATION,)
    effects: frozenset[Effect] = frozenset()
    about: FieldPlace = FieldPlace.NOTHING
    options: type[Any] | None = None
    fields: Callable[[Clause], tuple[str, ...]] = lambda clause: clause.path[:1]
    shown: ShowingRequests = ShowingRequests.BY_FIELD_OR_WITHOUT
    wants: tuple[Family, ...] = ()
    hangs_on_history: bool = True
    rejects: Callable[[ReadableRequest, Clause], Iterable[Violation]] | None = None
    leaves_open: Callable[[ReadableRequest, Clause], Iterable[Question]] | None = None
    settles: Callable[[ReadableRequest, Clause], bool] | None = None
    unseen: Callable[[JudgedInteraction, Clause], bool] | None = None
    may_ignore: bool = False
    fails_at_any_level: bool = False
    hidden_by: HiddenBy = HiddenBy.NOTHING
    lost_with_creation: bool = False
    row: str = ""
    kind: Callable[[Clause, Evidence, Interaction], str] | None = None
    unexercised: Callable[[Circumstances], str] = _nothing_known

    @property
    def check(self) -> str:
        """The name of what tests it, as `roomproof clauses --json` tells it."""
        return self.conclude.__name__.replace("_", "-")

    @property
    def tested(self) -> str:
        """How it is tested, in one sentence: the first paragraph of its conclusion's docstring."""
        words = self.conclude.__doc__ or "no words, since Python runs with -OO"
        return " ".join(words.strip().split("\n\n")[0].split())

    def clauses(self, operation: Operation) -> tuple[Clause, ...]:
        """Return an operation's clauses of this rule."""
        return operation.by_rule.get((self.part, self.name), ())


def unrecorded(why: str) -> Callable[[Circumstances], str]:
    """Return what says why recordings did not exercise a clause."""
    return lambda known: why if known.recordings else ""


def needs_new_room(known: Circumstances) -> str:
    """Return that no room can be made, an empty text where one can."""
    return "" if known.recordings or known.makes_rooms else "needs a new room, and no call makes one"
