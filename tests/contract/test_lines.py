"""Every clause knows the line of the contract on which it stands."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from roomproof.contract.clause import Clause
from roomproof.contract.lines import line_at, marks
from roomproof.contract.model import Contract
from roomproof.providers import bundled, place_of

KEYWORDS = {
    "min-length": "minLength", "max-length": "maxLength", "min-items": "minItems", "max-items": "maxItems",
    "any-of": "anyOf",
    "max-properties": "maxProperties",
    "null": "type", "nullable": "type", "observed-pattern": "pattern", "observed-minimum": "minimum",
    "observed-max-length": "maxLength",
}  # fmt: skip
"""Rules that do not stand in the text by their own name."""


def expected_on(clause: Clause) -> str:
    """A word that stands on the line of a clause, or of the flow mapping that it opens."""
    if clause.part == "behaviour":
        return "- "
    if clause.rule in ("status", "media-type"):
        return clause.status if clause.rule == "status" else str(clause.options["media-type"])
    if clause.rule == "accepted":
        return f"{clause.path[-1]}:"
    if clause.rule in ("present", "required"):
        return (
            "required: true" if clause.options["in"] == "header" or clause.schema is None else clause.path[-1]
        )
    return KEYWORDS.get(
        clause.rule,
        clause.rule.partition("observed-")[2] or clause.rule.partition("sample-")[2] or clause.rule,
    )


def test_the_line_of_a_clause_says_what_it_demands(contract: Contract, file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    wrong = {
        clause.id: lines[contract.line(clause) - 1].strip()
        for clause in contract.clauses.values()
        if expected_on(clause) not in lines[contract.line(clause) - 1]
    }
    assert wrong == {}


def test_lines_of_one_contract(every_contract: Mapping[str, Contract]) -> None:
    """Spot checks against the text, so that a wrong file or an offset would show."""
    contract = every_contract["telnyx"]
    lines = contract.text.splitlines()

    def at(clause_id: str) -> str:
        return lines[contract.line(contract.clauses[clause_id]) - 1].strip()

    assert at("telnyx.update-room.request.max_participants.maximum") == "maximum: 50"
    assert at("telnyx.update-room.response.401.status") == '"401":'
    assert at("telnyx.update-room.behaviour.created_at.constant") == "- fields: [created_at]"
    assert at("telnyx.update-room.response.data.present") == "required: [data]"


TEXT = """\
a:
  one: {x: 1, y: 2}
  two:
    - p
    - q: 3
b:
  $ref: "#/a"
  two: [0]
c: {$ref: "#/b"}
d~/e: {f: 1}
g: {$ref: "#/d~0~1e"}
"""


@pytest.mark.parametrize(
    ("pointer", "line"),
    [
        (("a",), 1),
        (("a", "one", "y"), 2),
        (("a", "two", "1", "q"), 5),
        (("b", "one", "x"), 2),
        (("b", "two"), 8),
        (("b", "two", "1"), 8),
        (("c", "one"), 2),
        (("c", "two"), 8),
        (("g", "f"), 10),
        (("a", "nothing", "there"), 1),
        (("nothing",), 1),
        ((), 1),
    ],
    ids=lambda value: "/".join(value) if isinstance(value, tuple) else None,
)
def test_a_pointer_follows_references_and_what_stands_beside_them_wins(
    pointer: tuple[str, ...], line: int
) -> None:
    assert line_at(marks(TEXT), pointer) == line


def test_a_reference_into_what_no_line_has_ends_where_it_stands() -> None:
    """YAML's merge key brings fields that are written nowhere."""
    assert line_at(marks("a:\n  <<: {b: {c: 1}}\nd:\n  $ref: '#/a/b'\n"), ("d", "c")) == 3


def test_where_a_file_is_as_reports_name_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert place_of(bundled("contracts") / "telnyx" / "openapi.yaml") == "contracts/telnyx/openapi.yaml"
    assert place_of(Path("mine/openapi.yaml")) == "mine/openapi.yaml"
    assert place_of(tmp_path / "here" / "openapi.yaml") == "openapi.yaml"
    assert place_of(tmp_path / "there" / "openapi.yaml") == (tmp_path / "there" / "openapi.yaml").as_posix()
