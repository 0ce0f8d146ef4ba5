"""What a person sees of a report on many accounts: a line for each of the first, then where they differ."""

from __future__ import annotations

from collections import Counter

from rich.console import Console

from roomproof.report.document import Report
from roomproof.report.provider import ProviderReport
from roomproof.reports.accounts import ClauseOverAccounts, ProviderOverAccounts, over_accounts
from roomproof.reports.console import say
from roomproof.verdict import Verdict

_SHOWN_ACCOUNTS = 20
_SHOWN_CLAUSES = 12
_NAMED = 3
"""So many accounts are named beside a clause; the others are counted."""


def show_accounts(console: Console, report: Report, *, everything: bool = False) -> None:
    """Print what is said of the accounts of a report, within a screen unless `everything` is asked for."""
    for provider in over_accounts(report.providers):
        counts = ", ".join(f"{count} {word}" for word, count in provider.counts.items())
        several = f"{len(provider.accounts)} account{'' if len(provider.accounts) == 1 else 's'}"
        say(console, (provider.provider, "bold"), f" {several}: {counts or 'nothing was judged'}")
        _lines(console, provider, everything=everything)
        told = provider.differing if everything else provider.differing[:_SHOWN_CLAUSES]
        for clause in told:
            say(
                console,
                (clause.verdict, "bold"),
                " ",
                clause.clause,
                f": {_where(clause, len(provider.accounts))}",
            )
        if left := len(provider.differing) - len(told):
            say(console, f"... and {left} more clauses in which accounts differ; --verbose shows them all")


def _lines(console: Console, provider: ProviderOverAccounts, *, everything: bool) -> None:
    """Print a line an account; where there are many, those first that stopped early or have most fails."""
    entries = list(provider.accounts)
    if len(entries) > _SHOWN_ACCOUNTS and not everything:
        entries.sort(key=lambda one: (not one.stopped, -_counts(one)[Verdict.FAIL]))
        entries = entries[:_SHOWN_ACCOUNTS]
    for one in entries:
        counts = _counts(one)
        words = ", ".join(f"{counts[word]} {word}" for word in Verdict if counts[word])
        early = f"; stopped early: {one.stopped}" if one.stopped else ""
        say(
            console,
            f"  {one.account} at {one.target}, {one.requests} requests: {words or 'nothing judged'}{early}",
        )
    if left := len(provider.accounts) - len(entries):
        say(console, f"  ... and {left} more accounts; --verbose or --json shows them all")


def _counts(entry: ProviderReport) -> Counter[Verdict]:
    return Counter(clause.verdict for clause in entry.clauses)


def _where(clause: ClauseOverAccounts, of: int) -> str:
    names = clause.accounts[clause.verdict]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"in {len(names)} of {of} accounts ({', '.join(names[:_NAMED])}{more})"
