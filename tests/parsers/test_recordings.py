"""Recordings of anybody: cassettes in YAML and JSON, HAR files. What is read can be judged, compared,
searched and reported.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from rich.console import Console

from roomproof import events
from roomproof.cassettes.entry import EntryError
from roomproof.cassettes.exposure import exposed
from roomproof.cassettes.formats.vcrpy import entry_of
from roomproof.cassettes.redaction import Redactor
from roomproof.cassettes.replay import Register, WorkerHere, replay
from roomproof.comparison.compare import Comparison
from roomproof.comparison.profile import Profile, compare_profiles
from roomproof.errors import UsageError
from roomproof.json_data import as_json
from roomproof.providers import bundled, contract_folders, find_contract
from roomproof.reports.comparison import comparison_document, show_comparison
from roomproof.reports.junit import junit
from roomproof.reports.report import ProviderResult, report
from roomproof.reports.terminal import show

from .hostile import as_text, changed, ends_in, examples, octets, texts

NOW = datetime(2030, 6, 1, 12, tzinfo=UTC)
REGISTER = Register({provider: find_contract(provider) for provider in contract_folders()})
SHIPPED = [
    yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted(bundled("cassettes").glob("*/*/*.yaml"))
]


def shortened(cassette: dict[str, Any]) -> dict[str, Any]:
    return {**cassette, "interactions": [*cassette["interactions"][:2], cassette["interactions"][-1]]}


def as_har(cassette: dict[str, Any]) -> dict[str, Any]:
    """Return a cassette as the HAR file that a browser would have written of the same traffic."""

    def pairs(headers: dict[str, list[str]]) -> list[dict[str, str]]:
        return [{"name": name, "value": value} for name, values in headers.items() for value in values]

    entries = [
        {
            "startedDateTime": item.get("recorded_at") or "2030-06-01T12:00:00Z",
            "request": {
                "method": item["request"]["method"],
                "url": item["request"]["uri"],
                "headers": pairs(item["request"]["headers"]),
                "postData": {"mimeType": "application/json", "text": item["request"]["body"], "params": []},
            },
            "response": {
                "status": item["response"]["status"]["code"],
                "headers": pairs(item["response"]["headers"]),
                "content": {"size": 10, "text": item["response"]["body"]["string"], "encoding": ""},
            },
        }
        for item in cassette["interactions"]
    ]
    return {"log": {"version": "1.2", "entries": entries}}


CASSETTES = [shortened(cassette) for cassette in SHIPPED]
HARS = [as_har(cassette) for cassette in CASSETTES]
ROOM: dict[str, Any] = {
    "url": "https://api.telnyx.com/v2/rooms/11111111-2222-4333-8444-555555555555",
    "type": {"Content-Type": "application/json"},
}
OTHERS: list[dict[str, Any]] = [
    {"Entries": [{
        "RequestUri": ROOM["url"], "RequestMethod": "PATCH", "RequestHeaders": ROOM["type"],
        "RequestBody": {"max_participants": 51},
        "StatusCode": 200, "ResponseHeaders": ROOM["type"], "ResponseBody": {"data": {}},
    }]},
    {"info": {}, "item": [{"item": [{"request": {"method": "PATCH", "url": ROOM["url"]}, "response": [
        {"originalRequest": {"method": "PATCH", "url": {"raw": ROOM["url"]}, "body": {"mode": "raw",
        "raw": "{}"}}, "code": 200},
    ]}]}], "variable": [{"key": "a", "value": "{{a}}"}]},
    {"http_interactions": SHIPPED[0]["interactions"][:1]},
]  # fmt: skip
NOCKS = [
    json.dumps(
        [
            {
                "scope": "https://api.telnyx.com:443",
                "path": "/v2/rooms",
                "method": "GET",
                "status": 200,
                "response": [],
                "rawHeaders": ["a", "b"],
            }
        ]
    )
]
YAMLS = [yaml.safe_dump(cassette, sort_keys=False) for cassette in CASSETTES]


REQUEST = {
    "method": "PATCH",
    "uri": "https://api.telnyx.com/v2/rooms/1",
    "headers": {"Content-Type": ["application/json"]},
    "body": "{}",
}
RESPONSE = {
    "status": {"code": 200, "message": "OK"},
    "headers": {"Content-Encoding": ["gzip"]},
    "body": {"string": "{}"},
}
RELATIVES: list[dict[str, Any]] = [
    {
        "request": {**REQUEST, "body": {"a": [1, None, 2.5]}},
        "response": {**RESPONSE, "headers": [["A", ["b"]], {"name": "C", "value": "d"}]},
    },
    {
        "request": REQUEST,
        "response": {"status_code": 200, "headers": {}, "content": "{}", "truncated_from": 9},
        "recorded_at": "2024-03-01",
    },
    {
        "request": {"protocol": "http", "host": "a", "port": 81, "path": "/", "method": ":get"},
        "response": {"status": 1, "headers": ["a: b"]},
    },
    {
        "request": {"url": "http://a/", "method": "", "form": {"a": ["b"]}, "headers": {}},
        "response": {"code": 200, "status": "200 OK", "body": "{}", "duration": "1m2.5s"},
        "recorded_at": "Fri, 01 Mar 2024 10:00:00 GMT",
    },
    {
        "request": {
            **REQUEST,
            "parsed_body": {"a": [{"b": None}]},
            "body": {"encoding": "UTF-8", "base64_string": "e30=\n"},
        },
        "response": {
            **RESPONSE,
            "parsed_body": [1],
            "elapsed": "0.02",
            "body": {"encoding": "ISO-8859-1", "string": "é", "file": False},
        },
        "recorded_at": "0001-01-01T00:00:00Z",
    },
]
"""What recorders of vcrpy's family write."""


def by_line(cassette: dict[str, Any]) -> str:
    """Return a cassette in JSON as roomproof writes it, an interaction a line."""
    head = json.dumps(
        {**{key: value for key, value in cassette.items() if key != "interactions"}, "interactions": []}
    )
    return head[:-2] + "\n" + ",\n".join(map(json.dumps, cassette["interactions"])) + "\n]}\n"


def use(path: Path) -> None:
    """Do with a recording what every command does; raises what is wrong with it."""
    profiles: dict[str, Profile] = {}
    redactor = Redactor(("s3cret-token",), live=True)

    def look(event: events.Event) -> None:
        if isinstance(event, events.Judged):
            profiles.setdefault(event.provider, Profile(event.contract)).see(event.interaction)
            list(exposed(event.interaction, ("s3cret-token",)))
            redactor.redacted(event.interaction)

    replayed = replay([path], REGISTER, WorkerHere(REGISTER, look))
    judged = [
        ProviderResult(one.contract, one.verdicts, str(path), one.interactions, 0.0, NOW)
        for one in replayed.heard.values()
    ]
    shown = report(judged, 0, replayed.tally.unmatched, recording=replayed.counts({}))
    as_json(shown)
    junit(shown)
    show(Console(file=StringIO()), shown, every_finding=True)
    changes = {provider: compare_profiles(profile, profile) for provider, profile in profiles.items()}
    show_comparison(Console(file=StringIO()), Comparison(), changes)
    as_json(comparison_document(Comparison(), changes))
    if replayed.problems:
        raise replayed.problems[0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("telnyx")


def in_file(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_bytes(octets(text))
    return ends_in(UsageError, lambda: use(path))


def test_the_valid_ones_are_read_and_used(folder: Path) -> None:
    for number, cassette in enumerate(CASSETTES):
        in_json = by_line(cassette)
        for name, text in (
            ("a.yaml", YAMLS[number]),
            ("a.json", in_json),
            ("b.json", as_text(cassette)),
            ("c.har", as_text(HARS[number])),
        ):
            assert in_file(folder, name, text) == ""


@examples(80)
@given(text=texts(CASSETTES, YAMLS))
def test_a_cassette_in_yaml(folder: Path, text: str) -> None:
    in_file(folder, "any.yaml", text)


@examples(60)
@given(text=texts(CASSETTES, [by_line(cassette) for cassette in CASSETTES]))
def test_a_cassette_in_json(folder: Path, text: str) -> None:
    in_file(folder, "any.json", text)


@examples(60)
@given(text=texts(HARS, [as_text(har) for har in HARS]))
def test_a_har_file(folder: Path, text: str) -> None:
    in_file(folder, "any.har", text)


@examples(40)
@given(text=texts(OTHERS, [*map(as_text, OTHERS), *NOCKS]))
def test_a_recording_of_other_programs(folder: Path, text: str) -> None:
    in_file(folder, "any.json", text)


@examples(300)
@given(node=changed(RELATIVES))
def test_an_entry_of_vcrpys_family(node: Any) -> None:
    """Whoever gives the node, one of the two comes back: an entry, or a sentence on why it is none."""
    told = ends_in(EntryError, lambda: entry_of(node))
    assert told == "" or " " in told
