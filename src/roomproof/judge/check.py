"""The register of checks: each is one pure function from what was seen to evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from roomproof.contract.clause import Clause, Part
from roomproof.contract.model import Contract, Operation
from roomproof.errors import ContractError
from roomproof.judge.evidence import Evidence
from roomproof.judge.seen import Seen

CheckFunction = Callable[[Seen], Iterable[Evidence]]


class Sight(Enum):
    """Which interactions a check is shown: those of an operation, or a supporting call that makes, lists or reads."""

    OPERATION = "operation"
    CREATION = "creation"
    LISTING = "listing"
    READING = "reading"


@dataclass(frozen=True)
class Check:
    """A check: its name, the part and rules whose clauses it can pass and fail, and its function.

    `rules` empty means every rule of the part that no other check names.
    """

    name: str
    part: Part
    rules: tuple[str, ...]
    run: CheckFunction
    sees: tuple[Sight, ...] = (Sight.OPERATION,)

    @property
    def tests(self) -> str:
        """How it tests, in one line: the first line of the function's docstring."""
        return (self.run.__doc__ or "no words, since Python runs with -OO").strip().splitlines()[0]


_CHECKS: dict[str, Check] = {}


def check(part: Part, *rules: str, sees: tuple[Sight, ...] = (Sight.OPERATION,)) -> Callable[[CheckFunction], CheckFunction]:
    """Register a function as the check of some rules. Raises ValueError for a name or a rule that has one already."""

    def register(function: CheckFunction) -> CheckFunction:
        name = function.__name__.replace("_", "-")
        taken = [other.name for other in _CHECKS.values() if other.part is part and set(other.rules) & set(rules)]
        if name in _CHECKS or taken:
            raise ValueError(f"check {name!r}: the name, or a rule of {rules}, is already that of {taken or name}")
        _CHECKS[name] = Check(name, part, rules, function, sees)
        return function

    return register


def all_checks(sight: Sight | None = None) -> tuple[Check, ...]:
    """Return every registered check, or those that are shown one kind of interaction."""
    return tuple(item for item in _CHECKS.values() if sight is None or sight in item.sees)


def checks_of(clause: Clause) -> tuple[Check, ...]:
    """Return the checks that can pass or fail a clause."""
    of_part = [item for item in _CHECKS.values() if item.part is clause.part]
    named = tuple(item for item in of_part if clause.rule in item.rules)
    return named or tuple(item for item in of_part if not item.rules)


def checks_for(operation: Operation, sight: Sight) -> tuple[Check, ...]:
    """Return the checks that are shown one kind of interaction and can pass or fail a clause of an operation."""
    named = {item.name for clauses in operation.by_rule.values() for item in checks_of(clauses[0])}
    return tuple(item for item in all_checks(sight) if item.name in named)


def untested(contract: Contract) -> Iterator[Clause]:
    """Yield the clauses that no check tests."""
    return (clause for clause in contract.clauses.values() if not checks_of(clause))


def require_checks(contract: Contract) -> None:
    """Raise ContractError if a clause's rule has no check."""
    for clause in untested(contract):
        rules = sorted(rule for item in _CHECKS.values() if item.part is clause.part for rule in item.rules)
        raise ContractError(f"{clause.id}: no check knows the rule {clause.rule!r}; known are {', '.join(rules)}")
