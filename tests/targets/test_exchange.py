"""What is sent is what was asked for, byte by byte, over one connection; nothing is added that a clause could
be about.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from roomproof.interaction import Interaction
from roomproof.targets.http import HttpTarget
from roomproof.targets.target import UnsentRequest


@dataclass
class Listener:
    """Notes the bytes of each request and answers it; `connections` counts those that were made."""

    response: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
    heads: list[list[str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    connections: int = 0
    before: Callable[[], object] = lambda: None

    def __post_init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.origin = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(5)

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                self.connections += 1
                with connection, connection.makefile("rb") as stream:
                    while line := stream.readline():
                        lines = [line, *iter(stream.readline, b"\r\n")]
                        self.heads.append([one.decode("latin-1").rstrip("\r\n") for one in lines])
                        size = next(
                            (
                                int(one.split(b":")[1])
                                for one in lines
                                if one.lower().startswith(b"content-length")
                            ),
                            0,
                        )
                        self.bodies.append(stream.read(size))
                        self.before()
                        connection.sendall(self.response if lines[0][:4] != b"HEAD" else self.response[:-2])


@pytest.fixture
def listener() -> Iterator[Listener]:
    found = Listener()
    yield found
    found.close()


def send(listener: Listener, *all_unsent: UnsentRequest) -> list[Interaction]:
    target = HttpTarget(listener.origin + "/v2")
    interactions = [target.send(unsent) for unsent in all_unsent]
    target.close()
    return interactions


def test_the_whole_head_of_a_request(listener: Listener) -> None:
    send(
        listener,
        UnsentRequest(
            "PATCH",
            "/rooms/1",
            {"a": "1 &é"},
            (("Content-Type", "application/json"), ("X-Name", "é")),
            b'{"a": 1}',
        ),
    )

    assert listener.heads == [[
        "PATCH /v2/rooms/1?a=1+%26%C3%A9 HTTP/1.1", f"Host: {listener.origin.removeprefix('http://')}",
        "User-Agent: roomproof",
        "Accept: application/json", "Content-Type: application/json", "X-Name: é",
        "Accept-Encoding: identity", "Content-Length: 8",
    ]]  # fmt: skip
    assert listener.bodies == [b'{"a": 1}']


@pytest.mark.parametrize(
    "path", ["/rooms/../1", "/rooms/./1", "/rooms//1", "/rooms/%2E%2E%2F%00", "/rooms/a;b=c,d"]
)
def test_a_path_stays_as_it_is(path: str, listener: Listener) -> None:
    send(listener, UnsentRequest("GET", path))
    assert listener.heads[0][0] == f"GET /v2{path} HTTP/1.1"


@pytest.mark.parametrize("value", ["", " "])
def test_a_header_without_a_value_is_sent(value: str, listener: Listener) -> None:
    send(listener, UnsentRequest("GET", "/rooms", headers=(("Content-Type", value), ("X-Empty", value))))
    assert {"Content-Type:", "X-Empty:"} <= {line.strip() for line in listener.heads[0]}


def test_a_body_without_a_media_type_gets_none(listener: Listener) -> None:
    send(listener, UnsentRequest("PATCH", "/rooms/1", body=b"{}"))
    assert [line for line in listener.heads[0] if line.lower().startswith("content-type")] == []


@pytest.mark.parametrize(
    ("method", "length"),
    [("PATCH", ["0"]), ("POST", ["0"]), ("PUT", ["0"]), ("GET", []), ("DELETE", []), ("HEAD", [])],
)
def test_who_could_send_a_body_says_that_there_is_none(
    method: str, length: list[str], listener: Listener
) -> None:
    """RFC 9110, 8.6."""
    send(listener, UnsentRequest(method, "/rooms/1"))
    assert [
        line.partition(": ")[2] for line in listener.heads[0] if line.lower().startswith("content-length")
    ] == length


def test_each_request_is_its_own_whatever_went_before_it(listener: Listener) -> None:
    many = [
        UnsentRequest(method, "/rooms/1", body=body)
        for method in ("HEAD", "PATCH", "GET", "OPTIONS", "PUT", "DELETE", "HEAD", "POST")
        for body in (None, b"", b'{"a": "1"}')
        if body is None or method != "HEAD"
    ]
    interactions = send(listener, *many)

    assert [head[0].split()[0] for head in listener.heads] == [one.method for one in many]
    assert listener.bodies == [one.body or b"" for one in many]
    assert [one.response.body if one.response else None for one in interactions] == [
        b"" if one.method == "HEAD" else b"{}" for one in many
    ]
    assert listener.connections == 1


@pytest.mark.parametrize("body", [b"\x00\xff{}", b"x" * 2_000_000], ids=["any bytes", "2 MB"])
def test_a_body_is_sent_whole_and_without_asking_for_leave(body: bytes, listener: Listener) -> None:
    send(listener, UnsentRequest("PUT", "/rooms/1", body=body))

    assert listener.bodies == [body]
    assert [line for line in listener.heads[0] if line.lower().startswith("expect")] == []


def test_a_response_is_its_status_its_headers_in_order_and_its_body(listener: Listener) -> None:
    """Names may come twice (RFC 9110, 5.2); what follows the chunks (trailers, 6.5) is no header."""
    listener.response = (
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
        b"HTTP/1.1 201\r\nX-A: 1\r\nx-b:\t\xe9 \r\nX-A: 2\r\nX-Empty:\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"2\r\n{}\r\n0\r\nX-Trailer: 1\r\n\r\n"
    )
    (interaction,) = send(listener, UnsentRequest("GET", "/rooms"))

    assert interaction.response is not None
    assert (interaction.response.status, interaction.response.body) == (201, b"{}")
    assert interaction.response.headers == (
        ("X-A", "1"),
        ("x-b", "é"),
        ("X-A", "2"),
        ("X-Empty", ""),
        ("Transfer-Encoding", "chunked"),
    )


def test_something_is_done_while_the_response_is_awaited(listener: Listener) -> None:
    """At least once the connection is made: then the server has the request before."""
    arrived, done, told = threading.Event(), threading.Event(), []

    def meanwhile() -> None:
        told.append(arrived.wait(5))
        done.set()

    def before() -> None:
        if len(listener.heads) == 2:
            arrived.set()
            done.wait(5)

    listener.before = before
    interactions = send(
        listener,
        UnsentRequest("GET", "/rooms"),
        UnsentRequest("PATCH", "/rooms/1", body=b"{}", meanwhile=meanwhile),
    )

    assert told == [True]
    assert [one.failure for one in interactions] == ["", ""]


def test_a_name_that_is_not_known() -> None:
    (interaction,) = [HttpTarget("http://rooms.invalid/v2").send(UnsentRequest("GET", "/rooms"))]
    assert interaction.failure.startswith("its name is not known")
