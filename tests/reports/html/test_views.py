"""The views behind the page: pure functions of reports."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from roomproof.report.document import Report, report_from
from roomproof.report.finding import RequestReport, ResponseReport
from roomproof.reports.html import html
from roomproof.reports.html.boundary_map import Strip, number, strips
from roomproof.reports.html.columns import columns_of, ordered
from roomproof.reports.html.findings import heaps
from roomproof.reports.html.life import lives
from roomproof.reports.html.marking import MOST_LINES, request_message, response_message
from roomproof.reports.html.matrix import matrix
from roomproof.reports.html.overview import Overview, overview
from roomproof.reports.html.trend import changes
from roomproof.reports.reading import read_report
from roomproof.verdict import Verdict

Json = Any


def provider(name: str = "mini", verdicts: tuple[str, ...] = ("pass",), **more: Json) -> Json:
    """Return a provider of a report that has a clause for each of some verdicts, and a finding for each that
    is broken.
    """
    ids = [f"{name}.update-room.request.field{number}.maximum" for number in range(len(verdicts))]
    clauses = [
        {
            "id": clause,
            "operation": "update-room",
            "level": "documented",
            "verdict": word,
            "cases": 1,
            "source": {"document": "Page"},
        }
        for clause, word in zip(ids, verdicts, strict=True)
    ]
    request = {"method": "PATCH", "url": "/rooms/1", "headers": {}, "body": {}}
    findings = [
        {
            "clause": clause,
            "level": "documented",
            "verdict": word,
            "summary": f"{word}",
            "request": request,
            "response": None,
            "curl": "curl",
        }
        for clause, word in zip(ids, verdicts, strict=True)
        if word in ("fail", "warning", "deviation")
    ]
    return {
        "provider": name,
        "target": "t",
        "requests": 1,
        "seconds": 1.0,
        "clauses": clauses,
        "findings": findings,
        **more,
    }


def report(*providers: Json, **more: Json) -> Report:
    node = {"roomproof": "1", "report_version": 1, "seed": 0, "providers": list(providers), "summary": {}}
    return report_from({**node, **more})


def top(*reports: Report) -> Overview:
    runs = ordered(reports)
    columns = columns_of(runs)
    known = frozenset(runs[-1].baseline.known if runs[-1].baseline else ())
    return overview(runs, columns, heaps(columns, known), known)


def boundary(*tried: tuple[float, bool | None], **more: Json) -> Strip:
    values = [{"value": value, "accepted": accepted} for value, accepted in tried]
    node = {
        "operation": "o",
        "field": "f",
        "what": "value",
        "documented": {"minimum": 2, "maximum": 50},
        "tried": values,
        **more,
    }
    (found,) = strips(columns_of([report(provider(boundaries=[node]))]))
    return found


@pytest.mark.parametrize(
    ("nodes", "kind", "headline"),
    [
        ([provider()], "pass", "Nothing fails; 1 of 1 documented clauses exercised (100 %)"),
        (
            [provider(verdicts=("pass", "warning"))],
            "warning",
            "Nothing fails: 1 warning to look at; 2 of 2 documented clauses exercised (100 %)",
        ),
        (
            [provider(verdicts=("pass", "inconclusive"))],
            "inconclusive",
            "Not proven: mini was not verified to the end",
        ),
        (
            [provider("a", ("fail", "fail")), provider("b"), provider("c", ("fail",))],
            "fail",
            "Do not release: 3 clauses fail at a and c",
        ),
        (
            [provider(verdicts=("pass",), stopped="Ctrl-C")],
            "inconclusive",
            "Not proven: mini was not verified to the end",
        ),
        (
            [provider("gone", ()), provider("b")],
            "inconclusive",
            "Not proven: gone was not verified to the end",
        ),
        (
            [provider(verdicts=("unexercised",))],
            "inconclusive",
            "Not proven: mini was not verified to the end",
        ),
        ([], "inconclusive", "Not proven: no provider was verified"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_headline(nodes: list[Json], kind: str, headline: str) -> None:
    assert (top(report(*nodes)).kind, top(report(*nodes)).headline) == (kind, headline)


def test_rooms_that_stayed_behind_are_among_the_things_to_do() -> None:
    found = top(report(provider(remarks=["room 7 could not be deleted"])))
    assert "mini: room 7 could not be deleted" in [todo.text for todo in found.todos]


def test_what_is_known_since_a_baseline_does_not_keep_from_a_release() -> None:
    known = {
        "path": "old.json",
        "new": [],
        "known": ["mini.update-room.request.field0.maximum"],
        "healed": [],
    }
    found = top(report(provider(verdicts=("fail",)), baseline=known))
    assert (found.kind, found.headline) == ("warning", "Nothing new fails: what fails did so in the baseline")
    assert (
        top(report(provider(verdicts=("fail", "fail")), baseline=known)).headline
        == "Do not release: 1 clause fails at mini"
    )


def test_a_newest_run_without_verdicts_is_not_hidden_by_an_older_one() -> None:
    old = report(provider(started="2026-01-01T00:00:00+00:00"))
    new = report(provider(verdicts=(), started="2026-01-02T00:00:00+00:00", stopped="nobody answers"))
    assert top(new, old).headline == "Not proven: mini was not verified to the end"
    assert any("nobody answers" in todo.text for todo in top(old, new).todos)


def test_runs_are_put_in_the_order_in_which_they_were_started() -> None:
    old, new = (
        report(provider(verdicts=(word,), started=f"2026-01-0{day}T00:00:00+00:00"))
        for day, word in ((1, "fail"), (2, "pass"))
    )
    (step,) = changes(ordered([new, old]))
    assert [(turned.turn, [change.clause for change in turned.changes]) for turned in step.turned] == [
        ("healed", ["mini.update-room.request.field0.maximum"])
    ]


@pytest.mark.parametrize(
    ("tried", "state", "found"),
    [
        (
            [(1, False), (2, True), (50, True), (51, False)],
            "as",
            "accepts 2 to 50, rejects 1 and less, rejects 51 and more",
        ),
        ([(50, True), (64, True), (65, False)], "against", "accepts 50 to 64, rejects 65 and more"),
        ([(2, True), (30, False), (50, True)], "against", "accepts 2 to 50, rejects 30 in between"),
        ([(50, None)], "against", "no clear response at 50"),
        ([(60, False), (70, False)], "as", "rejects all that was tried, 60 to 70"),
        ([], "untried", "not tried"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_said_of_a_limit(tried: list[tuple[float, bool | None]], state: str, found: str) -> None:
    strip = boundary(*tried)
    assert (strip.state, strip.documented, strip.found) == (state, "documented 2 to 50", found)


def test_a_limit_that_real_providers_have_besides_is_told_apart() -> None:
    narrower = boundary((1, False), (2, True), (20, True), (21, False), observed={"maximum": 20})
    assert (narrower.state, narrower.documented) == (
        "known",
        "documented 2 to 50; real providers: at most 20",
    )
    assert boundary((1, False), (2, True), (15, False), observed={"maximum": 20}).state == "against"
    assert boundary((20, True), (21, True), documented={}, observed={"maximum": 20}).state == "known"


def test_on_a_strip_values_stand_in_their_order_and_inside_of_it() -> None:
    tried = [-(2.0**63), -1, 0, 1, 2, 3, 30, 49, 50, 51, 64, 65, 1e30]
    places = [float(mark.at.rstrip("%")) for mark in boundary(*((value, True) for value in tried)).marks]
    assert places == sorted(places)
    assert places[0] > 0
    assert places[-1] < 100
    inside = boundary(*((value, True) for value in tried))
    start, length = (float(part.rstrip("%")) for part in inside.band or ("0", "0"))
    assert (
        places[tried.index(1)]
        < start
        <= places[tried.index(2)]
        < places[tried.index(50)]
        <= start + length
        < places[tried.index(51)]
    )
    # At a glance means: the first value beyond the end is at least a hundredth of the strip away from it.
    assert places[tried.index(51)] - places[tried.index(50)] > 1


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (2, "2"),
        (2147483647, "2,147,483,647"),
        (10**30, "1e+30"),
        (0.5, "0.5"),
        (20.0, "20"),
        (-1.25, "-1.25"),
    ],
)
def test_numbers_as_people_read_them(value: float, told: str) -> None:
    assert number(value) == told


def exchange(body: Json) -> RequestReport:
    path, headers = "/rooms/1", {"accept": "x"}
    url = f"https://example.com{path}"
    return RequestReport(method="PATCH", url=url, path=path, query={}, headers=headers, body=body)


def test_the_field_that_a_finding_is_about_is_marked_wherever_it_stands() -> None:
    sent = request_message(
        exchange({"name": "a", "codes": [{"role": "x"}, {"role": "y"}]}), "request", "codes.items.role"
    )
    assert [line.text.strip() for line in sent.body if line.marked] == ['"role": "x"', '"role": "y"']
    answered = ResponseReport(status=200, headers={}, body={"data": {"name": "b", "other": 1}})
    got = response_message(answered, "behaviour", "name", "another")
    assert got is not None
    assert [line.text.strip() for line in got.body if line.marked] == ['"name": "b",']
    assert not got.first.marked
    plain = response_message(answered, "request", "name", "status 200")
    assert plain is not None
    assert plain.first.marked
    assert not any(line.marked for line in plain.body)


def test_of_a_long_body_the_marked_lines_are_shown() -> None:
    body = {f"member{index}": index for index in range(500)}
    lines = request_message(exchange(body), "request", "member400").body
    assert len(lines) <= MOST_LINES + 4
    assert [line.text.strip() for line in lines if line.marked] == ['"member400": 400,']
    assert any("lines left out" in line.text for line in lines)
    deep: Json = {}
    for _ in range(90):
        deep = {"a": deep}
    assert any(
        "nested more deeply" in line.text for line in request_message(exchange(deep), "request", "").body
    )


def test_a_report_of_an_earlier_roomproof_without_newer_fields_is_shown(right: Json, tmp_path: Path) -> None:
    older = json.loads(json.dumps(right))
    for node in older["providers"]:
        del node["boundaries"]
        for clause in node["clauses"]:
            clause.pop("why", None)
    path = tmp_path / "older.json"
    path.write_text(json.dumps(older), encoding="utf-8")
    assert "the report does not say why" in html([read_report(path)])


def lived(*operations: tuple[str, str, str, str]) -> list[Any]:
    """Return the columns of a provider with operations: each with its effect, resource and verdict."""
    known = [
        {
            "id": name,
            "method": "GET",
            "path": "/",
            "effect": effect,
            "resource": resource,
            "level": "documented",
        }
        for name, effect, resource, _ in operations
    ]
    clauses = [
        {
            "id": f"mini.{name}.behaviour.it.safe",
            "operation": name,
            "level": "documented",
            "verdict": verdict,
            "cases": 1,
            "source": {"document": "Page"},
        }
        for name, _, _, verdict in operations
    ]
    return columns_of([report({**provider(), "clauses": clauses, "operations": known})])


LIFE = (
    ("remove", "delete", "room", "fail"),
    ("ban", "delete", "guest", "pass"),
    ("ping", "action", "", "pass"),
    ("get", "read", "room", "pass"),
    ("make", "create", "room", "unexercised"),
)


def test_operations_stand_by_resource_and_effect() -> None:
    groups = matrix(lived(*LIFE), frozenset())
    assert [group.operation for group in groups] == ["make", "get", "remove", "ban", "ping"]
    assert groups[0].does == "create room: GET /"


def test_an_older_report_without_operations_has_its_order_and_no_picture() -> None:
    columns = columns_of([report(provider("a", ("pass", "fail")))])
    assert [group.does for group in matrix(columns, frozenset())] == [""]
    assert lives(columns, {}) == ()


def test_a_life_has_an_arrow_for_each_operation_and_states_for_what_there_is() -> None:
    signs = dict.fromkeys(Verdict, "*")
    room, guest = lives(lived(*LIFE), signs)
    assert [(arrow.effect, arrow.verdict) for arrow in room.arrows] == [
        ("create", "unexercised"),
        ("read", "pass"),
        ("delete", "fail"),
    ]
    assert [state.name for state in room.states] == ["no room", "room", "gone"]
    assert [state.name for state in guest.states] == ["guest", "gone"]
    assert room.text == "create: make, unexercised. read: get, pass. delete: remove, fail"
    heights = [arrow.y for arrow in room.arrows]
    assert heights == sorted(heights)
    assert room.height > heights[-1]
