"""Families of cases take turns, so that faults of each show early; the date-times of all lie around one
anchor.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")
ANCHOR = timedelta(days=20)
"""How far in the future the date-times of boundary cases lie."""


def turns(*families: Iterator[Item]) -> Iterator[Item]:
    """Yield one case of each family in turn until all have ended."""
    waiting = list(families)
    while waiting:
        for family in list(waiting):
            for case in islice(family, 1):
                yield case
                break
            else:
                waiting.remove(family)
