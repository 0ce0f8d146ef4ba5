"""How an archive is judged by several workers: `python -m benchmarks.scale`. Every figure is a ratio,
measured side by side in one run; the report has to be the same each time.

| part | measures |
|---|---|
| workers | the same archive judged by one process, by two, by four, and by two workers of dask |
| killed | by two processes of which one is killed on the way: the report, and the time it costs |
| memory | the largest process for the whole archive against a tenth of it |
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from statistics import median

from benchmarks.cassettes import written
from roomproof.cassettes.recording import open_recording

PROVIDERS = ("azure", "carrierx", "signalwire", "telnyx")
BIN = Path(sys.executable).parent
DISTINCT = 200
"""So many files are written; an archive has copies of them."""
EACH = 100
"""Interactions in a file."""


@dataclass(frozen=True)
class Judged:
    """How an archive was judged: seconds, the largest process in MB, and a digest of the report without its
    times.
    """

    seconds: float
    megabytes: float
    digest: str


def recorded(folder: Path) -> list[Path]:
    """Record a run against each mock, and write files of a hundred interactions of them."""
    runs = []
    for provider in PROVIDERS:
        path = folder / f"{provider}.yaml"
        words = ("verify", provider, "--max-examples", "60", "--record", str(path))
        subprocess.run([BIN / "roomproof", *words], check=False, capture_output=True)
        runs.append(list(open_recording(path).interactions()))
    files = []
    for number in range(DISTINCT):
        run = runs[number % len(runs)]
        calls = islice(cycle(run), number * 37 % len(run), number * 37 % len(run) + EACH)
        files.append(written(folder / f"{number:05}.json", calls, PROVIDERS[number % len(PROVIDERS)]))
    return files


def archive(folder: Path, files: list[Path], count: int) -> Path:
    """Make an archive of so many files."""
    for number in range(count):
        below = folder / f"{number // 500:04}"
        below.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(files[number % len(files)], below / f"{number:06}.json")
    return folder


def judged(folder: Path, *words: str, kill: bool = False) -> Judged:
    """Judge an archive by the command line; `kill`: one of its processes, after some time."""
    report = folder.parent / "report.json"
    began = time.perf_counter()
    command = [str(BIN / "roomproof"), "replay", str(folder), *words, "--json", str(report)]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peaks = [0.0]
    watching = threading.Thread(target=watch, args=(running, peaks, kill))
    watching.start()
    running.wait()
    seconds = time.perf_counter() - began
    watching.join()
    told = json.loads(report.read_text(encoding="utf-8"))
    for provider in told["providers"]:
        del provider["seconds"], provider["started"]
    return Judged(seconds, max(peaks), hashlib.sha256(json.dumps(told).encode()).hexdigest()[:12])


def watch(running: subprocess.Popen[bytes], peaks: list[float], kill: bool) -> None:
    """Note the peaks of memory of a command and of its processes; kill one of these after five seconds."""
    began = time.monotonic()
    while running.poll() is None:
        family = [running.pid, *children(running.pid)]
        peaks += [peak for pid in family if (peak := peak_of(pid))]
        if kill and len(family) > 1 and time.monotonic() > began + 5:
            os.kill(family[-1], signal.SIGKILL)
            kill = False
        time.sleep(0.1)


def children(pid: int) -> list[int]:
    """Return the processes that a command has started."""
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def peak_of(pid: int) -> float:
    """Return the greatest memory of a process so far, in MB."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next(
        (int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0.0
    )


@contextmanager
def dask_cluster(workers: int) -> Iterator[str]:
    """Yield the address of a cluster of dask on this machine."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=workers, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
    ) as cluster:
        yield cluster.scheduler_address.replace("tcp://", "dask://")


def workers(folder: Path, times: int) -> Iterator[str]:
    """Compare workers, in turn."""
    with dask_cluster(2) as address:
        ways = {
            "one process": (),
            "two processes": ("--jobs", "2"),
            "four processes": ("--jobs", "4"),
            "two workers of dask": ("--executor", address),
        }
        found: dict[str, list[Judged]] = {name: [] for name in ways}
        for _ in range(times):
            for name, words in ways.items():
                found[name].append(judged(folder, *words))
    one = median(run.seconds for run in found["one process"])
    digests = {run.digest for runs in found.values() for run in runs}
    goals = {"two processes": "at least 1.8", "four processes": "", "two workers of dask": "at least 1.6"}
    for name, goal in goals.items():
        ratio = one / median(run.seconds for run in found[name])
        yield f"| one process : {name}, time | {ratio:.2f} | {goal} |"
    yield f"| different reports | {len(digests)} | 1 |"
    for name in ways:
        yield f"| largest process, {name} | {max(run.megabytes for run in found[name]):.0f} MB | 150 MB |"


def killed(folder: Path) -> Iterator[str]:
    """Compare with a run of which one process is killed."""
    whole, cut = judged(folder, "--jobs", "2"), judged(folder, "--jobs", "2", kill=True)
    same = "the same report" if whole.digest == cut.digest else "ANOTHER REPORT"
    yield f"| two processes, one killed : none killed, time | {cut.seconds / whole.seconds:.2f}, {same} | |"


def memory(whole: Path, tenth: Path) -> Iterator[str]:
    """Compare the memory for an archive and for a tenth of it."""
    more, less = judged(whole, "--jobs", "2"), judged(tenth, "--jobs", "2")
    yield f"| largest process, all : a tenth | {more.megabytes / less.megabytes:.2f} | flat |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, default=1_000, help="files of a hundred interactions each")
    parser.add_argument("--times", type=int, default=3, help="how often each side is measured")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = recorded(folder)
        whole = archive(folder / "whole", files, asked.files)
        tenth = archive(folder / "tenth", files, asked.files // 10)
        print(
            f"| {asked.files * EACH:,} interactions, {asked.files:,} files | measured | goal |\n|---|---|---|"
        )
        for lines in (workers(whole, asked.times), killed(whole), memory(whole, tenth)):
            for line in lines:
                print(line, flush=True)


if __name__ == "__main__":
    main()
