"""Faults of the Telnyx mock: what it keeps of its rooms."""

from __future__ import annotations

import re
import uuid

from roomproof.mocks.faults.acceptance import keeps_taken, refuses_together, takes_refused
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
    forgets,
    ignores,
    leaks,
    makes_one_room,
    nth,
    reads_before,
    resets,
    stores,
    swaps,
    takes_from_body,
    together,
)
from roomproof.mocks.faults.telnyx.interface import SETTINGS, URLS, fresh_name
from roomproof.mocks.faults.values import between, constant, exactly, filled, is_null, of, read_as_number


def _with_www(url: str) -> str:
    return re.sub("://(?!www[.])", "://www.", url)


def _only_recording(moment: Moment) -> bool:
    return set(moment.sent) == {"enable_recording"}


FAULTS: tuple[Fault, ...] = (
    Kind.DEFAULTS(
        "max-default",
        "lets 12 into a room where nobody said how many",
        defaults("max_participants", 12),
        "request.max_participants.default",
    ),
    Kind.ECHO("max-ignored", "ignores max_participants", ignores("max_participants"), "behaviour.max_participants.echo"),
    Kind.ECHO(
        "recording-true-ignored",
        "ignores enable_recording if true",
        ignores("enable_recording", exactly(True)),
        "behaviour.enable_recording.echo",
    ),
    Kind.ECHO(
        "recording-false-ignored",
        "ignores enable_recording if false",
        ignores("enable_recording", exactly(False)),
        "behaviour.enable_recording.echo",
    ),
    Kind.ECHO(
        "timeout-null-ignored",
        "takes null seconds and keeps the old ones",
        ignores("webhook_timeout_secs", is_null),
        "behaviour.webhook_timeout_secs.echo",
    ),
    Kind.ECHO(
        "timeout-0-null",
        "keeps 0 seconds as null",
        stores("webhook_timeout_secs", constant(None), exactly(0)),
        "behaviour.webhook_timeout_secs.echo",
    ),
    Kind.ECHO(
        "max-stops-at-45",
        "keeps more than 45 participants as 45",
        stores("max_participants", constant(45), between(46, 50)),
        "behaviour.max_participants.echo",
    ),
    Kind.ECHO(
        "addresses-swapped", "swaps the two addresses where both are sent", swaps(*URLS), *(f"behaviour.{name}.echo" for name in URLS)
    ),
    Kind.ECHO(
        "answer-before",
        "answers with the room as it was before the update",
        answers_before(),
        *(f"behaviour.{name}.echo" for name in SETTINGS),
    ),
    Kind.NORMALISATION(
        "name-lower", "keeps names in small letters", stores("unique_name", filled(str.lower)), "behaviour.unique_name.echo"
    ),
    Kind.NORMALISATION(
        "name-as-number",
        "reads names as numbers where they look like one",
        stores("unique_name", read_as_number),
        "behaviour.unique_name.echo",
    ),
    Kind.NORMALISATION(
        "name-ascii",
        "drops what is not ASCII from names",
        stores("unique_name", lambda text: text.encode("ascii", "ignore").decode()),
        "behaviour.unique_name.echo",
    ),
    Kind.NORMALISATION(
        "name-escaped",
        "escapes names for HTML",
        stores("unique_name", lambda text: text.replace("&", "&amp;").replace("<", "&lt;")),
        "behaviour.unique_name.echo",
    ),
    Kind.NORMALISATION(
        "url-query-lost",
        "drops the query of an address",
        stores("webhook_event_url", lambda url: url.partition("?")[0]),
        "behaviour.webhook_event_url.echo",
    ),
    Kind.NORMALISATION(
        "url-http",
        "turns https into http",
        stores("webhook_event_url", lambda url: url.replace("https://", "http://")),
        "behaviour.webhook_event_url.echo",
    ),
    Kind.NORMALISATION(
        "url-other-host", "puts www. before hosts", stores("webhook_event_url", _with_www), "behaviour.webhook_event_url.echo"
    ),
    Kind.NORMALISATION(
        "failover-no-port",
        "drops the port of the second address",
        stores("webhook_event_failover_url", filled(lambda url: re.sub(r":\d+", "", url))),
        "behaviour.webhook_event_failover_url.echo",
    ),
    Kind.UPDATE(
        "recording-reset",
        "resets enable_recording where an update does not name it",
        resets("enable_recording", to=False),
        "behaviour.enable_recording.unchanged",
    ),
    Kind.UPDATE(
        "max-reset",
        "resets max_participants to its default where an update does not name it",
        resets("max_participants", to=10),
        "behaviour.max_participants.unchanged",
    ),
    Kind.UPDATE(
        "timeout-reset",
        "forgets the seconds where an update does not name them",
        resets("webhook_timeout_secs", to=None),
        "behaviour.webhook_timeout_secs.unchanged",
    ),
    Kind.UPDATE(
        "failover-reset",
        "forgets the second address where an update does not name it",
        resets("webhook_event_failover_url", to=None),
        "behaviour.webhook_event_failover_url.unchanged",
    ),
    Kind.UPDATE(
        "name-not-stored", "answers with the new name and does not store it", forgets("unique_name"), "behaviour.unique_name.unchanged"
    ),
    Kind.UPDATE(
        "max-not-stored",
        "answers with the new number of participants and does not store it",
        forgets("max_participants"),
        "behaviour.max_participants.unchanged",
    ),
    Kind.UPDATE(
        "empty-resets",
        "an empty update resets enable_recording",
        resets("enable_recording", to=False, when=bare),
        "behaviour.enable_recording.unchanged",
    ),
    Kind.UPDATE(
        "refused-applied",
        "stores the right members of an update that it refuses",
        applies_in_part,
        *(f"behaviour.{name}.unchanged" for name in SETTINGS),
    ),
    Kind.IDENTITY(
        "id-changes", "gives a room another id by each update", shows("id", lambda _: str(uuid.uuid4())), "behaviour.id.constant"
    ),
    Kind.IDENTITY("one-room", "makes one room, however many are asked for", makes_one_room(), "behaviour.id.server-generated"),
    Kind.IDENTITY("id-of-body", "lets a body set the id", takes_from_body("id"), "behaviour.id.constant"),
    Kind.IDENTITY(
        "created-moves",
        "moves created_at by each update",
        drifts("created_at", lambda moment: moment.room["updated_at"]),
        "behaviour.created_at.constant",
    ),
    Kind.IDENTITY("created-of-body", "lets a body set created_at", takes_from_body("created_at"), "behaviour.created_at.constant"),
    Kind.IDENTITY(
        "name-of-another",
        "takes a name that another room has",
        takes_refused("unique_name", right=of(str), stand_in=fresh_name),
        "behaviour.unique_name.unique",
    ),
    Kind.STATE(
        "url-lost-by-second",
        "forgets the address by the second update that does not name it",
        resets("webhook_event_url", to="https://lost.example/", when=every(2)),
        "behaviour.webhook_event_url.unchanged",
    ),
    Kind.STATE(
        "url-lost-by-pair",
        "forgets the address where participants and seconds are sent together",
        resets("webhook_event_url", to="https://lost.example/", when=together("max_participants", "webhook_timeout_secs")),
        "behaviour.webhook_event_url.unchanged",
    ),
    Kind.STATE(
        "max-11th-not-stored",
        "answers the eleventh update of max_participants with the new number and does not store it",
        forgets("max_participants", when=nth(11, "max_participants")),
        "behaviour.max_participants.unchanged",
    ),
    Kind.STATE(
        "name-stays-taken",
        "gives no room a name that another one had",
        keeps_taken("unique_name", lambda name: [name] if isinstance(name, str) else []),
        "request.unique_name.accepted",
        "response.200.status",
    ),
    Kind.STATE(
        "read-before",
        "shows in reads what a room was before its last update",
        reads_before(*SETTINGS),
        *(f"behaviour.{name}.read-after-write" for name in SETTINGS),
    ),
    Kind.STATE(
        "read-of-url",
        "shows no address in reads",
        shows("webhook_event_url", constant(None), when=read),
        "behaviour.webhook_event_url.read-after-write",
    ),
    Kind.STATE("recording-leaks", "sets enable_recording in all rooms", leaks("enable_recording"), "behaviour.enable_recording.unchanged"),
    Kind.STATE("max-leaks", "sets max_participants in all rooms", leaks("max_participants"), "behaviour.max_participants.unchanged"),
    Kind.STATE(
        "pair-refused",
        "refuses enable_recording and webhook_timeout_secs together",
        refuses_together("enable_recording", "webhook_timeout_secs"),
        "response.200.status",
    ),
    Kind.STATE(
        "timeout-by-recording",
        "forgets the seconds where only enable_recording is named",
        resets("webhook_timeout_secs", to=None, when=_only_recording),
        "behaviour.webhook_timeout_secs.unchanged",
    ),
    Kind.RARE(
        "max-41-lost",
        "keeps 41 participants as 40",
        stores("max_participants", constant(40), exactly(41)),
        "behaviour.max_participants.echo",
    ),
    Kind.RARE(
        "name-cut-at-128", "cuts names after 128 code points", stores("unique_name", lambda text: text[:128]), "behaviour.unique_name.echo"
    ),
    Kind.RARE(
        "name-astral",
        "replaces characters beyond the basic plane",
        stores("unique_name", lambda text: re.sub("[\U00010000-\U0010ffff]", "?", text)),
        "behaviour.unique_name.echo",
    ),
)
