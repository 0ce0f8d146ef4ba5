"""What `roomproof trace` finds, for a terminal and as a JSON document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console

from roomproof import __version__
from roomproof.derive.statement_changes import Fate
from roomproof.derive.trace import DocumentTrace, ProviderTrace, TracedChange
from roomproof.json_data import Json
from roomproof.legible import shortened
from roomproof.reports.console import say

TRACE_VERSION = 1
_LONGEST = 160
_MOST_CLAUSES = 40
_STYLES = {Fate.CHANGED: "yellow", Fate.MOVED: "cyan", Fate.VANISHED: "red", Fate.NEW: "magenta"}


@dataclass(frozen=True)
class ShownTrace:
    """What is shown of a trace: the providers, the documents that were looked for and have no file, and the
    files that are no document of theirs.
    """

    providers: tuple[ProviderTrace, ...]
    missing: Mapping[str, Sequence[str]]
    others: Sequence[str] = ()


def show_trace(console: Console, shown: ShownTrace) -> None:
    """Print, provider by provider and document by document, what is to be done."""
    for provider in shown.providers:
        say(console, (provider.provider, "bold"))
        for document in provider.documents:
            _show_document(
                console, document, document.document.title in shown.missing.get(provider.provider, ())
            )
        for title, count in provider.unlisted.items():
            rest = "clause rests" if count == 1 else "clauses rest"
            say(console, f"  {count} {rest} on {title}, whose statements are not listed")
    for name in shown.others:
        say(console, f"{name}: it is none of these documents")


def _show_document(console: Console, trace: DocumentTrace, is_missing: bool) -> None:
    counts = ", ".join(f"{count} {word}" for word, count in trace.counts.items() if count)
    copy = f" (read from {trace.file})" if trace.file else ""
    say(console, "  ", (trace.document.title, "bold"), f"{copy}: {counts}")
    if is_missing:
        say(console, "    ", ("not traced", "red"), ": no file of --documents is this document")
    for fate, where, now, clauses in _grouped(trace.changes):
        say(console, "    ", (str(fate), _STYLES[fate]), f": {where}{now}")
        _show_clauses(console, clauses)
    for one in trace.unsettled:
        say(
            console,
            "    ",
            ("unclaimed", "yellow"),
            f": {one.place}, {one.name}; claim it, or waive it with a reason",
        )
    for idle in trace.idle:
        say(
            console,
            "    ",
            ("no clause", "red"),
            f": {idle.place}, {idle.name} is claimed by {idle.claim}, which names none",
        )
    for clause in trace.unstated:
        say(
            console,
            "    ",
            ("no statement", "red"),
            f": {clause.id}; its source is {clause.source.section}, {clause.source.field}",
        )
    if trace.is_altered:
        say(
            console,
            "    ",
            ("altered", "yellow"),
            ": the text is not the one whose statements are listed, and they are the same",
        )


def _show_clauses(console: Console, clauses: Sequence[str]) -> None:
    for clause in clauses[:_MOST_CLAUSES]:
        say(console, f"      {clause}")
    if len(clauses) > _MOST_CLAUSES:
        say(console, f"      and {len(clauses) - _MOST_CLAUSES} more clauses, which --json lists")


def _grouped(changes: Iterable[TracedChange]) -> Iterator[tuple[Fate, str, str, tuple[str, ...]]]:
    """Yield the changes; statements that moved together are one."""
    moved: dict[tuple[str, str], list[TracedChange]] = {}
    for one in changes:
        before, after = one.change.before, one.change.after
        if one.change.fate is Fate.MOVED and before and after:
            moved.setdefault((before.place, after.place), []).append(one)
            continue
        where = (
            f"{before.place}, {before.name}" if before else f"{after.place}, {after.name}" if after else ""
        )
        at = f"line {after.line} says" if after and after.line else "it says"
        now = f"; {at} now: {shortened(after.text, _LONGEST)}" if after else ""
        yield one.change.fate, where, now, one.clauses
    for (old, new), together in moved.items():
        clauses = tuple(dict.fromkeys(clause for one in together for clause in one.clauses))
        number = f"{len(together)} statement{'s' if len(together) > 1 else ''}"
        there = f" stand now at {new}" if len(together) > 1 else f" stands now at {new}"
        yield Fate.MOVED, f"{number} of {old}", there, clauses


def trace_document(shown: ShownTrace) -> dict[str, Json]:
    """Return what trace finds as JSON data."""
    return {
        "roomproof": __version__,
        "trace_version": TRACE_VERSION,
        "providers": [
            {
                "provider": provider.provider,
                "documents": [
                    _document(one, one.document.title in shown.missing.get(provider.provider, ()))
                    for one in provider.documents
                ],
                "unlisted": dict(provider.unlisted),
            }
            for provider in shown.providers
        ],
        "other_files": list(shown.others),
    }


def _document(trace: DocumentTrace, is_missing: bool) -> dict[str, Json]:
    return {
        "title": trace.document.title,
        "url": trace.document.url,
        "file": trace.file or None,
        "traced": bool(trace.file),
        "missing": is_missing,
        "counts": dict(trace.counts),
        "changes": [_change(one) for one in trace.changes],
        "unclaimed": [{"place": one.place, "name": one.name} for one in trace.unsettled],
        "idle_claims": [{"place": one.place, "name": one.name, "claim": one.claim} for one in trace.idle],
        "clauses_without_statement": [clause.id for clause in trace.unstated],
        "altered": trace.is_altered,
    }


def _change(one: TracedChange) -> dict[str, Json]:
    before, after = one.change.before, one.change.after
    return {
        "change": str(one.change.fate),
        "before": {"place": before.place, "name": before.name} if before else None,
        "after": (
            {"place": after.place, "name": after.name, "line": after.line, "text": after.text}
            if after
            else None
        ),
        "clauses": list(one.clauses),
    }
