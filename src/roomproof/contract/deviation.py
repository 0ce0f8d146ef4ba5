"""Deviations: known, reasoned exceptions, each for one clause and one pattern of witness, each for a time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from roomproof.contract.clause import is_named_by
from roomproof.contract.register import reject_bad_schema
from roomproof.contract.yaml_text import parse_yaml
from roomproof.errors import ContractError, raise_first

_FIELDS = {"clause", "witness", "reason", "evidence", "seen", "expires"}
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Occurs(StrEnum):
    """How often a provider shows a deviation where its witness could be seen.

    SOMETIMES: in some rooms or accounts only, or as far as a document says and no recording; that it is not
    seen proves nothing.
    """

    ALWAYS = "always"
    SOMETIMES = "sometimes"


@dataclass(frozen=True)
class Deviation:
    """One deviation.

    `clause` is an id, `*` standing for anything; `witness` maps JSON pointers into {"request", "response"} to
    the JSON Schema that the value there satisfies, or to false where there must be no value. `seen` is the
    day of the evidence, `expires` the last day on which nobody has to look again.
    """

    clause: str
    witness: Mapping[str, Any]
    reason: str
    evidence: str
    seen: date
    expires: date
    occurs: Occurs = Occurs.ALWAYS

    def covers(self, clause_id: str) -> bool:
        """Whether the deviation is about a clause."""
        return is_named_by(clause_id, self.clause)

    def is_expired(self, today: date) -> bool:
        """Whether somebody has to look again. It still covers what it covered: what a provider did yesterday
        is no worse today.

        A verdict hangs on contract and traffic alone, so that the same recording gets the same one on every
        day; that an entry is too old is told of the entry, and `--strict-deviations` makes that a failure.
        """
        return today > self.expires


def parse_deviations(text: str, name: str) -> tuple[Deviation, ...]:
    """Return the deviations in a YAML text. Raises ContractError, with the text's name, where one is
    incomplete.
    """
    entries = parse_yaml(text, name) or []
    if not isinstance(entries, list):
        raise ContractError(f"{name}: is not a list of deviations")
    return tuple(_deviation(entry, f"{name}, entry {number}") for number, entry in enumerate(entries, 1))


def _deviation(entry: Any, where: str) -> Deviation:
    raise_first(deviation_errors(entry, where))
    seen, expires = (date.fromisoformat(entry[field]) for field in ("seen", "expires"))
    occurs = Occurs(entry.get("occurs", Occurs.ALWAYS))
    return Deviation(
        entry["clause"], entry["witness"], entry["reason"], entry["evidence"], seen, expires, occurs
    )


def deviation_errors(entry: Any, where: str) -> Iterator[ContractError]:
    """Yield what is wrong with an entry, each with the names that lead there from the entry on."""
    if (
        not isinstance(entry, dict)
        or entry.keys() - {"occurs"} != _FIELDS
        or not isinstance(entry["witness"], dict)
    ):
        yield ContractError(
            f"{where}: needs exactly {', '.join(sorted(_FIELDS))}, witness a map of pointers; occurs "
            f"may be added"
        )
        return
    if not isinstance(entry["clause"], str):
        yield ContractError(f"{where}: clause is an id, `*` standing for anything", ("clause",))
    for pointer, schema in entry["witness"].items():
        here = ("witness", str(pointer))
        if not str(pointer).startswith("/"):
            yield ContractError(f"{where}: a witness pointer starts with '/', as in /response/status", here)
        try:
            reject_bad_schema(schema, f"{where}, {pointer}", here)
        except ContractError as error:
            yield error
    for field in ("reason", "evidence"):
        if not isinstance(entry[field], str) or not entry[field].strip():
            message = f"{where}: {field} is a text, for whoever looks at the entry next"
            yield ContractError(message, (field,))
    yield from _day_errors(entry, where)
    if entry.get("occurs", Occurs.ALWAYS) not in list(Occurs):
        yield ContractError(f"{where}: occurs is one of {', '.join(Occurs)}", ("occurs",))


def _day_errors(entry: Any, where: str) -> Iterator[ContractError]:
    """Yield days that are not written as in ISO 8601's extended calendar format (RFC 3339, 5.6, full-date),
    or in the wrong order.
    """
    wrong = [field for field in ("seen", "expires") if not _is_day(entry[field])]
    for field in wrong:
        yield ContractError(f"{where}, {field}: is a day, written like 2026-11-21", (field,))
    if not wrong and entry["expires"] <= entry["seen"]:
        what = f"expires {entry['expires']} is not after seen {entry['seen']}"
        yield ContractError(f"{where}: {what}; say until when nobody has to look again", ("expires",))


def _is_day(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(_DAY.fullmatch(value) and date.fromisoformat(value))
    except ValueError:
        return False
