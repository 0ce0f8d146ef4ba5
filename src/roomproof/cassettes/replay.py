"""Judge recordings by reading them: nothing is sent, nobody is asked.

| step | what happens | in which process |
|---|---|---|
| batches | some files that follow each other are a batch | this one |
| look | the files of a batch are read; what is a stream by itself is judged at once | any |
| families | the others are brought together, where one account or one room is in several of them | this one |
| judge | families are judged | any |
| join | what each batch and each family said is added up, in the order of the files | this one |

What the steps say depends on the files alone, not on who does them, nor in which order they are done.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol, TypeVar

from roomproof import files
from roomproof.cassettes.call import MAX_UNREADABLE, Call, RecordingTally
from roomproof.cassettes.kinship import families
from roomproof.cassettes.order import Space
from roomproof.cassettes.provider_record import ProviderRecord, Records, Register
from roomproof.cassettes.recording import open_recording
from roomproof.cassettes.stream import Streams
from roomproof.cassettes.stream_by import StreamBy
from roomproof.cassettes.survey import Survey, survey
from roomproof.errors import RoomproofError, UsageError
from roomproof.events import Listener, Progressed
from roomproof.report.document import (
    RecordingEntries,
    SkippedFile,
    SkippedFiles,
    UnreadableEntries,
    UnreadableEntry,
)

__all__ = ["Family", "Look", "ProviderRecord", "Register", "ReplayResult", "Worker", "replay"]

BATCH_FILES = 32
"""So many files are a batch at most,"""
BATCH_BYTES = 4_000_000
"""or as many as have so many bytes together: a second or two of work."""

Item = TypeVar("Item")


@dataclass
class ReplayResult:
    """What recordings say: by provider, what else is in them, files that cannot be read.

    `judged` counts the interactions that gave evidence, `learned` those of which something was only learned.
    """

    heard: dict[str, ProviderRecord] = field(default_factory=dict)
    tally: RecordingTally = field(default_factory=RecordingTally)
    judged: int = 0
    learned: int = 0
    problems: list[RoomproofError] = field(default_factory=list)

    def counts(self, skipped: Mapping[Path, str]) -> RecordingEntries:
        """Return what became of the entries of all recordings, and which files were passed over and why."""
        tally = self.tally
        passed_over = [SkippedFile(file=str(path), why=why) for path, why in skipped.items()]
        named = ((str(path), entry) for path, entry in tally.unreadable)
        entries = (UnreadableEntry(file=file, place=entry.place, why=entry.why) for file, entry in named)
        return RecordingEntries(
            judged=self.judged,
            learned=self.learned,
            foreign=sum(tally.unmatched.values()),
            unreadable=UnreadableEntries(count=tally.unreadable_count, entries=tuple(entries)),
            bodies_missing=tally.bodies_missing,
            skipped=SkippedFiles(count=len(passed_over), files=tuple(passed_over[:MAX_UNREADABLE])),
        )

    def join(self, other: ReplayResult) -> None:
        """Take over what other recordings say."""
        for provider, record in other.heard.items():
            if (mine := self.heard.get(provider)) is None:
                self.heard[provider] = record
            else:
                mine.join(record)
        self.tally.merge(other.tally)
        self.judged += other.judged
        self.learned += other.learned
        self.problems += other.problems


@dataclass(frozen=True)
class Family:
    """Recordings that are judged together; `group` is what they have in common, a folder, or nothing but
    accounts.
    """

    members: tuple[Survey, ...]
    group: str


@dataclass(frozen=True)
class Look:
    """What the first look at a batch has brought: what those files say that are streams by themselves, and
    the others.
    """

    result: ReplayResult
    others: tuple[Survey, ...] = ()


class Worker(Protocol):
    """Does the steps of a replay that any process may do; what it yields has the order of what it got."""

    def look(self, batches: Iterable[tuple[Path, ...]]) -> Iterator[Look]:
        """Read the files of batches."""
        ...

    def judge(self, batches: Iterable[tuple[Family, ...]]) -> Iterator[ReplayResult]:
        """Judge families."""
        ...


@dataclass
class WorkerHere:
    """Does everything in this process; `listener` hears of each interaction that was judged. What was read
    once is kept in memory as far as there is space for it.
    """

    register: Register
    listener: Listener = lambda _: None
    _spaces: dict[str, Space] = field(default_factory=dict)

    def look(self, batches: Iterable[tuple[Path, ...]]) -> Iterator[Look]:
        """Read the files of batches."""
        return (look(batch, self.register, self.listener, self._spaces) for batch in batches)

    def judge(self, batches: Iterable[tuple[Family, ...]]) -> Iterator[ReplayResult]:
        """Judge families."""
        return (judge(batch, self.register, self.listener) for batch in batches)


def replay(
    paths: Iterable[Path],
    register: Register,
    worker: Worker | None = None,
    tell: Listener = lambda _: None,
) -> ReplayResult:
    """Judge every recording, the calls of each account in their order; `tell` hears how far that has come.

    Of a file that is damaged what stands before the damage counts; the damage is among the problems.
    """
    worker = worker or WorkerHere(register)
    every, replayed, done = list(paths), ReplayResult(), 0
    together: dict[str, list[Survey]] = {}

    def join(result: ReplayResult, files_more: int) -> None:
        nonlocal done
        replayed.join(result)
        done += files_more
        tell(Progressed(done, len(every), replayed.judged + replayed.learned))

    apart = list(batches(every, size=files.size))
    for batch, found in zip(apart, worker.look(apart), strict=True):
        for one in found.others:
            together.setdefault(_group(one.path, register.stream_by), []).append(one)
        join(found.result, len(batch) - len(found.others))
    kin = list(batches(_families(together, register.stream_by), size=_bytes_of_family))
    for some, result in zip(kin, worker.judge(kin), strict=True):
        join(result, sum(len(family.members) for family in some))
    order = {path: number for number, path in enumerate(every)}
    for record in replayed.heard.values():
        record.files = dict.fromkeys(sorted(record.files, key=lambda path: order[path]))
    firsts = {provider: order[next(iter(record.files))] for provider, record in replayed.heard.items()}
    replayed.heard = {
        provider: replayed.heard[provider] for provider in sorted(firsts, key=lambda one: firsts[one])
    }
    return replayed


def batches(items: Iterable[Item], size: Callable[[Item], int]) -> Iterator[tuple[Item, ...]]:
    """Yield items, those that follow each other together where they are few and small."""
    batch: list[Item] = []
    so_far = 0
    for item in items:
        bytes_more = size(item)
        if batch and (len(batch) >= BATCH_FILES or so_far + bytes_more > BATCH_BYTES):
            yield tuple(batch)
            batch, so_far = [], 0
        batch.append(item)
        so_far += bytes_more
    if batch:
        yield tuple(batch)


def _bytes_of_family(family: Family) -> int:
    return sum(files.size(member.path) for member in family.members)


def _group(path: Path, stream_by: StreamBy) -> str:
    return str(path.parent) if stream_by is StreamBy.FOLDER else ""


def _families(together: Mapping[str, Sequence[Survey]], stream_by: StreamBy) -> Iterator[Family]:
    """Yield the recordings that have to be judged together; a folder is one stream where the user says so."""
    for group, surveys in together.items():
        if stream_by is StreamBy.FOLDER:
            yield Family(tuple(surveys), group)
            continue
        for members in families([one.kinship for one in surveys]):
            yield Family(tuple(surveys[number] for number in members), group)


def look(
    paths: Iterable[Path], register: Register, listener: Listener, spaces: dict[str, Space] | None = None
) -> Look:
    """Read some files; judge those that are streams by themselves, and return a survey of each other one.

    Surveys hold their calls as far as there is space in `spaces`, by group.
    """
    contracts = {provider: contract for provider, (contract, _) in register.contracts.items()}
    result, records, others = ReplayResult(), Records(register), []
    for path in paths:
        group = _group(path, register.stream_by)
        is_apart = register.stream_by is StreamBy.NAME
        space = Space() if is_apart or spaces is None else spaces.setdefault(group, Space())
        try:
            found = survey(open_recording(path), contracts, space)
        except UsageError as error:
            result.problems.append(error)
            continue
        if _is_alone(found, register.stream_by):
            _judge_into(result, records, [found], str(path), register, listener)
            found.let_go(space)
        else:
            if spaces is None:  # They are judged elsewhere, where their calls are read again.
                found.let_go(space)
            others.append(found)
    result.problems += records.settle()
    result.heard = records.by_provider
    return Look(result, tuple(others))


def judge(families: Iterable[Family], register: Register, listener: Listener) -> ReplayResult:
    """Judge families of recordings."""
    result, records = ReplayResult(), Records(register)
    for family in families:
        _judge_into(result, records, family.members, family.group, register, listener)
    result.problems += records.settle()
    result.heard = records.by_provider
    return result


def _judge_into(
    result: ReplayResult, records: Records, surveys: Sequence[Survey], group: str, register: Register,
    listener: Listener,
) -> None:  # fmt: skip
    streams = Streams(register, records, listener)
    _judge(surveys, streams, group)
    result.judged += streams.judged
    result.learned += streams.learned
    for found in surveys:
        result.tally.merge(found.tally)
        if found.tally.damage is not None:
            result.problems.append(found.tally.damage)


def _is_alone(found: Survey, stream_by: StreamBy) -> bool:
    """Whether a recording is a stream by itself, or several, each of an account."""
    if found.is_own or stream_by is StreamBy.NAME:
        return True
    return stream_by is StreamBy.HEADER and not (found.is_timed and found.tells_accounts)


def _judge(surveys: Sequence[Survey], streams: Streams, group: str) -> None:
    """Judge some recordings as one, those that say when they were made in that order, behind those that do
    not.

    `group` is what they have in common, their folder or the only file; nothing if only their accounts bring
    them together: then a call whose account nobody knows belongs to its file.
    """
    before: float | None = None
    for number, cluster in enumerate(_clusters(surveys)):
        first, last = (
            cluster[0].first,
            max((one.last for one in cluster if one.last is not None), default=None),
        )
        if number and (first is None or before is None or first < before):
            streams.pause()
        before = last
        for found, call in _merged(cluster):
            account = found.account(call)
            streams.hear(call, account, group if group or account else str(found.path))
    streams.end()


def _clusters(surveys: Sequence[Survey]) -> Iterator[list[Survey]]:
    """Yield the recordings in the order of their times, those of the same time together where their calls can
    be put into an order.
    """
    cluster: list[Survey] = []
    last: float | None = None
    for found in sorted(surveys, key=lambda one: (one.first is not None, one.first or 0.0)):
        if (
            cluster
            and last is not None
            and found.first is not None
            and found.first <= last
            and found.is_timed
            and cluster[0].is_timed
        ):
            cluster.append(found)
            last = max(last, found.last or last)
            continue
        if cluster:
            yield cluster
        cluster, last = [found], found.last
    if cluster:
        yield cluster


def _merged(cluster: list[Survey]) -> Iterator[tuple[Survey, Call]]:
    """Yield the calls of recordings that ran at the same time in the order in which they began.

    Which of two calls of one moment came first is not known where they stand in several files.
    """
    if len(cluster) == 1:
        yield from ((cluster[0], call) for call in cluster[0].calls())
        return
    yield from heapq.merge(*(_with(found) for found in cluster), key=lambda pair: pair[1].moment)


def _with(found: Survey) -> Iterator[tuple[Survey, Call]]:
    return ((found, replace(call, is_adrift=True)) for call in found.calls())
