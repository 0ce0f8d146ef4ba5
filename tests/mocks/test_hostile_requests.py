"""Whatever is sent, a mock answers, and never with a server error."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from importlib import import_module
from urllib.parse import urlsplit

import pytest
from urllib3 import BaseHTTPResponse

from roomproof.mocks import Mock

Send = Callable[..., BaseHTTPResponse]

MOCKS: dict[str, Mock] = {
    name: import_module(f"roomproof.mocks.{name}").MOCK
    for name in ("azure", "carrierx", "signalwire", "telnyx")
}
CREATE_PATHS = {
    "azure": "/rooms?api-version=2025-03-13",
    "carrierx": "/meeting_rooms",
    "signalwire": "/rooms",
    "telnyx": "/rooms",
}
MALFORMED = {
    "empty": b"",
    "cut off": b'{"a": ',
    "not UTF-8": b'{"a": "\xff"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "byte order mark": b'\xef\xbb\xbf{"a": 1}',
    "NaN": b'{"a": NaN}',
    "Infinity": b'{"a": -Infinity}',
    "beyond binary64": b'{"a": 1e400}',
    "thousands of digits": b'{"a": ' + b"9" * 5000 + b"}",
    "half of a surrogate pair": b'{"a": "\\ud800"}',
    "half of a surrogate pair as a name": b'{"\\udfff": 1}',
    "deep array": b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep object": b'{"a":' * 300 + b"1" + b"}" * 300,
    "single quotes": b"{'a': 1}",
    "comment": b'{"a": 1} // one',
}


@pytest.fixture(params=sorted(MOCKS))
def provider(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def send(provider: str, connect: Callable[[Mock], Send]) -> Send:
    return connect(MOCKS[provider])


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_json_is_rejected(provider: str, send: Send, body: bytes) -> None:
    response = send("POST", CREATE_PATHS[provider], body=body)

    assert response.status == (422 if provider == "telnyx" else 400)
    assert isinstance(response.json(), dict)


@pytest.mark.parametrize("document", [None, True, 1, "text", [], [{}]])
def test_body_that_is_no_object_is_rejected(provider: str, send: Send, document: object) -> None:
    response = send("POST", CREATE_PATHS[provider], document)

    assert response.status == (400 if provider == "azure" else 422)


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/xml", "application/jsonx", "garbage", "", None]
)
def test_other_media_types_are_rejected(provider: str, send: Send, media_type: str | None) -> None:
    response = send("POST", CREATE_PATHS[provider], {"name": "a"}, headers={"Content-Type": media_type})

    # Two of them document no 415.
    assert response.status == {"telnyx": 422, "signalwire": 400}.get(provider, 415)


def test_media_type_may_have_parameters_and_capitals(provider: str, send: Send) -> None:
    response = send(
        "POST",
        CREATE_PATHS[provider],
        {"name": "a"},
        headers={"Content-Type": "Application/JSON; charset=utf-8"},
    )

    assert response.status in (200, 201)


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Basic", "Basic ====", "Basic \xe9\xff", "Bearer", "Bearer \xe9", "HMAC-SHA256 x", "\xff"],
)
def test_requests_without_valid_credentials_are_rejected_first(
    provider: str, send: Send, authorization: str | None
) -> None:
    response = send("POST", CREATE_PATHS[provider], body=b"{", headers={"Authorization": authorization})

    assert response.status == 401
    assert response.headers["WWW-Authenticate"]


@pytest.mark.parametrize("room_id", ["%00", "%ff", "..", "%F0%9F%98%80", "a" * 5000, "-1", "%2e%2e", " %20"])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_malformed_ids_are_rejected(provider: str, send: Send, method: str, room_id: str) -> None:
    path, _, query = CREATE_PATHS[provider].partition("?")

    response = send(method, f"{path}/{room_id.strip()}?{query}", headers={"Authorization": None})

    assert 400 <= response.status < 500


def test_unknown_paths_and_methods_have_the_error_body_of_the_provider(provider: str, send: Send) -> None:
    nowhere = send("GET", "/nowhere")
    path = CREATE_PATHS[provider].partition("?")[0]
    one_slash_more = send("GET", f"{path}/")
    no_method = send("TRACE", path)

    assert nowhere.status == one_slash_more.status == 404
    assert nowhere.json().keys() <= {"error", "errors"}
    assert no_method.status == 405
    assert {"GET", "POST"} <= set(no_method.headers["Allow"].split(", "))


def test_garbage_in_the_request_head_does_no_harm(provider: str, serve: Callable[[Mock], str]) -> None:
    address = urlsplit(serve(MOCKS[provider]))
    path, _, query = (MOCKS[provider].prefix + CREATE_PATHS[provider]).partition("?")

    with socket.create_connection((address.hostname or "", address.port or 0)) as connection:
        connection.sendall(
            f"GET {path}?{query}&%ff=%zz&=&;; HTTP/1.1\r\nHost: \xff\xfe\r\nAuthorization: \xff\r\n"
            "Repeatability-Request-ID: \x80\r\nConnection: close\r\n\r\n".encode("latin-1")
        )
        status = connection.makefile("rb").readline().split()[1]

    assert status in (b"400", b"401")


def test_whole_number_is_an_integer_however_it_is_spelled(connect: Callable[[Mock], Send]) -> None:
    send = connect(MOCKS["telnyx"])

    responses = [
        send("POST", "/rooms", body=b'{"max_participants": %s}' % text) for text in (b"10", b"10.0", b"1e1")
    ]

    assert [response.json()["data"]["max_participants"] for response in responses] == [10, 10, 10]
    assert all(b'"max_participants":10,' in response.data for response in responses)


def test_long_numbers_and_texts_survive(connect: Callable[[Mock], Send]) -> None:
    send = connect(MOCKS["carrierx"])
    properties = {"number": 10**40, "text": "\u0000\u2028\U0001f600é", "list": [[]] * 500, "small": 1e-7}

    response = send("POST", "/meeting_rooms", {"properties": properties})

    assert json.loads(response.data)["properties"] == properties
