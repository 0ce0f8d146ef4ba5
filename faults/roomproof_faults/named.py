"""Faults with short names: one that operators make, or several of them at once, under a name that people
remember.

A provider's table leads from the name to the ids of what is put together; `*` stands for any text in them.
What no operator makes is the provider's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from roomproof.contract.model import Contract
from roomproof.mocks import Mock
from roomproof_faults.border.acceptance import in_order
from roomproof_faults.border.exchange import Wrap
from roomproof_faults.fault import Fault, FaultKind
from roomproof_faults.generate import generated, interface

_TOLD = 3
"""So many parts of a fault are told in its sentence."""


@dataclass(frozen=True)
class Own:
    """A fault of one provider's mock alone; `clauses` are the ids that it breaks, without provider and
    operation.
    """

    id: str
    kind: FaultKind
    what: str
    wrap: Wrap
    clauses: tuple[str, ...]


def own(id: str, kind: FaultKind, what: str, wrap: Wrap, *clauses: str) -> Own:
    """Return a fault of one provider's mock alone; the clauses are ends of ids."""
    return Own(id, kind, what, wrap, clauses)


def offer(names: Mapping[str, str], owned: Iterable[Own]) -> Callable[[Mock, Contract], Iterator[Fault]]:
    """Return what an entry point of a provider offers: the faults of its table, and its own."""

    def faults(mock: Mock, contract: Contract) -> Iterator[Fault]:
        yield from named(names, generated(mock, contract))
        api = interface(mock, contract)
        for one in owned:
            broken = tuple(
                id for id in contract.clauses if id.endswith(tuple(f".{clause}" for clause in one.clauses))
            )
            if broken:
                yield Fault(one.id, one.kind, one.what, broken, one.wrap, api)

    return faults


def named(table: Mapping[str, str], made: Iterable[Fault]) -> Iterator[Fault]:
    """Yield the faults of a table of names, those left out that ask for something which the contract does not
    say.
    """
    known = {fault.id: fault for fault in made}
    for name, ids in table.items():
        parts = [_matching(id, known) for id in ids.split()]
        if all(parts):
            yield together(name, [part for found in parts for part in found])


def together(name: str, parts: list[Fault]) -> Fault:
    """Return several faults as one, the first of them outermost."""
    whats = list(dict.fromkeys(part.what for part in parts))
    told = "; ".join(whats[:_TOLD])
    more = f"; and {len(whats) - _TOLD} more" if len(whats) > _TOLD else ""
    clauses = dict.fromkeys(clause for part in parts for clause in part.clauses)
    wrap = in_order(*(part.wrap for part in parts))
    return Fault(name, parts[0].kind, told + more, tuple(clauses), wrap, parts[0].api)


def _matching(id: str, known: Mapping[str, Fault]) -> list[Fault]:
    if "*" not in id:
        return [known[id]] if id in known else []
    return [fault for name, fault in known.items() if fnmatchcase(name, id)]
