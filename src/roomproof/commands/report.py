"""`roomproof report`: views of JSON reports that were written before."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from roomproof.commands.outputs import Outputs, require_apart, unheard, written
from roomproof.errors import UsageError
from roomproof.report.document import Report
from roomproof.reports.accounts import by_account
from roomproof.reports.reading import read_report
from roomproof.reports.report import write_text
from roomproof.reports.terminal import show


def run_report(paths: tuple[Path, ...], outputs: Outputs) -> int:
    """Write the views that were asked for, show the report if none was, and return 0: its verdicts were given
    when it was made.

    Several runs make a page that shows the trend. Raises UsageError if a file is no report, a view is about
    one run and there are several, or it cannot be written; and, with the views there all the same, if nothing
    was judged in any run.
    """
    require_apart(outputs.asked, paths)
    page = outputs.files.get("html")
    if len(paths) > 1 and (page is None or outputs.github or len(outputs.asked) > 1):
        raise UsageError(
            f"only --html PATH is about several runs: name one report, not {len(paths)}, for anything else"
        )
    reports = [read_report(path) for path in paths]
    if len(reports) > 1 and page is not None:
        from roomproof.reports.html import html

        write_text(page, html([by_account(one) for one in reports]))
        return _judged(reports, paths)
    problems = written(reports[0], outputs)
    if problems:
        raise problems[0]
    if not outputs.asked and not outputs.github:
        with unheard(os.environ):
            show(Console(), reports[0], every_finding=outputs.verbose, full=paths[0])
    return _judged(reports, paths)


def _judged(reports: Sequence[Report], paths: Sequence[Path]) -> int:
    if not any(report.providers for report in reports):
        names = ", ".join(map(str, paths))
        raise UsageError(
            f"{names}: no provider was judged in it, so there is nothing to show; name the report of "
            f"another run"
        )
    return 0
