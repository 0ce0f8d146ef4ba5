"""Recordings of other programs are read where the difference is names, and rejected by their own name
elsewhere.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import zipfile
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomproof.cassettes.damage import DamageError
from roomproof.cassettes.entry import Entry, Unreadable
from roomproof.cassettes.formats import har_zip, mitmproxy
from roomproof.cassettes.recording import open_recording
from roomproof.errors import UsageError

URL = "https://api.example.com/v1/rooms/r-1"
SENT, CAME = {"size": 51}, {"id": "r-1", "size": 51}
TYPE = "application/json"
ZIPPED = gzip.compress(json.dumps(CAME).encode(), mtime=0)
BROKEN = ZIPPED[:10] + b"\xff" * 20


def read(path: Path, content: Any) -> list[Entry | Unreadable]:
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return list(open_recording(path).entries())


def nock(**changes: Any) -> dict[str, Any]:
    return {
        "scope": "https://api.example.com:443", "method": "PATCH", "path": "/v1/rooms/r-1", "body": SENT,
        "status": 200, "response": CAME,
        "rawHeaders": ["Content-Type", TYPE, "Content-Length", "99"], "responseIsBinary": False, **changes,
    }  # fmt: skip


def proxied(**changes: Any) -> dict[str, Any]:
    return {
        "RequestUri": URL, "RequestMethod": "PATCH", "RequestHeaders": {"Content-Type": TYPE},
        "RequestBody": SENT, "StatusCode": 200,
        "ResponseHeaders": {"Content-Type": TYPE, "Set-Cookie": ["a", "b"]}, "ResponseBody": CAME, **changes,
    }  # fmt: skip


def example(**changes: Any) -> dict[str, Any]:
    asked = {"method": "PATCH", "header": [{"key": "Content-Type", "value": TYPE}, {"key": "X-Off",
        "value": "1", "disabled": True}],
             "url": URL, "body": {"mode": "raw", "raw": json.dumps(SENT)}}  # fmt: skip
    return {"name": "it", "originalRequest": {**asked, **changes}, "code": 200,
        "header": [{"key": "Content-Type", "value": TYPE}],
            "body": json.dumps(CAME), "responseTime": 20}  # fmt: skip


def collection(*examples: Any, variables: dict[str, str] | None = None) -> dict[str, Any]:
    schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
    folder = {
        "name": "rooms",
        "item": [{"name": "update", "request": {"method": "PATCH", "url": URL}, "response": list(examples)}],
    }
    return {"info": {"name": "c", "schema": schema}, "item": [folder],
            "variable": [{"key": name, "value": value} for name,
            value in (variables or {}).items()]}  # fmt: skip


def vcr() -> dict[str, Any]:
    request = {"method": "PATCH", "uri": URL, "headers": {"Content-Type": [TYPE]}, "body": json.dumps(SENT)}
    return {
        "request": request,
        "response": {
            "status": {"code": 200},
            "headers": {"Content-Type": [TYPE]},
            "body": {"string": json.dumps(CAME)},
        },
    }


def netstring(node: Any) -> bytes:
    """Return a value as mitmproxy writes it."""
    if node is None:
        return b"0:~"
    content, kind = {
        bytes: lambda: (node, b","), str: lambda: (node.encode(), b";"),
        bool: lambda: (str(node).lower().encode(), b"!"),
        int: lambda: (str(node).encode(), b"#"), float: lambda: (str(node).encode(), b"^"),
        list: lambda: (b"".join(map(netstring, node)), b"]"),
        dict: lambda: (b"".join(netstring(one) for pair in node.items() for one in pair), b"}"),
    }[type(node)]()  # fmt: skip
    return b"%d:%b%b" % (len(content), content, kind)


def flow(**changes: Any) -> dict[str, Any]:
    asked = {
        "method": b"PATCH", "scheme": b"https", "host": "192.0.2.1", "port": 443, "authority": b"",
        "path": b"/v1/rooms/r-1",
        "headers": [[b"Host", b"api.example.com"], [b"Content-Type", TYPE.encode()]],
        "content": json.dumps(SENT).encode(),
        "timestamp_start": 1795262400.5, "timestamp_end": 1795262400.6,
    }  # fmt: skip
    came = {"status_code": 200, "reason": b"OK", "headers": [[b"Content-Type", TYPE.encode()],
        [b"Content-Encoding", b"gzip"]],
            "content": ZIPPED, "timestamp_start": 1795262400.7, "timestamp_end": 1795262401.0}  # fmt: skip
    return {
        "type": "http",
        "version": 20,
        "request": asked,
        "response": came,
        "error": None,
        "websocket": None,
        **changes,
    }


WRITTEN = {
    "nock": [nock()],
    "nock's, in chunks": [
        nock(response=[ZIPPED[:9].hex(), ZIPPED[9:].hex()], rawHeaders=["Content-Type", TYPE,
        "Content-Encoding", "gzip"])
    ],
    "nock's, binary": [nock(response=json.dumps(CAME).encode().hex(), responseIsBinary=True,
    rawHeaders=["Content-Type", TYPE])],
    "nock's, older": [{name: value for name,
    value in nock(headers={"content-type": TYPE}).items() if name != "rawHeaders"}],
    "the test proxy's": {"Entries": [proxied()], "Variables": {}},
    "the test proxy's, as texts": {"Entries": [proxied(RequestBody=json.dumps(SENT),
    ResponseBody=json.dumps(CAME))]},
    "Postman's": collection(example()),
    "Postman's, URL in parts": collection(
        example(url={"raw": "", "protocol": "https", "host": ["api", "example", "com"], "path": ["v1",
        "rooms", ":id"],
                     "variable": [{"key": "id", "value": "r-1"}]})),
    "Postman's, with variables": collection(
        example(url="{{base}}/rooms/{{ id }}"), variables={"base": "{{host}}/v1",
        "host": "https://api.example.com", "id": "r-1"}),
    "betamax's": {"http_interactions": [vcr()], "recorded_with": "betamax/0.9.0"},
    "vcrpy's": {"interactions": [vcr()], "version": 1},
    "mitmproxy's": netstring(flow()),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITTEN)
def test_the_same_exchange_is_read_from_each_format(tmp_path: Path, name: str) -> None:
    (found,) = read(tmp_path / "a.json", WRITTEN[name])

    assert isinstance(found, Entry), found
    request, response = found.interaction.request, found.interaction.response
    assert response is not None
    assert (request.method, request.url.replace(":443", ""), json.loads(request.body or b"")) == (
        "PATCH",
        URL,
        SENT,
    )
    assert (response.status, json.loads(response.body)) == (200, CAME)
    assert [value for key, value in response.headers if key.lower() == "content-type"] == [TYPE]
    assert not any(
        key.lower() in ("content-length", "x-off") for key, _ in (*request.headers, *response.headers)
    )
    assert not found.bodies_missing


@pytest.mark.parametrize("name", WRITTEN)
def test_a_body_that_is_kept_as_a_value_is_known_to_be_respelt(tmp_path: Path, name: str) -> None:
    (found,) = read(tmp_path / "a.json", WRITTEN[name])

    assert isinstance(found, Entry)
    assert found.interaction.response is not None
    assert found.interaction.response.respelt is (name in ("nock", "nock's, older", "the test proxy's"))


LOST = {
    "nock's, chunks in a coding that is broken": [
        nock(response=[BROKEN.hex()], rawHeaders=["Content-Encoding", "gzip"])
    ],
    "nock's, chunks that are none": [nock(response=["no digits"], responseIsBinary=True)],
    "nock's, coded chunks that are none": [
        nock(response=["no digits"], rawHeaders=["Content-Encoding", "gzip"])
    ],
    "nock's, binary that is none": [nock(response="no digits", responseIsBinary=True)],
    "the test proxy's, Base64 that is none": {
        "Entries": [proxied(ResponseBody="***", ResponseHeaders={"Content-Type": "image/png"})]
    },
    "the test proxy's, shorter than it says": {
        "Entries": [proxied(ResponseBody=None, ResponseHeaders={"Content-Length": "9"})]
    },
    "Postman's, of no known mode": collection(example(body={"mode": ["raw"], "raw": "{}"})),
    "Postman's, a file": collection(example(body={"mode": "file", "file": {"src": "a.json"}})),
    "mitmproxy's": netstring(flow(request={**flow()["request"], "content": None})),
}


@pytest.mark.parametrize("name", LOST)
def test_a_body_that_is_lost_is_counted_and_the_status_is_kept(tmp_path: Path, name: str) -> None:
    (found,) = read(tmp_path / "a.json", LOST[name])

    assert isinstance(found, Entry), found
    assert found.interaction.response is not None
    assert (found.interaction.response.status, found.bodies_missing) == (200, True)


ODD: dict[str, Any] = {
    "nock's": [nock(), nock(status="OK"), {"scope": 3}, 3, nock()],
    "the test proxy's": {
        "Entries": [proxied(), proxied(RequestUri=None), proxied(StatusCode=None), None, proxied()]
    },
    "Postman's": collection(example(), 3, example(url=None), example(url="https://[x"), example()),
    "mitmproxy's": b"".join(
        map(netstring, (flow(), flow(request=None), {**flow(), "request": {}}, flow(request=3), flow()))
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_entry_costs_itself_alone(tmp_path: Path, name: str) -> None:
    found = read(tmp_path / "a.json", ODD[name])

    assert [isinstance(one, Entry) for one in found] == [True, False, False, False, True]
    assert len({one.place for one in found}) == (1 if name == "Postman's" else 5), (
        "one item of a collection has many examples"
    )
    assert all(one.why for one in found if isinstance(one, Unreadable))


ODD_URL = "https://[object Object]/x"


@pytest.mark.parametrize(
    "content",
    [
        [nock(scope="https://[object Object]", path="/x")],
        {"Entries": [proxied(RequestUri=ODD_URL)]},
        collection(example(url=ODD_URL)),
        netstring(flow(request={**flow()["request"], "path": ODD_URL.encode()})),
    ],
    ids=["nock", "test-proxy", "Postman", "mitmproxy"],
)
def test_an_entry_whose_url_is_none_says_which(tmp_path: Path, content: Any) -> None:
    (found,) = read(tmp_path / "a.json", content)

    assert isinstance(found, Unreadable)
    assert found.url == ODD_URL


def test_flows_say_when_they_began_and_how_long_they_took(tmp_path: Path) -> None:
    stream = netstring(flow()) + netstring({"type": "tcp"}) + netstring(flow(response=None))
    first, second = read(tmp_path / "a.flow", stream)

    assert isinstance(first, Entry)
    assert isinstance(second, Entry)
    assert (first.started, first.took) == (
        datetime(2026, 11, 21, 12, 0, 0, 500000, UTC),
        timedelta(seconds=0.5),
    )
    assert second.interaction.response is None


@pytest.mark.parametrize("cut", [5, 100, 500])
def test_flows_that_end_early_are_damaged_behind_what_is_whole(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "a.flow"
    path.write_bytes(netstring(flow()) + netstring(flow())[:cut])
    entries = open_recording(path).entries()

    assert isinstance(next(entries), Entry)
    with pytest.raises(UsageError, match="ends within flow 2"):
        list(entries)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_flow_makes_it_stumble(data: st.DataObject) -> None:
    content = bytearray(netstring(flow()) * 2)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 2))] = data.draw(
            st.binary(max_size=2) | st.sampled_from([b":", b"^", b"#", b"nan", b"9", b"-"])
        )
    with suppress(DamageError):
        assert all(isinstance(one, Entry | Unreadable) for one in mitmproxy.entries(io.BytesIO(content)))


def har(name: str) -> str:
    return json.dumps({"log": {"entries": [{
        "request": {"method": "GET", "url": URL}, "response": {"status": 200, "headers": [],
        "content": {"size": 9, "_file": name}},
    }]}})  # fmt: skip


def zipped(path: Path, **fields: str | bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in fields.items():
            archive.writestr(name.replace("_", "."), content)
    return path


def test_a_har_file_in_an_archive_is_read_with_its_bodies(tmp_path: Path) -> None:
    (found,) = open_recording(
        zipped(tmp_path / "a.har.zip", har_har=har("body.json"), body_json=json.dumps(CAME))
    ).entries()

    assert isinstance(found, Entry)
    assert found.interaction.response is not None
    assert json.loads(found.interaction.response.body) == CAME


@pytest.mark.parametrize("name", ["nowhere.json", "../a.har.zip", "bomb.json"])
def test_an_archive_gives_out_nothing_else_and_no_bomb(tmp_path: Path, name: str) -> None:
    (found,) = open_recording(
        zipped(tmp_path / "a.har.zip", har_har=har(name), bomb_json=b"0" * 9_000_000)
    ).entries()

    assert isinstance(found, Entry)
    assert found.bodies_missing


def test_what_others_have_packed_anew_is_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(path := tmp_path / "a.har.zip", "w") as archive:
        archive.writestr("trace/har.har", har("body.json"))
        archive.writestr("trace/body.json", json.dumps(CAME))
        archive.writestr("__MACOSX/trace/._har.har", b"\0\5\x16\7")
    (found,) = open_recording(path).entries()

    assert isinstance(found, Entry)
    assert not found.bodies_missing


@pytest.mark.parametrize("packing", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_what_cannot_be_unpacked_within_bounds_is_left_as_it_is(tmp_path: Path, packing: int) -> None:
    with zipfile.ZipFile(path := tmp_path / "a.har.zip", "w") as archive:
        archive.writestr("har.har", har("body.json"))
        archive.writestr("body.json", json.dumps(CAME), packing)
    (found,) = open_recording(path).entries()
    with zipfile.ZipFile(other := tmp_path / "b.har.zip", "w", packing) as archive:
        archive.writestr("har.har", har("body.json"))

    assert isinstance(found, Entry)
    assert found.bodies_missing
    with pytest.raises(UsageError, match="not packed with deflate"):
        open_recording(other)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_archive_makes_it_stumble(data: st.DataObject) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("har.har", har("body.json"))
        archive.writestr("body.json", json.dumps(CAME))
    content = bytearray(file.getvalue())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with suppress(DamageError, OSError, UnicodeDecodeError):  # recording.py tells each of them.
        list(har_zip.entries(io.BytesIO(content)))


def test_a_broken_archive_is_said_to_be_one(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.har.zip", har_har=har("x") * 50)
    path.write_bytes(path.read_bytes()[:60])

    with pytest.raises(UsageError, match=r"a\.har\.zip: is no whole ZIP archive"):
        list(open_recording(path).entries())


REJECTED: dict[str, Any] = {
    "OpenAPI": {"openapi": "3.1.0", "paths": {}},
    "Pact": {"consumer": {"name": "a"}, "interactions": [], "provider": {"name": "b"}},
    "a Postman environment": {"id": "1", "values": [], "_postman_variable_scope": "environment"},
    "without saved examples": collection(),
    "Insomnia": {"_type": "export", "__export_format": 4, "resources": []},
    "Charles": [
        {"status": "COMPLETE", "scheme": "https", "host": "api.example.com", "request": {}, "response": {}}
    ],
    "WireMock": {"mappings": [{"request": {}, "response": {}}]},
    "Schemathesis in NDJSON.* --report har": (
        b'{"Initialize":{"command":"st run"}}\n{"ScenarioFinished":{}}\n'
    ),
    "a report of roomproof": {"roomproof": "1", "report_version": 1, "providers": []},
    "verdicts of roomproof": {"provider": "telnyx", "verdicts": {}},
    "a capture of packets": b"\xd4\xc3\xb2\xa1" + bytes(30),
    "an OpenAPI description": b"# ours\nopenapi: 3.1.0\npaths: {}\n",
    "an Insomnia export": b"type: collection.insomnia.rest/5.0\nname: x\n",
    "XML": b"<?xml version='1.0'?>\n<charles-session/>",
    "Fiddler": "saz",
    "gunzip": gzip.compress(b"{}"),
    "no list of entries": {"name": "package", "version": "1.0.0"},
}


@pytest.mark.parametrize("name", REJECTED)
def test_what_is_no_recording_is_rejected_by_its_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.json"
    if name == "Fiddler":
        zipped(path, **{"raw/1_txt": "x"})
    else:
        path.write_bytes(
            REJECTED[name] if isinstance(REJECTED[name], bytes) else json.dumps(REJECTED[name]).encode()
        )

    with pytest.raises(UsageError, match=rf"a\.json: .*{name}"):
        list(open_recording(path).entries())


def test_lines_of_text_and_bytes_of_the_test_proxy_are_put_together(tmp_path: Path) -> None:
    text = proxied(ResponseBody=["a\n", "b"], ResponseHeaders={"Content-Type": "text/plain"})
    picture = proxied(
        ResponseBody=base64.b64encode(b"\xff").decode(), ResponseHeaders={"Content-Type": "image/png"}
    )

    found = read(tmp_path / "a.json", {"Entries": [text, picture]})
    assert [
        one.interaction.response and one.interaction.response.body for one in found if isinstance(one, Entry)
    ] == [b"a\nb", b"\xff"]
