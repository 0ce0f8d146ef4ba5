"""A badge says in words what its colour repeats."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as Xml

import pytest

from roomproof.report.document import report_from
from roomproof.reports.badge import badge

Report = dict[str, Any]
SVG = "{http://www.w3.org/2000/svg}"
NOTHING = dict.fromkeys(("clauses", "pass", "fail", "warning", "deviation", "inconclusive", "unexercised"), 0)


def words(report: Report) -> str:
    """The badge's second text; what a screen reader says is the same."""
    root = Xml.fromstring(badge(report_from(report)))
    label, text = (element.text for element in root.iter(f"{SVG}text"))
    title = root.findtext(f"{SVG}title")
    assert root.get("role") == "img"
    assert root.get("aria-label") == title == f"{label}: {text}"
    return str(text)


@pytest.mark.parametrize(
    ("counts", "stopped", "says"),
    [
        ({"clauses": 10, "pass": 7, "fail": 2, "warning": 1}, "", "2 of 10 clauses fail"),
        ({"clauses": 10, "pass": 7, "fail": 2, "warning": 1}, "cut short", "2 of 10 clauses fail"),
        ({"clauses": 10, "pass": 10}, "cut short", "run not complete"),
        ({"clauses": 10, "pass": 7, "unexercised": 3}, "", "7 of 10 clauses pass"),
        ({"clauses": 10, "pass": 9, "warning": 1}, "", "9 of 10 clauses pass, 1 warning"),
        ({"clauses": 10, "pass": 8, "warning": 2}, "", "8 of 10 clauses pass, 2 warnings"),
        ({"clauses": 10, "unexercised": 10}, "", "nothing tested"),
        ({}, "", "nothing tested"),
    ],
)
def test_it_never_says_more_than_is_known(
    calm: Report, counts: dict[str, int], stopped: str, says: str
) -> None:
    calm["summary"] = {**NOTHING, **counts}
    calm["providers"][0]["stopped"] = stopped
    assert words(calm) == says


def test_whom_it_is_about(calm: Report) -> None:
    assert ">roomproof acme<" in badge(report_from(calm))
    calm["providers"] *= 2
    assert ">roomproof<" in badge(report_from(calm))


@pytest.mark.parametrize("name", ["<b>&\"'", "\x00\ufffe", "\udc80", "]]>", "x" * 1000], ids=ascii)
def test_any_name_makes_a_small_well_formed_badge(calm: Report, name: str) -> None:
    calm["providers"][0]["provider"] = name
    assert words(calm) == "1 of 6 clauses fail"
    assert int(Xml.fromstring(badge(report_from(calm)).encode()).get("width", "0")) < 700
