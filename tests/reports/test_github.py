"""GitHub Actions: annotations that the runner reads as they are meant, and a summary that it takes."""

from __future__ import annotations

import re
from typing import Any

import pytest

from roomproof.report.document import report_from
from roomproof.reports.github import MOST_ANNOTATIONS, silence, step_summary, workflow_commands

Report = dict[str, Any]


def obeyed(output: str) -> list[tuple[str, dict[str, str], str]]:
    """Read workflow commands as the runner does: line by line, in either form, and unescaped."""
    found = []
    for line in re.split(r"\r\n|\r|\n", output):
        assert "##[" not in line or line.lstrip().startswith("::"), (
            "the older form of a command may stand anywhere in a line"
        )
        match = re.fullmatch(r"\s*::(\w[\w-]*)(?: ([^:]*))?::(.*)", line)
        if match:
            pairs = (pair.partition("=") for pair in (match[2] or "").split(",") if pair)
            properties = {name: value.replace("%3A", ":").replace("%2C", ",") for name, _, value in pairs}
            found.append(
                (
                    match[1],
                    {name: unescaped(value) for name, value in properties.items()},
                    unescaped(match[3]),
                )
            )
    return found


def annotations(report: Report) -> list[tuple[str, dict[str, str], str]]:
    return obeyed("\n".join(workflow_commands(report_from(report))))


def unescaped(text: str) -> str:
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


def test_fails_are_errors_and_warnings_warnings_at_the_line_of_the_clause(calm: Report) -> None:
    commands = annotations(calm)
    assert [(kind, properties) for kind, properties, _ in commands] == [
        (
            "error",
            {"file": "mine/a: b,c.yaml", "line": "1", "title": "fail acme.update-room.request.fail0.type"},
        ),
        (
            "warning",
            {
                "file": "mine/a: b,c.yaml",
                "line": "2",
                "title": "warning acme.update-room.request.warning0.type",
            },
        ),
    ]
    assert commands[0][2].splitlines()[:3] == [
        "a calm text",
        "expected  a calm text",
        "received  a calm text",
    ]


def test_what_the_baseline_knows_is_a_warning_only(calm: Report) -> None:
    clause = "acme.update-room.request.fail0.type"
    since = {"path": "old.json", "new": [], "known": [clause], "healed": [], "unexercised": []}
    commands = annotations({**calm, "baseline": since})
    assert next((kind, properties["title"]) for kind, properties, _ in commands) == (
        "warning",
        f"fail {clause}",
    )
    assert "error" not in [kind for kind, *_ in commands]


@pytest.mark.parametrize(("strict", "kind"), [({}, "warning"), ({"strict_deviations": True}, "error")])
def test_a_deviation_to_look_at_again_is_told(calm: Report, strict: Report, kind: str) -> None:
    stale = {
        "clause": "acme.*.null",
        "reason": "r",
        "evidence": "A1",
        "seen": "2020-01-01",
        "expires": "2021-01-01",
        "why": "expired",
    }
    told = {**calm, "providers": [{**calm["providers"][0], "stale_deviations": [stale]}], **strict}
    assert (kind, "deviation acme.*.null") in [(kind, each["title"]) for kind, each, _ in annotations(told)]
    assert "expired: seen 2020-01-01" in step_summary(report_from(told), 100_000)


def test_a_run_that_stopped_early_is_an_error(of_no_run: Report) -> None:
    ((kind, properties, message),) = annotations(of_no_run)
    assert (kind, properties) == ("error", {"title": "telnyx stopped early"})
    assert "TELNYX_API_KEY" in message


def test_a_provider_that_conforms_is_not_annotated(of_recordings: Report) -> None:
    errors = [kind for kind, *_ in annotations(of_recordings)].count("error")
    assert errors == of_recordings["summary"]["fail"]


def test_no_more_than_github_shows_and_the_last_says_how_many_more(handmade: Any) -> None:
    commands = annotations(handmade(repeat=25))
    errors = [properties["title"] for kind, properties, _ in commands if kind == "error"]
    warnings = [properties["title"] for kind, properties, _ in commands if kind == "warning"]
    assert len(errors) == len(warnings) == MOST_ANNOTATIONS
    assert errors[-1] == warnings[-1] == "16 more"


def test_hostile_texts_stay_in_their_message(hostile: Report, calm_but_stopped: Report) -> None:
    lines = workflow_commands(report_from(hostile))
    assert all(line.startswith("::") and line.isprintable() for line in lines)
    kinds = [(kind, properties) for kind, properties, _ in obeyed("\n".join(lines))]
    assert kinds == [(kind, properties) for kind, properties, _ in annotations(calm_but_stopped)]
    assert all(len(line) < 10_000 for line in lines)


def test_percent_signs_come_through(handmade: Any) -> None:
    (_, _, message), *_ = annotations(handmade("100%0A, a:b"))
    assert message.splitlines()[0] == "100%0A, a:b"


def test_a_summary_is_whole_blocks_the_most_important_first(handmade: Any) -> None:
    report = handmade(repeat=400)
    whole, part = step_summary(report_from(report), 10**9), step_summary(report_from(report), 40_000)
    assert whole.count("## fail") == 400
    assert "more: the JSON report has them" not in whole
    assert 30_000 < len(part.encode()) <= 40_000
    shown = part.count("## fail")
    assert 0 < shown < 400
    assert f"{400 - shown + 400 + 400} more: the JSON report has them" in part
    assert part.count("```") % 2 == 0


def test_where_there_is_no_room_there_is_no_summary(calm: Report) -> None:
    assert step_summary(report_from(calm), 0) == ""


def test_what_stands_between_is_not_obeyed() -> None:
    assert silence("abc") == ("::stop-commands::abc", "::abc::")
