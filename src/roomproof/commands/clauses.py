"""`roomproof clauses`: the register of clauses."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from rich.markup import escape
from rich.table import Column, Table

from roomproof.contract.clause import Clause
from roomproof.contract.model import Contract
from roomproof.json_data import Json
from roomproof.judge.register import rule_of
from roomproof.providers import contract_folders, find_contract
from roomproof.reports.console import open_console, say

_ROOM_FOR_A_TABLE = 180
"""Columns from which on a terminal shows a table that can be read."""
_WIDE = 320
"""Columns of the table where no terminal sets them: for files and pipes."""


def how_tested(clause: Clause) -> str:
    """Return how the rule of a clause is tested."""
    return rule_of(clause).tested


def print_clauses(provider: str | None, contracts: tuple[Path, ...], *, as_json: bool) -> None:
    """Print the register of one provider or of all, as a table or as JSON."""
    providers = [provider] if provider else list(contract_folders(contracts))
    known = [find_contract(name, contracts)[0] for name in providers]
    every = [(contract, clause) for contract in known for clause in contract.clauses.values()]
    if as_json:
        print(json.dumps([row(*one) for one in every], indent=1))
        return
    found = [clause for _, clause in every]
    console = open_console()
    if console.is_terminal and console.width < _ROOM_FOR_A_TABLE:
        for clause in found:
            say(console, (clause.id, "bold"), f" ({clause.level}): {clause.demands}")
        say(console, f"{len(found)} clauses; `roomproof explain ID` tells the source and how one is tested")
        return
    table = Table(Column("id", no_wrap=True), "level", "demands", "source", "how it is tested", expand=False)
    for clause in found:
        table.add_row(
            *map(escape, (clause.id, clause.level, clause.demands, str(clause.source), how_tested(clause)))
        )
    (console if console.is_terminal else open_console(_WIDE)).print(table, f"{len(found)} clauses")


def row(contract: Contract, clause: Clause) -> dict[str, Json]:
    """Return a clause as JSON data; `disagreement` is null where no other document says otherwise."""
    return {
        "id": clause.id,
        "operation": clause.operation,
        "level": clause.level.value,
        "demands": clause.demands,
        "source": asdict(clause.source),
        "source_url": contract.url(clause.source),
        "disagreement": asdict(clause.disagreement) if clause.disagreement else None,
        "tested": how_tested(clause),
        "checks": [rule_of(clause).check],
    }
