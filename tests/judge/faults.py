"""Miniature providers that are wrong in one way each, and the finding that each must lead to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import orjson

from roomproof.targets.target import Outgoing
from roomproof.verdict import Verdict

Json = Any
FAIL, WARNING = Verdict.FAIL, Verdict.WARNING
LEVELS = {"observed-maximum": WARNING, "sample-minimum": WARNING}


@dataclass(frozen=True)
class Fault:
    """One wrong provider: `bend` turns a right one into it; `clause` and `verdict` are the finding, `says` stands in its summary.

    The provider is asked about one operation whose body has only `fields`.
    """

    name: str
    clause: str
    bend: Callable[[Any], None]
    verdict: Verdict = FAIL
    says: str = ""
    fields: tuple[str, ...] = ()

    @property
    def operation(self) -> str:
        return self.clause.split(".")[0]

    @property
    def asked(self) -> tuple[str, ...]:
        return self.fields or tuple(self.clause.split(".")[2:-1])

    @property
    def told(self) -> str:
        return self.says or self.clause.split(".")[-2].replace("values", "guests").replace("keys", "guests").replace("items", "")


def all_faults(rules: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Iterator[Fault]:
    """Yield every fault, the lenient ones read off the right provider's rules."""
    yield from _lenient(rules)
    yield from _nulls(rules)
    yield from _strict()
    yield from _carriers()
    yield from _answers()
    yield from _statuses()
    yield from _memory()
    yield from _creation()
    yield from _refusals()


# Values: taken although excluded, refused although allowed.


def _lenient(rules: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Iterator[Fault]:
    for operation, table in rules.items():
        for field, named in table.items():
            for rule in named:
                harmless = rule.endswith("null") or field == "owner"
                verdict = WARNING if harmless else LEVELS.get(rule, FAIL)
                says = field if "." not in rule else {"guests": "guests", "tags": "tags", "pair": "pair"}[field]
                yield Fault(
                    f"takes what breaks {field} {rule}",
                    f"{operation}.request.{field}.{rule}",
                    _always(operation, field, rule),
                    verdict,
                    says,
                    (field,),
                )


def _always(operation: str, field: str, rule: str) -> Callable[[Any], None]:
    def bend(mini: Any) -> None:
        mini.rules[operation][field][rule] = lambda _: True

    return bend


def _nulls(rules: Mapping[str, Mapping[str, Any]]) -> Iterator[Fault]:
    for operation, table in rules.items():
        for field in table:
            if field not in ("note", "topic", "owner", "guests"):
                bend = lambda mini, field=field: mini.nullable.add(field)  # noqa: E731
                yield Fault("takes null", f"{operation}.request.{field}.null", bend, WARNING)


def _strict() -> Iterator[Fault]:
    def refuses(what: str, clause: str, holds: Callable[[Any], bool], verdict: Verdict = FAIL) -> Fault:
        operation, _, field, _ = clause.split(".")

        def bend(mini: Any) -> None:
            mini.rules[operation][field]["strict"] = holds

        return Fault(f"refuses {what}", clause, bend, verdict)

    yield refuses("the least size", "update-room.request.size.minimum", lambda number: number > 1)
    yield refuses("the greatest size", "update-room.request.size.maximum", lambda number: number < 9)
    yield refuses("the shortest topic", "update-room.request.topic.min-length", lambda text: len(text) != 2)
    yield refuses("the longest topic", "update-room.request.topic.max-length", lambda text: len(text) != 5)
    yield refuses("every topic", "update-room.request.topic.pattern", lambda _: False)
    yield refuses("one member of a list", "update-room.request.mode.enum", lambda text: text != "closed")
    yield refuses("the constant", "update-room.request.kind.const", lambda _: False)
    yield refuses("true", "update-room.request.flag.accepted", lambda flag: flag is False)
    yield refuses("the longest note", "update-room.request.note.max-length", lambda text: len(text) < 5)
    yield refuses("addresses with a port", "update-room.request.link.format", lambda text: text.count(":") < 2)
    yield refuses("a list of one", "update-room.request.tags.min-items", lambda tags: len(tags) != 1)
    yield refuses("the longest list", "update-room.request.tags.max-items", lambda tags: len(tags) < 3)
    yield refuses("a date alone", "update-room.request.day.any-of", lambda text: len(text) != 10)
    yield refuses("offsets", "update-room.request.day.any-of", lambda text: text[-1] in "Zz" or len(text) == 10, WARNING)
    yield refuses("fractions of a second", "create-room.request.opens.format", lambda text: "." not in text, WARNING)
    yield refuses("one alternative", "update-room.request.pin.one-of", lambda pin: pin != "none")
    yield Fault("refuses null", "update-room.request.note.nullable", lambda mini: mini.nullable.clear())


def _carriers() -> Iterator[Fault]:
    def skips(name: str) -> Callable[[Any], None]:
        return lambda mini: setattr(mini, name, lambda *_: None)

    def takes_anything(mini: Any) -> None:
        mini.parsed = lambda body: _loaded(body, {})

    def takes_any_type(mini: Any) -> None:
        right = mini.parsed
        mini.parsed = lambda body: found if isinstance(found := right(body), dict | None) else {}

    def takes_null(mini: Any) -> None:
        right = mini.parsed
        mini.parsed = lambda body: {} if (found := right(body)) is None else found

    def takes_no_body(mini: Any) -> None:
        right = mini.read
        mini.read = lambda body, headers, operation: {} if body is None else right(body, headers, operation)

    def checks_query(**known: str) -> Callable[[Any], None]:
        def bend(mini: Any) -> None:
            right = mini.check_query
            mini.check_query = lambda query: right({**query, **known} if not known or "api" in query else {"api": "1"})

        return bend

    def takes_any_query(mini: Any) -> None:
        right = mini.check_query
        mini.check_query = lambda query: right({"api": "1"} if "api" in query else {})

    def takes_no_query(mini: Any) -> None:
        right = mini.check_query
        mini.check_query = lambda query: right({"api": "1", **query})

    def takes_bad_header(name: str, good: str) -> Callable[[Any], None]:
        def bend(mini: Any) -> None:
            right = mini.check_headers
            mini.check_headers = lambda headers: right({**headers, name: good} if name in headers else headers)

        return bend

    def finds_any_room(mini: Any) -> None:
        mini.check_id = lambda _: None
        right = mini.found
        mini.found = lambda room_id: right(room_id if len(room_id) == 36 else mini.first)

    uuid, date = "7b61621f-62e0-4aad-ab11-9fd19e272e73", "Sun, 06 Nov 1994 08:49:37 GMT"
    yield Fault("does without the query parameter", "update-room.request.api.required", takes_no_query, fields=("flag",))
    yield Fault("takes any query parameter", "update-room.request.api.enum", takes_any_query, fields=("flag",))
    yield Fault(
        "takes any id of a request", "create-room.request.Request-Id.format", takes_bad_header("Request-Id", uuid), fields=("size",)
    )
    yield Fault("takes any date", "create-room.request.First-Sent.format", takes_bad_header("First-Sent", date), fields=("size",))
    yield Fault("does without a body", "update-room.request.body.required", takes_no_body, WARNING, fields=("flag",))
    yield Fault("takes any media type", "update-room.request.body.media-type", skips("check_media"), WARNING, "text/plain", ("flag",))
    yield Fault("takes a list for a body", "update-room.request.body.type", takes_any_type, fields=("flag",))
    yield Fault("takes what is no JSON", "update-room.request.body.type", takes_anything, WARNING, fields=("flag",))
    yield Fault("takes null for a body", "update-room.request.body.null", takes_null, WARNING, fields=("flag",))
    yield Fault("takes any room id", "replace-room.request.room_id.format", finds_any_room, fields=("flag",))
    for name in ("topic", "owner"):
        yield Fault(f"does without {name}", f"replace-room.request.{name}.required", _optional(name), fields=("flag",))


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


# Answers: wrong values, members and headers left out, wrong statuses.

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
    "grade": {"observed-maximum": 8, "sample-minimum": 0},
}


def in_answers(change: Callable[[dict[str, Json]], dict[str, Json]]) -> Callable[[Any], None]:
    """A provider whose answers show every room changed."""

    def bend(mini: Any) -> None:
        right = mini.answered

        def answered(outgoing: Outgoing, headers: Mapping[str, str]) -> Any:
            answer = right(outgoing, headers)
            if isinstance(answer.body, dict) and "room" in answer.body:
                answer.body = {"room": change(dict(answer.body["room"]))}
            return answer

        mini.answered = answered

    return bend


def on_the_wire(change: Callable[[Any, Outgoing], Any]) -> Callable[[Any], None]:
    """A provider whose answers, refusals too, are changed before they are sent."""

    def bend(mini: Any) -> None:
        right, refused = mini.answered, mini.refused

        def answered(outgoing: Outgoing, headers: Mapping[str, str]) -> Any:
            mini.current = outgoing
            return change(right(outgoing, headers), outgoing)

        mini.answered = answered
        mini.refused = lambda status, text: change(refused(status, text), mini.current if hasattr(mini, "current") else None)

    return bend


def _answers() -> Iterator[Fault]:
    for path, wrong in WRONG_VALUES.items():
        field = path.split(".")[0]
        for rule, value in wrong.items():
            verdict = WARNING if rule in LEVELS or rule == "null" or field == "created" else FAIL
            bend = in_answers(lambda room, field=field, value=value: {**room, field: value})
            yield Fault(f"answers a wrong {path}: {rule}", f"update-room.response.room.{path}.{rule}", bend, verdict, field, ("flag",))
    for field, verdict in (("id", FAIL), ("name", FAIL), ("owner", WARNING)):
        bend = in_answers(lambda room, field=field: {key: value for key, value in room.items() if key != field})
        yield Fault(f"answers without {field}", f"update-room.response.room.{field}.present", bend, verdict, fields=("flag",))

    def changed(**members: Json) -> Callable[[Any], None]:
        return on_the_wire(lambda answer, _: _with(answer, **members) if answer.status < 300 else answer)

    def changed_errors(**members: Json) -> Callable[[Any], None]:
        return on_the_wire(lambda answer, _: _with(answer, **members) if answer.status == 422 else answer)

    text, page = {"Content-Type": "text/html"}, b"<p>OK</p>"
    yield Fault("answers a page", "update-room.response.body.type", changed(body=page), fields=("flag",))
    yield Fault("answers nothing", "update-room.response.body.type", changed(body=b""), fields=("flag",))
    yield Fault("answers null", "update-room.response.body.null", changed(body=b"null"), WARNING, fields=("flag",))
    yield Fault("answers no room", "update-room.response.room.present", changed(body={}), fields=("flag",))
    yield Fault("answers another type", "update-room.response.body.media-type", changed(headers=text), says="text/html", fields=("flag",))
    error = "update-room.response.422"
    yield Fault(
        "refuses with a page",
        f"{error}.body.media-type",
        changed_errors(headers={**text, "X-Error": "refused"}),
        says="text/html",
        fields=("size",),
    )
    yield Fault("refuses without a header", f"{error}.X-Error.present", changed_errors(headers={}), fields=("size",))
    yield Fault("refuses with another header", f"{error}.X-Error.enum", changed_errors(headers={"X-Error": "no"}), fields=("size",))
    yield Fault("refuses without a word", f"{error}.error.present", changed_errors(body={}), fields=("size",))
    yield Fault("refuses with a number", f"{error}.error.type", changed_errors(body={"error": 7}), fields=("size",))


def _with(answer: Any, **members: Json) -> Any:
    for name, value in members.items():
        setattr(answer, name, value)
    return answer


def _statuses() -> Iterator[Fault]:
    def status(right: int, wrong: int) -> Callable[[Any], None]:
        return on_the_wire(lambda answer, _: _with(answer, status=wrong) if answer.status == right else answer)

    yield Fault("makes rooms with 200", "create-room.response.201.status", status(201, 200), says="200", fields=("size",))
    yield Fault("answers 202", "update-room.response.200.status", status(200, 202), says="202", fields=("flag",))
    elsewhere = on_the_wire(
        lambda answer, sent: _with(answer, status=302) if answer.status == 200 and b"false" in (sent.body or b"") else answer
    )
    yield Fault("sends elsewhere", "update-room.response.200.status", elsewhere, says="302", fields=("flag",))
    yield Fault("refuses senders with 400", "update-room.response.401.status", status(401, 400), says="400", fields=("flag",))
    yield Fault("knows no room with 410", "update-room.response.404.status", status(404, 410), says="410", fields=("flag",))
    yield Fault("refuses values with 400", "update-room.response.422.status", status(422, 400), says="400", fields=("size",))
    for operation in ("create-room", "update-room", "replace-room"):
        yield Fault("breaks down", f"{operation}.behaviour.input.no-server-error", _crashes, says="server error", fields=("size",))


def _crashes(mini: Any) -> None:
    right = mini.parsed

    def parsed(body: bytes | None) -> Json:
        value = right(body)
        if isinstance(value, dict) and value.get("size") == -1:
            raise mini.error(500, "oops")
        return value

    mini.parsed = parsed


# Memory: what a room forgets, mixes up, or lets be changed.


def after_update(change: Callable[[Any, dict[str, Json], Mapping[str, Json]], dict[str, Json]]) -> Callable[[Any], None]:
    """A provider whose updated rooms are changed: change(mini, room as it should be, body)."""

    def bend(mini: Any) -> None:
        for name in ("updated", "replaced"):
            right = getattr(mini, name)
            setattr(mini, name, lambda room, body, right=right: change(mini, right(room, body), body))

    return bend


def _memory() -> Iterator[Fault]:
    def lost(_mini: Any, room: dict[str, Json], body: Mapping[str, Json]) -> dict[str, Json]:
        return {**room, "topic": "abc"} if "topic" in body else room

    def lost_for_one_value(_mini: Any, room: dict[str, Json], body: Mapping[str, Json]) -> dict[str, Json]:
        return {**room, "size": 6} if body.get("size") == 7 else room

    def dropped(_mini: Any, room: dict[str, Json], _body: Mapping[str, Json]) -> dict[str, Json]:
        return {name: value for name, value in room.items() if name != "note"}

    def shifted(_mini: Any, room: dict[str, Json], _body: Mapping[str, Json]) -> dict[str, Json]:
        return {**room, "day": room["day"].replace("T00:00:00Z", "T12:00:00Z")} if "day" in room else room

    def resets(_mini: Any, room: dict[str, Json], body: Mapping[str, Json]) -> dict[str, Json]:
        return {**room, "mode": body.get("mode", "open"), "size": body.get("size", 4)}

    def leaks(mini: Any, room: dict[str, Json], body: Mapping[str, Json]) -> dict[str, Json]:
        for other in mini.rooms.values():
            other.shown = {**other.shown, **({"size": body["size"]} if "size" in body else {})}
        return room

    def moves(name: str, value: Json) -> Callable[[Any], None]:
        return after_update(lambda _mini, room, _body: {**room, name: value() if callable(value) else value})

    def keeps_refused(mini: Any) -> None:
        right = mini.check_values

        def check_values(operation: str, body: dict[str, Json]) -> None:
            if body.get("size") == 10:
                for room in mini.rooms.values():
                    room.shown = {**room.shown, "name": str(uuid4())}
            right(operation, body)

        mini.check_values = check_values

    def null_resets(mini: Any) -> None:
        mini.nullable.add("size")
        right = mini.updated
        mini.updated = lambda room, body: {**right(room, body), **({"size": 1} if body.get("size", 0) is None else {})}

    def any_owner(mini: Any) -> None:
        mini.replaced = lambda room, body: {**room.shown, "title": room.shown["name"], "size": 4, "flag": False, **body}

    def echoed(mini: Any) -> None:
        mini.kept = lambda _, value: value

    update, replace = "update-room.behaviour", "replace-room.behaviour"
    yield Fault("forgets a topic", f"{update}.topic.echo", after_update(lost))
    yield Fault("forgets one value", f"{update}.size.echo", after_update(lost_for_one_value))
    yield Fault("never shows the note", f"{update}.note.echo", after_update(dropped))
    yield Fault("forgets a title", f"{replace}.title.echo", moves("title", "other"))
    yield Fault("resets what is not sent", f"{update}.mode.unchanged", after_update(resets), fields=("mode", "flag"))
    yield Fault("mixes up rooms", f"{update}.size.unchanged", after_update(leaks), fields=("size", "flag"))
    yield Fault("carries out what it refuses", f"{update}.name.unchanged", keeps_refused, fields=("name", "size"))
    yield Fault("takes null for a reset", f"{update}.size.null-unchanged", null_resets, WARNING)
    yield Fault("moves a date to noon", f"{update}.day.date-only", after_update(shifted))
    yield Fault("keeps a date a date", f"{update}.day.date-only", echoed)
    yield Fault("changes ids", f"{update}.id.constant", moves("id", lambda: str(uuid4())), says="about room", fields=("flag",))
    yield Fault(
        "answers about another room",
        f"{update}.id.constant",
        moves("id", "7b61621f-62e0-4aad-ab11-9fd19e272e73"),
        says="about room",
        fields=("flag",),
    )
    yield Fault(
        "moves the time of creation",
        f"{update}.created.constant",
        moves("created", lambda: datetime.now().astimezone().isoformat()),
        fields=("flag",),
    )
    yield Fault("gives a room to the sender", f"{replace}.owner.read-only", any_owner, fields=("flag",))
    yield Fault("gives a room away", f"{replace}.owner.constant", moves("owner", lambda: str(uuid4())), fields=("flag",))
    yield Fault("invents a default", f"{replace}.size.kept-or-default", _replaced(size=3), fields=("flag", "size"))
    yield Fault("invents a flag", f"{replace}.flag.kept-or-default", _replaced(flag=True), fields=("flag", "size"))
    yield Fault("invents a title", f"{replace}.title.default-from", _titled("untitled"), fields=("title",))


def _replaced(**defaults: Json) -> Callable[[Any], None]:
    def bend(mini: Any) -> None:
        right = mini.replaced
        mini.replaced = lambda room, body: {**right(room, body), **{name: body.get(name, value) for name, value in defaults.items()}}

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


# Creation: what new rooms are like.


def on_creation(change: Callable[[Any, dict[str, Json], Mapping[str, Json]], Mapping[str, Json]]) -> Callable[[Any], None]:
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


def _creation() -> Iterator[Fault]:
    def never_repeats(mini: Any) -> None:
        right = mini.create
        mini.create = lambda body, text, headers: (mini.repeated.clear(), right(body, text, headers))[1]

    def repeats_twice(mini: Any) -> None:
        right, seen = mini.create, []

        def create(body: Json, text: Json, headers: Mapping[str, str]) -> Any:
            seen.append(headers.get("Request-Id"))
            if seen.count(headers.get("Request-Id")) == 3:
                mini.repeated.clear()
            return right(body, text, headers)

        mini.create = create

    def refuses_repeats(mini: Any) -> None:
        right, seen = mini.create, set()

        def create(body: Json, text: Json, headers: Mapping[str, str]) -> Any:
            if headers.get("Request-Id", "") in seen:
                raise mini.error(409, "again?")
            seen.update({headers["Request-Id"]} if "Request-Id" in headers else ())
            return right(body, text, headers)

        mini.create = create

    def takes_ids(_mini: Any, room: Mapping[str, Json], body: Mapping[str, Json]) -> Mapping[str, Json]:
        return {"id": body.get("id", room["id"])}

    def one_id(mini: Any, room: Mapping[str, Json], _body: Mapping[str, Json]) -> Mapping[str, Json]:
        return {"id": next(reversed(list(mini.rooms)[1:-1]), room["id"])} if len(mini.rooms) > 5 else {}

    def half_pairs(mini: Any) -> None:
        right = mini.check_headers
        mini.check_headers = lambda headers: right(headers) if "First-Sent" in headers else None

    def listed(change: Callable[[dict[str, Json]], Json]) -> Callable[[Any], None]:
        def bend(mini: Any) -> None:
            right = mini.listed
            mini.listed = lambda room: [entry for guest in right(room) if (entry := change(guest))]

        return bend

    create = "create-room.behaviour"
    yield Fault(
        "has another default", "create-room.request.size.default", on_creation(lambda _mini, _room, body: {"size": body.get("size", 5)})
    )
    yield Fault(
        "has no default", "create-room.request.size.default", on_creation(lambda _mini, _room, body: {"size": body.get("size")}), WARNING
    )
    yield Fault(
        "imports with another default", "update-room.request.mode.default", on_creation(lambda _mini, _room, _body: {"mode": "closed"})
    )
    yield Fault(
        "opens tomorrow",
        f"{create}.opens.default-now",
        on_creation(lambda _mini, room, body: {} if "opens" in body else {"opens": _later(room["opens"], days=1)}),
    )
    yield Fault(
        "closes a month early",
        f"{create}.closes.default-now",
        on_creation(lambda _mini, room, body: {} if "closes" in body else {"closes": _later(room["closes"], days=-30)}),
    )
    yield Fault(
        "has a wrong clock",
        f"{create}.created.created-now",
        on_creation(lambda _mini, room, _body: {"created": _later(room["created"], hours=-2)}),
        fields=("size",),
    )
    yield Fault("takes the sender's id", f"{create}.id.server-generated", on_creation(takes_ids), fields=("size",))
    yield Fault("uses an id again", f"{create}.id.server-generated", on_creation(one_id), fields=("size",))
    yield Fault("carries out repeats", f"{create}.repeats.replayed-once", never_repeats, says="executed again", fields=("size",))
    yield Fault("carries out the second repeat", f"{create}.repeats.replayed-once", repeats_twice, says="executed again", fields=("size",))
    yield Fault("refuses repeats", f"{create}.repeats.replayed-once", refuses_repeats, says="repeated request", fields=("size",))
    yield Fault("takes half a pair", f"{create}.repeats.pair-required", half_pairs, says="Request-Id without First-Sent", fields=("size",))
    yield Fault(
        "takes any window",
        f"{create}.window.window",
        lambda mini: setattr(mini, "check_window", lambda *_: None),
        fields=("opens", "closes"),
    )
    yield Fault("lists everyone as host", f"{create}.guests.listed-echo", listed(lambda guest: {**guest, "role": "host"}), says="role of")
    yield Fault("lists nobody", f"{create}.guests.listed-echo", listed(lambda _: None), says="list has no such entry")
    yield Fault("makes everyone a host", f"{create}.guests.listed-default", _default_role("host"), says="role of")


def _default_role(role: str) -> Callable[[Any], None]:
    def bend(mini: Any) -> None:
        mini.listed = lambda room: [{"who": name, "role": guest.get("role", role)} for name, guest in room.guests.items()]

    return bend


# Refusals: senders and rooms that must be turned away.


def _refusals() -> Iterator[Fault]:
    def lets_in(*allowed: str | None) -> Callable[[Any], None]:
        def bend(mini: Any) -> None:
            right = mini.check_sender
            mini.check_sender = lambda proof: None if proof in allowed else right(proof)

        return bend

    def ignores_case(mini: Any) -> None:
        right = mini.check_sender
        mini.check_sender = lambda proof: right(proof and f"Bearer {proof[7:].lower()}")

    def finds_any_room(mini: Any) -> None:
        right = mini.found
        mini.found = lambda room_id: right(room_id if room_id in mini.rooms else mini.first)

    def any_name(mini: Any) -> None:
        mini.check_name = lambda *_: None

    for operation in ("create-room", "update-room", "replace-room"):
        token = f"{operation}.behaviour.token"
        yield Fault("lets everyone in", f"{token}.missing-refused", lets_in(None), says="missing credentials", fields=("size",))
        yield Fault("ignores the case of tokens", f"{token}.wrong-refused", ignores_case, says="wrong credentials", fields=("size",))
        yield Fault("needs no rights", f"{token}.scope-required", lets_in("Bearer mini-weak-token"), says="unscoped", fields=("size",))
    yield Fault(
        "knows every room",
        "update-room.behaviour.room_id.unknown-refused",
        finds_any_room,
        says="room that does not exist",
        fields=("flag",),
    )
    yield Fault(
        "knows every room",
        "replace-room.behaviour.room_id.unknown-refused",
        finds_any_room,
        says="room that does not exist",
        fields=("flag",),
    )
    yield Fault("gives one name to two rooms", "update-room.behaviour.name.unique", any_name)
