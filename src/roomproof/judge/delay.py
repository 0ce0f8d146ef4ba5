"""The time that a provider has until a read or a list shows what was done: the option `within-seconds`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from roomproof.contract.clause import Clause
from roomproof.contract.model import Contract
from roomproof.judge.options import NumberRange, read_options
from roomproof.judge.rule import Rule


@dataclass(frozen=True)
class DelayOptions:
    """How many seconds after a change a read or a list may still show what was before it."""

    within_seconds: Annotated[float, NumberRange(0, 3600)] = 0


def within_seconds(clause: Clause) -> float:
    """Return how late a read or a list may show what a clause is about."""
    return read_options(DelayOptions, clause).within_seconds


def longest(rule: Rule, contract: Contract) -> float:
    """Return the most seconds that any clause of a rule gives a provider, none where no clause does."""
    clauses = (clause for operation in contract.operations for clause in rule.clauses(operation))
    return max(map(within_seconds, clauses), default=0.0)


def is_over(seconds: float, since: datetime | None, at: datetime | None) -> bool:
    """Whether so many seconds have passed: always where there are none, and for certain only where both times
    are known.
    """
    return not seconds or (since is not None and at is not None and at - since >= timedelta(seconds=seconds))
