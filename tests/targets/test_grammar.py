"""Nothing that a file, a contract or a server says becomes more on the wire than the one part of the one
request that it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomproof.errors import UsageError
from roomproof.interaction import Headers
from roomproof.targets.grammar import segment, unsendable
from roomproof.targets.http import HttpTarget
from roomproof.targets.target import UnsentRequest

Hosts = Callable[[], Any]
SMUGGLED = "x\r\nContent-Length: 0\r\n\r\nDELETE /rooms/victim HTTP/1.1\r\nHost: a\r\n\r\n"
NEVER_SENT = {
    "a line break in a header's value": UnsentRequest("PATCH", "/rooms/1", headers=(("If-Match", SMUGGLED),)),
    "a line break in a header's name": UnsentRequest("PATCH", "/rooms/1", headers=(("X: y\r\nZ", "1"),)),
    "a bare line feed": UnsentRequest("PATCH", "/rooms/1", headers=(("If-Match", "a\nHost: b"),)),
    "NUL in a header": UnsentRequest("PATCH", "/rooms/1", headers=(("If-Match", "a\0b"),)),
    "a letter that no header can carry": UnsentRequest("PATCH", "/rooms/1", headers=(("If-Match", "\u65e5"),
    )),
    "a second host": UnsentRequest("PATCH", "/rooms/1", headers=(("Host", "elsewhere.example"),)),
    "a length of its own": UnsentRequest("PATCH", "/rooms/1", headers=(("content-length", "0"),), body=b"{}"),
    "another framing": UnsentRequest("PATCH", "/rooms/1", headers=(("Transfer-Encoding", "chunked"),),
    body=b"0\r\n\r\n"),
    "a header for a proxy": UnsentRequest("PATCH", "/rooms/1", headers=(("Proxy-Authorization", "Basic eA=="),
    )),
    "another address for a proxy": UnsentRequest("PATCH", "/rooms/1", headers=(("X-Forwarded-Host", "a"),)),
    "another path for a proxy": UnsentRequest("PATCH", "/rooms/1", headers=(("X-Original-URL",
    "/rooms/victim"),)),
    "another method in a header": UnsentRequest("POST", "/rooms", headers=(("X-HTTP-Method-Override",
    "DELETE"),)),
    "another method in the query": UnsentRequest("POST", "/rooms", {"_method": "DELETE"}),
    "another method in JSON": UnsentRequest("POST", "/rooms", body=b'{"\\u005fmethod": "DELETE"}'),
    "another method in a form": UnsentRequest(
        "POST", "/rooms", headers=(("Content-Type", "application/x-www-form-urlencoded"),),
        body=b"a=1&%5Fmethod=DELETE"
    ),
    "another method in parts": UnsentRequest(
        "POST", "/rooms", headers=(("Content-Type", "multipart/form-data; boundary=x"),),
        body=b'--x\r\nX: form-data; name="_method"\r\n'
    ),
    "a second request in the method": UnsentRequest("GET / HTTP/1.1\r\nHost: a\r\n\r\nDELETE", "/rooms/1"),
    "no method": UnsentRequest("", "/rooms/1"),
    "a line break in the path": UnsentRequest("PATCH", "/rooms/1 HTTP/1.1\r\nX: y"),
    "a space in the path": UnsentRequest("PATCH", "/rooms/a b"),
    "a query in the path": UnsentRequest("PATCH", "/rooms/1?x=/rooms/2"),
    "a fragment": UnsentRequest("PATCH", "/rooms/1#/rooms/2"),
    "a backslash": UnsentRequest("PATCH", "/rooms/1\\..\\2"),
    "another host in the path": UnsentRequest("GET", "@elsewhere.example/rooms/1"),
    "a longer name of the host": UnsentRequest("GET", ".elsewhere.example/rooms/1"),
    "another port": UnsentRequest("GET", ":1/rooms"),
    "an absolute form": UnsentRequest("GET", "http://elsewhere.example/rooms"),
    "an asterisk form": UnsentRequest("OPTIONS", "*"),
    "no path": UnsentRequest("GET", ""),
}  # fmt: skip


@pytest.mark.parametrize("unsent", NEVER_SENT.values(), ids=NEVER_SENT)
def test_what_is_no_part_of_one_request_is_never_sent(unsent: UnsentRequest, hosts: Hosts) -> None:
    host = hosts()
    target = HttpTarget(host.origin)
    interaction = target.send(unsent)
    target.close()

    assert interaction.response is None
    assert interaction.failure.startswith("not sent, since ")
    assert host.heads == []


AMBIGUOUS = (
    *(
        "..",
        ".",
        "%2e%2e",
        "%2E.",
        "%252e%252e",
        "..;x=1",
        "..%3B",
        "victim;mine",
        "mine%2Fvictim",
        "mine%2f..%2fvictim",
        "%5C..%5Cvictim",
    ),
    *("mine%252fvictim", "mine%25252fvictim", "mine%00", "/victim", "x/../victim"),
)


@pytest.mark.parametrize("path", AMBIGUOUS)
def test_a_path_that_servers_read_in_several_ways_changes_nothing(path: str) -> None:
    for method in ("PATCH", "PUT", "POST", "DELETE"):
        assert "in several ways" in unsendable(method, f"/rooms/{path}", {}, (), None)


@pytest.mark.parametrize(
    "room_id",
    ["1", "a room", "50%", "a;b", "\u65e5\u672c", "a@b:c", "a\r\nb", "?x", "#x", "..x", "x" * 2000, "\ud800"],
)
def test_an_id_of_any_letters_is_one_segment(room_id: str) -> None:
    path = f"/rooms/{segment(room_id)}"
    assert unsendable("PATCH", path, {}, (), None) == ""
    assert [unquote(part, errors="surrogatepass") for part in path.split("/")] == ["", "rooms", room_id]


@given(st.text())
def test_what_may_be_changed_is_the_same_room_to_everybody(room_id: str) -> None:
    path = f"/rooms/{segment(room_id)}"
    if not room_id or unsendable("DELETE", path, {}, (), None):
        return
    plain = path
    for _ in range(4):
        assert plain.count("/") == 2
        assert plain.rpartition("/")[2].partition(";")[0] not in (".", "..")
        plain = unquote(plain)


FIELD = st.text(st.characters(max_codepoint=0x2FF), max_size=12)


@given(st.lists(st.tuples(FIELD, FIELD), max_size=3))
def test_headers_stay_headers(headers: list[tuple[str, str]]) -> None:
    """Each is rejected, or a line for itself."""
    given_headers: Headers = tuple(headers)
    if unsendable("PATCH", "/rooms/1", {}, given_headers, None):
        return
    text = "".join(f"{name}: {value}\r\n" for name, value in given_headers).encode("latin-1")
    lines = text.split(b"\r\n")[:-1]
    assert [tuple(line.decode("latin-1").split(": ", 1)) for line in lines] == list(given_headers)
    assert not any(letter in text.replace(b"\r\n", b"") for letter in b"\r\n\0")


def test_odd_requests_that_http_allows_are_sent() -> None:
    """Values that a provider has to reject are what a run is about."""
    headers = (
        ("Content-Type", "text/plain; charset=\xe9"),
        ("Repeatability-First-Sent", "yesterday"),
        ("X-Empty", ""),
    )
    assert (
        unsendable(
            "PATCH",
            "/rooms/%0A%1B",
            {"api-version": "1999\r\n", "": "\0"},
            headers,
            b'{"name": "\\ud800", "method": 1',
        )
        == ""
    )


def test_a_query_is_encoded_whatever_stands_in_it(hosts: Hosts) -> None:
    host = hosts()
    target = HttpTarget(host.origin)
    target.send(UnsentRequest("GET", "/rooms", {"a\r\nX: y": "1&b=2#\ud800 HTTP/1.1"}))
    target.close()
    assert (
        host.heads[0].splitlines()[0] == "GET /rooms?a%0D%0AX%3A+y=1%26b%3D2%23%ED%A0%80+HTTP%2F1.1 HTTP/1.1"
    )


@pytest.mark.parametrize("url", [
    "http://127.0.0.1:1/v2?", "http://127.0.0.1:1/v2#", "http://127.0.0.1:1\\@elsewhere.example",
    "http://127.0.0.1:1/v2\\x",
    "http://user:word@127.0.0.1:1", "http://user@127.0.0.1:1", "http://@127.0.0.1:1", "http://a,b/",
    "http://a%2fb/", "http://a:b/",
    "http://127.0.0.1:1/v2\r\nHost: a", "ftp://127.0.0.1", "file:///etc/passwd", "//127.0.0.1", "http://[::1",
    "http:///v2",
])  # fmt: skip
def test_a_base_url_is_one_server_and_no_more(url: str) -> None:
    with pytest.raises(UsageError, match="--base-url") as told:
        HttpTarget(url)
    assert "word" not in str(told.value)
