"""Whether other plugins let a run use the network. libcurl opens its connections past them, so they are asked
first.
"""

from __future__ import annotations

import re
import socket
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

import pytest

_LOCALHOST = ("localhost", "127.0.0.1", "::1")


def forbidden(config: pytest.Config, url: str) -> str:
    """Return in a sentence which plugin keeps requests from a server, and how to allow them; empty if none
    does.

    pytest-socket: `--disable-socket` closes loopback, too, `--allow-hosts` opens hosts, and closes all
    others. pytest-recording: `--block-network` is about the network, which loopback is not, `--allowed-hosts`
    are patterns.
    """
    host = urlsplit(url).hostname or ""
    return _of_pytest_socket(config, host) or _of_pytest_recording(config, host)


def _of_pytest_socket(config: pytest.Config, host: str) -> str:
    if config.getoption("--force-enable-socket", False):
        return ""
    allowed = config.getoption("--allow-hosts", None)
    if allowed:
        if any(_is_named(host, entry.strip()) for entry in allowed.split(",")):
            return ""
        return f"sockets to {host} are closed by pytest-socket: name it in --allow-hosts to have it tested"
    if config.getoption("--disable-socket", False) or socket.socket.__module__ == "pytest_socket":
        return f"sockets are disabled by pytest-socket: --allow-hosts={host} has {host} tested all the same"
    return ""


def _is_named(host: str, entry: str) -> bool:
    """Whether an entry of `--allow-hosts` names a host: a name, an address or a network. No name is looked
    up.
    """
    if host == entry or (host in _LOCALHOST and entry in _LOCALHOST):
        return True
    try:
        return ip_address(host) in ip_network(entry, strict=False)
    except ValueError:
        return False


def _of_pytest_recording(config: pytest.Config, host: str) -> str:
    if host in _LOCALHOST or not config.getoption("--block-network", False):
        return ""
    allowed = config.getoption("--allowed-hosts", None) or ""
    if any(re.match(pattern, host) for pattern in allowed.split(",") if pattern):
        return ""
    return (
        f"the network is closed by pytest-recording's --block-network: --allowed-hosts={host} has "
        f"{host} tested all the same"
    )
