"""Reports to make views of: a handmade one with every verdict, whose free texts may be hostile, and real ones
of runs and recordings.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from roomproof.api import Ended, Event, replay, verify
from roomproof.errors import RoomproofError
from roomproof.json_data import as_json
from roomproof.providers import bundled
from roomproof.reports.client import Client, with_client
from roomproof.targets.serve import mock_process

Report = dict[str, Any]
"""A report as JSON data, which tests change before a view is made of it."""
UPDATE = ("telnyx.update-room.*",)
"""The clauses that a real run is about: a fault of more than one operation is found in each of them."""
CALM = "a calm text"
HOSTILE = {
    "control characters": "a\x00b\x1b[31mc\x07\x7f\x9b",
    "lone surrogates": "\udc80\ud800",
    "no XML": "\ufffe\uffff]]>&<>\"'",
    "HTML": "<script>alert(1)</script><!-- <b>",
    "workflow commands": "\n::error::pwned\r\n::add-mask::x\r##[error]pwned %0A%25",
    "a table": "a|b\n|---|---|\n| c \\| d |",
    "Markdown": "\n\n# heading\n\n```\n~~~\n````` [x](https://example.com) ![y](z) **b** @all `",
    "links and placeholders": "[click](https://example.com) {0} {{1}}",
    "invisible characters": "\u202etxt\u2028\u2029\u200b\u0085",
    "nothing": "",
    "spaces": "  ",
    "long": "x" * 50_000,
}
"""What a provider may answer, and what stands in a report then."""


def data(report: object) -> Report:
    return json.loads(as_json(report))  # type: ignore[no-any-return]


def finding(clause: str, verdict: str, text: str) -> Report:
    source = {"document": text, "section": "", "field": text}
    request = {
        "method": "PATCH",
        "url": "http://x/1",
        "path": "/1",
        "query": {},
        "headers": {},
        "body": {"size": text},
    }
    return {
        "clause": clause, "operation": "update-room", "field": "size", "level": "documented",
        "verdict": verdict, "demands": text,
        "source": source, "reason": text if verdict == "deviation" else "", "at": "", "summary": text,
        "expected": text, "received": text,
        "request": request, "response": {"status": 200, "headers": {"x": text}, "body": text},
        "curl": f"curl -d '{text}'", "sequence": [],
    }  # fmt: skip


VERDICTS = ("fail", "warning", "deviation", "inconclusive", "pass", "unexercised")


def client_entry(text: str) -> Report:
    source = {"document": text, "section": "", "field": text}
    return {
        "clause": "acme.update-room.request.fail0.type", "level": "documented", "severity": "error",
        "doubtful": False, "place": text,
        "what": text, "sent": text, "demands": text, "source": source, "times": 2,
        "first": {"file": "mine/theirs.yaml", "place": "line 7"},
    }  # fmt: skip


def handmade_report(text: str = CALM, *, stopped: str = "", repeat: int = 1, client: int = 0) -> Report:
    """A report of one provider, with `repeat` clauses of every verdict and `client` errors; `text` stands
    wherever texts are free.

    The inconclusive ones are only of level sample, so that nothing is missing that would keep the report from
    being a success.
    """
    ids = {
        f"acme.update-room.request.{word}{number}.type": word for word in VERDICTS for number in range(repeat)
    }
    clauses = [
        {
            "id": clause, "operation": "update-room",
            "level": "sample" if word == "inconclusive" else "documented", "verdict": word,
            "cases": 1, "demands": text,
            "source": {"document": text, "section": "", "field": text},
            "contract": {"file": "mine/a: b,c.yaml", "line": line},
        }
        for line, (clause, word) in enumerate(ids.items(), 1)
    ]  # fmt: skip
    findings = [finding(clause, word, text) for clause, word in ids.items() if word in VERDICTS[:3]]
    provider = {
        "provider": "acme", "contract_version": text, "target": text, "started": "2026-01-02T03:04:05+00:00",
        "requests": 7,
        "seconds": 1.5, "stopped": stopped, "clauses": clauses, "findings": findings,
    }  # fmt: skip
    if client:
        provider["client"] = [client_entry(text) for _ in range(client)]
    summary = {"clauses": len(ids), **dict.fromkeys(VERDICTS, repeat)}
    return {"roomproof": "0.1.0", "report_version": 1, "seed": 0, "providers": [provider], "summary": summary}


@pytest.fixture
def handmade() -> Callable[..., Report]:
    """The function itself: this folder is no package to import it from."""
    return handmade_report


@pytest.fixture
def calm() -> Report:
    return handmade_report()


@pytest.fixture(params=HOSTILE.values(), ids=HOSTILE.keys())
def hostile(request: pytest.FixtureRequest) -> Report:
    return handmade_report(request.param, stopped=request.param or "stopped", client=1)


@pytest.fixture
def calm_but_stopped() -> Report:
    """What every hostile report is, but for its texts."""
    return handmade_report(stopped=CALM, client=1)


def where(serving: Any) -> dict[str, Any]:
    """Where a mock is served, as arguments of `verify`."""
    return {"base_url": serving.base_url, "room_id": serving.room_id, "environment": serving.environment}


@pytest.fixture(scope="session")
def of_a_faulty_provider(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """A real report with fails, one of them about a limit."""
    record = tmp_path_factory.mktemp("recorded") / "telnyx.yaml"
    with mock_process("telnyx", "max-51") as serving:
        return data(verify("telnyx", **where(serving), only=UPDATE, max_examples=0, record=record))


@pytest.fixture(scope="session")
def of_sequences() -> Report:
    """A real report with a finding that needs several requests."""
    with mock_process("telnyx", "recording-reset") as serving:
        # That an update leaves alone what it does not carry is a rule of a standard: a fail of a strict run
        # only.
        return data(verify("telnyx", **where(serving), only=UPDATE, max_examples=0, strict=True))


@pytest.fixture(scope="session")
def of_recordings() -> Report:
    """A real report on every shipped recording."""
    return data(replay(bundled("cassettes")))


@pytest.fixture(scope="session")
def of_a_client(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """A real report on a recording of somebody else's client, which sends a number that the documents
    exclude.
    """
    url = "https://api.telnyx.com/v2/rooms/7b61621f-62e0-4aad-ab11-9fd19e272e73"
    request = {
        "method": "PATCH",
        "uri": url,
        "headers": {"Content-Type": ["application/json"]},
        "body": '{"max_participants": 51}',
    }
    response = {"status": {"code": 422, "message": ""}, "headers": {}, "body": {"string": ""}}
    path = tmp_path_factory.mktemp("theirs") / "theirs.json"
    entries = [{"request": request, "response": response, "recorded_at": "2026-11-01T00:00:00+00:00"}]
    path.write_text(json.dumps({"version": 1, "interactions": entries}), encoding="utf-8")
    report = replay(path)
    return data(with_client(report, Client.FAIL, earlier=report))


@pytest.fixture(scope="session")
def of_no_run() -> Report:
    """A real report of a run that could not start: there are no credentials."""
    ended: list[Event] = []
    nobody = {"base_url": "http://127.0.0.1:9/v2", "room_id": "1", "environment": {"PATH": os.defpath}}
    with suppress(RoomproofError):
        verify("telnyx", **nobody, listeners=[ended.append])
    (told,) = (event.report for event in ended if isinstance(event, Ended))
    return data(told)


@pytest.fixture
def every_real_report(
    of_a_faulty_provider: Report,
    of_sequences: Report,
    of_recordings: Report,
    of_a_client: Report,
    of_no_run: Report,
) -> list[Report]:
    return [of_a_faulty_provider, of_sequences, of_recordings, of_a_client, of_no_run]
