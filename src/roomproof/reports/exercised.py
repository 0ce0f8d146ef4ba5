"""How much was tested of how much could be: the documented clauses that were exercised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Any

UNPROVEN = ("unexercised", "inconclusive")
"""The verdicts that say nothing of a clause; every other one rests on an interaction that tested it."""


@dataclass(frozen=True)
class Exercised:
    """How many clauses of level documented were exercised, of how many."""

    documented: int
    of: int

    @property
    def share(self) -> Fraction:
        """The exercised clauses of a hundred; 0 where there is none."""
        return Fraction(100 * self.documented, self.of) if self.of else Fraction(0)

    @property
    def percent(self) -> str:
        """The share with one decimal at most, rounded down, so that 100 is all of it."""
        return f"{floor(self.share * 10) / 10:g} %"

    def __str__(self) -> str:
        if not self.of:
            return "no documented clause"
        return f"{self.documented} of {self.of} documented clauses exercised ({self.percent})"


def exercised_of(clauses: Iterable[Mapping[str, Any]]) -> Exercised:
    """Return how many of some clauses of a report were exercised."""
    verdicts = [clause["verdict"] for clause in clauses if clause["level"] == "documented"]
    return Exercised(sum(verdict not in UNPROVEN for verdict in verdicts), len(verdicts))


def exercised_in(report: Mapping[str, Any]) -> Exercised:
    """Return how many clauses of all providers of a report were exercised; a report of any age tells it by its clauses."""
    return exercised_of(clause for provider in report["providers"] for clause in provider["clauses"])
