"""The curl line sends the request that it stands for: bash and curl run it against a socket that keeps what
arrives.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading

import pytest

from roomproof.contract.model import CredentialsSpec
from roomproof.interaction import Credentials, Headers, Request
from roomproof.reports.curl import curl

SPEC = CredentialsSpec("bearer", {"token": "MINI_TOKEN"})
JSON = ("Content-Type", "application/json")
OF_THE_CONNECTION: Headers = (
    (":authority", "mini.example"), ("Host", "mini.example"), ("Content-Length", "3"), ("Connection",
    "keep-alive"),
    ("accept-encoding", "gzip, br"), ("Transfer-Encoding", "chunked"), ("TE", "trailers"), ("Upgrade", "h2c"),
    ("Expect", "100-continue"),
    ("Keep-Alive", "timeout=5"), ("Proxy-Connection", "keep-alive"), ("sec-fetch-mode", "cors"),
    ("Sec-CH-UA-Platform", "x"),
    ("priority", "u=1, i"), ("x-recording-id", "7"), ("HTTP2-Settings", "x"), ("Upgrade-Insecure-Requests",
    "1"),
)  # fmt: skip


def test_what_belongs_to_the_connection_of_somebody_elses_client_is_left_out() -> None:
    line = curl(
        Request("PATCH", "https://mini.example/1", (*OF_THE_CONNECTION, JSON, ("X-Trace", "7")), b"{}"), SPEC
    )
    assert line == (
        "curl -i -X PATCH https://mini.example/1 -H 'Content-Type: application/json' -H 'X-Trace: 7' "
        "-H \"Authorization: Bearer $MINI_TOKEN\" --data-binary '{}'"
    )


def test_what_roomproof_sent_stands_there_as_it_was() -> None:
    request = Request(
        "PATCH", "https://mini.example/1", (("Accept-Encoding", "gzip"),), None, Credentials.VALID
    )
    assert "-H 'Accept-Encoding: gzip'" in curl(request, SPEC)


def arrived(line: str) -> tuple[str, dict[str, str], bytes]:
    """Run a line and return what arrives: the request line, the headers, the body."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        kept: list[bytes] = []

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                data = b""
                while b"\r\n\r\n" not in data:
                    data += connection.recv(65536)
                head, _, body = data.partition(b"\r\n\r\n")
                length = next(
                    (
                        int(text[15:])
                        for text in head.lower().split(b"\r\n")
                        if text.startswith(b"content-length:")
                    ),
                    0,
                )
                while len(body) < length:
                    body += connection.recv(65536)
                kept.extend((head, body))
                connection.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        local = line.replace("http://mini.example", f"http://127.0.0.1:{listening.getsockname()[1]}")
        subprocess.run(
            ["bash", "-c", local],
            check=True,
            capture_output=True,
            timeout=30,
            env={"MINI_TOKEN": "t", "PATH": "/usr/bin:/bin"},
        )
        thread.join()
    first, *lines = kept[0].decode("latin-1").split("\r\n")
    return (
        first,
        {name.lower(): value.strip() for name, _, value in (text.partition(":") for text in lines)},
        kept[1],
    )


@pytest.mark.skipif(
    shutil.which("curl") is None or shutil.which("bash") is None, reason="there is no curl or no bash"
)
@pytest.mark.parametrize(
    ("url", "headers", "body"),
    [
        ("/rooms?filter[name]=x&y={1,2}", (JSON,), b'{"size": 4}'),
        ("/a/../b/./c", (JSON,), b"@/etc/passwd"),
        ("/rooms", (("X-Empty", ""),), b"no media type"),
        ("/rooms", (("Content-Type", "text/plain; charset=utf-8"),), "Zo\u00eb'\n$HOME".encode()),
    ],
    ids=["brackets", "dots and an at sign", "empty header, no media type", "quoting"],
)
def test_the_line_sends_the_request(url: str, headers: Headers, body: bytes) -> None:
    first, came, sent = arrived(curl(Request("PATCH", f"http://mini.example{url}", headers, body), SPEC))
    assert (first, sent) == (f"PATCH {url} HTTP/1.1", body)
    assert {name.lower(): value for name, value in headers}.items() <= came.items()
    assert ("content-type" in came) == any(name == "Content-Type" for name, _ in headers)
    assert came["authorization"] == "Bearer t"
