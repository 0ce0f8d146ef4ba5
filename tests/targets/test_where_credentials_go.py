"""A provider's credentials go to the host that the user named for it, and nowhere else, whatever a response
or the machine says.

Servers on other ports of this machine stand for other hosts.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from roomproof.auth.basic import Basic
from roomproof.auth.bearer import Bearer
from roomproof.targets.http import HttpTarget
from roomproof.targets.target import UnsentRequest

Hosts = Callable[[], Any]

SECRET = Bearer("a-token-of-one-provider")


def sent_twice(host: Any) -> None:
    target = HttpTarget(host.origin + "/v2", pauses=())
    for _ in range(2):
        target.send(UnsentRequest("GET", "/rooms", scheme=SECRET))
    target.close()


ELSEWHERE = {
    "a redirect to another host": "307 Moved\r\nLocation: {other}/rooms",
    "a permanent redirect": "308 Moved\r\nLocation: {other}/rooms",
    "a redirect to see another": "303 See Other\r\nLocation: {other}/rooms",
    "a redirect without a scheme": "302 Found\r\nLocation: //127.0.0.1:{port}/rooms",
    "the place of what was made": (
        "201 Created\r\nLocation: {other}/rooms/1\r\nContent-Location: {other}/rooms/1"
    ),
    "the next page": '200 OK\r\nLink: <{other}/rooms?page=2>; rel="next"',
    "a reload": "200 OK\r\nRefresh: 0; url={other}/rooms",
    "another service": '200 OK\r\nAlt-Svc: h2="127.0.0.1:{port}", http/1.1="127.0.0.1:{port}"; ma=99',
    "TLS from now on": "200 OK\r\nStrict-Transport-Security: max-age=99",
    "another protocol": "200 OK\r\nUpgrade: h2c\r\nConnection: Upgrade",
    "a proxy": "305 Use Proxy\r\nLocation: {other}",
}


@pytest.mark.parametrize("response", ELSEWHERE.values(), ids=ELSEWHERE)
def test_a_response_leads_nowhere(response: str, hosts: Hosts) -> None:
    named, other = hosts(), hosts()
    named.response = response.format(other=other.origin, port=other.port)

    sent_twice(named)

    assert other.heads == []
    assert [head.splitlines()[0] for head in named.heads] == ["GET /v2/rooms HTTP/1.1"] * 2
    assert all(f"Authorization: Bearer {SECRET.token}" in head for head in named.heads)


def test_a_cookie_is_not_kept(hosts: Hosts) -> None:
    named = hosts()
    named.response = "200 OK\r\nSet-Cookie: session=1; Path=/; Domain=127.0.0.1"
    sent_twice(named)
    assert [head for head in named.heads if "cookie" in head.lower()] == []


def test_a_challenge_is_not_answered(hosts: Hosts) -> None:
    named = hosts()
    named.response = (
        '401 Unauthorized\r\nWWW-Authenticate: Digest realm="a", nonce="b"\r\nWWW-Authenticate: Negotiate'
    )
    target = HttpTarget(named.origin)
    target.send(UnsentRequest("GET", "/", scheme=Basic("user", "a-password")))
    target.close()
    assert len(named.heads) == 1


def test_a_login_that_the_machine_keeps_is_not_read(
    hosts: Hosts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (".netrc", "_netrc"):
        (tmp_path / name).write_text(
            "machine 127.0.0.1 login user password word\ndefault login user password word\n", encoding="utf-8"
        )
    (tmp_path / ".curlrc").write_text("netrc\nlocation\n", encoding="utf-8")
    for name in ("HOME", "CURL_HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    named = hosts()
    target = HttpTarget(named.origin)
    target.send(UnsentRequest("GET", "/rooms"))
    target.close()
    assert "authorization" not in named.heads[0].lower()


def test_two_providers_share_neither_credentials_nor_connections(hosts: Hosts) -> None:
    first, second = hosts(), hosts()
    targets = [HttpTarget(host.origin) for host in (first, second, first)]
    schemes = [Bearer("the-first-token"), Bearer("the-second-token"), None]
    for _ in range(2):
        for target, scheme in zip(targets, schemes, strict=True):
            target.send(UnsentRequest("GET", "/rooms", scheme=scheme))
    for target in targets:
        target.close()
    told = [
        [line for line in head.splitlines() if line.startswith("Authorization")]
        for head in (*first.heads, *second.heads)
    ]
    one, two = ["Authorization: Bearer the-first-token"], ["Authorization: Bearer the-second-token"]
    assert told == [one, [], one, [], two, two]


def test_a_proxy_of_the_environment_gets_nothing_that_is_for_this_machine(
    hosts: Hosts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither of the environment that is handed on, nor of that which curl would look into itself."""
    named, proxy = hosts(), hosts()
    environment = dict.fromkeys(
        ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"), proxy.origin.replace("//", "//user:word@")
    )
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    for known in ({}, environment):
        target = HttpTarget(named.origin, environment=known)
        target.send(UnsentRequest("GET", "/rooms", scheme=SECRET))
        target.close()
    assert proxy.heads == []
    assert len(named.heads) == 2
    assert not any("proxy-" in head.lower() or "dXNlcjp3b3Jk" in head for head in named.heads)


def test_the_login_of_a_proxy_goes_to_the_proxy_alone_and_the_providers_through_it_alone(
    hosts: Hosts,
) -> None:
    """For https a proxy gets nothing but the name of the host, until it lets through; this one does not."""
    proxy = hosts()
    proxy.response = "403 Forbidden"
    environment = {"HTTPS_PROXY": proxy.origin.replace("//", "//user:word@")}
    target = HttpTarget("https://rooms.example", environment=environment, pauses=())
    failure = target.send(UnsentRequest("GET", "/rooms", scheme=SECRET)).failure
    target.close()
    (head,) = proxy.heads
    assert head.startswith("CONNECT rooms.example:443 ")
    assert "Proxy-Authorization: Basic dXNlcjp3b3Jk" in head
    assert SECRET.token not in head
    assert "word" not in failure
