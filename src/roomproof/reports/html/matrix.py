"""The conformance matrix: operations, their fields and their clauses down, runs or providers across."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from roomproof.report.provider import ClauseReport
from roomproof.reports.html.columns import Column, counted, told, worst
from roomproof.reports.html.coverage import document_anchor
from roomproof.reports.html.life import does, operations_of, rank


@dataclass(frozen=True)
class Cell:
    """What one column says of a clause, or of all clauses of a field; `count` are cases, or clauses of the
    shown verdict.
    """

    column: int
    verdict: str
    count: int
    text: str


@dataclass(frozen=True)
class RowClause:
    """One provider's clause in a row, as its last run has it. `anchor` is empty where a finding carries the
    id, `source_link` where the report does not list the document.
    """

    provider: str
    id: str
    anchor: str
    level: str
    demands: str
    source: str
    source_link: str
    why: str


@dataclass(frozen=True)
class RuleRow:
    """A rule for a part of an operation, with each provider that has the clause."""

    part: str
    rule: str
    cells: tuple[Cell | None, ...]
    demands: tuple[RowClause, ...]
    verdicts: str
    levels: str
    providers: str


@dataclass(frozen=True)
class FieldRows:
    """The rows of one field, and their sum in each column."""

    name: str
    cells: tuple[Cell | None, ...]
    rows: tuple[RuleRow, ...]


@dataclass(frozen=True)
class Group:
    """An operation: what it does in words, its fields, and their sum in each column."""

    operation: str
    does: str
    cells: tuple[Cell | None, ...]
    fields: tuple[FieldRows, ...]


Key = tuple[str, str, str, str]
Clauses = dict[Key, dict[int, ClauseReport]]


def matrix(columns: Sequence[Column], with_finding: frozenset[str]) -> tuple[Group, ...]:
    """Return the matrix of some columns, operations by resource and effect; clauses `with_finding` are
    anchored at their findings.
    """
    by_key: Clauses = {}
    for column in columns:
        for clause in column.node.clauses:
            by_key.setdefault(_key(clause), {})[column.index] = clause
    keys: dict[str, dict[str, list[Key]]] = {}
    for key in by_key:
        keys.setdefault(key[0], {}).setdefault(key[1], []).append(key)
    known = operations_of(columns)
    return tuple(
        Group(
            operation,
            does(known[operation]) if operation in known else "",
            _sums(columns, by_key, [key for each in fields.values() for key in each]),
            _fields(columns, by_key, fields, with_finding),
        )
        for operation, fields in sorted(keys.items(), key=lambda item: rank(item[0], known))
    )


def _fields(
    columns: Sequence[Column], by_key: Clauses, fields: dict[str, list[Key]], with_finding: frozenset[str]
) -> tuple[FieldRows, ...]:
    return tuple(
        FieldRows(
            name,
            _sums(columns, by_key, keys),
            tuple(_row(columns, key, by_key[key], with_finding) for key in keys),
        )
        for name, keys in fields.items()
    )


def _key(clause: ClauseReport) -> Key:
    """Return operation, field, part and rule of a clause, as its id has them:
    `provider.operation.part.field.rule`.
    """
    _, operation, part, *way = clause.id.split(".")
    return operation, ".".join(way[:-1]) or "answer", part, way[-1] if way else ""


def _sums(columns: Sequence[Column], by_key: Clauses, keys: Sequence[Key]) -> tuple[Cell | None, ...]:
    cells: list[Cell | None] = []
    for column in columns:
        counts = counted(by_key[key][column.index].verdict for key in keys if column.index in by_key[key])
        word = worst(counts)
        cells.append(Cell(column.index, word, counts[word], told(counts)) if counts else None)
    return tuple(cells)


def _row(
    columns: Sequence[Column],
    key: Key,
    clauses: dict[int, ClauseReport],
    with_finding: frozenset[str],
) -> RuleRow:
    last = [
        (column, clauses[column.index]) for column in columns if column.is_last and column.index in clauses
    ]
    shown = last or [(column, clauses[column.index]) for column in columns if column.index in clauses]
    return RuleRow(
        key[2],
        key[3],
        tuple(_cell(column.index, clauses.get(column.index)) for column in columns),
        tuple(_demand(column, clause, with_finding) for column, clause in shown),
        _words(clause.verdict for _, clause in shown),
        _words(clause.level for _, clause in shown),
        _words(column.provider for column, _ in shown),
    )


def _words(words: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(words))


def _cell(column: int, clause: ClauseReport | None) -> Cell | None:
    if clause is None:
        return None
    cases = clause.cases
    return Cell(column, clause.verdict, cases, f"tested {cases:,} {'time' if cases == 1 else 'times'}")


def _demand(column: Column, clause: ClauseReport, with_finding: frozenset[str]) -> RowClause:
    source = clause.source.words
    anchor = "" if clause.id in with_finding else clause.id
    link = document_anchor(column.node, clause.source.document)
    return RowClause(
        column.provider, clause.id, anchor, clause.level, clause.demands, source, link, clause.why
    )
