"""What a person sees while a run lasts: a row a provider with its rate and its findings so far; with --verbose every interaction.

A request only leaves numbers behind; what is shown of them is worked out ten times a second.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from time import monotonic
from urllib.parse import urlsplit

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from roomproof.legible import one_line
from roomproof.reports.console import say
from roomproof.reports.secrets import text_cleaner
from roomproof.verdict import Verdict, Verdicts
from roomproof.verify.run import Progress, Step

REFRESHES = 10
"""How often a second the rows are drawn."""
_RECENT = 20
"""Over how many of the last drawings the rate is taken."""
_ROOM_FOR_A_BAR = 72
"""Columns from which on there is room for a bar."""
_SHOWN_BODY = 160
"""Characters of a body, or of an address, in a line of --verbose."""


@dataclass
class _Row:
    """One provider; `marks` are times and numbers of requests at the last drawings."""

    provider: str
    expected: int
    requests: int = 0
    began: float = 0.0
    latest: float = 0.0
    verdicts: Verdicts | None = None
    marks: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=_RECENT))

    def rate(self, now: float) -> float:
        """Return the requests a second of late."""
        then, before = self.marks[0] if self.marks else (self.began, 0)
        self.marks.append((now, self.requests))
        return (self.requests - before) / (now - then) if now > then else 0.0

    def findings(self) -> str:
        """Return the findings so far in a few words."""
        # A list first: the run goes on while this is counted.
        records = list(self.verdicts.records.values()) if self.verdicts else []
        counts = {word: sum(word in record.broken for record in records) for word in (Verdict.FAIL, Verdict.WARNING)}
        return ", ".join(f"{count} {word}" for word, count in counts.items() if count) or "no finding"


class _Board:
    def __init__(self, console: Console, expected: dict[str, int]) -> None:
        self._console = console
        self._rows = {provider: _Row(provider, total) for provider, total in expected.items()}

    def note(self, step: Step) -> None:
        row = self._rows[step.provider]
        row.latest = monotonic()
        if not row.requests:
            row.began, row.verdicts = row.latest, step.verdicts
        row.requests = step.requests

    def drawn(self) -> Table:
        """Return the rows as they are now; of a provider whose turn is over the rate is that of all its time."""
        now, rows = monotonic(), list(self._rows.values())
        last = max((number for number, row in enumerate(rows) if row.requests), default=0)
        table = Table.grid(padding=(0, 1))
        bar = self._console.width >= _ROOM_FOR_A_BAR
        for number, row in enumerate(rows):
            if number > last:
                break
            lasted = row.latest - row.began
            rate = row.rate(now) if number == last else row.requests / lasted if lasted else 0.0
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
            done = ProgressBar(total=max(row.requests, row.expected), completed=row.requests, width=20)
            table.add_row(cells[0], *([done] if bar else []), *cells[1:])
        return table


@contextmanager
def progress(console: Console, expected: dict[str, int]) -> Iterator[Progress]:
    """Show a row a provider; the number of requests is an estimate until the provider is done. Quiet where no one looks, but for waits."""
    board = _Board(console, expected)
    if not (console.is_interactive and console.file.isatty()):
        # Standard output may be a file, and holds the report only.
        yield partial(_tell_waits, Console(stderr=True), board.note)
        return
    with Live(console=console, get_renderable=board.drawn, refresh_per_second=REFRESHES, transient=True):
        yield partial(_tell_waits, console, board.note)


def _tell_waits(console: Console, then: Progress, step: Step) -> None:
    if step.waiting:
        say(console, f"{step.provider}: {step.waiting}")
    then(step)


def transcript(console: Console, secrets: Iterable[str], then: Progress) -> Progress:
    """Return what prints a line for each interaction, without the secrets, and then passes it on."""
    clean = text_cleaner(tuple(secrets))

    def tell(step: Step) -> None:
        if not step.waiting:
            say(console, interaction_line(step, clean))
        then(step)

    return tell


def interaction_line(step: Step, clean: Callable[[str], str] = str) -> str:
    """Return an interaction as one line: whose, number, method, address, body, what came back after how many ms, what it is about."""
    request, response = step.interaction.request, step.interaction.response
    parts = urlsplit(request.url)
    body = "" if request.body is None else _short(request.body.decode(errors="replace") or '""') + " "
    address = _short(parts.path + (f"?{parts.query}" if parts.query else ""))
    came = f"status {response.status}" if response else f"no answer: {step.interaction.failure}"
    return clean(
        f"{step.provider} {step.requests:4} {request.method} {address} {body}-> {came} in {step.seconds * 1000:.1f} ms # {step.note}"
    )


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN_BODY else f"{text[:_SHOWN_BODY]}..."
