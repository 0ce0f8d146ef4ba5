"""What is said of many accounts of one provider: a clause's verdict over all, and where they differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from roomproof.report.document import Report
from roomproof.report.provider import ProviderReport
from roomproof.verdict import Verdict

_BROKEN = (Verdict.FAIL, Verdict.WARNING, Verdict.DEVIATION)


@dataclass(frozen=True)
class ClauseOverAccounts:
    """A clause, and the accounts that have each verdict of it, the worst first."""

    clause: str
    accounts: Mapping[Verdict, tuple[str, ...]]

    @property
    def verdict(self) -> Verdict:
        """The worst of the verdicts, which is that over all accounts."""
        return next(iter(self.accounts))


@dataclass(frozen=True)
class ProviderOverAccounts:
    """A provider with its accounts and its clauses over all of them."""

    provider: str
    accounts: tuple[ProviderReport, ...]
    clauses: tuple[ClauseOverAccounts, ...]

    @property
    def counts(self) -> Mapping[Verdict, int]:
        """How many clauses have each verdict over all accounts, the worst first."""
        counted = Counter(clause.verdict for clause in self.clauses)
        return {word: counted[word] for word in Verdict if counted[word]}

    @property
    def differing(self) -> tuple[ClauseOverAccounts, ...]:
        """The clauses that are broken, and not by all accounts that were judged, the worst first."""
        found = [clause for clause in self.clauses if len(clause.accounts) > 1 and clause.verdict in _BROKEN]
        return tuple(sorted(found, key=lambda clause: list(Verdict).index(clause.verdict)))


def by_account(report: Report) -> Report:
    """Return a report in which each account of a provider stands as one of its own, for views that know
    providers only and take their names for one word: `PROVIDER/NAME`.
    """
    return replace(report, providers=tuple(map(_as_provider, report.providers)))


def _as_provider(one: ProviderReport) -> ProviderReport:
    if not one.account:
        return one
    return replace(one, provider=f"{one.provider}/{'_'.join(one.account.split())}", account="")


def over_accounts(providers: Sequence[ProviderReport]) -> tuple[ProviderOverAccounts, ...]:
    """Return what is said of the accounts of each provider; entries without an account are left out."""
    by_provider: dict[str, list[ProviderReport]] = {}
    for one in providers:
        if one.account:
            by_provider.setdefault(one.provider, []).append(one)
    return tuple(
        ProviderOverAccounts(name, tuple(entries), _clauses(entries)) for name, entries in by_provider.items()
    )


def _clauses(entries: Sequence[ProviderReport]) -> tuple[ClauseOverAccounts, ...]:
    seen: dict[str, dict[Verdict, list[str]]] = {}
    for entry in entries:
        for clause in entry.clauses:
            seen.setdefault(clause.id, {}).setdefault(clause.verdict, []).append(entry.account)
    return tuple(
        ClauseOverAccounts(name, {word: tuple(by[word]) for word in Verdict if word in by})
        for name, by in seen.items()
    )
