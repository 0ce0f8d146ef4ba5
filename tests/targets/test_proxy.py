"""A proxy is used where curl uses it, and its password goes to it and is shown to nobody."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from roomproof.errors import UsageError
from roomproof.targets.http import HttpTarget
from roomproof.targets.proxy import Proxy, proxy_of, proxy_secrets
from roomproof.targets.target import UnsentRequest

HTTP, HTTPS = "http://rooms.example", "https://rooms.example"
A, B = "http://a.example:3128", "http://b.example:3128"


@pytest.mark.parametrize(("url", "environment", "found"), [
    (HTTP, {"http_proxy": A}, A),
    (HTTP, {"HTTP_PROXY": A}, None),
    (HTTP, {"HTTP_PROXY": "what the header Proxy of a request said"}, None),
    (HTTP, {"Http_Proxy": A}, None),
    (HTTP, {"https_proxy": A}, None),
    (HTTP, {"ALL_PROXY": A}, A),
    (HTTP, {"all_proxy": A, "ALL_PROXY": B}, A),
    (HTTP, {"http_proxy": A, "all_proxy": B}, A),
    (HTTP, {"http_proxy": "", "all_proxy": B}, B),
    (HTTPS, {"https_proxy": A, "HTTPS_PROXY": B}, A),
    (HTTPS, {"https_proxy": "", "HTTPS_PROXY": B}, B),
    (HTTPS, {"HTTPS_PROXY": A}, A),
    (HTTPS, {"http_proxy": A}, None),
    (HTTPS, {"https_proxy": "a.example:3128"}, A),
    (HTTPS, {}, None),
])  # fmt: skip
def test_which_variable_counts(url: str, environment: Mapping[str, str], found: str | None) -> None:
    proxy = proxy_of(url, environment)
    assert (proxy and proxy.url) == found


@pytest.mark.parametrize(("host", "listed", "exempt"), [
    ("rooms.example", "rooms.example", True), ("rooms.example", "*", True), ("rooms.example",
    "other.example, rooms.example", True),
    ("rooms.example", "other.example rooms.example", True), ("ROOMS.example", "rooms.EXAMPLE", True),
    ("rooms.example", ".example", True),
    ("rooms.example", "example", True), ("rooms.example.", "rooms.example", True), ("rooms.example",
    "ms.example", False),
    ("rooms.example", "", False), ("rooms.example", "*.example", False), ("10.1.2.3", "10.0.0.0/8", True),
    ("10.1.2.3", "10.1.2.3", True),
    ("10.1.2.3", "1.2.3", False), ("10.1.2.3", "11.0.0.0/8", False), ("[2001:db8::1]", "2001:db8::/32", True),
])  # fmt: skip
@pytest.mark.parametrize("name", ["no_proxy", "NO_PROXY"])
def test_which_hosts_are_reached_without(name: str, host: str, listed: str, exempt: bool) -> None:
    assert (proxy_of(f"https://{host}/v1", {"HTTPS_PROXY": A, name: listed}) is None) is exempt


def test_the_lower_case_of_no_proxy_counts_first() -> None:
    assert proxy_of(HTTPS, {"HTTPS_PROXY": A, "no_proxy": "other.example", "NO_PROXY": "*"}) is not None


LOOPBACK = (
    *(
        "http://localhost",
        "https://LOCALHOST:1",
        "http://a.localhost",
        "http://localhost.",
        "http://127.0.0.1",
        "http://127.255.0.9",
    ),
    *("http://127.1", "http://2130706433", "http://0x7f.1", "http://[::1]", "https://[::ffff:127.0.0.1]"),
)


@pytest.mark.parametrize("url", LOOPBACK)
def test_this_machine_is_never_asked_for_through_a_proxy(url: str) -> None:
    assert proxy_of(url, dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), A)) is None


@pytest.mark.parametrize("value", [
    "http://user:word@[bad", "http://user:word@", "http://user:word@a.example:99999",
    "http://user:word@a.example:x",
    "http://user:word@a.example:0", "user:word@a b", "http://user:word@a.example?x", "http://", "://",
    "http://user:wo%0Ard@a.example",
])  # fmt: skip
def test_a_proxy_that_is_none_is_told_by_its_variable_alone(value: str) -> None:
    with pytest.raises(UsageError, match="HTTPS_PROXY is no address of a proxy") as told:
        HttpTarget(HTTPS, environment={"HTTPS_PROXY": value})
    assert "word" not in str(told.value)
    assert HttpTarget("https://127.0.0.1", environment={"HTTPS_PROXY": value})
    assert HttpTarget(HTTPS, environment={"HTTPS_PROXY": value, "NO_PROXY": "*"})


def test_user_and_password_stand_apart_from_the_address() -> None:
    assert proxy_of(HTTPS, {"HTTPS_PROXY": "http://us%65r:p%40ss%3A@a.example:3128/"}) == Proxy(
        A, ("user", "p@ss:")
    )


def test_what_curl_says_of_a_proxy_holds_no_password() -> None:
    environment = {"HTTPS_PROXY": "http://user:a-secret-word@proxy.invalid:1"}
    target = HttpTarget(HTTPS, environment=environment, pauses=())
    failure = target.send(UnsentRequest("GET", "/")).failure
    target.close()
    assert "proxy" in failure
    assert "a-secret-word" not in failure
    assert {"a-secret-word", "user:a-secret-word", "dXNlcjphLXNlY3JldC13b3Jk"} <= {
        *proxy_secrets(environment)
    }


def test_every_way_in_which_a_password_travels_is_a_secret() -> None:
    found = {*proxy_secrets({"ALL_PROXY": "us%65r:p%40ss-word@a.example"})}
    assert {"p%40ss-word", "p@ss-word", "user:p@ss-word"} <= found
    assert {*proxy_secrets({"http_proxy": A, "HTTPS_PROXY": "", "no_proxy": "*"})} == set()


def test_a_password_whose_bytes_are_no_text_is_sent_as_it_is() -> None:
    HttpTarget(HTTPS, environment={"HTTPS_PROXY": "http://user:p\udcff@proxy.invalid:1"}).close()
