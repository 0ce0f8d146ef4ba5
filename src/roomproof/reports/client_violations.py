"""What a client sent outside the contract, as a report has it."""

from __future__ import annotations

import re

from roomproof.cassettes.telling import is_telling
from roomproof.judge.client_violations import ClientViolations, ListedViolation
from roomproof.providers import place_of
from roomproof.report.provider import ClientEntry, FirstReport, Severity
from roomproof.reports.secrets import HIDDEN

_NAMES = re.compile(r"""([\w-]+)["']?\s*[:=]""")
"""The names in a form, or in a value that has fields."""


def client_of(found: ClientViolations) -> tuple[ClientEntry, ...]:
    """Return the entries of a provider, in the order in which each kind was first met."""
    return tuple(_entry(listed, found) for listed in found.listed())


def _entry(listed: ListedViolation, found: ClientViolations) -> ClientEntry:
    violation, first = listed.violation, listed.first
    clause, what, sent = violation.clause, violation.what, violation.sent
    # What somebody sends under the name of a secret is one, whether or not the documents know the name.
    if sent and any(
        is_telling(name, codes=True) for name in (violation.where.rpartition("/")[2], *_NAMES.findall(sent))
    ):
        what, sent = what.replace(sent, HIDDEN), HIDDEN
    return ClientEntry(
        clause=clause.id,
        level=clause.level,
        severity=Severity.ERROR if found.is_error(violation) else Severity.WARNING,
        doubtful=violation.doubtful,
        place=violation.where,
        what=what,
        sent=sent,
        demands=violation.demands,
        source=clause.source,
        times=listed.times,
        first=FirstReport(
            file=place_of(first.file) if first.file.name else "",
            place=first.place,
            at=first.at.isoformat(timespec="seconds") if first.at else "",
        ),
    )
