"""Bodies that are no JSON, or JSON that parsers dispute: a finding or none, never a traceback, and a
recording says the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Verify = Callable[..., Any]
MANY = 50
MEGABYTES = 300


def sometimes(behaviour: Callable[[Any], Any], every: int = 15) -> Callable[[Any], Any]:
    """Return the behaviour for some requests only, the first ones not among them."""
    return lambda call: behaviour(call) if call.number % every == every - 1 else False


def sending(content: Callable[[Any], bytes], *extra: str) -> Callable[[Any], Any]:
    """Return the behaviour that sends another body instead of that of a room; rejections stay as they are."""
    return sometimes(
        lambda call: call.send(call.faithful(content(call), *extra)) if call.status < 300 else False, every=7
    )


def field(value: str) -> Callable[[Any], bytes]:
    """Return what adds a field with a value as JSON text to a response."""
    return lambda call: bytes(call.content[:-1] + f', "more": {value}}}'.encode())


TYPE = {"response.body.type"}
NO_JSON = {
    "invalid UTF-8": lambda call: call.content.replace(b'"enable_recording"', b'"\xff\xfe\x80"'),
    "UTF-16": lambda call: call.content.decode().encode("utf-16"),
    "NaN": field("NaN"),
    "Infinity": field("-Infinity"),
    "HTML": lambda _: b"<!doctype html><title>502</title>",
    "nothing": lambda _: b"",
    "cut short": lambda call: call.content[:-1],
    "two values": lambda call: call.content + b"{}",
}
DISPUTED = {
    "a byte order mark": lambda call: b"\xef\xbb\xbf" + call.content,
    "a lone surrogate": field(r'"\ud800"'),
    "100,000 levels": field("[" * 100_000 + "]" * 100_000),
    "101 levels": field("[" * 101 + "]" * 101),
    "1e400": field("1e400"),
    "10,000 digits": field("1" * 10_000),
}
HARMLESS = {
    "a duplicate key": lambda call: b'{"data": 1, ' + call.content[1:],
    "10,000 digits after the point": field("0." + "3" * 10_000),
    "a huge array": field("[" + "1," * 50_000 + "1]"),
    "a cookie": lambda call: call.content,
}


@pytest.mark.parametrize("name", NO_JSON)
def test_what_is_no_json_is_a_finding(
    name: str, verify: Verify, replay: Callable[..., Any], tmp_path: Path
) -> None:
    # A replay is about all operations, and so is the run.
    told = verify(sending(NO_JSON[name]), record=tmp_path / "cassette.yaml", only=())

    assert (told.code, told.fails) == (1, TYPE)
    assert told.passes >= MANY
    require_the_same(told, *replay(tmp_path / "cassette.yaml"))


@pytest.mark.parametrize("name", [*DISPUTED, *HARMLESS])
def test_what_is_json_for_some_is_no_finding(
    name: str, verify: Verify, replay: Callable[..., Any], tmp_path: Path
) -> None:
    told = verify(
        sending({**DISPUTED, **HARMLESS}[name], "Set-Cookie: a=1; Path=/"),
        record=tmp_path / "cassette.yaml",
        only=(),
    )

    assert (told.code, told.fails) == (3, set()), "cut short by --max-requests"
    assert told.unanswered == {}
    assert told.passes >= MANY
    assert [call for call in told.server.calls if "cookie" in call.headers] == [], "cookies are not sent back"
    require_the_same(told, *replay(tmp_path / "cassette.yaml"))


def require_the_same(told: Any, code: int, replayed: Any) -> None:
    """The recording gives the verdicts of the run, but for deletions, that take place when the run has been
    judged.
    """
    verdicts = [
        {
            clause["id"]: clause["verdict"]
            for clause in one["providers"][0]["clauses"]
            if "delete-room" not in clause["id"]
        }
        for one in (told.report, replayed)
    ]
    assert verdicts[0] == verdicts[1]
    # Where only such bodies show a field, nothing is proven of it.
    assert code == (1 if told.fails else 3 if "inconclusive" in verdicts[1].values() else 0)


def test_values_that_no_report_could_hold(verify: Verify, tmp_path: Path) -> None:
    """A room that tells numbers and texts which Python reads and JSON does not have; the report is JSON all
    the same.
    """

    def response(call: Any) -> bytes:
        room = json.dumps({**call.json["data"], "max_participants": "@", "unique_name": "@@"})
        return f'{{"data": {room}}}'.replace('"@"', "1e308").replace("@@", r"\ud800").encode()

    told = verify(sending(response))
    assert told.passes >= MANY
    assert "response.data.max_participants.type" not in told.fails or told.code == 1
    assert (tmp_path / "report.xml").read_bytes().startswith(b"<")


def test_huge_json_takes_little_memory(measured: Callable[..., Any]) -> None:
    """Just below the size at which a body is not read any more: as many values as fit in."""
    bodies = [b"[" + b"[]," * 2_600_000 + b"1]", b"[" + b"1," * 3_900_000 + b"1]",
        b"[" * 3_900_000 + b"]" * 3_900_000,
              b'{"data": "' + b"x" * 7_900_000 + b'"}']  # fmt: skip

    def response(call: Any) -> Any:
        number, rest = divmod(call.number, 10)
        return call.send(call.faithful(bodies[number - 1])) if not rest and number <= len(bodies) else False

    done = measured(response, "--max-requests", 60)
    assert done.report["summary"]["pass"] >= 40
    assert done.megabytes < MEGABYTES


def test_a_byte_order_mark_on_every_response_is_a_warning_and_the_account_is_restored(verify: Verify) -> None:
    def marked(call: Any) -> Any:
        return call.send(call.faithful(b"\xef\xbb\xbf" + call.content)) if call.content else False

    told = verify(marked, max_requests=None)

    assert told.fails == set()
    assert (told.provider["left_behind"], told.provider["remarks"]) == ([], [])
    assert [
        finding["clause"] for finding in told.provider["findings"] if finding["verdict"] == "warning"
    ] == ["telnyx.update-room.response.body.json"]
    assert told.provider["exercised"]["documented"] >= 58
