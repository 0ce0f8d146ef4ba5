"""Ctrl-C at any moment: exit 130, and the reports hold what is known by then."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from roomproof.providers import find_mock

Serve = Callable[..., Any]
TELNYX = find_mock("telnyx")


def asked_to_wait(call: Any) -> None:
    call.send(call.faithful(b"", "Retry-After: 60", status=429))


def in_a_dripping_body(call: Any) -> None:
    call.send(b"HTTP/1.1 200 X\r\nContent-Length: 100000\r\n\r\n")
    for _ in range(200):
        call.send(b"x")
        time.sleep(0.05)


def in_silence(_: Any) -> None:
    time.sleep(10)


def in_dripping_headers(call: Any) -> None:
    for byte in call.faithful():
        call.send(bytes([byte]))
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("moment", "number"), [(asked_to_wait, 40), (in_a_dripping_body, 40), (in_silence, 40),
    (in_dripping_headers, 40), (in_silence, 950)],
    ids=["retry-after", "body", "silence", "headers", "in a sequence"],
)  # fmt: skip
def test_ctrl_c(moment: Callable[[Any], Any], number: int, serve: Serve, tmp_path: Path) -> None:
    reached = threading.Event()

    def behaviour(call: Any) -> Any:
        if call.number != number:
            return False
        reached.set()
        return moment(call)

    words = [
        "verify",
        "telnyx",
        "--base-url",
        serve(behaviour).base_url,
        "--room-id",
        str(TELNYX.room_id),
        "--only",
        "telnyx.update-room.*",
        "--json",
        "report.json",
    ]
    run = [sys.executable, "-c", "from roomproof.cli import main; main()", *words]
    with subprocess.Popen(
        run,
        cwd=tmp_path,
        env={**os.environ, **TELNYX.environment},
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as child:
        assert reached.wait(30)
        time.sleep(0.2)
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=20)

    assert child.returncode == 130
    assert b"Traceback" not in err
    (provider,) = json.loads((tmp_path / "report.json").read_text())["providers"]
    assert "Ctrl-C" in provider["stopped"]
    assert number - 1 <= provider["requests"] <= number
    assert [clause for clause in provider["clauses"] if clause["verdict"] == "pass"]
