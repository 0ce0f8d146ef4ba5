"""A cluster of dask judges: the report is the same, also where one of its workers is killed meanwhile."""

from __future__ import annotations

import json
import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import roomproof
from roomproof.api import as_json
from roomproof.cassettes import replay as replaying
from roomproof.errors import UnreachableError
from roomproof.providers import bundled


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, silence_logs=50
    ) as found:
        yield found


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for number in range(3):
        shutil.copytree(bundled("cassettes") / "telnyx" / "mock", tmp_path / "archive" / f"{number}")
    monkeypatch.setattr(replaying, "BATCH_FILES", 3)
    return tmp_path / "archive"


def reported(archive: Path, **settings: Any) -> Any:
    told = json.loads(as_json(roomproof.replay(archive, **settings)))
    for provider in told["providers"]:
        del provider["seconds"], provider["started"]
    return told


def test_a_cluster_says_what_one_process_says(archive: Path, cluster: Any) -> None:
    address = cluster.scheduler_address.replace("tcp://", "dask://")
    whole = reported(archive)
    assert reported(archive, executor=address) == whole

    pids = [worker["pid"] if isinstance(worker, dict) else worker.pid for worker in cluster.workers.values()]
    killer = threading.Thread(target=lambda: (time.sleep(0.3), os.kill(pids[0], signal.SIGKILL)))
    killer.start()
    assert reported(archive, executor=address) == whole
    killer.join()


def test_nobody_at_the_address_of_a_cluster_is_said(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("roomproof.runs.executors._PATIENCE", 0.2)
    with pytest.raises(UnreachableError, match="no scheduler answers there"):
        roomproof.replay(archive, executor="dask://127.0.0.1:9")
