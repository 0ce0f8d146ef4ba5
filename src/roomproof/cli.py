"""The command line. Exit codes: 0 conforms, 1 at least one fail, 2 wrong usage, 3 unreachable or unproven,
130 Ctrl-C, 141 no reader.
"""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from roomproof import __version__
from roomproof.cassettes.stream_by import StreamBy as Together
from roomproof.commands.completion import complete_clause, complete_fault, complete_mock, complete_provider
from roomproof.errors import RoomproofError, UsageError
from roomproof.legible import one_line
from roomproof.options import (
    HOW,
    REPORTS,
    AccountNames,
    Accounts,
    AllowVariable,
    BadgePath,
    Baseline,
    BaseUrl,
    CaBundle,
    CleanupUrl,
    ClientChoice,
    Contracts,
    EveryFinding,
    EveryInteraction,
    ExecutorAddress,
    FailUnder,
    Fuzz,
    HtmlPath,
    Jobs,
    JsonInstead,
    JsonPath,
    JunitPath,
    Live,
    MarkdownPath,
    MaxExamples,
    MaxRequests,
    MaxSeconds,
    MaxUnanswered,
    Only,
    OwnDeviations,
    Providers,
    Rate,
    Record,
    Resume,
    RoomId,
    SarifPath,
    SaveRegressions,
    Seed,
    StreamBy,
    Strict,
    StrictDeviations,
    Yes,
    YesToCleanup,
    age,
    per_second,
)
from roomproof.parser import Command, Commands, ParserError
from roomproof.reports.client import Client
from roomproof.streams import mend_size, take_streams

app = typer.Typer(name="roomproof", cls=Commands, pretty_exceptions_enable=False)
_command = partial(app.command, cls=Command)

_START = "Start"
_READ = "Look things up"
_MORE = "More"


def _examples(*lines: str) -> str:
    """Return the end of a help text; typer takes paragraphs for lines."""
    return "\n\n".join(("Examples:", *lines))


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"roomproof {__version__}")
        raise typer.Exit


@app.callback(
    invoke_without_command=True,
    epilog="\n\n".join(
        (
            "Exit code: 0 nothing failed, 1 a clause failed, 2 wrong usage or configuration, or nothing "
            "to judge,"
            " 3 provider not reached, run cut short, or not all that was asked for could be judged.",
            "roomproof COMMAND --help shows the options of a command, and examples.",
        )
    ),
)
def _top(
    context: typer.Context,
    version: Annotated[  # noqa: ARG001 - its callback does it all
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Prove that a meeting-room API keeps its documented contract."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@_command(
    rich_help_panel=_START,
    epilog=_examples(
        "roomproof verify",
        "roomproof verify PROVIDER --base-url https://staging.example.com/v2 --room-id ID --rate 5/s",
        "roomproof verify PROVIDER --verbose | grep 'status 5'",
    ),
)
def verify(
    providers: Providers = None,
    base_url: BaseUrl = None,
    room_id: RoomId = None,
    live: Live = False,
    yes: Yes = False,
    max_examples: MaxExamples = 100,
    fuzz: Fuzz = 0,
    seed: Seed = 0,
    only: Only = None,
    jobs: Jobs = 1,
    accounts: Accounts = None,
    account: AccountNames = None,
    rate: Rate = None,
    max_requests: MaxRequests = None,
    max_seconds: MaxSeconds = None,
    ca_bundle: CaBundle = None,
    strict: Strict = False,
    strict_deviations: StrictDeviations = False,
    baseline: Baseline = None,
    fail_under: FailUnder = None,
    max_unanswered: MaxUnanswered = None,
    verbose: EveryInteraction = False,
    record: Record = None,
    save_regressions: SaveRegressions = False,
    json_path: JsonInstead = None,
    junit_path: JunitPath = None,
    html_path: HtmlPath = None,
    sarif_path: SarifPath = None,
    markdown_path: MarkdownPath = None,
    badge_path: BadgePath = None,
    contracts: Contracts = None,
    deviations: OwnDeviations = None,
    allow_variable: AllowVariable = None,
) -> None:
    """Send valid, boundary and invalid requests, judge every response clause by clause."""
    from roomproof import api
    from roomproof.cassettes.regression import FOLDER
    from roomproof.commands.ending import with_reports
    from roomproof.commands.live import announcing
    from roomproof.commands.outputs import Outputs, github_of
    from roomproof.commands.scratch import keep_hypothesis_apart
    from roomproof.commands.verify import run_verify

    keep_hypothesis_apart(os.environ, inherited=jobs > 1)
    run = partial(
        api.verify,
        *(providers or ()),
        base_url=base_url,
        room_id=room_id,
        live=live,
        max_examples=max_examples,
        fuzz=fuzz,
        seed=seed,
        jobs=jobs,
        accounts=accounts,
        account=account or (),
        only=only or (),
        rate=per_second(rate),
        max_requests=max_requests,
        max_seconds=max_seconds,
        ca_bundle=ca_bundle,
        strict=strict,
        strict_deviations=strict_deviations,
        baseline=baseline,
        fail_under=fail_under,
        max_unanswered=max_unanswered,
        record=record,
        regressions=FOLDER if save_regressions else None,
        contracts=contracts or (),
        deviations=deviations or (),
        allow_variables=allow_variable or (),
    )
    files = {
        "json": json_path,
        "junit": junit_path,
        "html": html_path,
        "sarif": sarif_path,
        "markdown": markdown_path,
        "badge": badge_path,
    }
    outputs = Outputs(files, verbose, **github_of(os.environ))
    announce = announcing(live=live, base_url=base_url, yes=yes, accounts=accounts is not None)
    verified = partial(run_verify, run, outputs, os.environ, record=record, announce=announce)
    raise typer.Exit(with_reports(verified))


@_command(rich_help_panel=_MORE, epilog=_examples("roomproof probe PROVIDER --json observations.json"))
def probe(
    providers: Providers = None,
    base_url: BaseUrl = None,
    room_id: RoomId = None,
    live: Live = False,
    yes: Yes = False,
    rate: Rate = None,
    max_requests: MaxRequests = None,
    max_seconds: MaxSeconds = None,
    ca_bundle: CaBundle = None,
    record: Record = None,
    json_path: Annotated[
        Path | None,
        typer.Option(
            "--json", metavar="PATH", help="Write the observations as JSON.", rich_help_panel=REPORTS
        ),
    ] = None,
    contracts: Contracts = None,
    deviations: OwnDeviations = None,
    allow_variable: AllowVariable = None,
) -> None:
    """Find where limits really are, and what happens where documents are silent: observations, never
    verdicts.
    """
    from roomproof import api
    from roomproof.commands.ending import with_reports
    from roomproof.commands.live import announcing
    from roomproof.commands.probe import run_probe

    run = partial(
        api.probe,
        *(providers or ()),
        base_url=base_url,
        room_id=room_id,
        live=live,
        rate=per_second(rate),
        max_requests=max_requests,
        max_seconds=max_seconds,
        ca_bundle=ca_bundle,
        record=record,
        contracts=contracts or (),
        deviations=deviations or (),
        allow_variables=allow_variable or (),
    )
    announce = announcing(live=live, base_url=base_url, yes=yes)
    raise typer.Exit(with_reports(lambda: run_probe(run, json_path, announce)))


@_command(rich_help_panel=_MORE, epilog=_examples("roomproof cleanup --dry-run"))
def cleanup(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would be done; send nothing.", metavar="")
    ] = False,
    yes: YesToCleanup = False,
    base_url: CleanupUrl = None,
    ca_bundle: CaBundle = None,
    contracts: Contracts = None,
    allow_variable: AllowVariable = None,
) -> None:
    """Delete the rooms that killed runs have left behind, and put the rooms back that were named to them."""
    from roomproof.commands.cleanup import CleanupSettings, run_cleanup

    cleaning = CleanupSettings(
        tuple(contracts or ()), os.environ, ca_bundle, yes, base_url, tuple(allow_variable or ())
    )
    raise typer.Exit(run_cleanup(cleaning, dry_run=dry_run))


@_command(
    rich_help_panel=_START,
    epilog=_examples(
        "roomproof replay cassettes/ --max-age 90d", "roomproof replay traffic.har --json report.json"
    ),
)
def replay(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", help="Cassettes (YAML, JSON), HAR files, or folders of them."),
    ],
    max_age: Annotated[
        str | None,
        typer.Option(metavar="90d", help="What is older counts as a warning only.", rich_help_panel=HOW),
    ] = None,
    stream_by: StreamBy = Together.HEADER,
    jobs: Jobs = 1,
    executor: ExecutorAddress = None,
    resume: Resume = False,
    check_secrets: Annotated[
        bool,
        typer.Option(
            "--check-secrets",
            help="Only look for secrets that should not stand there.",
            metavar="",
            rich_help_panel=HOW,
        ),
    ] = False,
    strict: Strict = False,
    strict_deviations: StrictDeviations = False,
    baseline: Baseline = None,
    fail_under: FailUnder = None,
    client: ClientChoice = Client.WARN,
    verbose: EveryFinding = False,
    json_path: JsonPath = None,
    junit_path: JunitPath = None,
    html_path: HtmlPath = None,
    sarif_path: SarifPath = None,
    markdown_path: MarkdownPath = None,
    badge_path: BadgePath = None,
    contracts: Contracts = None,
    deviations: OwnDeviations = None,
) -> None:
    """Judge recordings, whoever made them; nothing is sent."""
    from roomproof import api
    from roomproof.commands.check_secrets import run_check_secrets
    from roomproof.commands.outputs import Outputs, github_of
    from roomproof.commands.replay import run_replay

    if check_secrets:
        raise typer.Exit(run_check_secrets(tuple(paths), tuple(contracts or ()), os.environ))
    run = partial(
        api.replay,
        *paths,
        max_age=age(max_age),
        stream_by=stream_by,
        jobs=jobs,
        executor=executor,
        resume=resume,
        strict=strict,
        strict_deviations=strict_deviations,
        baseline=baseline,
        fail_under=fail_under,
        client=client,
        contracts=contracts or (),
        deviations=deviations or (),
    )
    files = {
        "json": json_path,
        "junit": junit_path,
        "html": html_path,
        "sarif": sarif_path,
        "markdown": markdown_path,
        "badge": badge_path,
    }
    raise typer.Exit(run_replay(run, Outputs(files, verbose, **github_of(os.environ)), resumes=resume))


@_command(
    rich_help_panel=_READ,
    epilog=_examples(
        "roomproof report .roomproof/last.json --html report.html",
        "roomproof report monday.json friday.json --html trend.html",
    ),
)
def report(
    runs: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[RUN.json]...", help="JSON reports that `verify` or `replay` has written."),
    ] = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="Only print the JSON Schema of the report.", metavar="")
    ] = False,
    verbose: EveryFinding = False,
    junit_path: JunitPath = None,
    html_path: HtmlPath = None,
    sarif_path: SarifPath = None,
    markdown_path: MarkdownPath = None,
    badge_path: BadgePath = None,
    github: Annotated[
        bool,
        typer.Option(
            "--github",
            help="Print annotations and append the step's summary, as in GitHub Actions.",
            metavar="",
        ),
    ] = False,
) -> None:
    """Show a report again, or make any view of it; of several runs a page with the trend (--html)."""
    from roomproof.commands.outputs import Outputs, github_of
    from roomproof.commands.report import run_report
    from roomproof.reports.reading import schema as report_schema

    if schema:
        typer.echo(report_schema(), nl=False)
        return
    if not runs:
        raise UsageError(
            "name a report, as in `roomproof report .roomproof/last.json`, or ask for its --schema"
        )
    files = {
        "junit": junit_path,
        "html": html_path,
        "sarif": sarif_path,
        "markdown": markdown_path,
        "badge": badge_path,
    }
    outputs = Outputs(files, verbose, **(github_of(os.environ) | {"github": github}))
    raise typer.Exit(run_report(tuple(runs), outputs))


@_command(rich_help_panel=_MORE, epilog=_examples("roomproof compare monday.yaml friday.yaml"))
def compare(
    before: Annotated[Path, typer.Argument(metavar="A", help="A recording or a JSON report.")],
    after: Annotated[Path, typer.Argument(metavar="B", help="A later one.")],
    json_path: Annotated[
        Path | None,
        typer.Option("--json", metavar="PATH", help="Write what changed as JSON.", rich_help_panel=REPORTS),
    ] = None,
    contracts: Contracts = None,
) -> None:
    """Say what a provider changed between two recordings or two reports; exit 1 if a clause broke."""
    from roomproof.commands.compare import run_compare

    raise typer.Exit(run_compare(before, after, tuple(contracts or ()), json_path))


@_command(
    rich_help_panel=_START,
    epilog=_examples("roomproof mock PROVIDER --port 8080", "roomproof mock PROVIDER --list-faults"),
)
def mock(
    provider: Annotated[
        str, typer.Argument(metavar="PROVIDER", help="Whose mock.", autocompletion=complete_mock)
    ],
    port: Annotated[
        int, typer.Option(metavar="N", min=0, max=65535, help="The port; 0 takes a free one.")
    ] = 8080,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="The address; only this machine unless told otherwise.")
    ] = "127.0.0.1",
    fault: Annotated[
        str | None,
        typer.Option(
            metavar="ID",
            help="Serve it with one fault, to see what a verification finds.",
            autocompletion=complete_fault,
        ),
    ] = None,
    list_faults: Annotated[
        bool,
        typer.Option(
            "--list-faults", help="Show the faults that it can have, and serve nothing.", metavar=""
        ),
    ] = False,
    list_delay: Annotated[
        float,
        typer.Option(
            metavar="SECONDS",
            min=0,
            help="How long lists still show what was before a room was made, changed or deleted.",
        ),
    ] = 0.0,
    contracts: Contracts = None,
) -> None:
    """Serve one built-in mock until stopped."""
    from roomproof.commands.mock import run_mock, show_faults

    if list_faults:
        show_faults(provider, tuple(contracts or ()))
    else:
        run_mock(provider, host, port, fault, tuple(contracts or ()), list_delay)


@_command(rich_help_panel=_READ)
def clauses(
    provider: Annotated[
        str | None,
        typer.Argument(
            metavar="PROVIDER",
            help="Whose clauses; everybody's by default.",
            autocompletion=complete_provider,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON instead of a table.", metavar="")] = False,
    contracts: Contracts = None,
) -> None:
    """Print the register: every clause with its level, its source and how it is tested."""
    from roomproof.commands.clauses import print_clauses

    print_clauses(provider, tuple(contracts or ()), as_json=as_json)


@_command(
    rich_help_panel=_READ,
    epilog=_examples(
        "roomproof explain PROVIDER.update-room.request.name.max-length",
        "roomproof explain 'PROVIDER.*.maximum'",
    ),
)
def explain(
    clause: Annotated[
        str,
        typer.Argument(
            metavar="CLAUSE",
            help="A clause id, or a pattern: * stands for any text.",
            autocompletion=complete_clause,
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="As JSON instead of text.", metavar="")] = False,
    contracts: Contracts = None,
) -> None:
    """Tell all that is known of a clause: what it demands, where the document says so, how it is tested, the
    last verdict.
    """
    from roomproof.commands.explain import run_explain

    run_explain(clause, tuple(contracts or ()), as_json=as_json)


@_command(
    rich_help_panel=_READ, epilog=_examples("roomproof matrix", "roomproof matrix --markdown > matrix.md")
)
def matrix(
    providers: Providers = None,
    sources: Annotated[
        bool, typer.Option("--sources", help="Number the cells, and list where each comes from.", metavar="")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="As JSON, every fact with its source.", metavar="")
    ] = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="As Markdown, every source a footnote.", metavar="")
    ] = False,
    contracts: Contracts = None,
) -> None:
    """Show providers side by side: what each lets you set, its limits, what an update means, how it
    rejects.
    """
    from roomproof.commands.matrix import print_matrix

    print_matrix(
        tuple(providers or ()),
        tuple(contracts or ()),
        as_json=as_json,
        as_markdown=as_markdown,
        sources=sources,
    )


@_command(
    rich_help_panel=_READ,
    epilog=_examples("roomproof trace", "roomproof trace PROVIDER --documents saved --json trace.json"),
)
def trace(
    providers: Providers = None,
    documents: Annotated[
        Path | None,
        typer.Option(
            "--documents",
            metavar="DIR",
            help="A folder with saved copies of the documents: text, HTML, Markdown.",
        ),
    ] = None,
    write: Annotated[
        bool,
        typer.Option(
            "--write",
            help="Write the statements of the saved copies into documents.yaml, with the claims they had.",
            metavar="",
        ),
    ] = False,
    json_path: JsonPath = None,
    contracts: Contracts = None,
) -> None:
    """Check that each statement of the documents is claimed by a clause or waived, and tell which clauses
    rest on what has changed.
    """
    from roomproof.commands.trace import run_trace

    raise typer.Exit(
        run_trace(tuple(providers or ()), tuple(contracts or ()), documents, json_path, write=write)
    )


@_command(
    rich_help_panel=_START,
    epilog=_examples("roomproof init my-meet", "roomproof init my-meet --from openapi.yaml --resource room"),
)
def init(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A new or empty folder, named like the provider.")
    ],
    more: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE...]", help="Further files for --from.")
    ] = None,
    source: Annotated[
        list[Path] | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help="A specification or a saved page of the provider: draft the contract of it.",
        ),
    ] = None,
    operation: Annotated[
        list[str] | None,
        typer.Option(metavar='ID|"METHOD /path"', help="Draft this operation only (repeatable)."),
    ] = None,
    resource: Annotated[
        str | None, typer.Option(metavar="NAME", help="What the contract is about; the default is guessed.")
    ] = None,
) -> None:
    """Write a starting point for a provider of your own, or a draft of its contract."""
    from roomproof.commands.init import write_draft, write_start

    if not source:
        if operation or more or resource is not None:
            raise UsageError("a specification is named by --from; --operation and --resource choose of it")
        typer.echo(write_start(folder))
        return
    typer.echo(write_draft(folder, [*source, *(more or ())], operation or (), resource or ""))


@_command(
    rich_help_panel=_START,
    epilog=_examples("roomproof check my-meet", "roomproof check contracts/ --json"),
)
def check(
    named: Annotated[
        list[Path],
        typer.Argument(
            metavar="DIR...",
            help="Folders of contracts, files openapi.yaml, or providers' names.",
            autocompletion=complete_provider,
        ),
    ],
    allow_variable: AllowVariable = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON instead of lines.", metavar="")] = False,
) -> None:
    """Print all mistakes of a contract, with file and line: openapi.yaml, deviations.yaml, documents.yaml."""
    from roomproof.commands.check import run_check

    raise typer.Exit(run_check(named, tuple(allow_variable or ()), as_json=as_json))


@_command(
    rich_help_panel=_MORE,
    epilog=_examples("roomproof drift monday.yaml friday.yaml", "roomproof drift PROVIDER new-openapi.json"),
)
def drift(
    versions: Annotated[
        list[Path],
        typer.Argument(
            metavar="OLD NEW...",
            help="Versions of a specification, contracts, or a provider's name, the oldest first.",
        ),
    ],
    provider: Annotated[
        str | None,
        typer.Option(
            metavar="PROVIDER",
            help="Whose clauses the changes concern; that of a contract among the versions by default.",
            autocompletion=complete_provider,
        ),
    ] = None,
    traffic: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="PATH", help="Recordings: say of each change whether they show it already. Repeatable."
        ),
    ] = None,
    json_path: Annotated[
        Path | None,
        typer.Option("--json", metavar="PATH", help="Write what changed as JSON.", rich_help_panel=REPORTS),
    ] = None,
    markdown_path: MarkdownPath = None,
    html_path: HtmlPath = None,
    contracts: Contracts = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Show every change.", metavar="", rich_help_panel=REPORTS)
    ] = False,
) -> None:
    """Say what a client would notice of a change of documents; exit 1 if anything breaks."""
    from roomproof.commands.drift import run_drift

    given = {"json": json_path, "markdown": markdown_path, "html": html_path}
    outputs = {name: path for name, path in given.items() if path is not None}
    recordings = tuple(traffic or ())
    folders = tuple(contracts or ())
    found = run_drift(tuple(versions), provider, folders, recordings, outputs, every_change=verbose)
    raise typer.Exit(found)


_BROKEN_PIPE = 141
"""As a shell tells of a program that was ended by SIGPIPE (128 + 13)."""


def _line(text: str) -> str:
    """Return a message as one line that no terminal obeys."""
    return one_line(" ".join(text.split()))


def main() -> None:
    """Run the command line; an error ends it with one sentence and its exit code.

    What could not be printed makes an exit code of 0 one of 3: nobody has seen that all is well.
    """
    output = take_streams()
    mend_size(os.environ)
    try:
        code, sentence = _ended()
        # Some printers make an exit code of their own of a reader who has gone away.
        if output.is_left:
            raise BrokenPipeError
        sys.stdout.flush()
        if output.lost and not sentence:
            code, sentence = code or 3, f"{output.lost}: not all that was to be shown is there"
        if sentence:
            print(f"roomproof: {sentence}", file=sys.stderr)
            sys.stderr.flush()
    except BrokenPipeError:
        # What is still in a buffer would fail once more when Python ends.
        output.mute()
        code = _BROKEN_PIPE
    sys.exit(code)


def _ended() -> tuple[int, str]:
    """Run a command, and return its exit code and the sentence that tells of an error, empty without one."""
    try:
        return app(standalone_mode=False) or 0, ""
    except RoomproofError as error:
        return error.exit_code, _line(str(error))
    except ParserError as error:
        return 2, f"{_line(error.format_message())} (`roomproof --help` shows what there is)"
    except (KeyboardInterrupt, typer.Abort):
        return 130, "stopped"
    except SystemExit as ended:  # as a shell's completion ends
        return int(ended.code or 0), ""


if __name__ == "__main__":  # `python -m roomproof.cli` would do nothing, and end with 0.
    main()
