"""What clients sent outside the contract as a page shows it: of each provider's last run, errors first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from roomproof.report.document import Report
from roomproof.report.provider import ClientEntry
from roomproof.reports.client import doubt, entries, fails, often
from roomproof.reports.html.columns import Column


@dataclass(frozen=True)
class ClientRow:
    """One entry. `kind` is the verdict whose colour and sign it has; `note` says what comes of it, empty
    where nothing does.
    """

    kind: str
    severity: str
    clause: str
    provider: str
    level: str
    what: str
    demands: str
    source: str
    place: str
    often: str
    note: str


def sent_by_clients(columns: Sequence[Column], report: Report) -> tuple[ClientRow, ...]:
    """Return the entries of each provider's last run; `report` is the latest run, which says whether errors
    fail it.
    """
    last = [column.node for column in columns if column.is_last]
    found = ((node.provider, entry) for node in last for entry in entries(node))
    return tuple(_sent(provider, entry, fails=fails(report, entry)) for provider, entry in found)


def _sent(provider: str, entry: ClientEntry, *, fails: bool) -> ClientRow:
    note = "fails the run" if fails else "known since the baseline" if entry.known else ""
    return ClientRow(
        "fail" if fails else "warning",
        entry.severity,
        entry.clause,
        provider,
        entry.level,
        f"{entry.what}{doubt(entry)}",
        entry.demands,
        entry.source.words,
        entry.place,
        often(entry),
        note,
    )
