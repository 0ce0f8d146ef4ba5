"""Which known deviations a provider still shows: an entry that is too old, or no longer true, has to be looked at again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import lru_cache

from roomproof.contract.clause import Clause
from roomproof.contract.deviation import Deviation, Occurs
from roomproof.contract.model import Contract
from roomproof.interaction import Interaction
from roomproof.judge.evidence import Evidence, Outcome
from roomproof.judge.exception import could_match, matches

_BROKEN = (Outcome.FAIL, Outcome.WARN)


class Why(StrEnum):
    """Why an entry has to be looked at again."""

    EXPIRED = "expired"
    NO_LONGER_SEEN = "no longer seen"


@dataclass(frozen=True)
class Stale:
    """An entry that has to be looked at again, and why."""

    deviation: Deviation
    why: Why


class Sightings:
    """Keeps count of which deviations were seen, and which could have been and were not."""

    def __init__(self, contract: Contract, deviations: Iterable[Deviation]) -> None:
        self._deviations = tuple(deviations)
        self._at = contract.room.at
        self._clauses = contract.clauses
        self._patterns = tuple(item.clause for item in self._deviations)
        self._seen: set[int] = set()
        self._missed: set[int] = set()

    def note(self, evidence: Evidence, interaction: Interaction) -> Deviation | None:
        """Take note of what an interaction shows of the deviations about a clause; return the one that excuses it, if it is broken."""
        about = _about(self._patterns, evidence.clause)
        if not about or evidence.outcome is Outcome.INCONCLUSIVE:
            return None
        excuse = self._excuse(evidence, interaction)
        if excuse is not None:
            self._seen.add(excuse)
        for number in about:
            if number not in self._seen | self._missed and self._is_missed(number, self._clauses[evidence.clause], interaction):
                self._missed.add(number)
        return None if excuse is None else self._deviations[excuse]

    def excuse(self, evidence: Evidence, interaction: Interaction) -> Deviation | None:
        """Return the deviation that excuses what an interaction shows of a clause, without taking note of it."""
        number = self._excuse(evidence, interaction)
        return None if number is None else self._deviations[number]

    def _excuse(self, evidence: Evidence, interaction: Interaction) -> int | None:
        if evidence.outcome not in _BROKEN:
            return None
        about = _about(self._patterns, evidence.clause)
        return next((number for number in about if matches(self._deviations[number], evidence.clause, interaction)), None)

    def _is_missed(self, number: int, clause: Clause, interaction: Interaction) -> bool:
        """Whether a deviation that occurs always could have been seen; what was said before its own evidence proves nothing."""
        deviation = self._deviations[number]
        if deviation.occurs is Occurs.SOMETIMES or interaction.at is None or interaction.at.date() < deviation.seen:
            return False
        return could_match(deviation, clause, self._at, interaction)

    def merge(self, other: Sightings) -> None:
        """Take over what other sightings of the same deviations have counted."""
        self._seen |= other._seen
        self._missed |= other._missed

    def stale(self, today: date) -> list[Stale]:
        """Return the entries that have to be looked at again, in their order; of one that is both it is told that it has expired."""
        found = []
        for number, deviation in enumerate(self._deviations):
            if deviation.is_expired(today):
                found.append(Stale(deviation, Why.EXPIRED))
            elif number in self._missed - self._seen:
                found.append(Stale(deviation, Why.NO_LONGER_SEEN))
        return found


@lru_cache(maxsize=4096)
def _about(patterns: tuple[str, ...], clause_id: str) -> tuple[int, ...]:
    """Return which of some deviations, told by the patterns of their clauses, are about a clause."""
    return tuple(number for number, pattern in enumerate(patterns) if fnmatchcase(clause_id, pattern))
