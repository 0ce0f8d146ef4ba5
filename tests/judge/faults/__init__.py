"""Miniature providers that are wrong in one way each, and the finding that each must lead to; a file a
subject.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .carriers import carriers
from .creation import creation
from .fault import Fault
from .life import life
from .memory import memory
from .rejections import rejections
from .responses import responses, statuses
from .values import lenient, nulls, strict


def all_faults(rules: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Iterator[Fault]:
    """Yield every fault, the lenient ones read off the right provider's rules."""
    yield from lenient(rules)
    yield from nulls(rules)
    yield from strict()
    yield from carriers()
    yield from responses()
    yield from statuses()
    yield from memory()
    yield from creation()
    yield from life()
    yield from rejections()
