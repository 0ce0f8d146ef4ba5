"""What goes wrong on the user's side: one line that says what to do, the right exit code, and the reports all
the same.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from starlette.types import ASGIApp

from roomproof.providers import bundled, find_mock

Run = Callable[..., Any]
TELNYX = find_mock("telnyx")
KEY = dict(TELNYX.environment)
REPORTS = ("--json", "report.json", "--junit", "report.xml")
NOWHERE = "http://127.0.0.1:9/v2"
"""Port 9 (discard) is closed on any machine that this runs on."""


def require_one_line(done: Any, code: int, *words: str) -> None:
    """The exit code is right, and the error is one printable line with all of the words."""
    assert done.code == code, done
    *told, line = done.err.splitlines()
    assert told == [] or told[0].endswith(".invalid"), (
        "before a server is asked that is not of this machine, there is a summary"
    )
    assert line.startswith("roomproof: ")
    assert line.isprintable()
    assert [word for word in words if word not in line] == [], line


def require_reports(folder: Path, provider: str, why: str) -> None:
    """Both reports are there, about the provider, and say why there is nothing in them."""
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    (entry,) = report["providers"]
    assert (entry["provider"], entry["findings"]) == (provider, [])
    assert why in entry["stopped"]
    assert report["summary"]["fail"] == report["summary"]["pass"] == 0
    suite = Xml.parse(folder / "report.xml").getroot()[0]
    assert (suite.get("name"), suite.get("errors")) == (provider, "1")


@pytest.mark.parametrize(
    ("words", "env", "code", "message"),
    [
        (
            ("verify", "telnix"),
            {},
            2,
            ("'telnix'", "did you mean 'telnyx'?", "azure, carrierx, signalwire, telnyx"),
        ),
        (
            ("verify", "telnyx", "--base-url", NOWHERE, "--room-id", "1"),
            {},
            2,
            ("TELNYX_API_KEY", "environment"),
        ),
        (
            ("verify", "carrierx", "--base-url", NOWHERE, "--room-id", "1"),
            {},
            2,
            ("CARRIERX_USERNAME, CARRIERX_PASSWORD",),
        ),
        (
            ("verify", "azure", "--base-url", NOWHERE),
            {"AZURE_COMMUNICATION_CONNECTION_STRING": "endpoint=https://x.example/"},
            2,
            ("AZURE_COMMUNICATION_CONNECTION_STRING", "accesskey=", "endpoint="),
        ),
        (
            ("verify", "azure", "--base-url", NOWHERE),
            {"AZURE_COMMUNICATION_CONNECTION_STRING": "endpoint=https://x.example/;accesskey="},
            2,
            ("AZURE_COMMUNICATION_CONNECTION_STRING", "is empty"),
        ),
        (
            ("verify", "telnyx", "--base-url", f"{NOWHERE}/v2?x=1", "--room-id", "1"),
            KEY,
            2,
            ("--base-url", "a query"),
        ),
        (
            ("verify", "carrierx", "--base-url", NOWHERE),
            {"CARRIERX_USERNAME": "a-user", "CARRIERX_PASSWORD": "a-password"},
            2,
            ("--room-id",),
        ),
        (
            ("verify", "telnyx", "--base-url", NOWHERE, "--room-id", ".."),
            KEY,
            2,
            ("--room-id ..", "no id that a path can name"),
        ),
        (
            ("verify", "telnyx", "--base-url", NOWHERE, "--room-id", "a/../b"),
            KEY,
            2,
            ("--room-id a/../b", "no id that a path"),
        ),
        (
            ("verify", "telnyx", "--base-url", NOWHERE, "--room-id", "1"),
            KEY,
            3,
            (NOWHERE, "Connection refused", "is the server running"),
        ),
        (
            ("verify", "telnyx", "--base-url", "no.such.host.invalid/v2", "--room-id", "1"),
            KEY,
            2,
            ("--base-url", "https://"),
        ),
        (
            ("verify", "telnyx", "--base-url", "ftp://127.0.0.1/", "--room-id", "1"),
            KEY,
            2,
            ("--base-url", "https://"),
        ),
        (
            ("verify", "telnyx", "--base-url", "http://me:mine@127.0.0.1/", "--room-id", "1"),
            KEY,
            2,
            ("--base-url", "environment"),
        ),
        (
            ("verify", "telnyx", "--base-url", "http://no.such.host.invalid", "--room-id", "1"),
            KEY,
            3,
            ("no.such.host.invalid",),
        ),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) and value[:1] == ("verify",) else "",
)
def test_set_up_that_cannot_work(
    words: tuple[str, ...],
    env: dict[str, str],
    code: int,
    message: tuple[str, ...],
    roomproof: Run,
    tmp_path: Path,
) -> None:
    require_one_line(roomproof(*words, *REPORTS, env=env), code, *message)
    require_reports(tmp_path, words[1], message[0])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("verify", "telnyx", "azure", "--base-url", NOWHERE), ("--base-url", "one provider")),
        (("verify", "--base-url", NOWHERE), ("--base-url", "one provider")),
        (("verify", "telnyx", "--room-id", "1"), ("--room-id", "--base-url", "--live")),
        (("verify", "telnyx", "--rate", "fast"), ("--rate 'fast'", "5/s")),
        (("verify", "telnyx", "--rate", "0"), ("--rate '0'", "more than 0")),
        (("verify", "telnyx", "--rate", "nan"), ("--rate 'nan'",)),
        (("verify", "telnyx", "--max-examples", "many"), ("--max-examples",)),
        (("verify", "telnyx", "--max-requests", "0"), ("--max-requests",)),
        (("verify", "telnyx", "--bogus"), ("--bogus",)),
        (("verify", "telnyx", "--contracts", "nowhere"), ("nowhere", "PROVIDER/openapi.yaml")),
        (("clauses", "telnix"), ("did you mean 'telnyx'?",)),
        (("mock", "telnix"), ("did you mean 'telnyx'?",)),
        (("mock",), ("PROVIDER",)),
        (("bogus",), ("bogus",)),
        (("init", "Not A Name"), ("lower-case",)),
    ],
    ids=lambda value: " ".join(value),
)
def test_wrong_usage(words: tuple[str, ...], message: tuple[str, ...], inside: Run) -> None:
    require_one_line(inside(*words), 2, *message)


@pytest.mark.parametrize(
    "response",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        bytes(range(256)) * 4,
        b"",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{}",
    ],
    ids=["ssh", "every byte", "nothing", "no status", "no gzip", "too short"],
)
def test_a_server_that_does_not_speak_http(
    response: bytes, inside: Run, response_bytes: Callable[[bytes], str], tmp_path: Path
) -> None:
    origin = response_bytes(response)
    done = inside("verify", "telnyx", "--base-url", origin, "--room-id", "1", *REPORTS, env=KEY)
    require_one_line(done, 3, origin, "HTTP")
    require_reports(tmp_path, "telnyx", origin)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (
            "301 Moved Permanently\r\nLocation: https://elsewhere.example/v2",
            ("elsewhere.example", "--base-url"),
        ),
        ("401 Unauthorized", ("401", "TELNYX_API_KEY")),
        ("403 Forbidden", ("403", "TELNYX_API_KEY")),
        ("404 Not Found", ("404", "--room-id", "--base-url")),
    ],
    ids=lambda value: value[:3] if isinstance(value, str) else "",
)
def test_a_server_that_never_lets_in(
    status: str, words: tuple[str, ...], inside: Run, response_bytes: Callable[[bytes], str], tmp_path: Path
) -> None:
    """Nothing was tested, so the run must not end as if all were well."""
    origin = response_bytes(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
    done = inside(
        "verify", "telnyx", "--base-url", origin, "--room-id", "1", "--max-examples", 0, *REPORTS, env=KEY
    )
    require_one_line(done, 3, *words)
    require_reports(tmp_path, "telnyx", words[0])


def test_rejected_credentials(roomproof: Run, serve: Callable[[ASGIApp], str], tmp_path: Path) -> None:
    base_url = serve(TELNYX.build()) + TELNYX.prefix
    words = ("verify", "telnyx", "--base-url", base_url, "--room-id", TELNYX.room_id, *REPORTS)
    done = roomproof(*words, env={"TELNYX_API_KEY": "a-wrong-key"})
    require_one_line(done, 3, "credentials", "401", "TELNYX_API_KEY")
    assert "a-wrong-key" not in done.err
    require_reports(tmp_path, "telnyx", "401")


def test_a_room_that_does_not_exist(roomproof: Run, serve: Callable[[ASGIApp], str], tmp_path: Path) -> None:
    base_url = serve(TELNYX.build()) + TELNYX.prefix
    words = (
        "verify",
        "telnyx",
        "--base-url",
        base_url,
        "--room-id",
        "0b1c2d3e-0000-4000-8000-000000000000",
        *REPORTS,
    )
    require_one_line(
        roomproof(*words, env=KEY), 3, "no room 0b1c2d3e-0000-4000-8000-000000000000", "404", "--room-id"
    )
    require_reports(tmp_path, "telnyx", "no room")


BROKEN = {
    "bad YAML": ("openapi: 3.1.0", "openapi: [3.1.0", "YAML"),
    "no OpenAPI": ("openapi: 3.1.0", "swagger: 2", "Swagger 2.0"),
    "unknown keyword": ("maximum: 50", "maximun: 50", "'maximun'"),
    "keyword of a wrong type": ("minimum: 2", "minimum: two", "minimum"),
    "unknown type": ("type: integer", "type: interger", "interger"),
    "pattern that is no regular expression": ("format: uri", 'pattern: "(["', "pattern"),
    "unknown rule": ("rule: echo", "rule: ecko", "'ecko'"),
    "unknown level": ("level: sample", "level: smaple", "'sample'"),
    "no success": ('"200":', '"499":', "2xx"),
    "a reference to nothing": ("schemas/UpdateRoom", "schemas/Nope", "schemas/Nope"),
    "credentials without a token": ("token: TELNYX_API_KEY", "tokn: TELNYX_API_KEY", "token"),
    "unknown scheme of credentials": ("scheme: bearer", "scheme: digest", "'digest'"),
    "another provider's name": ("x-provider: telnyx", "x-provider: somebody", "x-provider"),
    "a room parameter that no path has": ("{parameter: room_id", "{parameter: room", "x-resource"),
}


@pytest.mark.parametrize(("old", "new", "word"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_contract(old: str, new: str, word: str, inside: Run, tmp_path: Path) -> None:
    text = (bundled("contracts") / "telnyx" / "openapi.yaml").read_text(encoding="utf-8")
    assert old in text
    folder = tmp_path / "mine" / "telnyx"
    folder.mkdir(parents=True)
    (folder / "openapi.yaml").write_text(text.replace(old, new), encoding="utf-8")
    done = inside("verify", "telnyx", "--contracts", "mine", "--max-requests", 20, *REPORTS)
    require_one_line(done, 2, "openapi.yaml", word)
    require_reports(tmp_path, "telnyx", "openapi.yaml")


def test_broken_deviations(inside: Run, tmp_path: Path) -> None:
    folder = tmp_path / "mine" / "telnyx"
    folder.mkdir(parents=True)
    (folder / "openapi.yaml").write_bytes((bundled("contracts") / "telnyx" / "openapi.yaml").read_bytes())
    (folder / "deviations.yaml").write_text(
        "- {clause: telnyx.update-room.request.body.required}\n", encoding="utf-8"
    )
    done = inside("verify", "telnyx", "--contracts", "mine", "--max-requests", 20, *REPORTS)
    require_one_line(done, 2, "deviations.yaml, entry 1", "reason")
    require_reports(tmp_path, "telnyx", "deviations.yaml")


def test_a_report_that_cannot_be_written(roomproof: Run, tmp_path: Path) -> None:
    """The other report is written and the findings are shown: a run against a live provider is not to be
    lost.
    """
    done = roomproof("verify", "telnyx", "--max-requests", 20, "--json", tmp_path, "--junit", "report.xml")
    require_one_line(done, 2, str(tmp_path), "cannot be written")
    assert (tmp_path / "report.xml").is_file()


def test_a_port_in_use(roomproof: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        require_one_line(roomproof("mock", "telnyx", "--port", port), 2, f"127.0.0.1:{port}", "--port")


def test_of_several_providers_one_that_is_unknown(roomproof: Run, tmp_path: Path) -> None:
    """The others are verified all the same, and the error is not lost in their tables."""
    done = roomproof("verify", "telnyx", "telnix", "--max-requests", 20, *REPORTS)
    assert done.code == 2
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert [provider["provider"] for provider in report["providers"]] == ["telnyx", "telnix"]
    assert "did you mean 'telnyx'?" in done.out + done.err
