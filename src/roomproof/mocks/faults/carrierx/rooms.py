"""Faults of the CarrierX mock: what it keeps of its rooms."""

from __future__ import annotations

import re
import uuid
from typing import Any

from roomproof.mocks.faults.acceptance import keeps_taken, takes_refused
from roomproof.mocks.faults.answers import shows
from roomproof.mocks.faults.carrierx.interface import FIXED, fresh_code
from roomproof.mocks.faults.fault import Fault, Kind, kebab
from roomproof.mocks.faults.memory import (
    Moment,
    answers_before,
    applies_in_part,
    drifts,
    every,
    forgets,
    ignores,
    leaks,
    makes_one_room,
    merges,
    nth,
    reads_before,
    resets,
    stores,
    takes_from_body,
    together,
)
from roomproof.mocks.faults.values import Change, altered, constant, exactly, holding, is_null, trimmed_below, where, without_falsy

Json = Any


def _right_codes(codes: Json) -> bool:
    """Codes that would be taken if no other room had them."""
    return isinstance(codes, list) and all(
        isinstance(entry, dict)
        and holding("^[0-9]+$")(entry.get("access_code"))
        and entry.get("role") in ("host", "listener", "participant")
        for entry in codes
    )


def _fresh_codes(codes: list[dict[str, Json]]) -> list[dict[str, Json]]:
    return [{**entry, "access_code": fresh_code(entry)} for entry in codes]


def _of_entries(change: Change, member: str) -> Change:
    return lambda codes: altered(codes, ("*", member), change)


def _only_name(moment: Moment) -> bool:
    return set(moment.sent) == {"name"}


FAULTS: tuple[Fault, ...] = (
    *(
        Kind.ECHO(f"{kebab(name)}-ignored", f"ignores {name}", ignores(name), f"*.behaviour.{name}.echo")
        for name in ("access_codes", "properties", "name")
    ),
    Kind.ECHO(
        "did-group-null-lost",
        "keeps null for did_group_sid as a text",
        stores("did_group_sid", constant("none"), is_null),
        "*.behaviour.did_group_sid.echo",
    ),
    Kind.ECHO("put-name-ignored", "ignores the name in a PUT", ignores("name", on="replace-room"), "replace-room.behaviour.name.echo"),
    Kind.ECHO(
        "roles-lost",
        "makes listeners participants",
        stores("access_codes", _of_entries(where(exactly("listener"), constant("participant")), "role")),
        "*.behaviour.access_codes.echo",
    ),
    Kind.ECHO("last-code-lost", "forgets the last code", stores("access_codes", lambda codes: codes[:-1]), "*.behaviour.access_codes.echo"),
    Kind.ECHO(
        "answer-before",
        "answers with the room as it was before the update",
        answers_before(),
        *(f"*.behaviour.{name}.echo" for name in ("access_codes", "properties", "name")),
    ),
    Kind.NORMALISATION("name-upper", "keeps names in capitals", stores("name", str.upper), "*.behaviour.name.echo"),
    Kind.NORMALISATION(
        "name-one-blank", "puts one blank for many in names", stores("name", lambda text: " ".join(text.split())), "*.behaviour.name.echo"
    ),
    Kind.NORMALISATION(
        "code-zeros-lost",
        "drops zeros in front of codes",
        stores("access_codes", _of_entries(lambda code: code.lstrip("0") or "0", "access_code")),
        "*.behaviour.access_codes.echo",
    ),
    Kind.UPDATE(
        "put-merges-properties",
        "puts new properties beside the old ones in a PUT",
        merges("properties", "replace-room"),
        "replace-room.behaviour.properties.echo",
    ),
    *(
        Kind.UPDATE(
            f"{kebab(name)}-reset",
            f"resets {name} where a PATCH does not name it",
            resets(name, to=to, on="update-room"),
            f"update-room.behaviour.{name}.unchanged",
        )
        for name, to in {"access_codes": [], "properties": {}, "did_group_sid": "none", "name": ""}.items()
    ),
    Kind.UPDATE(
        "name-not-stored", "answers with the new name and does not store it", forgets("name"), "update-room.behaviour.name.unchanged"
    ),
    Kind.UPDATE(
        "put-codes-not-stored",
        "answers a PUT with the new codes and does not store them",
        forgets("access_codes", on="replace-room"),
        "update-room.behaviour.access_codes.unchanged",
    ),
    Kind.UPDATE(
        "refused-applied",
        "stores the right members of an update that it refuses",
        applies_in_part,
        "update-room.behaviour.name.unchanged",
        "update-room.behaviour.properties.unchanged",
    ),
    Kind.IDENTITY(
        "sid-changes",
        "gives a room another sid by each update",
        shows("meeting_room_sid", lambda _: str(uuid.uuid4())),
        "*.behaviour.meeting_room_sid.constant",
    ),
    Kind.IDENTITY(
        "one-room",
        "makes one room, however many are asked for",
        makes_one_room(),
        "update-room.behaviour.meeting_room_sid.server-generated",
    ),
    Kind.IDENTITY(
        "account-changes",
        "gives a room another account by each update",
        drifts("account_sid", lambda moment: str(uuid.UUID(int=moment.updates))),
        "*.behaviour.account_sid.constant",
    ),
    *(
        Kind.IDENTITY(f"{kebab(name)}-of-body", f"lets a body set {name}", takes_from_body(name), f"*.behaviour.{name}.read-only")
        for name in FIXED
    ),
    Kind.IDENTITY(
        "code-of-another",
        "takes a code that another room has",
        takes_refused("access_codes", right=_right_codes, stand_in=_fresh_codes),
        "*.behaviour.access_codes.unique",
    ),
    Kind.STATE(
        "name-lost-by-second",
        "forgets the name by the second update that does not name it",
        resets("name", to="", when=every(2)),
        "update-room.behaviour.name.unchanged",
    ),
    Kind.STATE(
        "name-lost-by-pair",
        "forgets the name where properties and did_group_sid are sent together",
        resets("name", to="", when=together("properties", "did_group_sid")),
        "update-room.behaviour.name.unchanged",
    ),
    Kind.STATE(
        "properties-9th-not-stored",
        "answers the ninth update of properties with the new ones and does not store them",
        forgets("properties", when=nth(9, "properties")),
        "update-room.behaviour.properties.unchanged",
    ),
    Kind.STATE(
        "code-stays-taken",
        "gives no room a code that another one had",
        keeps_taken("access_codes", lambda codes: [entry["access_code"] for entry in codes] if _right_codes(codes) else []),
        "*.request.access_codes.accepted",
        "*.response.200.status",
    ),
    Kind.STATE(
        "read-before",
        "shows in reads what a room was before its last update",
        reads_before("access_codes", "properties", "did_group_sid", "name"),
        "*.behaviour.*.read-after-write",
    ),
    Kind.STATE("name-leaks", "sets the name of all rooms", leaks("name"), "update-room.behaviour.name.unchanged"),
    Kind.STATE("properties-leak", "sets the properties of all rooms", leaks("properties"), "update-room.behaviour.properties.unchanged"),
    Kind.STATE(
        "properties-by-name",
        "forgets the properties where only the name is named",
        resets("properties", to={}, when=_only_name),
        "update-room.behaviour.properties.unchanged",
    ),
    Kind.RARE(
        "properties-shallow",
        "empties what lies three levels deep in properties",
        stores("properties", trimmed_below(2)),
        "*.behaviour.properties.echo",
    ),
    Kind.RARE("properties-falsy", "drops empty values from properties", stores("properties", without_falsy), "*.behaviour.properties.echo"),
    Kind.RARE(
        "name-literal",
        "reads names that are no text elsewhere as none",
        stores("name", constant(""), exactly("undefined", "None", "NaN")),
        "*.behaviour.name.echo",
    ),
    Kind.RARE("name-cut-at-64", "cuts names after 64 code points", stores("name", lambda text: text[:64]), "*.behaviour.name.echo"),
    Kind.RARE(
        "name-astral",
        "replaces characters beyond the basic plane",
        stores("name", lambda text: re.sub("[\U00010000-\U0010ffff]", "?", text)),
        "*.behaviour.name.echo",
    ),
)
