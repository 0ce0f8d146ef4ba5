"""`roomproof report`: JSON reports of earlier runs in another form."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from roomproof.errors import UsageError
from roomproof.reports.reading import read_report
from roomproof.reports.report import write_text


@dataclass(frozen=True)
class Forms:
    """Where each form of a report is to be written."""

    html: Path | None = None
    junit: Path | None = None


def run_report(paths: tuple[Path, ...], forms: Forms) -> int:
    """Write the forms that were asked for and return 0. Raises UsageError for none, for files that are no reports, and for bad places."""
    if forms.html is None and forms.junit is None:
        raise UsageError("say which form to write: --html PATH, or --junit PATH")
    if forms.junit is not None and len(paths) != 1:
        raise UsageError(f"--junit is about one run, not {len(paths)}: name one report")
    reports = [read_report(path) for path in paths]
    if forms.html is not None:
        from roomproof.reports.html import html

        write_text(forms.html, html(reports))
    if forms.junit is not None:
        from roomproof.reports.junit import junit

        write_text(forms.junit, junit(reports[0]))
    return 0
