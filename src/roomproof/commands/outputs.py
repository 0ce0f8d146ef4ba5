"""Where a report goes beside the terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from roomproof import files
from roomproof.errors import RoomproofError, UsageError
from roomproof.json_data import as_json
from roomproof.legible import one_line
from roomproof.report.document import Report
from roomproof.reports.accounts import by_account
from roomproof.reports.badge import badge
from roomproof.reports.github import MOST_BYTES, silence, step_summary, workflow_commands
from roomproof.reports.junit import junit
from roomproof.reports.last import last_report_path
from roomproof.reports.markdown import markdown
from roomproof.reports.report import write_text
from roomproof.reports.sarif import sarif


def _page(shown: Report) -> str:
    # Late, since loading the templates' engine takes longer than everything else here.
    from roomproof.reports.html import html

    return html([shown])


VIEWS: Mapping[str, Callable[[Report], str]] = {
    "json": as_json,
    "junit": junit,
    "html": _page,
    "sarif": sarif,
    "markdown": markdown,
    "badge": badge,
}
"""What can be made of a report, by the name of its option."""


@dataclass(frozen=True)
class Outputs:
    """The views that were asked for, each with its file (None for the others), and whether the terminal is to
    show every warning.

    `github` says whether GitHub Actions listens: annotations go to stdout, and `step_summary` is its file for
    Markdown.
    """

    files: Mapping[str, Path | None]
    verbose: bool = False
    github: bool = False
    step_summary: Path | None = None

    @property
    def asked(self) -> dict[str, Path]:
        """The views that were asked for."""
        return {name: path for name, path in self.files.items() if path is not None}


def require_apart(asked: Mapping[str, Path], inputs: Iterable[Path] = ()) -> None:
    """Raise UsageError if two of the files that are to be written are one, or one of them is read.

    What is no file, such as /dev/null or a pipe, may be named twice.
    """
    named = {files.real(path): str(path) for path in inputs}
    for option, path in asked.items():
        if files.is_handed_over(path):
            continue
        place = files.real(path)
        if place in named and (files.is_file(place) or not files.is_there(place)):
            raise UsageError(f"--{option} {path} would overwrite {named[place]}: name another file")
        named[place] = f"what --{option} writes"


def told_besides(problems: Iterable[RoomproofError]) -> None:
    """Tell on standard error what went wrong beside a clause that fails, which decides the exit code."""
    for problem in problems:
        print(f"roomproof: {one_line(' '.join(str(problem).split()))}", file=sys.stderr)


class GitHub(TypedDict):
    """What an environment says of GitHub Actions, as fields of Outputs."""

    github: bool
    step_summary: Path | None


def github_of(environment: Mapping[str, str]) -> GitHub:
    """Return what an environment says of GitHub Actions, as fields of Outputs."""
    file = environment.get("GITHUB_STEP_SUMMARY")
    return {"github": bool(environment.get("GITHUB_ACTIONS")), "step_summary": Path(file) if file else None}


def written(shown: Report, outputs: Outputs) -> list[RoomproofError]:
    """Write every view that was asked for, and return what kept one from being written."""
    problems: list[RoomproofError] = []
    for name, path in outputs.asked.items():
        try:
            write_text(path, VIEWS[name](shown if name == "json" else by_account(shown)))
        except UsageError as error:
            problems.append(error)
    if outputs.github:
        _tell_github(shown, outputs.step_summary)
    return problems


def written_before(shown: Report, outputs: Outputs) -> None:
    """Write every view that was asked for, and the last report, while the run still restores: whatever
    happens then, they are there.

    They are written again when it has; what is no file, a pipe above all, is therefore left for then, and so
    is what cannot be written.
    """
    usual = {
        name: path for name, path in outputs.asked.items() if files.is_file(path) or not files.is_there(path)
    }
    written(shown, Outputs(usual))
    if "json" not in outputs.asked:
        keep(shown)


def keep(shown: Report) -> str:
    """Keep a report as the last one, out of the sight of version control, and return a sentence that says
    where, or why not.
    """
    path = last_report_path()
    ignore = path.with_name(".gitignore")
    try:
        files.own_folder(path.parent)
        if not files.is_there(ignore):
            files.keep(ignore, b"# Written by roomproof.\n*\n")
        files.keep(path, as_json(shown).encode(errors="backslashreplace"))
    except OSError as error:
        return (
            f"{path}: the report cannot be written ({error.strerror}): it is not kept; --json PATH "
            f"writes it elsewhere"
        )
    return f"report in {path}: `roomproof report {path}` makes HTML, JUnit, SARIF, Markdown or a badge of it"


def _tell_github(shown: Report, step_summary_file: Path | None) -> None:
    """Print annotations and append to the summary of the step. Nobody asked for either, so that trouble is
    told and no more.
    """
    for line in workflow_commands(shown):
        _print(line)
    if step_summary_file is None:
        return
    try:
        files.append(
            step_summary_file,
            lambda held: step_summary(shown, MOST_BYTES - held).encode(errors="backslashreplace"),
        )
    except OSError as error:
        print(
            f"roomproof: {step_summary_file}: the summary of the step cannot be written ({error.strerror})",
            file=sys.stderr,
        )


@contextmanager
def unheard(environment: Mapping[str, str]) -> Iterator[None]:
    """Keep GitHub Actions, if that is where we are, from obeying what is printed meanwhile: a provider's
    texts may look like commands.
    """
    if not environment.get("GITHUB_ACTIONS"):
        yield
        return
    start, end = silence(os.urandom(16).hex())
    _print(start)
    try:
        yield
    finally:
        _print(end)


def _print(line: str) -> None:
    """Print a line at once, in the order of what others print, whatever characters stdout has."""
    coding = sys.stdout.encoding or "utf-8"
    print(line.encode(coding, "backslashreplace").decode(coding), flush=True)
