"""Texts that no other room has, for providers of which nobody has said more than that a field is unique."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count

from roomproof.contract.contradictions import fits
from roomproof_strategies.sample import Sample, Schema, Setting, Special

_NUMBERS = count()
_SHORT = 60
"""Of a longer text it is the length that counts."""
_FREE = ("accepted", "unique")
"""Rules whose samples of a field want any value of it."""


def own_texts(unique: Mapping[str, Mapping[str, Schema]]) -> Special:
    """Return what gives each new room texts of its own; `unique` has the schemas of such fields,
    by the operation that makes rooms.

    A text that the sample aims at stays, and so does one that the schema allows no tail.
    """

    def adapt(operation: str, sample: Sample, setting: Setting) -> Sample:
        if not isinstance(sample.value, dict):
            return sample
        own = dict(_own(sample, unique.get(operation, {}), setting))
        return replace(sample, value={**sample.value, **own}) if own else sample

    return Special(adapt=adapt)


def _own(sample: Sample, unique: Mapping[str, Schema], setting: Setting) -> Iterator[tuple[str, str]]:
    for name, schema in unique.items():
        text = sample.value.get(name)
        is_aimed_at = sample.path[:1] == (name,) and sample.rule not in _FREE
        if not isinstance(text, str) or not text or len(text) > _SHORT or is_aimed_at:
            continue
        if not fits(text, schema):
            continue
        tail = f"{setting.serial}{next(_NUMBERS):04x}"
        known = (f"{text}-{tail}", f"{text}{tail}", tail, tail[-8:], tail[-4:])
        found = next((one for one in known if fits(one, schema)), None)
        if found is not None:
            yield name, found
