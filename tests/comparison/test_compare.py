"""Two reports compared: what broke, what is fixed, what cannot be said; and how the comparison is shown."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from rich.console import Console

from roomproof.comparison.alignment import MovedStatus
from roomproof.comparison.compare import Comparison, Turn, comparable, compare_reports
from roomproof.comparison.fields import FieldChange, FieldTurn
from roomproof.comparison.profile import Changes, Counts
from roomproof.comparison.values import ValueChange, VolatileField
from roomproof.errors import UsageError
from roomproof.json_data import as_json
from roomproof.report.document import REPORT_VERSION
from roomproof.reports.comparison import comparison_document, show_comparison

Json = Any


def provider(name: str = "p", version: str = "v1", stopped: str = "", **verdicts: str) -> dict[str, Json]:
    clauses = [{"id": f"{name}.{clause}", "verdict": verdict} for clause, verdict in verdicts.items()]
    return {"provider": name, "contract_version": version, "stopped": stopped, "clauses": clauses}


def report(*providers: Json) -> dict[str, Json]:
    return {
        "roomproof": "0",
        "report_version": REPORT_VERSION,
        "seed": 0,
        "providers": list(providers),
        "summary": {},
    }


def compared(before: Json, after: Json) -> Comparison:
    return compare_reports(comparable(before, "the first file"), comparable(after, "the second file"))


def turned(before: str, after: str) -> list[Turn]:
    comparison = compared(report(provider(a=before)), report(provider(a=after)))
    return [change.turn for item in comparison.providers for change in item.changes]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("pass", "fail", Turn.BROKE),
        ("warning", "fail", Turn.BROKE),
        ("unexercised", "fail", Turn.BROKE),
        ("pass", "warning", Turn.WORSENED),
        ("unexercised", "warning", Turn.WORSENED),
        ("pass", "deviation", Turn.WORSENED),
        ("fail", "warning", Turn.EASED),
        ("fail", "pass", Turn.FIXED),
        ("warning", "deviation", Turn.FIXED),
        ("deviation", "pass", Turn.FIXED),
        ("pass", "unexercised", Turn.NO_LONGER_EXERCISED),
        ("fail", "inconclusive", Turn.NO_LONGER_EXERCISED),
        ("unexercised", "pass", Turn.NEWLY_EXERCISED),
        ("inconclusive", "deviation", Turn.NEWLY_EXERCISED),
    ],
)
def test_a_verdict_that_changed_is_sorted_in(before: str, after: str, expected: Turn) -> None:
    assert turned(before, after) == [expected]


@pytest.mark.parametrize("verdict", ["pass", "fail", "warning", "deviation", "inconclusive", "unexercised"])
def test_a_verdict_that_did_not_change_is_not_told(verdict: str) -> None:
    assert turned(verdict, verdict) == []


def test_what_was_never_proven_is_not_told() -> None:
    assert turned("unexercised", "inconclusive") == turned("inconclusive", "unexercised") == []


def test_clauses_of_another_contract_appear_and_vanish() -> None:
    before, after = provider(a="pass", b="pass"), provider(version="v2", b="pass", c="fail")
    comparison = compared(report(before), report(after))

    (only,) = comparison.providers
    assert (only.contract_before, only.contract_after) == ("v1", "v2")
    changed = [(change.id, change.turn) for change in only.changes]
    assert changed == [("p.c", Turn.APPEARED), ("p.a", Turn.VANISHED)]


def test_what_broke_comes_first() -> None:
    comparison = compared(report(provider(a="fail", b="pass")), report(provider(a="pass", b="fail")))

    assert [change.id for change in comparison.providers[0].changes] == ["p.b", "p.a"]


def test_providers_of_only_one_report_are_named() -> None:
    shared = provider("b", x="pass")
    comparison = compared(report(provider("a"), shared), report(shared, provider("c")))

    assert (comparison.only_before, comparison.only_after) == (("a",), ("c",))
    assert [item.provider for item in comparison.providers] == ["b"]


def test_a_provider_without_verdicts_has_lost_no_clauses() -> None:
    comparison = compared(report(provider(a="pass")), report(provider(stopped="nobody answers")))

    (only,) = comparison.providers
    assert only.changes == ()
    assert only.unfinished == "the second report has no verdicts (nobody answers)"


@pytest.mark.parametrize(
    "foreign",
    [
        {},
        [],
        "a text",
        {"report_version": 1},
        {"report_version": 1, "providers": {}},
        {"report_version": 2, "providers": []},
        {"report_version": True, "providers": []},
        {"report_version": {"a": []}, "providers": []},
        report("a text"),
        report({"provider": 1, "clauses": []}),
        report({"provider": "p"}),
        report({"provider": "p", "clauses": {"a": "pass"}}),
        report({"provider": "p", "clauses": [1]}),
        report({"provider": "p", "stopped": [], "clauses": []}),
        report(provider(a="splendid")),
        report(provider(a="\x1b[31m" * 1000)),
        report(provider(a="pass"), provider(a="pass")),
        report({"provider": "p", "clauses": [{"id": "a", "verdict": "pass"}] * 2}),
    ],
    ids=lambda value: json.dumps(value)[:60],
)
def test_what_is_no_report_is_rejected_in_one_sentence(foreign: Json) -> None:
    for pair, where in (((foreign, report()), "the first file"), ((report(), foreign), "the second file")):
        with pytest.raises(UsageError) as caught:
            compared(*pair)
        message = str(caught.value)
        assert message.startswith(where)
        assert len(message) < 400
        assert message.isprintable()


def changes() -> Changes:
    return Changes(
        before=Counts(100, 1, 0),
        after=Counts(90, 0, 0),
        aligned=80,
        alone_before=19,
        alone_after=10,
        fields=(FieldChange("update-room", 200, "data.size", FieldTurn.TYPE, "number", "string", 99, 90),),
        statuses=(MovedStatus("update-room", 200, 422, 3, 70, 'PATCH /rooms/{id} {"size":50}'),),
        values=(
            ValueChange(
                "update-room",
                200,
                "data.kind",
                '"[bold]room"',
                '"\x1b[31mhall"',
                5,
                70,
                "PATCH /rooms/{id} {}",
            ),
        ),
        volatile=(VolatileField("create", 201, "data.id"), VolatileField("update-room", 200, "data.id")),
    )


def printed(comparison: Comparison, changes_by_provider: dict[str, Changes]) -> str:
    console = Console(file=io.StringIO(), width=80, color_system=None)
    show_comparison(console, comparison, changes_by_provider)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


COMPARISON = compared(
    report(provider(a="pass", b="fail"), provider("q")),
    report(provider(a="fail", b="pass")),
)


def test_a_person_sees_every_change_on_one_line() -> None:
    text = printed(COMPARISON, {"p": changes()})

    assert "broke p.a (pass, now fail)" in text
    assert "healed p.b (fail, now pass)" in text
    assert (
        "field update-room 200 data.size changed type: number -> string (99 responses or items before, "
        "90 after)"
    ) in text
    assert 'update-room: 200 -> 422 for 3 of 70 requests, such as PATCH /rooms/{id} {"size":50}' in text
    assert "80 responses are to the same request, 19 and 10 are not compared" in text
    assert "before: 1 belong to no operation" in text
    assert "differ in every recording: data.id\n" in text
    assert "only in the first: q" in text
    assert "clauses: 1 broke, 1 healed; changes in responses: 3" in text


def test_values_of_a_provider_command_no_terminal() -> None:
    text = printed(Comparison(), {"p": changes()})

    assert '"[bold]room" -> "\\x1b[31mhall"' in text
    assert "\x1b" not in text


def test_a_provider_that_changed_nothing_is_said_to() -> None:
    same = report(provider(a="pass"))

    assert printed(compared(same, same), {}) == "p\n  no change\nclauses: none changed\n"


def test_the_document_holds_everything_as_json() -> None:
    document = json.loads(as_json(comparison_document(COMPARISON, {"p": changes()})))

    (told,) = document["providers"]
    assert told["clauses"][0] == {"id": "p.a", "change": "broke", "before": "pass", "after": "fail"}
    assert told["answers"]["fields"][0]["what"] == "changed type"
    assert told["answers"]["statuses"][0]["requests"] == 3
    assert told["answers"]["before"] == {"interactions": 100, "foreign": 1, "unanswered": 0}
    assert document["only_before"] == ["q"]
    assert document["summary"]["broke"] == 1
    assert document["summary"]["no_longer_exercised"] == 0
    assert document["summary"]["answers"] == 3
    assert document["comparison_version"] == 1


def test_a_comparison_of_reports_alone_says_nothing_of_responses() -> None:
    assert comparison_document(COMPARISON, {}).providers[0].answers is None
