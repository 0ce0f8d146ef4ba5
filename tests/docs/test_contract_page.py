"""docs/contract.md: each example is read as a part of a contract, and the page has all that a contract can
say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from roomproof.checking.check import check
from roomproof.contract.clause import Part
from roomproof.contract.formats import ANNOTATING, ASSERTED
from roomproof.contract.keywords import KEYWORDS
from roomproof.contract.model import Contract
from roomproof.contract.resource import Effect
from roomproof.contract.shape import EXTENSIONS
from roomproof.judge.options import option_words
from roomproof.judge.register import rules
from roomproof.providers import load_contract

PAGE = Path(__file__).parents[2] / "docs" / "contract.md"
TEXT = PAGE.read_text(encoding="utf-8")
PLACES = {
    "root": (),
    "older": (),
    "create": ("paths", "/rooms", "post"),
    "list": ("paths", "/rooms", "get"),
    "read": ("paths", "/rooms/{room_id}", "get"),
    "update": ("paths", "/rooms/{room_id}", "patch"),
    "delete": ("paths", "/rooms/{room_id}", "delete"),
    "field": ("components", "schemas", "Changes", "properties"),
}
"""Which part of the contract an example is, by its title."""


def examples() -> Iterator[tuple[int, str, str]]:
    """The examples of the page: the line, the title, the text."""
    for found in re.finditer(r'```yaml title="([a-z]+)\.yaml"\n(.*?)```', TEXT, re.DOTALL):
        yield TEXT[: found.start()].count("\n") + 2, found[1], found[2]


EXAMPLES = list(examples())
WHOLE = next(text for _, title, text in EXAMPLES if title == "openapi")


def merged(base: Any, more: Any) -> Any:
    """A contract with something more: objects field by field, lists behind each other."""
    if isinstance(base, dict) and isinstance(more, dict):
        if "$ref" in base and more:
            base = merged(at(yaml.safe_load(WHOLE), base["$ref"].removeprefix("#/").split("/")), {})
        return {**base, **{key: merged(base.get(key), value) for key, value in more.items()}}
    return [*base, *more] if isinstance(base, list) and isinstance(more, list) else more


def at(node: Any, way: list[str]) -> Any:
    for step in way:
        node = node[step]
    return node


def written(folder: Path, title: str, text: str) -> Path:
    """Write the whole contract with one example in its place, and return its file."""
    whole, example = yaml.safe_load(WHOLE), yaml.safe_load(text)
    files = {"openapi": whole, "documents": {"documents": [{"title": "Meet: Rooms"}]}}
    if title in PLACES:
        for step in reversed(PLACES[title]):
            example = {step: example}
        if title == "older":
            del whole["x-resource"]
        for replaced in ("security", "servers", "x-credentials", "x-resource"):
            if replaced in example:
                del whole[replaced]
        files["openapi"] = merged(whole, example)
    else:
        files[title] = example
    for name, content in files.items():
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return folder / "openapi.yaml"


@pytest.mark.parametrize(("line", "title", "text"), EXAMPLES)
def test_an_example_is_a_part_of_a_contract(line: int, title: str, text: str, tmp_path: Path) -> None:
    found = check(written(tmp_path, title, text))
    assert [str(one) for one in found.mistakes] == [], f"the example on line {line}"


def test_the_first_example_has_each_effect(tmp_path: Path) -> None:
    contract = load_contract(written(tmp_path, "openapi", WHOLE))
    effects = {operation.effect for operation in contract.operations}
    assert effects == {Effect.CREATE, Effect.LIST, Effect.READ, Effect.UPDATE, Effect.DELETE}


def used(node: Any) -> Iterator[str]:
    """Every name of a field in some data."""
    if isinstance(node, dict):
        yield from node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from used(inner)


NAMES = {name for _, _, text in EXAMPLES for name in used(yaml.safe_load(text))}


@pytest.mark.parametrize("name", EXTENSIONS)
def test_an_x_field_has_a_row_and_an_example(name: str) -> None:
    assert re.search(rf"^\| .*`{name}`.* \|.*\|.*\|$", TEXT, re.MULTILINE)
    assert name in NAMES


def test_the_page_has_no_x_field_that_nobody_reads() -> None:
    assert set(re.findall(r"`(x-[a-z-]+)`", TEXT)) <= set(EXTENSIONS)


@pytest.mark.parametrize("name", KEYWORDS)
def test_a_keyword_has_a_row_and_an_example(name: str) -> None:
    assert re.search(rf"^\| .*`{re.escape(name)}`.* \|.*\|$", TEXT, re.MULTILINE)
    assert name in NAMES


@pytest.mark.parametrize("name", [*ASSERTED, *ANNOTATING])
def test_a_format_is_listed(name: str) -> None:
    assert f"`{name}`" in TEXT


def lines() -> Iterator[dict[str, Any]]:
    """Each line of x-behaviours of the examples."""
    for _, _, text in EXAMPLES:
        node = yaml.safe_load(text)
        yield from node.get("x-behaviours", ()) if isinstance(node, dict) else ()


OWN = [rule for (part, _), rule in rules().items() if part is Part.BEHAVIOUR]


@pytest.mark.parametrize("rule", OWN, ids=lambda rule: rule.name)
def test_a_rule_has_a_row_and_an_example_with_each_option(rule: Any) -> None:
    (row,) = re.findall(rf"^\| [^|]*`{rule.name}`[^|]*\|.*$", TEXT, re.MULTILINE)
    words = option_words(rule.options)
    assert [word for word in words if f"`{word}" not in row.split("|")[2]] == []
    shown = [line.get("with", {}) for line in lines() if line["rule"] == rule.name]
    assert shown
    assert set(words) == {word for options in shown for word in options}


def test_the_page_has_no_rule_that_there_is_not() -> None:
    assert {line["rule"] for line in lines()} == {rule.name for rule in OWN}


def test_a_contract_is_what_the_page_says_it_is(tmp_path: Path) -> None:
    contract: Contract = load_contract(written(tmp_path, "openapi", WHOLE))
    assert (contract.provider, contract.room.parameter, contract.created) == ("my-meet", "room_id", "made")
