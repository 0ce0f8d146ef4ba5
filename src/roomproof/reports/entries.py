"""What became of the entries of recordings: how many were judged, and how many were not, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

SHOWN = 3
"""So many entries that cannot be read, and so many files that were passed over, are named; the JSON report names
more.
"""


def entry_counts(recording: Mapping[str, Any]) -> str:
    """Return the counts in one line, of what there is."""
    parts = [f"{recording['judged']} judged"]
    counts = {"learned": "only learned from", "foreign": "foreign"}
    parts += [f"{recording[name]} {words}" for name, words in counts.items() if recording[name]]
    parts += [f"{recording['unreadable']['count']} unreadable"] if recording["unreadable"]["count"] else []
    parts += [f"bodies missing in {recording['bodies_missing']}"] if recording["bodies_missing"] else []
    return f"interactions: {', '.join(parts)}"


def not_judged(recording: Mapping[str, Any]) -> Iterator[str]:
    """Yield the first entries that cannot be read, a line each, and how many more there are; then the files of
    a folder that are no recordings.
    """
    told = recording["unreadable"]
    for entry in told["entries"][:SHOWN]:
        yield f"unreadable: {entry['file']}, {entry['place']}: {entry['why']}"
    if told["count"] > SHOWN:
        yield f"unreadable: {told['count'] - SHOWN} more"
    skipped = recording["skipped"]
    for file in skipped["files"][:SHOWN]:
        yield f"passed over: {file['file']}: {file['why']}"
    if skipped["count"] > SHOWN:
        yield f"passed over: {skipped['count'] - SHOWN} more"
