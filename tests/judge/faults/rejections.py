"""Rejections: senders and rooms that must be turned away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from .fault import Fault


def rejections() -> Iterator[Fault]:
    for operation in ("create-room", "update-room", "replace-room"):
        token = f"{operation}.behaviour.token"
        yield Fault(
            "lets everyone in",
            f"{token}.missing-refused",
            _lets_in(None),
            says="missing credentials",
            fields=("size",),
        )
        yield Fault(
            "ignores the case of tokens",
            f"{token}.wrong-refused",
            _ignores_case,
            says="wrong credentials",
            fields=("size",),
        )
        yield Fault(
            "needs no rights",
            f"{token}.scope-required",
            _lets_in("Bearer mini-weak-token"),
            says="unscoped",
            fields=("size",),
        )
    yield Fault(
        "knows every room",
        "update-room.behaviour.room_id.unknown-refused",
        _finds_any_room,
        says="room that does not exist",
        fields=("flag",),
    )
    yield Fault(
        "knows every room",
        "replace-room.behaviour.room_id.unknown-refused",
        _finds_any_room,
        says="room that does not exist",
        fields=("flag",),
    )
    yield Fault("gives one name to two rooms", "update-room.behaviour.name.unique", _any_name)


def _lets_in(*allowed: str | None) -> Callable[[Any], None]:
    def bend(mini: Any) -> None:
        right = mini.check_sender
        mini.check_sender = lambda proof: None if proof in allowed else right(proof)

    return bend


def _ignores_case(mini: Any) -> None:
    right = mini.check_sender
    mini.check_sender = lambda proof: right(proof and f"Bearer {proof[7:].lower()}")


def _finds_any_room(mini: Any) -> None:
    right = mini.found
    mini.found = lambda room_id: right(room_id if room_id in mini.rooms else mini.first)


def _any_name(mini: Any) -> None:
    mini.check_name = lambda *_: None
