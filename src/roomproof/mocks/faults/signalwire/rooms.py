"""Faults of the SignalWire mock: what it keeps of its rooms."""

from __future__ import annotations

import re
import uuid

from roomproof.mocks.faults.acceptance import in_order, refuses_together
from roomproof.mocks.faults.answers import read, shows
from roomproof.mocks.faults.fault import Fault, Kind
from roomproof.mocks.faults.memory import (
    Moment,
    answers_before,
    applies_in_part,
    bare,
    defaults,
    drifts,
    every,
    ignores,
    leaks,
    loses,
    makes_one_room,
    nth,
    reads_before,
    resets,
    stores,
    swaps,
    takes_from_body,
    together,
)
from roomproof.mocks.faults.signalwire.interface import MOMENT, SETTINGS, SWITCHES, TEXTS, is_date
from roomproof.mocks.faults.values import between, constant, exactly, filled, holding


def _night(moment: str) -> str:
    return re.sub("T00:00:00", "T12:00:00", moment)


def _only_layout(moment: Moment) -> bool:
    return set(moment.sent) == {"layout"}


FAULTS: tuple[Fault, ...] = (
    Kind.DEFAULTS(
        "members-default", "lets 50 into a room where nobody said how many", defaults("max_members", 50), "request.max_members.default"
    ),
    Kind.DEFAULTS("quality-default", "starts rooms with 1080p", defaults("quality", "1080p"), "request.quality.default"),
    Kind.DEFAULTS("layout-default", "starts rooms with another layout", defaults("layout", "5up"), "request.layout.default"),
    Kind.DEFAULTS(
        "display-name-default",
        "starts rooms with a display name of its own",
        defaults("display_name", "Untitled"),
        "behaviour.display_name.default-from",
    ),
    Kind.ECHO("members-ignored", "ignores max_members", ignores("max_members"), "behaviour.max_members.echo"),
    Kind.ECHO(
        "members-capped",
        "keeps more than 250 members as 250",
        stores("max_members", constant(250), between(251, 300)),
        "behaviour.max_members.echo",
    ),
    *(
        Kind.ECHO(f"{name.replace('_', '-')}-ignored", f"ignores {name}", ignores(name), f"behaviour.{name}.echo")
        for name in (*SWITCHES, "quality", "layout", "remove_after_seconds_elapsed")
    ),
    Kind.ECHO(
        "names-swapped",
        "swaps display name and description where both are sent",
        swaps(*TEXTS),
        *(f"behaviour.{name}.echo" for name in TEXTS),
    ),
    Kind.ECHO(
        "times-swapped",
        "swaps join_from and join_until where both are sent",
        swaps("join_from", "join_until"),
        "behaviour.join_from.echo",
        "behaviour.join_until.echo",
    ),
    Kind.ECHO(
        "answer-before",
        "answers with the room as it was before the update",
        answers_before(),
        *(f"behaviour.{name}.echo" for name in SETTINGS),
    ),
    Kind.NORMALISATION(
        "display-name-title", "capitalises display names", stores("display_name", filled(str.title)), "behaviour.display_name.echo"
    ),
    Kind.NORMALISATION(
        "description-one-line",
        "puts descriptions on one line",
        stores("description", lambda text: re.sub("[\\n\\t]", " ", text)),
        "behaviour.description.echo",
    ),
    Kind.NORMALISATION(
        "join-from-noon",
        "takes a date for noon of that day",
        in_order(shows("join_from", filled(_night), when=lambda call, _: is_date(call.sent.get("join_from")))),
        "behaviour.join_from.date-only",
    ),
    Kind.NORMALISATION(
        "join-until-noon",
        "takes a date for noon of that day",
        shows("join_until", filled(_night), when=lambda call, _: is_date(call.sent.get("join_until"))),
        "behaviour.join_until.date-only",
    ),
    Kind.NORMALISATION(
        "remove-at-noon",
        "takes a date for noon of that day",
        shows("remove_at", filled(_night), when=lambda call, _: is_date(call.sent.get("remove_at"))),
        "behaviour.remove_at.date-only",
    ),
    Kind.NORMALISATION(
        "zone-lost",
        "takes the time of any zone for UTC",
        stores(
            "remove_at",
            lambda moment: re.sub("[.0-9]*[+-][0-9:]{5}$", "Z", moment.upper()) if re.search("[+-][0-9:]{5}$", moment) else moment,
            holding("[+-](0[1-9]|[12]).:..$"),
        ),
        "behaviour.remove_at.echo",
    ),
    *(
        Kind.UPDATE(
            f"{name.replace('_', '-')}-reset",
            f"changes {name} where an update does not name it",
            resets(name, to=to),
            f"behaviour.{name}.kept-or-default",
        )
        for name, to in {"max_members": 100, "quality": "1080p", "layout": "3x3", "display_name": "Untitled"}.items()
    ),
    *(
        Kind.UPDATE(
            f"{name.replace('_', '-')}-reset",
            f"changes {name} where an update does not name it",
            resets(name, to=to),
            f"behaviour.{name}.kept-or-default",
        )
        for name, to in {
            "description": "none",
            "join_from": MOMENT,
            "join_until": MOMENT,
            "remove_at": MOMENT,
            "remove_after_seconds_elapsed": 60,
            "record_on_start": True,
            "enable_room_previews": True,
            "audio_video_sync": True,
        }.items()
    ),
    Kind.UPDATE(
        "empty-changes",
        "an empty update changes max_members",
        resets("max_members", to=7, when=bare),
        "behaviour.max_members.kept-or-default",
    ),
    Kind.UPDATE(
        "refused-applied",
        "stores the right members of an update that it refuses",
        applies_in_part,
        *(f"behaviour.{name}.kept-or-default" for name in SETTINGS),
    ),
    Kind.IDENTITY(
        "id-changes", "gives a room another id by each update", shows("id", lambda _: str(uuid.uuid4())), "behaviour.id.constant"
    ),
    Kind.IDENTITY("one-room", "makes one room, however many are asked for", makes_one_room(), "behaviour.id.server-generated"),
    Kind.IDENTITY("id-of-body", "lets a body set the id", takes_from_body("id"), "behaviour.id.constant"),
    Kind.IDENTITY("name-of-body", "lets a body set the name", takes_from_body("name"), "behaviour.name.constant"),
    Kind.IDENTITY(
        "name-of-display-name",
        "takes the display name for the name",
        drifts(
            "name",
            lambda moment: re.sub("[^A-Za-z0-9_-]", "-", moment.sent["display_name"])[:100] or "-",
            lambda moment: isinstance(moment.sent.get("display_name"), str),
        ),
        "behaviour.name.constant",
    ),
    Kind.IDENTITY(
        "created-moves",
        "moves created_at by each update",
        drifts("created_at", lambda moment: f"2027-01-01T00:00:{moment.updates % 60:02}Z"),
        "behaviour.created_at.constant",
    ),
    Kind.STATE(
        "quality-lost-by-second",
        "turns the quality to another by the second update that does not name it",
        resets("quality", to="1080p", when=every(2)),
        "behaviour.quality.kept-or-default",
    ),
    Kind.STATE(
        "members-lost-by-pair",
        "changes max_members where quality and layout are sent together",
        resets("max_members", to=6, when=together("quality", "layout")),
        "behaviour.max_members.kept-or-default",
    ),
    Kind.STATE(
        "layout-10th-lost",
        "loses the tenth update of layout",
        loses("layout", nth(10, "layout")),
        "behaviour.layout.echo",
    ),
    Kind.STATE(
        "read-before",
        "shows in reads what a room was before its last update",
        reads_before(*SETTINGS),
        *(f"behaviour.{name}.read-after-write" for name in SETTINGS),
    ),
    Kind.STATE(
        "read-of-members",
        "shows the default of max_members in reads",
        shows("max_members", constant(20), when=read),
        "behaviour.max_members.read-after-write",
    ),
    Kind.STATE("members-leak", "sets max_members in all rooms", leaks("max_members"), "behaviour.max_members.kept-or-default"),
    Kind.STATE("display-name-leaks", "sets display_name in all rooms", leaks("display_name"), "behaviour.display_name.kept-or-default"),
    Kind.STATE(
        "pair-refused", "refuses record_on_start and layout together", refuses_together("record_on_start", "layout"), "response.200.status"
    ),
    Kind.STATE(
        "members-by-layout",
        "changes max_members where only layout is named",
        resets("max_members", to=6, when=_only_layout),
        "behaviour.max_members.kept-or-default",
    ),
    Kind.RARE(
        "remove-after-an-hour",
        "keeps an hour of seconds as a minute",
        stores("remove_after_seconds_elapsed", constant(60), exactly(3600)),
        "behaviour.remove_after_seconds_elapsed.echo",
    ),
    Kind.RARE(
        "join-until-month-end",
        "keeps the last second of April as the first",
        stores("join_until", lambda moment: moment.replace("T23:59:59", "T00:00:00"), holding("-04-30T23:59:59")),
        "behaviour.join_until.echo",
    ),
    Kind.RARE(
        "members-299-lost", "keeps 299 members as 300", stores("max_members", constant(300), exactly(299)), "behaviour.max_members.echo"
    ),
    Kind.RARE(
        "display-name-128",
        "cuts display names after 128 code points",
        stores("display_name", lambda text: text[:128]),
        "behaviour.display_name.echo",
    ),
    Kind.RARE(
        "description-astral",
        "replaces characters beyond the basic plane",
        stores("description", lambda text: re.sub("[\U00010000-\U0010ffff]", "?", text)),
        "behaviour.description.echo",
    ),
)
