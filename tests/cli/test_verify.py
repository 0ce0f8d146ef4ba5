"""`roomproof verify` as a user runs it: a provider that keeps its contract, providers that do not, and what
is reported.
"""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
from base64 import b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from starlette.types import ASGIApp

from roomproof import __version__
from roomproof.providers import find_mock

Run = Callable[..., Any]
Serve = Callable[[ASGIApp], str]
TELNYX = find_mock("telnyx")
AGAINST_TELNYX = ("verify", "telnyx", "--room-id", TELNYX.room_id)
REPORTS = ("--json", "report.json", "--junit", "report.xml", "--html", "report.html")
FEW = ("--max-examples", 0, "--max-requests", 40)
"""Enough of the plan to see a fault that is in every response."""


def read_reports(folder: Path) -> tuple[dict[str, Any], Xml.Element]:
    """Return the JSON report and the JUnit report of a run in a folder."""
    return json.loads((folder / "report.json").read_text(encoding="utf-8")), Xml.parse(
        folder / "report.xml"
    ).getroot()


def room_in(body: dict[str, Any]) -> dict[str, Any]:
    """Return the room that a response of Telnyx is about; nothing if it is about none, or many."""
    data = body.get("data")
    return data if isinstance(data, dict) else {}


def test_a_provider_that_keeps_its_contract(
    roomproof: Run, serve: Serve, tampered: Any, tmp_path: Path
) -> None:
    app = tampered(TELNYX.build())
    base_url = serve(app) + TELNYX.prefix
    done = roomproof(
        *AGAINST_TELNYX, "--base-url", base_url, "--max-examples", 5, *REPORTS, env=TELNYX.environment
    )
    assert (done.code, done.err) == (0, "")
    report, junit = read_reports(tmp_path)

    assert set(report) == {"roomproof", "report_version", "seed", "providers", "summary"}
    assert (report["roomproof"], report["report_version"], report["seed"]) == (__version__, 1, 0)
    (provider,) = report["providers"]
    assert {"provider", "target", "requests", "seconds", "clauses", "findings"} <= set(provider)
    assert (provider["provider"], provider["target"]) == ("telnyx", base_url)
    assert provider["requests"] <= len(app.seen)
    assert all(path.startswith(("/v2/rooms", "/v2/room_sessions")) for path in app.seen)
    for clause in provider["clauses"]:
        assert {"id", "operation", "level", "verdict", "cases", "source"} <= set(clause)
    for finding in provider["findings"]:
        assert {"clause", "level", "verdict", "summary", "request", "response", "curl"} <= set(finding)
    words = ("pass", "fail", "warning", "deviation", "inconclusive", "unexercised")
    assert set(report["summary"]) == {"clauses", "exercised", *words}
    assert (
        report["summary"]["clauses"]
        == len(provider["clauses"])
        == sum(report["summary"][word] for word in words)
    )
    assert report["summary"]["fail"] == 0
    assert report["summary"]["pass"] > 90

    (suite,) = junit
    assert (suite.get("name"), suite.get("failures"), suite.get("errors")) == ("telnyx", "0", "0")
    assert len(suite.findall("testcase")) == report["summary"]["clauses"]
    assert done.out.splitlines()[0].startswith(f"telnyx at {base_url}, {provider['requests']} requests in ")
    assert done.out.splitlines()[-1].startswith(f"{report['summary']['clauses']} clauses: ")
    assert "\x1b" not in done.out


def test_a_provider_that_breaks_its_contract(
    roomproof: Run, serve: Serve, tampered: Any, tmp_path: Path
) -> None:
    def wrong(_: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
        return {"data": {**room_in(body), "enable_recording": "yes"}} if room_in(body) else body

    base_url = serve(tampered(TELNYX.build(), wrong)) + TELNYX.prefix
    done = roomproof(*AGAINST_TELNYX, "--base-url", base_url, *FEW, *REPORTS, env=TELNYX.environment)
    assert done.code == 1
    report, junit = read_reports(tmp_path)
    finding = next(
        item
        for item in report["providers"][0]["findings"]
        if item["clause"].endswith("enable_recording.type")
    )
    assert (finding["verdict"], finding["level"]) == ("fail", "documented")
    assert "enable_recording" in finding["summary"]
    assert finding["response"]["body"]["data"]["enable_recording"] == "yes"
    assert finding["curl"].startswith("curl ")
    lines = [finding["curl"] for finding in report["providers"][0]["findings"]]
    assert any('-H "Authorization: Bearer $TELNYX_API_KEY"' in line for line in lines)
    assert finding["clause"] in done.out
    failures = {case.get("name"): case.find("failure") for case in junit.iter("testcase")}
    assert failures["update-room.response.data.enable_recording.type"] is not None


def test_strict_makes_warnings_of_standards_and_samples_fails(
    roomproof: Run, serve: Serve, tampered: Any
) -> None:
    def wrong(_: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
        return {"data": {**room_in(body), "created_at": "yesterday"}} if room_in(body) else body

    base_url = serve(tampered(TELNYX.build(), wrong)) + TELNYX.prefix
    words = (*AGAINST_TELNYX, "--base-url", base_url, *FEW, "--only", "telnyx.update-room.*")
    assert "fail telnyx" not in roomproof(*words, env=TELNYX.environment).out
    strict = roomproof(*words, "--strict", env=TELNYX.environment)
    assert strict.code == 1
    assert "fail telnyx.update-room.response.data.created_at.format" in strict.out


def test_a_run_that_is_cut_short(roomproof: Run, serve: Serve, tampered: Any, tmp_path: Path) -> None:
    app = tampered(TELNYX.build())
    words = (*AGAINST_TELNYX, "--base-url", serve(app) + TELNYX.prefix, "--max-requests", 7, "--seed", 42)
    done = roomproof(*words, *REPORTS, env=TELNYX.environment)
    assert done.code == 3
    report, junit = read_reports(tmp_path)
    assert (report["seed"], report["providers"][0]["requests"]) == (42, 7)
    assert "--max-requests 7" in report["providers"][0]["stopped"]
    assert junit[0].get("errors") == "1"
    assert "stopped early" in done.out
    # What the run made is taken away again, or the account fills up; the named room is put back, field by
    # field if need be.
    assert app.seen.count("/v2/rooms") == 6, "two pages of the list, and four rooms"
    assert report["providers"][0]["left_behind"] == []
    assert len(app.seen) <= 7 + 2 + 24


@pytest.mark.parametrize("provider", ["azure", "carrierx", "signalwire", "telnyx"])
def test_no_secret_is_ever_shown(
    provider: str, roomproof: Run, serve: Serve, tampered: Any, tmp_path: Path
) -> None:
    """A provider that repeats credentials wherever it can: in headers, in fields of the room, in errors."""
    mock = find_mock(provider)
    secrets = secrets_of(mock.environment)

    def telltale(sent: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
        proof = sent.get("authorization", "")
        room = body.get("data", body)
        told = {
            name: f"{proof} {secrets}"
            for name in ("name", "unique_name", "id", "createdAt", "error")
            if name in room
        }
        room = {**room, **told, "debug": [proof, *secrets], proof: 1}
        return {"data": room, "proof": proof} if "data" in body else room

    base_url = serve(tampered(mock.build(), telltale, echo=True)) + mock.prefix
    room = ("--room-id", mock.room_id) if mock.room_id else ()
    done = roomproof(
        "verify",
        provider,
        "--base-url",
        base_url,
        *room,
        *FEW,
        "--strict",
        "--verbose",
        *REPORTS,
        env=mock.environment,
    )
    assert done.code == 1
    assert read_reports(tmp_path)[0]["providers"][0]["findings"]
    shown = {"stdout": done.out, "stderr": done.err}
    shown |= {path.name: path.read_text(encoding="utf-8") for path in tmp_path.glob("report.*")}
    # The terminal breaks long lines; all but the last letters of a secret are as bad as the whole.
    leaks = [
        (name, secret)
        for name, text in shown.items()
        for secret in secrets
        if secret[:-2] in "".join(text.split())
    ]
    assert leaks == []


def secrets_of(environment: Mapping[str, str]) -> list[str]:
    """Return what may never be shown of some credentials, in every form in which it goes over the wire."""
    secrets = [
        value
        for name, value in environment.items()
        if name.endswith(("_KEY", "_TOKEN", "_PASSWORD", "_WITHOUT_SCOPE"))
    ]
    secrets += [
        value.partition("accesskey=")[2] for name, value in environment.items() if name.endswith("_STRING")
    ]
    user = next(
        (value for name, value in environment.items() if name.endswith(("_USERNAME", "_PROJECT_ID"))), None
    )
    return secrets + ([b64encode(f"{user}:{secret}".encode()).decode() for secret in secrets] if user else [])


def test_the_progress_bar_is_for_terminals_only(
    command: Path, environment: Mapping[str, str], tmp_path: Path, serve: Serve
) -> None:
    words = (*AGAINST_TELNYX, "--base-url", serve(TELNYX.build()) + TELNYX.prefix, "--max-requests", 60)
    told = {**environment, **TELNYX.environment, "TERM": "xterm-256color"}
    master, slave = pty.openpty()
    with subprocess.Popen(
        [command, *map(str, words)],
        cwd=tmp_path,
        env=told,
        stdin=subprocess.DEVNULL,
        stdout=slave,
        stderr=slave,
    ) as child:
        os.close(slave)
        shown = b""
        # Linux ends a terminal whose other side is closed with an error, others with nothing.
        try:
            while part := os.read(master, 65_536):
                shown += part
        except OSError:
            pass
        child.wait()
    os.close(master)
    assert b"\x1b[" in shown
    assert b"\xe2\x94\x81" in shown, "a bar"

    piped = subprocess.run(
        [command, *map(str, words)], cwd=tmp_path, env=told, capture_output=True, check=False
    )
    assert b"\x1b[" not in piped.stdout
    assert b"\xe2\x94\x81" not in piped.stdout
    assert piped.stderr == b""


def test_ctrl_c_ends_a_run_with_its_reports(
    command: Path, environment: Mapping[str, str], tmp_path: Path
) -> None:
    """The terminal sends the signal to every process of the run."""
    words = [str(command), "verify", "telnyx", "--rate", "5/s", "--verbose", *REPORTS]
    with subprocess.Popen(
        words,
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline(), "the first request was sent"
        os.killpg(child.pid, signal.SIGINT)
        _, err = child.communicate(timeout=20)
    assert "Traceback" not in err
    assert child.returncode == 130
    assert "Ctrl-C" in read_reports(tmp_path)[0]["providers"][0]["stopped"]


@pytest.mark.parametrize(("cache", "kept"), [("cache", True), ("/dev/null", False)])
def test_what_hypothesis_computes_once_stays_out_of_the_working_folder(
    roomproof: Run, tmp_path: Path, cache: str, kept: bool
) -> None:
    done = roomproof("verify", "telnyx", "--max-examples", 3, env={"XDG_CACHE_HOME": str(tmp_path / cache)})
    assert (done.code, done.err) == (0, "")
    assert not (tmp_path / ".hypothesis").exists()
    assert (tmp_path / "cache" / "roomproof" / "hypothesis").exists() == kept
