"""A report that was written is read again; any other file is rejected in one sentence."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from roomproof.errors import UsageError
from roomproof.json_data import as_json
from roomproof.report.document import report_from
from roomproof.reports.reading import read_report
from roomproof.reports.report import write_text

Report = dict[str, Any]


def test_what_was_written_is_read(hostile: Report, tmp_path: Path) -> None:
    write_text(tmp_path / "run.json", as_json(hostile))
    assert json.loads(as_json(read_report(tmp_path / "run.json"))) == hostile


def test_fields_of_later_versions_do_no_harm(calm: Report, tmp_path: Path) -> None:
    calm["new"] = calm["providers"][0]["new"] = 1
    write_text(tmp_path / "run.json", as_json(calm))
    assert read_report(tmp_path / "run.json") == report_from(calm)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "no JSON"),
        (b"{", "no JSON"),
        (b"\xff\xfe\x00", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[]", "no report of roomproof"),
        (b'{"openapi": "3.1.0"}', "no report of roomproof"),
        (b'{"report_version": 2}', "report_version 2, this roomproof reads 1"),
        (b'{"report_version": true}', "report_version True, this roomproof reads 1"),
        (b'{"report_version": "\\u001b[31m"}', "report_version \\x1b[31m"),
        (b'{"report_version": 1}', '"roomproof" is a required property'),
    ],
    ids=[
        "nothing",
        "half",
        "no text",
        "deep",
        "list",
        "other JSON",
        "later version",
        "true for a version",
        "odd version",
        "incomplete",
    ],
)
def test_what_is_no_report_is_rejected_by_what_is_wrong(text: bytes, says: str, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_bytes(text)
    with pytest.raises(UsageError) as caught:
        read_report(tmp_path / "run.json")
    assert says in str(caught.value)
    assert str(tmp_path / "run.json") in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("name", ["missing.json", "."])
def test_a_place_without_a_report_is_rejected(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_report(tmp_path / name)


def test_any_damage_is_noticed_before_a_view_meets_it(calm: Report, tmp_path: Path) -> None:
    """Every field in turn is replaced by a value of another kind; what remains a report can be read."""
    for way in ways(calm):
        if {"body", "headers", "query"} & set(way):
            continue
        damaged = deepcopy(calm)
        node: Any = damaged
        for step in way[:-1]:
            node = node[step]
        node[way[-1]] = [{}] if not isinstance(node[way[-1]], list) else {}
        (tmp_path / "run.json").write_text(json.dumps(damaged), encoding="utf-8")
        with pytest.raises(UsageError):
            read_report(tmp_path / "run.json")


def ways(node: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    fields = node.items() if isinstance(node, dict) else enumerate(node[:1]) if isinstance(node, list) else ()
    return [found for key, value in fields for found in ((*way, key), *ways(value, (*way, key)))]
