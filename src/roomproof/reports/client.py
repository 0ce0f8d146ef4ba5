"""What every view tells of the client: what it sent outside the contract, apart from the verdicts on the provider."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from roomproof.legible import one_line

TITLE = "Sent by the client outside the contract"
_LINE = "line "


class Client(StrEnum):
    """What becomes of what the client sent outside the contract: errors fail the run, it is shown and no more, it is not shown."""

    FAIL = "fail"
    WARN = "warn"
    OFF = "off"


def entries(report: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what the client sent outside the contracts in a report, each with the provider, errors first."""
    for provider in report["providers"]:
        listed = provider.get("client", ())
        for severity in ("error", "warning"):
            yield from ((provider["provider"], entry) for entry in listed if entry["severity"] == severity)


def fails(report: Mapping[str, Any], entry: Mapping[str, Any]) -> bool:
    """Whether an entry fails the run: that was asked for, it is an error, and the baseline does not know it."""
    return bool(report.get("client_fails")) and entry["severity"] == "error" and not entry.get("known")


def failing_entries(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the entries for which the run fails."""
    return [entry for _, entry in entries(report) if fails(report, entry)]


def with_client(report: dict[str, Any], asked: Client, earlier: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return a report that tells of the client what was asked for; what an earlier report has, too, is `known`."""
    if asked is Client.OFF:
        hidden = [{name: value for name, value in provider.items() if name != "client"} for provider in report["providers"]]
        return {**report, "providers": hidden}
    before = {_identity(entry) for _, entry in entries(earlier)} if earlier else set()
    providers = [
        {**provider, "client": [{**entry, **_known(entry, before)} for entry in provider["client"]]} if "client" in provider else provider
        for provider in report["providers"]
    ]
    return {**report, "providers": providers, **({"client_fails": True} if asked is Client.FAIL else {})}


def _identity(entry: Mapping[str, Any]) -> tuple[str, str]:
    return entry["clause"], entry["place"]


def _known(entry: Mapping[str, Any], before: set[tuple[str, str]]) -> dict[str, bool]:
    return {"known": True} if _identity(entry) in before else {}


def often(entry: Mapping[str, Any]) -> str:
    """Return how often it was sent and where it stands first, if it stands in a file: `3 times, first in a.yaml, line 12`."""
    times, first = ("once", ", in") if entry["times"] == 1 else (f"{entry['times']:,} times", ", first in")
    file, place = entry["first"]["file"], entry["first"]["place"]
    return f"{times}{first} {file}" + (f", {place}" if place else "") if file else times


def told(entry: Mapping[str, Any]) -> list[str]:
    """Return what an entry says, a line each: what was sent, where, how often, what is demanded, who says so."""
    lines = [
        f"{entry['what']}{doubt(entry)}",
        f"sent      {entry['place']}, {often(entry)}",
        f"expected  {entry['demands']}",
        f"source    {', '.join(part for part in entry['source'].values() if part)} ({entry['level']})",
    ]
    return [one_line(line) for line in lines]


def sentence(entry: Mapping[str, Any]) -> str:
    """Return an entry in a line: what was sent, what is demanded, where, how often."""
    return f"{entry['what']}{doubt(entry)}; {entry['demands']} ({entry['place']}, {often(entry)})"


def doubt(entry: Mapping[str, Any]) -> str:
    """Return why an entry is perhaps none, empty where it is certain."""
    if not entry["doubtful"]:
        return ""
    return ", as far as the recording shows" if not entry["sent"] else ", which is perhaps harmless"


def line_of(entry: Mapping[str, Any]) -> int | None:
    """Return the line of the file on which the first interaction stands, counted from 1; None where only its number is known."""
    number = entry["first"]["place"].removeprefix(_LINE)
    return int(number) if number.isdecimal() and entry["first"]["place"].startswith(_LINE) else None
