"""Responses: wrong values, fields and headers left out, wrong statuses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson

from roomproof.targets.target import UnsentRequest

from .fault import FAIL, LEVELS, WARNING, Fault

Json = Any

WRONG_VALUES: Mapping[str, Mapping[str, Json]] = {
    "id": {"type": 7, "null": None, "format": "7b61621f-62e0-4aad-ab11"},
    "created": {"type": 7, "format": "yesterday"},
    "topic": {"type": ["abc"], "null": None, "min-length": "a", "max-length": "abcdef", "pattern": "a_c"},
    "size": {"type": "4", "null": None, "minimum": 0, "maximum": 10},
    "volume": {"exclusive-minimum": 0, "exclusive-maximum": 10, "multiple-of": 1.3},
    "mode": {"type": 1, "enum": "Open"},
    "kind": {"const": "rooms"},
    "flag": {"type": "true"},
    "note": {"type": 5, "max-length": "123456"},
    "link": {"format": "example.com/hook", "max-length": f"https://example.com/{'x' * 60}"},
    "tags": {"type": "a", "min-items": [], "max-items": ["a", "b", "c", "d"], "unique-items": ["a", "a"]},
    "tags.items": {"type": [1], "null": [None], "enum": ["e"]},
    "guests": {"min-properties": {}, "max-properties": {"g1": {}, "g2": {}, "g3": {}}},
    "guests.values": {"type": {"g1": "host"}, "null": {"g1": None}},
    "guests.values.role": {"enum": {"g1": {"role": "guest"}}},
    "guests.keys": {"pattern": {"some_one": {}}},
    "pin": {"one-of": 10},
    "share": {"all-of": 4},
    "day": {"any-of": "someday"},
    "word": {"not": "admin"},
    "call": {"additional-properties": {"minutes": 5}},
    "grade": {"observed-maximum": 8, "sample-minimum": 0},
}


def in_responses(change: Callable[[dict[str, Json]], dict[str, Json]]) -> Callable[[Any], None]:
    """A provider whose responses show every room changed."""

    def bend(mini: Any) -> None:
        right = mini.answered

        def answered(unsent: UnsentRequest, headers: Mapping[str, str]) -> Any:
            response = right(unsent, headers)
            if isinstance(response.body, dict) and "room" in response.body:
                response.body = {"room": change(dict(response.body["room"]))}
            return response

        mini.answered = answered

    return bend


def on_the_wire(change: Callable[[Any, UnsentRequest], Any]) -> Callable[[Any], None]:
    """A provider whose responses, rejections too, are changed before they are sent."""

    def bend(mini: Any) -> None:
        right, rejected = mini.answered, mini.rejected

        def answered(unsent: UnsentRequest, headers: Mapping[str, str]) -> Any:
            mini.current = unsent
            return change(right(unsent, headers), unsent)

        mini.answered = answered
        mini.rejected = lambda status, text: change(
            rejected(status, text), mini.current if hasattr(mini, "current") else None
        )

    return bend


def responses() -> Iterator[Fault]:
    for path, wrong in WRONG_VALUES.items():
        field = path.split(".")[0]
        for rule, value in wrong.items():
            verdict = WARNING if rule in LEVELS or rule == "null" or field == "created" else FAIL
            bend = in_responses(lambda room, field=field, value=value: {**room, field: value})
            yield Fault(
                f"answers a wrong {path}: {rule}",
                f"update-room.response.room.{path}.{rule}",
                bend,
                verdict,
                field,
                ("flag",),
            )
    for field, verdict in (("id", FAIL), ("name", FAIL), ("owner", WARNING)):
        bend = in_responses(
            lambda room, field=field: {key: value for key, value in room.items() if key != field}
        )
        yield Fault(
            f"answers without {field}",
            f"update-room.response.room.{field}.present",
            bend,
            verdict,
            fields=("flag",),
        )

    update = "update-room.behaviour"
    call = in_responses(
        lambda room: {**room, "call": {"room_id": "another", "mode": room.get("mode", "open")}}
    )
    yield Fault(
        "shows a call of another room",
        f"{update}.call.room_id.fields-agree",
        call,
        says="call.room_id",
        fields=("flag",),
    )
    calls = in_responses(
        lambda room: {
            **room,
            "active_call": "a",
            "calls": [{"id": "a", "live": False}, {"id": "b", "live": True}],
        }
    )
    yield Fault(
        "shows a call that is over", f"{update}.active_call.fields-agree", calls, WARNING, fields=("flag",)
    )
    closed = in_responses(lambda room: {**room, "call": {"room_id": room["id"], "mode": "closed"}})
    yield Fault(
        "closes every call", f"{update}.call.mode.default-value", closed, says="call.mode", fields=("flag",)
    )
    text, page = {"Content-Type": "text/html"}, b"<p>OK</p>"
    yield Fault("answers a page", "update-room.response.body.type", _changed(body=page), fields=("flag",))
    yield Fault("answers nothing", "update-room.response.body.type", _changed(body=b""), fields=("flag",))
    yield Fault(
        "answers null", "update-room.response.body.null", _changed(body=b"null"), WARNING, fields=("flag",)
    )
    yield Fault("answers no room", "update-room.response.room.present", _changed(body={}), fields=("flag",))
    yield Fault(
        "answers another type",
        "update-room.response.body.media-type",
        _changed(headers=text),
        says="text/html",
        fields=("flag",),
    )
    yield Fault(
        "begins with a byte order mark",
        "update-room.response.body.json",
        _bytes(b"\xef\xbb\xbf"),
        WARNING,
        "mark",
        ("flag",),
    )
    yield Fault(
        "says a name twice",
        "update-room.response.body.json",
        _bytes(b'{"x": 1, "x": 2, '),
        WARNING,
        "twice",
        ("flag",),
    )
    error = "update-room.response.422"
    yield Fault(
        "rejects with a page",
        f"{error}.body.media-type",
        _changed_errors(headers={**text, "X-Error": "refused"}),
        says="text/html",
        fields=("size",),
    )
    yield Fault(
        "rejects without a header", f"{error}.X-Error.present", _changed_errors(headers={}), fields=("size",)
    )
    yield Fault(
        "rejects with another header",
        f"{error}.X-Error.enum",
        _changed_errors(headers={"X-Error": "no"}),
        fields=("size",),
    )
    yield Fault(
        "rejects without a word", f"{error}.error.present", _changed_errors(body={}), fields=("size",)
    )
    yield Fault(
        "rejects with a number", f"{error}.error.type", _changed_errors(body={"error": 7}), fields=("size",)
    )


def _changed(**fields: Json) -> Callable[[Any], None]:
    return on_the_wire(lambda response, _: _with(response, **fields) if response.status < 300 else response)


def _bytes(start: bytes) -> Callable[[Any], None]:
    """A provider whose responses begin with other bytes, which take the place of a brace if they open one."""
    return on_the_wire(
        lambda response, _: _with(response, body=start + orjson.dumps(response.body)[start[:1] == b"{" :])
    )


def _changed_errors(**fields: Json) -> Callable[[Any], None]:
    return on_the_wire(lambda response, _: _with(response, **fields) if response.status == 422 else response)


def _with(response: Any, **fields: Json) -> Any:
    for name, value in fields.items():
        setattr(response, name, value)
    return response


def statuses() -> Iterator[Fault]:
    yield Fault(
        "makes rooms with 200",
        "create-room.response.201.status",
        _status(201, 200),
        says="200",
        fields=("size",),
    )
    yield Fault(
        "answers 202", "update-room.response.200.status", _status(200, 202), says="202", fields=("flag",)
    )
    elsewhere = on_the_wire(
        lambda response, sent: (
            _with(response, status=302)
            if response.status == 200 and b"false" in (sent.body or b"")
            else response
        )
    )
    yield Fault("sends elsewhere", "update-room.response.200.status", elsewhere, says="302", fields=("flag",))
    yield Fault(
        "rejects senders with 400",
        "update-room.response.401.status",
        _status(401, 400),
        says="400",
        fields=("flag",),
    )
    yield Fault(
        "knows no room with 410",
        "update-room.response.404.status",
        _status(404, 410),
        says="410",
        fields=("flag",),
    )
    yield Fault(
        "rejects values with 400",
        "update-room.response.422.status",
        _status(422, 400),
        says="400",
        fields=("size",),
    )
    for operation in ("create-room", "update-room", "replace-room"):
        yield Fault(
            "breaks down",
            f"{operation}.behaviour.input.no-server-error",
            _crashes,
            says="server error",
            fields=("size",),
        )


def _status(right: int, wrong: int) -> Callable[[Any], None]:
    return on_the_wire(
        lambda response, _: _with(response, status=wrong) if response.status == right else response
    )


def _crashes(mini: Any) -> None:
    right = mini.parsed

    def parsed(body: bytes | None) -> Json:
        value = right(body)
        if isinstance(value, dict) and value.get("size") == -1:
            raise mini.error(500, "oops")
        return value

    mini.parsed = parsed
