"""docs/observed.md has a row, and an anchor, for all that contracts, mocks and strategies rest on it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DOCUMENT = "docs/observed.md"
LETTERS = {"azure": "A", "carrierx": "C", "signalwire": "S", "telnyx": "T"}
"""With which letter the ids of a provider's rows begin."""
PLACES = (
    "contracts/{}/openapi.yaml",
    "contracts/{}/deviations.yaml",
    "src/roomproof/mocks/{}.py",
    "strategies/roomproof_strategies/{}.py",
)
"""The files of a provider that name rows by their ids."""
ANCHOR = re.compile(r'<a id="([^"]+)"></a>')


def rows(page: str) -> Iterator[tuple[str, str, str]]:
    """Yield section, first cell and anchor of each row that has an anchor."""
    section = ""
    for line in page.splitlines():
        if line.startswith("## "):
            section = line.removeprefix("## ")
        elif found := ANCHOR.search(line):
            yield section, ANCHOR.sub("", line.split("|")[1]).strip(), found[1]


PAGE = list(rows((ROOT / "docs" / "observed.md").read_text(encoding="utf-8")))


def sources(node: Any) -> Iterator[tuple[str, str]]:
    """Yield section and field of each source in a contract that names this page."""
    if isinstance(node, dict):
        if node.get("document") == DOCUMENT:
            yield node["section"], node["field"]
        for value in node.values():
            yield from sources(value)
    elif isinstance(node, list):
        for value in node:
            yield from sources(value)


@pytest.mark.parametrize("provider", LETTERS)
def test_each_source_of_a_contract_leads_to_a_row(provider: str) -> None:
    contract = yaml.safe_load((ROOT / "contracts" / provider / "openapi.yaml").read_text(encoding="utf-8"))
    cited = set(sources(contract))
    assert cited, "nothing is cited, so nothing was tested"
    assert cited - {(section, cell) for section, cell, _ in PAGE} == set()


@pytest.mark.parametrize("provider", LETTERS)
def test_each_id_that_is_named_has_an_anchor(provider: str) -> None:
    texts = [
        path.read_text(encoding="utf-8")
        for path in map(ROOT.joinpath, (place.format(provider) for place in PLACES))
    ]
    named = set(re.findall(rf"\b{LETTERS[provider]}\d\d?\b", "\n".join(texts)))
    assert named, "nothing is named, so nothing was tested"
    assert {name.lower() for name in named} - {anchor for _, _, anchor in PAGE} == set()


def test_no_anchor_stands_twice_and_each_id_is_its_own() -> None:
    assert [anchor for anchor, times in Counter(anchor for _, _, anchor in PAGE).items() if times > 1] == []
    ids = [(cell, anchor) for _, cell, anchor in PAGE if re.fullmatch(r"[ACST]\d+", cell)]
    assert len(ids) > 50
    assert [cell for cell, anchor in ids if anchor != cell.lower()] == []
