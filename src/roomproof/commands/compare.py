"""`roomproof compare`: what did the provider change between two recordings, or between two reports?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import orjson

from roomproof import files
from roomproof.api import Event, Judged, Report, replay
from roomproof.commands.outputs import require_apart
from roomproof.comparison.compare import Comparison, Turn, comparable, compare_reports
from roomproof.comparison.profile import Changes, Profile, compare_profiles
from roomproof.contract.model import Contract
from roomproof.errors import UsageError
from roomproof.json_data import as_json
from roomproof.providers import find_contracts
from roomproof.reports.comparison import comparison_document, show_comparison
from roomproof.reports.console import open_console
from roomproof.reports.last import MAX_BYTES
from roomproof.reports.report import write_text


def run_compare(before: Path, after: Path, contracts: tuple[Path, ...], json: Path | None) -> int:
    """Compare, show and write what has changed; return 1 if a clause is broken that was not.

    Raises UsageError where no provider was judged in both, so that nothing could be compared.
    """
    require_apart({} if json is None else {"json": json}, (before, after))
    comparison, changes, both = _compared(before, after, contracts)
    show_comparison(open_console(), comparison, changes)
    if json is not None:
        write_text(json, as_json(comparison_document(comparison, changes)))
    if any(change.turn is Turn.BROKE for provider in comparison.providers for change in provider.changes):
        return 1
    if not both:
        raise UsageError(
            f"{before} and {after}: no provider was judged in both, so nothing was compared; name two "
            f"of one provider"
        )
    return 0


def _compared(
    before: Path, after: Path, contracts: tuple[Path, ...]
) -> tuple[Comparison, Mapping[str, Changes], bool]:
    """Return what changed in verdicts and in responses, and whether a provider was judged both times."""
    earlier, later = _report(before, "the first file"), _report(after, "the second file")
    if earlier is not None and later is not None:
        return compare_reports(earlier, later), {}, _share_a_provider(earlier, later)
    if earlier is not None or later is not None:
        report, other = (before, after) if earlier is not None else (after, before)
        raise UsageError(f"{report} is a report, {other} is not: compare two reports, or two recordings")
    known = tuple(contract for contract, _ in find_contracts(contracts).values())
    (old, old_profiles), (new, new_profiles) = (_recording(path, known) for path in (before, after))
    both = [provider for provider in old_profiles if provider in new_profiles]
    changes = {
        provider: compare_profiles(old_profiles[provider], new_profiles[provider]) for provider in both
    }
    return compare_reports(old, new), changes, _share_a_provider(old, new)


def _share_a_provider(*reports: Report) -> bool:
    judged = [{node.provider for node in report.providers if node.is_proven} for report in reports]
    return bool(set.intersection(*judged))


def _report(path: Path, where: str) -> Report | None:
    """Return a JSON report, None for any other file or folder."""
    try:
        node = orjson.loads(files.read(path, MAX_BYTES)) if path.suffix == ".json" else None
    except (OSError, orjson.JSONDecodeError):
        return None
    return comparable(node, where) if isinstance(node, dict) and "report_version" in node else None


def _recording(path: Path, contracts: tuple[Contract, ...]) -> tuple[Report, dict[str, Profile]]:
    """Return what a recording says, and how its responses look. Raises UsageError if it, or a file of it,
    cannot be read.
    """
    profiles: dict[str, Profile] = {}

    def look(event: Event) -> None:
        if isinstance(event, Judged):
            if event.provider not in profiles:
                profiles[event.provider] = Profile(event.contract)
            profiles[event.provider].see(event.interaction)

    return replay(path, contracts=contracts, listeners=[look]), profiles
