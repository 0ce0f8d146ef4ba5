"""A provider's texts neither steer a terminal, nor fake a line of ours, nor command a CI server, nor break a
report.
"""

from __future__ import annotations

import io
import json
import subprocess
from xml.etree import ElementTree as Xml

import pytest
from rich.console import Console

from roomproof.contract.model import CredentialsSpec
from roomproof.interaction import Credentials, Request
from roomproof.json_data import as_json
from roomproof.legible import one_line
from roomproof.report.document import Report, report_from
from roomproof.reports.curl import curl
from roomproof.reports.junit import junit
from roomproof.reports.terminal import show

HOSTILE = (
    "a\x1b[2J\x9b1m\x07\u202eb\u2066\x00\r\n::add-mask::x\n##[error]y ##vso[task]z \ud800 "
    "[red]markup[/] \ufffe"
)


def report(text: str) -> Report:
    finding = {
        "clause": "telnyx.a.request.b.type", "operation": "a", "field": "b", "level": "documented",
        "verdict": "fail",
        "demands": "d", "source": {"document": "D", "section": "", "field": ""}, "reason": "", "at": "",
        "summary": text, "expected": text, "received": text,
        "request": {}, "response": {}, "curl": f"curl {text}", "sequence": [],
    }  # fmt: skip
    clause = {"id": "telnyx.a.request.b.type", "operation": "a", "level": "documented", "verdict": "fail"}
    provider = {
        "provider": "telnyx", "target": "t", "requests": 1, "seconds": 1.0, "stopped": text,
        "clauses": [clause],
        "findings": [finding, {**finding, "verdict": "warning"}],
    }  # fmt: skip
    words = ("pass", "fail", "warning", "deviation", "inconclusive", "unexercised")
    return report_from(
        {
            "providers": [provider],
            "summary": {"clauses": 1, **dict.fromkeys(words, 0), "fail": 1},
            "unmatched": {"count": 1, "requests": {text: 1}},
        }
    )


@pytest.mark.parametrize("width", range(40, 61))
def test_the_terminal_shows_printable_lines_that_no_server_obeys(width: int) -> None:
    console = Console(file=io.StringIO(), width=width, force_terminal=False)

    show(console, report(HOSTILE), every_finding=True)

    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert all(line.isprintable() for line in lines)
    assert not [
        line for line in lines if line.strip().startswith("::add-mask") or "##[" in line or "##vso[" in line
    ]
    assert any("[red]" in line for line in lines)


def test_junit_stays_xml_and_json_stays_json() -> None:
    told = report(HOSTILE)

    Xml.fromstring(junit(told).encode("utf-8", "backslashreplace"))
    assert (
        json.loads(as_json(told).encode("utf-8", "backslashreplace").decode())["providers"][0]["stopped"]
        == HOSTILE
    )


@pytest.mark.parametrize(
    "text", ["std::string", "fe80::1", "### heading", "a: b::c", "::1", "ü漢\U0001f600", "#[x]", "::"]
)
def test_what_is_harmless_stays_as_it_is(text: str) -> None:
    assert one_line(text) == text


@pytest.mark.parametrize(
    "body", [b"a\x1b[2J\nb'\\\xc2\x85\xff", "\u202e::add-mask::x".encode(), b'{"name":"O\'Brien"}']
)
def test_a_curl_line_is_one_printable_line_and_bash_reads_the_same_bytes(body: bytes) -> None:
    line = curl(
        Request("PATCH", "http://127.0.0.1/", body=body, credentials=Credentials.MISSING),
        CredentialsSpec("bearer", {"token": "T"}),
    )

    word = line.partition(" --data-binary ")[2]
    assert one_line(line) == line
    assert subprocess.run(["bash", "-c", f"printf %s {word}"], capture_output=True, check=True).stdout == body
