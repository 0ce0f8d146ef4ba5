"""`--record x.har` writes what browsers and proxies open, at any moment, and what says the same when it is
replayed.
"""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from roomproof.cassettes.formats.har import entry_of
from roomproof.cassettes.har_writing import har_entry
from roomproof.cassettes.recorder import Recorder, cassette_path
from roomproof.cassettes.recording import open_recording
from roomproof.cassettes.redaction import Redactor
from roomproof.errors import RecordingError
from roomproof.interaction import (
    LARGEST_BODY,
    SHOWN_BODY,
    Credentials,
    Interaction,
    Request,
    Response,
    RoomKnowledge,
)

NOW = datetime(2026, 11, 21, 12, 30, 15, 250000, tzinfo=UTC)
TOLD = {"provider": "mini", "started": "2026-11-21T12:30:00+00:00"}
SECRET = "kEy4-canary-of-the-recorder"
TYPE = (("Content-Type", "application/json"),)


def obj(required: str, **fields: Any) -> dict[str, Any]:
    return {"type": "object", "required": required.split(), "properties": fields}


TEXT, NUMBER = {"type": "string"}, {"type": "number"}
PAIRS = {"type": "array", "items": obj("name value", name=TEXT, value=TEXT)}
MESSAGE = {
    "httpVersion": TEXT,
    "cookies": PAIRS,
    "headers": PAIRS,
    "headersSize": {"type": "integer"},
    "bodySize": {"type": "integer"},
}
HAR_1_2 = obj("log", log=obj(
    "version creator entries",
    version={"const": "1.2"}, creator=obj("name version", name=TEXT, version=TEXT),
    entries={"type": "array", "items": obj(
        "startedDateTime time request response cache timings",
        startedDateTime={"type": "string",
        "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"},
        time={"type": "number", "minimum": 0},
        request=obj("method url httpVersion cookies headers queryString headersSize bodySize", **MESSAGE,
        method=TEXT, queryString=PAIRS,
                    url={"type": "string", "pattern": "^https?://"}, postData=obj("mimeType text",
                    mimeType=TEXT, text=TEXT)),
        response=obj("status statusText httpVersion cookies headers content redirectURL headersSize bodySize",
        **MESSAGE, statusText=TEXT,
                     status={"type": "integer"}, redirectURL=TEXT,
                     content=obj("size mimeType", size={"type": "integer"}, mimeType=TEXT, text=TEXT,
                     encoding={"const": "base64"})),
        cache={"type": "object"},
        timings=obj("send wait receive", send=NUMBER, wait=NUMBER, receive=NUMBER),
    )},
))  # fmt: skip
"""The shape of a HAR file: what the specification of HAR 1.2 calls no "optional" is required."""


def update(body: bytes | None, response: bytes, status: int = 200, token: str = "x") -> Interaction:
    headers = (*TYPE, ("Authorization", f"Bearer {token}"))
    request = Request(
        "PATCH",
        "http://localhost:1/v1/rooms/r-1?x=a%20b",
        headers,
        body,
        Credentials.VALID,
        RoomKnowledge.EXISTS,
    )
    return Interaction(request, Response(status, (*TYPE, ("Set-X", "1"), ("Set-X", "2")), response), NOW)


def recorded(path: Path, *interactions: Interaction) -> Recorder:
    recorder = Recorder(path, TOLD, Redactor((SECRET,), live=False))
    for interaction in interactions:
        recorder.keep(interaction)
    return recorder


def read(path: Path) -> list[Interaction]:
    return list(open_recording(path).interactions())


def test_what_is_recorded_is_har_1_2_and_is_read_back_as_it_was(tmp_path: Path) -> None:
    told = [
        update(b'{"size":1.0,"size":2}', '{"name":"Zoë"}'.encode()),
        update(b"\xff\x00{", b"\xff<html>\r\n"),
        update(None, b"", 204),
        update(b"", b"[]"),
    ]
    recorded(path := tmp_path / "one.har", *told).close()

    Draft202012Validator(HAR_1_2).validate(json.loads(path.read_text(encoding="utf-8")))
    found = read(path)
    assert [item.response for item in found] == [item.response for item in told]
    assert [(item.at, item.request.method, item.request.url, item.request.body) for item in found] == [
        (item.at, item.request.method, item.request.url, item.request.body) for item in told
    ]
    assert [(item.request.credentials, item.request.room) for item in found] == [
        (Credentials.VALID, RoomKnowledge.EXISTS)
    ] * 4
    assert open_recording(path).told == TOLD


def test_the_file_is_a_whole_one_after_every_interaction(tmp_path: Path) -> None:
    recorder = recorded(path := tmp_path / "one.har")
    for number in range(3):
        assert len(json.loads(path.read_text(encoding="utf-8"))["log"]["entries"]) == number
        recorder.keep(update(b"[%d]" % number, b"ok %d" % number))
    recorder.close()
    assert [item.request.body for item in read(path)] == [b"[0]", b"[1]", b"[2]"]


def test_no_secret_reaches_the_file(tmp_path: Path) -> None:
    body = json.dumps({"token": SECRET}).encode()
    recorded(
        path := tmp_path / "one.har",
        update(body, body, token=SECRET),
        update(b"\xff" + SECRET.encode(), b"{}"),
    ).close()

    assert SECRET not in path.read_text(encoding="utf-8")
    assert "ZVk0LWNhbmFyeS1vZi10aGUtcmVjb3JkZX" not in path.read_text(encoding="utf-8"), "nor in Base64"
    assert len(read(path)) == 2


def test_of_a_vast_body_the_beginning_is_kept_and_how_much_there_was(tmp_path: Path) -> None:
    body = b'{"a": "' + b"x" * LARGEST_BODY + b'"}'
    recorded(path := tmp_path / "one.har", update(None, body)).close()

    (found,) = read(path)
    assert found.response is not None
    assert found.response.body == body[:SHOWN_BODY]
    assert found.response.left_out == len(body) - SHOWN_BODY


def test_nothing_is_overwritten_and_one_file_is_of_one_provider(tmp_path: Path) -> None:
    path = tmp_path / "one.har"
    assert cassette_path(path, "mini", 1, NOW) == path
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(RecordingError, match=r"one\.har: cannot be recorded to"):
        recorded(path)
    assert path.read_text(encoding="utf-8") == "mine"


GUESSED = (
    base64.b64encode(b'{"a": 1}'),
    b'["1f8b0800"]',
    gzip.compress(b"{}"),
    b"",
)
"""Bodies that would be guessed at if somebody else had recorded them."""


@given(
    sent=st.none() | st.binary(max_size=40) | st.sampled_from(GUESSED),
    came=st.binary(max_size=40) | st.sampled_from(GUESSED),
    status=st.sampled_from([200, 204, 304, 404]),
    coded=st.booleans(),
)
def test_any_exchange_comes_back(sent: bytes | None, came: bytes, status: int, coded: bool) -> None:
    interaction = update(sent, came, status)
    if coded:
        headers = (*interaction.request.headers, ("Content-Encoding", "gzip"))
        interaction = replace(interaction, request=replace(interaction.request, headers=headers))

    assert entry_of(json.loads(har_entry(interaction))).interaction == interaction
