"""A replay: recordings are judged by reading them, and the report tells what they say of each provider."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

from roomproof.cassettes.elsewhere import WorkerElsewhere
from roomproof.cassettes.recording import found_in
from roomproof.cassettes.replay import ProviderRecord, Register, ReplayResult, Worker, WorkerHere, replay
from roomproof.cassettes.stream_by import StreamBy
from roomproof.contract.model import Contract
from roomproof.errors import RoomproofError, UsageError
from roomproof.events import Listener, Problem, Remarked
from roomproof.providers import find_contracts
from roomproof.report.document import Report
from roomproof.reports.report import ProviderResult, report
from roomproof.reports.shortfall import shortfalls
from roomproof.runs.checkpoint import ResumedWorker, kept_checkpoint
from roomproof.runs.destination import Known
from roomproof.runs.events import Ended, Found
from roomproof.runs.executors import executor_of
from roomproof.runs.gate import OpenGate
from roomproof.runs.own_deviations import with_own
from roomproof.runs.processes import AT_ONCE, ExecutorOfOthers, Processes

_AHEAD = 3
"""So many batches a process are under way: it has the next one when it is done with one."""
_MAX_FILES = 3
"""So many names of files are shown; more are counted."""
_MAX_HINTS = 2
"""So many hints stand in an error; the report has them all."""


@dataclass(frozen=True)
class ReplaySettings:
    """What the user asked for: which recordings, by which contracts and deviations of the user's own, how old
    they may be, which files are one stream; by how many processes, or by which
    executor, they are judged; whether a replay that was cut short is gone on with.
    """

    paths: tuple[Path, ...]
    contracts: tuple[Path | Contract, ...] = ()
    strict: bool = False
    max_age: timedelta | None = None
    stream_by: StreamBy = StreamBy.HEADER
    deviations: tuple[Path, ...] = ()
    jobs: int = 1
    executor: Executor | str | None = None
    resume: bool = False
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)


def replayed(listen: ReplaySettings, gate: OpenGate, tell: Listener) -> Report:
    """Return the report on some recordings.

    Raises UsageError if there are none, and, when everything else is judged, for one that cannot be read, or
    if nothing could be judged.
    """
    found = found_in(*listen.paths)
    tell(Found(tuple(found.files)))
    began, now = monotonic(), datetime.now(UTC)
    contracts = with_own(find_contracts(listen.contracts), listen.deviations)
    heard = _heard(listen, found.files, contracts, now, tell)
    problems: list[RoomproofError] = list(heard.problems)
    judged = []
    for one in heard.heard.values():
        if listen.max_age is not None:
            one.verdicts.merge_old(one.old, f"more than --max-age {listen.max_age.days}d ago: record it anew")
        judged.append(_judged(one, now, monotonic() - began))
    told = report(judged, 0, heard.tally.unmatched, heard.tally.hints.values(), heard.counts(found.skipped))
    gate.require(heard.heard)
    problems += [] if problems else _unread(heard) or _nothing(told, found.files, contracts)
    told = gate.applied(told)
    for problem in problems:
        tell(Problem("", problem))
    tell(Ended(told, tuple(heard.heard)))
    if problems:
        raise problems[0]
    return told


def _heard(
    listen: ReplaySettings,
    files: Sequence[Path],
    contracts: Mapping[str, Known],
    now: datetime,
    tell: Listener,
) -> ReplayResult:
    with ExitStack() as opened:
        checkpoint = None
        if listen.resume:
            checkpoint = opened.enter_context(kept_checkpoint(listen.paths, listen.environment))
        began = now if checkpoint is None else checkpoint.began
        oldest = began - listen.max_age if listen.max_age else None
        register = Register(contracts, listen.strict, oldest, listen.stream_by)
        worker = opened.enter_context(_worker(listen, register, tell))
        resumed = worker if checkpoint is None else ResumedWorker(worker, register, checkpoint)
        return replay(files, register, resumed, tell)


@contextmanager
def _worker(listen: ReplaySettings, register: Register, tell: Listener) -> Iterator[Worker]:
    if listen.executor is not None:
        with executor_of(listen.executor) as executor:
            others = ExecutorOfOthers(executor, lambda text: tell(Remarked("", text)))
            yield WorkerElsewhere(register, others, AT_ONCE)
    elif listen.jobs > 1:
        with Processes(listen.jobs) as processes:
            yield WorkerElsewhere(register, processes, listen.jobs * _AHEAD)
    else:
        yield WorkerHere(register, tell)


def _unread(found: ReplayResult) -> list[UsageError]:
    """Return that an entry cannot be read, if nothing else was judged and it may be one that could have
    been.
    """
    if found.judged or found.tally.doubtful is None:
        return []
    path, entry = found.tally.doubtful
    more = found.tally.unreadable_count - 1
    others = f", and {more} more like it" if more else ""
    return [
        UsageError(
            f"{path}, {entry.place}: {entry.why}{others}; nothing else there was judged: mend it, or "
            f"record it anew"
        )
    ]


def _nothing(told: Report, files: Sequence[Path], contracts: Iterable[str]) -> list[UsageError]:
    """Return why nothing in some files could be judged, and what may be done; nothing if something was, or
    only a response is missing.
    """
    providers, foreign = told.providers, told.unmatched.count if told.unmatched else 0
    if shortfalls(told) or any(provider.is_proven for provider in providers):
        return []
    where = _names(files)
    if providers:
        names = " or ".join(node.provider for node in providers)
        return [
            UsageError(
                f"{where}: no request there tests a clause of {names}, so nothing was judged; record "
                f"one that does"
            )
        ]
    if not foreign:
        return [
            UsageError(
                f"{where}: no interaction there, so nothing was judged; `roomproof verify PROVIDER "
                f"--record PATH` records some"
            )
        ]
    hints = told.hints[:_MAX_HINTS]
    way = "what stands in a folder named like a provider is judged by its contract"
    advice = (
        "; ".join((*hints, way))
        if hints
        else "name a recording of theirs, or add a contract with --contracts"
    )
    none = (
        "the one request there belongs to no"
        if foreign == 1
        else f"none of the {foreign} requests there belongs to an"
    )
    return [
        UsageError(f"{where}: {none} operation of {', '.join(contracts)}, so nothing was judged; {advice}")
    ]


def _names(files: Sequence[Path]) -> str:
    more = f" and {len(files) - _MAX_FILES} more" if len(files) > _MAX_FILES else ""
    return ", ".join(map(str, files[:_MAX_FILES])) + more


def _judged(heard: ProviderRecord, now: datetime, seconds: float) -> ProviderResult:
    return ProviderResult(
        heard.contract, heard.verdicts, _names(tuple(heard.files)), heard.interactions, seconds, now,
        recorded=(heard.first, heard.last) if heard.first and heard.last else None, rejudged=heard.rejudged,
        boundaries=heard.boundaries, fields=heard.fields, recordings=True, unanswered=heard.unanswered,
        client=heard.client,
    )  # fmt: skip
