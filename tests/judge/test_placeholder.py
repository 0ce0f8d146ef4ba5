"""What recorders put in the place of values: told from what providers send, and whether it keeps the identity
of a value.
"""

from __future__ import annotations

import json

import pytest

from roomproof.judge.placeholder import is_placeholder, is_scrubbed, names_one_value

PLACEHOLDERS = [
    "<ROOM_ID>", "<room-id>", "<FILTERED>", "<REDACTED>", "<AUTH TOKEN>", "REDACTED", "redacted", "Redacted",
    "REDACTED0001", "REDACTED_ID",
    "[FILTERED]", "[REDACTED]", "[MASKED TOKEN]", "[redacted]", "***", "**********", "•••••", "xxxx",
    "XXXXXXXX", "{{x}}", "{{ room_id }}",
    "${X}", "${room.id}", "%%x%%", "$ROOM_ID", "{room_id}", "__ROOM_ID__", "sanitized", "Sanitized",
    "SANITISED", "FAKE_TOKEN", "FAKEROOM1",
    "fake-room", "DUMMY", "dummy_id", "hidden", "PLACEHOLDER", "YOUR_API_KEY", "your-token",
    "ROOM_ID_REDACTED", "scrubbed", "filtered",
    "00000000-0000-0000-0000-000000000000", "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
    "********-****-****-****-************", "...",
    "Bearer REDACTED", "https://<HOST>/hook", "https://example.com/hook?key=REDACTED", "ab***yz",
    "https://{{host}}/v2", " <ROOM_ID> ",
]  # fmt: skip
VALUES = [
    "", "daily", "7b61621f-62e0-4aad-ab11-9fd19e272e73", "2024-03-01T09:00:00.000001Z",
    "https://a.example.com/hook?x=1&y=%20", "a < b",
    "10", "000", "x", "xx", "x" * 37, "x" * 300, "Hiddenite", "room 5 [draft]", "fakery", "dummyroom",
    "a.b@c.example", "50 %", "1 > 0",
    "*", "**", "99117812428622880", "unredactedly", "00000000-0000-0000-0000-000000000001", "Anna's room",
    "{}", "[]", "{1}", "$5",
    "Secretary", "maskedball",
]  # fmt: skip


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_what_recorders_put_in_place_of_a_value_is_told(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize("text", VALUES)
def test_what_providers_send_is_no_placeholder(text: str) -> None:
    assert not is_placeholder(text)


@pytest.mark.parametrize(
    "text",
    [
        "<ROOM_ID>",
        "{{room_id}}",
        "${ROOM}",
        "%%room%%",
        "REDACTED0001",
        "REDACTED_ROOM",
        "FAKE_ROOM_1",
        "dummy-2",
        "$ROOM_ID",
        "<x-2>",
    ],
)
def test_a_placeholder_that_says_which_value_keeps_its_identity(text: str) -> None:
    assert is_placeholder(text)
    assert names_one_value(text)


@pytest.mark.parametrize(
    "text",
    ["REDACTED", "[FILTERED]", "<FILTERED>", "***", "xxxx", "sanitized", "hidden", "PLACEHOLDER", "DUMMY",
    "<UUID>", "<VALUE>", "...",
     "00000000-0000-0000-0000-000000000000", "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx", "{{uuid}}",
     "<redacted-id>"],
)  # fmt: skip
def test_a_placeholder_that_may_stand_for_anything_keeps_none(text: str) -> None:
    assert is_placeholder(text)
    assert not names_one_value(text)


def test_a_placeholder_is_found_wherever_it_stands_in_a_value() -> None:
    body = json.loads('{"a": [1, {"b": "REDACTED"}], "c": null}')
    assert is_scrubbed(body)
    assert is_scrubbed({"<MRI>": {"role": "host"}})
    assert not is_scrubbed({"a": [1, {"b": "open"}], "c": None, "d": 2.5, "e": True})
