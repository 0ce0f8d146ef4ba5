"""The life cycle of a room, or of whatever else a contract is about, as a picture: an arrow for each
operation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from roomproof.contract.resource import Effect
from roomproof.report.provider import OperationReport
from roomproof.reports.html.columns import Column, worst
from roomproof.verdict import Verdict

_ORDER = (*(effect for effect in Effect if effect is not Effect.DELETE), Effect.DELETE)
"""The effects in the order of a life."""
_STEP, _STATE, _GAP = 36, 30, 12
"""The height of an arrow's line, of a state without arrows, and between two."""
_BEND = 6
"""How far from its middle an arrow that comes back to its state leaves it."""
_LONGEST, _WIDEST = 29, 15
"""Characters of an operation's name that fit beside an arrow, and of a state's in its box."""


@dataclass(frozen=True)
class State:
    """A state of a resource: a box, of which `is_there` tells that the resource exists in it."""

    name: str
    y: int
    height: int
    is_there: bool

    @property
    def middle(self) -> int:
        """Where its name stands."""
        return self.y + self.height // 2 + 4


@dataclass(frozen=True)
class Arrow:
    """An operation as an arrow from a height to another one; `text` says it in words."""

    operation: str
    label: str
    effect: str
    verdict: str
    sign: str
    text: str
    y: int
    start: int
    end: int

    @property
    def bend(self) -> int:
        """Where its way turns down."""
        return min(self.start + 10, (self.start + self.end) // 2)

    @property
    def unbend(self) -> int:
        """Where its way turns back."""
        return max(self.end - 10, (self.start + self.end) // 2)


@dataclass(frozen=True)
class Life:
    """The picture of one resource of one provider."""

    caption: str
    height: int
    text: str
    states: tuple[State, ...]
    arrows: tuple[Arrow, ...]


def operations_of(columns: Sequence[Column]) -> Mapping[str, OperationReport]:
    """Return the operations of all columns by their ids; of several with one the latest run's."""
    return {one.id: one for column in columns for one in column.node.operations or ()}


def rank(operation: str, known: Mapping[str, OperationReport]) -> tuple[int, int]:
    """Return where an operation stands: by resource, in the order of the contracts, then by effect.

    What a report tells nothing of comes last.
    """
    resources = list(dict.fromkeys(one.resource for one in known.values()))
    found = known.get(operation)
    if found is None:
        return len(resources) + 1, 0
    at = resources.index(found.resource) if found.resource else len(resources)
    return at, _ORDER.index(found.effect)


def does(operation: OperationReport) -> str:
    """Return what an operation does, in words: `read room: GET /rooms/{id}`."""
    what = " ".join(filter(None, (operation.effect, operation.resource)))
    return f"{what}: {operation.method} {operation.path}"


def lives(columns: Sequence[Column], signs: Mapping[Verdict, str]) -> tuple[Life, ...]:
    """Return a picture for each resource of each provider's last run of which more than actions is known."""
    found = []
    for column in columns:
        operations = column.node.operations or () if column.is_last else ()
        for resource in dict.fromkeys(one.resource for one in operations if one.resource):
            about = [one for one in operations if one.resource == resource]
            if any(one.effect is not Effect.ACTION for one in about):
                found.append(_life(column, resource, about, signs))
    return tuple(found)


def _life(
    column: Column, resource: str, operations: list[OperationReport], signs: Mapping[Verdict, str]
) -> Life:
    made, gone = (
        [one for one in operations if one.effect is effect] for effect in (Effect.CREATE, Effect.DELETE)
    )
    loops = sorted(
        (one for one in operations if one not in made and one not in gone),
        key=lambda one: _ORDER.index(one.effect),
    )
    # Arrows leave the state before in its last line, and come to the next one in its first.
    top = _STATE + len(made) * _STEP + _GAP if made else 1
    height = max(len(loops) * _STEP, _STATE) + (_GAP if made else 0) + (_GAP if gone else 0)
    states = [State(_cut(f"no {resource}", _WIDEST), 1, _STATE, is_there=False)] if made else []
    states.append(State(_cut(resource, _WIDEST), top, height, is_there=True))
    below = top + height
    if gone:
        states.append(State("gone", below + len(gone) * _STEP + _GAP, _STATE, is_there=False))
    arrows = []
    for number, one in enumerate(made):
        middle = _STATE + _STEP // 2 + number * _STEP + _GAP // 2
        arrows.append(_arrow(column, one, signs, middle, _STATE // 2, top + _GAP))
    first = top + (_GAP if made else 0)
    for number, one in enumerate(loops):
        middle = first + number * _STEP + _STEP // 2
        arrows.append(_arrow(column, one, signs, middle, middle - _BEND, middle + _BEND))
    for number, one in enumerate(gone):
        middle = below + _STEP // 2 + number * _STEP + _GAP // 2
        arrows.append(_arrow(column, one, signs, middle, below - _GAP, states[-1].y + _STATE // 2))
    text = ". ".join(arrow.text for arrow in arrows)
    caption = f"{column.provider}: {resource}"
    return Life(caption, states[-1].y + states[-1].height + 2, text, tuple(states), tuple(arrows))


def _arrow(
    column: Column,
    operation: OperationReport,
    signs: Mapping[Verdict, str],
    middle: int,
    start: int,
    end: int,
) -> Arrow:
    verdict = worst(_verdicts(column, operation.id))
    name = operation.id
    label = _cut(name, _LONGEST)
    text = f"{operation.effect}: {name}, {verdict}"
    return Arrow(name, label, operation.effect, verdict, signs[verdict], text, middle, start, end)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _verdicts(column: Column, operation: str) -> Iterator[Verdict]:
    return (clause.verdict for clause in column.node.clauses if clause.operation == operation)
