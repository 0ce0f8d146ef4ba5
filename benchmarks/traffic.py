"""Recorded verifications of mocks, faultless and with faults, in the forms that benchmarks/peers.py needs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from benchmarks.served import served
from roomproof.cassettes.recording import open_recording
from roomproof.providers import contract_folders, find_contract, find_mock

FAULTLESS = "faultless"
ORIGIN = "http://127.0.0.1"


@dataclass(frozen=True)
class Traffic:
    """A recording: the cassette, the same exchanges as plain JSON, as HAR, and as HAR those whose
    request was accepted.
    """

    cassette: Path
    plain: Path
    har: Path
    accepted: Path


@dataclass(frozen=True)
class Work:
    """What every tool gets: recordings by fault, the contract as JSON, how many exchanges are faultless."""

    provider: str
    files: dict[str, Traffic]
    contract: Path
    size: int


def record(provider: str, fault: str, path: Path) -> None:
    """Record a verification of a mock, unless an earlier run has done it."""
    if path.exists():
        return
    with served(provider, "" if fault == FAULTLESS else fault) as mock, tempfile.TemporaryDirectory() as name:
        words = [
            "verify",
            provider,
            "--base-url",
            mock.base_url,
            "--max-examples",
            "0",
            "--record",
            "run.json",
        ]
        words += ["--room-id", mock.room_id] if mock.room_id else []
        environment = {**os.environ, **mock.environment}
        program = Path(sys.executable).with_name("roomproof")
        subprocess.run([program, *words], cwd=name, env=environment, capture_output=True, check=False)
        shutil.move(Path(name) / "run.json", path)


def exchanges(provider: str, cassette: Path) -> Iterator[dict[str, Any]]:
    """Yield the documented exchanges of a recording that got a response, under one origin."""
    contract = find_contract(provider)[0]
    prefix = find_mock(provider).prefix
    for number, one in enumerate(open_recording(cassette).interactions()):
        at = urlsplit(one.request.url)
        matched = contract.match(one.request.method, at.path.removeprefix(prefix))
        if one.response is None or matched is None:
            continue
        yield {
            "number": number,
            "place": f"{one.request.method} {matched[0].path}",
            "method": one.request.method,
            "url": ORIGIN + at._replace(scheme="", netloc="").geturl(),
            "headers": list(one.request.headers),
            "body": _text(one.request.body),
            "status": one.response.status,
            "response_headers": list(one.response.headers),
            "response_body": _text(one.response.body),
            "at": one.at.isoformat() if one.at else "2026-01-01T00:00:00+00:00",
        }


def _text(body: bytes | None) -> str | None:
    return None if body is None else body.decode("utf-8", "surrogateescape")


def har(told: list[dict[str, Any]]) -> dict[str, Any]:
    """Return exchanges as an HTTP archive (HAR 1.2); the number of each stands in its comment."""
    return {
        "log": {"version": "1.2", "creator": {"name": "b", "version": "1"}, "entries": [*map(_entry, told)]}
    }


def _entry(one: dict[str, Any]) -> dict[str, Any]:
    def pairs(headers: list[tuple[str, str]]) -> list[dict[str, str]]:
        return [{"name": name, "value": value} for name, value in headers]

    def kind(headers: list[tuple[str, str]]) -> str:
        return next((value for name, value in headers if name.lower() == "content-type"), "")

    def clean(text: str | None) -> str:
        return (text or "").encode("utf-8", "surrogateescape").decode("utf-8", "replace")

    request = {"method": one["method"], "url": one["url"], "httpVersion": "HTTP/1.1", "cookies": []}
    request |= {"headers": pairs(one["headers"]), "queryString": [], "headersSize": -1, "bodySize": -1}
    if one["body"] is not None:
        request["postData"] = {"mimeType": kind(one["headers"]), "text": clean(one["body"])}
    content = {"size": len(one["response_body"] or ""), "mimeType": kind(one["response_headers"])}
    content["text"] = clean(one["response_body"])
    response = {"status": one["status"], "statusText": "", "httpVersion": "HTTP/1.1", "cookies": []}
    response |= {"headers": pairs(one["response_headers"]), "content": content, "redirectURL": ""}
    response |= {"headersSize": -1, "bodySize": -1}
    timings = {"send": 0, "wait": 1, "receive": 0}
    made = {"startedDateTime": one["at"], "time": 1, "request": request, "response": response, "cache": {}}
    return {**made, "timings": timings, "comment": str(one["number"])}


def contract_of(provider: str, path: Path) -> Path:
    """Write a provider's contract as JSON, with the origin of the exchanges as its only server."""
    text = (contract_folders()[provider] / "openapi.yaml").read_text(encoding="utf-8")
    document = yaml.load(text, Loader=yaml.CSafeLoader)
    document["servers"] = [{"url": ORIGIN + find_mock(provider).prefix}]
    path.write_text(json.dumps(document, default=str), encoding="utf-8")
    return path


def prepared(provider: str, faults: list[str], folder: Path) -> Work:
    """Record what is not recorded yet, and write each recording in the forms that the peers read."""
    files = {}
    for fault in (FAULTLESS, *faults):
        cassette = folder / f"{fault}.json"
        record(provider, fault, cassette)
        traffic = Traffic(
            cassette, *(cassette.with_suffix(end) for end in (".plain", ".har", ".accepted.har"))
        )
        told = list(exchanges(provider, cassette))
        traffic.plain.write_text(json.dumps(told), encoding="utf-8")
        traffic.har.write_text(json.dumps(har(told)), encoding="utf-8")
        accepted = [one for one in told if one["status"] < 300]
        traffic.accepted.write_text(json.dumps(har(accepted)), encoding="utf-8")
        files[fault] = traffic
    contract = contract_of(provider, folder / "contract.spec")
    size = len(json.loads(files[FAULTLESS].plain.read_text(encoding="utf-8")))
    return Work(provider, files, contract, size)
