"""The options that several commands share: names, help, and what a text on the command line means."""

from __future__ import annotations

import math
import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from roomproof.cassettes import stream_by
from roomproof.commands.completion import complete_clause, complete_provider
from roomproof.errors import UsageError
from roomproof.reports.client import Client

WHOM = "Whom"
HOW = "How"
REPORTS = "What is shown and written"


Providers = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="PROVIDER",
        help="Which providers; all by default.",
        autocompletion=complete_provider,
        show_default=False,
    ),
]
Contracts = Annotated[
    list[Path] | None,
    typer.Option(
        "--contracts",
        metavar="DIR",
        help="A folder with further contracts (DIR/PROVIDER/openapi.yaml).",
        rich_help_panel=WHOM,
    ),
]
OwnDeviations = Annotated[
    list[Path] | None,
    typer.Option(
        "--deviations",
        metavar="PATH",
        help="A file with known deviations of your own, beside those of the provider; repeatable.",
        rich_help_panel=WHOM,
    ),
]
AllowVariable = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-variable",
        metavar="NAME",
        help=(
            "An environment variable that a contract of --contracts may name, though it is not its "
            "own; repeatable."
        ),
        rich_help_panel=WHOM,
    ),
]
BaseUrl = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help="The server to ask, path prefix included; the built-in mocks by default.",
        rich_help_panel=WHOM,
    ),
]
RoomId = Annotated[
    str | None,
    typer.Option(
        metavar="ID",
        help="The room that may be changed, where no document says how to make one.",
        rich_help_panel=WHOM,
    ),
]
Rate = Annotated[
    str | None,
    typer.Option(metavar="5/s", help="At most so many requests a second (or /m).", rich_help_panel=HOW),
]
MaxRequests = Annotated[
    int | None,
    typer.Option(metavar="N", min=1, help="Stop after so many requests to a provider.", rich_help_panel=HOW),
]
Accounts = Annotated[
    Path | None,
    typer.Option(
        "--accounts",
        metavar="PATH",
        help="A file (YAML, JSON) that names accounts and the variables with their credentials.",
        rich_help_panel=WHOM,
    ),
]
AccountNames = Annotated[
    list[str] | None,
    typer.Option(
        "--account", metavar="NAME", help="Only this account of --accounts; repeatable.", rich_help_panel=WHOM
    ),
]
Jobs = Annotated[
    int,
    typer.Option(
        "--jobs", "-j", metavar="N", min=1, help="Use so many processes at once.", rich_help_panel=HOW
    ),
]
ExecutorAddress = Annotated[
    str | None,
    typer.Option(
        "--executor",
        metavar="dask://HOST:PORT",
        help="Have a cluster judge; its workers need the same files.",
        rich_help_panel=HOW,
    ),
]
Resume = Annotated[
    bool,
    typer.Option(
        "--resume",
        help="Keep what is judged, and go on where the same replay was cut short.",
        metavar="",
        rich_help_panel=HOW,
    ),
]
Record = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Keep every interaction as a cassette in DIR, or in one file (.yaml, .json, .har).",
        rich_help_panel=REPORTS,
    ),
]
JsonPath = Annotated[
    Path | None,
    typer.Option("--json", metavar="PATH", help="Write the report as JSON.", rich_help_panel=REPORTS),
]
JunitPath = Annotated[
    Path | None,
    typer.Option("--junit", metavar="PATH", help="Write the report as JUnit XML.", rich_help_panel=REPORTS),
]
Strict = Annotated[
    bool,
    typer.Option(
        "--strict", help="Clauses of level standard and sample fail, too.", metavar="", rich_help_panel=HOW
    ),
]


Live = Annotated[
    bool,
    typer.Option(
        "--live",
        help="Send to the contract's own server; shows what, and asks first.",
        metavar="",
        rich_help_panel=WHOM,
    ),
]
Yes = Annotated[
    bool,
    typer.Option(
        "--yes",
        help="Answers the question of --live and that about rooms that stay, for CI.",
        metavar="",
        rich_help_panel=WHOM,
    ),
]
YesToCleanup = Annotated[
    bool,
    typer.Option(
        "--yes",
        help="Send to the contracts' own servers without asking, for CI.",
        metavar="",
        rich_help_panel=WHOM,
    ),
]
CleanupUrl = Annotated[
    str | None,
    typer.Option(
        "--base-url",
        metavar="URL",
        help="With --yes: send to this server, too, without asking.",
        rich_help_panel=WHOM,
    ),
]
MaxExamples = Annotated[
    int,
    typer.Option(
        metavar="N",
        min=0,
        help="Random cases per operation, beside the complete boundary cases.",
        rich_help_panel=HOW,
    ),
]
Fuzz = Annotated[
    int,
    typer.Option(
        metavar="N",
        min=0,
        help="Random cases of Schemathesis per operation, beside its coverage phase and our cases.",
        rich_help_panel=HOW,
    ),
]
Seed = Annotated[int, typer.Option(metavar="N", help="The seed of everything random.", rich_help_panel=HOW)]
EveryInteraction = Annotated[
    bool,
    typer.Option(
        "--verbose",
        help="Show every interaction as it happens, and every finding.",
        metavar="",
        rich_help_panel=REPORTS,
    ),
]
SaveRegressions = Annotated[
    bool,
    typer.Option(
        "--save-regressions",
        help="Keep the counterexample of each fail in cassettes/regressions, for pytest to send again.",
        metavar="",
        rich_help_panel=REPORTS,
    ),
]
JsonInstead = Annotated[
    Path | None,
    typer.Option(
        "--json",
        metavar="PATH",
        help="Write the report as JSON, not to .roomproof/last.json.",
        rich_help_panel=REPORTS,
    ),
]
Only = Annotated[
    list[str] | None,
    typer.Option(
        metavar="CLAUSE",
        help="Only what this clause needs (* stands for anything); repeatable.",
        autocompletion=complete_clause,
        rich_help_panel=HOW,
    ),
]
MaxSeconds = Annotated[
    float | None,
    typer.Option(metavar="N", help="Stop after so many seconds with a provider.", rich_help_panel=HOW),
]
CaBundle = Annotated[
    Path | None,
    typer.Option(
        "--ca-bundle",
        metavar="PATH",
        help="Trust these certificates (PEM) instead of the system's.",
        rich_help_panel=WHOM,
    ),
]
Baseline = Annotated[
    Path | None,
    typer.Option(
        "--baseline",
        metavar="PATH",
        help="An earlier JSON report: only what is new since then fails.",
        rich_help_panel=HOW,
    ),
]
StrictDeviations = Annotated[
    bool,
    typer.Option(
        "--strict-deviations",
        help="Known deviations that have expired, or are no longer seen, fail, too.",
        metavar="",
        rich_help_panel=HOW,
    ),
]
FailUnder = Annotated[
    float | None,
    typer.Option(
        "--fail-under",
        metavar="PERCENT",
        help="So many of a hundred documented clauses must be exercised, else exit 3.",
        rich_help_panel=HOW,
    ),
]
MaxUnanswered = Annotated[
    float | None,
    typer.Option(
        "--max-unanswered",
        metavar="PERCENT",
        help=(
            "So many of a hundred requests may get no usable response, else exit 3. Default: 1, and "
            "always four."
        ),
        rich_help_panel=HOW,
    ),
]
EveryFinding = Annotated[
    bool, typer.Option("--verbose", help="Show every finding.", metavar="", rich_help_panel=REPORTS)
]
ClientChoice = Annotated[
    Client,
    typer.Option(
        "--client",
        help="What the client sent outside the contract fails the run, is shown, or is not.",
        rich_help_panel=HOW,
    ),
]
HtmlPath = Annotated[
    Path | None,
    typer.Option("--html", metavar="PATH", help="Write the report as an HTML page.", rich_help_panel=REPORTS),
]
SarifPath = Annotated[
    Path | None,
    typer.Option("--sarif", metavar="PATH", help="Write the report as SARIF.", rich_help_panel=REPORTS),
]
MarkdownPath = Annotated[
    Path | None,
    typer.Option("--markdown", metavar="PATH", help="Write the report as Markdown.", rich_help_panel=REPORTS),
]
StreamBy = Annotated[
    stream_by.StreamBy,
    typer.Option(
        "--stream-by",
        help=(
            "Which files of others are one stream of calls: those of one account (header), of one "
            "folder, or each by its name."
        ),
        rich_help_panel=HOW,
    ),
]
BadgePath = Annotated[
    Path | None, typer.Option("--badge", metavar="PATH", help="Write a badge (SVG).", rich_help_panel=REPORTS)
]


def per_second(rate: str | None) -> float | None:
    """Return requests a second from `5/s`, `90/m` or `5`. Raises UsageError for anything else."""
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


def age(text: str | None) -> timedelta | None:
    """Return an age from `90d`, `12w` or `36h`. Raises UsageError for anything else."""
    if text is None:
        return None
    match = re.fullmatch(r"(\d{1,5})([hdw])", text.strip())
    if match is None:
        raise UsageError(f"--max-age {text!r}: write it like 90d, 12w or 36h")
    return (
        int(match[1]) * {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}[match[2]]
    )
