"""Which known deviations a provider still shows: an entry that is too old, or no longer true, has to be
looked at again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from roomproof.contract.clause import is_named_by
from roomproof.contract.deviation import Deviation, Occurs
from roomproof.contract.model import Contract
from roomproof.contract.once import once_per_contract
from roomproof.interaction import Interaction
from roomproof.judge.deviation_match import circumstances, holds, matches
from roomproof.judge.evidence import Evidence, Outcome

_BROKEN = (Outcome.FAIL, Outcome.WARN)


class StaleReason(StrEnum):
    """Why an entry has to be looked at again."""

    EXPIRED = "expired"
    NO_LONGER_SEEN = "no longer seen"


@dataclass(frozen=True)
class Staleness:
    """An entry that has to be looked at again, and why."""

    deviation: Deviation
    why: StaleReason


class SeenDeviations:
    """Keeps count of which deviations were seen, and which could have been and were not."""

    def __init__(self, contract: Contract, deviations: Iterable[Deviation]) -> None:
        self._deviations = tuple(deviations)
        self._at = contract.room.at
        self._clauses = contract.clauses
        self._about = _about(contract, tuple(item.clause for item in self._deviations))
        self._circumstances: dict[tuple[int, str], tuple[str, ...]] = {}
        self._seen: set[int] = set()
        self._missed: set[int] = set()

    def are_about(self, clause_id: str) -> bool:
        """Whether any deviation is about a clause."""
        return clause_id in self._about

    def note(self, evidence: Evidence, interaction: Interaction) -> Deviation | None:
        """Take note of what an interaction shows of the deviations about a clause; return the one that covers
        it, if it is broken.
        """
        about = self._about.get(evidence.clause)
        if about is None or evidence.outcome is Outcome.INCONCLUSIVE:
            return None
        deviation_for = self._number_of_match(evidence, interaction)
        if deviation_for is not None:
            self._seen.add(deviation_for)
        for number in about:
            if (
                number not in self._seen
                and number not in self._missed
                and self._is_missed(number, evidence.clause, interaction)
            ):
                self._missed.add(number)
        return None if deviation_for is None else self._deviations[deviation_for]

    def deviation_for(self, evidence: Evidence, interaction: Interaction) -> Deviation | None:
        """Return the deviation that covers what an interaction shows of a clause, without taking note of
        it.
        """
        number = self._number_of_match(evidence, interaction)
        return None if number is None else self._deviations[number]

    def _number_of_match(self, evidence: Evidence, interaction: Interaction) -> int | None:
        if evidence.outcome not in _BROKEN:
            return None
        about = self._about.get(evidence.clause, ())
        return next(
            (number for number in about if matches(self._deviations[number], evidence.clause, interaction)),
            None,
        )

    def _is_missed(self, number: int, clause_id: str, interaction: Interaction) -> bool:
        """Whether a deviation that occurs always could have been seen; what was said before its own evidence
        proves nothing.
        """
        deviation = self._deviations[number]
        if (
            deviation.occurs is Occurs.SOMETIMES
            or interaction.at is None
            or interaction.at.date() < deviation.seen
        ):
            return False
        known = self._circumstances.get((number, clause_id))
        if known is None:
            known = self._circumstances[number, clause_id] = circumstances(
                deviation, self._clauses[clause_id], self._at
            )
        return holds(deviation, known, interaction)

    def merge(self, other: SeenDeviations) -> None:
        """Take over what another count of the same deviations has counted."""
        self._seen |= other._seen
        self._missed |= other._missed

    def stale(self, today: date) -> list[Staleness]:
        """Return the entries that have to be looked at again, in their order; of one that is both it is told
        that it has expired.
        """
        found = []
        for number, deviation in enumerate(self._deviations):
            if deviation.is_expired(today):
                found.append(Staleness(deviation, StaleReason.EXPIRED))
            elif number in self._missed - self._seen:
                found.append(Staleness(deviation, StaleReason.NO_LONGER_SEEN))
        return found


@once_per_contract
def _by_patterns(_: Contract) -> dict[tuple[str, ...], Mapping[str, tuple[int, ...]]]:
    """Return what `_about` has found out of a contract."""
    return {}


def _about(contract: Contract, patterns: tuple[str, ...]) -> Mapping[str, tuple[int, ...]]:
    """Return which of some deviations, told by the patterns of their clauses, are about a clause; of clauses
    with none nothing.
    """
    known = _by_patterns(contract)
    if patterns not in known:
        found = {
            clause_id: tuple(
                number for number, pattern in enumerate(patterns) if is_named_by(clause_id, pattern)
            )
            for clause_id in contract.clauses
        }
        known[patterns] = {clause_id: about for clause_id, about in found.items() if about}
    return known[patterns]
