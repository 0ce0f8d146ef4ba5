"""Those who listen to a run for its own sake: the recorder, and the memory of what led to a finding."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from roomproof import files
from roomproof.cassettes.past import write_past
from roomproof.cassettes.recorder import Recorder
from roomproof.engine.session import Subject
from roomproof.errors import RoomproofError
from roomproof.events import Answered, Event, Listener
from roomproof.interaction import Interaction, remembered
from roomproof.runs.subject import redactor_of, told_of
from roomproof.verdict import Verdicts

Trouble = Callable[[RoomproofError], None]
"""Hears of what is no reason not to judge."""


class History:
    """Remembers what was exchanged with a provider, in its order."""

    def __init__(self) -> None:
        self.interactions: list[Interaction] = []

    def __call__(self, event: Event) -> None:
        """Take note of a response."""
        if isinstance(event, Answered) and not event.housekeeping:
            self.interactions.append(remembered(event.interaction))


@contextmanager
def recorded(path: Path | None, subject: Subject, trouble: Trouble) -> Iterator[Listener]:
    """Yield what keeps each response in a cassette while the context lasts, if there is a path for it."""
    recorder = None if path is None else _recorder(path, subject, trouble)
    if recorder is None:
        yield lambda _: None
        return

    def keep(event: Event) -> None:
        if isinstance(event, Answered) and not event.housekeeping:
            recorder.keep(event.interaction)

    try:
        yield keep
    finally:
        try:
            recorder.close()
        except RoomproofError as error:
            trouble(error)
        if recorder.note:
            subject.tell(recorder.note)


def _recorder(path: Path, subject: Subject, trouble: Trouble) -> Recorder | None:
    try:
        return Recorder(path, told_of(subject), redactor_of(subject))
    except RoomproofError as error:
        trouble(error)
        return None


def keep_verdicts(
    cassette: Path | None,
    subject: Subject,
    verdicts: Verdicts,
    trouble: Trouble,
) -> Path | None:
    """Write the verdicts of a recording beside it, and return the recording, None where there is none."""
    if cassette is None or not files.is_there(cassette):
        return None
    try:
        write_past(cassette, told_of(subject), subject.contract, verdicts)
    except RoomproofError as error:
        trouble(error)
    return cassette
