"""How quickly a provider is verified: `python -m benchmarks.speed`. Every figure is a ratio, measured side by
side in one run.

Each part measures both sides in turn, several times, and compares medians. Nothing else should run on the
machine.
"""

from __future__ import annotations

import argparse
import http.client
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

from benchmarks.served import Sent, Served, served
from roomproof.cassettes.recording import open_recording
from roomproof.contract.model import Contract
from roomproof.interaction import Interaction
from roomproof.judge import validators
from roomproof.judge.judge import Judge
from roomproof.providers import contract_folders, find_contract
from roomproof.targets.credentials import scheme_from

PROVIDER = "telnyx"
BIN = Path(sys.executable).parent


def run(command: list[object], served: Served, folder: Path) -> float:
    """Run a command against a mock and return the moment when it was started."""
    began = time.time()
    subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env={**os.environ, **served.environment},
        capture_output=True,
        check=False,
    )
    return began


def verify(served: Served, *more: object, provider: str = PROVIDER) -> list[object]:
    """Return the command that verifies a mock."""
    room = ["--room-id", served.room_id] if served.room_id else []
    return [BIN / "roomproof", "verify", provider, "--base-url", served.base_url, *room, *more]


def stock(served: Served, folder: Path, examples: int) -> list[object]:
    """Return the command of stock Schemathesis on the same contract and mock."""
    contract = find_contract(PROVIDER)[0]
    config = folder / "schemathesis.toml"
    config.write_text(f'[parameters]\n{contract.room.parameter} = "{served.room_id}"\n', encoding="utf-8")
    proof = scheme_from(contract.credentials, served.environment).headers("GET", served.base_url, None)[0][1]
    path = contract_folders()[PROVIDER] / "openapi.yaml"
    words = [
        BIN / "st",
        "--config-file",
        config,
        "run",
        path,
        "--url",
        served.base_url,
        "-H",
        f"Authorization: {proof}",
    ]
    return [*words, "--max-examples", examples, "--no-color"]


def rate(moments: list[float]) -> float:
    """Return requests a second from the first to the last."""
    return (len(moments) - 1) / (moments[-1] - moments[0])


def sending(folder: Path, times: int) -> Iterator[str]:
    """Compare requests a second with stock Schemathesis and with a loop that sends the same requests and
    looks at nothing.

    Each has a mock of its own, since what is sent makes rooms and deletes them.
    """
    ours, theirs, bare, to_first, to_their_first = [], [], [], [], []
    with served(PROVIDER, keeping=True) as mock:
        run(verify(mock), mock, folder)
        requests = mock.requests()
    for _ in range(times):
        with served(PROVIDER) as mock:
            began = run(verify(mock), mock, folder)
            moments = mock.moments()
            ours.append(rate(moments))
            to_first.append(moments[0] - began)
        with served(PROVIDER) as mock:
            loop(mock, requests)
            bare.append(rate(mock.moments()))
        with served(PROVIDER) as mock:
            began = run(stock(mock, folder, 100), mock, folder)
            moments = mock.moments()
            theirs.append(rate(moments))
            to_their_first.append(moments[0] - began)
    yield f"| requests a second, verify : stock st run | {median(ours) / median(theirs):.1f} | at least 10 |"
    each = median(one / other for one, other in zip(ours, bare, strict=True))
    yield f"| requests a second, verify : bare keep-alive loop | {each:.2f} | at least 0.7 |"
    first = median(to_first)
    yield (
        f"| time to the first request, verify : stock st run | {first / median(to_their_first):.2f} | "
        f"(at most 0.3 s: {first:.2f} s) |"
    )


def loop(mock: Served, requests: list[Sent]) -> None:
    """Send requests as they were kept over one connection, and read the answers without looking at them."""
    connection = http.client.HTTPConnection(urlsplit(mock.origin).netloc)
    for request in requests:
        body = request.body.encode("latin-1")
        connection.request(request.method, request.target, body or None, dict(request.headers))
        connection.getresponse().read()
    connection.close()


def scaling(folder: Path, times: int) -> Iterator[str]:
    """Compare the cost of a request in a long run with that in a short one, and two providers at once with
    one after the other.

    Random cases cost more than enumerated ones, of which each run has the same number: so the cost of what is
    beyond these, too.
    """
    taken: dict[int, list[tuple[float, int]]] = {0: [], 500: [], 9_000: []}
    one, two = [], []
    with served(PROVIDER) as mock, served("signalwire") as other:
        for _ in range(times):
            for examples, runs in taken.items():
                mock.moments()
                run(verify(mock, "--max-examples", examples), mock, folder)
                moments = mock.moments()
                runs.append((moments[-1] - moments[0], len(moments)))
            both = [
                partial(run, verify(at, provider=name), at, folder)
                for name, at in ((PROVIDER, mock), ("signalwire", other))
            ]
            one.append(sum(map(timed, both)) / 2)
            two.append(timed(partial(together, both)))
    (fixed, least), (short, some), (long, many) = (
        (median(seconds for seconds, _ in runs), median(count for _, count in runs))
        for runs in taken.values()
    )
    yield (
        f"| cost of a request, 9,000 random cases : 500 | {long / many / (short / some):.2f} | at most 1.1 |"
    )
    beyond = (long - fixed) / (many - least) / ((short - fixed) / (some - least))
    yield f"| the same, without what every run sends | {beyond:.2f} | at most 1.1 |"
    yield (
        f"| time, two providers in two processes : one, on the average | "
        f"{median(two) / median(one):.2f} | at most 1.8 |"
    )


def together(works: list[Callable[[], Any]]) -> None:
    """Do some work at once."""
    with ThreadPoolExecutor(len(works)) as pool:
        for job in [pool.submit(work) for work in works]:
            job.result()


def generation(times: int, count: int = 400) -> Iterator[str]:
    """Compare payloads a second with Schemathesis' own generation, and with a strategy written by hand for
    the schema.
    """
    from roomproof_strategies import mutations, valid

    contract = find_contract(PROVIDER)[0]
    schema = contract.operations[0].body.schema
    anchor = datetime.now(UTC) + timedelta(days=20)
    sides = {
        "valid": lambda: draw(valid(schema, {}, anchor=anchor), count),
        "by hand": lambda: draw(by_hand(), count),
        "floor": lambda: draw(floor(), count),
        "invalid": lambda: draw(mutations(schema, {}, anchor=anchor), count),
        "st valid": lambda: draw(schemathesis_cases(contract, negative=False), count),
        "st invalid": lambda: draw(schemathesis_cases(contract, negative=True), count),
    }
    taken: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(times):
        for name, side in sides.items():
            began = time.perf_counter()
            side()
            taken[name].append(time.perf_counter() - began)
    each = {name: median(seconds) for name, seconds in taken.items()}
    yield f"| valid payloads a second : Schemathesis | {each['st valid'] / each['valid']:.1f} | at least 3 |"
    yield (
        f"| invalid payloads a second : Schemathesis, negative mode | "
        f"{each['st invalid'] / each['invalid']:.1f} | at least 3 |"
    )
    yield (
        f"| valid payloads a second : a strategy by hand | {each['by hand'] / each['valid']:.2f} | at "
        f"least 0.9 |"
    )
    yield (
        f"| valid payloads a second : a single integer (Hypothesis' floor) | "
        f"{each['floor'] / each['valid']:.2f} | |"
    )


def judging(folder: Path, times: int) -> Iterator[str]:
    """Compare what jsonschema-rs takes for the questions of a recorded run with all that judging it takes."""
    with served(PROVIDER) as mock:
        run(verify(mock, "--record", "run.yaml"), mock, folder)
    contract = find_contract(PROVIDER)[0]
    interactions = list(open_recording(folder / "run.yaml").interactions())
    asked = questions(contract, interactions)
    judged, validated = [], []
    for _ in range(times):
        judged.append(timed(lambda: judge_all(contract, interactions)))
        validated.append(timed(lambda: [question(value) for question, value in asked]))
    rate, each = len(interactions) / median(judged), len(asked) / len(interactions)
    what = f"judging ({rate:,.0f} judgements a second, {each:.0f} questions each)"
    yield f"| time of jsonschema-rs : {what} | {ratio(validated, judged):.2f} | |"


def ratio(one: list[float], other: list[float]) -> float:
    """Return the ratio of two medians."""
    return median(one) / median(other)


def judge_all(contract: Contract, interactions: list[Interaction]) -> None:
    """Judge a stream from its start."""
    judge = Judge(contract)
    for interaction in interactions:
        judge.see(interaction)


def questions(contract: Contract, interactions: list[Interaction]) -> list[tuple[Callable[[Any], bool], Any]]:
    """Return what the judge asks jsonschema-rs about a stream: the validator's own method, and the value."""
    asked: list[tuple[Callable[[Any], bool], Any]] = []

    @dataclass
    class Asking:
        real: Any

        def is_valid(self, value: Any) -> bool:
            asked.append((self.real.is_valid, value))
            return bool(self.real.is_valid(value))

    with patch.object(
        validators, "validator", lambda schema, real=validators.validator: Asking(real(schema))
    ):
        judge_all(contract, interactions)
    return asked


def draw(strategy: Any, count: int) -> None:
    """Draw examples as a run does."""
    from hypothesis import HealthCheck, Phase, given, seed, settings

    chosen = settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )

    @seed(0)
    @chosen
    @given(strategy)
    def every(_: Any) -> None:
        return

    every()


def by_hand() -> Any:
    """What somebody who knows Hypothesis would write for the schema of Telnyx's update."""
    from hypothesis import strategies as st

    urls = st.builds(
        "https://{}.example.com/{}".format,
        st.text("abcdefgh", min_size=1, max_size=8),
        st.text("abcdefgh", max_size=8),
    )
    fields = {
        "unique_name": st.text(max_size=40),
        "max_participants": st.integers(2, 50),
        "enable_recording": st.booleans(),
        "webhook_event_url": urls,
        "webhook_event_failover_url": st.none() | urls,
        "webhook_timeout_secs": st.none() | st.integers(0, 30),
    }
    return st.fixed_dictionaries({}, optional=fields)


def floor() -> Any:
    """The least that Hypothesis can draw."""
    from hypothesis import strategies as st

    return st.integers(0, 100)


def schemathesis_cases(contract: Contract, *, negative: bool) -> Any:
    """Schemathesis' own strategy for the contract's operation."""
    import schemathesis
    from schemathesis import GenerationMode

    operation = contract.operations[0]
    schema = schemathesis.openapi.from_path(str(contract_folders()[contract.provider] / "openapi.yaml"))
    mode = GenerationMode.NEGATIVE if negative else GenerationMode.POSITIVE
    return schema[operation.path][operation.method].as_strategy(generation_mode=mode)


def starting(folder: Path, times: int) -> Iterator[str]:
    """Compare the time of `roomproof --help` with that of Python itself."""
    ours, python = [], []
    for _ in range(times):
        ours.append(
            timed(
                lambda: subprocess.run(
                    [BIN / "roomproof", "--help"], capture_output=True, check=True, cwd=folder
                )
            )
        )
        python.append(
            timed(
                lambda: subprocess.run(
                    [sys.executable, "-c", "import typer"], capture_output=True, check=True, cwd=folder
                )
            )
        )
    yield (
        f"| roomproof --help : python importing typer | {median(ours) / median(python):.2f} | (at "
        f"most 0.25 s: {median(ours):.2f} s) |"
    )


def timed(work: Callable[[], Any]) -> float:
    """Return the seconds that some work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--times", type=int, default=5, help="how often each side is measured")
    parser.add_argument(
        "--only", choices=("sending", "scaling", "generation", "judging", "starting"), help="one part"
    )
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        parts: dict[str, Callable[[], Iterator[str]]] = {
            "sending": lambda: sending(folder, asked.times),
            "generation": lambda: generation(asked.times),
            "judging": lambda: judging(folder, asked.times),
            "starting": lambda: starting(folder, asked.times),
            "scaling": lambda: scaling(folder, asked.times),
        }
        print("| ratio | measured | goal |\n|---|---|---|")
        for part, lines in parts.items():
            if asked.only in (None, part):
                for line in lines():
                    print(line, flush=True)


if __name__ == "__main__":
    main()
