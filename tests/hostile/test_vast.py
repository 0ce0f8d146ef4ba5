"""Bodies that nobody would read: a run stays quick and small, and says what it did not look at, show or
record."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from roomproof.api import replay
from roomproof.cassettes.recording import open_recording
from roomproof.interaction import LARGEST_BODY, SHOWN_BODY
from roomproof.json_data import as_json

MEGABYTES = 300
VAST = 7_000_000
Measure = Callable[..., Any]


@pytest.fixture
def recorded(measured: Measure, tmp_path: Path) -> Any:
    """What came of a run against a server that answers every other update with seven megabytes."""

    def response(call: Any) -> Any:
        if call.method != "PATCH" or call.status >= 300 or call.number % 2:
            return False
        return call.send(call.faithful(call.content[:-1] + b', "more": "' + b"\\u0041" * (VAST // 6) + b'"}'))

    return measured(response, "--max-requests", 120, "--record", tmp_path / "cassette.yaml")


def test_seven_megabytes_cost_neither_memory_nor_disk_and_are_told(recorded: Any, tmp_path: Path) -> None:
    cassette = tmp_path / "cassette.yaml"
    cut = [
        item.response
        for item in open_recording(cassette).interactions()
        if item.response and item.response.left_out
    ]

    assert len(cut) >= 20
    assert all(len(one.body) <= SHOWN_BODY and len(one.body) + one.left_out > VAST - 100 for one in cut)
    assert recorded.megabytes < MEGABYTES
    assert cassette.stat().st_size < 20_000_000
    assert re.search(
        (
            rf"of {len(cut)} bodies larger than {LARGEST_BODY} bytes.* at most the first {SHOWN_BODY} bytes "
            rf"are recorded"
        ),
        recorded.err,
    )
    # What was cut says the same when it is replayed: neither a pass nor a fail, but what was not looked at.
    again = replay(cassette)
    verdicts = {one["id"]: one["verdict"] for one in recorded.report["providers"][0]["clauses"]}
    replayed = {clause.id: clause.verdict for clause in again.providers[0].clauses}
    assert len(verdicts) > 100
    assert {name: replayed[name] for name in verdicts} == verdicts
    assert "not looked at" in as_json(again)


def test_responses_as_large_as_are_judged_are_not_all_remembered(measured: Measure) -> None:
    def response(call: Any) -> Any:
        if call.status >= 300:
            return False
        return call.send(
            call.faithful(
                call.content[:-1] + b', "more": "%d' % call.number + b"x" * (LARGEST_BODY - 2_000) + b'"}'
            )
        )

    done = measured(response, "--max-requests", 300, "--save-regressions")

    assert done.report["summary"]["pass"] >= 60
    assert done.megabytes < 200, "a hundred less than the responses together"


def test_a_long_body_of_a_finding_is_shown_in_part(verify: Callable[..., Any], tmp_path: Path) -> None:
    """Nine tenths of a megabyte of dots took a minute and a half of every finding in the search for
    secrets.
    """
    told = verify(
        lambda call: call.send(call.faithful(b"." * 400_000, status=500)) if call.number % 7 == 6 else False
    )

    (finding, *_) = [one for one in told.provider["findings"] if one["clause"].endswith("no-server-error")]
    assert finding["response"]["body"] == "." * SHOWN_BODY + "..."
    assert finding["response"]["body_shown"] == f"first {SHOWN_BODY} of 400000 bytes shown"
    assert (tmp_path / "report.json").stat().st_size < 2_000_000
