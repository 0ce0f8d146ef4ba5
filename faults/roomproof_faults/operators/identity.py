"""Operators on what rooms are told apart by, and on what is filled in when one is made."""

from __future__ import annotations

import uuid
from typing import Any

from roomproof.contract.clause import ITEMS, Part, path_of
from roomproof.contract.formats import instant
from roomproof.contract.resource import Effect
from roomproof_faults.border.acceptance import accepts_rejected, keeps_taken, rejects_when
from roomproof_faults.border.exchange import FaultyRequest, FaultyResponse, Handle, Wrap
from roomproof_faults.border.memory import Moment, accepts_from_body, defaults, drifts, makes_one_room
from roomproof_faults.border.responses import changing, finds_another, rejected, says, shows
from roomproof_faults.border.right import filled_in, is_right, right
from roomproof_faults.border.values import ABSENT, Change, altered, constant, is_moment, shifted
from roomproof_faults.fault import FaultKind
from roomproof_faults.operators.memory import changed
from roomproof_faults.operators.operator import REJECTED, Breaches, Demand, operator

Json = Any


@operator(FaultKind.IDENTITY, Part.BEHAVIOUR, "constant", "read-only")
def not_constant(demand: Demand) -> Breaches:
    name = demand.path[0]
    yield "changes", f"answers each update with another {name}", shows(_renewed, name, on=demand.operations)
    yield "never-the-same", f"shows another {name} each time", shows(_renewed, name, on=demand.on)
    yield "of-body", f"lets a body set {name}", accepts_from_body(name)
    yield "moves", f"moves {name} by each update", drifts(name, lambda moment: _moved(moment, name))


def _renewed(value: Json) -> Json:
    """Another id of the same form each time."""
    text = f"{value}"
    if text.isdigit():
        return "98" + text[2:]
    return str(uuid.uuid4()) if len(text) == 36 else f"{text}x"


def _moved(moment: Moment, name: str) -> Json:
    value = moment.room.get(name)
    if is_moment(value):
        return shifted(moment.updates / 86_400)(value)
    return str(uuid.UUID(int=moment.updates)) if len(f"{value}") == 36 else f"{value}-{moment.updates}"


@operator(FaultKind.IDENTITY, Part.BEHAVIOUR, "server-generated")
def not_generated(demand: Demand) -> Breaches:
    yield "one-room", "makes one room, however many are asked for", makes_one_room()
    yield "same", f"gives all rooms the same {demand.path[0]}", _same_for_all(demand.path[0])


def _same_for_all(name: str) -> Wrap:
    def wrap(handle: Handle) -> Handle:
        first: list[Json] = []

        async def made(call: FaultyRequest) -> FaultyResponse:
            reply = await handle(call)
            if call.effect is not Effect.CREATE or name not in reply.room:
                return reply
            first.append(reply.room[name])
            return reply.with_room({**reply.room, name: first[0]})

        return made

    return wrap


@operator(FaultKind.IDENTITY, Part.BEHAVIOUR, "created-now")
def not_now(demand: Demand) -> Breaches:
    name = demand.path[0]
    yield "yesterday", f"dates {name} back by a day", shows(shifted(-1), name)
    yield "elsewhere", f"accepts the server's own time for UTC in {name}", shows(shifted(2 / 24), name)


@operator(FaultKind.DEFAULTS, Part.BEHAVIOUR, "default-now")
def default_then(demand: Demand) -> Breaches:
    options, name = demand.clause.options, demand.path[0]
    days = {"a-day-late": options["plus-days"] + 1, "after-30-days": 30}
    for word, after in days.items():
        late = _after(options["created"], after)
        yield (
            word,
            f"sets {name} to {after} days after the creation where nobody said when",
            defaults(name, late),
        )


def _after(created: str, days: float) -> Change:
    return lambda room: shifted(days)(room[created])


@operator(FaultKind.DEFAULTS, Part.REQUEST, "default")
def other_default(demand: Demand) -> Breaches:
    name, to = demand.path[0], changed(demand.schema)
    yield "other", f"starts rooms with {to!r} for {name}", defaults(name, constant(to))


@operator(FaultKind.DEFAULTS, Part.BEHAVIOUR, "default-on-create")
def other_default_of_creation(demand: Demand) -> Breaches:
    to = changed({**demand.schema, "default": demand.clause.options["default"]})
    wrap = defaults(demand.path[0], constant(to)) if len(demand.path) == 1 else _made_up(demand, constant(to))
    yield "other", f"makes rooms with {to!r} for {demand.field} where it is left out", wrap


@operator(FaultKind.DEFAULTS, Part.BEHAVIOUR, "default-from", "default-value")
def other_default_of_response(demand: Demand) -> Breaches:
    """Another value at a field of the room; what the mock leaves out around it is made up."""
    name, what = demand.path[0], f"shows another value for {demand.field} than its default"
    if len(demand.path) == 1:
        yield "other", what, defaults(name, constant("Untitled"))
    else:
        yield "other", what, _made_up(demand, constant("5x5"))


@operator(FaultKind.IDENTITY, Part.BEHAVIOUR, "fields-agree")
def disagreeing(demand: Demand) -> Breaches:
    other = constant(str(uuid.UUID(int=7, version=4)))
    yield (
        "other",
        f"shows another value for {demand.field} than for {demand.clause.options['same-as']}",
        _made_up(demand, other),
    )


def _made_up(demand: Demand, other: Change) -> Wrap:
    """Show another value at a field, in a room that has it; the entries that must be of a kind are of that
    kind.
    """
    schema, source = (
        _room_schema(demand),
        path_of(demand.clause.options.get("same-as", demand.clause.path[0])),
    )
    kind = demand.clause.options.get("where")
    entries = ["*" if step == ITEMS else step for step in source[:-1]]

    def shown(_: FaultyRequest, reply: FaultyResponse) -> FaultyResponse:
        room = reply.room
        if not room:
            return reply
        if kind:
            room = altered(filled_in(room, source, schema), entries, lambda entry: {**entry, **kind})
        return reply.with_room(altered(filled_in(room, demand.path, schema), demand.way.split("."), other))

    return changing(shown)


def _room_schema(demand: Demand) -> Json:
    schema = demand.api.operation(demand.clause.operation).success.schema or {}
    for step in demand.api.contract.room.at:
        schema = schema.get("properties", {}).get(step, {})
    return schema


@operator(FaultKind.IDENTITY, Part.BEHAVIOUR, "unique")
def not_unique(demand: Demand) -> Breaches:
    name, each = demand.path[0], demand.clause.options.get("each")

    def fits(value: Json) -> bool:
        return value is not None and is_right(demand.schema, value)

    def fresh(value: Json) -> Json:
        if each is None:
            return right(demand.schema)
        return [{**entry, each: right(demand.schema["items"]["properties"][each])} for entry in value]

    taken = accepts_rejected(name, right=fits, stand_in=fresh)
    yield "of-another", f"accepts {name} that another room has", taken


@operator(FaultKind.STATE, Part.BEHAVIOUR, "unique", also=REJECTED)
def unique_for_ever(demand: Demand) -> Breaches:
    name, each = demand.path[0], demand.clause.options.get("each")

    def names(value: Json) -> list[Json]:
        if value is None or not is_right(demand.schema, value):
            return []
        return [value] if each is None else [entry[each] for entry in value]

    yield "stays-taken", f"gives no room the {name} that another one had", keeps_taken(name, names)


@operator(FaultKind.IDENTITY, Part.BEHAVIOUR, "unknown-refused")
def finds_unknown(demand: Demand) -> Breaches:
    found = finds_another(demand.operations)
    yield "another-room", "finds another room where there is none with the id", found


@operator(FaultKind.STATUS, Part.BEHAVIOUR, "unknown-refused")
def mild_about_unknown(demand: Demand) -> Breaches:
    yield (
        "200",
        "answers an unknown id with 200 and an error",
        says(200, rejected(demand.operations, 404), keep=True),
    )


@operator(FaultKind.LIMITS, Part.BEHAVIOUR, "window")
def no_window(demand: Demand) -> Breaches:
    ends = (demand.clause.options["from"], demand.clause.options["until"])
    yield (
        "unchecked",
        "accepts any window",
        accepts_rejected(*ends, right=is_moment, stand_in=constant(ABSENT)),
    )


@operator(FaultKind.LIMITS, Part.BEHAVIOUR, "window", also=REJECTED)
def narrow_window(demand: Demand) -> Breaches:
    options = demand.clause.options
    ends, days = (options["from"], options["until"]), options["max-days"]
    narrow = rejects_when(ends[1], lambda sent: _length(sent, ends) > days / 2)
    yield "half", f"rejects windows longer than {days / 2:g} days", narrow


def _length(sent: dict[str, Json], ends: tuple[str, str]) -> float:
    moments = [instant(sent[name]) for name in ends if isinstance(sent.get(name), str)]
    if len(moments) < 2 or moments[0] is None or moments[1] is None:
        return 0
    return (moments[1] - moments[0]).total_seconds() / 86_400
