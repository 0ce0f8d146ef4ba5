"""Whole responses that nobody expects, and ids that are none: a verdict, an exit code, and nothing that
leaves its place.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from roomproof.commands.outputs import VIEWS
from roomproof.report.document import report_from

Verify = Callable[..., Any]
REQUESTS = 30
MARKUP = "<script>alert(1)</script>"
ODD_IDS = {
    "a number": 17,
    "an object": {"a": 1},
    "a list": ["a"],
    "null": None,
    "true": True,
    "a path": "../../v1/accounts/1",
    "a query": "a?b=c#d",
    "2,000 characters": "x" * 2000,
    "lines": "a\r\nX-Injected: 1\r\n\r\nDELETE /v2/rooms/1 HTTP/1.1",
    "codes of the terminal": "\x1b[2J\x1b]0;title\x07\u009b31m",
    "markup": MARKUP,
    "beyond ASCII": "räum\u202e\U0001f600",
}


def with_id(room_id: Any) -> Callable[[Any], Any]:
    """Return the behaviour that gives each new room an id; requests about it are answered as if it were
    there.
    """

    def behaviour(call: Any) -> Any:
        if call.method != "POST" or call.status >= 300:
            return False
        return call.send(call.faithful(json.dumps({"data": {**call.json["data"], "id": room_id}}).encode()))

    return behaviour


@pytest.mark.parametrize("name", ODD_IDS)
def test_an_odd_id_leads_nowhere_else(name: str, verify: Verify, capsys: pytest.CaptureFixture[str]) -> None:
    told = verify(with_id(ODD_IDS[name]), max_requests=REQUESTS, only=())

    shown = "".join(capsys.readouterr())
    assert told.code in (1, 3), "cut short by --max-requests"
    assert told.provider["requests"] >= REQUESTS - 1
    assert [call.target for call in told.server.calls if not is_about_rooms(call.target)] == []
    assert [call for call in told.server.calls if "x-injected" in call.headers] == []
    assert [letter for letter in shown if not letter.isprintable() and letter != "\n"] == []
    assert MARKUP not in VIEWS["html"](report_from(told.report))


def is_about_rooms(target: str) -> bool:
    """Whether a path is /v2/rooms or one room below it."""
    parts = target.partition("?")[0].split("/")
    return parts[:3] == ["", "v2", "rooms"] and len(parts) <= 4 and not {".", "..", ""} & set(parts[3:])


STATUSES = {
    "204 with a body": (204, {"response.200.status"}),
    "205 with a body": (205, {"response.200.status"}),
    "300": (300, {"response.200.status"}),
    "302": (302, {"response.200.status"}),
    "304": (304, {"response.200.status"}),
    "399": (399, {"response.200.status"}),
    "600": (600, {"behaviour.any-input.no-server-error"}),
}


@pytest.mark.parametrize("name", STATUSES)
def test_a_status_that_no_document_names(name: str, verify: Verify) -> None:
    """Every fifth success has it, with a body and with a place to go to, where nobody goes."""
    status, fails = STATUSES[name]
    elsewhere = "Location: http://127.0.0.1:9/elsewhere"
    told = verify(
        lambda call: (
            call.send(call.faithful(None, elsewhere, status=status))
            if call.status == 200 and call.number % 5 == 0
            else False
        )
    )

    assert told.code == 1
    assert told.fails >= fails
    assert told.unanswered == {}, "the body is not taken for the next response"
    assert [call.target for call in told.server.calls if not is_about_rooms(call.target)] == []


def test_an_interim_status_that_is_the_last_word_is_no_response(verify: Verify) -> None:
    def interim(call: Any) -> Any:
        if call.number % 15 != 14:
            return False
        call.send(call.faithful(b"", status=103))
        return call.close()

    told = verify(interim)
    assert (told.code, told.fails) == (3, set())
    assert sum(told.unanswered.values()) >= 3


def test_markup_of_a_server_is_text_in_every_view(verify: Verify, tmp_path: Path) -> None:
    def marked(call: Any) -> Any:
        data = call.json["data"] if call.status == 200 else None  # Of a list of rooms it is a list.
        room = (
            json.dumps({"data": {**data, "enable_recording": f"{MARKUP}\x1b[2J"}})
            if isinstance(data, dict)
            else ""
        )
        return call.send(call.faithful(room.encode(), f"X-Name: {MARKUP}")) if room else False

    told = verify(marked, max_requests=REQUESTS)
    page = VIEWS["html"](report_from(told.report))
    assert "response.data.enable_recording.type" in told.fails
    assert "&lt;script&gt;" in page
    assert MARKUP not in page
    assert "\x1b" not in page + (tmp_path / "report.xml").read_text()
