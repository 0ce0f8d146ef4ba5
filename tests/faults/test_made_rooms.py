"""Operators on what a room is made with, what tells it apart, and how it is listed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from roomproof.contract.formats import instant

Ask = Callable[[str, str], Any]
GUEST = "8:acs:00000000-0000-4000-8000-000000000000_00000000-0000-0000-0000-000000000000"
PAST = {"validFrom": "2021-01-01T00:00:00Z", "validUntil": "2021-02-01T00:00:00Z"}


def days(later: str, earlier: str) -> float:
    one, other = instant(later), instant(earlier)
    assert one is not None
    assert other is not None
    return (one - other).total_seconds() / 86_400


@pytest.mark.parametrize("word", ["changes", "never-the-same", "moves"])
@pytest.mark.parametrize(("provider", "field"), [("azure", "id"), ("telnyx", "id"), ("telnyx", "created_at")])
def test_what_is_constant_changes(ask: Ask, provider: str, field: str, word: str) -> None:
    whole, faulty = ask(provider, ""), ask(provider, f"behaviour.{field}.constant.{word}")

    assert whole.room(whole("PATCH", {}))[field] == whole.room(whole("GET"))[field]
    assert faulty.room(faulty("PATCH", {}))[field] != whole.room(whole("GET"))[field]


def test_all_rooms_get_one_id(ask: Ask) -> None:
    faulty = ask("azure", "behaviour.id.server-generated.same")

    assert len({faulty("POST", {}, to="").json["id"] for _ in range(3)}) == 1


def test_a_room_starts_with_another_default(ask: Ask) -> None:
    faulty = ask("telnyx", "request.max_participants.default.other")

    made = faulty.room(faulty("POST", {}, to=""))

    assert made["max_participants"] != 10
    assert faulty.room(faulty("GET", to=made["id"])) == made


def test_a_limit_is_kept_for_the_number_before_it(ask: Ask) -> None:
    faulty = ask("telnyx", "behaviour.max_participants.echo.one-below-limit-lost")

    assert [
        faulty.room(faulty("PATCH", {"max_participants": number}))["max_participants"] for number in (48, 49)
    ] == [48, 50]


@pytest.mark.parametrize(("word", "off"), [("yesterday", -1), ("elsewhere", 1 / 12)])
def test_a_room_was_made_at_another_time(ask: Ask, word: str, off: float) -> None:
    whole, faulty = ask("azure", ""), ask("azure", f"behaviour.createdAt.created-now.{word}")

    times = [asked("POST", {}, to="").json["createdAt"] for asked in (whole, faulty)]

    assert days(times[1], times[0]) == pytest.approx(off, abs=0.01)


@pytest.mark.parametrize(("word", "after"), [("a-day-late", 181), ("after-30-days", 30)])
def test_a_room_ends_at_another_time_where_nobody_said_when(ask: Ask, word: str, after: float) -> None:
    made = ask("azure", f"behaviour.validUntil.default-now.{word}")("POST", {}, to="").json

    assert days(made["validUntil"], made["createdAt"]) == pytest.approx(after)


def test_a_window_is_not_checked_or_checked_too_narrowly(ask: Ask) -> None:
    long = {"validFrom": "2031-01-01T00:00:00Z", "validUntil": "2031-05-01T00:00:00Z"}
    whole = ask("azure", "")

    assert whole("POST", PAST, to="").status == 400
    made = ask("azure", "behaviour.window.window.unchecked")("POST", PAST, to="")
    assert (made.status, made.json["validFrom"]) == (201, PAST["validFrom"])
    assert whole("POST", long, to="").status == 201
    assert ask("azure", "behaviour.window.window.half")("POST", long, to="").status == 400


@pytest.mark.parametrize("offset", ["+05:45", "-03:30", "+13:00"])
def test_the_zone_of_a_time_is_lost(ask: Ask, offset: str) -> None:
    window = {"validFrom": f"2031-03-04T12:06:07{offset}", "validUntil": "2031-03-20T00:00:00Z"}
    whole, faulty = ask("azure", ""), ask("azure", "behaviour.validFrom.echo.zone-lost")

    assert days(whole("POST", window, to="").json["validFrom"], window["validFrom"]) == 0
    assert days(faulty("POST", window, to="").json["validFrom"], "2031-03-04T12:06:07Z") == 0


def test_a_null_resets_and_a_date_is_noon(ask: Ask) -> None:
    reset = ask("azure", "behaviour.pstnDialOutEnabled.null-unchanged.resets")
    noon = ask("signalwire", "behaviour.join_from.date-only.noon")

    reset("PATCH", {"pstnDialOutEnabled": True})

    assert reset("PATCH", {"pstnDialOutEnabled": None}).json["pstnDialOutEnabled"] is False
    assert noon("PUT", {"join_from": "2031-03-04"}).json["join_from"].startswith("2031-03-04T12:00:00")


@pytest.mark.parametrize(
    ("fault", "guest", "listed"),
    [
        ("", {"role": "Consumer"}, ["Consumer"]),
        ("listed-echo.consumer-as-attendee", {"role": "Consumer"}, ["Attendee"]),
        ("listed-echo.last-lost", {"role": "Consumer"}, []),
        ("listed-echo.one-for-all", {"role": "Consumer"}, ["Presenter"]),
        ("listed-default.other", {}, ["Presenter"]),
    ],
)
def test_who_was_invited_is_listed_otherwise(
    ask: Ask, fault: str, guest: dict[str, Any], listed: list[str]
) -> None:
    faulty = ask("azure", f"behaviour.participants.{fault}" if fault else "")

    made = faulty("POST", {"participants": {GUEST: guest}}, to="").json["id"]

    assert [one["role"] for one in faulty("GET", to=f"{made}/participants").json["value"]] == listed
