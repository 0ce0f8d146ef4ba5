"""What Telnyx rooms need: names that no other room of the account has."""

from __future__ import annotations

import json
from dataclasses import replace
from zlib import crc32

from roomproof_strategies.sample import Sample, Setting, Special

_MAKER, _NAME = "create-room", "unique_name"
_SHORT = 60


def adapt(operation: str, sample: Sample, setting: Setting) -> Sample:
    """Return the sample with a tail at a short name that belongs to this run and this room, of a new room to
    what else is asked of it; a name that is aimed at stays.
    """
    body = sample.value
    name = body.get(_NAME) if isinstance(body, dict) else None
    if (
        not isinstance(name, str)
        or not name
        or len(name) > _SHORT
        or (sample.path[:1] == (_NAME,) and sample.rule != "accepted")
    ):
        return sample
    whose = json.dumps(body, sort_keys=True) if operation == _MAKER else setting.room_id
    return replace(sample, value={**body, _NAME: f"{name} {setting.serial}-{crc32(whose.encode()):08x}"})


SPECIAL = Special(adapt=adapt)
