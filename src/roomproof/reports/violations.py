"""What a client sent outside the contract as members of the JSON report."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any

from roomproof.cassettes.telling import is_telling
from roomproof.judge.violations import Listed, Violations
from roomproof.providers import place_of
from roomproof.reports.secrets import HIDDEN

_NAMES = re.compile(r"""([\w-]+)["']?\s*[:=]""")
"""The names in a form, or in a value that has members."""


def client_of(found: Violations) -> list[dict[str, Any]]:
    """Return the list of a provider, in the order in which each kind was first met."""
    return [_entry(listed, found) for listed in found.listed()]


def _entry(listed: Listed, found: Violations) -> dict[str, Any]:
    violation, first = listed.violation, listed.first
    clause, what, sent = violation.clause, violation.what, violation.sent
    # What somebody sends under the name of a secret is one, whether or not the documents know the name.
    if sent and any(is_telling(name, codes=True) for name in (violation.where.rpartition("/")[2], *_NAMES.findall(sent))):
        what, sent = what.replace(sent, HIDDEN), HIDDEN
    return {
        "clause": clause.id,
        "level": clause.level.value,
        "severity": "error" if found.is_error(violation) else "warning",
        "doubtful": violation.doubtful,
        "place": violation.where,
        "what": what,
        "sent": sent,
        "demands": violation.demands,
        "source": asdict(clause.source),
        "times": listed.times,
        "first": {
            "file": place_of(first.file) if first.file.name else "",
            "place": first.place,
            **({"at": first.at.isoformat(timespec="seconds")} if first.at else {}),
        },
    }
