"""Evidence: what one interaction says of one clause."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any

from roomproof.contract.clause import Clause, Level
from roomproof.judge.register import rule_of
from roomproof.legible import shortened

MAX_SHOWN = 120
"""Characters of one value that are shown."""
MAX_SAID = 4_000
"""Characters of one text of a piece of evidence, which may name all fields of a body."""


class Outcome(StrEnum):
    """What an interaction shows: the clause kept, bent in a harmless or undocumented way, broken, or nothing
    certain.
    """

    PASS = "pass"
    WARN = "warn"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"


class JsonType(StrEnum):
    """The type of a value, in the words of reports."""

    NULL = "null"
    BOOLEAN = "boolean"
    NUMBER = "number"
    TEXT = "text"
    ARRAY = "array"
    OBJECT = "object"
    NO_JSON = "no JSON"


_TYPES = (
    (bool, JsonType.BOOLEAN),
    (int | float, JsonType.NUMBER),
    (str, JsonType.TEXT),
    (list, JsonType.ARRAY),
    (dict, JsonType.OBJECT),
)


def type_of(value: object) -> JsonType:
    """Return the type of a JSON value; of anything else that it is none."""
    if value is None:
        return JsonType.NULL
    return next((word for kind, word in _TYPES if isinstance(value, kind)), JsonType.NO_JSON)


@dataclass(frozen=True, slots=True)
class ShownValue:
    """A JSON value that evidence speaks of; as text it is cut where it is long."""

    value: Any

    @property
    def type(self) -> JsonType:
        """The type of the value."""
        return type_of(self.value)

    def __str__(self) -> str:
        value = self.value
        text = repr(value) if not isinstance(value, str) else f'"{value}"'
        text = {"None": "null", "True": "true", "False": "false"}.get(text, text)
        if len(text) <= MAX_SHOWN:
            return text
        size = len(value) if hasattr(value, "__len__") else len(text)
        return f"{text[: MAX_SHOWN - 20]}... ({size} long)"


class Side(StrEnum):
    """On which side of what a clause demands a request lay that proves it: what is allowed was accepted, or
    the rest rejected.
    """

    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One interaction's word on one clause.

    `suspects` are clauses that may explain the same observation: if one of them turns out broken by itself,
    this evidence adds nothing. `expected` and `received` are values, or words where there is none. `reason`
    is the kind of breach where the rule knows several. `field` is the field of the body that it is about, for
    the reader; `side` what a kept clause was seen to do. `doubtful` marks a warning that is none for certain,
    so that `--strict` leaves it one. Of something inconclusive `summary` says why it is. `entry` is the key
    of what a list was to show, or not to show, where it is about that.
    """

    clause: str
    outcome: Outcome
    summary: str = ""
    expected: ShownValue | str = ""
    received: ShownValue | str = ""
    reason: str = ""
    field: str = ""
    suspects: tuple[str, ...] = ()
    side: Side | None = None
    doubtful: bool = False
    entry: str = ""


def kept(clause: Clause, side: Side | None = None) -> Evidence:
    """Return evidence that a clause was tested and holds, as far as one side of it shows."""
    return _kept(clause.id, side)


@cache
def _kept(clause_id: str, side: Side | None) -> Evidence:
    return Evidence(clause_id, Outcome.PASS, side=side)


def unproven(clause: Clause, why: str) -> Evidence:
    """Return evidence that a request aimed at a clause, and that its response proves nothing of it."""
    return _unproven(clause.id, shortened(why, MAX_SAID))


@lru_cache(maxsize=4096)
def _unproven(clause_id: str, why: str) -> Evidence:
    return Evidence(clause_id, Outcome.INCONCLUSIVE, why)


def severity(clause: Clause) -> Outcome:
    """Return how bad it is to break a clause: a fail if a document says it, or by the rule's own severity;
    else a warning.
    """
    is_fail = clause.level is Level.DOCUMENTED or rule_of(clause).fails_at_any_level
    return Outcome.FAIL if is_fail else Outcome.WARN


def broken(
    clause: Clause,
    summary: str,
    *,
    expected: ShownValue | str,
    received: ShownValue | str,
    reason: str = "",
    lenient: bool = False,
    doubtful: bool = False,
    suspects: tuple[str, ...] = (),
    entry: str = "",
) -> Evidence:
    """Return evidence that a clause is broken.

    A `lenient` provider, one that does harmlessly more or other than it must, is only warned of, unless the
    run is strict; where it is `doubtful` whether anything is wrong, a strict run warns, too.
    """
    outcome = Outcome.WARN if lenient or doubtful else severity(clause)
    expected, received = (
        shortened(told, MAX_SAID) if isinstance(told, str) else told for told in (expected, received)
    )
    summary = shortened(summary, MAX_SAID)
    return Evidence(
        clause.id,
        outcome,
        summary,
        expected,
        received,
        reason,
        clause.field,
        suspects,
        doubtful=doubtful,
        entry=entry,
    )


def shown(value: Any) -> str:
    """Return a value as text for a person, cut where it is long."""
    return str(ShownValue(value))
