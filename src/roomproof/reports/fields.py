"""Fields of responses that no document mentions, or that documents promise and no response has."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from roomproof.contract.clause import spoken
from roomproof.judge.response_fields import ResponseFields, ResponsePlace
from roomproof.report.provider import FieldReport, ProviderReport

_NAMED = 3
"""So many operations are named whose responses have a field."""


def undocumented_of(fields: ResponseFields | None, about: Container[str]) -> tuple[FieldReport, ...] | None:
    """Return the fields of some operations' responses that no document mentions; None where nobody looked."""
    if fields is None:
        return None
    return tuple(
        _field(one.place, one.times, one.types) for one in fields.undocumented if one.place.operation in about
    )


def never_seen_of(fields: ResponseFields | None, about: Container[str]) -> tuple[FieldReport, ...] | None:
    """Return the fields of some operations' responses that documents promise and no response had; None where
    nobody looked.
    """
    if fields is None:
        return None
    return tuple(_field(one.place, one.times) for one in fields.never_seen if one.place.operation in about)


@dataclass(frozen=True)
class FieldRemark:
    """What was observed of fields: the word for it, and a sentence."""

    word: str
    sentence: str


def field_remarks(provider: ProviderReport) -> tuple[FieldRemark, ...]:
    """Return what was observed of a provider's fields; one that several operations show is told once."""
    shown: dict[tuple[str, tuple[str, ...]], dict[str, None]] = {}
    for field in provider.undocumented or ():
        shown.setdefault((field.field.rpartition(".")[2], field.types), {})[field.operation] = None
    unknown = (FieldRemark("undocumented", _unknown(*one, tuple(where))) for one, where in shown.items())
    return (*unknown, *(FieldRemark("never seen", _missed(field)) for field in provider.never_seen or ()))


def _unknown(name: str, types: tuple[str, ...], operations: tuple[str, ...]) -> str:
    named, more = operations[:_NAMED], len(operations) - _NAMED
    last = f" and {more} more" if more > 0 else ""
    return (
        f"{name} ({' or '.join(types)}) is in responses of {', '.join(named)}{last}; no document mentions it"
    )


def _missed(field: FieldReport) -> str:
    without = "the one response" if field.times == 1 else f"all {field.times} responses"
    where = f"{field.field} of {field.operation} {field.status}"
    return f"{where} is documented, and {without} that could show it did not"


def _field(place: ResponsePlace, times: int, types: tuple[str, ...] = ()) -> FieldReport:
    return FieldReport(
        operation=place.operation, status=place.status, field=spoken(place.path), times=times, types=types
    )
