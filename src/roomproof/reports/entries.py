"""What became of the entries of recordings: how many were judged, and how many were not, and why."""

from __future__ import annotations

from collections.abc import Iterator

from roomproof.report.document import RecordingEntries

SHOWN = 3
"""So many entries that cannot be read, and so many files that were passed over, are named; the JSON report
names more.
"""


def entry_counts(recording: RecordingEntries) -> str:
    """Return the counts in one line, of what there is."""
    counts = {
        "only learned from": recording.learned,
        "foreign": recording.foreign,
        "unreadable": recording.unreadable.count,
    }
    parts = [f"{recording.judged} judged", *(f"{count} {words}" for words, count in counts.items() if count)]
    parts += [f"bodies missing in {recording.bodies_missing}"] if recording.bodies_missing else []
    return f"interactions: {', '.join(parts)}"


def not_judged(recording: RecordingEntries) -> Iterator[str]:
    """Yield the first entries that cannot be read, a line each, and how many more there are; then the files
    of a folder that are no recordings.
    """
    told, skipped = recording.unreadable, recording.skipped
    for entry in told.entries[:SHOWN]:
        yield f"unreadable: {entry.file}, {entry.place}: {entry.why}"
    if told.count > SHOWN:
        yield f"unreadable: {told.count - SHOWN} more"
    for file in skipped.files[:SHOWN]:
        yield f"passed over: {file.file}: {file.why}"
    if skipped.count > SHOWN:
        yield f"passed over: {skipped.count - SHOWN} more"
