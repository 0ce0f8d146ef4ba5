"""One server may be written in many ways; a lock, and whoever asks where a journal belongs, is not to be
fooled by any.
"""

from __future__ import annotations

import pytest

from roomproof.targets.place import is_one_server

HERE = "http://127.0.0.1:8080/v2"


@pytest.mark.parametrize("other", [
    "http://localhost:8080/v2", "http://LOCALHOST:8080/v2/", "http://localhost.:8080//v2",
    "http://mock.localhost:8080/v2",
    "http://[::1]:8080/v2", "http://[0:0:0:0:0:0:0:1]:8080/v2", "http://[::ffff:127.0.0.1]:8080/v2",
    "http://127.1:8080/v2",
    "http://2130706433:8080/v2", "http://0.0.0.0:8080/v2", "HTTP://127.0.0.1:8080/v2",
])  # fmt: skip
def test_this_machine_is_one_server_however_it_is_called(other: str) -> None:
    assert is_one_server(HERE, other)
    assert is_one_server(other, HERE)


@pytest.mark.parametrize(("one", "other"), [
    ("https://api.example.com/v2", "https://API.Example.COM:443/v2/"), ("https://api.example.com",
    "https://api.example.com./"),
    ("http://api.example.com", "http://api.example.com:80"), ("https://192.0.2.1/v2",
    "https://192.0.2.1:443//v2"),
])  # fmt: skip
def test_letters_ports_and_slashes_that_mean_nothing_make_no_difference(one: str, other: str) -> None:
    assert is_one_server(one, other)


@pytest.mark.parametrize("other", [
    "http://127.0.0.1:8081/v2", "https://127.0.0.1:8080/v2", "http://127.0.0.1:8080/v3",
    "http://localhost.example.com:8080/v2",
    "http://192.0.2.1:8080/v2", "http://127.0.0.1.example.com:8080/v2", "no url", "", "http://[::1",
])  # fmt: skip
def test_another_server_is_another_server(other: str) -> None:
    assert not is_one_server(HERE, other)
