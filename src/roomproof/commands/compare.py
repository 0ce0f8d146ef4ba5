"""`roomproof compare`: what did the provider change between two recordings, or between two reports?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from roomproof.commands.replay import Listen, replayed
from roomproof.comparison.compare import Comparison, Turn, compare_reports
from roomproof.comparison.profile import Changes, Profile, compare_profiles
from roomproof.contract.model import Contract
from roomproof.errors import UsageError
from roomproof.interaction import Interaction
from roomproof.reports.comparison import comparison_document, show_comparison
from roomproof.reports.console import open_console
from roomproof.reports.report import as_json, write_text


def run_compare(before: Path, after: Path, contracts: tuple[Path, ...], json: Path | None) -> int:
    """Compare, show and write what has changed; return 1 if a clause is broken that was not."""
    comparison, changes = _compared(before, after, contracts)
    show_comparison(open_console(), comparison, changes)
    if json is not None:
        write_text(json, as_json(comparison_document(comparison, changes)))
    return 1 if any(change.turn is Turn.BROKE for provider in comparison.providers for change in provider.changes) else 0


def _compared(before: Path, after: Path, contracts: tuple[Path, ...]) -> tuple[Comparison, Mapping[str, Changes]]:
    reports = _report(before), _report(after)
    if reports[0] is not None and reports[1] is not None:
        return compare_reports(reports[0], reports[1]), {}
    if reports[0] is not None or reports[1] is not None:
        report, other = (before, after) if reports[0] is not None else (after, before)
        raise UsageError(f"{report} is a report, {other} is not: compare two reports, or two recordings")
    (old, old_profiles), (new, new_profiles) = (_recording(path, contracts) for path in (before, after))
    both = [provider for provider in old_profiles if provider in new_profiles]
    return compare_reports(old, new), {provider: compare_profiles(old_profiles[provider], new_profiles[provider]) for provider in both}


def _report(path: Path) -> dict[str, Any] | None:
    """Return a JSON report, None for any other file or folder."""
    try:
        node = orjson.loads(path.read_bytes()) if path.suffix == ".json" else None
    except (OSError, orjson.JSONDecodeError):
        return None
    return node if isinstance(node, dict) and "report_version" in node else None


def _recording(path: Path, contracts: tuple[Path, ...]) -> tuple[dict[str, Any], dict[str, Profile]]:
    """Return what a recording says, and how its answers look. Raises UsageError if it, or a file of it, cannot be read."""
    profiles: dict[str, Profile] = {}

    def look(contract: Contract, interaction: Interaction) -> None:
        if contract.provider not in profiles:
            profiles[contract.provider] = Profile(contract)
        profiles[contract.provider].see(interaction)

    report, problems = replayed(Listen((path,), contracts), look)
    if problems:
        raise problems[0]
    return report, profiles
