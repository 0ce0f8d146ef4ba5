"""Families of requests that several rules want: of strangers, about no room, with other fixed values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from roomproof.contract.formats import FORMATS
from roomproof.interaction import Credentials
from roomproof.judge.register import rule_of
from roomproof.judge.rule import Scene, WantedRequest


def strangers(_: Scene) -> Iterator[WantedRequest]:
    """Yield requests without credentials, with wrong ones, and with too few rights."""
    yield WantedRequest("no credentials", credentials=Credentials.MISSING)
    # Before the many wrong ones, since of deletions only a few are sent.
    yield WantedRequest("credentials without the scope", credentials=Credentials.UNSCOPED)
    yield WantedRequest("wrong credentials", credentials=Credentials.WRONG)


def unknown_rooms(scene: Scene) -> Iterator[WantedRequest]:
    """Yield requests about rooms that do not exist, and about ids that cannot exist."""
    if scene.makes_rooms or not scene.id_parameter:
        return
    known = scene.room()
    # What another room has already would be a second reason to reject it.
    required = scene.operation.schema.get("required", ())
    shared = {clause.path[0] for clause in scene.operation.behaviours if rule_of(clause).unseen is not None}
    without = frozenset(shared - {*required})
    for _ in range(2):
        yield WantedRequest("a room that does not exist", without=without, room_id="")
    for parameter in scene.operation.parameters:
        # Of a format that nobody here knows, no id is known to be malformed.
        is_id = parameter.place == "path" and parameter.name == scene.id_parameter
        if is_id and parameter.schema.get("format") in FORMATS:
            cut, longer = str(UUID(int=scene.random.getrandbits(128)))[:-1], str(known.get("id", "x")) + "0"
            for text in ("roomproof-no-such-id", "0", cut, longer):
                yield WantedRequest(f"the malformed id {text}", without=without, room_id=text)


def other_values(scene: Scene) -> Iterator[WantedRequest]:
    """Yield requests that try to change what only the provider sets: read-only fields, ids, times."""
    fixed = (clause.path[0] for clause in scene.operation.behaviours if other_values in rule_of(clause).wants)
    for name in dict.fromkeys(fixed):
        yield WantedRequest(f"another {name}", fields={name: _other_value(scene.room().get(name))})


def _other_value(value: Any) -> str:
    """Return a text shaped like the value, with other digits, or another last letter where it has none."""
    text = str(value or "1")
    other = "".join(str((int(letter) + 1) % 10) if letter.isdecimal() else letter for letter in text)
    return other if other != text else text[:-1] + ("b" if text[-1] == "a" else "a")
