"""A replay by several workers: the report is that of one, whoever judges what and whichever is done first;
what goes from one to the other is data, and nothing else is made of it.
"""

from __future__ import annotations

import json
import os
import pickle
import shutil
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

import roomproof
from roomproof.api import Event, Judged, Progressed, Remarked, as_json
from roomproof.cassettes import replay as replaying
from roomproof.cassettes.elsewhere import WorkerElsewhere, WorkerLostError
from roomproof.cassettes.parcel import DamagedParcelError, Parcels, packed_register, unpacked_register
from roomproof.cassettes.provider_record import Register
from roomproof.cassettes.replay import Look, look
from roomproof.errors import UnprovenError, UsageError
from roomproof.providers import bundled, find_contract
from roomproof.runs.processes import Processes

TELNYX = "telnyx"
MAXIMUM = "telnyx.update-room.request.max_participants.maximum"
REGISTER = Register({TELNYX: find_contract(TELNYX)})
ROOM = "11111111-2222-4333-8444-555555555555"
BEGAN = datetime(2026, 3, 1, 10, tzinfo=UTC)


def room(number: int) -> str:
    return ROOM.replace("1111-", f"{number:04}-", 1)


def update(number: int, account: str, room_id: str, size: int) -> dict[str, Any]:
    """An entry of a HAR file: an account updates a room; one in seven sizes comes back changed."""
    shown = {"data": {"id": room_id, "max_participants": size + (number % 7 == 0)}}
    text = json.dumps(shown)
    return {
        "startedDateTime": (BEGAN + timedelta(seconds=number)).isoformat(),
        "time": 20,
        "request": {
            "method": "PATCH",
            "url": f"https://api.telnyx.com/v2/rooms/{room_id}",
            "headers": [
                {"name": "Content-Type", "value": "application/json"},
                {"name": "Authorization", "value": f"Bearer {account}"},
            ],
            "postData": {"mimeType": "application/json", "text": json.dumps({"max_participants": size})},
        },
        "response": {
            "status": 200,
            "headers": [{"name": "Content-Type", "value": "application/json"}],
            "content": {"size": len(text), "mimeType": "application/json", "text": text},
        },
    }


def written(path: Path, *entries: dict[str, Any]) -> None:
    path.write_text(json.dumps({"log": {"version": "1.2", "entries": entries}}), encoding="utf-8")


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Recordings of every kind: of roomproof, with verdicts of their own; of accounts that call in
    several files, and in turn; one that is damaged, one of another site. Each file is a batch.
    """
    folder = tmp_path / "archive"
    shutil.copytree(bundled("cassettes") / TELNYX / "mock", folder / "own")
    past = {"provider": TELNYX, "verdicts": {MAXIMUM: "fail"}}
    (folder / "own" / "update-room.yaml.verdicts.json").write_text(json.dumps(past), encoding="utf-8")
    random = Random(1)
    for name in range(12):
        calls = [
            update(number * 12 + name, f"KEY{random.randrange(3)}", room(random.randrange(4)), 2 + number)
            for number in range(15)
        ]
        written(folder / f"others-{name:02}.har", *calls)
    written(folder / "alone.har", update(1, "KEY9", room(9), 5))
    foreign = {"method": "GET", "url": "https://a.example/", "headers": []}
    written(folder / "foreign.har", {**update(1, "K", ROOM, 5), "request": foreign})
    (folder / "damaged.json").write_text('{"interactions": [{"request": ', encoding="utf-8")
    monkeypatch.setattr(replaying, "BATCH_FILES", 1)
    return folder


def reported(folder: Path, **settings: Any) -> Any:
    """The report on a folder without the times of the replay itself, and the error that it ends with."""
    ended: list[Any] = []

    def listen(event: Event) -> None:
        if isinstance(event, roomproof.api.Ended):
            ended.append(json.loads(as_json(event.report)))

    try:
        roomproof.replay(folder, listeners=[listen], **settings)
        error = ""
    except roomproof.RoomproofError as problem:
        error = str(problem)
    (told,) = ended
    for provider in told["providers"]:
        del provider["seconds"], provider["started"]
    return told, error


class Backwards(Executor):
    """Does what it was given last first, when somebody waits for anything."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]] = []

    def submit(self, fn: Any, /, *args: Any, **_: Any) -> Future[Any]:
        waiting = self.waiting

        class OnDemand(Future[Any]):
            def result(self, timeout: float | None = None) -> Any:
                while waiting:
                    future, function, given = waiting.pop()
                    future.set_result(function(*given))
                return super().result(timeout)

        future = OnDemand()
        waiting.append((future, fn, args))
        return future


def test_the_report_is_the_same_whoever_judges(archive: Path) -> None:
    told, error = reported(archive)
    assert "damaged.json" in error
    assert {"fail"} <= {clause["verdict"] for one in told["providers"] for clause in one["clauses"]}
    assert told["unmatched"]["count"] == 1
    (telnyx,) = (one for one in told["providers"] if one["provider"] == TELNYX)
    assert MAXIMUM in {change["clause"] for change in telnyx["rejudged"]}, (
        "it was a fail when it was recorded"
    )

    with ThreadPoolExecutor(3) as threads:
        assert reported(archive, executor=threads) == (told, error)
    assert reported(archive, executor=Backwards()) == (told, error)
    assert reported(archive, jobs=2) == (told, error)


def test_an_account_is_one_stream_whoever_reads_its_files(tmp_path: Path) -> None:
    # The second file alone does not show that a size which nobody sent has changed.
    folder = tmp_path / "archive"
    folder.mkdir()
    written(folder / "one.har", update(1, "KEY", ROOM, 5))
    name = json.dumps({"unique_name": "new"})
    changed = json.dumps({"data": {"id": ROOM, "unique_name": "new", "max_participants": 9}})
    later = update(2, "KEY", ROOM, 0)
    later["request"]["postData"]["text"], later["response"]["content"]["text"] = name, changed
    written(folder / "two.har", later)

    told, _ = reported(folder, executor=Backwards())
    (provider,) = told["providers"]
    assert "telnyx.update-room.behaviour.max_participants.unchanged" in {
        found["clause"] for found in provider["findings"]
    }


def test_only_a_replay_in_this_process_tells_of_each_interaction(archive: Path) -> None:
    seen: list[Event] = []
    with pytest.raises(UsageError, match="damaged"):
        roomproof.replay(archive, listeners=[seen.append], executor=Backwards())
    assert not [event for event in seen if isinstance(event, Judged)]
    steps = [event for event in seen if isinstance(event, Progressed)]
    assert [step.files for step in steps] == sorted(step.files for step in steps)
    recordings = [path for path in archive.rglob("*.*") if "verdicts" not in path.name]
    assert steps[-1].files == steps[-1].of == len(recordings)


# Workers that are gone.


class Breaking(Backwards):
    """An executor that is broken after some tasks."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.left = after

    def submit(self, fn: Any, /, *args: Any, **_: Any) -> Future[Any]:
        self.left -= 1
        if self.left < 0:
            raise BrokenExecutor
        if self.left % 2:
            future: Future[Any] = Future()
            future.set_exception(BrokenExecutor())
            return future
        return super().submit(fn, *args)


def test_what_a_broken_executor_leaves_is_judged_here(archive: Path) -> None:
    seen: list[Event] = []
    told = reported(archive)
    assert reported(archive, executor=Breaking(7)) == told
    with pytest.raises(UsageError, match="damaged"):
        roomproof.replay(archive, listeners=[seen.append], executor=Breaking(7))
    (remark,) = (event for event in seen if isinstance(event, Remarked))
    assert "in this process" in remark.text


class Lost:
    """A crew that loses everything."""

    def submit(self, *_: Any) -> Future[bytes]:
        future: Future[bytes] = Future()
        future.cancel()
        return future

    def again(self, *_: Any) -> bytes:
        raise WorkerLostError


def test_a_batch_that_kills_its_worker_is_told_and_keeps_no_other_from_its_own(archive: Path) -> None:
    worker = WorkerElsewhere(REGISTER, Lost(), 2)
    found = replaying.replay(sorted(archive.glob("*.har")), REGISTER, worker)
    assert found.heard == {}
    assert all(isinstance(problem, UnprovenError) for problem in found.problems)
    assert str(found.problems[0]).startswith(f"{archive / 'alone.har'}: the process that reads it was killed")


def test_a_process_that_ends_whatever_it_does_is_not_tried_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "deadly.py").write_text("import os\n\n\ndef step(*_):\n    os._exit(1)\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    from deadly import step  # type: ignore[import-not-found]

    with Processes(1) as processes:
        with pytest.raises(BrokenExecutor):
            processes.submit(step, "look", b"", b"").result()
        with pytest.raises(WorkerLostError):
            processes.again(step, "look", b"", b"")


# What goes from one process to another.


def test_a_look_comes_back_as_it_was(archive: Path) -> None:
    parcels = Parcels(REGISTER)
    found = look(sorted(archive.rglob("*.har")), REGISTER, lambda _: None)
    back = Parcels(unpacked_register(packed_register(REGISTER))).unpacked(parcels.packed(found))
    assert isinstance(back, Look)
    assert [one.path for one in back.others] == [one.path for one in found.others]
    assert [one.kinship for one in back.others] == [one.kinship for one in found.others]
    assert back.result.tally == found.result.tally


def test_a_contract_is_named_and_not_sent(archive: Path) -> None:
    parcels = Parcels(REGISTER)
    found = look(sorted((archive / "own").glob("*.yaml")), REGISTER, lambda _: None)
    record = parcels.unpacked(parcels.packed(found)).result.heard[TELNYX]
    assert record.contract is REGISTER.contracts[TELNYX][0]
    assert record.verdicts.verdicts() == found.result.heard[TELNYX].verdicts.verdicts()


class _Evil:
    def __init__(self, function: Any, *given: Any) -> None:
        self.function, self.given = function, given

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return self.function, self.given


@pytest.mark.parametrize(
    "data",
    [
        pickle.dumps(_Evil(os.system, "true")),
        pickle.dumps(_Evil(eval, "1")),
        pickle.dumps(_Evil(shutil.rmtree, "nowhere")),
        pickle.dumps(_Evil(roomproof.replay, "nowhere")),
        b"croomproof.files\nos.system\n(S'true'\ntR.",
        b"croomproof.cassettes.parcel\npickle\n.",
        b"",
        b"\x80\x05",
        b"no pickle",
    ],
)
def test_nothing_is_made_of_bytes_that_hold_anything_else(data: bytes) -> None:
    with pytest.raises(DamagedParcelError):
        Parcels(REGISTER).unpacked(data)
