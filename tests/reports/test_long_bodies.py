"""Long bodies in reports: the beginning is shown, and it is said of how much."""

from __future__ import annotations

from roomproof.contract.model import CredentialsSpec
from roomproof.interaction import SHOWN_BODY, Request
from roomproof.report.finding import ResponseReport
from roomproof.reports.curl import curl
from roomproof.reports.html.marking import response_message

URL = "http://127.0.0.1/rooms/1"
BEARER = CredentialsSpec("bearer", {"token": "TOKEN"})


def test_a_curl_line_names_a_body_that_no_shell_would_take() -> None:
    lines = [curl(Request("PUT", URL, (), b"x" * size), BEARER) for size in (SHOWN_BODY, SHOWN_BODY + 1)]

    assert f"--data-binary {'x' * SHOWN_BODY}" in lines[0]
    assert lines[1].endswith(f"--data-binary '<a body of {SHOWN_BODY + 1} bytes>'")


def test_the_page_says_how_much_of_a_body_it_shows() -> None:
    told = "first 3 of 900000 bytes shown"
    response = ResponseReport(status=200, headers={}, body="[1,...", body_shown=told)
    message = response_message(response, "response", "body", "")

    assert message is not None
    assert [line.text for line in message.body] == ["[1,...", "[first 3 of 900000 bytes shown]"]
