"""`roomproof verify`: have providers verified, show and write what came of it."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from roomproof.api import Listener, Report, failing, unproven
from roomproof.commands.listening import INTERRUPTED, Ending, say_remarks, write_early
from roomproof.commands.outputs import (
    Outputs,
    keep,
    require_apart,
    told_besides,
    unheard,
    written,
    written_before,
)
from roomproof.reports.console import open_console, say
from roomproof.reports.progress import progress, transcript
from roomproof.reports.terminal import show


def run_verify(
    verify: Callable[..., Report],
    outputs: Outputs,
    environment: Mapping[str, str],
    *,
    record: Path | None = None,
    announce: Listener = lambda _: None,
) -> int:
    """Verify and return the exit code. Reports that were asked for are written whatever happens.

    `verify` is the function of the API with all arguments but its listeners; `announce` hears first what it
    is going to do. Raises the first problem if no clause fails.
    """
    # What is loaded by now stays to the end. Hypothesis collects garbage before its first example, and would
    # look at all of it.
    gc.freeze()
    console, ending = open_console(), Ending(Report)
    require_apart({**outputs.asked, **({"record": record} if record else {})})
    with progress(console) as shown:
        listeners = [transcript(console)] if outputs.verbose else []
        early = write_early(Report, partial(written_before, outputs=outputs))
        report = ending.of(verify, announce, say_remarks, *listeners, shown, early)
    fails = failing(report)
    code = INTERRUPTED if ending.code == INTERRUPTED else 1 if fails else ending.code
    failures = [*ending.problems, *written(report, outputs)]
    failures += unproven(report) if code == 0 else []
    if ending.providers:
        kept_in = None if "json" in outputs.asked else keep(report)
        with unheard(environment):
            show(console, report, every_finding=outputs.verbose, full=outputs.asked.get("json"))
        if kept_in is not None:
            say(console, kept_in)
    if failures and not fails:
        raise failures[0]
    told_besides(failures)
    return code
