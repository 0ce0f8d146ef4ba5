"""Compare two reports: which clauses broke, which are fixed, which are another contract's."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from roomproof.errors import UsageError
from roomproof.judge.evidence import MAX_SHOWN
from roomproof.report.document import REPORT_VERSION, Report, report_from
from roomproof.report.provider import UNPROVEN, ProviderReport
from roomproof.verdict import Verdict

_AS_WRITTEN = "compare reports as roomproof has written them"


class Turn(StrEnum):
    """What became of a clause's verdict; the order is that of reports."""

    BROKE = "broke"
    WORSENED = "worsened"
    EASED = "eased"
    FIXED = "healed"
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
    """What became of one provider's clauses; where a report has none of them, `unfinished` tells which and
    why.
    """

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


def compare_reports(before: Report, after: Report) -> Comparison:
    """Return what changed from one report to another. Raises UsageError if one of the two cannot be compared
    (`checked`).
    """
    old, new = checked(before, "the first file"), checked(after, "the second file")
    shared = [name for name in old if name in new]
    compared = tuple(_compare(name, old[name], new[name]) for name in shared)
    return Comparison(
        compared,
        tuple(name for name in old if name not in new),
        tuple(name for name in new if name not in old),
    )


def turn(before: Verdict | None, after: Verdict | None) -> Turn | None:
    """Return what became of a verdict, None where nothing did that is worth telling."""
    if before is None or after is None:
        return None if before is after else Turn.APPEARED if before is None else Turn.VANISHED
    if before is after or {before, after} <= {*UNPROVEN}:
        return None
    if after in UNPROVEN:
        return Turn.NO_LONGER_EXERCISED
    if after is Verdict.FAIL:
        return Turn.BROKE
    if after is Verdict.WARNING:
        return Turn.EASED if before is Verdict.FAIL else Turn.WORSENED
    if before in UNPROVEN:
        return Turn.NEWLY_EXERCISED
    return Turn.WORSENED if before is Verdict.PASS else Turn.FIXED


def _compare(name: str, before: ProviderReport, after: ProviderReport) -> ProviderComparison:
    versions = before.contract_version or "", after.contract_version or ""
    for where, side in (("first", before), ("second", after)):
        if side.clauses:
            continue
        return ProviderComparison(
            name,
            *versions,
            (),
            f"the {where} report has no verdicts ({side.stopped or 'it does not say why'})",
        )
    found = []
    was, now = ({clause.id: clause.verdict for clause in side.clauses} for side in (before, after))
    for clause in {**was, **now}:
        became = turn(was.get(clause), now.get(clause))
        if became is not None:
            found.append(ClauseChange(clause, became, was.get(clause), now.get(clause)))
    order = list(Turn)
    return ProviderComparison(
        name, *versions, tuple(sorted(found, key=lambda change: order.index(change.turn)))
    )


def checked(report: Report, where: str) -> dict[str, ProviderReport]:
    """Return the providers of a report, by name; `where` is what messages call it.

    Raises UsageError if a provider, or a clause of one, stands there twice.
    """
    found: dict[str, ProviderReport] = {}
    for provider in report.providers:
        if provider.provider in found:
            raise UsageError(f"{where} has the provider {_named(provider.provider)} twice; {_AS_WRITTEN}")
        found[provider.provider] = provider
        names = Counter(clause.id for clause in provider.clauses)
        for name in (name for name, count in names.items() if count > 1):
            raise UsageError(f"{where} has the clause {_named(name)} twice; {_AS_WRITTEN}")
    return found


def comparable(node: object, where: str) -> Report:
    """Return JSON data as a report that can be compared, which needs no more than verdicts; `where` is what
    messages call it.

    Raises UsageError if it is no report of this version, or has no verdicts.
    """
    known = node if isinstance(node, dict) else {}
    if "report_version" not in known or not isinstance(known.get("providers"), list):
        raise UsageError(f"{where} is no roomproof report; write one with `roomproof verify --json PATH`")
    version = known["report_version"]
    if isinstance(version, bool) or version != REPORT_VERSION:
        versions = f"version {_named(version)}, not {REPORT_VERSION}"
        raise UsageError(f"{where} is a report of {versions}; write it again with this roomproof")
    for provider in known["providers"]:
        _require_verdicts(provider, where)
    return report_from(node)


def _require_verdicts(node: object, where: str) -> None:
    _text(node, "provider", where)
    known = node if isinstance(node, dict) else {}
    for field in ("contract_version", "stopped"):
        if field in known:
            _text(node, field, where)
    clauses = known.get("clauses")
    if not isinstance(clauses, list):
        raise UsageError(f"{where} has a provider without a list of clauses; {_AS_WRITTEN}")
    for clause in clauses:
        _text(clause, "id", where)
        word = _text(clause, "verdict", where)
        if word not in list(Verdict):
            raise UsageError(
                f"{where} has the verdict {_named(word)}, which is none; known are {', '.join(Verdict)}"
            )


def _text(node: object, field: str, where: str) -> str:
    value = node.get(field) if isinstance(node, dict) else None
    if not isinstance(value, str):
        raise UsageError(f"{where} has an entry without a text as {field}; {_AS_WRITTEN}")
    return value


def _named(value: object) -> str:
    """Return a value of a foreign file so that it can stand in a message: short, and without what a terminal
    would obey.
    """
    return ascii(value[:MAX_SHOWN]) if isinstance(value, str) else ascii(value)[:MAX_SHOWN]
