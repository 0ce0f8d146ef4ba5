"""Judge recordings by reading them: nothing is sent, nobody is asked."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from roomproof.cassettes.call import MAX_UNREADABLE, Call, RecordingTally
from roomproof.cassettes.order import Space
from roomproof.cassettes.provider_record import ProviderRecord, Register
from roomproof.cassettes.recording import open_recording
from roomproof.cassettes.stream import Streams
from roomproof.cassettes.stream_by import StreamBy
from roomproof.cassettes.survey import Survey, survey
from roomproof.errors import UsageError
from roomproof.events import Listener
from roomproof.report.document import (
    RecordingEntries,
    SkippedFile,
    SkippedFiles,
    UnreadableEntries,
    UnreadableEntry,
)

__all__ = ["ProviderRecord", "Register", "ReplayResult", "replay"]


@dataclass
class ReplayResult:
    """What all recordings say: by provider, the verdicts of each file, what else is in them, files that
    cannot be read.

    `judged` counts the interactions that gave evidence, `learned` those of which something was only learned.
    """

    heard: dict[str, ProviderRecord] = field(default_factory=dict)
    by_file: dict[Path, dict[str, ProviderRecord]] = field(default_factory=dict)
    told: dict[Path, Mapping[str, str]] = field(default_factory=dict)
    tally: RecordingTally = field(default_factory=RecordingTally)
    judged: int = 0
    learned: int = 0
    problems: list[UsageError] = field(default_factory=list)

    def counts(self, skipped: Mapping[Path, str]) -> RecordingEntries:
        """Return what became of the entries of all recordings, and which files were passed over and why."""
        tally = self.tally
        files = [SkippedFile(file=str(path), why=why) for path, why in skipped.items()]
        named = ((str(path), entry) for path, entry in tally.unreadable)
        entries = (UnreadableEntry(file=file, place=entry.place, why=entry.why) for file, entry in named)
        return RecordingEntries(
            judged=self.judged,
            learned=self.learned,
            foreign=sum(tally.unmatched.values()),
            unreadable=UnreadableEntries(count=tally.unreadable_count, entries=tuple(entries)),
            bodies_missing=tally.bodies_missing,
            skipped=SkippedFiles(count=len(files), files=tuple(files[:MAX_UNREADABLE])),
        )


def replay(
    paths: Iterable[Path],
    register: Register,
    listener: Listener = lambda _: None,
    stream_by: StreamBy = StreamBy.HEADER,
) -> ReplayResult:
    """Judge every recording, the calls of each account in their order; `listener` hears of each that was
    judged.

    Of a file that is damaged what stands before the damage counts; the damage is among the problems.
    """
    contracts = {provider: contract for provider, (contract, _) in register.contracts.items()}
    replayed, streams = ReplayResult(), Streams(register, listener)
    together: dict[str, list[Survey]] = {}
    spaces: dict[str, Space] = {}
    for path in paths:
        group = str(path.parent) if stream_by is StreamBy.FOLDER else ""
        space = Space() if stream_by is StreamBy.NAME else spaces.setdefault(group, Space())
        try:
            recording = open_recording(path)
        except UsageError as error:
            replayed.problems.append(error)
            continue
        replayed.told[path], replayed.by_file[path] = recording.told, {}
        found = survey(recording, contracts, space)
        if _is_alone(found, stream_by):
            _judge([found], streams, str(path))
            found.let_go(space)
            _note(found, replayed)
        else:
            together.setdefault(group, []).append(found)
    for group, surveys in together.items():
        _judge(surveys, streams, group)
        for found in surveys:
            _note(found, replayed)
    replayed.by_file.update(streams.by_file)
    replayed.judged, replayed.learned = streams.judged, streams.learned
    for by_provider in replayed.by_file.values():
        for provider, heard in by_provider.items():
            replayed.heard.setdefault(provider, register.heard(provider)).join(heard)
    return replayed


def _note(found: Survey, replayed: ReplayResult) -> None:
    replayed.tally.merge(found.tally)
    if found.tally.damage is not None:
        replayed.problems.append(found.tally.damage)


def _is_alone(found: Survey, stream_by: StreamBy) -> bool:
    """Whether a recording is a stream by itself, or several, each of an account."""
    if found.is_own or stream_by is StreamBy.NAME:
        return True
    return stream_by is StreamBy.HEADER and not (found.is_timed and found.tells_accounts)


def _judge(surveys: list[Survey], streams: Streams, group: str) -> None:
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


def _clusters(surveys: list[Survey]) -> Iterator[list[Survey]]:
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
