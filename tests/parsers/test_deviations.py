"""Deviations: a list of complete exceptions, or a ContractError."""

from __future__ import annotations

import yaml
from hypothesis import given

from roomproof.cassettes.past import digest
from roomproof.contract.deviation import parse_deviations
from roomproof.errors import ContractError
from roomproof.providers import contract_folders, find_contract

from .hostile import ends_in, examples, texts

TEXTS = [(folder / "deviations.yaml").read_text(encoding="utf-8") for folder in contract_folders().values()]
TREES = [tree for tree in map(yaml.safe_load, TEXTS) if tree]
CONTRACT, _ = find_contract("telnyx")


def read(text: str) -> None:
    found = parse_deviations(text, "deviations.yaml")
    digest(CONTRACT, found)
    for deviation in found:
        deviation.covers("telnyx.update-room.request.max_participants.maximum")


def test_the_valid_ones_are_read() -> None:
    for text in TEXTS:
        read(text)


@examples(150)
@given(texts(TREES, TEXTS))
def test_deviations_that_were_changed(text: str) -> None:
    ends_in(ContractError, lambda: read(text))
