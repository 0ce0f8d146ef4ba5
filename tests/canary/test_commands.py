"""No command writes a secret, whatever a provider repeats: to the terminal, into a report, a recording, a
regression or any other file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

PROVIDERS = ["azure", "carrierx", "signalwire", "telnyx"]
TROUBLE = {12: "header", 20: "status line", 27: "cut", 33: "redirect"}
Run = Callable[..., Any]
Leaks = Callable[..., list[str]]
Canaries = Mapping[str, Mapping[str, str]]


def asking(server: Any) -> tuple[str, ...]:
    return (
        server.provider,
        "--base-url",
        server.base_url,
        *(("--room-id", server.room_id) if server.room_id else ()),
    )


@pytest.mark.parametrize("provider", PROVIDERS)
def test_verify_and_what_can_be_done_with_its_recording(
    provider: str, parrot: Any, ran: Run, canaries: Canaries, leaks: Leaks
) -> None:
    server = parrot(provider, trouble=TROUBLE)
    # A run this short hears of one operation only, of which a sample may be all that there is.
    bounds = ("--strict", "--max-examples", 3, "--max-requests", 130)
    reports = (
        "--json",
        "report.json",
        "--junit",
        "report.xml",
        "--record",
        "tape.yaml",
        "--save-regressions",
        "--verbose",
    )

    verified = ran("roomproof", "verify", *asking(server), *bounds, *reports, env=canaries[provider])
    replayed = ran(
        "roomproof",
        "replay",
        "tape.yaml",
        "--strict",
        "--json",
        "replay.json",
        "--junit",
        "replay.xml",
        "--verbose",
    )
    compared = ran("roomproof", "compare", "report.json", "replay.json", "--json", "compared.json")
    checked = ran(
        "roomproof", "replay", "--check-secrets", "tape.yaml", "cassettes/regressions", env=canaries[provider]
    )

    report = json.loads((verified.folder / "report.json").read_bytes())
    assert verified.code == 1, verified.err
    assert any("<hidden>" in finding["received"] for finding in report["providers"][0]["findings"])
    assert list(verified.folder.glob("cassettes/regressions/*.yaml"))
    assert replayed.code == 1
    assert compared.code in (0, 1)
    assert (checked.code, checked.out) == (0, b"no secrets found\n")
    assert leaks(server.secrets(), verified, replayed, compared) == []


@pytest.mark.parametrize("provider", ["azure", "carrierx"])
def test_probe(provider: str, parrot: Any, ran: Run, canaries: Canaries, leaks: Leaks) -> None:
    server = parrot(provider, trouble=TROUBLE)

    probed = ran(
        "roomproof",
        "probe",
        *asking(server),
        "--max-requests",
        40,
        "--json",
        "p.json",
        "--record",
        "p",
        env=canaries[provider],
    )

    assert (probed.folder / "p.json").exists(), probed.err
    assert leaks(server.secrets(), probed) == []


@pytest.mark.parametrize("trouble", ["redirect", "status line", "header"])
def test_what_is_said_of_a_first_response_that_ends_the_run(
    trouble: str, parrot: Any, ran: Run, canaries: Canaries, leaks: Leaks
) -> None:
    server = parrot("telnyx", trouble=dict.fromkeys(range(1, 4), trouble))
    reports = ("--max-requests", 3, "--json", "r.json", "--junit", "r.xml")

    ended = ran("roomproof", "verify", *asking(server), *reports, env=canaries["telnyx"])

    assert ended.code == 3
    assert b"Traceback" not in ended.err
    assert leaks(server.secrets(), ended) == []


def test_what_is_said_of_a_provider_that_stops_answering(
    parrot: Any, ran: Run, canaries: Canaries, leaks: Leaks
) -> None:
    server = parrot("signalwire", dead_after=10)

    ended = ran(
        "roomproof",
        "verify",
        *asking(server),
        "--json",
        "r.json",
        "--junit",
        "r.xml",
        env=canaries["signalwire"],
    )

    assert (
        "stopped answering" in json.loads((ended.folder / "r.json").read_bytes())["providers"][0]["stopped"]
    )
    assert leaks(server.secrets(), ended) == []


PLUGIN = """
import logging, pytest
from roomproof.judge.judge import Judge
from roomproof.engine import session

{defect}
"""
DEFECT = """
whole, judged = Judge.see, []

def broken(self, interaction):
    judged.append(interaction)
    if len(judged) == 20:
        raise RuntimeError(f"a defect at {interaction}")
    return whole(self, interaction)

Judge.see = broken
"""
LOUD = (
    "-x",
    "-vv",
    "-l",
    "--tb=long",
    "-rA",
    "--junitxml=j.xml",
    "-o",
    "log_cli=true",
    "-o",
    "log_cli_level=DEBUG",
)


@pytest.mark.parametrize("defect", ["", DEFECT], ids=["right", "with a defect of ours"])
def test_pytest(defect: str, parrot: Any, ran: Run, canaries: Canaries, leaks: Leaks, tmp_path: Path) -> None:
    server = parrot("carrierx", trouble=TROUBLE)
    (tmp_path / "conftest.py").write_text(PLUGIN.format(defect=defect) + SHORT_RUN)
    ask = (
        "--provider=carrierx",
        f"--base-url={server.base_url}",
        f"--room-id={server.room_id}",
        "-p",
        "no:schemathesis",
    )

    done = ran("pytest", *ask, *LOUD, env=canaries["carrierx"])

    assert done.code == 1
    assert (b"a defect at" in done.out) == bool(defect)
    assert leaks(server.secrets(), done) == []


SHORT_RUN = """
options = session.Options.__init__
session.Options.__init__ = lambda self, *given, **named: options(self, max_examples=1, max_requests=120)
"""


def test_fuzz(parrot: Any, ran: Run, canaries: Canaries, leaks: Leaks) -> None:
    server = parrot("telnyx")
    bounds = ("--max-examples", 0, "--fuzz", 3, "--max-requests", 400, "--json", "r.json")

    fuzzed = ran("roomproof", "verify", *asking(server), *bounds, env=canaries["telnyx"])

    assert fuzzed.code == 1, fuzzed.err
    assert leaks(server.secrets(), fuzzed) == []
