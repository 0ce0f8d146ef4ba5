"""Stock Schemathesis on each contract and its mock reports nothing but what is known and explained."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from starlette.types import ASGIApp

from roomproof.contract.clause import Part
from roomproof.providers import contract_folders, find_contract, find_mock
from roomproof.targets.credentials import scheme_from

ALLOW = "Allow header mismatch"
"""The mocks also read and delete rooms, which no document of a contract documents; Allow names these methods,
as RFC 9110 asks.
"""
NULL = "Response violates schema"
"""Real providers send null and empty text where their documents have none (OBSERVED T2 to T6, S5); deviations
and warnings here.
"""
TAKEN = "Schema-valid request rejected"
"""A name that another room has, a token of no page, seconds that only the page allows (OBSERVED S6).
"""
UNLISTED = "Undocumented status code"
"""The specification of Telnyx lists no 401, which its page about updates has (docs/observed.md, T13)."""
GONE = "Created resource not found"
"""A stock tool deletes rooms, and then asks for what it has made."""
EXPLAINED = {
    "azure": {ALLOW},
    "carrierx": {ALLOW},
    "signalwire": {ALLOW, NULL, TAKEN},
    "telnyx": {ALLOW, NULL, TAKEN, UNLISTED, GONE},
}
_FAILURE = re.compile(r"^  ❌ (?:ST\d+ )?(.+?): \d+$", re.MULTILINE)


@pytest.mark.parametrize("provider", ["carrierx", "signalwire", "telnyx"])
def test_every_failure_is_explained(
    provider: str, serve: Callable[[ASGIApp], AbstractContextManager[str]], tmp_path: Path
) -> None:
    contract, _ = find_contract(provider)
    mock = find_mock(provider)
    _, proof = scheme_from(contract.credentials, mock.environment).headers("GET", "http://127.0.0.1", None)[0]
    config = tmp_path / "schemathesis.toml"
    config.write_text(f'[parameters]\n{contract.room.parameter} = "{mock.room_id}"\n')

    with serve(mock.build()) as origin:
        command = [
            *(str(Path(sys.executable).with_name("st")), "--config-file", str(config), "run"),
            *(str(contract_folders()[provider] / "openapi.yaml"), "--url", origin + mock.prefix),
            *("-H", f"Authorization: {proof}", "--max-examples", "10", "--seed", "1", "--no-color"),
        ]
        ran = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=240,
            cwd=tmp_path,
            env={**os.environ, "COLUMNS": "200"},
            check=False,
        )

    assert "Test cases:" in ran.stdout, ran.stdout + ran.stderr
    assert set(_FAILURE.findall(ran.stdout)) <= EXPLAINED[provider], ran.stdout


@pytest.mark.parametrize("provider", sorted(EXPLAINED))
def test_what_is_explained_is_known_to_the_contract(provider: str) -> None:
    contract, deviations = find_contract(provider)

    nulls = [
        clause
        for clause in contract.clauses.values()
        if clause.part is Part.RESPONSE and clause.rule == "null"
    ]

    assert nulls
    assert (NULL in EXPLAINED[provider]) <= any(
        item.covers(clause.id) for item in deviations for clause in nulls
    )
