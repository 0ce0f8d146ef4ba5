"""The command line. Exit codes: 0 conforms, 1 at least one fail, 2 wrong usage, 3 unreachable or cut short."""

from __future__ import annotations

import math
import os
import re
import sys
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from roomproof import __version__
from roomproof.errors import RoomproofError, UsageError
from roomproof.reports.legible import legible

app = typer.Typer(
    name="roomproof",
    help="Prove that a meeting-room API keeps its documented contract.",
    pretty_exceptions_enable=False,
)

Contracts = Annotated[
    list[Path] | None, typer.Option("--contracts", metavar="DIR", help="A folder with further contracts (DIR/PROVIDER/openapi.yaml).")
]


JsonPath = Annotated[Path | None, typer.Option("--json", metavar="PATH", help="Write the report as JSON.")]
JunitPath = Annotated[Path | None, typer.Option("--junit", metavar="PATH", help="Write the report as JUnit XML.")]
Strict = Annotated[bool, typer.Option("--strict", help="Clauses of level standard and sample fail, too.")]
Verbose = Annotated[bool, typer.Option("--verbose", help="Show every warning and deviation.")]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"roomproof {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _top(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")] = False,  # noqa: ARG001 - its callback does it all
) -> None:
    """Prove that a meeting-room API keeps its documented contract."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command()
def verify(
    providers: Annotated[list[str] | None, typer.Argument(metavar="[PROVIDER]...", help="Which providers; all by default.")] = None,
    base_url: Annotated[
        str | None, typer.Option(metavar="URL", help="The provider to verify, path prefix included; the built-in mocks by default.")
    ] = None,
    room_id: Annotated[
        str | None, typer.Option(metavar="ID", help="The room that may be changed, where no document says how to make one.")
    ] = None,
    max_examples: Annotated[int, typer.Option(min=0, help="Random cases per operation, beside the complete boundary cases.")] = 100,
    fuzz: Annotated[
        int, typer.Option(metavar="N", min=0, help="Random cases of Schemathesis per operation, beside its coverage phase and our cases.")
    ] = 0,
    seed: Annotated[int, typer.Option(help="The seed of everything random.")] = 0,
    rate: Annotated[str | None, typer.Option(metavar="5/s", help="At most so many requests a second (or /m).")] = None,
    max_requests: Annotated[int | None, typer.Option(min=1, help="Stop after so many requests to a provider.")] = None,
    strict: Strict = False,
    verbose: Verbose = False,
    record: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep every interaction as a cassette in DIR, or in one file (.yaml, .json).")
    ] = None,
    save_regressions: Annotated[
        bool, typer.Option("--save-regressions", help="Keep the witness of each fail in cassettes/regressions, for pytest to send again.")
    ] = False,
    json_path: JsonPath = None,
    junit_path: JunitPath = None,
    contracts: Contracts = None,
) -> None:
    """Send valid, boundary and invalid requests, judge every answer clause by clause."""
    from roomproof.cassettes.regression import FOLDER
    from roomproof.commands.outputs import Outputs
    from roomproof.commands.subject import Ask
    from roomproof.commands.verify import run_verify
    from roomproof.verify.fuzz import require_schemathesis
    from roomproof.verify.run import Options

    if fuzz:
        require_schemathesis()
    regressions = FOLDER if save_regressions else None
    ask = Ask(tuple(providers or ()), base_url, room_id, tuple(contracts or ()), os.environ, record, regressions)
    options = Options(max_examples, seed, max_requests, _per_second(rate), strict, fuzz)
    raise typer.Exit(run_verify(ask, options, Outputs(json_path, junit_path, verbose)))


def _per_second(rate: str | None) -> float | None:
    """Return requests a second from `5/s`, `90/m` or `5`."""
    if rate is None:
        return None
    number, _, unit = rate.partition("/")
    try:
        value = float(number) / {"": 1, "s": 1, "m": 60}[unit]
    except (ValueError, KeyError) as error:
        raise UsageError(f"--rate {rate!r}: write it like 5/s or 90/m") from error
    if not 0 < value < math.inf:
        raise UsageError(f"--rate {rate!r}: must be more than 0 and finite")
    return value


@app.command()
def probe(
    providers: Annotated[list[str] | None, typer.Argument(metavar="[PROVIDER]...", help="Which providers; all by default.")] = None,
    base_url: Annotated[
        str | None, typer.Option(metavar="URL", help="The provider to ask, path prefix included; the built-in mocks by default.")
    ] = None,
    room_id: Annotated[
        str | None, typer.Option(metavar="ID", help="The room that may be changed, where no document says how to make one.")
    ] = None,
    rate: Annotated[str | None, typer.Option(metavar="5/s", help="At most so many requests a second (or /m).")] = None,
    max_requests: Annotated[int | None, typer.Option(min=1, help="Stop after so many requests to a provider.")] = None,
    record: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep every interaction as a cassette in DIR, or in one file (.yaml, .json).")
    ] = None,
    json_path: Annotated[Path | None, typer.Option("--json", metavar="PATH", help="Write the observations as JSON.")] = None,
    contracts: Contracts = None,
) -> None:
    """Find where limits really are, and what happens where documents are silent: observations, never verdicts."""
    from roomproof.commands.probe import run_probe
    from roomproof.commands.subject import Ask
    from roomproof.verify.session import Options

    ask = Ask(tuple(providers or ()), base_url, room_id, tuple(contracts or ()), os.environ, record)
    raise typer.Exit(run_probe(ask, Options(max_requests=max_requests, rate=_per_second(rate)), json_path))


@app.command()
def replay(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Cassettes (YAML, JSON), HAR files, or folders of them.")],
    max_age: Annotated[str | None, typer.Option(metavar="90d", help="What is older counts as a warning only.")] = None,
    check_secrets: Annotated[bool, typer.Option("--check-secrets", help="Only look for secrets that should not stand there.")] = False,
    strict: Strict = False,
    verbose: Verbose = False,
    json_path: JsonPath = None,
    junit_path: JunitPath = None,
    contracts: Contracts = None,
) -> None:
    """Judge recordings, whoever made them; nothing is sent."""
    from roomproof.commands.outputs import Outputs
    from roomproof.commands.replay import Listen, run_check_secrets, run_replay

    if check_secrets:
        raise typer.Exit(run_check_secrets(tuple(paths), tuple(contracts or ()), os.environ))
    listen = Listen(tuple(paths), tuple(contracts or ()), strict, _age(max_age))
    raise typer.Exit(run_replay(listen, Outputs(json_path, junit_path, verbose)))


def _age(text: str | None) -> timedelta | None:
    """Return an age from `90d`, `12w` or `36h`."""
    if text is None:
        return None
    match = re.fullmatch(r"(\d{1,5})([hdw])", text.strip())
    if match is None:
        raise UsageError(f"--max-age {text!r}: write it like 90d, 12w or 36h")
    return int(match[1]) * {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}[match[2]]


@app.command()
def compare(
    before: Annotated[Path, typer.Argument(metavar="A", help="A recording or a JSON report.")],
    after: Annotated[Path, typer.Argument(metavar="B", help="A later one.")],
    json_path: Annotated[Path | None, typer.Option("--json", metavar="PATH", help="Write what changed as JSON.")] = None,
    contracts: Contracts = None,
) -> None:
    """Say what a provider changed between two recordings or two reports; exit 1 if a clause broke."""
    from roomproof.commands.compare import run_compare

    raise typer.Exit(run_compare(before, after, tuple(contracts or ()), json_path))


@app.command()
def mock(
    provider: Annotated[str, typer.Argument(metavar="PROVIDER", help="Whose mock.")],
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")] = 8080,
    host: Annotated[str, typer.Option(help="The address; only this machine unless told otherwise.")] = "127.0.0.1",
    fault: Annotated[str | None, typer.Option(metavar="ID", help="Serve it with one fault, to see what a verification finds.")] = None,
    list_faults: Annotated[bool, typer.Option("--list-faults", help="Show the faults that it can have, and serve nothing.")] = False,
) -> None:
    """Serve one built-in mock until stopped."""
    from roomproof.mocks.faults import faults_of, find_fault
    from roomproof.providers import find_mock
    from roomproof.targets.serve import listen, serve

    found = find_mock(provider)
    if list_faults:
        for one in faults_of(provider):
            typer.echo(f"{one.id:30} {one.kind:14} {one.what}")
        return
    if fault is not None:
        find_fault(provider, fault)
    listening = listen(host, port)
    typer.echo(f"{provider} at http://{host}:{listening.getsockname()[1]}{found.prefix}, stop with Ctrl-C")
    for name, value in found.environment.items():
        typer.echo(f"  export {name}='{value}'")
    if found.room_id:
        typer.echo(f"  --room-id {found.room_id}")
    serve(provider, listening, fault)


@app.command()
def clauses(
    provider: Annotated[str | None, typer.Argument(help="Whose clauses; everybody's by default.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON instead of a table.")] = False,
    contracts: Contracts = None,
) -> None:
    """Print the register: every clause with its level, its source and how it is tested."""
    from roomproof.commands.clauses import print_clauses

    print_clauses(provider, tuple(contracts or ()), as_json=as_json)


@app.command()
def init(folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder, named like the provider.")]) -> None:
    """Write a starting point for a provider of your own."""
    from roomproof.commands.init import write_start

    typer.echo(write_start(folder))


_ParserError: Any = typer.BadParameter.__mro__[typer.BadParameter.__mro__.index(Exception) - 1]
"""What the parser raises for words it does not understand; typer keeps its base class in another place in each release."""


def main() -> None:
    """Run the command line; an error ends it with one sentence and its exit code."""
    try:
        sys.exit(app(standalone_mode=False) or 0)
    except RoomproofError as error:
        print(f"roomproof: {legible(str(error))}", file=sys.stderr)
        sys.exit(error.exit_code)
    except _ParserError as error:
        print(f"roomproof: {legible(' '.join(error.format_message().split()))} (`roomproof --help` shows what there is)", file=sys.stderr)
        sys.exit(2)
    except (KeyboardInterrupt, typer.Abort):
        print("roomproof: stopped", file=sys.stderr)
        sys.exit(130)
