"""`roomproof explain`: all that is known of a clause."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from roomproof.commands.clauses import how_tested, row
from roomproof.contract.clause import Clause, Part, is_named_by, spoken
from roomproof.contract.deviation import Deviation
from roomproof.contract.model import Contract, Operation
from roomproof.errors import UsageError, did_you_mean
from roomproof.json_data import Json
from roomproof.providers import contract_folders, find_contract
from roomproof.reports.console import open_console
from roomproof.reports.explanation import ClauseExplanation, ExampleBody, show_explained, show_list
from roomproof.reports.last import LastVerdict, last_report_path, last_words
from roomproof_strategies import Sample, boundary, invalid

_HARD = ("unsettled", "beyond", "exotic")
"""How the notes of samples begin that are no plain example."""


def run_explain(wanted: str, contracts: tuple[Path, ...], *, as_json: bool) -> None:
    """Print what is known of a clause, or the clauses that a pattern (`*` stands for any text) names. Raises
    UsageError if none is.
    """
    last = last_words(last_report_path())
    names = list(contract_folders(contracts))
    provider = wanted.partition(".")[0]
    found = [
        item
        for name in ([provider] if provider in names else names)
        for item in _named(name, wanted, contracts)
    ]
    if not found:
        raise UsageError(_unknown(wanted, names, contracts))
    if as_json:
        print(
            json.dumps(
                [
                    _document(contract, clause, deviations, last.get(clause.id))
                    for contract, clause, deviations, _ in found
                ],
                indent=1,
            )
        )
        return
    if len(found) > 1:
        show_list(open_console(), [clause for _, clause, _, _ in found], last)
        return
    contract, clause, deviations, operation = found[0]
    kept, broken = _samples(clause, operation)
    where = f"{contract.file}, line {contract.line(clause)}" if contract.file else "not in a file"
    show_explained(
        open_console(),
        ClauseExplanation(
            clause,
            contract.url(clause.source),
            how_tested(clause),
            where,
            _said_at(contract, clause),
            deviations,
            kept,
            broken,
            last.get(clause.id),
        ),
    )


def _said_at(contract: Contract, clause: Clause) -> tuple[str, ...]:
    """Return the places of the statements that a clause rests on, each once, behind its document's title."""
    found = (
        f"{document.title}: {one.place}"
        for document in contract.documents
        for one in document.statements
        if one.claims_clause(clause.id)
    )
    return tuple(dict.fromkeys(found))


def _named(
    provider: str, wanted: str, contracts: tuple[Path, ...]
) -> list[tuple[Contract, Clause, tuple[Deviation, ...], Operation]]:
    contract, deviations = find_contract(provider, contracts)
    return [
        (contract, clause, tuple(item for item in deviations if item.covers(clause.id)), operation)
        for operation in contract.operations
        for clause in operation.clauses
        if is_named_by(clause.id, wanted)
    ]


def _unknown(wanted: str, names: list[str], contracts: tuple[Path, ...]) -> str:
    provider, dot, _ = wanted.partition(".")
    if dot and provider not in names and (nearest := did_you_mean(provider, names)):
        return f"no clause {wanted!r}: unknown provider {provider!r}{nearest}; known are {', '.join(names)}"
    ids = [
        name
        for one in ([provider] if provider in names else names)
        for name in find_contract(one, contracts)[0].clauses
    ]
    inside = [name for name in ids if wanted.strip("*.") in name]
    if inside and provider in names:
        return (
            f"no clause {wanted!r}, but {len(inside)} begin so; `roomproof explain "
            f"'{wanted.rstrip('*.')}*'` lists them"
        )
    if inside:
        return (
            f"no clause "
            f"{wanted!r}{did_you_mean(wanted, inside) or f' (did you mean {inside[0]!r}?)'}; an id "
            f"begins with its provider"
        )
    return (
        f"no clause {wanted!r}{did_you_mean(wanted, ids)}; `roomproof clauses` lists them, and * "
        f"stands for any text"
    )


def _samples(clause: Clause, operation: Operation) -> tuple[ExampleBody | None, ExampleBody | None]:
    """Return a body that keeps a clause on a request, and one that breaks it, where the strategies have
    such.
    """
    if clause.part is not Part.REQUEST or clause.options.get("in") != "body":
        return None, None
    now, schema = datetime.now(UTC), operation.schema
    return _shortest(boundary(schema, anchor=now), clause), _shortest(invalid(schema, anchor=now), clause)


def _shortest(samples: Iterable[Sample], clause: Clause) -> ExampleBody | None:
    aimed = (
        item for item in samples if ".".join(item.path) == spoken(clause.path) and item.rule == clause.rule
    )
    plain = (
        ExampleBody(json.dumps(item.value, ensure_ascii=False), item.note)
        for item in aimed
        if not item.note.startswith(_HARD)
    )
    return min(plain, key=lambda sent: len(sent.body), default=None)


def _document(
    contract: Contract, clause: Clause, deviations: tuple[Deviation, ...], last: LastVerdict | None
) -> dict[str, Json]:
    known: list[Json] = [
        {
            "witness": dict(item.witness),
            "reason": item.reason,
            "evidence": item.evidence,
            "seen": str(item.seen),
            "expires": str(item.expires),
        }
        for item in deviations
    ]
    said = list(_said_at(contract, clause))
    return {
        **row(contract, clause),
        "statements": said,
        "deviations": known,
        "last": asdict(last) if last else None,
    }
