"""The contract's own server is the host that the contract says, whatever the environment fills its URL
with.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from roomproof.errors import UsageError
from roomproof.providers import find_contract
from roomproof.targets.server import server_url

SIGNALWIRE, AZURE = find_contract("signalwire")[0], find_contract("azure")[0]


@pytest.mark.parametrize("space", [
    "evil.example/", "evil.example/x", "a.b", "user@", "user:word@evil.example/", "a:1", "a?", "a#", "a b",
    "a%2f", "a\\", "-a", "a-",
    ".", "..", "a" * 64, "é", "a\r\nb", "{b}",
])  # fmt: skip
def test_a_variable_in_a_host_is_one_part_of_its_name(space: str) -> None:
    with pytest.raises(UsageError, match="SIGNALWIRE_SPACE fills") as told:
        server_url(SIGNALWIRE, {"SIGNALWIRE_SPACE": space})
    assert "one part of a host's name" in str(told.value)


def test_a_plain_name_fills_it() -> None:
    assert (
        server_url(SIGNALWIRE, {"SIGNALWIRE_SPACE": "My-space-1"})
        == "https://My-space-1.signalwire.com/api/video"
    )


@pytest.mark.parametrize("endpoint", [
    "https://user:word@r.example.com", "https://r.example.com?x", "https://r.example.com/#x", "r.example.com",
    "ftp://r.example.com",
    "https://r.example.com\\@evil.example", "https://", "https://r.example.com/a b",
])  # fmt: skip
def test_a_variable_that_is_the_whole_address_is_one(endpoint: str) -> None:
    with pytest.raises(UsageError, match="AZURE_COMMUNICATION_CONNECTION_STRING fills") as told:
        server_url(
            AZURE, {"AZURE_COMMUNICATION_CONNECTION_STRING": f"endpoint={endpoint};accesskey=c2VjcmV0"}
        )
    assert "c2VjcmV0" not in str(told.value)
    assert "word" not in str(told.value)


TEMPLATES = {
    "https://{host}/v1": ("rooms.example.com", ("rooms.example.com/", "a@b", "a:1", "a..b", "")),
    "https://{host}:8443/v1": ("rooms.example.com", ("a/b", "a:1")),
    "https://rooms.example.com:{port}": ("8443", ("1@evil.example", "1/", "x", "123456")),
    "https://eu-{part}-1.example.com": ("west", ("a.b", "a/", "x.evil.example/")),
    "https://rooms.example.com/{tenant}/v1": ("a.b_c~d-1", ("..", ".", "a/b", "a%2Fb", "a?b", "a#b", "@")),
}


@pytest.mark.parametrize("template", TEMPLATES)
def test_what_a_variable_is_a_part_of_says_what_it_can_be(template: str) -> None:
    good, bad = TEMPLATES[template]
    name = template.partition("{")[2].partition("}")[0]
    contract = replace(SIGNALWIRE, server=template, server_environment={name: "SIGNALWIRE_PART"})

    assert server_url(contract, {"SIGNALWIRE_PART": good}) == template.replace(f"{{{name}}}", good)
    for value in bad:
        with pytest.raises(UsageError, match="SIGNALWIRE_PART"):
            server_url(contract, {"SIGNALWIRE_PART": value})


@pytest.mark.parametrize(
    "server",
    ["https://user:word@rooms.example.com/v1", "https://user@rooms.example.com", "https://{user}@a.example"],
)
def test_a_contract_names_no_user_of_its_server(server: str) -> None:
    contract = replace(SIGNALWIRE, server=server, server_environment={"user": "SIGNALWIRE_USER"})
    with pytest.raises(UsageError, match="holds a user") as told:
        server_url(contract, {"SIGNALWIRE_USER": "a"})
    assert "word" not in str(told.value)


def test_another_machine_is_asked_by_https_only() -> None:
    with pytest.raises(UsageError, match="by https only"):
        server_url(replace(SIGNALWIRE, server="http://rooms.example.com/v1"), {})
    assert server_url(replace(SIGNALWIRE, server="http://127.0.0.1:1/v1"), {}) == "http://127.0.0.1:1/v1"


def test_an_address_that_is_no_url_is_told_in_one_sentence() -> None:
    with pytest.raises(UsageError, match=r"https://\[::1, which is no URL"):
        server_url(
            AZURE, {"AZURE_COMMUNICATION_CONNECTION_STRING": "endpoint=https://[::1;accesskey=c2VjcmV0"}
        )
