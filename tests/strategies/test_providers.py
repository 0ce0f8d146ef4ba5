from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomproof.contract.formats import instant, is_date_time
from roomproof_strategies import (
    Sample,
    Setting,
    Special,
    azure,
    boundary,
    carrierx,
    invalid,
    signalwire,
    telnyx,
    valid,
)
from roomproof_strategies.windows import moment

Aims = Callable[[Any, Any], set[tuple[tuple[str, ...], str]]]
NOW = datetime(2030, 5, 10, 12, 34, 56, 789, tzinfo=UTC)
ANCHOR = NOW + timedelta(days=20)
QUICK = settings(max_examples=50, derandomize=True, database=None, deadline=None)
TIMES = {"type": "string", "format": "date-time"}
AZURE = {
    "type": "object",
    "properties": {"pstn": {"type": "boolean"}, "validFrom": TIMES, "validUntil": TIMES},
}
EITHER = {"type": "string", "anyOf": [{"format": "date-time"}, {"format": "date"}]}
SIGNALWIRE_TIMES = ("join_from", "join_until", "remove_at")
SIGNALWIRE = {
    "type": "object",
    "properties": {"name": {"type": "string"}, **dict.fromkeys(SIGNALWIRE_TIMES, EITHER)},
}
ROLES = {"type": "string", "enum": ["host", "listener"]}
CODES = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["access_code", "role"],
        "properties": {"access_code": {"type": "string"}, "role": ROLES},
    },
}
ROOMS: list[dict[str, Any]] = [
    {},
    {"validFrom": "2030-05-10T12:00:00+00:00", "validUntil": "2030-11-06T12:00:00+00:00"},
    {"validFrom": "2032-02-29T12:00:00+00:00", "validUntil": "2032-03-29T12:00:00+00:00"},
    {"validFrom": "2030-05-11T12:00:00+00:00", "validUntil": "2030-05-11T14:00:00+00:00"},
    {"validFrom": "2029-05-11T12:00:00+00:00", "validUntil": None},
]


def setting(room: Mapping[str, Any] | None = None, serial: str = "serial") -> Setting:
    return Setting(
        NOW,
        serial,
        room or {},
        next((str(room[name]) for name in ("id", "meeting_room_sid") if room and name in room), ""),
    )


def accepted_window(body: Mapping[str, Any], room: Mapping[str, Any]) -> bool:
    """Whether a real service accepts what an update leads to; nothing is held against an end that nobody
    knows.
    """
    start, end = (moment(body.get(name, room.get(name))) for name in ("validFrom", "validUntil"))
    if end is not None and end <= NOW:
        return False
    return start is None or end is None or start < end <= start + timedelta(days=180)


def sent_times(body: Any) -> list[datetime]:
    return [time for name in ("validFrom", "validUntil") if (time := moment(body.get(name)))]


@pytest.mark.parametrize("room", ROOMS)
def test_azure_windows_of_random_bodies_are_accepted(room: dict[str, Any]) -> None:
    @QUICK
    @given(valid(AZURE, anchor=ANCHOR))
    def check(body: Any) -> None:
        sample = azure.SPECIAL.adapt("update-room", Sample(body, (), "accepted", True, ""), setting(room))
        assert accepted_window(sample.value, room) or not sent_times(body)
        assert all(time >= NOW - timedelta(minutes=1) for time in sent_times(sample.value))
        assert set(body) <= set(sample.value)
        made = azure.SPECIAL.adapt("create-room", Sample(body, (), "accepted", True, ""), setting(room)).value
        start = moment(made.get("validFrom")) or NOW
        end = moment(made.get("validUntil")) or start + timedelta(days=180)
        assert NOW - timedelta(minutes=1) <= start < end <= start + timedelta(days=180)

    check()


@pytest.mark.parametrize("room", ROOMS)
def test_azure_windows_of_boundary_samples_are_accepted_and_keep_their_aim(room: dict[str, Any]) -> None:
    for sample in boundary(AZURE, anchor=ANCHOR):
        adapted = azure.SPECIAL.adapt("update-room", sample, setting(room))
        assert (adapted.path, adapted.rule, adapted.valid) == (sample.path, sample.rule, sample.valid)
        if sample.rule != "accepted" and sample.path:
            assert adapted.value[sample.path[0]] == sample.value[sample.path[0]]
        # Years 1, 1970 and 9999 leave no window that could be accepted.
        if not sample.note.startswith("exotic") and sent_times(sample.value):
            assert accepted_window(adapted.value, room), adapted


def test_azure_keeps_what_is_right_already() -> None:
    later = {"validFrom": "2030-06-01T00:00:00Z", "validUntil": "2030-06-30T00:00:00.5+02:00"}
    sample = Sample(later, (), "accepted", True, "")
    assert azure.SPECIAL.adapt("create-room", sample, setting()) is sample
    swapped = Sample(
        {"validFrom": later["validUntil"], "validUntil": later["validFrom"]}, (), "accepted", True, ""
    )
    assert azure.SPECIAL.adapt("create-room", swapped, setting()).value == later
    assert azure.SPECIAL.adapt("list-rooms", swapped, setting()) is swapped
    assert azure.SPECIAL.adapt("create-room", Sample([1], (), "type", False, ""), setting()).value == [1]


def test_azure_plain_ends_stand_alone_where_they_can() -> None:
    past = Sample({"validFrom": "2020-01-01T00:00:00Z"}, ("validFrom",), "accepted", True, "")
    adapted = azure.SPECIAL.adapt("create-room", past, setting()).value
    assert list(adapted) == ["validFrom"]
    assert moment(adapted["validFrom"]) == NOW.replace(microsecond=0) + timedelta(days=40)
    far = Sample({"validUntil": "2035-01-01T00:00:00Z"}, ("validUntil",), "accepted", True, "")
    adapted = azure.SPECIAL.adapt("update-room", far, setting(ROOMS[1])).value
    assert list(adapted) == ["validUntil"]
    assert moment(adapted["validUntil"]) == NOW.replace(microsecond=0) + timedelta(days=100)


def test_azure_companions_stand_thirty_days_away() -> None:
    until = Sample({"validUntil": "2038-01-19T03:14:08Z"}, ("validUntil",), "format", True, "")
    assert (
        azure.SPECIAL.adapt("update-room", until, setting(ROOMS[1])).value["validFrom"]
        == "2037-12-20T03:14:08Z"
    )
    start = Sample({"validFrom": "2038-01-19T03:14:08Z"}, ("validFrom",), "format", True, "")
    assert (
        azure.SPECIAL.adapt("update-room", start, setting(ROOMS[1])).value["validUntil"]
        == "2038-02-18T03:14:08Z"
    )
    soon = Sample({"validUntil": "2030-05-14T00:00:00.5Z"}, ("validUntil",), "format", True, "")
    adapted = azure.SPECIAL.adapt("update-room", soon, setting(ROOMS[2])).value
    assert NOW < (moment(adapted["validFrom"]) or NOW) < datetime(2030, 5, 14, tzinfo=UTC)
    assert adapted["validUntil"] == "2030-05-14T00:00:00.5Z"


def test_azure_leaves_what_is_no_date_time_alone() -> None:
    for sample in invalid(AZURE, anchor=ANCHOR):
        if isinstance(sample.value, dict):
            adapted = azure.SPECIAL.adapt("update-room", sample, setting(ROOMS[2]))
            assert adapted.value == sample.value


@pytest.mark.parametrize("room", ROOMS)
def test_azure_never_writes_over_what_is_no_date_time(room: dict[str, Any]) -> None:
    mixed = {"validFrom": "2030-02-30T00:00:00Z", "validUntil": "2030-01-01T00:00:00Z"}
    adapted = azure.SPECIAL.adapt(
        "update-room", Sample(mixed, ("validFrom",), "format", False, ""), setting(room)
    ).value
    assert adapted["validFrom"] == "2030-02-30T00:00:00Z"
    assert (moment(adapted["validUntil"]) or NOW) > NOW


@pytest.mark.parametrize(
    ("days", "kept"), [(0.01, False), (1, True), (180, True), (180.01, False), (200, False)]
)
def test_azure_windows_are_at_most_180_days_long(days: float, kept: bool) -> None:
    start = datetime(2030, 6, 1, tzinfo=UTC)
    body = {
        name: f"{time:%Y-%m-%dT%H:%M:%SZ}"
        for name, time in (("validFrom", start), ("validUntil", start + timedelta(days=days)))
    }
    adapted = azure.SPECIAL.adapt("create-room", Sample(body, (), "accepted", True, ""), setting()).value
    assert (adapted == body) is kept
    assert adapted["validFrom"] == body["validFrom"] or not kept
    assert accepted_window(adapted, {})


def test_azure_windows_do_not_end_in_the_past() -> None:
    room = {"validFrom": "2030-01-01T00:00:00Z", "validUntil": "2030-06-01T00:00:00Z"}
    past = Sample({"validUntil": "2030-04-01T00:00:00Z"}, ("validUntil",), "accepted", True, "")
    assert accepted_window(azure.SPECIAL.adapt("update-room", past, setting(room)).value, room)


def test_azure_participants_have_communication_identifiers() -> None:
    shape = re.compile(
        "8:acs:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    )
    people = {"type": "object", "additionalProperties": {}}
    schema = {"type": "object", "required": ["participants"], "properties": {"participants": people}}
    fields = azure.SPECIAL.fields(setting())
    keys: set[str] = set()

    @QUICK
    @given(valid(schema, fields, anchor=ANCHOR))
    def check(body: Any) -> None:
        keys.update(body["participants"])
        assert all(shape.fullmatch(key) for key in body["participants"])

    check()
    assert len(keys) > 20
    assert any(sample.value.get("participants") for sample in boundary(schema, fields, anchor=ANCHOR))


def in_order(body: Mapping[str, Any], room: Mapping[str, Any]) -> bool:
    effective = {**room, **body}
    times = [
        time
        for name in ("join_from", "join_until", "remove_at")
        if (time := moment(effective.get(name), dates=True))
    ]
    return all(earlier < later for earlier, later in pairwise(times))


SIGNALWIRE_ROOMS: list[dict[str, Any]] = [
    {},
    {
        "join_from": "2030-06-01T00:00:00Z",
        "join_until": "2030-06-05T00:00:00Z",
        "remove_at": "2030-06-09T00:00:00Z",
    },
    {"join_from": "2038-06-01T00:00:00Z", "join_until": None, "remove_at": "2038-06-09T00:00:00Z"},
]


@pytest.mark.parametrize("room", SIGNALWIRE_ROOMS)
def test_signalwire_times_of_random_bodies_are_in_order_and_ahead(room: dict[str, Any]) -> None:
    @QUICK
    @given(valid(SIGNALWIRE, anchor=ANCHOR))
    def check(body: Any) -> None:
        adapted = signalwire.SPECIAL.adapt(
            "update-room", Sample(body, (), "accepted", True, ""), setting(room)
        ).value
        sent = [moment(body[name], dates=True) for name in body if name != "name"]
        assert in_order(adapted, room) or not sent
        assert all(
            (time := moment(adapted[name], dates=True)) and time > NOW for name in adapted if name != "name"
        )
        assert set(body) <= set(adapted)
        assert adapted.get("name") == body.get("name")

    check()


@pytest.mark.parametrize("room", SIGNALWIRE_ROOMS)
def test_signalwire_times_of_boundary_samples_keep_their_aim(room: dict[str, Any]) -> None:
    for sample in boundary(SIGNALWIRE, anchor=ANCHOR):
        adapted = signalwire.SPECIAL.adapt("update-room", sample, setting(room))
        if sample.rule != "accepted" and sample.path:
            assert adapted.value[sample.path[0]] == sample.value[sample.path[0]]
        if not sample.note.startswith("exotic") and set(sample.value) - {"name"}:
            assert in_order(adapted.value, room), adapted


def test_signalwire_swaps_keep_the_spelling_and_invalid_times_stay() -> None:
    body = {"join_from": "2030-07-01", "join_until": "2030-06-01T00:00:00.5Z"}
    adapted = signalwire.SPECIAL.adapt("update-room", Sample(body, (), "accepted", True, ""), setting()).value
    assert adapted == {"join_from": body["join_until"], "join_until": body["join_from"]}
    for sample in invalid(SIGNALWIRE, anchor=ANCHOR):
        assert (
            signalwire.SPECIAL.adapt("update-room", sample, setting(SIGNALWIRE_ROOMS[2])).value
            == sample.value
        )


def test_signalwire_moves_only_what_has_to_move() -> None:
    room = SIGNALWIRE_ROOMS[1]
    past = Sample({"join_from": "1970-01-01T00:00:00Z"}, ("join_from",), "any-of", True, "")
    assert signalwire.SPECIAL.adapt("update-room", past, setting(room)) is past
    both = Sample({"join_from": "2020-01-01", "join_until": "2021-01-01"}, (), "accepted", True, "")
    adapted = signalwire.SPECIAL.adapt("update-room", both, setting()).value
    assert list(adapted) == ["join_from", "join_until"]
    assert all((time := moment(text)) and time > NOW for text in adapted.values())
    mixed = Sample(
        {"join_from": "2030-02-30", "join_until": "2020-01-01"}, ("join_from",), "any-of", False, ""
    )
    adapted = signalwire.SPECIAL.adapt("update-room", mixed, setting(room)).value
    assert adapted["join_from"] == "2030-02-30"
    assert (moment(adapted["join_until"], dates=True) or NOW) > NOW


def test_telnyx_names_are_unique_unless_they_are_the_aim() -> None:
    plain = Sample({"unique_name": "My room"}, ("unique_name",), "accepted", True, "")
    names = {
        telnyx.SPECIAL.adapt("update-room", plain, setting({"id": room}, serial)).value["unique_name"]
        for room in "ab"
        for serial in "12"
    }
    assert len(names) == 4
    assert all(name.startswith("My room ") for name in names)
    for sample in (
        replace(plain, rule="max-length"),
        Sample({"unique_name": "n" * 100}, (), "accepted", True, ""),
        Sample({"unique_name": 5}, ("unique_name",), "type", False, ""),
        Sample({"unique_name": ""}, (), "accepted", True, ""),
        Sample({"other": 5}, (), "accepted", True, ""),
        Sample(None, (), "null", False, ""),
    ):
        assert telnyx.SPECIAL.adapt("update-room", sample, setting()) is sample
    elsewhere = Sample(
        {"unique_name": "Room", "max_participants": 51}, ("max_participants",), "maximum", False, ""
    )
    adapted = telnyx.SPECIAL.adapt("update-room", elsewhere, setting()).value
    assert adapted["unique_name"] != "Room"
    assert adapted["max_participants"] == 51


def test_carrierx_codes_differ_within_a_room_and_between_rooms() -> None:
    schema = {"type": "object", "required": ["access_codes"], "properties": {"access_codes": CODES}}
    one, two = (setting({"meeting_room_sid": sid}) for sid in ("a", "b"))
    found: set[str] = set()

    @QUICK
    @given(valid(schema, carrierx.SPECIAL.fields(one), anchor=ANCHOR))
    def check(body: Any) -> None:
        sample = Sample(body, (), "accepted", True, "")
        codes, others = (
            [
                item["access_code"]
                for item in carrierx.SPECIAL.adapt("update-room", sample, given).value["access_codes"]
            ]
            for given in (one, two)
        )
        assert len(set(codes)) == len(codes)
        assert all(re.fullmatch("[1-9][0-9]{5}", code) for code in codes)
        assert not set(codes) & set(others)
        found.update(codes)

    check()
    assert len(found) > 50


def test_carrierx_fields_are_the_rooms_own() -> None:
    fields = carrierx.SPECIAL.fields(setting({"account_sid": "acc"}))
    assert {("access_codes", "items", "access_code"), ("did_group_sid",), ("account_sid",)} <= set(fields)
    assert ("meeting_room_sid",) not in fields
    schema = {
        "type": "object",
        "properties": {"did_group_sid": {"type": ["string", "null"]}, "account_sid": {"type": "string"}},
    }
    for sample in boundary(schema, fields, anchor=ANCHOR):
        assert sample.value.get("did_group_sid") is None
        assert sample.value.get("account_sid", "acc") == "acc"


@pytest.mark.parametrize(
    "listed", [None, "text", [1], [{"access_code": 5}], [{"access_code": "12"}], [{"role": "host"}]]
)
def test_carrierx_leaves_what_is_no_code(listed: Any) -> None:
    sample = Sample({"access_codes": listed}, ("access_codes",), "type", False, "")
    assert carrierx.SPECIAL.adapt("replace-room", sample, setting()).value == sample.value


@pytest.mark.parametrize(
    ("special", "name"),
    [
        (azure.SPECIAL, "azure-create-room"),
        (carrierx.SPECIAL, "carrierx-update-room"),
        (signalwire.SPECIAL, "signalwire-update-room"),
    ],
)
def test_further_samples_break_just_what_they_name(
    special: Special, name: str, aims: Aims, contract_bodies: Mapping[str, Any]
) -> None:
    found = list(special.samples(setting()))
    assert found
    for sample in found:
        assert aims(contract_bodies[name], sample.value) == (
            set() if sample.valid else {(sample.path, sample.rule)}
        ), sample


def test_the_neutral_special_changes_nothing() -> None:
    sample = Sample({"validFrom": "2020-01-01T00:00:00Z"}, (), "accepted", True, "")
    assert Special().adapt("update-room", sample, setting()) is sample
    assert Special().fields(setting()) == {}


@given(st.datetimes(timezones=st.just(UTC)))
@QUICK
def test_moments_are_read_back(time: datetime) -> None:
    text = time.strftime("%Y-%m-%dT%H:%M:%S.%fZ").zfill(27)
    assert is_date_time(text)
    assert moment(text) == time
    assert instant(text) is not None


def test_moments_beyond_the_calendar_are_none() -> None:
    assert moment("9999-12-31T23:59:59-14:00") is None
    assert moment("0001-01-01T00:00:00+14:00") is None
    assert moment("2030-05-10", dates=True) == datetime(2030, 5, 10, tzinfo=UTC)
    assert moment("2030-05-10") is None
    assert moment(5) is None
