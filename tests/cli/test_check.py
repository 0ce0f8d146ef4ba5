"""`roomproof check` as a user runs it; tests/checking tells which mistakes there are."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.fixture
def mine(inside: Run) -> None:
    """A contract of one's own, as `init` writes it."""
    assert inside("init", "mine/my-meet").code == 0


@pytest.mark.usefixtures("mine")
@pytest.mark.parametrize("named", ["mine", "mine/my-meet", "mine/my-meet/openapi.yaml"])
def test_a_contract_without_mistakes(named: str, inside: Run) -> None:
    done = inside("check", named)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("mine/my-meet/openapi.yaml has ")
    assert done.out.endswith(" clauses; no mistakes\n")


def test_a_provider_by_its_name(inside: Run) -> None:
    done = inside("check", "carrierx", "telnyx")
    assert done.code == 0
    assert done.out.count("no mistakes") == 2


@pytest.mark.usefixtures("mine")
def test_mistakes_stand_by_line_and_exit_with_2(inside: Run, tmp_path: Path) -> None:
    path = tmp_path / "mine" / "my-meet" / "openapi.yaml"
    text = (
        path.read_text(encoding="utf-8")
        .replace("minimum: 2", "minimum: 80")
        .replace("fields: all", "feilds: all")
    )
    path.write_text(text, encoding="utf-8")
    (path.parent / "deviations.yaml").write_text("- 1\n", encoding="utf-8")
    done = inside("check", "mine")
    *found, end = done.out.splitlines()
    assert done.code == 2
    assert end == f"mine/my-meet/openapi.yaml has {len(found)} mistakes"
    assert found[0] == (
        "mine/my-meet/openapi.yaml:29: max_participants: minimum 80 and maximum 50 leave no value; "
        "exchange or correct them"
    )
    assert found[-1].startswith("mine/my-meet/deviations.yaml:1: needs exactly clause")
    data = json.loads(inside("check", "mine", "--json").out)
    assert [len(one["mistakes"]) for one in data] == [len(found)]
    assert data[0]["mistakes"][0]["line"] == 29


@pytest.mark.usefixtures("mine")
def test_a_variable_of_somebody_else_may_be_allowed(inside: Run, tmp_path: Path) -> None:
    path = tmp_path / "mine" / "my-meet" / "openapi.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("MY_MEET_API_KEY", "OTHER_KEY"), encoding="utf-8"
    )
    assert "'OTHER_KEY' does not begin with MY_MEET_" in inside("check", "mine").out
    assert inside("check", "mine", "--allow-variable", "OTHER_KEY").code == 0


@pytest.mark.usefixtures("mine")
def test_a_folder_is_named_like_its_provider(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "mine" / "my-meet").rename(tmp_path / "mine" / "other")
    assert inside("check", "mine").code == 2
    assert inside("check", "mine/other").code == 0


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ("telnix", "telnix is neither a folder nor a provider (did you mean 'telnyx'?)"),
        (".", ". holds no contract"),
        ("no/openapi.yaml", "no/openapi.yaml: cannot be read"),
    ],
)
def test_where_there_is_none(named: str, message: str, inside: Run) -> None:
    done = inside("check", named)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"roomproof: {message}")
