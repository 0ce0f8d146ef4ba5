"""Where a report goes beside the terminal."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from roomproof.errors import RoomproofError, UsageError
from roomproof.reports.junit import junit
from roomproof.reports.report import as_json, write_text


@dataclass(frozen=True)
class Outputs:
    """The files that were asked for, and whether the terminal is to show every warning."""

    json: Path | None
    junit: Path | None
    verbose: bool
    html: Path | None = None


def _page(shown: dict[str, Any]) -> str:
    # Late, since loading the templates' engine takes longer than everything else here.
    from roomproof.reports.html import html

    return html([shown])


def written(shown: dict[str, Any], outputs: Outputs) -> list[RoomproofError]:
    """Write every report that was asked for, and return what kept one from being written."""
    problems: list[RoomproofError] = []
    for path, text in ((outputs.json, as_json), (outputs.junit, junit), (outputs.html, _page)):
        try:
            if path is not None:
                write_text(path, text(shown))
        except UsageError as error:
            problems.append(error)
    return problems
