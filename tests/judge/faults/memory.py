"""Memory: what a room forgets, mixes up, or lets be changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from roomproof.targets.target import UnsentRequest

from .fault import WARNING, Fault

Json = Any


def after_update(
    change: Callable[[Any, dict[str, Json], Mapping[str, Json]], dict[str, Json]],
) -> Callable[[Any], None]:
    """A provider whose updated rooms are changed: change(mini, room as it should be, body)."""

    def bend(mini: Any) -> None:
        for name in ("updated", "replaced"):
            right = getattr(mini, name)
            setattr(mini, name, lambda room, body, right=right: change(mini, right(room, body), body))

    return bend


def memory() -> Iterator[Fault]:
    update, replace = "update-room.behaviour", "replace-room.behaviour"
    yield Fault("forgets a topic", f"{update}.topic.echo", after_update(_lost))
    yield Fault("forgets one value", f"{update}.size.echo", after_update(_lost_for_one_value))
    yield Fault("never shows the note", f"{update}.note.echo", after_update(_dropped))
    yield Fault("forgets a title", f"{replace}.title.echo", _moves("title", "other"))
    yield Fault(
        "resets what is not sent", f"{update}.mode.unchanged", after_update(_resets), fields=("mode", "flag")
    )
    yield Fault("mixes up rooms", f"{update}.size.unchanged", after_update(_leaks), fields=("size", "flag"))
    yield Fault(
        "carries out what it rejects", f"{update}.name.unchanged", _keeps_rejected, fields=("name", "size")
    )
    yield Fault("accepts null for a reset", f"{update}.size.null-unchanged", _null_resets, WARNING)
    yield Fault("moves a date to noon", f"{update}.day.date-only", after_update(_shifted))
    yield Fault("keeps a date a date", f"{update}.day.date-only", _echoed)
    yield Fault(
        "changes ids",
        f"{update}.id.constant",
        _moves("id", lambda: str(uuid4())),
        says="about room",
        fields=("flag",),
    )
    yield Fault(
        "answers about another room",
        f"{update}.id.constant",
        _moves("id", "7b61621f-62e0-4aad-ab11-9fd19e272e73"),
        says="about room",
        fields=("flag",),
    )
    yield Fault(
        "moves the time of creation",
        f"{update}.created.constant",
        _moves("created", lambda: datetime.now().astimezone().isoformat()),
        fields=("flag",),
    )
    yield Fault(
        "reads another size", f"{update}.size.read-after-write", _reads({"size": 3}), fields=("size",)
    )
    yield Fault("reads no note", f"{update}.note.read-after-write", _reads({"note": None}), fields=("note",))
    yield Fault("gives a room to the sender", f"{replace}.owner.read-only", _any_owner, fields=("flag",))
    yield Fault(
        "gives a room away",
        f"{replace}.owner.constant",
        _moves("owner", lambda: str(uuid4())),
        fields=("flag",),
    )
    yield Fault(
        "invents a default", f"{replace}.size.kept-or-default", _replaced(size=3), fields=("flag", "size")
    )
    yield Fault(
        "invents a flag", f"{replace}.flag.kept-or-default", _replaced(flag=True), fields=("flag", "size")
    )
    yield Fault("invents a title", f"{replace}.title.default-from", _titled("untitled"), fields=("title",))


def _lost(_mini: Any, room: dict[str, Json], body: Mapping[str, Json]) -> dict[str, Json]:
    return {**room, "topic": "abc"} if "topic" in body else room


def _lost_for_one_value(_mini: Any, room: dict[str, Json], body: Mapping[str, Json]) -> dict[str, Json]:
    return {**room, "size": 6} if body.get("size") == 7 else room


def _dropped(_mini: Any, room: dict[str, Json], _body: Mapping[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in room.items() if name != "note"}


def _shifted(_mini: Any, room: dict[str, Json], _body: Mapping[str, Json]) -> dict[str, Json]:
    return {**room, "day": room["day"].replace("T00:00:00Z", "T12:00:00Z")} if "day" in room else room


def _resets(_mini: Any, room: dict[str, Json], body: Mapping[str, Json]) -> dict[str, Json]:
    return {**room, "mode": body.get("mode", "open"), "size": body.get("size", 4)}


def _leaks(mini: Any, room: dict[str, Json], body: Mapping[str, Json]) -> dict[str, Json]:
    for other in mini.rooms.values():
        other.shown = {**other.shown, **({"size": body["size"]} if "size" in body else {})}
    return room


def _moves(name: str, value: Json) -> Callable[[Any], None]:
    return after_update(lambda _mini, room, _body: {**room, name: value() if callable(value) else value})


def _keeps_rejected(mini: Any) -> None:
    right = mini.check_values

    def check_values(operation: str, body: dict[str, Json]) -> None:
        if body.get("size") == 10:
            for room in mini.rooms.values():
                room.shown = {**room.shown, "name": str(uuid4())}
        right(operation, body)

    mini.check_values = check_values


def _null_resets(mini: Any) -> None:
    mini.nullable.add("size")
    right = mini.updated
    mini.updated = lambda room, body: {
        **right(room, body),
        **({"size": 1} if body.get("size", 0) is None else {}),
    }


def _reads(fields: Mapping[str, Json]) -> Callable[[Any], None]:
    """A provider that shows something else to who only looks."""

    def bend(mini: Any) -> None:
        right = mini.answered

        def answered(unsent: UnsentRequest, headers: Mapping[str, str]) -> Any:
            response = right(unsent, headers)
            if unsent.method == "GET" and "room" in response.body:
                response.body = {"room": {**response.body["room"], **fields}}
            return response

        mini.answered = answered

    return bend


def _any_owner(mini: Any) -> None:
    mini.replaced = lambda room, body: {
        **room.shown,
        "title": room.shown["name"],
        "size": 4,
        "flag": False,
        **body,
    }


def _echoed(mini: Any) -> None:
    mini.kept = lambda _, value: value


def _replaced(**defaults: Json) -> Callable[[Any], None]:
    def bend(mini: Any) -> None:
        right = mini.replaced
        mini.replaced = lambda room, body: {
            **right(room, body),
            **{name: body.get(name, value) for name, value in defaults.items()},
        }

    return bend


def _titled(title: str) -> Callable[[Any], None]:
    def bend(mini: Any) -> None:
        right = mini.made

        def made(body: Mapping[str, Json]) -> Any:
            room = right(body)
            room.shown["title"] = title
            return room

        mini.made = made

    return bend
