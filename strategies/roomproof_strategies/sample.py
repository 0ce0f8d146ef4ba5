"""A sample: one value to send, and the rule of the schema that it aims at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Json = Any
Schema = Mapping[str, Any]
LONGEST = 1_000_000
"""Characters of the longest text: servers take bodies of about one megabyte."""
MOST = 5_000
"""Items of the largest array, fields of the largest map."""


@dataclass(frozen=True)
class Sample:
    """One body (or part of one) with its aim.

    `path` leads to the value that matters: property names, `items` for an array's items, `values` for the
    values of a map. `rule` is the keyword in kebab case (`maximum`, `max-length`, `enum`, `type`, `null`,
    `required` ...), `accepted` where a plain value is to be taken. `valid` says whether the schema allows the
    value; `note` tells a person what it is.
    """

    value: Json
    path: tuple[str, ...]
    rule: str
    valid: bool
    note: str


@dataclass(frozen=True)
class Setting:
    """What is known while bodies are made: the time, a word unique to this run, the room as it was last seen,
    the room's id.
    """

    now: datetime
    serial: str
    room: Mapping[str, Json]
    room_id: str


@dataclass(frozen=True)
class Special:
    """What only one provider's payloads need.

    `fields` gives, for a setting, a strategy for the value at a path (schema path as in `Sample.path`);
    `adapt` turns a generic sample of an operation into one that the provider can accept for every reason but
    its aim; `samples` gives further samples worth sending, such as plausible words that are not in a closed
    list.
    """

    fields: Callable[[Setting], Mapping[tuple[str, ...], Any]] = lambda _: {}
    samples: Callable[[Setting], Iterable[Sample]] = lambda _: ()
    adapt: Callable[[str, Sample, Setting], Sample] = lambda _operation, sample, _setting: sample
