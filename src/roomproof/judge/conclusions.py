"""Which conclusions are drawn from an interaction, decided once for a contract: those of its own operation,
and those of other operations that it shows something of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from roomproof.contract.clause import Path
from roomproof.contract.model import Contract, Operation
from roomproof.contract.once import once_per_contract
from roomproof.contract.resource import Effect
from roomproof.judge.register import conclusions, require_rules
from roomproof.judge.rule import Conclusion, Sight

_SIGHTS = {
    Effect.CREATE: Sight.CREATION,
    Effect.READ: Sight.READING,
    Effect.LIST: Sight.LISTING,
    Effect.DELETE: Sight.DELETION,
}
"""What an operation shows to the clauses of other ones."""


@dataclass(frozen=True)
class Watching:
    """An operation that speaks of what another one shows, and what concludes from that."""

    operation: Operation
    conclusions: tuple[Conclusion, ...]


@dataclass(frozen=True)
class OperationConclusions:
    """What concludes from an interaction of an operation: about its own clauses, by their paths and rules in
    `places`, and about those of others that are `watching`.
    """

    own: tuple[Conclusion, ...]
    watching: tuple[Watching, ...]
    places: frozenset[tuple[Path, str]]


@once_per_contract
def conclusions_of(contract: Contract) -> Mapping[str, OperationConclusions]:
    """Return what concludes from an interaction, by the id of its operation.

    Raises ContractError if the contract has a clause that no rule tests.
    """
    require_rules(contract)
    return {
        one.id: OperationConclusions(
            conclusions(one, Sight.OPERATION),
            _watching(one, contract),
            frozenset((clause.path, clause.rule) for clause in one.clauses),
        )
        for one in contract.operations
    }


def _watching(operation: Operation, contract: Contract) -> tuple[Watching, ...]:
    """Return the operations that speak of what an operation shows: of its resource, or of this list by its
    id.
    """
    sight = _SIGHTS.get(operation.effect)
    if sight is None:
        return ()
    speaking = (
        Watching(other, conclusions(other, sight))
        for other in contract.operations
        if other is not operation
        and (
            other.resource is operation.resource
            or (sight is Sight.LISTING and operation.id in _lists_named_by(other))
        )
    )
    return tuple(one for one in speaking if one.conclusions)


def _lists_named_by(operation: Operation) -> list[str]:
    return [clause.options["call"] for clause in operation.clauses if "call" in clause.options]
