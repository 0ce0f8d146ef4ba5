"""TLS is verified, a private CA can be named, proxies of the environment are used; credentials go nowhere
else.
"""

from __future__ import annotations

import datetime
import select
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import trustme

from roomproof.errors import UsageError
from roomproof.targets.http import HttpTarget
from roomproof.targets.target import UnsentRequest

Verify = Callable[..., Any]
Serve = Callable[..., Any]
MANY = 50
HOST = "rooms.example"
"""A server of another machine's name, which nobody looks up: only the proxy knows it."""


@pytest.fixture(scope="module")
def ca() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def bundle(ca: trustme.CA, tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    ca.cert_pem.write_to_path(path)
    return path


def context_of(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def faithful(_: Any) -> bool:
    return False


def test_a_private_ca_that_is_named(ca: trustme.CA, bundle: Path, verify: Verify) -> None:
    told = verify(faithful, context=context_of(ca.issue_cert("127.0.0.1")), ca_bundle=bundle)

    assert (told.fails, told.unanswered) == (set(), {})
    assert told.passes >= MANY


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_private_ca_that_the_environment_names(
    name: str, ca: trustme.CA, bundle: Path, verify: Verify
) -> None:
    told = verify(
        faithful, context=context_of(ca.issue_cert("127.0.0.1")), env={name: str(bundle)}, max_requests=10
    )
    assert told.unanswered == {}


def untrusted(_: trustme.CA) -> trustme.LeafCert:
    return trustme.CA().issue_cert("127.0.0.1")


def of_another_host(ca: trustme.CA) -> trustme.LeafCert:
    return ca.issue_cert("api.example.com")


def expired(ca: trustme.CA) -> trustme.LeafCert:
    return ca.issue_cert("127.0.0.1", not_after=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC))


@pytest.mark.parametrize(
    ("issue", "words"),
    [
        (untrusted, ("not trusted", "--ca-bundle PATH")),
        (of_another_host, ("for another", "--base-url")),
        (expired, ("expired",)),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_wrong_certificate(
    issue: Callable[[trustme.CA], trustme.LeafCert],
    words: tuple[str, ...],
    ca: trustme.CA,
    bundle: Path,
    verify: Verify,
) -> None:
    told = verify(faithful, context=context_of(issue(ca)), ca_bundle=bundle)

    assert told.code == 3
    assert [word for word in ("certificate", *words) if word not in told.error] == []
    assert told.server.calls == [], "nothing was sent, above all no credentials"


def test_a_server_that_does_not_speak_tls() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def response() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        threading.Thread(target=response, daemon=True).start()
        sent = HttpTarget(f"https://127.0.0.1:{listening.getsockname()[1]}").send(UnsentRequest("GET", "/"))

    assert sent.failure == "it does not speak TLS; is it http:// instead of https://?"


@pytest.mark.parametrize(
    ("content", "words"), [(None, "cannot be read"), ("no certificate", "no certificate in PEM")]
)
def test_a_bundle_that_is_none(content: str | None, words: str, tmp_path: Path) -> None:
    path = tmp_path / "bundle.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(UsageError, match=words):
        HttpTarget("https://127.0.0.1/", ca_bundle=path)


@dataclass
class Proxy:
    """A small HTTP proxy, to which every host is this machine.

    `lines` are the request lines that it got, `heads` the whole of what came first, `logins` what it was told
    of who asks.
    """

    lines: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    heads: list[bytes] = field(default_factory=list)
    reject: bool = False

    def __post_init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=self._talk, args=(self._listening.accept()[0],), daemon=True).start()

    def _talk(self, client: socket.socket) -> None:
        with suppress(OSError), client:
            data = client.recv(65_536)
            line, _, rest = data.partition(b"\r\n")
            self.lines.append(line.decode())
            self.heads.append(data)
            self.logins += [
                one.split()[-1].decode()
                for one in rest.split(b"\r\n")
                if one.lower().startswith(b"proxy-authorization")
            ]
            method, target, _ = line.decode().split()
            if self.reject:
                client.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
                return
            host, port = (target if method == "CONNECT" else target.split("/")[2]).split(":")
            assert host == HOST
            with socket.create_connection(("127.0.0.1", int(port))) as server:
                if method == "CONNECT":
                    client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                else:
                    server.sendall(data)
                self._pass_on(client, server)

    @staticmethod
    def _pass_on(client: socket.socket, server: socket.socket) -> None:
        while True:
            for one in select.select([client, server], [], [])[0]:
                data = one.recv(65_536)
                if not data:
                    return
                (server if one is client else client).sendall(data)


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    found = Proxy()
    yield found
    found.close()


def test_plain_http_through_a_proxy(proxy: Proxy, verify: Verify) -> None:
    told = verify(faithful, env={"http_proxy": f"http://{proxy.address}"}, host=HOST, max_requests=40)

    assert (told.fails, told.unanswered) == (set(), {})
    assert proxy.lines
    assert all(f"http://{HOST}:{told.server.port}/v2/rooms" in line for line in proxy.lines)


def test_https_through_a_proxy(ca: trustme.CA, bundle: Path, proxy: Proxy, verify: Verify) -> None:
    """Credentials for the proxy go to the proxy; the provider's go through the tunnel only."""
    env = {"https_proxy": f"http://us%65r:pass@{proxy.address}"}
    told = verify(
        faithful,
        context=context_of(ca.issue_cert(HOST)),
        ca_bundle=bundle,
        env=env,
        host=HOST,
        max_requests=40,
    )

    assert (told.fails, told.unanswered) == (set(), {})
    assert set(proxy.lines) == {f"CONNECT {HOST}:{told.server.port} HTTP/1.1"}
    assert set(proxy.logins) == {"dXNlcjpwYXNz"}
    assert [head for head in proxy.heads if b"\r\nauthorization:" in head.lower()] == []
    assert [call for call in told.server.calls if "proxy-authorization" in call.headers] == []


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/", "http://localhost:1/", "http://127.1:1/", "http://[::1]:1/"]
)
def test_this_machine_is_reached_without_a_proxy(url: str, proxy: Proxy) -> None:
    environment = dict.fromkeys(("http_proxy", "HTTP_PROXY", "all_proxy"), proxy.address)
    HttpTarget(url, pauses=(), environment=environment).send(UnsentRequest("GET", "/"))

    assert proxy.lines == []


def test_a_proxy_that_does_not_let_through(
    ca: trustme.CA, bundle: Path, proxy: Proxy, verify: Verify
) -> None:
    proxy.reject = True
    told = verify(
        faithful,
        context=context_of(ca.issue_cert(HOST)),
        ca_bundle=bundle,
        env={"HTTPS_PROXY": proxy.address},
        host=HOST,
    )

    assert told.code == 3
    assert [word for word in ("proxy", "403", "NO_PROXY") if word not in told.error] == []


def test_a_proxy_of_another_kind() -> None:
    with pytest.raises(UsageError, match="socks5"):
        HttpTarget(f"https://{HOST}/", environment={"all_proxy": "socks5://127.0.0.1:1080"})


@pytest.mark.parametrize(
    "where", ["http://127.0.0.1:{port}/v2/rooms/1", "/v2/rooms/1"], ids=["another host", "a loop"]
)
def test_redirects_are_not_followed(where: str, verify: Verify, serve: Serve) -> None:
    other = serve(faithful)
    location = f"Location: {where.format(port=other.port)}"
    told = verify(
        lambda call: call.send(call.faithful(b"", location, status=307)) if call.number % 7 == 6 else False
    )

    assert other.calls == []
    # A redirect is none of the documented responses, whatever it is a response to.
    assert "response.200.status" in told.fails
    assert told.fails <= {f"response.{status}.status" for status in (200, 401, 404, 422)}
    assert told.provider["requests"] <= 92
    assert told.passes >= MANY


def test_a_server_that_only_redirects(verify: Verify) -> None:
    told = verify(
        lambda call: call.send(call.faithful(b"", "Location: https://elsewhere.example/", status=308))
    )

    assert told.code == 3
    assert "redirects to https://elsewhere.example/ (status 308), which is not followed" in told.error


def test_the_built_in_mock_is_reached_without_a_proxy(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", proxy.address)
    assert (
        HttpTarget("http://127.0.0.1:1/", pauses=()).send(UnsentRequest("GET", "/")).failure
        == "Connection refused"
    )
    assert proxy.lines == []
