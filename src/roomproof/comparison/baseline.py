"""What is new since an earlier report, what was known, and what has healed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from roomproof.comparison.compare import Turn, checked, compare_reports
from roomproof.errors import UsageError
from roomproof.verdict import Verdict

Json = Any
_COUNTS = "requests"
"""The member of a measured limit that tells how it was found, not where it lies."""
_INEXACT = ("exact", "not_monotonous", "unclear")
"""Members of a measured limit that say that it is not known for certain."""


@dataclass(frozen=True)
class Since:
    """What became of the clauses that fail, by their ids.

    NEW: fails, and did not in this way; KNOWN: fails, and did so; HEALED: failed, and was tested again without failing or a warning;
    UNEXERCISED: failed, and was not tested again, so that nobody knows.
    """

    new: tuple[str, ...]
    known: tuple[str, ...]
    healed: tuple[str, ...]
    unexercised: tuple[str, ...]


def require_verdicts(baseline: Mapping[str, Json], where: str, providers: Iterable[str]) -> None:
    """Raise UsageError if something is no report of this version, or has no verdicts on one of the providers."""
    known = {name: node.verdicts for name, node in checked(baseline, where).items()}
    for name in providers:
        if not known.get(name):
            has = ", ".join(sorted(name for name, verdicts in known.items() if verdicts)) or "nobody"
            raise UsageError(
                f"{where} says nothing of {name}, only of {has}; name as --baseline a report of `roomproof verify {name} --json`"
            )
    for node in baseline["providers"]:
        findings = node.get("findings")
        if not isinstance(findings, list) or not all(_is_finding(finding) for finding in findings):
            raise UsageError(f"{where} has findings that are none; name as --baseline a report as roomproof has written it")


def _is_finding(node: Json) -> bool:
    if not isinstance(node, Mapping) or not isinstance(node.get("clause"), str) or not isinstance(node.get("verdict"), str):
        return False
    kinds = node.get("kinds", [])
    return isinstance(kinds, list) and all(isinstance(kind, str) for kind in kinds)


def since(baseline: Mapping[str, Json], report: Mapping[str, Json]) -> Since:
    """Return what is new in a report since an earlier one that has been checked (`require_verdicts`).

    A fail is known if its clause failed in the same way: each of its `kinds` was among the clause's `kinds` then, and where a limit
    was measured for certain both times, it lies where it lay. A clause whose earlier finding has no `kinds` is matched by its id.
    """
    before, now = _fails(baseline), _fails(report)
    known = tuple(clause for clause, finding in now.items() if clause in before and _is_same(before[clause], finding))
    turns = {change.id: change.turn for provider in compare_reports(baseline, report).providers for change in provider.changes}
    gone = [clause for clause in before if clause not in now]
    return Since(
        tuple(clause for clause in now if clause not in known),
        known,
        tuple(clause for clause in gone if turns.get(clause) is Turn.HEALED),
        tuple(clause for clause in gone if turns.get(clause) is Turn.NO_LONGER_EXERCISED),
    )


def _fails(report: Mapping[str, Json]) -> dict[str, Mapping[str, Json]]:
    findings = (finding for provider in report["providers"] for finding in provider["findings"])
    return {finding["clause"]: finding for finding in findings if finding["verdict"] == Verdict.FAIL}


def _is_same(before: Mapping[str, Json], now: Mapping[str, Json]) -> bool:
    ways = before.get("kinds")
    if ways and not set(now["kinds"]) <= set(ways):
        return False
    lay, lies = _certain(before.get("limit")), _certain(now.get("limit"))
    return lay is None or lies is None or lay == lies


def _certain(limit: Json) -> dict[str, Json] | None:
    if not isinstance(limit, Mapping) or any(member in limit for member in _INEXACT):
        return None
    return {member: value for member, value in limit.items() if member != _COUNTS}
