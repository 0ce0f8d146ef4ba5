"""Fields that documents and responses do not share, as every view tells them."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from roomproof.report.document import Report, report_from
from roomproof.reports.fields import field_remarks
from roomproof.reports.html import html
from roomproof.reports.markdown import markdown
from roomproof.reports.terminal import show


def field(name: str, operation: str, **more: Any) -> dict[str, Any]:
    return {"operation": operation, "status": "200", "field": name, "times": 2, **more}


@pytest.fixture
def observed(calm: dict[str, Any]) -> Report:
    text = {"types": ["string"]}
    places = [field("data.colour", f"read-{number}", **text) for number in range(5)]
    found = {"undocumented": places, "never_seen": [field("data.size", "read-0")]}
    return report_from({**calm, "providers": [{**calm["providers"][0], **found}]})


COLOUR = "colour (string) is in responses of read-0, read-1, read-2 and 2 more; no document mentions it"
SIZE = "data.size of read-0 200 is documented, and all 2 responses that could show it did not"


def test_a_field_of_several_operations_is_told_once(observed: Report) -> None:
    told = [(one.word, one.sentence) for one in field_remarks(observed.providers[0])]
    assert told == [("undocumented", COLOUR), ("never seen", SIZE)]


def test_the_terminal_markdown_and_the_page_tell_of_them(observed: Report) -> None:
    screen = Console(file=io.StringIO(), width=200)
    show(screen, observed)
    shown = screen.file.getvalue()  # type: ignore[attr-defined] # a StringIO
    for text in (shown, markdown(observed), html([observed])):
        assert COLOUR in text
        assert SIZE in text


def test_the_terminal_tells_of_a_few_and_how_many_more_there_are(calm: dict[str, Any]) -> None:
    many = [field(f"f{number}", "read", types=["string"]) for number in range(9)]
    report = report_from({**calm, "providers": [{**calm["providers"][0], "undocumented": many}]})
    few, every = (Console(file=io.StringIO(), width=200) for _ in range(2))
    show(few, report)
    show(every, report, every_finding=True)
    assert few.file.getvalue().count("no document mentions it") == 4  # type: ignore[attr-defined]
    assert "5 more about fields" in few.file.getvalue()  # type: ignore[attr-defined]
    assert every.file.getvalue().count("no document mentions it") == 9  # type: ignore[attr-defined]
