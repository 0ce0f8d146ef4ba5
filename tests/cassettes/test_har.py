"""HAR files of browsers, proxies and test tools: each names the same things in its own way, and none costs a
true response.
"""

from __future__ import annotations

import base64
import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from roomproof.cassettes.entry import Entry, EntryError
from roomproof.cassettes.formats.format import Around
from roomproof.cassettes.formats.har import entry_of
from roomproof.cassettes.recording import open_recording
from roomproof.interaction import Response

URL = "https://api.example.com/v1/rooms/r-1"
BODY = '{"size":51,"name":"Zoë"}'
ENCODED = base64.b64encode(BODY.encode()).decode()
ZIPPED = gzip.compress(BODY.encode(), mtime=0)
BROKEN = ZIPPED[:10] + b"\xff" * 20
CODED = [{"name": "Content-Encoding", "value": "gzip"}]
FORM = "application/x-www-form-urlencoded"


def har(
    request: dict[str, Any] | None = None, response: dict[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    asked = {
        "method": "PATCH",
        "url": URL,
        "headers": [],
        "postData": {"mimeType": "application/json", "text": "{}"},
    }
    reply = {"status": 200, "headers": [], "content": {"size": len(BODY), "text": BODY}}
    return {"startedDateTime": "2026-11-21T12:00:00.5+01:00", "request": {**asked, **(request or {})},
            "response": {**reply, **(response or {})}, **more}  # fmt: skip


def response_of(entry: Entry) -> Response:
    assert entry.interaction.response is not None, entry.interaction.failure
    return entry.interaction.response


HEADERS = {
    "texts": [{"name": "X-A", "value": "1"}, {"name": "X-A", "value": "2"}],
    "lists": [{"name": "X-A", "value": ["1", "2"], "_fromType": "array"}],
    "numbers": [{"name": "X-A", "value": 1}, {"name": "X-A", "value": 2}],
    "null beside them": [
        {"name": "X-A", "value": "1"}, {"name": "X-B", "value": None}, {"name": None, "value": "x"},
        {"name": "X-A", "value": "2"},
    ],
    "an object": {"X-A": ["1", "2"]},
    "pairs": [["X-A", "1"], ["X-A", "2"]],
    "pseudo-headers of HTTP/2": [{"name": ":method", "value": "PATCH"}, {"name": "X-A", "value": "1"},
    {"name": "X-A", "value": "2"}],
    "something else among them": [{"name": "X-A", "value": "1"}, 3, None, {"comment": "x"}, {"name": "X-A",
    "value": "2", "comment": ""}],
}  # fmt: skip


@pytest.mark.parametrize("name", HEADERS)
def test_headers_are_read_however_they_are_laid_out(name: str) -> None:
    entry = entry_of(har({"headers": HEADERS[name]}, {"headers": HEADERS[name]}))

    assert entry.interaction.request.headers == response_of(entry).headers == (("X-A", "1"), ("X-A", "2"))


@pytest.mark.parametrize("status", [201, "201", "201 Created", 201.0])
def test_a_status_is_read_as_a_number_or_a_text(status: Any) -> None:
    assert response_of(entry_of(har(response={"status": status}))).status == 201


NOT_THE_PROVIDER = {
    "aborted": har(response={"status": 0, "_error": "net::ERR_ABORTED"}),
    "of Playwright, failed": har(response={"status": -1, "_failureText": "net::ERR_FAILED"}),
    "without a status": har(response={"status": None}),
    "blocked": har(response={"status": "(blocked)"}),
    "no number": har(response={"status": float("inf")}),
    "without a response": {name: value for name, value in har().items() if name != "response"},
    "with a response of null": {**har(), "response": None},
    "not modified": har(response={"status": 304}),
    "from Chrome's cache": har(_fromCache="disk"),
    "from Safari's cache": har(_fetchType="Memory Cache"),
    "from a service worker": har(response={"_fetchedViaServiceWorker": True}),
    "from a test's route": har(_wasFulfilled=True),
    "a WebSocket": har(response={"status": 101}, _webSocketMessages=[{"type": "send", "data": "x"}]),
    "early hints": har(response={"status": 103}),
}


@pytest.mark.parametrize("name", NOT_THE_PROVIDER)
def test_what_the_provider_has_not_answered_is_no_response_of_it(name: str) -> None:
    entry = entry_of(NOT_THE_PROVIDER[name])

    assert (entry.interaction.response, entry.interaction.request.url) == (None, URL)
    assert entry.interaction.failure


BODIES = {
    "text": {"text": BODY},
    "Base64": {"text": ENCODED, "encoding": "base64"},
    "Base64 in capitals": {"text": ENCODED, "encoding": "Base64"},
    "Base64 in lines": {"text": "\r\n".join(ENCODED[at : at + 10] for at in range(0, len(ENCODED), 10)),
    "encoding": "base64"},
    "Base64 without padding": {"text": ENCODED.rstrip("="), "encoding": "base64"},
    "Base64 for URLs": {"text": base64.urlsafe_b64encode(BODY.encode()).decode(), "encoding": "base64"},
    "Base64 that nothing announces": {"text": ENCODED},
    "JSON that is announced as Base64": {"text": BODY, "encoding": "base64"},
    "Base64 of Base64": {"text": base64.b64encode(ENCODED.encode()).decode(), "encoding": "base64"},
    "an odd encoding": {"text": BODY, "encoding": ""},
    "Base64 of what is coded": {"text": base64.b64encode(ZIPPED).decode(), "encoding": "base64"},
    "Polly's chunks": {
        "text": json.dumps([base64.b64encode(part).decode() for part in (ZIPPED[:9], ZIPPED[9:])]),
        "encoding": "base64",
    },
    "Polly's older chunks": {"text": json.dumps([ZIPPED[:9].hex(), ZIPPED[9:].hex()]), "_isBinary": True},
    "chunks that nothing announces": {"text": json.dumps([ZIPPED.hex()])},
    "hexadecimal digits": {"text": BODY.encode().hex(), "encoding": "hex"},
    "a wrong size": {"text": BODY, "size": 10_000},
}  # fmt: skip


@pytest.mark.parametrize("name", BODIES)
def test_a_body_is_read_however_it_is_wrapped(name: str) -> None:
    """Browsers keep the Content-Encoding header of a body that they have decoded."""
    entry = entry_of(har(response={"content": BODIES[name], "headers": CODED}))

    assert (response_of(entry).body, entry.bodies_missing) == (BODY.encode(), False)


LOST = {
    "no text": {"size": 30},
    "text of null": {"size": 30, "text": None},
    "an empty text": {"size": 30, "text": ""},
    "Base64 that is none": {"size": 30, "text": "***", "encoding": "base64"},
    "a text that was cut off": {"size": 300, "text": BODY[:-3]},
    "a coding that is broken": {"text": base64.b64encode(BROKEN).decode(), "encoding": "base64"},
    "chunks in a coding that is broken": {"text": json.dumps([BROKEN.hex()])},
    "a file that is not there": {"size": 30, "_file": "nowhere.json"},
    "a file elsewhere": {"size": 30, "_file": "../../etc/hostname"},
}


@pytest.mark.parametrize("name", LOST)
def test_a_body_that_is_lost_leaves_the_status(name: str) -> None:
    headers = [*CODED, {"name": "Content-Length", "value": "30"}, {"name": "X-A", "value": "1"}]
    entry = entry_of(har(response={"content": LOST[name], "headers": headers}))

    assert response_of(entry) == Response(200, (("X-A", "1"),), b"")
    assert entry.bodies_missing


@pytest.mark.parametrize(
    ("method", "response"),
    [
        ("DELETE", {"status": 204, "content": {"size": 0}}),
        ("PATCH", {"status": 200, "content": {"size": 0, "mimeType": ""}}),
        (
            "HEAD",
            {"status": 200, "content": {"size": 30}, "headers": [{"name": "Content-Length", "value": "30"}]},
        ),
    ],
    ids=["no content", "empty", "HEAD"],
)
def test_an_answer_without_a_body_lacks_none(method: str, response: dict[str, Any]) -> None:
    entry = entry_of(har({"method": method, "postData": None}, response))

    assert (response_of(entry).body, entry.bodies_missing) == (b"", False)


SENT = {
    "text": ({"postData": {"mimeType": "application/json", "text": BODY}}, BODY.encode()),
    "Base64": ({"postData": {"text": ENCODED, "encoding": "base64"}}, BODY.encode()),
    "HTTP Toolkit's": ({"postData": None, "_content": {"text": ENCODED, "encoding": "base64", "size": 25},
                        "_requestBodyStatus": "discarded:not-representable"}, BODY.encode()),
    "coded": ({"postData": {"text": base64.b64encode(ZIPPED).decode(), "encoding": "base64"},
    "headers": CODED}, BODY.encode()),
    "a form": ({"postData": {"mimeType": FORM, "params": [{"name": "a", "value": "b c"}, {"name": "d",
    "value": None}]}}, b"a=b+c"),
    "text beside parameters": ({"postData": {"mimeType": FORM, "text": "a=b", "params": [{"name": "a",
    "value": "c"}]}}, b"a=b"),
    "none": ({"postData": None}, None),
}  # fmt: skip


@pytest.mark.parametrize("name", SENT)
def test_the_body_of_a_request_is_read(name: str) -> None:
    request, body = SENT[name]
    entry = entry_of(har(request))

    assert (entry.interaction.request.body, entry.bodies_missing) == (body, False)


@pytest.mark.parametrize(
    "request_",
    [
        {
            "postData": {
                "mimeType": "multipart/form-data",
                "params": [{"name": "file", "fileName": "a.png", "contentType": "image/png"}],
            }
        },
        {"postData": {"mimeType": "application/json", "text": None}, "bodySize": 20},
        {"postData": None, "_requestBodyStatus": "discarded:too-large"},
        {"postData": {"text": '{"a": ', "mimeType": "application/json"}, "bodySize": 20},
    ],
    ids=["a file", "text of null", "too large", "cut off"],
)
def test_the_body_of_a_request_that_is_lost_costs_nothing_else(request_: dict[str, Any]) -> None:
    entry = entry_of(har(request_))

    assert (entry.interaction.request.body, entry.bodies_missing) == (None, True)
    assert response_of(entry).body == BODY.encode()


STARTS = {
    "2026-11-21T12:00:00.123456789Z": datetime(2026, 11, 21, 12, 0, 0, 123456, UTC),
    "2026-11-21T12:00:00": datetime(2026, 11, 21, 12, tzinfo=UTC),
    1795262400: datetime(2026, 11, 21, 12, tzinfo=UTC),
    1795262400500.5: datetime(2026, 11, 21, 12, 0, 0, 500500, UTC),
    "yesterday": None,
    1e300: None,
    float("nan"): None,
    None: None,
    True: None,
}


@pytest.mark.parametrize("value", STARTS, ids=repr)
def test_when_a_request_went_out(value: Any) -> None:
    assert entry_of(har(startedDateTime=value)).started == STARTS[value]


TOOK = {
    20: timedelta(milliseconds=20),
    0.5: timedelta(microseconds=500),
    -1: None,
    None: None,
    "x": None,
    1e300: None,
    True: None,
}


@pytest.mark.parametrize("value", TOOK, ids=repr)
def test_how_long_it_took(value: Any) -> None:
    assert entry_of(har(time=value)).took == TOOK[value]


@pytest.mark.parametrize(
    ("node", "url"),
    [
        ({}, ""), (None, ""), (3, ""), ([], ""), (har({"url": None}), ""), (har({"method": 3}), URL),
        (har({"method": ""}), URL),
        (har({"url": "https://[object Object]/x"}), "https://[object Object]/x"),
    ],
)  # fmt: skip
def test_an_entry_without_a_request_is_told_with_its_url(node: Any, url: str) -> None:
    with pytest.raises(EntryError) as told:
        entry_of(node)
    assert told.value.url == url


def test_an_attached_body_is_read_beside_the_file_and_nowhere_else(tmp_path: Path) -> None:
    folder = tmp_path / "recorded"
    folder.mkdir()
    (tmp_path / "secret.json").write_text(BODY, encoding="utf-8")
    (folder / "body.json").write_text(BODY, encoding="utf-8")
    (folder / "link.json").symlink_to(tmp_path / "secret.json")
    names = (
        "body.json",
        "../secret.json",
        str(tmp_path / "secret.json"),
        "link.json",
        "a.har",
        "",
        ".",
        "\0",
    )
    entries = [har(response={"content": {"_file": name, "size": 9}}) for name in names]
    (folder / "a.har").write_text(json.dumps({"log": {"entries": entries}}), encoding="utf-8")

    found = [entry for entry in open_recording(folder / "a.har").entries() if isinstance(entry, Entry)]
    assert [response_of(entry).body for entry in found] == [BODY.encode(), *[b""] * 7]


def test_an_attached_body_of_a_request_is_read() -> None:
    around = Around(attached={"sent.json": BODY.encode()}.get)

    assert (
        entry_of(har({"postData": {"_file": "sent.json"}}), around).interaction.request.body == BODY.encode()
    )
