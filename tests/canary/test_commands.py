"""No command writes a secret, whatever a provider repeats: to the terminal, into a report, a recording, a regression or any other file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

PROVIDERS = ["azure", "carrierx", "signalwire", "telnyx"]
TROUBLE = {12: "header", 20: "status line", 27: "cut", 33: "redirect"}
Run = Callable[..., Any]
Leaks = Callable[..., list[str]]
Canaries = Mapping[str, Mapping[str, str]]


def asking(server: Any) -> tuple[str, ...]:
    return server.provider, "--base-url", server.base_url, *(("--room-id", server.room_id) if server.room_id else ())


@pytest.mark.parametrize("provider", PROVIDERS)
def test_verify_and_what_can_be_done_with_its_recording(provider: str, parrot: Any, ran: Run, canaries: Canaries, leaks: Leaks) -> None:
    server = parrot(provider, trouble=TROUBLE)
    bounds = ("--max-examples", 3, "--max-requests", 130)
    reports = ("--json", "report.json", "--junit", "report.xml", "--record", "tape.yaml", "--save-regressions", "--verbose")

    verified = ran("roomproof", "verify", *asking(server), *bounds, *reports, env=canaries[provider])
    replayed = ran("roomproof", "replay", "tape.yaml", "--json", "replay.json", "--junit", "replay.xml", "--verbose")
    compared = ran("roomproof", "compare", "report.json", "replay.json", "--json", "compared.json")
    checked = ran("roomproof", "replay", "--check-secrets", "tape.yaml", "cassettes/regressions", env=canaries[provider])

    report = json.loads((verified.folder / "report.json").read_bytes())
    assert verified.code == 1, verified.err
    assert any("<hidden>" in finding["received"] for finding in report["providers"][0]["findings"])
    assert list(verified.folder.glob("cassettes/regressions/*.yaml"))
    assert replayed.code == 1
    assert compared.code in (0, 1)
    assert (checked.code, checked.out) == (0, b"no secrets found\n")
    assert leaks(server.secrets(), verified, replayed, compared) == []
