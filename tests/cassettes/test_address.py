"""However a recorder spells an address, it is one address: RFC 3986, 6.2, and RFC 9110, 4.2.3 and 7.1."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomproof.cassettes.address import addressed
from roomproof.interaction import Request

PLAIN = "https://api.example.com/v2/rooms/a-1"
HOST = (("Host", "api.example.com"),)


def spelled(url: str, headers: tuple[tuple[str, str], ...] = HOST) -> str:
    return addressed(Request("GET", url, headers)).url


@pytest.mark.parametrize(
    "url",
    [
        "https://api.example.com:443/v2/rooms/a-1", "https://API.Example.COM/v2/rooms/a-1",
        "HTTPS://api.example.com/v2/rooms/a-1",
        "https://api.example.com./v2/rooms/a-1", "https://api.example.com:/v2/rooms/a-1",
        "https://api.example.com/v2/rooms/a-1/",
        "https://api.example.com//v2/rooms/a-1", "https://api.example.com/v2//rooms///a-1",
        "https://api.example.com/v2/./rooms/x/../a-1",
        "https://api.example.com/v2/%2e%2E/v2/rooms/a-1", "https://api.example.com/v2/rooms/a%2D1",
        "https://api.example.com/%76%32/rooms/a-1",
        "https://user:word@api.example.com/v2/rooms/a-1", "https://api.example.com/v2/rooms/a-1#part",
        "GET https://api.example.com/v2/rooms/a-1",
        "http://proxy:3128/https://api.example.com/v2/rooms/a-1",
        "http://proxy:3128https://api.example.com/v2/rooms/a-1",
        "/v2/rooms/a-1", "//api.example.com/v2/rooms/a-1", "api.example.com/v2/rooms/a-1",
        " https://api.example.com/v2/rooms/a-1 ",
    ],
)  # fmt: skip
def test_every_spelling_of_an_address_is_read_as_one(url: str) -> None:
    assert spelled(url) == PLAIN


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("http://api.example.com:80/a", "http://api.example.com/a"),
        ("http://api.example.com:8080/a", "http://api.example.com:8080/a"),
        ("https://[::1]:443/a", "https://[::1]/a"),
        ("https://api.example.com/a%2fb", "https://api.example.com/a%2Fb"),
        ("https://api.example.com/a?x=http://b//c/../d", "https://api.example.com/a?x=http://b//c/../d"),
        ("https://api.example.com/rooms/%3CROOM_ID%3E", "https://api.example.com/rooms/<ROOM_ID>"),
        ("{{base_url}}/rooms/{{room_id}}", "{{base_url}}/rooms/{{room_id}}"),
        ("https://api.example.com:port/a", "https://api.example.com:port/a"),
    ],
)
def test_what_makes_a_difference_stays(url: str, read: str) -> None:
    assert spelled(url, ()) == read


@given(st.text(st.sampled_from("abAB./%2eEdD:@?#-_~{}<>[] \\"), max_size=30))
def test_a_spelling_is_found_once_and_for_all(rest: str) -> None:
    once = spelled(f"https://api.example.com/{rest}", ())
    assert spelled(once, ()) == once
