"""Compare two reports: which clauses broke, which healed, which are another contract's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from roomproof.errors import UsageError
from roomproof.judge.evidence import MAX_SHOWN
from roomproof.verdict import Verdict

Json = Any
READABLE_VERSION = 1
"""The `report_version` of the reports that can be compared."""

_UNPROVEN = frozenset((Verdict.UNEXERCISED, Verdict.INCONCLUSIVE))


class Turn(StrEnum):
    """What became of a clause's verdict; the order is that of reports."""

    BROKE = "broke"
    WORSENED = "worsened"
    EASED = "eased"
    HEALED = "healed"
    NO_LONGER_EXERCISED = "no longer exercised"
    NEWLY_EXERCISED = "newly exercised"
    APPEARED = "appeared"
    VANISHED = "vanished"


@dataclass(frozen=True)
class ClauseChange:
    """A clause whose verdict changed; one of the verdicts is None where only one report has the clause."""

    id: str
    turn: Turn
    before: Verdict | None
    after: Verdict | None


@dataclass(frozen=True)
class ProviderComparison:
    """What became of one provider's clauses; where a report has none of them, `unfinished` tells which and why."""

    provider: str
    contract_before: str
    contract_after: str
    changes: tuple[ClauseChange, ...]
    unfinished: str = ""


@dataclass(frozen=True)
class Comparison:
    """The providers that both reports have, and those that only one has."""

    providers: tuple[ProviderComparison, ...] = ()
    only_before: tuple[str, ...] = ()
    only_after: tuple[str, ...] = ()


def compare_reports(before: Mapping[str, Json], after: Mapping[str, Json]) -> Comparison:
    """Return what changed from one roomproof report to another. Raises UsageError if one of the two is no such report."""
    old, new = checked(before, "the first file"), checked(after, "the second file")
    shared = [name for name in old if name in new]
    compared = tuple(_compare(name, old[name], new[name]) for name in shared)
    return Comparison(compared, tuple(name for name in old if name not in new), tuple(name for name in new if name not in old))


def turn(before: Verdict | None, after: Verdict | None) -> Turn | None:
    """Return what became of a verdict, None where nothing did that is worth telling."""
    if before is None or after is None:
        return None if before is after else Turn.APPEARED if before is None else Turn.VANISHED
    if before is after or {before, after} <= _UNPROVEN:
        return None
    if after in _UNPROVEN:
        return Turn.NO_LONGER_EXERCISED
    if after is Verdict.FAIL:
        return Turn.BROKE
    if after is Verdict.WARNING:
        return Turn.EASED if before is Verdict.FAIL else Turn.WORSENED
    if before in _UNPROVEN:
        return Turn.NEWLY_EXERCISED
    return Turn.WORSENED if before is Verdict.PASS else Turn.HEALED


@dataclass(frozen=True)
class ReportedProvider:
    """One provider of a report, checked."""

    contract_version: str
    stopped: str
    verdicts: Mapping[str, Verdict]


def _compare(name: str, before: ReportedProvider, after: ReportedProvider) -> ProviderComparison:
    versions = before.contract_version, after.contract_version
    empty = next(((where, side) for where, side in (("first", before), ("second", after)) if not side.verdicts), None)
    if empty is not None:
        where, side = empty
        return ProviderComparison(name, *versions, (), f"the {where} report has no verdicts ({side.stopped or 'it does not say why'})")
    found = []
    for clause in (*before.verdicts, *(clause for clause in after.verdicts if clause not in before.verdicts)):
        old, new = before.verdicts.get(clause), after.verdicts.get(clause)
        became = turn(old, new)
        if became is not None:
            found.append(ClauseChange(clause, became, old, new))
    order = list(Turn)
    return ProviderComparison(name, *versions, tuple(sorted(found, key=lambda change: order.index(change.turn))))


def checked(report: Mapping[str, Json], where: str) -> dict[str, ReportedProvider]:
    """Return the providers of a report, by name; `where` is what messages call it. Raises UsageError if it is no report of this version."""
    if not isinstance(report, Mapping) or "report_version" not in report or not isinstance(report.get("providers"), list):
        raise UsageError(f"{where} is no roomproof report; write one with `roomproof verify --json PATH`")
    version = report["report_version"]
    if isinstance(version, bool) or version != READABLE_VERSION:
        raise UsageError(f"{where} is a report of version {_named(version)}, not {READABLE_VERSION}; write it again with this roomproof")
    found: dict[str, ReportedProvider] = {}
    for node in report["providers"]:
        name = _text(node, "provider", where)
        if name in found:
            raise UsageError(f"{where} has the provider {_named(name)} twice; compare reports as roomproof has written them")
        version_ = _text(node, "contract_version", where) if "contract_version" in node else ""
        stopped = _text(node, "stopped", where) if "stopped" in node else ""
        found[name] = ReportedProvider(version_, stopped, _verdicts(node, where))
    return found


def _verdicts(node: Mapping[str, Json], where: str) -> dict[str, Verdict]:
    clauses = node.get("clauses")
    if not isinstance(clauses, list):
        raise UsageError(f"{where} has a provider without a list of clauses; compare reports as roomproof has written them")
    found: dict[str, Verdict] = {}
    for clause in clauses:
        name, word = _text(clause, "id", where), _text(clause, "verdict", where)
        if name in found:
            raise UsageError(f"{where} has the clause {_named(name)} twice; compare reports as roomproof has written them")
        if word not in list(Verdict):
            raise UsageError(f"{where} has the verdict {_named(word)}, which is none; known are {', '.join(Verdict)}")
        found[name] = Verdict(word)
    return found


def _text(node: Json, member: str, where: str) -> str:
    value = node.get(member) if isinstance(node, Mapping) else None
    if not isinstance(value, str):
        raise UsageError(f"{where} has an entry without a text as {member}; compare reports as roomproof has written them")
    return value


def _named(value: Json) -> str:
    """Return a value of a foreign file so that it can stand in a message: short, and without what a terminal would obey."""
    return ascii(value[:MAX_SHOWN]) if isinstance(value, str) else ascii(value)[:MAX_SHOWN]
