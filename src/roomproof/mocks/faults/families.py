"""Faults that every member of an answer may have: one fault for each, in one line for all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from roomproof.mocks.faults.answers import drops, shows, shows_all
from roomproof.mocks.faults.fault import Fault, Kind, kebab
from roomproof.mocks.faults.values import constant, filled, swapped

Json = Any


def clause(part: str, way: str, rule: str) -> str:
    """Return the clause of a rule at a way: `access_codes.*.role` is spelled `access_codes.items.role` there."""
    return f"{part}.{way.replace('*', 'items')}.{rule}"


def other_types(part: str, *ways: str) -> Iterator[Fault]:
    """A fault for each way: what stands there is shown with another JSON type."""
    for way in ways:
        yield Kind.TYPES(
            f"{kebab(way)}-type", f"shows {way} with another JSON type", shows(way, filled(swapped)), clause(part, way, "type")
        )


def other_formats(part: str, change: Callable[[Json], Json], what: str, *ways: str) -> Iterator[Fault]:
    """A fault for each way: what stands there is shown in another format."""
    for way in ways:
        yield Kind.FORMATS(f"{kebab(way)}-format", f"shows {way} {what}", shows(way, filled(change)), clause(part, way, "format"))


def dropped(part: str, *ways: str) -> Iterator[Fault]:
    """A fault for each way: the member that stands there is left off."""
    for way in ways:
        yield Kind.PRESENCE(f"{kebab(way)}-absent", f"leaves {way} off", drops(way), clause(part, way, "present"))


def all_null(id: str, part: str, *ways: str) -> Fault:
    """One fault: null stands at all these ways."""
    what = f"shows {', '.join(ways)} as null"
    return Kind.NULLABILITY(id, what, shows_all(constant(None), *ways), *(clause(part, way, "null") for way in ways))


def all_dropped(id: str, part: str, *ways: str) -> Fault:
    """One fault: all these members are left off."""
    return Kind.PRESENCE(id, f"leaves {', '.join(ways)} off", drops(*ways), *(clause(part, way, "present") for way in ways))
