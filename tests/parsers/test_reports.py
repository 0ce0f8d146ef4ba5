"""Reports given to `compare`, and the verdicts kept beside a cassette: compared, or rejected with a
sentence.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from rich.console import Console

from roomproof.cassettes.past import changes, write_past
from roomproof.commands.compare import run_compare
from roomproof.comparison.compare import comparable, compare_reports
from roomproof.errors import UsageError
from roomproof.json_data import as_json, from_json
from roomproof.providers import find_contract
from roomproof.report.document import Report
from roomproof.reports.comparison import comparison_document, show_comparison
from roomproof.reports.report import ProviderResult, report
from roomproof.verdict import Verdicts

from .hostile import JUNK, as_text, changed, ends_in, examples, octets, texts

CONTRACT, DEVIATIONS = find_contract("telnyx")
VERDICTS = Verdicts(CONTRACT, DEVIATIONS, strict=False)
REPORT: dict[str, Any] = json.loads(
    as_json(report([ProviderResult(CONTRACT, VERDICTS, "here", 1, 0.1, datetime(2030, 6, 1, tzinfo=UTC))], 0))
)
REPORT["providers"][0]["clauses"] = REPORT["providers"][0]["clauses"][:5]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reports")


def compare(before: Any, after: Any) -> None:
    found = compare_reports(comparable(before, "before.json"), comparable(after, "after.json"))
    show_comparison(Console(file=StringIO()), found, {})
    as_json(comparison_document(found, {}))


@examples(150)
@given(changed([REPORT]) | JUNK)
def test_a_report_that_was_changed(tree: Any) -> None:
    ends_in(UsageError, lambda: compare(REPORT, tree))
    ends_in(UsageError, lambda: compare(tree, REPORT))


@examples(150)
@given(changed([REPORT]) | JUNK)
def test_whatever_is_read_as_a_report_is_one_that_can_be_written_and_read_again(tree: Any) -> None:
    read = from_json(Report, tree)
    assert from_json(Report, json.loads(as_json(read))) == read


@examples(40)
@given(text=texts([REPORT], [as_text(REPORT)]))
def test_a_file_given_to_compare(folder: Path, text: str) -> None:
    (folder / "before.json").write_text(json.dumps(REPORT), encoding="utf-8")
    (folder / "after.json").write_bytes(octets(text))
    ends_in(UsageError, lambda: run_compare(folder / "before.json", folder / "after.json", (), None))


@examples(100)
@given(
    text=texts(
        [
            {
                "provider": "telnyx",
                "contract": "0",
                "verdicts": {"telnyx.update-room.request.body.type": "pass"},
            }
        ],
        ["{}"],
    )
)
def test_the_verdicts_beside_a_cassette(folder: Path, text: str) -> None:
    cassette = folder / "any.yaml"
    (folder / "any.yaml.verdicts.json").write_bytes(octets(text))
    ends_in(UsageError, lambda: changes(cassette, CONTRACT, DEVIATIONS, VERDICTS))


def test_verdicts_that_were_written_are_read(folder: Path) -> None:
    write_past(folder / "own.yaml", {"provider": "telnyx"}, CONTRACT, VERDICTS)
    assert changes(folder / "own.yaml", CONTRACT, DEVIATIONS, VERDICTS) == ()
