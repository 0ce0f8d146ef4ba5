"""`roomproof report`: views of a JSON report that was written before."""

from __future__ import annotations

import os
from pathlib import Path

from rich.console import Console

from roomproof.commands.outputs import Outputs, unheard, written
from roomproof.reports.reading import read_report
from roomproof.reports.terminal import show


def run_report(path: Path, outputs: Outputs) -> int:
    """Write the views that were asked for, show the report if none was, and return 0: its verdicts were given when it was made.

    Raises UsageError if the file is no report, or a view cannot be written.
    """
    told = read_report(path)
    problems = written(told, outputs)
    if problems:
        raise problems[0]
    if not outputs.views:
        with unheard(os.environ):
            show(Console(), told, every_warning=outputs.verbose)
    return 0
