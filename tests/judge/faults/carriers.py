"""What carries a request: body, media type, query, headers, path."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import orjson

from .fault import WARNING, Fault

Json = Any


def carriers() -> Iterator[Fault]:
    uuid, date = "7b61621f-62e0-4aad-ab11-9fd19e272e73", "Sun, 06 Nov 1994 08:49:37 GMT"
    yield Fault(
        "does without the query parameter",
        "update-room.request.api.required",
        _accepts_no_query,
        fields=("flag",),
    )
    yield Fault(
        "accepts any query parameter", "update-room.request.api.enum", _accepts_any_query, fields=("flag",)
    )
    yield Fault(
        "accepts any id of a request",
        "create-room.request.Request-Id.format",
        _accepts_bad_header("Request-Id", uuid),
        fields=("size",),
    )
    yield Fault(
        "accepts any date",
        "create-room.request.First-Sent.format",
        _accepts_bad_header("First-Sent", date),
        fields=("size",),
    )
    yield Fault(
        "does without a body",
        "update-room.request.body.required",
        _accepts_no_body,
        WARNING,
        fields=("flag",),
    )
    yield Fault(
        "accepts one media type of two",
        "update-room.response.200.status",
        _knows_json_alone,
        says="is rejected",
        fields=("flag",),
    )
    yield Fault(
        "accepts any media type",
        "update-room.request.body.media-type",
        _skips("check_media"),
        WARNING,
        "text/plain",
        ("flag",),
    )
    yield Fault(
        "accepts a list for a body", "update-room.request.body.type", _accepts_any_type, fields=("flag",)
    )
    yield Fault(
        "accepts what is no JSON",
        "update-room.request.body.type",
        _accepts_anything,
        WARNING,
        fields=("flag",),
    )
    yield Fault(
        "accepts null for a body", "update-room.request.body.null", _accepts_null, WARNING, fields=("flag",)
    )
    yield Fault(
        "accepts any room id", "replace-room.request.room_id.format", _finds_any_room, fields=("flag",)
    )
    for name in ("topic", "owner"):
        yield Fault(
            f"does without {name}", f"replace-room.request.{name}.required", _optional(name), fields=("flag",)
        )


def _skips(name: str) -> Callable[[Any], None]:
    return lambda mini: setattr(mini, name, lambda *_: None)


def _accepts_anything(mini: Any) -> None:
    mini.parsed = lambda body: _loaded(body, {})


def _accepts_any_type(mini: Any) -> None:
    right = mini.parsed
    mini.parsed = lambda body: found if isinstance(found := right(body), dict | None) else {}


def _accepts_null(mini: Any) -> None:
    right = mini.parsed
    mini.parsed = lambda body: {} if (found := right(body)) is None else found


def _accepts_no_body(mini: Any) -> None:
    right = mini.read
    mini.read = lambda body, headers, operation: {} if body is None else right(body, headers, operation)


def _accepts_any_query(mini: Any) -> None:
    right = mini.check_query
    mini.check_query = lambda query: right({"api": "1"} if "api" in query else {})


def _accepts_no_query(mini: Any) -> None:
    right = mini.check_query
    mini.check_query = lambda query: right({"api": "1", **query})


def _accepts_bad_header(name: str, good: str) -> Callable[[Any], None]:
    def bend(mini: Any) -> None:
        right = mini.check_headers
        mini.check_headers = lambda headers: right({**headers, name: good} if name in headers else headers)

    return bend


def _finds_any_room(mini: Any) -> None:
    mini.check_id = lambda _: None
    right = mini.found
    mini.found = lambda room_id: right(room_id if len(room_id) == 36 else mini.first)


def _loaded(body: bytes | None, otherwise: Json) -> Json:
    try:
        return orjson.loads(body or b"")
    except orjson.JSONDecodeError:
        return otherwise


def _optional(name: str) -> Callable[[Any], None]:
    def bend(mini: Any) -> None:
        mini.required.discard(name)
        right = mini.replaced
        mini.replaced = lambda room, body: right(room, {"owner": room.shown["owner"], **body})

    return bend


def _knows_json_alone(mini: Any) -> None:
    def check_media(media: str | None) -> None:
        if media != "application/json":
            raise mini.error(415, "not JSON")

    mini.check_media = check_media
