"""Faults of the Azure mock: what it keeps of its rooms."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from roomproof.mocks.faults.acceptance import passing, refuses_together, takes
from roomproof.mocks.faults.answers import changing, finds_another_room, shows
from roomproof.mocks.faults.azure.interface import REQUEST_ID, WINDOW, is_moment, is_uuid
from roomproof.mocks.faults.exchange import Call, Handle, Reply, Wrap
from roomproof.mocks.faults.fault import Fault, Kind, kebab
from roomproof.mocks.faults.memory import (
    Moment,
    answers_before,
    applies_in_part,
    bare,
    defaults,
    drifts,
    every,
    forgets,
    ignores,
    leaks,
    nth,
    reads_before,
    remembering,
    resets,
    stores,
    swaps,
    together,
)
from roomproof.mocks.faults.values import Change, altered, at_clock_change, constant, exactly, holding, is_null, missing, of
from roomproof.mocks.timestamps import DAY, format_instant, parse_date_time

Json = Any
_CHANGED = ("pstnDialOutEnabled", "validFrom", "validUntil")
_AWAY = {"pstnDialOutEnabled": False, "validFrom": "2031-01-01T00:00:00Z", "validUntil": "2031-02-01T00:00:00Z"}


def _shifted(moment: str, days: float) -> str:
    instant = parse_date_time(moment)
    assert instant is not None
    return format_instant(instant + int(days * DAY), 7, "+00:00", trim=True)


def _by(days: float) -> Change:
    return lambda moment: _shifted(moment, days)


def _from_creation(days: float) -> Callable[[Mapping[str, Json]], str]:
    return lambda room: _shifted(room["createdAt"], days)


def _zone_ignored(moment: str) -> str:
    return re.sub("([.][0-9]+)?([+-][0-9:]{5}|[zZ])$", "Z", moment)


def _without_last(participants: dict[str, Json]) -> dict[str, Json]:
    return dict(list(participants.items())[:-1])


def _listed(change: Change) -> Wrap:
    """Change the entries of a list of participants."""

    def changed(call: Call, reply: Reply) -> Reply:
        listing = reply.ok and call.method == "GET" and call.path.endswith("/participants")
        return reply.with_document(altered(reply.document, ("value", "*"), change)) if listing else reply

    return changing(changed)


def _pair_not_needed(call: Call) -> Call:
    halved = call.header(REQUEST_ID) and not call.header("repeatability-first-sent")
    return call.with_header(REQUEST_ID, "") if halved else call


def _fresh_id(call: Call) -> Call:
    return call.with_header(REQUEST_ID, str(uuid.uuid4())) if is_uuid(call.header(REQUEST_ID)) else call


def _one_id(call: Call) -> Call:
    return call.with_header(REQUEST_ID, str(uuid.UUID(int=4))) if is_uuid(call.header(REQUEST_ID)) else call


def _remembers_one() -> Wrap:
    """Keep the answer to the last repeatable request only."""

    def wrap(handle: Handle) -> Handle:
        last, alias = "", ""

        async def forgetting(call: Call) -> Reply:
            nonlocal last, alias
            sent = call.header(REQUEST_ID)
            if not is_uuid(sent):
                return await handle(call)
            if sent != last:
                last, alias = sent, str(uuid.uuid4())
            return await handle(call.with_header(REQUEST_ID, alias))

        return forgetting

    return wrap


def _at_repetition(change: Callable[[Reply], Reply]) -> Wrap:
    """Answer a repeated request in another way than the first time."""

    def wrap(handle: Handle) -> Handle:
        seen: set[str] = set()

        async def repeated(call: Call) -> Reply:
            reply, sent = await handle(call), call.header(REQUEST_ID)
            if not reply.ok or not is_uuid(sent):
                return reply
            again = sent in seen
            seen.add(sent)
            return change(reply) if again else reply

        return repeated

    return wrap


def _other_room(reply: Reply) -> Reply:
    return reply.with_room({**reply.room, "id": "991" + reply.room["id"][3:]})


def _forgets_creation(moment: Moment) -> None:
    """Answer a creation with what was sent, and make the room without it."""
    if moment.is_new and moment.sent.get("pstnDialOutEnabled"):
        moment.later["pstnDialOutEnabled"] = False


FAULTS: tuple[Fault, ...] = (
    Kind.DEFAULTS(
        "dial-out-default",
        "lets new rooms call out where nobody said so",
        defaults("pstnDialOutEnabled", True),
        "*.request.pstnDialOutEnabled.default",
    ),
    Kind.DEFAULTS(
        "valid-from-default",
        "opens new rooms a day late where nobody said when",
        defaults("validFrom", _from_creation(1)),
        "create-room.behaviour.validFrom.default-now",
    ),
    Kind.DEFAULTS(
        "valid-until-default",
        "closes new rooms after 30 days where nobody said when",
        defaults("validUntil", _from_creation(30)),
        "create-room.behaviour.validUntil.default-now",
    ),
    Kind.DEFAULTS(
        "valid-until-181-days",
        "closes new rooms a day late where nobody said when",
        defaults("validUntil", _from_creation(181)),
        "create-room.behaviour.validUntil.default-now",
    ),
    Kind.DEFAULTS(
        "role-default",
        "makes participants without a role presenters",
        takes("participants.*", missing("role"), lambda guest: {**guest, "role": "Presenter"}, shown=False),
        "create-room.behaviour.participants.listed-default",
    ),
    Kind.ECHO(
        "role-lost",
        "makes consumers attendees",
        takes("participants.*.role", exactly("Consumer"), "Attendee", shown=False),
        "create-room.behaviour.participants.listed-echo",
    ),
    Kind.ECHO(
        "guest-lost",
        "forgets the last participant",
        takes("participants", of(dict), _without_last, shown=False),
        "create-room.behaviour.participants.listed-echo",
    ),
    Kind.ECHO(
        "roles-shown-wrong",
        "lists all participants as presenters",
        _listed(lambda guest: {**guest, "role": "Presenter"}),
        "create-room.behaviour.participants.listed-echo",
        "create-room.behaviour.participants.listed-default",
    ),
    Kind.ECHO(
        "dial-out-ignored",
        "ignores pstnDialOutEnabled in an update",
        ignores("pstnDialOutEnabled"),
        "update-room.behaviour.pstnDialOutEnabled.echo",
    ),
    Kind.ECHO(
        "create-dial-out-ignored",
        "ignores pstnDialOutEnabled in a creation",
        stores("pstnDialOutEnabled", constant(False), on="create-room"),
        "create-room.behaviour.pstnDialOutEnabled.echo",
    ),
    Kind.ECHO("window-swapped", "swaps the ends of a window", swaps(*WINDOW), "*.behaviour.validFrom.echo", "*.behaviour.validUntil.echo"),
    Kind.ECHO(
        "answer-before",
        "answers with the room as it was before the update",
        answers_before(),
        *(f"update-room.behaviour.{name}.echo" for name in _CHANGED),
    ),
    Kind.NORMALISATION(
        "zone-ignored",
        "takes the time of any zone for UTC",
        stores("validFrom", _zone_ignored, holding("[+-](0[1-9]|1[0-9]):..$")),
        "*.behaviour.validFrom.echo",
    ),
    Kind.NORMALISATION(
        "seconds-lost",
        "rounds validUntil down to minutes",
        stores("validUntil", lambda moment: re.sub("(T..:..):..", r"\1:00", moment), holding("T..:..:(0[1-9]|[1-5])")),
        "*.behaviour.validUntil.echo",
    ),
    Kind.NORMALISATION(
        "day-begins",
        "moves validFrom to the beginning of its day",
        stores("validFrom", lambda moment: moment[:10] + "T00:00:00Z", is_moment),
        "*.behaviour.validFrom.echo",
    ),
    *(
        Kind.UPDATE(
            f"{kebab(name)}-reset",
            f"changes {name} where an update does not name it",
            resets(name, to=to),
            f"update-room.behaviour.{name}.unchanged",
        )
        for name, to in _AWAY.items()
    ),
    *(
        Kind.UPDATE(
            f"{kebab(name)}-null-resets",
            f"takes null for another {name}",
            stores(name, constant(to), is_null, "update-room"),
            f"update-room.behaviour.{name}.null-unchanged",
        )
        for name, to in _AWAY.items()
    ),
    Kind.UPDATE(
        "dial-out-not-stored",
        "answers with the new pstnDialOutEnabled and does not store it",
        forgets("pstnDialOutEnabled"),
        "update-room.behaviour.pstnDialOutEnabled.unchanged",
    ),
    Kind.UPDATE(
        "valid-until-not-stored",
        "answers with the new validUntil and does not store it",
        forgets("validUntil"),
        "update-room.behaviour.validUntil.unchanged",
    ),
    Kind.UPDATE(
        "empty-resets",
        "an empty update resets pstnDialOutEnabled",
        resets("pstnDialOutEnabled", to=False, when=bare),
        "update-room.behaviour.pstnDialOutEnabled.unchanged",
    ),
    Kind.UPDATE(
        "refused-applied",
        "stores the right members of an update that it refuses",
        applies_in_part,
        *(f"update-room.behaviour.{name}.unchanged" for name in _CHANGED),
    ),
    Kind.IDENTITY(
        "id-of-one-room",
        "gives all rooms the same id",
        shows("id", constant("99123456789012345"), "create-room"),
        "create-room.behaviour.id.server-generated",
    ),
    Kind.IDENTITY(
        "id-changes",
        "gives a room another id by each update",
        shows("id", lambda value: "98" + value[2:], "update-room"),
        "update-room.behaviour.id.constant",
    ),
    Kind.IDENTITY(
        "created-yesterday", "dates creations back by a day", shows("createdAt", _by(-1)), "create-room.behaviour.createdAt.created-now"
    ),
    Kind.IDENTITY(
        "created-elsewhere",
        "takes the server's own time for UTC",
        shows("createdAt", _by(2 / 24)),
        "create-room.behaviour.createdAt.created-now",
    ),
    Kind.IDENTITY(
        "created-moves",
        "moves createdAt by each update",
        drifts("createdAt", lambda moment: _shifted(moment.room["createdAt"], moment.updates / 86_400)),
        "update-room.behaviour.createdAt.constant",
    ),
    Kind.IDENTITY(
        "another-room",
        "updates another room where there is none with the id",
        finds_another_room(400, 404),
        "update-room.behaviour.roomId.unknown-refused",
    ),
    Kind.REPEATABILITY(
        "executes-again",
        "makes another room for a repeated request",
        passing(_fresh_id),
        "create-room.behaviour.repeatability.replayed-once",
    ),
    Kind.REPEATABILITY(
        "remembers-one",
        "makes another room for a request that is repeated after another one",
        _remembers_one(),
        "create-room.behaviour.repeatability.replayed-once",
    ),
    Kind.REPEATABILITY(
        "repeated-refused",
        "refuses a repeated request",
        _at_repetition(lambda reply: replace(reply, status=409)),
        "create-room.behaviour.repeatability.replayed-once",
    ),
    Kind.REPEATABILITY(
        "repeated-200",
        "answers a repeated request with 200",
        _at_repetition(lambda reply: replace(reply, status=200)),
        "create-room.behaviour.repeatability.replayed-once",
        "create-room.response.201.status",
    ),
    Kind.REPEATABILITY(
        "repeated-other-room",
        "answers a repeated request with another room",
        _at_repetition(_other_room),
        "create-room.behaviour.repeatability.replayed-once",
    ),
    Kind.REPEATABILITY(
        "one-answer-for-all",
        "takes all repeatable requests for one",
        passing(_one_id),
        "create-room.behaviour.repeatability.replayed-once",
        "create-room.behaviour.id.server-generated",
    ),
    Kind.REPEATABILITY(
        "half-a-pair",
        "takes a request id without the time of its first sending",
        passing(_pair_not_needed),
        "create-room.behaviour.repeatability.pair-required",
    ),
    Kind.STATE(
        "dial-out-lost-by-second",
        "forgets pstnDialOutEnabled by the second update that does not name it",
        resets("pstnDialOutEnabled", to=False, when=every(2)),
        "update-room.behaviour.pstnDialOutEnabled.unchanged",
    ),
    Kind.STATE(
        "dial-out-lost-by-window",
        "forgets pstnDialOutEnabled where both ends of the window are sent",
        resets("pstnDialOutEnabled", to=False, when=together(*WINDOW)),
        "update-room.behaviour.pstnDialOutEnabled.unchanged",
    ),
    Kind.STATE(
        "dial-out-leaks",
        "sets pstnDialOutEnabled in all rooms",
        leaks("pstnDialOutEnabled"),
        "update-room.behaviour.pstnDialOutEnabled.unchanged",
    ),
    Kind.STATE("valid-until-leaks", "sets validUntil in all rooms", leaks("validUntil"), "update-room.behaviour.validUntil.unchanged"),
    Kind.STATE(
        "dial-out-8th-not-stored",
        "answers the eighth update of pstnDialOutEnabled with the new value and does not store it",
        forgets("pstnDialOutEnabled", when=nth(8, "pstnDialOutEnabled")),
        "update-room.behaviour.pstnDialOutEnabled.unchanged",
    ),
    Kind.STATE(
        "read-before",
        "shows in reads what a room was before its last update",
        reads_before(*_CHANGED),
        "update-room.behaviour.*.read-after-write",
    ),
    Kind.RARE(
        "valid-until-clock-change",
        "loses an hour of validUntil where clocks change",
        stores("validUntil", _by(-1 / 24), at_clock_change),
        "*.behaviour.validUntil.echo",
    ),
    Kind.RARE(
        "valid-from-night",
        "keeps the night of a day that is another one in UTC as the day after",
        stores("validFrom", _by(1), holding("T00:30:00[+]05:45$")),
        "*.behaviour.validFrom.echo",
    ),
    Kind.STATE(
        "made-with-forgotten",
        "forgets what rooms are made with",
        remembering(_forgets_creation),
        "update-room.behaviour.pstnDialOutEnabled.unchanged",
    ),
    Kind.STATE(
        "pair-refused",
        "refuses participants and pstnDialOutEnabled together",
        refuses_together("participants", "pstnDialOutEnabled"),
        "create-room.response.201.status",
    ),
)
