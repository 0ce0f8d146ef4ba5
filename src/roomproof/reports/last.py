"""The report of the last run in a folder: where it is kept, and what it said of a clause. Read tolerantly, since anybody may edit it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from roomproof import files

MAX_BYTES = 50_000_000
"""A larger report is not read; the report on four providers has some 300,000 bytes."""


@dataclass(frozen=True)
class LastWord:
    """What the last run said of a clause: the verdict, over how many cases, of whom, when (ISO 8601, empty if unknown), why if broken."""

    verdict: str
    cases: int
    target: str
    started: str
    summary: str


def last_report_path(folder: Path = Path()) -> Path:
    """Return where a run in a folder leaves its JSON report."""
    return folder / ".roomproof" / "last.json"


def last_words(path: Path) -> dict[str, LastWord]:
    """Return what a report says of each clause; nothing of what is no report, or where there is none."""
    try:
        report = json.loads(files.read(path, MAX_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    return {name: word for provider in _maps(report, "providers") for name, word in _of_provider(provider).items()}


def _of_provider(provider: dict[str, Any]) -> dict[str, LastWord]:
    summaries = {(_text(one, "clause"), _text(one, "verdict")): _text(one, "summary") for one in _maps(provider, "findings")}
    words = {}
    for clause in _maps(provider, "clauses"):
        name, verdict, cases = _text(clause, "id"), _text(clause, "verdict"), clause.get("cases")
        if name and verdict:
            summary = summaries.get((name, verdict), "")
            count = cases if isinstance(cases, int) else 0
            words[name] = LastWord(verdict, count, _text(provider, "target"), _text(provider, "started"), summary)
    return words


def _maps(node: Any, member: str) -> list[dict[str, Any]]:
    items = node.get(member) if isinstance(node, dict) else None
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _text(node: dict[str, Any], member: str) -> str:
    value = node.get(member)
    return value if isinstance(value, str) else ""
