"""What others find in the same traffic, and what it costs: `python -m benchmarks.peers telnyx`. CPU time is
told as a ratio to `roomproof replay`, measured in turn.

| peer | runs |
|---|---|
| openapi-core | `iter_request_errors` and `iter_response_errors`, schemas cached; `--core` names its Python |
| Schemathesis | `case.validate_response` with the checks that need a response alone |
| Prism | `prism proxy` before a server that plays the recorded responses; `--prism` names the program |
| Redocly | `redocly drift` over the traffic as HAR; `--redocly` names the program |

A run of `roomproof verify --max-examples 0` is recorded against the faultless mock, and against every
`--step`-th fault that has a short name. Each tool judges the recordings by the same contract. A fault counts
as found if something is reported that is not reported of the faultless traffic, values left out. To be fair,
a request that a peer finds unsound and the provider accepts counts as a finding of the peer, though it does
not put these two together itself. The peers are no dependencies of this project: one that is not named is
shown as not installed.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.peer_proxy import proxied
from benchmarks.power import chosen
from benchmarks.traffic import FAULTLESS, ORIGIN, Work, prepared
from roomproof.cassettes.replay import Register, replay
from roomproof.providers import find_contract, find_mock
from roomproof.verdict import Verdict

OURS = "roomproof replay"
_HERE = Path(__file__).parent


@dataclass
class Told:
    """What one tool said: CPU seconds of an exchange in each round, and what it found in each recording."""

    seconds: list[float] = field(default_factory=list)
    found: dict[str, frozenset[str]] = field(default_factory=dict)
    warned: dict[str, frozenset[str]] = field(default_factory=dict)
    missing: str = ""

    def caught(self) -> set[str]:
        """Return the faults of which it says something that it does not say of the faultless traffic."""
        return {fault for fault, kinds in self.found.items() if kinds - self.found[FAULTLESS]}


def ours(work: Work) -> Iterator[Told]:
    """Judge the recordings as `roomproof replay` does; what is timed includes reading the file."""

    def judged(path: Path) -> tuple[frozenset[str], frozenset[str]]:
        heard = replay([path], Register({work.provider: find_contract(work.provider)})).heard[work.provider]
        broken = heard.verdicts.findings()
        return tuple(  # type: ignore[return-value]
            frozenset(one.clause.id for one in broken if one.verdict is verdict)
            for verdict in (Verdict.FAIL, Verdict.WARNING)
        )

    faultless = work.files[FAULTLESS].cassette
    judged(faultless)
    began = time.process_time()
    judged(faultless)
    told = Told([(time.process_time() - began) / work.size])
    yield told
    for fault, traffic in work.files.items():
        told.found[fault], told.warned[fault] = judged(traffic.cassette)
    yield told


def openapi_core(python: str, work: Work) -> Iterator[Told]:
    """Have openapi-core validate the exchanges in a process of its own."""
    command = [
        python,
        str(_HERE / "openapi_core_peer.py"),
        str(work.contract),
        str(work.files[FAULTLESS].plain),
    ]

    def run(*more: Path) -> Any:
        done = subprocess.run([*command, *map(str, more)], capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    told = Told([run()["seconds"] / work.size])
    yield told
    found = run(*(traffic.plain for traffic in work.files.values()))["found"]
    told.found = {fault: frozenset(kinds) for fault, kinds in zip(work.files, found, strict=True)}
    yield told


def schemathesis(work: Work) -> Iterator[Told]:
    """Have Schemathesis validate the responses."""
    import requests
    import schemathesis.checks as basic
    import schemathesis.openapi as openapi
    import schemathesis.specs.openapi.checks as checks
    from schemathesis.core.failures import FailureGroup
    from schemathesis.core.transport import Response

    schema = openapi.from_path(work.contract)
    asked = [
        basic.not_a_server_error,
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_headers_conformance,
        checks.response_schema_conformance,
    ]

    def paired(path: Path) -> list[tuple[Any, Any, str]]:
        pairs = []
        for one in json.loads(path.read_text(encoding="utf-8")):
            method, template = one["place"].split(" ", 1)
            request = requests.Request(method, ORIGIN).prepare()
            # Only the names matter: a case without its parameters is refused.
            names = dict.fromkeys(re.findall(r"\{(\w+)\}", template), "x")
            got: dict[str, list[str]] = {}
            for name, value in one["response_headers"]:
                got.setdefault(name.lower(), []).append(value)
            body = (one["response_body"] or "").encode("utf-8", "surrogateescape")
            response = Response(one["status"], got, body, request, 0.01, verify=True)
            pairs.append(
                (
                    schema[template][method].Case(path_parameters=names),
                    response,
                    f"{one['place']} {one['status']}",
                )
            )
        return pairs

    def judged(pairs: list[tuple[Any, Any, str]]) -> frozenset[str]:
        found: set[str] = set()
        for case, response, place in pairs:
            try:
                case.validate_response(response, checks=asked)
            except FailureGroup as failures:
                found.update(f"{place} {_failure(one)}" for one in failures.exceptions)
        return frozenset(found)

    faultless = paired(work.files[FAULTLESS].plain)
    judged(faultless)
    began = time.process_time()
    judged(faultless)
    told = Told([(time.process_time() - began) / work.size])
    yield told
    told.found = {fault: judged(paired(traffic.plain)) for fault, traffic in work.files.items()}
    yield told


def _failure(failure: Any) -> str:
    """Return the kind of a failure of Schemathesis, with its place in the body."""
    place = getattr(failure, "instance_path", ())
    keyword = [step for step in getattr(failure, "schema_path", ()) if not str(step).isdigit()][-1:]
    missing = re.match(r'"[^"]+" is a required', getattr(failure, "validation_message", "") or "")
    steps = ".".join("*" if isinstance(step, int) else str(step) for step in place)
    return (
        f"{type(failure).__name__} {steps} {''.join(map(str, keyword))} {missing.group() if missing else ''}"
    )


def prism(program: str, work: Work) -> Iterator[Told]:
    """Send the exchanges through Prism."""
    with proxied(program, work.contract, find_mock(work.provider).prefix) as through:
        through(work.files[FAULTLESS].plain)
        seconds, _ = through(work.files[FAULTLESS].plain)
        told = Told([seconds / work.size])
        yield told
        told.found = {fault: through(traffic.plain)[1] for fault, traffic in work.files.items()}
        yield told


def drift(program: str, work: Work) -> Iterator[Told]:
    """Run `redocly drift`; its start, measured with one exchange, is not counted."""
    server = ORIGIN + find_mock(work.provider).prefix

    def run(archive: Path, target: str) -> tuple[float, frozenset[str]]:
        out = archive.with_suffix(".drift")
        command = [program, "drift", str(archive), "--api", str(work.contract), "--server", server]
        command += ["--format", "json", "--output", str(out)]
        before = os.times()
        subprocess.run(command, capture_output=True, check=False)
        after = os.times()
        seconds = after.children_user + after.children_system - before.children_user - before.children_system
        problems = json.loads(out.read_text(encoding="utf-8"))["problems"]
        return seconds, frozenset(_drifted(one) for one in problems if one["target"] == target)

    faultless = work.files[FAULTLESS]
    whole = json.loads(faultless.har.read_text(encoding="utf-8"))
    whole["log"]["entries"] = whole["log"]["entries"][:1]
    alone = faultless.har.with_name("alone.har")
    alone.write_text(json.dumps(whole), encoding="utf-8")
    told = Told([(run(faultless.har, "")[0] - run(alone, "")[0]) / (work.size - 1)])
    yield told
    for fault, traffic in work.files.items():
        responses, accepted = run(traffic.har, "response")[1], run(traffic.accepted, "request")[1]
        told.found[fault] = responses | frozenset(f"accepted: {kind}" for kind in accepted)
    yield told


def _drifted(problem: dict[str, Any]) -> str:
    """Return the kind of a problem of Redocly, without the values that it quotes."""
    details = problem.get("details") or {}
    kind = problem.get("schemaPath") or re.sub(r'[0-9]+|"[^"]*"', "*", details.get("summary", ""))[:80]
    missing = (details.get("params") or {}).get("missingProperty", "")
    place = re.sub(r"[0-9]+", "*", problem.get("dataPath") or "")
    return f"{problem['operationId']} {problem['status']} {problem['ruleId']} {place} {kind} {missing}"


def compared(
    tools: dict[str, Callable[..., Iterator[Told]] | None], work: Work, times: int
) -> dict[str, Told]:
    """Time the tools in turn, so many times, then have each judge every recording."""
    told: dict[str, Told] = {}
    for number in range(times):
        for name, tool in tools.items():
            if tool is None:
                told[name] = Told(missing="not installed")
                continue
            running = tool(work)
            timed = next(running)
            seconds = [*told[name].seconds, *timed.seconds] if name in told else timed.seconds
            told[name] = next(running) if number == times - 1 else timed
            told[name].seconds = seconds
    return told


def rows(provider: str, told: dict[str, Told]) -> Iterator[str]:
    """Yield a row for each tool."""
    mine = told[OURS]
    faults = len(mine.found) - 1
    for name, one in told.items():
        if one.missing:
            yield f"| {provider} | {name} | {one.missing} | | | | |"
            continue
        caught = one.caught()
        alone = caught - mine.caught()
        warned = {fault for fault in alone if mine.warned[fault] - mine.warned[FAULTLESS]}
        cost = f"{median(one.seconds) / median(mine.seconds):.2f}"
        by_it = f"{len(alone)} ({len(warned)} warned of by replay)"
        cells = [provider, name, cost, f"{len(caught)} of {faults}", str(len(mine.caught() - caught)), by_it]
        yield f"| {' | '.join(cells)} | {len(one.found[FAULTLESS])} |"


def details(provider: str, told: dict[str, Told]) -> Iterator[str]:
    """Yield which faults a peer finds alone, and how, and what it says of the faultless traffic."""
    mine = told[OURS]
    for name, one in told.items():
        if one.missing:
            continue
        for fault in sorted(one.caught() - mine.caught()):
            new = sorted(one.found[fault] - one.found[FAULTLESS])
            warned = sorted(mine.warned[fault] - mine.warned[FAULTLESS])
            yield f"- {provider} {fault}: {name} says {new[:3]}; we warn of {warned[:3]}."
        yield f"- {provider} {name}, on faultless traffic: {sorted(one.found[FAULTLESS])}"
    missed = sorted(set(mine.found) - {FAULTLESS} - mine.caught())
    yield f"- {provider}: replay has no fail for {missed}."


def main() -> None:
    """Print the table, and what is behind it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("providers", nargs="*", default=["telnyx"])
    parser.add_argument("--step", type=int, default=10, help="every so-many-th fault with a short name")
    parser.add_argument("--times", type=int, default=3, help="rounds of timing")
    parser.add_argument("--core", default="", help="a Python that has openapi-core")
    parser.add_argument("--prism", default="", help="the program prism")
    parser.add_argument("--redocly", default="", help="the program redocly")
    parser.add_argument("--folder", type=Path, help="keeps the recordings for the next run")
    asked = parser.parse_args()
    tools: dict[str, Callable[..., Iterator[Told]] | None] = {OURS: ours}
    for name, program, run in (
        ("openapi-core", asked.core, openapi_core),
        ("Prism", asked.prism, prism),
        ("Redocly drift", asked.redocly, drift),
    ):
        tools[name] = partial(run, program) if shutil.which(program) else None
    tools["Schemathesis"] = schemathesis
    print("| traffic | tool | CPU time : replay | faults found | only by replay | only by it | faultless |")
    print("|---|---|---|---|---|---|---|")
    behind: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        for provider in asked.providers:
            folder = (asked.folder or Path(name)) / provider
            folder.mkdir(parents=True, exist_ok=True)
            faults = [fault.id for fault in chosen(provider, every=False)[:: asked.step]]
            told = compared(tools, prepared(provider, faults, folder), asked.times)
            for row in rows(provider, told):
                print(row, flush=True)
            behind += details(provider, told)
    print("\n" + "\n".join(behind))


if __name__ == "__main__":
    main()
