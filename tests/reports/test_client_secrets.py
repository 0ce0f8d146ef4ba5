"""What a client sent outside the contract is told without the secrets in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from roomproof.contract.clause import Part
from roomproof.json_data import as_json
from roomproof.judge.client_violations import ClientViolation, ClientViolations, InteractionOrigin
from roomproof.providers import find_contract
from roomproof.reports.client_violations import client_of

CLAUSE = find_contract("telnyx")[0].operations[0].clause(Part.REQUEST, (), "type")


@pytest.mark.parametrize(
    "sent", ['"token=hush-hush&size=5"', "{'inner': {'api_key': 'hush-hush'}}", '"{"password": "hush-hush""']
)
def test_a_secret_inside_a_value_is_hidden_too(sent: str) -> None:
    assert CLAUSE is not None
    found = ClientViolations()
    found.note(
        [ClientViolation(CLAUSE, "body", f"the body {sent}", sent, "an object")],
        InteractionOrigin(Path("a.har")),
    )
    assert "hush-hush" not in as_json(client_of(found))


def test_a_value_without_a_secret_is_shown() -> None:
    assert CLAUSE is not None
    found = ClientViolations()
    found.note(
        [ClientViolation(CLAUSE, "body", "the body [1]", "[1]", "an object")],
        InteractionOrigin(Path("a.har")),
    )
    assert client_of(found)[0].sent == "[1]"
