"""What a verification catches: `python -m benchmarks.power`. Faults of every mock, beside stock Schemathesis
on the same servers.

For each fault the provider is verified with default settings, once a seed, until the first finding; stock
`st run` gets the same contract, the same faulty server and at least as many requests as a whole run sends. A
fault counts as caught by stock Schemathesis if `st run` reports a failure that it does not report of the
faultless mock.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from benchmarks.served import served
from roomproof.contract.clause import Level
from roomproof.contract.model import Contract
from roomproof.engine.run import Options, Run, Subject
from roomproof.engine.session import CutShortError
from roomproof.events import Answered, Event
from roomproof.mocks import Fault
from roomproof.providers import contract_folders, find_contract, find_faults, find_mock, find_special
from roomproof.targets.credentials import scheme_from, unscoped_from
from roomproof.targets.http import HttpTarget
from roomproof.targets.serve import mock_process
from roomproof.verdict import Verdict

FALSE_ALARM_SEEDS = 20
EXAMPLES = 800
"""Random cases an operation that stock Schemathesis is allowed: enough to send what a whole run sends."""
_FAILURE = re.compile(r"^- (?:ST\d+ )?(.+?)(?: \(\d+ violations\))?$|^    (Schema at .+):$", re.MULTILINE)


@dataclass(frozen=True)
class Trial:
    """One fault under one seed: the gravest finding (`fail`, `warning` or none), and the requests sent until
    it showed.
    """

    provider: str
    fault: str
    kind: str
    documented: bool
    seed: int
    verdict: str
    requests: int

    @property
    def caught(self) -> bool:
        """Whether it was found as surely as its clauses can be: what a document says as a fail, the rest at
        least as a warning.
        """
        return self.verdict == "fail" or (self.verdict == "warning" and not self.documented)


def documented(fault: Fault, contract: Contract) -> bool:
    """Whether a fault breaks a clause that the documents state: then it must be a fail."""
    return any(contract.clauses[clause].level is Level.DOCUMENTED for clause in fault.clauses)


def chosen(provider: str, *, every: bool) -> list[Fault]:
    """Return the faults of a provider's mock that have a short name, or all of them: most are made by
    operators, clause by clause.
    """
    return [fault for fault in find_faults(provider).values() if every or "." not in fault.id]


def verify(provider: str, fault_id: str | None, seed: int, enough: frozenset[Verdict]) -> tuple[str, int]:
    """Verify a mock until the first finding of some verdicts; return the gravest finding and the requests
    sent.
    """
    contract, deviations = find_contract(provider)
    with mock_process(provider, fault_id) as serving:
        scheme = scheme_from(contract.credentials, serving.environment)
        unscoped = unscoped_from(contract.credentials, scheme, serving.environment)
        target = HttpTarget(serving.base_url)
        subject = Subject(
            contract, deviations, find_special(provider), target, scheme, unscoped, serving.room_id, ours=True
        )

        def found() -> bool:
            return any(
                not enough.isdisjoint(record.broken)
                for record in run.session.result.verdicts.records.values()
            )

        def stop(event: Event) -> None:
            if isinstance(event, Answered) and found():
                raise CutShortError("found")

        run = Run(subject, Options(seed=seed), stop)
        result = run.verify()
    found_at_all = {finding.verdict for finding in result.verdicts.findings()}
    return next(
        (verdict.value for verdict in (Verdict.FAIL, Verdict.WARNING) if verdict in found_at_all), ""
    ), result.requests


def stock(provider: str, fault_id: str | None) -> frozenset[str]:
    """Run stock Schemathesis against a mock and return the kinds of failure that it reports, and the places
    in the schema.
    """
    contract = find_contract(provider)[0]
    path = contract_folders()[provider] / "openapi.yaml"
    with (
        served(provider, fault_id or "", documented_only=True) as serving,
        tempfile.TemporaryDirectory() as name,
    ):
        folder = Path(name)
        (folder / "rooms.toml").write_text(
            f'[parameters]\n{contract.room.parameter} = "{serving.room_id}"\n', encoding="utf-8"
        )
        proof = scheme_from(contract.credentials, serving.environment).headers("GET", serving.base_url, None)[
            0
        ][1]
        words = [
            Path(sys.executable).with_name("st"),
            "--config-file",
            "rooms.toml",
            "run",
            path,
            "--url",
            serving.base_url,
        ]
        words += [
            "-H",
            f"Authorization: {proof}",
            "--max-examples",
            str(EXAMPLES),
            "--seed",
            "1",
            "--continue-on-failure",
            "--no-color",
        ]
        told = subprocess.run(
            [str(word) for word in words],
            cwd=folder,
            capture_output=True,
            text=True,
            env={**os.environ, "COLUMNS": "200"},
            check=False,
        ).stdout
    return frozenset(title or place for title, place in _FAILURE.findall(told))


def trial(work: tuple[str, str, str, bool, int]) -> Trial:
    """Verify one faulty mock."""
    provider, fault, kind, is_documented, seed = work
    enough = frozenset((Verdict.FAIL,)) if is_documented else frozenset((Verdict.FAIL, Verdict.WARNING))
    return Trial(provider, fault, kind, is_documented, seed, *verify(provider, fault, seed, enough))


def stock_trial(work: tuple[str, str]) -> tuple[str, str, bool]:
    """Run stock Schemathesis against one faulty mock."""
    provider, fault = work
    return provider, fault, bool(stock(provider, fault) - _baseline(provider))


def _baseline(provider: str) -> frozenset[str]:
    if provider not in _BASELINES:
        _BASELINES[provider] = stock(provider, None)
    return _BASELINES[provider]


_BASELINES: dict[str, frozenset[str]] = {}


def alarm(work: tuple[str, int]) -> bool:
    """Whether the faultless mock gets a fail or a warning."""
    provider, seed = work
    return bool(verify(provider, None, seed, frozenset((Verdict.FAIL,)))[0])


def table(trials: list[Trial], told_by_stock: dict[tuple[str, str], bool], seeds: int) -> str:
    """Return the kill rates by class, requests until the first finding, and what survived."""
    lines = [
        "| class | faults | caught, every seed | only warned of | median requests | stock st run |",
        "|---|---|---|---|---|---|",
    ]
    for kind in (*sorted({one.kind for one in trials}), "all"):
        lines.append(_row(kind, [one for one in trials if kind in (one.kind, "all")], told_by_stock))
    lost = sorted({(one.provider, one.fault, one.verdict or "missed") for one in trials if not one.caught})
    lines += [
        "",
        f"Not caught as a fail with each of {seeds} seeds:" if lost else "No survivor.",
        *(f"- {' '.join(one)}" for one in lost),
    ]
    return "\n".join(lines)


def _row(kind: str, trials: list[Trial], told_by_stock: dict[tuple[str, str], bool]) -> str:
    faults = sorted({(one.provider, one.fault) for one in trials})
    lost = {(one.provider, one.fault) for one in trials if not one.caught}
    missed = {(one.provider, one.fault) for one in trials if not one.verdict}
    requests = [one.requests for one in trials if one.caught]
    asked = [told_by_stock[fault] for fault in faults if fault in told_by_stock]
    theirs = f"{sum(asked)} of {len(asked)}" if asked else "not run"
    middle = f"{median(requests):.0f}" if requests else ""
    return (
        f"| {kind} | {len(faults)} | {len(faults) - len(lost)} | {len(lost - missed)} | {middle} | {theirs} |"
    )


def main() -> None:
    """Run every fault and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("providers", nargs="*", default=sorted(contract_folders()), help="all by default")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument(
        "--alarms", type=int, default=FALSE_ALARM_SEEDS, metavar="N", help="seeds of the faultless mocks"
    )
    parser.add_argument(
        "--stock",
        type=int,
        default=1,
        metavar="N",
        help="run stock Schemathesis on every N-th fault; 0: on none",
    )
    parser.add_argument(
        "--every", action="store_true", help="the faults without a short name, too: some thousands"
    )
    parser.add_argument("--json", type=Path, help="write every trial")
    asked = parser.parse_args()
    works = [
        (provider, fault.id, str(fault.kind), documented(fault, find_contract(provider)[0]), seed)
        for provider in asked.providers
        for fault in chosen(provider, every=asked.every)
        for seed in range(asked.seeds)
    ]
    signed = [
        provider
        for provider in asked.providers
        if find_contract(provider)[0].credentials.scheme != "hmac-sha256" and find_mock(provider)
    ]
    asked_of_stock = [
        (provider, fault.id) for provider in signed for fault in chosen(provider, every=asked.every)
    ]
    pairs = asked_of_stock[:: asked.stock] if asked.stock else []
    with ProcessPoolExecutor(asked.jobs) as pool:
        trials = list(pool.map(trial, works))
        theirs = {(provider, fault): caught for provider, fault, caught in pool.map(stock_trial, pairs)}
        alarms = list(
            pool.map(
                alarm, [(provider, seed) for provider in asked.providers for seed in range(asked.alarms)]
            )
        )
    print(table(trials, theirs, asked.seeds))
    print(f"\nFalse alarms on the faultless mocks: {sum(alarms)} of {len(alarms)} runs.")
    unseen = sorted(
        pair
        for pair, caught in theirs.items()
        if caught and not all(one.caught for one in trials if (one.provider, one.fault) == pair)
    )
    print(
        f"Found by stock Schemathesis and missed here: "
        f"{len(unseen)}{''.join(f', {provider} {fault}' for provider, fault in unseen)}."
    )
    if asked.json:
        asked.json.write_text(json.dumps([asdict(one) for one in trials], indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
