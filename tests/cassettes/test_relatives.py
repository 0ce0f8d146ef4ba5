"""Recorders of vcrpy's family keep the same exchange in other places: each of their files is read as that
exchange, and judged.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from roomproof.cassettes.entry import Entry, EntryError, Unreadable
from roomproof.cassettes.formats.vcrpy import entry_of
from roomproof.cassettes.recording import open_recording
from roomproof.cassettes.replay import Register, replay
from roomproof.interaction import header
from roomproof.judge.judged_interaction import NoJson, request_json, response_json
from roomproof.providers import find_contract, find_mock
from roomproof.verdict import Verdict

ROOM_ID = find_mock("telnyx").room_id
URL = f"https://api.telnyx.com/v2/rooms/{ROOM_ID}"
MAXIMUM = "telnyx.update-room.request.max_participants.maximum"
REGISTER = Register({"telnyx": find_contract("telnyx")})
START = datetime(2024, 3, 1, 10, tzinfo=UTC)


def room(size: int) -> dict[str, Any]:
    known = {
        "id": ROOM_ID, "unique_name": "stand-up ü", "max_participants": size, "enable_recording": False,
        "sessions": [],
        "created_at": "2024-03-01T09:00:00.000001Z", "updated_at": "2024-03-01T10:00:00.000002Z",
        "active_session_id": ROOM_ID,
        "webhook_event_url": "https://a.example.com", "webhook_event_failover_url": "https://b.example.com",
        "webhook_timeout_secs": 5,
        "record_type": "room",
    }  # fmt: skip
    return {"data": known}


def base64_of(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def ruby(sent: str, came: str) -> str:
    """Ruby's VCR; Psych writes bytes with a tag of its own."""
    return f"""---
http_interactions:
- request:
    method: patch
    uri: {URL}
    body:
      encoding: UTF-8
      string: '{sent}'
    headers:
      Content-Type:
      - application/json
  response:
    status:
      code: 200
      message: OK
    headers: !ruby/hash:ActiveSupport::HashWithIndifferentAccess
      Content-Type:
      - application/json
      Content-Encoding:
      - gzip
    body:
      encoding: ASCII-8BIT
      string: !binary |-
        {base64.b64encode(gzip.compress(came.encode())).decode()}
    http_version: null
  recorded_at: Fri, 01 Mar 2024 10:00:00 GMT
recorded_with: VCR 6.2.0
"""


def ruby_exact(sent: str, came: str) -> str:
    """Ruby's VCR where it preserves exact bytes: its Base64 is wrapped."""
    wrapped = "\n".join(f"        {line}" for line in base64.encodebytes(came.encode()).decode().splitlines())
    return f"""http_interactions:
- request:
    method: patch
    uri: {URL}
    body: {{encoding: UTF-8, base64_string: "{base64_of(sent)}\\n"}}
    headers: {{Content-Type: [application/json]}}
  response:
    status: {{code: 200, message: OK}}
    headers: {{Content-Type: [application/json]}}
    body:
      encoding: UTF-8
      base64_string: |
{wrapped}
  recorded_at: Fri, 01 Mar 2024 10:00:00 GMT
recorded_with: VCR 2.0.0
"""


def r(sent: str, came: str) -> str:
    """R's vcr: single header values, its own place for the status, a zone behind the time."""
    return f"""http_interactions:
- request:
    method: patch
    uri: {URL}
    body:
      encoding: ''
      string: '{sent}'
    headers:
      Accept: application/json, text/xml, application/xml, */*
      Content-Type: application/json
  response:
    status:
      status_code: 200
      category: Success
      reason: OK
      message: 'Success: (200) OK'
    headers:
      status: HTTP/1.1 200 OK
      content-type: application/json
    body:
      encoding: UTF-8
      file: no
      string: '{came}'
  recorded_at: 2024-03-01 10:00:00 GMT
  recorded_with: vcr/0.6.0, webmockr/0.7.4
"""


def betamax(sent: str, came: str) -> str:
    entry = {
        "request": {"body": {"encoding": "utf-8", "string": sent},
        "headers": {"Content-Type": ["application/json"]}, "method": "PATCH",
                    "uri": URL},
        "response": {"body": {"encoding": None, "base64_string": base64_of(came), "string": ""}, "url": URL,
                     "headers": {"Content-Type": ["application/json"]}, "status": {"code": 200,
                     "message": "OK"}},
        "recorded_at": "2024-03-01T10:00:00",
    }  # fmt: skip
    return yaml.safe_dump({"http_interactions": [entry], "recorded_with": "betamax/0.9.0"})


def schemathesis(sent: str, came: str) -> str:
    """Schemathesis' `--report vcr`: the status is a text, the time of the response is noted."""
    return f"""command: 'st run openapi.yaml'
recorded_with: 'Schemathesis 4.0.0'
seed: 1
http_interactions:
- id: 'a'
  status: 'FAILURE'
  metadata: null
  recorded_at: '2024-03-01T10:00:00.020000+00:00'
  checks: []
  request:
    uri: '{URL}'
    method: 'PATCH'
    headers:
      "Content-Type":
      - "application/json"
    body:
      encoding: 'utf-8'
      base64_string: '{base64_of(sent)}'
  response:
    status:
      code: '200'
      message: "OK"
    elapsed: '0.02'
    headers:
      "content-type":
      - "application/json"

    body:
      encoding: 'utf-8'
      string: {json.dumps(came)}
    http_version: '1.1'
- id: 'b'
  status: 'ERROR'
  metadata: null
  recorded_at: '2024-03-01T10:00:01.000000+00:00'
  checks: []
  request:
    uri: '{URL}'
    method: 'PATCH'
    headers:
  response: null"""


def go_1(sent: str, came: str) -> str:
    return f"""---
version: 1
interactions:
- request:
    body: '{sent}'
    form: {{}}
    headers:
      Content-Type:
      - application/json
    url: {URL}
    method: PATCH
  response:
    body: '{came}'
    headers:
      Content-Type:
      - application/json
    status: 200 OK
    code: 200
    duration: ""
"""


def go_4(sent: str, came: str) -> str:
    return f"""---
version: 2
interactions:
    - id: 0
      request:
        proto: HTTP/1.1
        proto_major: 1
        content_length: {len(sent.encode())}
        host: api.telnyx.com
        body: '{sent}'
        headers:
            Content-Type:
                - application/json
        url: {URL}
        method: PATCH
      response:
        proto: HTTP/2.0
        content_length: -1
        uncompressed: true
        body: !!binary {base64_of(came)}
        headers:
            Content-Type:
                - application/json
        status: 200 OK
        code: 200
        duration: 20ms
"""


def old_httpx(sent: str, came: str) -> str:
    """vcrpy's stub for httpx up to its version 5: the body is decoded, the header that speaks of its coding
    is kept.
    """
    return f"""interactions:
- request:
    body: '{sent}'
    headers:
      content-type:
      - application/json
    method: PATCH
    uri: {URL}
  response:
    content: '{came}'
    headers:
      Content-Encoding:
      - gzip
      Content-Type:
      - application/json
    http_version: HTTP/1.1
    status_code: 200
version: 1
"""


def tornado(sent: str, came: str) -> str:
    return f"""interactions:
- request:
    body: !!python/unicode '{sent}'
    headers:
      Content-Type: [application/json]
    method: !!python/str 'PATCH'
    uri: {URL}
  response:
    body:
      string: !!python/unicode '{came}'
    headers:
    - !!python/tuple
      - Content-Type
      - [application/json]
    - !!python/tuple
      - Server
      - - nginx
    status:
      code: 200
      message: OK
    url: !!python/object/new:yarl.URL
      state: !!python/tuple
      - !!python/object/new:urllib.parse.SplitResult [https, api.telnyx.com, /v2, '', '']
version: 1
"""


def pickled(sent: str, came: str) -> str:
    """What earlier releases of vcrpy and aiohttp left in cassettes."""
    return f"""interactions:
- request:
    body: !!python/object/new:_io.BytesIO
      state: !!python/tuple
      - !!binary {base64_of(sent)}
      - 0
      - null
    headers:
      ? !!python/object/new:multidict._multidict.istr
        - Content-Type
      : [application/json]
    method: PATCH
    uri: {URL}
  response:
    body: {{string: !!python/object/apply:builtins.bytearray [!!binary {base64_of(came)}]}}
    headers: !!python/object/apply:collections.OrderedDict
    - - - Content-Type
        - - application/json
    status:
      code: !!python/object/apply:http.HTTPStatus
      - 200
      message: OK
version: 1
"""


def before_1_0(sent: str, came: str) -> str:
    """vcrpy before its version 1.0: a list, and the URL in parts."""
    return f"""- request: !!python/object:vcr.request.Request
    body: '{sent}'
    headers: !!python/object/apply:__builtin__.frozenset
    - - !!python/tuple [Content-Type, application/json]
    host: api.telnyx.com
    method: PATCH
    path: /v2/rooms/{ROOM_ID}
    port: 443
    protocol: https
  response:
    body:
      string: !!python/unicode '{came}'
    headers: ["Content-Type: application/json\\r\\n", "Server: nginx\\r\\n"]
    status: {{code: 200, message: OK}}
"""


def parsed(sent: str, came: str) -> str:
    """A serializer that shows JSON as YAML: how the server spelt it is lost, its length is that of another
    text.
    """
    entry = {
        "request": {"headers": {"content-type": ["application/json"]}, "method": "PATCH",
        "parsed_body": json.loads(sent), "uri": URL},
        "response": {"headers": {"content-type": ["application/json"], "content-length": ["7"],
        "content-encoding": ["gzip"]},
                     "parsed_body": json.loads(came), "status": {"code": 200, "message": "OK"}},
    }  # fmt: skip
    return yaml.safe_dump({"interactions": [entry], "version": 1}, allow_unicode=True)


def har(sent: str, came: str) -> str:
    pair = [{"name": "Content-Type", "value": "application/json"}]
    entry = {
        "startedDateTime": "2024-03-01T10:00:00.000Z", "time": 20,
        "request": {"method": "PATCH", "url": URL, "headers": pair,
        "postData": {"mimeType": "application/json", "text": sent}},
        "response": {"status": 200, "headers": pair, "content": {"size": len(came), "text": came}},
    }  # fmt: skip
    return yaml.safe_dump(
        {"log": {"version": "1.2", "creator": {"name": "a recorder", "version": "1"}, "entries": [entry]}}
    )


Recorder = Callable[[str, str], str]
RECORDERS: list[Recorder] = [
    ruby, ruby_exact, r, betamax, schemathesis, go_1, go_4, old_httpx, tornado, pickled, before_1_0, parsed,
    har,
]  # fmt: skip
WITH_TIME = {ruby, ruby_exact, r, betamax, schemathesis, har}
TOOK = {schemathesis: timedelta(milliseconds=20), go_4: timedelta(milliseconds=20)}
each = pytest.mark.parametrize("recorder", RECORDERS, ids=lambda one: one.__name__)


def written(folder: Path, recorder: Recorder, size: int) -> Path:
    sent, came = (json.dumps(value, ensure_ascii=False) for value in ({"max_participants": size}, room(size)))
    path = folder / "a.yaml"
    path.write_text(recorder(sent, came), encoding="utf-8")
    return path


@each
def test_an_exchange_is_the_same_whoever_recorded_it(recorder: Recorder, tmp_path: Path) -> None:
    entry = next(open_recording(written(tmp_path, recorder, 10)).entries())

    assert isinstance(entry, Entry)
    request, response = entry.interaction.request, entry.interaction.response
    assert response is not None
    assert (request.method, request.url, json.loads(request.body or b"")) == (
        "PATCH",
        URL,
        {"max_participants": 10},
    )
    assert (response.status, json.loads(response.body)) == (200, room(10))
    assert (
        header(request.headers, "content-type")
        == header(response.headers, "content-type")
        == "application/json"
    )
    assert entry.started == (START if recorder in WITH_TIME else None)
    assert recorder is har or entry.took == TOOK.get(recorder)
    assert not entry.bodies_missing


@each
@pytest.mark.parametrize("size", [10, 51])
def test_a_fault_is_found_and_none_where_there_is_none(recorder: Recorder, size: int, tmp_path: Path) -> None:
    replayed = replay([written(tmp_path, recorder, size)], REGISTER)

    verdicts = replayed.heard["telnyx"].verdicts.verdicts()
    assert replayed.problems == []
    wrong = [clause for clause, verdict in verdicts.items() if verdict in (Verdict.FAIL, Verdict.WARNING)]
    assert wrong == ([MAXIMUM] if size == 51 else [])


def test_a_value_that_a_recorder_spells_anew_says_nothing_of_how_it_was_spelt(tmp_path: Path) -> None:
    for recorder, verdict in ((old_httpx, Verdict.PASS), (parsed, Verdict.UNEXERCISED)):
        heard = replay([written(tmp_path, recorder, 10)], REGISTER).heard["telnyx"]
        assert heard.verdicts.verdicts()["telnyx.update-room.response.body.json"] is verdict


def test_schemathesis_says_which_request_had_no_response(tmp_path: Path) -> None:
    _, unanswered = open_recording(written(tmp_path, schemathesis, 10)).interactions()
    assert unanswered.response is None
    assert unanswered.failure == "the recording has no response to this request"


def node(**changes: Any) -> dict[str, Any]:
    """An entry of vcrpy with fields of its request (`body`, `method`) and response (`response`, `headers`,
    `status`) exchanged.
    """
    request = {
        "method": changes.get("method", "PATCH"),
        "uri": URL,
        "headers": changes.get("asked", {}),
        "body": changes.get("body"),
    }
    response = {
        "status": changes.get("status", 200),
        "headers": changes.get("headers", {}),
        "body": changes.get("answer", {"string": "{}"}),
    }
    return {
        "request": {**request, **changes.get("request", {})},
        "response": {**response, **changes.get("response", {})},
    }


@pytest.mark.parametrize(
    "status", [200, "200", "200 OK", "HTTP/1.1 200 OK", {"code": "200"}, {"status_code": 200}]
)
def test_a_status_is_a_number_or_a_line(status: Any) -> None:
    response = entry_of(node(status=status)).interaction.response
    assert response is not None
    assert response.status == 200


@pytest.mark.parametrize("status", [None, True, "OK", {}, {"code": None}, "20000000", 2.5])
def test_anything_else_is_no_status(status: Any) -> None:
    with pytest.raises(EntryError, match="status") as told:
        entry_of(node(status=status))
    assert told.value.url == URL


def test_a_text_in_place_of_a_number_is_an_alteration_of_what_roomproof_has_written() -> None:
    with pytest.raises(EntryError, match="status"):
        entry_of({**node(status={"code": "200"}), "sender": {"credentials": "valid", "room": "exists"}})


@pytest.mark.parametrize(
    "response", [{"status": 0}, {"status": -1}, {"status": {"code": 599, "message": "Timeout"}}]
)
def test_a_status_that_a_client_has_made_up_is_no_response(response: dict[str, Any]) -> None:
    assert entry_of(node(response=response)).interaction.response is None


def test_what_roomproof_has_written_is_what_the_server_sent_whatever_its_status() -> None:
    found = entry_of(
        {**node(status=599, headers={}), "sender": {"credentials": "valid", "room": "exists"}}
    ).interaction
    assert found.response is not None
    assert found.response.status == 599


HEADERS = {
    "lists": {"A": ["1", "2"], "B": ["3"]},
    "pairs": [["A", ["1", "2"]], ("B", "3")],
    "names and values": [
        {"name": "A", "value": "1"},
        {"name": "A", "value": "2"},
        {"name": "B", "value": "3"},
    ],
    "lines": ["A: 1\r\n", "A: 2\r\n", "B:3"],
    "bytes": {b"A": [b"1", b"2"], "B": b"3"},
    "with pseudo-headers": {":status": ["200"], "A": ["1", "2"], "B": "3"},
}


@pytest.mark.parametrize("name", HEADERS)
def test_headers_come_in_many_shapes(name: str) -> None:
    response = entry_of(node(headers=HEADERS[name])).interaction.response
    assert response is not None
    assert response.headers == (("A", "1"), ("A", "2"), ("B", "3"))


@pytest.mark.parametrize(
    "headers", ["A: 1", 5, [["A"]], [["A", "1", "2"]], [5], {"A": [["1"]]}, {"A": {"b": "c"}}]
)
def test_anything_else_is_no_headers(headers: Any) -> None:
    with pytest.raises(EntryError, match="header"):
        entry_of(node(headers=headers))


SENT = {
    "a text": ('{"a": 1}', b'{"a": 1}'),
    "bytes": (b"{}", b"{}"),
    "chunks": ([b'{"a"', b": 1}"], b'{"a": 1}'),
    "a list": ([1, "b"], b'[1,"b"]'),
    "what aiohttp was given": ({"a": {"b": None}, "c": True}, b'{"a":{"b":null},"c":true}'),
    "nothing but braces": ({}, b"{}"),
    "pairs of a form": ([("a", "b c"), ["d", "e"]], b"a=b+c&d=e"),
    "a number": (5, b"5"),
    "other letters": ({"encoding": "ISO-8859-1", "string": "é"}, b"\xe9"),
    "letters that Python alone knows": ({"encoding": "idna", "string": "é"}, "é".encode()),
    "nothing": (None, None),
    "nothing in a map": ({"encoding": "utf-8", "string": None}, None),
}


@pytest.mark.parametrize("name", SENT)
def test_bodies_come_in_many_shapes(name: str) -> None:
    body, expected = SENT[name]
    found = entry_of(
        node(body=body, response=body if isinstance(body, dict) and "string" in body else {"string": body})
    )
    assert found.interaction.request.body == expected


def test_go_keeps_the_fields_of_a_form() -> None:
    found = entry_of(
        node(request={"body": "", "form": {"a": ["1", "2"], "b": ["ü"]}, "method": ""})
    ).interaction.request
    assert (found.method, found.body) == ("GET", b"a=1&a=2&b=%C3%BC")


@pytest.mark.parametrize(("status", "is_known"), [(200, True), (201, True), (422, False), (415, False)])
def test_a_flat_map_may_have_been_sent_as_a_form_unless_it_was_accepted(status: int, is_known: bool) -> None:
    found = entry_of(node(body={"unique_name": "a"}, status=status))
    assert found.interaction.request.body == (b'{"unique_name":"a"}' if is_known else None)
    assert found.bodies_missing is not is_known


NOT_THERE: dict[str, dict[str, Any]] = {
    "Base64 that is none": {"answer": {"base64_string": "no base64!"}},
    "Base64 for URLs": {"answer": {"base64_string": base64.urlsafe_b64encode(b"\xff\xfe\xfd").decode()}},
    "Base64 cut off": {"answer": {"base64_string": "e30"}},
    "a file elsewhere": {"answer": {"file": True, "string": "fixtures/a.json"}},
    "an unknown coding": {"answer": {"string": b"\xff\xfe\xfd"}, "headers": {"Content-Encoding": ["lzma"]}},
    "a stream that ends early": {
        "answer": {"string": gzip.compress(b"{}" * 50)[:-9]},
        "headers": {"content-encoding": "GZIP"},
    },
    "letters lost": {"answer": {"string": '{"a": "\ufffd"}'}},
    "coded bytes turned into letters": {
        "answer": {"string": gzip.compress(b"{}").decode("utf-8", "replace")}
    },
    "a length and no body": {"answer": {}, "headers": {"Content-Length": ["20"]}},
    "texts that may be chunks": {"answer": {"string": ['{"a"', ": 1}"]}},
    "a value that was null": {"response": {"parsed_body": None}},
}


@pytest.mark.parametrize("name", NOT_THERE)
def test_of_a_body_that_is_not_there_only_the_status_is_judged(name: str) -> None:
    found = entry_of(node(**NOT_THERE[name]))
    request, response = found.interaction.request, found.interaction.response
    assert response is not None
    assert found.bodies_missing
    assert response_json(request, response) is NoJson.UNRECORDED


@pytest.mark.parametrize(
    "body",
    [{"base64_string": "!"}, {"a": b"file", "b": "c"}, '"\ufffd"'],
    ids=["Base64", "file", "letters lost"],
)
def test_a_body_that_was_sent_may_be_missing_too(body: Any) -> None:
    found = entry_of(node(body=body))
    assert found.bodies_missing
    assert request_json(found.interaction.request) is NoJson.UNRECORDED


@pytest.mark.parametrize(
    "changes", [{"method": "HEAD"}, {"status": 204}, {"status": 304}, {"headers": {"Content-Length": "0"}},
    {}], ids=repr
)  # fmt: skip
def test_an_answer_without_a_body_misses_none(changes: dict[str, Any]) -> None:
    headers = {"Content-Length": "20", **changes.get("headers", {})} if changes else {}
    assert not entry_of(node(**{**changes, "answer": {"string": ""}, "headers": headers})).bodies_missing


def test_a_request_that_was_compressed_is_read_as_what_it_carried() -> None:
    sent = gzip.compress(b'{"a": 1}')
    request = entry_of(
        node(body=sent, asked={"Content-Encoding": "gzip", "Content-Length": str(len(sent)), "A": "1"})
    ).interaction.request
    assert request.body == b'{"a": 1}'
    assert request.headers == (("A", "1"),)


BOMB = "- &l0 [x]\n" + "".join(f"- &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 40))


@pytest.mark.parametrize("body", ["*l39", "&me [*me]", "!!python/object/apply:os.system ['true']"])
def test_a_hostile_value_costs_its_entry_alone(body: str, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    bad = (
        f"- request: {{method: GET, uri: 'http://a/', note: "
        f"[\n{BOMB.replace('- ', '  ').replace(']', '],')}  ], parsed_body: {body}}}\n"
    )
    good = yaml.safe_dump([node()])
    path.write_text(
        f"interactions:\n{good}{bad}  response: {{status: 200, headers: {{}}, body: {{string: ''}}}}\n{good}",
        encoding="utf-8",
    )

    first, hostile, last = open_recording(path).entries()
    assert isinstance(first, Entry)
    assert isinstance(hostile, Unreadable)
    assert hostile.url == "http://a/"
    assert isinstance(last, Entry)
