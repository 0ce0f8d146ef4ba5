"""Prism before a server that plays recorded responses, for benchmarks/peers.py."""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from roomproof.targets.serve import LOOPBACK

_NUMBER = "x-exchange"
_ALONE = ("content-length", "transfer-encoding", "connection", "keep-alive", "date", "server")
"""Headers that belong to a connection, or that the playing server writes itself."""

Through = Callable[[Path], tuple[float, frozenset[str]]]


class _Player(BaseHTTPRequestHandler):
    """Answer a request with the recorded response whose number it carries."""

    protocol_version = "HTTP/1.1"
    # Otherwise head and body go out apart, and the second waits 40 ms for an acknowledgement.
    disable_nagle_algorithm = True
    wbufsize = -1
    exchanges: list[dict[str, Any]]

    def handle_one_request(self) -> None:
        """Take any method."""
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        self.rfile.read(int(self.headers.get("content-length") or 0))
        # Prism sends again what the client has given up, perhaps when the next recording is played.
        if int(self.headers.get(_NUMBER) or len(self.exchanges)) >= len(self.exchanges):
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()
            return
        one = self.exchanges[int(self.headers[_NUMBER])]
        body = (one["response_body"] or "").encode("utf-8", "surrogateescape")
        self.send_response_only(one["status"])
        for name, value in one["response_headers"]:
            if name.lower() not in _ALONE:
                self.send_header(name, value)
        if one["status"] not in (204, 304):
            self.send_header("content-length", str(len(body)))
        self.end_headers()
        if one["status"] not in (204, 304) and one["method"] != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()


@contextmanager
def proxied(program: str, contract: Path, prefix: str) -> Iterator[Through]:
    """Serve while the context lasts; what it yields sends a file of exchanges and returns the CPU seconds of
    Prism's process, and the kinds of violation that it told.

    The server behind Prism has the prefix of the contract's server in its URL, as Prism leaves that out.
    """
    player = type("Player", (_Player,), {"exchanges": []})
    behind = ThreadingHTTPServer((LOOPBACK, 0), player)
    behind.daemon_threads = True
    threading.Thread(target=behind.serve_forever, daemon=True).start()
    port = _free_port()
    upstream = f"http://{LOOPBACK}:{behind.server_port}{prefix}"
    command = [program, "proxy", str(contract), upstream, "--port", str(port), "--verboseLevel", "silent"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        try:
            _wait(port)

            def through(path: Path) -> tuple[float, frozenset[str]]:
                player.exchanges = json.loads(path.read_text(encoding="utf-8"))  # type: ignore[attr-defined]
                before = _cpu(child.pid)
                found = _sent(port, prefix, player.exchanges)  # type: ignore[attr-defined]
                return _cpu(child.pid) - before, frozenset(found)

            yield through
        finally:
            child.terminate()
            child.wait(timeout=10)
            behind.shutdown()


def _sent(port: int, prefix: str, exchanges: list[dict[str, Any]]) -> set[str]:
    """Send exchanges over one connection and return what Prism said of them."""
    found: set[str] = set()
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=2)
    for number, one in enumerate(exchanges):
        at = urlsplit(one["url"])
        target = (at.path.removeprefix(prefix) or "/") + (f"?{at.query}" if at.query else "")
        headers = {name: value for name, value in one["headers"] if name.lower() not in _ALONE}
        headers |= {_NUMBER: str(number), "host": f"{LOOPBACK}:{port}"}
        body = None if one["body"] is None else one["body"].encode("utf-8", "surrogateescape")
        place = f"{one['place']} {one['status']}"
        try:
            connection.request(one["method"], target, body, headers)
            response = connection.getresponse()
            response.read()
        except (http.client.HTTPException, OSError) as error:
            found.add(f"{place} not proxied: {type(error).__name__}")
            connection.close()
            continue
        found |= _told(response, one["status"], place)
    connection.close()
    return found


def _told(response: http.client.HTTPResponse, status: int, place: str) -> set[str]:
    """Return the violations that Prism tells in a header, those of a request only if it was accepted."""
    text = response.headers.get("sl-violations")
    if text is None:
        # Prism's own answer in place of the recorded one: it could not be proxied.
        return set() if response.status == status else {f"{place} answered {response.status} by Prism"}
    found = set()
    for one in json.loads(text):
        steps = [re.sub(r"^\d+$", "*", str(step)) for step in one["location"]]
        of_request = steps[:1] == ["request"]
        said = re.sub(r"\d+|\"[^\"]*\"", "*", one.get("message", ""))[:80]
        kind = f"{'.'.join(steps)} {one.get('code', '')} {said}"
        if not of_request:
            found.add(f"{place} {kind}")
        elif status < 300:
            found.add(f"{place} accepted: {kind}")
    return found


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind((LOOPBACK, 0))
        port: int = asked.getsockname()[1]
        return port


def _wait(port: int, seconds: float = 30) -> None:
    """Wait until a port answers."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with socket.socket() as asked:
            if asked.connect_ex((LOOPBACK, port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"nothing answers at port {port}")


def _cpu(process: int) -> float:
    """Return the CPU seconds that a process has used (proc(5), /proc/PID/stat, utime and stime)."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
