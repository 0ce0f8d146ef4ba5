"""Deviations: known, reasoned exceptions, each for one clause and one pattern of witness."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from roomproof.contract.document import parse_yaml
from roomproof.contract.register import refuse_bad_schema
from roomproof.errors import ContractError

_MEMBERS = {"clause", "witness", "reason", "evidence", "seen"}


@dataclass(frozen=True)
class Deviation:
    """One exception.

    `clause` is an id, `*` standing for anything; `witness` maps JSON pointers into {"request", "response"} to the JSON
    Schema that the value there satisfies, or to false where there must be no value.
    """

    clause: str
    witness: Mapping[str, Any]
    reason: str
    evidence: str
    seen: str

    def covers(self, clause_id: str) -> bool:
        """Whether the exception is about a clause."""
        return fnmatchcase(clause_id, self.clause)


def parse_deviations(text: str, name: str) -> tuple[Deviation, ...]:
    """Return the deviations in a YAML text. Raises ContractError, with the text's name, where one is incomplete."""
    entries = parse_yaml(text, name) or []
    if not isinstance(entries, list):
        raise ContractError(f"{name}: is not a list of deviations")
    return tuple(_deviation(entry, f"{name}, entry {number}") for number, entry in enumerate(entries, 1))


def _deviation(entry: Any, where: str) -> Deviation:
    if not isinstance(entry, dict) or set(entry) != _MEMBERS or not isinstance(entry["witness"], dict):
        raise ContractError(f"{where}: needs exactly {', '.join(sorted(_MEMBERS))}, witness a map of pointers")
    if not isinstance(entry["clause"], str):
        raise ContractError(f"{where}: clause is an id, `*` standing for anything")
    if any(not str(pointer).startswith("/") for pointer in entry["witness"]):
        raise ContractError(f"{where}: a witness pointer starts with '/', as in /response/status")
    for pointer, schema in entry["witness"].items():
        refuse_bad_schema(schema, f"{where}, {pointer}")
    return Deviation(entry["clause"], entry["witness"], entry["reason"], entry["evidence"], str(entry["seen"]))
