"""What a person sees while a run lasts: a row a provider with its rate and its findings so far; with
--verbose every interaction.

A request only leaves numbers behind; what is shown of them is worked out ten times a second.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from time import monotonic
from urllib.parse import urlsplit

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from roomproof.events import Answered, Counted, Event, Listener, Progressed, Started, Waited
from roomproof.legible import one_line
from roomproof.reports.console import say
from roomproof.reports.secrets import text_cleaner
from roomproof.verdict import Verdict, Verdicts

REFRESHES = 10
"""How often a second the rows are drawn."""
_RECENT = 20
"""Over how many of the last drawings the rate is taken."""
_ROOM_FOR_A_BAR = 72
"""Columns from which on there is room for a bar."""
_SHOWN_BODY = 160
"""Characters of a body, or of an address, in a line of --verbose."""
_SHOWN_ROWS = 12
"""So many turns are shown at once, those of which something was heard last."""
_QUIET = 2.0
"""Seconds after which a turn that says nothing may be over: its rate is then that of all its time."""
_EXPECTED = 1000
"""How many requests a provider is taken to need until it is done."""


@dataclass
class _Row:
    """One provider; `marks` are times and numbers of requests at the last drawings."""

    provider: str
    verdicts: Verdicts
    counted: Mapping[Verdict, int] = field(default_factory=dict)
    requests: int = 0
    began: float = 0.0
    latest: float = 0.0
    marks: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=_RECENT))

    def rate(self, now: float) -> float:
        """Return the requests a second of late."""
        then, before = self.marks[0] if self.marks else (self.began, 0)
        self.marks.append((now, self.requests))
        return (self.requests - before) / (now - then) if now > then else 0.0

    def findings(self) -> str:
        """Return the findings so far in a few words."""
        counts = self.counted or self.verdicts.broken()
        return ", ".join(f"{count} {word}" for word, count in counts.items() if count) or "no finding"


def _whose(event: Started | Answered | Counted | Waited) -> str:
    """Return whose turn an event is about."""
    return f"{event.provider} {event.account}".rstrip()


class _Board:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._rows: dict[str, _Row] = {}

    def listen(self, event: Event) -> None:
        if isinstance(event, Started):
            self._rows[_whose(event)] = _Row(_whose(event), event.verdicts)
        elif isinstance(event, Counted):
            self._rows[_whose(event)].counted = event.broken
        elif isinstance(event, Answered) and event.number:
            row = self._rows[_whose(event)]
            row.latest = monotonic()
            row.began = row.began or row.latest
            row.requests = event.number

    def drawn(self) -> Table:
        """Return the rows as they are now; of a provider whose turn is over the rate is that of all its
        time.
        """
        now, rows = monotonic(), list(self._rows.values())
        if over := max(len(rows) - _SHOWN_ROWS, 0):
            rows = sorted(rows, key=lambda row: row.latest)[over:]
        table = Table.grid(padding=(0, 1))
        bar = self._console.width >= _ROOM_FOR_A_BAR
        for row in rows:
            lasted = row.latest - row.began
            goes_on = row is rows[-1] or now - row.latest < _QUIET
            rate = row.rate(now) if goes_on else row.requests / lasted if lasted else 0.0
            findings = row.findings()
            cells = [
                Text(one_line(row.provider)),
                Text(f"{row.requests} requests"),
                Text(f"{rate:.0f}/s", justify="right"),
            ]
            cells.append(
                Text(
                    findings,
                    "bold red" if "fail" in findings else "yellow" if "warning" in findings else "green",
                )
            )
            done = ProgressBar(total=max(row.requests, _EXPECTED), completed=row.requests, width=20)
            table.add_row(cells[0], *([done] if bar else []), *cells[1:])
        if over:
            table.add_row(Text(f"and {over} more"))
        return table


@contextmanager
def progress(console: Console) -> Iterator[Listener]:
    """Yield what shows a row a provider, and each wait; the number of requests is an estimate until the
    provider is done.

    Quiet where no one looks, but for the waits. The rows appear with the first provider's turn: before,
    somebody may be asked something.
    """
    board = _Board(console)
    if not (console.is_interactive and console.file.isatty()):
        # Standard output may be a file, and holds the report only.
        yield partial(_tell_wait, Console(stderr=True))
        return
    with ExitStack() as shown:

        def listen(event: Event) -> None:
            board.listen(event)
            if isinstance(event, Started) and not live.is_started:
                shown.enter_context(live)
            _tell_wait(console, event)

        live = Live(console=console, get_renderable=board.drawn, refresh_per_second=REFRESHES, transient=True)
        yield listen


@contextmanager
def replay_progress(console: Console) -> Iterator[Listener]:
    """Yield what shows how many files of a replay are judged, where somebody looks."""
    if not (console.is_interactive and console.file.isatty()):
        yield lambda _: None
        return
    with Live(console=console, refresh_per_second=REFRESHES, transient=True) as live:

        def listen(event: Event) -> None:
            if isinstance(event, Progressed):
                row = Table.grid(padding=(0, 1))
                bar = [ProgressBar(total=event.of, completed=event.files, width=20)]
                told = f"{event.files} of {event.of} files, {event.interactions} interactions"
                row.add_row(*(bar if console.width >= _ROOM_FOR_A_BAR else []), Text(told))
                live.update(row)

        yield listen


def _tell_wait(console: Console, event: Event) -> None:
    if isinstance(event, Waited):
        say(console, f"{_whose(event)}: {event.why}")


def transcript(console: Console) -> Listener:
    """Return what prints a line for each request that counts, without the secrets of its run."""
    clean: dict[str, Callable[[str], str]] = {}

    def listen(event: Event) -> None:
        if isinstance(event, Started):
            clean[_whose(event)] = text_cleaner(event.secrets)
        elif isinstance(event, Answered) and event.number:
            say(console, interaction_line(event, clean.get(_whose(event), str)))

    return listen


def interaction_line(answered: Answered, clean: Callable[[str], str] = str) -> str:
    """Return an interaction as one line: whose, number, method, address, body, what came back after how many
    ms, what it is about.
    """
    request, response = answered.interaction.request, answered.interaction.response
    parts = urlsplit(request.url)
    body = "" if request.body is None else _short(request.body.decode(errors="replace") or '""') + " "
    address = _short(parts.path + (f"?{parts.query}" if parts.query else ""))
    came = f"status {response.status}" if response else f"no response: {answered.interaction.failure}"
    which, took = f"{_whose(answered)} {answered.number:4}", f"{answered.seconds * 1000:.1f} ms"
    return clean(f"{which} {request.method} {address} {body}-> {came} in {took} # {answered.note}")


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN_BODY else f"{text[:_SHOWN_BODY]}..."
