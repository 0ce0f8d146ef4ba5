"""`roomproof probe`: ask providers where their limits are and what they do where documents are silent, show
and write the responses.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from roomproof import files
from roomproof.api import Listener, Observations
from roomproof.commands.listening import Ending, say_remarks, write_early
from roomproof.errors import UsageError
from roomproof.json_data import as_json
from roomproof.reports.console import open_console
from roomproof.reports.observations import show_observations
from roomproof.reports.progress import progress
from roomproof.reports.report import write_text


def run_probe(probe: Callable[..., Observations], json: Path | None, announce: Listener) -> int:
    """Probe and return the exit code: 0 done, 3 cut short, 130 interrupted. What was seen until then is shown
    and written.

    `probe` is the function of the API with all arguments but its listeners; `announce` hears first what it is
    going to do. Raises RoomproofError for the first provider that could not be asked, or the first file that
    could not be written.
    """
    console, ending = open_console(), Ending(Observations)

    def write(document: Observations) -> None:
        # A pipe, or a full disk, can wait until the run has restored.
        if json is not None and (files.is_file(json) or not files.is_there(json)):
            with suppress(UsageError):
                write_text(json, as_json(document))

    with progress(console) as shown:
        document = ending.of(probe, announce, say_remarks, shown, write_early(Observations, write))
    if ending.providers:
        show_observations(console, document)
    if json is not None:
        write_text(json, as_json(document))
    if ending.problems:
        raise ending.problems[0]
    return ending.code
