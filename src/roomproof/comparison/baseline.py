"""What is new since an earlier report, what was known, and what is fixed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from roomproof.comparison.compare import Turn, checked, comparable, compare_reports
from roomproof.errors import UsageError
from roomproof.report.document import Baseline, Report
from roomproof.report.finding import FindingReport, LimitReport
from roomproof.verdict import Verdict


def baseline_from(node: object, where: str) -> Report:
    """Return JSON data as an earlier report. Raises UsageError as `comparable` does, and if what it says of
    findings is damaged.
    """
    report = comparable(node, where)
    providers = node["providers"] if isinstance(node, dict) else ()
    for provider in providers:
        found = provider.get("findings")
        if not isinstance(found, list) or not all(map(_is_finding, found)):
            written = "name as --baseline a report as roomproof has written it"
            raise UsageError(f"{where} has findings that are none; {written}")
    return report


def _is_finding(node: object) -> bool:
    known = node if isinstance(node, dict) else {}
    if not (isinstance(known.get("clause"), str) and isinstance(known.get("verdict"), str)):
        return False
    kinds = known.get("kinds", [])
    return isinstance(kinds, list) and all(isinstance(kind, str) for kind in kinds)


def require_verdicts(baseline: Report, where: str, providers: Iterable[str]) -> None:
    """Raise UsageError if an earlier report has no verdicts on one of the providers, or one of them twice."""
    known = [name for name, provider in checked(baseline, where).items() if provider.clauses]
    for name in providers:
        if name not in known:
            has = ", ".join(sorted(known)) or "nobody"
            way = f"name as --baseline a report of `roomproof verify {name} --json`"
            raise UsageError(f"{where} says nothing of {name}, only of {has}; {way}")


def since(baseline: Report, path: str, report: Report) -> Baseline:
    """Return what is new in a report since an earlier one, which stands at a path and has been checked
    (`require_verdicts`).

    A fail is known if its clause failed in the same way: each of its `kinds` was among the clause's `kinds`
    then, and where a limit was measured for certain both times, it lies where it lay. A clause whose earlier
    finding has no `kinds` is matched by its id.
    """
    before, now = _fails(baseline), _fails(report)
    known = tuple(
        clause for clause, finding in now.items() if clause in before and _is_same(before[clause], finding)
    )
    turns = {
        change.id: change.turn
        for provider in compare_reports(baseline, report).providers
        for change in provider.changes
    }
    gone = [clause for clause in before if clause not in now]
    return Baseline(
        path=path,
        new=tuple(clause for clause in now if clause not in known),
        known=known,
        healed=tuple(clause for clause in gone if turns.get(clause) is Turn.FIXED),
        unexercised=tuple(clause for clause in gone if turns.get(clause) is Turn.NO_LONGER_EXERCISED),
    )


def _fails(report: Report) -> dict[str, FindingReport]:
    findings = (finding for provider in report.providers for finding in provider.findings)
    return {finding.clause: finding for finding in findings if finding.verdict is Verdict.FAIL}


def _is_same(before: FindingReport, now: FindingReport) -> bool:
    if before.kinds and not set(now.kinds or ()) <= set(before.kinds):
        return False
    lay, lies = _certain(before.limit), _certain(now.limit)
    return lay is None or lies is None or lay == lies


def _certain(limit: LimitReport | None) -> LimitReport | None:
    """Return where a limit lies, however it was found out; None if that is not known for certain."""
    if limit is None or limit.not_monotonous or limit.unclear or not limit.exact:
        return None
    return replace(limit, requests=0)
