"""Faults for any contract: each operator applied to each clause that it knows.

The id of a fault is that of the clause, without provider and operation, and the operator's word. It is in all
documented operations that have the clause, and where all of these that write have it, in whatever else writes
or shows a room. Where several have it, there is one for each, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from roomproof.contract.clause import Clause
from roomproof.contract.model import Contract
from roomproof.mocks import Mock
from roomproof_faults.border.admission import Unsigned, basic, bearer
from roomproof_faults.border.hmac_signature import hmac_sha256
from roomproof_faults.border.interface import Identity, Interface
from roomproof_faults.fault import Fault
from roomproof_faults.operators import Demand, faults_of

_IDENTITIES: Mapping[str, Callable[[Mapping[str, str]], Identity]] = {
    "bearer": bearer,
    "basic": basic,
    "hmac-sha256": hmac_sha256,
}


def interface(mock: Mock, contract: Contract) -> Interface:
    """Return what faults must know of a mock. A scheme that is not known here leaves calls unsigned."""
    variables = contract.credentials.environment
    secrets = {part: mock.environment[name] for part, name in variables.items() if name in mock.environment}
    identity = _IDENTITIES.get(contract.credentials.scheme)
    return Interface(contract, identity(secrets) if identity else Unsigned(""), secrets)


def generated(mock: Mock, contract: Contract) -> Iterator[Fault]:
    """Yield the faults that operators make of a contract."""
    api = interface(mock, contract)
    for tail, clauses in _by_tail(contract).items():
        together = [clause for clause in clauses if api.operation(clause.operation).is_documented] or clauses
        having = frozenset(clause.operation for clause in together)
        if all(clause.schema == together[0].schema for clause in together):
            on = None if api.writing and api.writing <= having else having
            yield from faults_of(tail, Demand(api, tuple(together), on))
        for clause in clauses if len(clauses) > 1 else ():
            yield from faults_of(
                f"{clause.operation}.{tail}", Demand(api, (clause,), frozenset((clause.operation,)))
            )


def _by_tail(contract: Contract) -> dict[str, list[Clause]]:
    """The clauses by their ids without provider and operation."""
    found: dict[str, list[Clause]] = {}
    for clause in contract.clauses.values():
        found.setdefault(clause.id.removeprefix(f"{contract.provider}.{clause.operation}."), []).append(
            clause
        )
    return found
