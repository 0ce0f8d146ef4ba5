"""How quickly recordings are judged: `python -m benchmarks.cassettes`. Every figure is a ratio, measured side
by side in one run.

| part | measures |
|---|---|
| length | judging 100,000 interactions against judging 1,000: time for each interaction, memory |
| floor | `replay` against parsing the same file and validating each body with jsonschema-rs, no more |
| peers | `replay` against playing the cassette through vcrpy, and validating with jsonschema |
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import Any

import orjson
import yaml

from roomproof.cassettes.recorder import Recorder
from roomproof.cassettes.recording import open_recording
from roomproof.cassettes.redaction import Redactor
from roomproof.cassettes.replay import Register, replay
from roomproof.interaction import Interaction, RoomKnowledge
from roomproof.judge.judged_interaction import read_json
from roomproof.providers import find_contract, find_mock

PROVIDER = "telnyx"
TIMES = 5


def recorded(folder: Path) -> list[Interaction]:
    """Record a run against the mock and return what it sent about the first room: a stream that can be
    repeated.
    """
    path = folder / "run.yaml"
    words = ("verify", PROVIDER, "--max-examples", "60", "--record", str(path))
    subprocess.run([Path(sys.executable).parent / "roomproof", *words], check=True, capture_output=True)
    room = find_mock(PROVIDER).room_id or ""
    return [
        item
        for item in open_recording(path).interactions()
        if item.request.room is RoomKnowledge.EXISTS and room in item.request.url
    ]


def written(path: Path, interactions: Iterator[Interaction], provider: str = PROVIDER) -> Path:
    """Record some interactions into a new cassette."""
    recorder = Recorder(path, {"provider": provider}, Redactor((), live=False))
    for interaction in interactions:
        recorder.keep(interaction)
    recorder.close()
    return path


def timed(work: Callable[[], Any], times: int = TIMES) -> float:
    """Return the median of some runs, in seconds."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return median(taken)


def judge_file(path: Path) -> None:
    """Do what `roomproof replay` does with a file, without a report."""
    contract = find_contract(PROVIDER)
    found = replay([path], Register({PROVIDER: contract}))
    assert not found.problems, found.problems
    assert found.heard[PROVIDER].interactions


def child(path: Path) -> tuple[float, float]:
    """Judge a file in a process of its own; return seconds and the greatest memory in MB."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.cassettes", "--child", str(path)],
        check=True,
        capture_output=True,
        text=True,
    )
    seconds, megabytes = json.loads(done.stdout)
    return seconds, megabytes


def length(folder: Path, stream: list[Interaction], long: int) -> Iterator[str]:
    """Compare a short and a long recording, interaction for interaction."""
    sizes = (1_000, long)
    paths = [written(folder / f"{size}.yaml", islice(cycle(stream), size)) for size in sizes]
    runs = [[child(path) for path in paths] for _ in range(TIMES)]
    each = [median(run[index][0] for run in runs) / size for index, size in enumerate(sizes)]
    memory = [median(run[index][1] for run in runs) for index in range(2)]
    yield f"| judging {long:,} interactions : 1,000, time for each | {each[1] / each[0]:.2f} | at most 1.2 |"
    yield f"| judging {long:,} interactions : 1,000, greatest memory | {memory[1] / memory[0]:.2f} | flat |"


def floor(folder: Path, stream: list[Interaction]) -> Iterator[str]:
    """Compare with parsing and validating alone, in YAML and in JSON."""
    import jsonschema_rs

    schema = dict(find_contract(PROVIDER)[0].operations[0].success.schema or {})
    validator = jsonschema_rs.validator_for(schema, validate_formats=True)
    loaders: dict[str, Callable[[str], Any]] = {
        ".yaml": lambda text: yaml.load(text, Loader=yaml.CSafeLoader),
        ".json": orjson.loads,
    }
    for suffix, load in loaders.items():
        path = written(folder / f"floor{suffix}", islice(cycle(stream), 1_000))

        def least(path: Path = path, load: Callable[[str], Any] = load) -> None:
            for node in load(path.read_text())["interactions"]:
                try:
                    body = orjson.loads(node["response"]["body"]["string"])
                except orjson.JSONDecodeError:
                    continue
                validator.is_valid(body)

        ratio = timed(lambda path=path: judge_file(path)) / timed(least)  # type: ignore[misc]
        yield f"| replay : parsing{suffix} and validating, 1,000 interactions | {ratio:.2f} | at most 2 |"


def peers(folder: Path, stream: list[Interaction], count: int) -> Iterator[str]:
    """Compare with playing the cassette through vcrpy, every request matched by its body, and validating with
    jsonschema.
    """
    import jsonschema
    import urllib3
    import vcr

    # vcrpy parses every body that it compares, and stumbles over those that are no JSON or are deep.
    plain = [item for item in stream if isinstance(read_json(item.request.body), dict)]
    path = written(folder / "peers.yaml", islice(cycle(plain), count))
    told = list(open_recording(path).interactions())
    validator = jsonschema.Draft202012Validator(
        find_contract(PROVIDER)[0].operations[0].success.schema or {},
        format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
    )

    def play() -> None:
        with vcr.use_cassette(str(path), record_mode="none", match_on=["method", "uri", "body"]):
            pool = urllib3.PoolManager(retries=False)
            for item in told:
                response = pool.request(
                    item.request.method,
                    item.request.url,
                    body=item.request.body,
                    headers=dict(item.request.headers),
                )
                try:
                    list(validator.iter_errors(response.json()))
                except ValueError:
                    continue

    ratio = timed(play, times=1) / timed(lambda: judge_file(path))
    yield (
        f"| vcrpy with body matching and jsonschema : replay, {count:,} interactions on one URI | "
        f"{ratio:.0f} | at least 100 |"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--long", type=int, default=100_000, help="interactions in the long recording")
    parser.add_argument(
        "--peers", type=int, default=1_000, help="interactions that vcrpy plays, which takes minutes"
    )
    asked = parser.parse_args()
    if asked.child:
        began = time.perf_counter()
        judge_file(asked.child)
        print(
            json.dumps(
                [time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]
            )
        )
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        stream = recorded(folder)
        print("| ratio | measured | goal |\n|---|---|---|")
        for lines in (
            floor(folder, stream),
            peers(folder, stream, asked.peers),
            length(folder, stream, asked.long),
        ):
            for line in lines:
                print(line, flush=True)


if __name__ == "__main__":
    main()
