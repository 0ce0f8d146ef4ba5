"""Run roomproof from Python: verify providers, probe them, replay recordings, send a regression again.

The command line and the pytest plugin call these functions, and nothing below them. Nothing is printed, no
signal is listened for but while rooms are put back, and every error is a RoomproofError. Its message names
options as the command line spells them: `--base-url` is `base_url` here.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from datetime import timedelta
from pathlib import Path

from roomproof.cassettes.stream_by import StreamBy
from roomproof.contract.model import Contract
from roomproof.engine.fuzz import require_schemathesis
from roomproof.engine.run import Options
from roomproof.errors import UsageError
from roomproof.events import (
    Answered,
    Counted,
    Event,
    Judged,
    Listener,
    Problem,
    Progressed,
    Remarked,
    Sent,
    Started,
    Waited,
    to_each,
)
from roomproof.json_data import as_json
from roomproof.report.document import Report
from roomproof.reports.client import Client
from roomproof.reports.observations import Observations
from roomproof.runs.arguments import checked
from roomproof.runs.destination import (
    Destination,
    ServerSettings,
    UnreadableProvider,
    account_destinations,
    destinations,
)
from roomproof.runs.events import Concluded, Ended, Found, Planned
from roomproof.runs.gate import Gate, failing, unproven
from roomproof.runs.probe import observed
from roomproof.runs.regressions import RegressionResult, check_regression
from roomproof.runs.replay import ReplaySettings, replayed
from roomproof.runs.turns import Turns
from roomproof.runs.verification import Verification

__all__ = [
    "Answered",
    "Concluded",
    "Counted",
    "Destination",
    "Ended",
    "Event",
    "Found",
    "Judged",
    "Listener",
    "Observations",
    "Planned",
    "Problem",
    "Progressed",
    "RegressionResult",
    "Remarked",
    "Report",
    "Sent",
    "Started",
    "Waited",
    "as_json",
    "check_regression",
    "failing",
    "probe",
    "replay",
    "unproven",
    "verify",
]


@checked
def verify(
    *providers: str | Path | Contract,
    base_url: str | None = None,
    room_id: str | None = None,
    live: bool = False,
    max_examples: int = 100,
    fuzz: int = 0,
    seed: int = 0,
    jobs: int = 1,
    accounts: Path | None = None,
    account: Sequence[str] = (),
    only: Sequence[str] = (),
    rate: float | None = None,
    max_requests: int | None = None,
    max_seconds: float | None = None,
    ca_bundle: Path | None = None,
    strict: bool = False,
    strict_deviations: bool = False,
    baseline: Path | None = None,
    fail_under: float | None = None,
    max_unanswered: float | None = None,
    record: Path | None = None,
    regressions: Path | None = None,
    contracts: Sequence[Path] = (),
    deviations: Sequence[Path] = (),
    allow_variables: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    listeners: Sequence[Listener] = (),
) -> Report:
    """Send valid, boundary and invalid requests to providers, judge every response clause by clause, and
    return the report.

    A provider is a name, the path of a contract (its file or folder), or a contract that `load_contract` has
    read; without any it is everybody. Without `base_url` or `live` the built-in mocks are asked.

    >>> import roomproof
    >>> report = roomproof.verify("PROVIDER", max_examples=0, only=["PROVIDER.*.max-length"])
    >>> report.summary.fail
    0

    `rate` is in requests a second, `fail_under` and `max_unanswered` in per cent, `regressions` the folder
    for the counterexamples of fails, `deviations` files with entries of your own beside those of a provider.
    `accounts` is a file that names accounts, each a turn of its own, and `account` chooses of them by name.
    `jobs` is how many turns are taken at once, each in a process of its own; from there listeners hear
    everything but Judged, and Counted beside it. `live` sends to the contract's own server, and nobody is
    asked: to say so is to agree. Credentials come from `environment`, by default that of the process. Ctrl-C
    ends a run with a report of what is known; the rooms are put back before.

    Raises UsageError or ContractError before anything is sent. What keeps one provider from being verified,
    or a recording from being written, is raised when everything else is done; whoever wants the report all
    the same listens for Ended.
    """
    chosen = Options(max_examples, seed, max_requests, rate, strict, fuzz, tuple(only), max_seconds)
    options = _checked(chosen)
    _require_least("--jobs", jobs, 1)
    _require_percent("--fail-under", fail_under)
    _require_percent("--max-unanswered", max_unanswered)
    gate = Gate(baseline, strict_deviations, fail_under, max_unanswered).opened()
    whom = ServerSettings(
        base_url, room_id, live, ca_bundle, tuple(contracts), tuple(allow_variables), _known(environment),
        tuple(deviations), accounts, tuple(account),
    )  # fmt: skip
    found = _whom(providers, whom, baseline, options.only)
    gate.require(destination.provider for destination in found)
    return Verification(Turns(found, options, record, to_each(listeners)), gate, regressions, jobs).run()


@checked
def probe(
    *providers: str | Path | Contract,
    base_url: str | None = None,
    room_id: str | None = None,
    live: bool = False,
    rate: float | None = None,
    max_requests: int | None = None,
    max_seconds: float | None = None,
    ca_bundle: Path | None = None,
    record: Path | None = None,
    contracts: Sequence[Path] = (),
    deviations: Sequence[Path] = (),
    allow_variables: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    listeners: Sequence[Listener] = (),
) -> Observations:
    """Find where limits really are, and what providers do where documents are silent; return the
    observations.

    >>> import roomproof
    >>> observations = roomproof.probe("PROVIDER", max_requests=40)
    >>> observations.providers[0].provider
    'PROVIDER'

    Arguments and errors are those of `verify`.
    """
    options = _checked(Options(max_requests=max_requests, rate=rate, max_seconds=max_seconds))
    whom = ServerSettings(
        base_url, room_id, live, ca_bundle, tuple(contracts), tuple(allow_variables), _known(environment),
        tuple(deviations),
    )  # fmt: skip
    return observed(Turns(destinations(providers, whom), options, record, to_each(listeners)))


@checked
def replay(
    *paths: Path,
    max_age: timedelta | None = None,
    stream_by: StreamBy = StreamBy.HEADER,
    strict: bool = False,
    strict_deviations: bool = False,
    baseline: Path | None = None,
    fail_under: float | None = None,
    client: Client = Client.WARN,
    contracts: Sequence[Path | Contract] = (),
    deviations: Sequence[Path] = (),
    jobs: int = 1,
    executor: Executor | str | None = None,
    resume: bool = False,
    environment: Mapping[str, str] | None = None,
    listeners: Sequence[Listener] = (),
) -> Report:
    """Judge recordings, whoever made them, or folders of them; nothing is sent. Return the report.

    >>> import roomproof
    >>> from roomproof.providers import bundled
    >>> report = roomproof.replay(bundled("cassettes") / "PROVIDER" / "mock")
    >>> report.summary.fail
    0

    `contracts` are folders with further contracts, or contracts that were read before. With `jobs` so many
    processes of their own judge, with an `executor` (or the address of one, `dask://HOST:PORT`) whatever
    workers it has: they need this package and the same files. The report is the same, and Judged is not told.
    To `resume` is to keep what is judged in the user's state folder until the replay is done, and to go on
    from there where the same replay was cut short.

    Raises UsageError if there is nothing at one of the paths; for a file that cannot be read, or if nothing
    could be judged, when everything else is done.
    """
    _require_percent("--fail-under", fail_under)
    if jobs < 1:
        raise UsageError(f"--jobs {jobs}: must be 1 or more")
    if jobs > 1 and executor is not None:
        raise UsageError("--jobs are processes of our own, --executor is another's: give one of them")
    gate = Gate(baseline, strict_deviations, fail_under, client=client).opened()
    more = (tuple(deviations), jobs, executor, resume, _known(environment))
    return replayed(
        ReplaySettings(paths, tuple(contracts), strict, max_age, stream_by, *more),
        gate,
        to_each(listeners),
    )


def _whom(
    providers: Sequence[str | Path | Contract],
    whom: ServerSettings,
    baseline: Path | None,
    only: tuple[str, ...],
) -> tuple[Destination | UnreadableProvider, ...]:
    """Return whom a verification is about: providers, or accounts of them."""
    if whom.accounts is None:
        if whom.chosen:
            raise UsageError("--account chooses of the accounts in a file: name it with --accounts")
        return destinations(providers, whom, only)
    if baseline is not None:
        raise UsageError("--baseline compares providers, not accounts: leave it out, or --accounts")
    return account_destinations(whom.accounts, providers, whom, only)


def _known(environment: Mapping[str, str] | None) -> Mapping[str, str]:
    return dict(os.environ if environment is None else environment)


def _checked(options: Options) -> Options:
    """Return options as they are. Raises UsageError for a number that has no meaning, and if Schemathesis is
    missing.
    """
    for option, count, least in (
        ("--max-examples", options.max_examples, 0),
        ("--fuzz", options.fuzz, 0),
        ("--max-requests", options.max_requests, 1),
    ):
        if count is not None:
            _require_least(option, count, least)
    for option, number in (("--rate", options.rate), ("--max-seconds", options.max_seconds)):
        if number is not None and not 0 < number < math.inf:
            raise UsageError(f"{option} {number:g}: must be more than 0 and finite")
    if options.fuzz:
        require_schemathesis()
    return options


def _require_least(option: str, count: int, least: int) -> None:
    if count < least:
        raise UsageError(f"{option} {count}: must be {least} or more")


def _require_percent(option: str, number: float | None) -> None:
    if number is not None and not 0 <= number <= 100:
        raise UsageError(f"{option} {number:g}: must be from 0 to 100")
