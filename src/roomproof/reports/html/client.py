"""What clients sent outside the contract as a page shows it: of each provider's last run, errors first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from roomproof.reports.client import doubt, entries, fails, often
from roomproof.reports.html.columns import Column


@dataclass(frozen=True)
class Sent:
    """One entry. `kind` is the verdict whose colour and sign it has; `note` says what comes of it, empty where nothing does."""

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


def sent_by_clients(columns: Sequence[Column], report: Mapping[str, Any]) -> tuple[Sent, ...]:
    """Return the entries of each provider's last run; `report` is the latest run, which says whether errors fail it."""
    last = [column.node for column in columns if column.is_last]
    return tuple(_sent(provider, entry, fails=fails(report, entry)) for provider, entry in entries({"providers": last}))


def _sent(provider: str, entry: Mapping[str, Any], *, fails: bool) -> Sent:
    note = "fails the run" if fails else "known since the baseline" if entry.get("known") else ""
    return Sent(
        "fail" if fails else "warning",
        entry["severity"],
        entry["clause"],
        provider,
        entry["level"],
        f"{entry['what']}{doubt(entry)}",
        entry["demands"],
        ", ".join(part for part in entry["source"].values() if part),
        entry["place"],
        often(entry),
        note,
    )
