"""`roomproof drift` as a user runs it; tests/derive tells which changes there are."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


def specification(maximum: int) -> str:
    schema = {"type": "object", "properties": {"size": {"type": "integer", "maximum": maximum}}}
    operation = {
        "requestBody": {"content": {"application/json": {"schema": schema}}},
        "responses": {"200": {"description": "The room"}},
    }
    info = {"title": "Rooms", "version": "1"}
    return json.dumps({"openapi": "3.1.0", "info": info, "paths": {"/rooms/{id}": {"patch": operation}}})


@pytest.fixture
def versions(tmp_path: Path) -> None:
    for name, maximum in (("old.json", 50), ("new.json", 40), ("same.yaml", 50)):
        (tmp_path / name).write_text(specification(maximum), encoding="utf-8")


@pytest.mark.usefixtures("versions")
def test_what_breaks_a_client_is_exit_code_1(inside: Run) -> None:
    done = inside("drift", "old.json", "new.json")
    assert done.code == 1
    assert "breaking for senders PATCH /rooms/{id}: request size: maximum was 50 and is 40" in done.out


@pytest.mark.usefixtures("versions")
def test_what_breaks_nobody_is_exit_code_0(inside: Run) -> None:
    assert inside("drift", "old.json", "same.yaml").code == 0
    done = inside("drift", "new.json", "old.json")
    assert done.code == 0
    assert "harmless" in done.out


@pytest.mark.usefixtures("versions")
def test_every_view_tells_of_it(inside: Run, tmp_path: Path) -> None:
    outputs = [word for name in ("json", "markdown", "html") for word in (f"--{name}", f"out.{name}")]
    assert inside("drift", "old.json", "new.json", "old.json", *outputs).code == 1
    told = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert (told["breaking"], told["harmless"], len(told["steps"])) == (1, 1, 2)
    assert told["steps"][1]["changes"][0]["back_to"] == "old.json"
    for name in ("markdown", "html"):
        text = (tmp_path / f"out.{name}").read_text(encoding="utf-8")
        assert "maximum was 50 and is 40" in text


@pytest.mark.usefixtures("versions")
def test_a_contract_by_its_name_gives_the_clauses(inside: Run, tmp_path: Path) -> None:
    text = specification(40).replace("/rooms/{id}", "/rooms/{room_id}").replace("size", "max_participants")
    (tmp_path / "next.json").write_text(text, encoding="utf-8")
    done = inside("drift", "telnyx", "next.json", "--verbose")
    assert "max_participants: maximum was 50 and is 40" in done.out
    assert "clauses telnyx.update-room.request.max_participants.maximum" in done.out


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no layout is known"),
        ("Rooms are nice.", "no layout is known"),
        ('{"openapi": "4.0"}', "2.0, 3.0 and 3.1 are read"),
        ("openapi: 3.1.0\npaths: [", "is not valid YAML"),
    ],
)
@pytest.mark.usefixtures("versions")
def test_what_nobody_can_read_is_one_sentence(text: str, told: str, inside: Run, tmp_path: Path) -> None:
    (tmp_path / "odd.txt").write_text(text, encoding="utf-8")
    done = inside("drift", "old.json", "odd.txt")
    assert done.code == 2
    assert told in done.err
    assert done.err.count("\n") == 1


@pytest.mark.usefixtures("versions")
def test_one_version_is_too_few(inside: Run) -> None:
    done = inside("drift", "old.json")
    assert (done.code, "OLD NEW" in done.err) == (2, True)
    assert inside("drift", "old.json", "nowhere.json").code == 2


@pytest.mark.usefixtures("versions")
def test_documents_without_an_operation_in_common_are_not_compared(inside: Run) -> None:
    done = inside("drift", "azure", "carrierx")
    assert (done.code, "no operation in common" in done.err) == (2, True)


@pytest.mark.usefixtures("versions")
def test_a_file_that_is_not_there_is_told_and_not_compared(inside: Run, tmp_path: Path) -> None:
    text = specification(50).replace('{"type": "integer", "maximum": 50}', '{"$ref": "size.json#/Size"}')
    (tmp_path / "apart.json").write_text(text, encoding="utf-8")
    done = inside("drift", "old.json", "apart.json")
    assert (done.code, "nothing that a client would notice" in done.out) == (0, True)
    assert (
        done.err
        == "roomproof: apart.json refers to size.json, which cannot be read: what it says is not compared\n"
    )
    (tmp_path / "size.json").write_text('{"Size": {"type": "integer", "maximum": 40}}', encoding="utf-8")
    assert inside("drift", "old.json", "apart.json").code == 1


def test_a_folder_named_like_a_provider_does_not_hide_it(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "azure").mkdir()
    assert inside("drift", "azure", "azure").code == 0
    (tmp_path / "other").mkdir()
    done = inside("drift", "azure", "other")
    assert done.code == 2
    assert "other: this folder has no openapi.yaml" in done.err
