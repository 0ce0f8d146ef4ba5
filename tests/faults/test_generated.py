"""The faults that operators make of a contract, and the short names: complete, unique, and about clauses that
there are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from starlette.applications import Starlette

from roomproof.contract.model import Contract
from roomproof.contract.read import parse_contract
from roomproof.mocks import Fault, Mock
from roomproof.providers import find_contract, find_faults
from roomproof_faults import azure, carrierx, generated, signalwire, telnyx

MODULES: Mapping[str, ModuleType] = {
    "azure": azure,
    "carrierx": carrierx,
    "signalwire": signalwire,
    "telnyx": telnyx,
}
NAMED = {"azure": 154, "carrierx": 132, "signalwire": 197, "telnyx": 154}
"""How many faults had a name before operators made them; a name is stable for ever."""
MINI = Path(__file__).parents[1] / "judge" / "mini" / "openapi.yaml"
START = Path(__file__).parents[2] / "src" / "roomproof" / "start" / "openapi.yaml"


@cache
def faults(provider: str) -> Mapping[str, Fault]:
    return find_faults(provider)


def of_a_stranger(contract: Contract) -> list[Fault]:
    """The faults of a mock that no package of ours knows."""
    secrets = {name: f"secret of {name}" for name in contract.credentials.environment.values()}
    return list(generated(Mock(contract.provider, Starlette, "", secrets, None), contract))


@pytest.mark.parametrize("file", [MINI, START], ids=["miniature", "start"])
def test_operators_break_every_clause_of_any_contract(file: Path) -> None:
    text = file.read_text(encoding="utf-8").replace("PROVIDER", "stranger")
    contract = parse_contract(text, file.name)

    made = of_a_stranger(contract)

    broken = {clause for fault in made for clause in fault.clauses}
    assert [clause for clause in contract.clauses if clause not in broken] == []
    assert broken <= set(contract.clauses)
    assert len({fault.id for fault in made}) == len(made)


@pytest.mark.parametrize("provider", MODULES)
def test_every_clause_of_a_provider_is_broken_by_a_fault(provider: str) -> None:
    clauses = find_contract(provider)[0].clauses

    broken = {clause for fault in faults(provider).values() for clause in fault.clauses}

    assert sorted(broken) == sorted(clauses)


@pytest.mark.parametrize(
    ("provider", "id"),
    [
        ("azure", "create-room.behaviour.any-input.no-server-error.unknown"),
        ("azure", "behaviour.any-input.no-server-error.valid-from-date"),
        ("azure", "request.validFrom.accepted.apostrophe-refused"),
        ("telnyx", "request.max_participants.accepted.4096-refused"),
        ("telnyx", "behaviour.webhook_event_failover_url.echo.zero-as-null"),
        ("carrierx", "update-room.behaviour.properties.echo.merged"),
    ],
)
def test_there_is_no_fault_that_no_right_request_can_show(provider: str, id: str) -> None:
    assert id not in faults(provider)


def test_who_rejects_what_is_right_breaks_other_clauses_too() -> None:
    rejected = faults("telnyx")["behaviour.unique_name.unique.stays-taken"]

    assert set(rejected.clauses) == {
        "telnyx.create-room.behaviour.unique_name.unique",
        "telnyx.create-room.request.unique_name.accepted",
        "telnyx.create-room.response.201.status",
        "telnyx.update-room.behaviour.unique_name.unique",
        "telnyx.update-room.request.unique_name.accepted",
        "telnyx.update-room.response.200.status",
    }


def test_a_fault_of_a_documented_operation_leaves_those_alone_that_were_only_observed() -> None:
    assert faults("carrierx")["response.200.status.204"].clauses == (
        "carrierx.replace-room.response.200.status",
        "carrierx.update-room.response.200.status",
    )
    assert faults("carrierx")["get-room.response.200.status.204"].clauses == (
        "carrierx.get-room.response.200.status",
    )


def test_a_fault_of_several_operations_is_in_the_response_of_each(ask: Callable[..., Any]) -> None:
    faulty = ask("telnyx", "response.body.type.list")

    made, changed = faulty("POST", {"unique_name": "one"}, to=""), faulty("PATCH", {})

    assert (made.status, made.body) == (201, b"[]")
    assert (changed.status, changed.body) == (200, b"[]")


def test_what_is_wrong_is_accepted_with_the_status_of_each_operation(ask: Callable[..., Any]) -> None:
    mild, wrong = ask("telnyx", "request.body.type.accepting-status"), {"max_participants": []}

    assert (mild("POST", wrong, to="").status, mild("PATCH", wrong).status) == (201, 200)


def test_a_name_for_the_same_in_several_operations_tells_it_once() -> None:
    assert faults("telnyx")["unique-name-type"].what == "shows unique_name with another JSON type"


@pytest.mark.parametrize("provider", MODULES)
def test_a_name_stays_for_ever(provider: str) -> None:
    module = MODULES[provider]
    names = [*module.NAMES, *(one.id for one in module.OWN)]

    assert len(set(names)) == len(names) >= NAMED[provider]
    assert [name for name in names if name not in faults(provider)] == []
    assert [name for name in names if not re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", name)] == []


def test_a_contract_of_the_user_has_the_names_whose_clauses_it_has(tmp_path: Path) -> None:
    folder = tmp_path / "telnyx"
    folder.mkdir()
    text = Path("contracts/telnyx/openapi.yaml").read_text(encoding="utf-8")
    (folder / "openapi.yaml").write_text(text.replace("          maximum: 50\n", ""), encoding="utf-8")

    found = find_faults("telnyx", (tmp_path,))

    assert "max-1" in found
    assert "max-unlimited" not in found
