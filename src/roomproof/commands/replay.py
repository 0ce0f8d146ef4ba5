"""`roomproof replay`: have recordings judged, show and write what they say."""

from __future__ import annotations

import os
from collections.abc import Callable

from roomproof.api import Event, Found, Report, failing, unproven
from roomproof.commands.listening import Ending, say_remarks
from roomproof.commands.outputs import Outputs, require_apart, told_besides, unheard, written
from roomproof.errors import StoppedError
from roomproof.reports.console import open_console
from roomproof.reports.progress import replay_progress
from roomproof.reports.terminal import show


def run_replay(replay: Callable[..., Report], outputs: Outputs, *, resumes: bool = False) -> int:
    """Judge recordings, show and write what they say, and return the exit code.

    `replay` is the function of the API with all arguments but its listeners; `resumes` tells whether it goes
    on where it was cut short. Raises the first problem if no clause fails, StoppedError after Ctrl-C.
    """
    ending = Ending(Report)

    def spare(event: Event) -> None:
        if isinstance(event, Found):
            require_apart(outputs.asked, event.files)

    try:
        with replay_progress(open_console()) as shown:
            told = ending.of(replay, spare, say_remarks, shown)
    except KeyboardInterrupt as stopped:
        again = "the same command goes on from what is judged" if resumes else "--resume keeps what is judged"
        raise StoppedError(f"stopped before all was judged, so there is no report; {again}") from stopped
    beside = [*ending.problems, *written(told, outputs)]
    failures = [*beside, *unproven(told)]
    if (
        told.providers
        or (told.unmatched and told.unmatched.count)
        or (told.recording and told.recording.unreadable.count)
    ):
        with unheard(os.environ):
            show(open_console(), told, every_finding=outputs.verbose, full=outputs.asked.get("json"))
    if failures and not failing(told):
        raise failures[0]
    told_besides(beside)
    return 1 if failing(told) else 0
