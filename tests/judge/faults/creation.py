"""Creation: what new rooms are like."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from .fault import FAIL, Fault

Json = Any


def on_creation(
    change: Callable[[Any, dict[str, Json], Mapping[str, Json]], Mapping[str, Json]],
) -> Callable[[Any], None]:
    """A provider whose new rooms are changed: change(mini, room as it should be, body)."""

    def bend(mini: Any) -> None:
        right = mini.made

        def made(body: Mapping[str, Json]) -> Any:
            room = right(body)
            room.shown.update(change(mini, room.shown, body))
            mini.rooms[room.shown["id"]] = room
            return room

        mini.made = made

    return bend


def _later(text: str, **by: float) -> str:
    return (datetime.fromisoformat(text) + timedelta(**by)).isoformat()


def creation() -> Iterator[Fault]:
    create = "create-room.behaviour"
    yield Fault(
        "has another default",
        "create-room.request.size.default",
        on_creation(lambda _mini, _room, body: {"size": body.get("size", 5)}),
    )
    yield Fault(
        "has no default",
        "create-room.request.size.default",
        on_creation(lambda _mini, _room, body: {"size": body.get("size")}),
        FAIL,
    )
    yield Fault(
        "imports with another default",
        "update-room.request.mode.default",
        on_creation(lambda _mini, _room, _body: {"mode": "closed"}),
    )
    yield Fault(
        "opens tomorrow",
        f"{create}.opens.default-now",
        on_creation(
            lambda _mini, room, body: {} if "opens" in body else {"opens": _later(room["opens"], days=1)}
        ),
    )
    yield Fault(
        "closes a month early",
        f"{create}.closes.default-now",
        on_creation(
            lambda _mini, room, body: {} if "closes" in body else {"closes": _later(room["closes"], days=-30)}
        ),
    )
    yield Fault(
        "has a wrong clock",
        f"{create}.created.created-now",
        on_creation(lambda _mini, room, _body: {"created": _later(room["created"], hours=-2)}),
        fields=("size",),
    )
    yield Fault(
        "accepts the sender's id",
        f"{create}.id.server-generated",
        on_creation(_accepts_ids),
        fields=("size",),
    )
    yield Fault("uses an id again", f"{create}.id.server-generated", on_creation(_one_id), fields=("size",))
    yield Fault(
        "carries out repeats",
        f"{create}.repeats.replayed-once",
        _never_repeats,
        says="executed again",
        fields=("size",),
    )
    yield Fault(
        "carries out the second repeat",
        f"{create}.repeats.replayed-once",
        _repeats_twice,
        says="executed again",
        fields=("size",),
    )
    yield Fault(
        "rejects repeats",
        f"{create}.repeats.replayed-once",
        _rejects_repeats,
        says="repeated request",
        fields=("size",),
    )
    yield Fault(
        "accepts half a pair",
        f"{create}.repeats.pair-required",
        _half_pairs,
        says="Request-Id without First-Sent",
        fields=("size",),
    )
    yield Fault(
        "accepts any window",
        f"{create}.window.window",
        lambda mini: setattr(mini, "check_window", lambda *_: None),
        fields=("opens", "closes"),
    )
    yield Fault(
        "lists everyone as host",
        f"{create}.guests.listed-echo",
        _listed(lambda guest: {**guest, "role": "host"}),
        says="role of",
    )
    yield Fault(
        "lists nobody", f"{create}.guests.listed-echo", _listed(lambda _: None), says="list has no such entry"
    )
    yield Fault(
        "makes everyone a host", f"{create}.guests.listed-default", _default_role("host"), says="role of"
    )


def _never_repeats(mini: Any) -> None:
    right = mini.create
    mini.create = lambda body, text, headers: (mini.repeated.clear(), right(body, text, headers))[1]


def _repeats_twice(mini: Any) -> None:
    right, seen = mini.create, []

    def create(body: Json, text: Json, headers: Mapping[str, str]) -> Any:
        seen.append(headers.get("Request-Id"))
        if seen.count(headers.get("Request-Id")) == 3:
            mini.repeated.clear()
        return right(body, text, headers)

    mini.create = create


def _rejects_repeats(mini: Any) -> None:
    right, seen = mini.create, set()

    def create(body: Json, text: Json, headers: Mapping[str, str]) -> Any:
        if headers.get("Request-Id", "") in seen:
            raise mini.error(409, "again?")
        seen.update({headers["Request-Id"]} if "Request-Id" in headers else ())
        return right(body, text, headers)

    mini.create = create


def _accepts_ids(_mini: Any, room: Mapping[str, Json], body: Mapping[str, Json]) -> Mapping[str, Json]:
    return {"id": body.get("id", room["id"])}


def _one_id(mini: Any, room: Mapping[str, Json], _body: Mapping[str, Json]) -> Mapping[str, Json]:
    return {"id": next(reversed(list(mini.rooms)[1:-1]), room["id"])} if len(mini.rooms) > 5 else {}


def _half_pairs(mini: Any) -> None:
    right = mini.check_headers
    mini.check_headers = lambda headers: right(headers) if "First-Sent" in headers else None


def _listed(change: Callable[[dict[str, Json]], Json]) -> Callable[[Any], None]:
    def bend(mini: Any) -> None:
        right = mini.listed
        mini.listed = lambda room: [entry for guest in right(room) if (entry := change(guest))]

    return bend


def _default_role(role: str) -> Callable[[Any], None]:
    def bend(mini: Any) -> None:
        mini.listed = lambda room: [
            {"who": name, "role": guest.get("role", role)} for name, guest in room.guests.items()
        ]

    return bend
