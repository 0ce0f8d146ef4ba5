"""`roomproof verify`: find out whom to ask, ask, show and write what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from roomproof.errors import RoomproofError, UsageError
from roomproof.providers import contract_folders, find_contract, find_special, require_mock
from roomproof.reports.junit import junit
from roomproof.reports.report import Unfinished, as_json, report, write_text
from roomproof.reports.terminal import progress, show
from roomproof.targets.credentials import scheme_from, unscoped_from
from roomproof.targets.http import HttpTarget
from roomproof.targets.serve import mock_process
from roomproof.verify.run import Options, Progress, Result, Run, Subject

EXPECTED_REQUESTS = 1000
"""How many requests a provider is taken to need until the first is done; only the progress bar shows it."""


@dataclass(frozen=True)
class Outputs:
    """Where the report goes beside the terminal."""

    json: Path | None
    junit: Path | None
    verbose: bool


@dataclass(frozen=True)
class Ask:
    """What the user asked for: whom, where, which room, with which contracts and which environment."""

    base_url: str | None
    room_id: str | None
    contracts: tuple[Path, ...]
    environment: Mapping[str, str]


def run_verify(
    providers: tuple[str, ...], base_url: str | None, room_id: str | None, options: Options, outputs: Outputs,
    contracts: tuple[Path, ...], environment: Mapping[str, str],
) -> int:  # fmt: skip
    """Verify the providers and return the exit code. Reports that were asked for are written whatever happens."""
    known = list(contract_folders(contracts))
    chosen = list(dict.fromkeys(providers or known))
    if base_url is not None and len(chosen) != 1:
        raise UsageError("--base-url names one server: name the one provider that it is, as in `roomproof verify PROVIDER --base-url URL`")
    ask = Ask(base_url, room_id, contracts, environment)
    console = Console()
    results: list[Result | Unfinished] = []
    failures: list[RoomproofError] = []
    with progress(console, dict.fromkeys(chosen, EXPECTED_REQUESTS)) as on_request:
        for provider in chosen:
            try:
                result = _verify_one(provider, ask, options, on_request)
                results.append(result)
                if result.interrupted:
                    break
            except RoomproofError as error:
                failures.append(error)
                results.append(Unfinished(provider, base_url or "built-in mock", str(error)))
    shown = report(results, options.seed)
    failures += _written(shown, outputs)
    if any(isinstance(result, Result) for result in results):
        show(console, shown, every_warning=outputs.verbose)
    if failures and not shown["summary"]["fail"]:
        raise failures[0]
    return _exit_code(shown["summary"]["fail"], results)


def _written(shown: dict[str, Any], outputs: Outputs) -> list[RoomproofError]:
    """Write every report that was asked for, and return what kept one from being written."""
    problems: list[RoomproofError] = []
    for path, text in ((outputs.json, as_json), (outputs.junit, junit)):
        try:
            if path is not None:
                write_text(path, text(shown))
        except UsageError as error:
            problems.append(error)
    return problems


def _verify_one(provider: str, ask: Ask, options: Options, on_request: Progress) -> Result:
    with _subject(provider, ask) as subject:
        return Run(subject, options, on_request).verify()


@contextmanager
def _subject(provider: str, ask: Ask) -> Iterator[Subject]:
    contract, deviations = find_contract(provider, ask.contracts)
    special = find_special(provider)
    if ask.base_url is not None:
        scheme = scheme_from(contract.credentials, ask.environment)
        unscoped = unscoped_from(contract.credentials, scheme, ask.environment)
        yield Subject(contract, deviations, special, HttpTarget(ask.base_url), scheme, unscoped, ask.room_id)
        return
    require_mock(provider)
    with mock_process(provider) as serving:
        scheme = scheme_from(contract.credentials, serving.environment)
        unscoped = unscoped_from(contract.credentials, scheme, serving.environment)
        yield Subject(contract, deviations, special, HttpTarget(serving.base_url), scheme, unscoped, serving.room_id)


def _exit_code(fails: int, results: list[Result | Unfinished]) -> int:
    runs = [result for result in results if isinstance(result, Result)]
    if any(run.interrupted for run in runs):
        return 130
    if fails:
        return 1
    return 3 if any(run.stopped for run in runs) else 0
