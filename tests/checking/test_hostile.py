"""Whatever stands in the files, `check` says it in sentences, and what no reader accepts is never right."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from roomproof.checking.check import check
from roomproof.errors import RoomproofError
from roomproof.providers import bundled, load_contract

START = (bundled("contracts") / "carrierx" / "openapi.yaml").read_text(encoding="utf-8")
ODD: list[Any] = [
    None,
    5,
    -1,
    "x",
    "",
    [],
    {},
    True,
    ["a"],
    [[]],
    {"$ref": "#/nope"},
    {"$ref": "#/paths"},
    1.5,
]


def places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in some data: what holds it, and under which name."""
    for key in list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ():
        yield node, key
        yield from places(node[key])


def altered(node: Any, chance: random.Random) -> None:
    """Replace, remove or rename something, in place."""
    known = [*places(node)]
    if not known:
        return
    holder, key = chance.choice(known)
    if chance.random() < 0.5:
        holder[key] = chance.choice(ODD)
    elif isinstance(holder, dict) and chance.random() < 0.5:
        holder[f"{key}x"] = holder.pop(key)
    else:
        del holder[key]


def is_read(file: Path) -> bool:
    try:
        load_contract(file)
    except RoomproofError:
        return False
    return True


@pytest.mark.parametrize("seed", range(25))
def test_a_contract_with_anything_in_it(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    whole = json.loads(json.dumps(yaml.safe_load(START), default=str))
    for _ in range(chance.choice([1, 3, 9])):
        altered(whole, chance)
    file = tmp_path / "openapi.yaml"
    file.write_text(json.dumps(whole, indent=1), encoding="utf-8")
    found = check(file)
    assert all(one.text for one in found.mistakes)
    assert is_read(file) or not found.is_right


@pytest.mark.parametrize("name", ["deviations", "documents"])
@pytest.mark.parametrize("seed", range(10))
def test_the_files_beside_it_with_anything_in_them(name: str, seed: int, tmp_path: Path) -> None:
    folder = bundled("contracts") / "telnyx"
    (tmp_path / "openapi.yaml").write_bytes((folder / "openapi.yaml").read_bytes())
    text = (folder / f"{name}.yaml").read_text(encoding="utf-8")
    content = json.loads(json.dumps(yaml.safe_load(text), default=str))
    chance = random.Random(seed)
    for _ in range(3):
        altered(content, chance)
    (tmp_path / f"{name}.yaml").write_text(json.dumps(content, indent=1), encoding="utf-8")
    found = check(tmp_path / "openapi.yaml")
    assert all(one.text for one in found.mistakes)
    assert is_read(tmp_path / "openapi.yaml") or not found.is_right
