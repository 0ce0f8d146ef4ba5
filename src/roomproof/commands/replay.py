"""`roomproof replay`: judge recordings."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from time import monotonic

from roomproof.cassettes.past import changes
from roomproof.cassettes.recording import Found, found_in
from roomproof.cassettes.replay import Heard, Listener, Register, Replayed, replay
from roomproof.cassettes.stream_by import StreamBy
from roomproof.commands.gate import EVERY_FAIL, Gate, failing, unproven
from roomproof.commands.outputs import Outputs, require_apart, told_besides, unheard, written
from roomproof.errors import RoomproofError, UsageError
from roomproof.providers import find_contracts
from roomproof.report.document import Report
from roomproof.report.provider import Change
from roomproof.reports.console import open_console
from roomproof.reports.report import Judged, report
from roomproof.reports.shortfall import shortfalls
from roomproof.reports.terminal import show

_MAX_FILES = 3
"""So many names of files are shown; more are counted."""
_MAX_HINTS = 2
"""So many hints stand in an error; the report has them all."""


@dataclass(frozen=True)
class Listen:
    """What the user asked for: which recordings, by which contracts, how old they may be, which files are one stream."""

    paths: tuple[Path, ...]
    contracts: tuple[Path, ...] = ()
    strict: bool = False
    max_age: timedelta | None = None
    stream_by: StreamBy = StreamBy.HEADER

    @cached_property
    def found(self) -> Found:
        """The recordings, looked for once: of a file that may be none all of it is read for that. Raises UsageError
        if there are none.
        """
        return found_in(*self.paths)


def run_replay(listen: Listen, outputs: Outputs, gate: Gate = EVERY_FAIL) -> int:
    """Judge the recordings, show and write what they say, and return the exit code."""
    opened = gate.opened()
    require_apart(outputs.asked, listen.found.files)
    told, problems = replayed(listen)
    opened.require(provider.provider for provider in told.providers)
    told = opened.applied(told)
    beside: list[RoomproofError] = [*problems, *written(told, outputs)]
    failures = [*beside, *unproven(told)]
    if told.providers or _foreign(told) or (told.recording and told.recording.unreadable.count):
        with unheard(os.environ):
            show(open_console(), told, every_finding=outputs.verbose, full=outputs.asked.get("json"))
    if failures and not failing(told):
        raise failures[0]
    told_besides(beside)
    return 1 if failing(told) else 0


def replayed(listen: Listen, listener: Listener | None = None) -> tuple[Report, list[UsageError]]:
    """Return the report on some recordings, and what is wrong: with those that cannot be read, or that nothing was there to judge.

    Raises UsageError if there are none.
    """
    files = listen.found.files
    began, now = monotonic(), datetime.now(UTC)
    contracts = find_contracts(listen.contracts)
    register = Register(contracts, listen.strict, now - listen.max_age if listen.max_age else None)
    found = replay(files, register, listener, listen.stream_by)
    problems = list(found.problems)
    judged = []
    for provider, heard in found.heard.items():
        rejudged = _rejudged(found, provider, register, problems)
        if listen.max_age is not None:
            heard.verdicts.merge_old(heard.old, f"more than --max-age {listen.max_age.days}d ago: record it anew")
        judged.append(_judged(heard, rejudged, now, monotonic() - began))
    told = report(judged, 0, found.tally.unmatched, found.tally.hints.values(), found.counts(listen.found.skipped))
    return told, problems or _unread(found) or _nothing(told, files, contracts)


def _unread(found: Replayed) -> list[UsageError]:
    """Return that an entry cannot be read, if nothing else was judged and it may be one that could have been."""
    if found.judged or found.tally.doubtful is None:
        return []
    path, entry = found.tally.doubtful
    more = found.tally.unreadable_count - 1
    others = f", and {more} more like it" if more else ""
    return [UsageError(f"{path}, {entry.place}: {entry.why}{others}; nothing else there was judged: mend it, or record it anew")]


def _nothing(told: Report, files: Sequence[Path], contracts: Iterable[str]) -> list[UsageError]:
    """Return why nothing in some files could be judged, and what may be done; nothing if something was, or only an answer is missing."""
    providers, foreign = told.providers, _foreign(told)
    if shortfalls(told) or any(provider.is_proven for provider in providers):
        return []
    where = _names(files)
    if providers:
        names = " or ".join(node.provider for node in providers)
        return [UsageError(f"{where}: no request there tests a clause of {names}, so nothing was judged; record one that does")]
    if not foreign:
        return [UsageError(f"{where}: no interaction there, so nothing was judged; `roomproof verify PROVIDER --record PATH` records some")]
    hints = told.hints[:_MAX_HINTS]
    way = "what stands in a folder named like a provider is judged by its contract"
    advice = "; ".join((*hints, way)) if hints else "name a recording of theirs, or add a contract with --contracts"
    none = "the one request there belongs to no" if foreign == 1 else f"none of the {foreign} requests there belongs to an"
    return [UsageError(f"{where}: {none} operation of {', '.join(contracts)}, so nothing was judged; {advice}")]


def _foreign(told: Report) -> int:
    return told.unmatched.count if told.unmatched else 0


def _names(files: Sequence[Path]) -> str:
    more = f" and {len(files) - _MAX_FILES} more" if len(files) > _MAX_FILES else ""
    return ", ".join(map(str, files[:_MAX_FILES])) + more


def _rejudged(found: Replayed, provider: str, register: Register, problems: list[UsageError]) -> tuple[Change, ...] | None:
    contract, deviations = register.contracts[provider]
    known: list[Change] | None = None
    for path, by_provider in found.by_file.items():
        if provider not in by_provider:
            continue
        verdicts = by_provider[provider].verdicts
        verdicts.merge(by_provider[provider].old)
        try:
            some = changes(path, contract, deviations, verdicts)
        except UsageError as error:
            problems.append(error)
            continue
        known = known if some is None else [*(known or ()), *some]
    return None if known is None else tuple(known)


def _judged(heard: Heard, rejudged: tuple[Change, ...] | None, now: datetime, seconds: float) -> Judged:
    return Judged(
        heard.contract, heard.verdicts, _names(heard.files), heard.interactions, seconds, now,
        recorded=(heard.first, heard.last) if heard.first and heard.last else None, rejudged=rejudged,
        boundaries=heard.boundaries, recordings=True, unanswered=heard.unanswered, client=heard.client,
    )  # fmt: skip
