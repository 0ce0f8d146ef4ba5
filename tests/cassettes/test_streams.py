"""Streams of somebody else's recordings: in the order of their starts, apart by account, and no more than
they prove.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from roomproof.cassettes import order, overlap
from roomproof.cassettes.replay import Register, ReplayResult, replay
from roomproof.cassettes.stream_by import StreamBy
from roomproof.judge.evidence import Outcome
from roomproof.providers import find_contract
from roomproof.verdict import Verdict

CONTRACT = find_contract("telnyx")
REGISTER = Register({"telnyx": CONTRACT, "azure": find_contract("azure")})
ID, OTHER = "11111111-2222-4333-8444-555555555555", "99999999-2222-4333-8444-555555555555"
BEGAN = datetime(2026, 3, 1, 10, tzinfo=UTC)
STATUS = "update-room.response.200.status"
UNCHANGED = "update-room.behaviour.max_participants.unchanged"
ECHO = "update-room.behaviour.max_participants.echo"
NAME = "update-room.behaviour.unique_name.unique"
MAXIMUM = "update-room.request.max_participants.maximum"
SERVER_ERROR = "update-room.behaviour.any-input.no-server-error"
JSON = [{"name": "Content-Type", "value": "application/json"}]


def room(**fields: Any) -> dict[str, Any]:
    known = {
        "id": ID, "unique_name": "one", "max_participants": 10, "enable_recording": False,
        "webhook_event_url": "https://a.example/",
        "webhook_event_failover_url": "https://b.example/", "webhook_timeout_secs": 3,
        "active_session_id": ID, "sessions": [],
        "created_at": "2026-02-21T10:00:00Z", "updated_at": "2026-02-21T10:00:00Z", "record_type": "room",
    }  # fmt: skip
    return {"data": {**known, **fields}}


META = {"total_pages": 1, "total_results": 1, "page_number": 1, "page_size": 20}
NEVER_SET = {"webhook_event_failover_url": "", "webhook_timeout_secs": None}
"""What a room shows of fields that its creation did not carry."""


def call(
    at: float | None, sent: Any, shown: dict[str, Any] | None = None, *, took: int | None = None,
        status: int = 200, method: str = "PATCH",
    room_id: str = ID, token: str = "KEY", path: str | None = None, host: str = "api.telnyx.com",
        media: str = "application/json",
) -> dict[str, Any]:  # fmt: skip
    """An entry of a HAR file that began so many seconds after BEGAN, and was answered so many later, as its
    Date says.

    `shown` are the fields of the room in the response.
    """
    reply = json.dumps(room(**{"id": room_id, **shown})) if shown is not None else "{}"
    request = {
        "method": method, "url": f"https://{host}{path or f'/v2/rooms/{room_id}'}",
        "headers": [*JSON, *([{"name": "Authorization", "value": f"Bearer {token}"}] if token else [])],
    }  # fmt: skip
    if sent is not None:
        request["postData"] = {"mimeType": "application/json", "text": json.dumps(sent)}
    content = {"size": len(reply), "mimeType": media, "text": reply}
    dated = (
        []
        if at is None or took is None
        else [{"name": "Date", "value": format_datetime(BEGAN + timedelta(seconds=at + took), usegmt=True)}]
    )
    response = {
        "status": status,
        "headers": [{"name": "Content-Type", "value": media}, *dated],
        "content": content,
    }
    moment = {} if at is None else {"startedDateTime": (BEGAN + timedelta(seconds=at)).isoformat()}
    return {**moment, "time": -1, "request": request, "response": response}


def har(path: Path, *entries: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"log": {"version": "1.2", "entries": list(entries)}}), encoding="utf-8")
    return path


def heard(*paths: Path, by: StreamBy = StreamBy.HEADER) -> ReplayResult:
    found = replay(paths, replace(REGISTER, stream_by=by))
    assert found.problems == []
    return found


def said(found: ReplayResult, outcome: Outcome) -> set[str]:
    """The clauses of which an interaction said something, without the provider."""
    records = found.heard["telnyx"].verdicts.records
    return {name.removeprefix("telnyx.") for name, record in records.items() if record.counts.get(outcome)}


def broken(*paths: Path, by: StreamBy = StreamBy.HEADER) -> set[str]:
    """The clauses that some recordings show to be broken, by a fail or a warning."""
    found = heard(*paths, by=by)
    return said(found, Outcome.FAIL) | said(found, Outcome.WARN)


def steps(*, wrong: bool = False) -> list[dict[str, Any]]:
    """Three updates of one room; `wrong`: the last one changes what it was not sent."""
    return [
        call(0, {"max_participants": 20}, {"max_participants": 20, "unique_name": "first"}),
        call(60, {"unique_name": "second"}, {"max_participants": 20, "unique_name": "second"}),
        call(
            120,
            {"enable_recording": True},
            {"max_participants": 30 if wrong else 20, "unique_name": "second", "enable_recording": True},
        ),
    ]


@pytest.mark.parametrize("places", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (2, 0, 1), (0, 2, 1)])
def test_calls_are_judged_in_the_order_of_their_starts(tmp_path: Path, places: Iterable[int]) -> None:
    assert broken(har(tmp_path / "right.har", *(steps()[place] for place in places))) == set()
    assert broken(har(tmp_path / "wrong.har", *(steps(wrong=True)[place] for place in places))) == {UNCHANGED}


@pytest.mark.parametrize("most", [1, 2, 5])
@pytest.mark.parametrize("turned", [False, True])
def test_what_does_not_fit_into_memory_is_judged_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, turned: bool
) -> None:
    monkeypatch.setattr(order, "MOST_ITEMS", most)
    entries = [
        call(at, {"max_participants": 10 + at % 30}, {"max_participants": 10 + at % 30, "unique_name": "one"})
        for at in range(12)
    ]
    entries.append(call(12, {"enable_recording": True}, {"max_participants": 40, "enable_recording": True}))
    assert broken(har(tmp_path / "a.har", *(reversed(entries) if turned else entries))) == {UNCHANGED}


def test_calls_of_one_second_that_are_told_backwards_are_turned_round(tmp_path: Path) -> None:
    backwards = [
        call(
            5,
            {"enable_recording": True},
            {"enable_recording": True, "max_participants": 20, "unique_name": "second"},
        )
    ]
    backwards += [{**entry, "startedDateTime": BEGAN.isoformat()} for entry in reversed(steps()[:2])]
    assert broken(har(tmp_path / "a.har", *backwards)) == set()


def test_calls_of_one_second_in_no_order_prove_nothing_of_each_other(tmp_path: Path) -> None:
    same = [{**entry, "startedDateTime": BEGAN.isoformat()} for entry in (steps()[1], steps()[0])]
    mixed = [
        call(9, None, {}, method="GET"),
        *same,
        call(-9, None, {}, method="GET"),
        call(12, None, {}, method="GET"),
    ]
    assert broken(har(tmp_path / "a.har", *mixed)) == set()


FIRST = call(-60, None, {}, method="GET")
SLOW = call(0, {"max_participants": 20}, {"max_participants": 20, "unique_name": "other"}, took=9)


@pytest.mark.parametrize(
    ("beside", "hidden"),
    [
        (call(1, {"unique_name": "other"}, {"unique_name": "other"}, took=1), True),
        (call(8.9, {"unique_name": "other"}, {"unique_name": "other"}), True),
        (call(9, {"unique_name": "other"}, {"unique_name": "other"}, took=1), False),
        (call(1, None, {}, took=1, method="GET"), False),
        (call(1, {"unique_name": "x"}, {"unique_name": "x"}, took=1, room_id=OTHER), False),
        (call(1, {"unique_name": "other"}, {"unique_name": "other"}, took=1, token="KEY2"), True),
        (call(1, {"unique_name": "x"}, {"unique_name": "x"}, took=1, room_id=OTHER, token="KEY2"), False),
    ],
    ids=[
        "beside it",
        "beside its end",
        "after it",
        "a read",
        "another room",
        "another key",
        "another account",
    ],
)
def test_a_call_that_overlaps_a_writing_one_proves_nothing_of_what_that_may_have_changed(
    tmp_path: Path, beside: Any, hidden: bool
) -> None:
    found = broken(har(tmp_path / "a.har", FIRST, SLOW, beside))
    assert ("update-room.behaviour.unique_name.unchanged" not in found) == hidden


def test_what_two_calls_at_once_have_sent_may_be_shown_by_either(tmp_path: Path) -> None:
    one = call(0, {"max_participants": 20}, {"max_participants": 30}, took=9)
    other = call(1, {"max_participants": 30}, {"max_participants": 30}, took=9)
    assert broken(har(tmp_path / "a.har", FIRST, one, other)) == set()
    assert ECHO in broken(har(tmp_path / "b.har", FIRST, one))
    elsewhere = call(1, {"unique_name": "x"}, {"unique_name": "x", "max_participants": 30}, took=9)
    assert ECHO in broken(har(tmp_path / "c.har", FIRST, one, elsewhere))


def test_what_a_response_shows_by_itself_is_evidence_whatever_ran_beside_it(tmp_path: Path) -> None:
    one = call(0, {"max_participants": 51}, {"max_participants": 51, "record_type": 5}, took=9)
    failed = call(1, {"max_participants": 20}, None, took=9, status=500)
    found = broken(har(tmp_path / "a.har", FIRST, one, failed))
    assert found == {MAXIMUM, "update-room.response.data.record_type.type", SERVER_ERROR}


def test_after_calls_at_once_the_room_is_in_doubt_until_it_is_shown_again(tmp_path: Path) -> None:
    both = [
        call(0, {"max_participants": 20}, {"max_participants": 20}, took=9),
        call(1, {"unique_name": "x"}, {"unique_name": "x"}, took=1),
    ]
    later = call(
        15, {"enable_recording": True}, {"enable_recording": True, "unique_name": "x", "max_participants": 20}
    )
    again = call(16, {"enable_recording": False}, {"unique_name": "x", "max_participants": 21})
    assert broken(har(tmp_path / "a.har", FIRST, *both, later)) == set()
    assert broken(har(tmp_path / "b.har", FIRST, *both, later, again)) == {UNCHANGED}


def test_a_rejection_beside_another_call_may_have_that_as_its_reason(tmp_path: Path) -> None:
    rejected = call(1, {"max_participants": 20}, None, status=422, took=1)
    assert broken(har(tmp_path / "a.har", FIRST, SLOW, rejected)) == set()
    assert broken(har(tmp_path / "b.har", FIRST, rejected)) != set()


@pytest.mark.parametrize("status", [200, 404])
def test_a_room_that_is_deleted_meanwhile_may_be_there_or_not(tmp_path: Path, status: int) -> None:
    gone = call(1, None, None, method="DELETE", status=204, took=1)
    late = call(
        1.5,
        {"max_participants": 20},
        {"max_participants": 20} if status == 200 else None,
        status=status,
        took=1,
    )
    assert broken(har(tmp_path / "a.har", FIRST, gone, late)) == set()


def test_a_deletion_that_is_only_promised_leaves_open_whether_the_room_is_there(tmp_path: Path) -> None:
    promised = {"delete-room.response.204.status"}
    for status, found in ((202, promised), (204, {"update-room.behaviour.room_id.unknown-refused"})):
        deleted = call(5, None, None, method="DELETE", status=status)
        later = call(9, {"enable_recording": True}, {"enable_recording": True})
        assert broken(har(tmp_path / "a.har", call(0, {"max_participants": 10}, {}), deleted, later)) == found


def test_calls_of_one_second_in_two_files_prove_nothing_of_each_other(tmp_path: Path) -> None:
    before = call(0, None, {"unique_name": "one"}, method="GET")
    one = call(2, {"unique_name": "two"}, {"unique_name": "two"})
    other = call(2, {"max_participants": 20}, {"max_participants": 20, "unique_name": "two"})
    assert broken(har(tmp_path / "a.har", one), har(tmp_path / "b.har", before, other)) == set()


def test_more_calls_at_once_than_are_held_back_prove_nothing_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overlap, "MOST_WAITING", 3)
    many = [call(1 + at / 10, None, {"unique_name": "other"}, method="GET") for at in range(9)]
    late = call(5, {"unique_name": "other"}, {"unique_name": "other"}, took=1)
    assert broken(har(tmp_path / "a.har", FIRST, SLOW, *many, late)) == set()


@pytest.mark.parametrize(("seconds", "found"), [(290, {UNCHANGED}), (310, set())])
def test_after_a_long_gap_somebody_else_may_have_changed_the_room(
    tmp_path: Path, seconds: float, found: set[str]
) -> None:
    later = call(seconds, {"enable_recording": True}, {"enable_recording": True, "max_participants": 20})
    assert broken(har(tmp_path / "a.har", call(0, {"max_participants": 10}, {}), later)) == found


@pytest.mark.parametrize(("seconds", "found"), [(290, {STATUS}), (310, set())])
def test_after_a_long_gap_somebody_else_may_have_deleted_the_room(
    tmp_path: Path, seconds: float, found: set[str]
) -> None:
    later = call(seconds, {"max_participants": 20}, None, status=404)
    assert broken(har(tmp_path / "a.har", call(0, {"max_participants": 10}, {}), later)) == found


def test_a_read_after_the_gap_shows_the_room_anew(tmp_path: Path) -> None:
    read = call(400, None, {"max_participants": 20}, method="GET")
    later = call(410, {"enable_recording": True}, {"enable_recording": True, "max_participants": 30})
    assert broken(har(tmp_path / "a.har", call(0, {"max_participants": 10}, {}), read, later)) == {UNCHANGED}


def test_a_read_that_contradicts_what_was_written_may_come_from_a_cache(tmp_path: Path) -> None:
    stale = call(60, None, {"max_participants": 10}, method="GET")
    written = [call(0, {"max_participants": 20}, {"max_participants": 20}), stale]
    for now in (20, 10):
        later = call(65, {"enable_recording": True}, {"enable_recording": True, "max_participants": now})
        again = call(70, {"enable_recording": True}, {"enable_recording": True, "max_participants": 30})
        assert broken(har(tmp_path / "a.har", *written, later)) == set()
        assert broken(har(tmp_path / "a.har", *written, later, again)) == {UNCHANGED}
    changed = {"enable_recording": True, "max_participants": 20, "unique_name": "another"}
    other_field = call(65, {"enable_recording": True}, changed)
    assert broken(har(tmp_path / "a.har", *written, other_field)) == {
        UNCHANGED.replace("max_participants", "unique_name")
    }


def test_a_list_shows_that_somebody_else_has_renamed_the_room(tmp_path: Path) -> None:
    def listed(name: str) -> dict[str, Any]:
        entry = call(4, None, None, method="GET", path="/v2/rooms")
        entry["response"]["content"]["text"] = json.dumps(
            {"data": [room(unique_name=name)["data"]], "meta": META}
        )
        return entry

    for shown, found in (("another", set()), ("daily", {NAME})):
        assert (
            broken(har(tmp_path / "a.har", daily(0, ID, "KEY"), listed(shown), daily(9, OTHER, "KEY")))
            == found
        )


def test_calls_about_another_room_are_no_look_at_this_one(tmp_path: Path) -> None:
    others = [call(at, None, {}, method="GET", room_id=OTHER) for at in range(60, 420, 60)]
    later = call(421, {"enable_recording": True}, {"enable_recording": True, "max_participants": 20})
    assert broken(har(tmp_path / "a.har", call(0, {"max_participants": 10}, {}), *others, later)) == set()


def daily(at: float, room_id: str, token: str) -> dict[str, Any]:
    return call(at, {"unique_name": "daily"}, {"unique_name": "daily"}, room_id=room_id, token=token)


@pytest.mark.parametrize(
    ("tokens", "found"),
    [
        (("KEYa", "KEYb"), set()),
        (("KEYa", "KEYa"), {NAME}),
        (("KEYa", "REDACTED"), {NAME}),
        (("", ""), {NAME}),
        (("", "***"), {NAME}),
    ],
)
def test_a_name_is_unique_in_an_account(tmp_path: Path, tokens: tuple[str, str], found: set[str]) -> None:
    assert broken(har(tmp_path / "a.har", daily(0, ID, tokens[0]), daily(9, OTHER, tokens[1]))) == found


def test_what_has_no_account_belongs_to_neither_of_two(tmp_path: Path) -> None:
    others = [
        daily(0, ID, "KEYa"),
        call(1, None, {}, method="GET", room_id=ID, token="KEYb"),
        daily(9, OTHER, "REDACTED"),
    ]
    assert broken(har(tmp_path / "a.har", *others)) == set()


@pytest.mark.parametrize("other", [{"token": "KEYb"}, {"host": "gateway.example"}])
@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_another_key_or_address_of_one_account_may_change_its_rooms(
    tmp_path: Path, other: dict[str, str], method: str
) -> None:
    sent = {"unique_name": "other", "max_participants": 30}
    between = call(4, sent, sent, method=method, status=204 if method == "DELETE" else 200, **other)
    changed = call(
        9,
        {"enable_recording": True},
        {"enable_recording": True, "max_participants": 30, "unique_name": "other"},
    )
    for later in (daily(9, OTHER, "KEY"), changed):
        assert broken(har(tmp_path / "telnyx" / "a.har", daily(0, ID, "KEY"), between, later)) == set()
        about_another = {
            **between,
            "request": {**between["request"], "url": between["request"]["url"].replace(ID, OTHER)},
        }
        assert broken(har(tmp_path / "telnyx" / "b.har", daily(0, ID, "KEY"), about_another, later)) != set()


def test_two_servers_are_two_accounts(tmp_path: Path) -> None:
    there = {**daily(9, OTHER, "KEYa")}
    there["request"]["url"] = there["request"]["url"].replace("api.telnyx.com", "localhost:8080")
    assert broken(har(tmp_path / "a.har", daily(0, ID, "KEYa"), there)) == set()


@pytest.mark.parametrize(
    ("by", "token", "found"),
    [
        (StreamBy.HEADER, "KEYa", {NAME}), (StreamBy.NAME, "KEYa", set()), (StreamBy.FOLDER, "KEYa", {NAME}),
        (StreamBy.HEADER, "REDACTED", set()), (StreamBy.FOLDER, "REDACTED", {NAME}),
    ],
)  # fmt: skip
def test_an_account_may_lie_in_several_files(
    tmp_path: Path, by: StreamBy, token: str, found: set[str]
) -> None:
    later, earlier = (
        har(tmp_path / "a.har", daily(9, OTHER, token)),
        har(tmp_path / "b.har", daily(0, ID, token)),
    )
    assert broken(later, earlier, by=by) == found
    elsewhere = har(tmp_path / "other" / "b.har", daily(0, ID, token))
    assert broken(later, elsewhere, by=by) == (set() if by is StreamBy.FOLDER else found)


def test_each_file_may_have_a_room_of_its_own_under_one_made_up_id(tmp_path: Path) -> None:
    def room_of(at: float, name: str, created: str, **shown: Any) -> list[dict[str, Any]]:
        known = {"unique_name": name, "created_at": created, "max_participants": 10}
        known |= {"webhook_event_failover_url": "https://b.example/", "webhook_timeout_secs": 3}
        made = call(at, known, known, method="POST", path="/v2/rooms", status=201)
        return [made, call(at + 1, {"enable_recording": True}, {**known, "enable_recording": True, **shown})]

    first, second = room_of(0, "one", "2026-03-01T10:00:00Z"), room_of(9, "two", "2026-03-01T10:00:09Z")
    assert broken(har(tmp_path / "a.har", *first), har(tmp_path / "b.har", *second)) == set()
    assert broken(har(tmp_path / "c.har", *first), har(tmp_path / "d.har", second[1])) == set()
    assert broken(har(tmp_path / "e.har", *first, *second)) != set()
    wrong = room_of(9, "two", "2026-03-01T10:00:09Z", max_participants=30)
    assert broken(har(tmp_path / "f.har", *first), har(tmp_path / "g.har", *wrong)) == {UNCHANGED}


def test_each_file_may_have_a_request_of_its_own_under_one_made_up_repeatability_id(tmp_path: Path) -> None:
    def made(at: float, number: str) -> dict[str, Any]:
        entry = call(
            at,
            {},
            {},
            method="POST",
            host="res.communication.azure.com",
            path="/rooms?api-version=2025-03-13",
            status=201,
        )
        pair = {"Repeatability-Request-ID": ID, "Repeatability-First-Sent": "Sun, 01 Mar 2026 10:00:00 GMT"}
        entry["request"]["headers"] += [{"name": name, "value": value} for name, value in pair.items()]
        return {
            **entry,
            "response": {
                **entry["response"],
                "content": {"text": json.dumps({"id": number, "createdAt": "2026-03-01T10:00:00Z"})},
            },
        }

    def replayed(*paths: Path) -> int:
        record = (
            heard(*paths)
            .heard["azure"]
            .verdicts.records.get("azure.create-room.behaviour.repeatability.replayed-once")
        )
        return record.counts.get(Outcome.FAIL, 0) if record else 0

    first, second = made(0, "99199690362660524"), made(9, "99199690362660525")
    assert replayed(har(tmp_path / "a.har", first), har(tmp_path / "b.har", second)) == 0
    assert (
        replayed(
            har(tmp_path / "c.har", first), har(tmp_path / "d.har", second, made(12, "99199690362660526"))
        )
        == 1
    )
    assert replayed(har(tmp_path / "e.har", first, second)) == 1


def test_files_come_in_the_order_of_their_times_and_side_by_side_where_these_cross(tmp_path: Path) -> None:
    first, second, third = steps(wrong=True)
    paths = [har(tmp_path / "z.har", first, third), har(tmp_path / "a.har", second)]
    assert broken(*paths) == {UNCHANGED}
    right = steps()
    assert broken(har(tmp_path / "y.har", right[0], right[2]), har(tmp_path / "b.har", right[1])) == set()


def test_files_without_times_prove_nothing_of_each_other(tmp_path: Path) -> None:
    paths = [
        har(tmp_path / f"{number}.har", {**entry, "startedDateTime": None})
        for number, entry in enumerate(steps(wrong=True))
    ]
    assert broken(*paths, by=StreamBy.FOLDER) == set()


def test_a_call_that_two_files_tell_of_is_one(tmp_path: Path) -> None:
    made = call(
        0,
        {"unique_name": "x"},
        {"unique_name": "x", "id": OTHER, **NEVER_SET},
        method="POST",
        path="/v2/rooms",
        status=201,
    )
    paths = [har(tmp_path / "a.har", made), har(tmp_path / "b.har", made)]
    assert broken(*paths) == set()
    assert heard(*paths).heard["telnyx"].interactions == 2


def test_a_call_that_no_contract_knows_may_have_changed_the_room(tmp_path: Path) -> None:
    unknown = call(1, {"lock": True}, None, method="POST", path=f"/v2/rooms/{ID}/actions/lock", status=200)
    later = call(2, {"enable_recording": True}, {"enable_recording": True, "max_participants": 20})
    assert broken(har(tmp_path / "a.har", FIRST, unknown, later)) == set()
    assert heard(tmp_path / "a.har").tally.unmatched.total() == 1


def test_entries_are_counted_by_what_became_of_them(tmp_path: Path) -> None:
    odd = call(3, {}, {})
    del odd["request"]["method"]
    found = heard(
        har(tmp_path / "a.har", FIRST, steps()[0], odd, call(4, {}, {}, host="other.example", path="/x"))
    )
    counts = found.counts({})
    assert (counts.judged, counts.learned, counts.foreign, counts.unreadable.count) == (2, 0, 1, 1)
    assert counts.unreadable.entries[0].file == str(tmp_path / "a.har")
    assert "3" in counts.unreadable.entries[0].place


@pytest.mark.parametrize("host", ["[FILTERED]", "<HOST>", "{{host}}", "REDACTED"])
def test_a_scrubbed_host_leaves_the_path_to_tell_whose_a_request_is(tmp_path: Path, host: str) -> None:
    assert MAXIMUM in broken(
        har(tmp_path / "a.har", call(0, {"max_participants": 51}, {"max_participants": 51}, host=host))
    )


def test_an_address_that_is_none_may_be_anybodys(tmp_path: Path) -> None:
    found = heard(har(tmp_path / "a.har", FIRST, call(0, {}, {}, host="[object%20Object]")))
    assert found.counts({}).unreadable.count == 1


def test_what_stands_before_the_damage_counts(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    request = {
        "method": "PATCH",
        "uri": f"https://api.telnyx.com/v2/rooms/{ID}",
        "body": '{"max_participants": 51}',
    }
    response = {"status": {"code": 200}, "body": {"string": json.dumps(room(max_participants=51))}}
    whole = json.dumps({"request": request, "response": response})
    path.write_text(f'{{"version": 1, "interactions": [\n{whole},\n{whole[:90]}', encoding="utf-8")
    found = replay([path], REGISTER)
    assert len(found.problems) == 1
    assert found.heard["telnyx"].verdicts.verdicts()["telnyx." + MAXIMUM] is Verdict.FAIL
