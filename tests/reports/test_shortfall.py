"""What was asked for and could not be judged is told by every view, and how much was tested of how much could
be.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomproof.commands.outputs import VIEWS
from roomproof.report.document import report_from
from roomproof.report.provider import ClauseCoverage
from roomproof.reports.coverage import coverage_of
from roomproof.reports.github import workflow_commands
from roomproof.reports.shortfall import shortfalls
from roomproof.reports.terminal import show

Report = dict[str, Any]
VERDICTS = st.sampled_from(["fail", "warning", "deviation", "inconclusive", "pass", "unexercised"])
CLAUSES = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.just("acme.x.request.a.type"),
            "level": st.sampled_from(["documented", "sample"]),
            "verdict": VERDICTS,
        }
    )
)


def doubtful(report: Report, why: str | None = "status 503: too busy to answer") -> Report:
    """The same report, its inconclusive clause a documented one, with a reason."""
    (clause,) = (
        clause for clause in report["providers"][0]["clauses"] if clause["verdict"] == "inconclusive"
    )
    clause |= {"level": "documented"} | ({} if why is None else {"why": why})
    return report


def told(report: Report) -> list[str]:
    return [str(shortfall) for shortfall in shortfalls(report_from(report))]


def test_a_report_in_which_all_was_judged_lacks_nothing(calm: Report) -> None:
    assert told(calm) == []


def test_a_documented_clause_that_is_inconclusive_is_named_with_its_reason(calm: Report) -> None:
    clause = "acme.update-room.request.inconclusive0.type"
    assert told(doubtful(calm)) == [
        f"acme: 1 documented clause is inconclusive: {clause} (status 503: too busy to answer)"
    ]


def test_of_many_the_first_few_are_named(handmade: Callable[..., Report]) -> None:
    report = handmade(repeat=5)
    for clause in report["providers"][0]["clauses"]:
        clause |= {"level": "documented", "why": "w"}
    (sentence,) = told(report)
    assert sentence.startswith("acme: 5 documented clauses are inconclusive: ")
    assert sentence.endswith("inconclusive2.type (w), and 2 more")


def test_a_report_of_an_older_version_gives_no_reason(calm: Report) -> None:
    (sentence,) = told(doubtful(calm, None))
    assert sentence.endswith("inconclusive0.type (no reason is known)")


def test_a_run_that_stopped_early_says_that_by_itself(calm: Report) -> None:
    doubtful(calm)["providers"][0]["stopped"] = "--max-requests 1 reached"
    assert told(calm) == []


@pytest.mark.parametrize(
    ("only", "lacks"),
    [
        (["*.pass0.*"], None),
        (
            ["*.unexercised0.*"],
            (
                "--only *.unexercised0.* asks for what was not exercised: "
                "acme.update-room.request.unexercised0.type"
            ),
        ),
        (["*.inconclusive0.*"], "--only *.inconclusive0.* asks for what was not exercised"),
        (["*.pass0.*", "*.unexercised0.*"], "--only *.unexercised0.* asks for"),
        (["acme.*"], None),
        (["*.fail0.*", "other.*"], None),
    ],
    ids=str,
)
def test_each_pattern_asks_for_something_that_is_exercised(
    calm: Report, only: list[str], lacks: str | None
) -> None:
    calm["providers"][0]["only"] = only
    assert len(told(calm)) == (lacks is not None)
    assert lacks is None or lacks in told(calm)[0]


def test_no_usable_response_to_any_request(calm: Report) -> None:
    calm["providers"][0] |= {"unanswered": {"timed out": 7}}
    assert told(calm) == ["acme: no request got a usable response: timed out"]


@pytest.mark.parametrize(
    ("unanswered", "allowed", "lacks"),
    [
        ({"reset": 10}, None, ""),
        (
            {"reset": 11},
            None,
            "11 of 1000 requests got no usable response (1.1 %), --max-unanswered allows 1 %: reset",
        ),
        (
            {"late": 4, "reset": 7},
            None,
            "11 of 1000 requests got no usable response (1.1 %), --max-unanswered allows 1 %: reset",
        ),
        ({"reset": 11}, 1.1, ""),
        (
            {"reset": 1},
            0,
            "1 of 1000 requests got no usable response (0.1 %), --max-unanswered allows 0 %: reset",
        ),
        ({"reset": 900}, 100, ""),
        ({}, 0, ""),
    ],
    ids=str,
)
def test_so_many_requests_may_get_no_usable_response(
    unanswered: dict[str, int], allowed: float | None, lacks: str, calm: Report
) -> None:
    calm["providers"][0] |= {"requests": 1000, "unanswered": unanswered}
    calm |= {} if allowed is None else {"max_unanswered": allowed}
    assert told(calm) == ([f"acme: {lacks}"] if lacks else [])


def test_a_few_of_a_short_run_may_get_none(calm: Report) -> None:
    calm["providers"][0] |= {"requests": 20, "unanswered": {"reset": 4}}
    assert told(calm) == []
    assert told(calm | {"max_unanswered": 1}) != [], "but where it was asked for, it counts"


def test_what_a_recording_has_no_response_to_is_no_matter_of_the_share(calm: Report) -> None:
    calm["providers"][0] |= {"requests": 100, "unanswered": {"aborted": 50}, "recordings": True}
    assert told(calm) == []


def test_a_run_without_any_verdict(calm: Report) -> None:
    for clause in calm["providers"][0]["clauses"]:
        clause["verdict"] = "unexercised"
    assert told(calm) == ["acme: no clause was exercised"]
    calm["providers"][0]["recordings"] = True
    assert told(calm) == [], "of a recording the command says what is missing"


@pytest.mark.parametrize(("asked", "lacks"), [(0, False), (80, False), (80.01, True), (100, True)])
def test_a_share_that_is_demanded(calm: Report, asked: float, lacks: bool) -> None:
    """Of six clauses five are documented, four of them exercised."""
    calm["fail_under"] = asked
    assert coverage_of(report_from(calm).clauses) == ClauseCoverage(4, 5)
    assert told(calm) == (
        [f"80 % of the documented clauses were exercised, --fail-under asks for {asked:g} %"] if lacks else []
    )


@pytest.mark.parametrize(
    ("documented", "of", "percent"),
    [(5, 8, "62.5 %"), (2, 3, "66.6 %"), (1, 1, "100 %"), (9999, 10000, "99.9 %")],
)
def test_a_share_is_never_rounded_up(documented: int, of: int, percent: str) -> None:
    assert (
        str(ClauseCoverage(documented, of))
        == f"{documented} of {of} documented clauses exercised ({percent})"
    )


@given(CLAUSES)
def test_exercised_is_what_has_a_verdict_that_rests_on_a_test(clauses: list[Report]) -> None:
    found = coverage_of(report_from({"providers": [{"clauses": clauses}]}).clauses)
    missing = [
        one
        for one in clauses
        if one["level"] == "documented" and one["verdict"] in ("unexercised", "inconclusive")
    ]
    assert found.documented + len(missing) == found.of
    assert 0 <= found.share <= 100
    assert (found.share == Fraction(100)) == (not missing and found.of > 0)


def test_every_view_tells_it(calm: Report, capsys: pytest.CaptureFixture[str]) -> None:
    from roomproof.reports.console import open_console

    doubtful(calm)["fail_under"] = 99
    calm["providers"][0]["findings"] = []
    for clause in calm["providers"][0]["clauses"]:
        clause["verdict"] = clause["verdict"].replace("fail", "pass")
    calm["summary"] |= {"fail": 0}
    show(open_console(300), report_from(calm))
    views = {name: VIEWS[name](report_from(calm)) for name in ("junit", "html", "sarif", "markdown")}
    views |= {"terminal": capsys.readouterr().out, "github": "\n".join(workflow_commands(report_from(calm)))}
    for name, text in views.items():
        assert "1 documented clause is inconclusive" in text, name
        assert "--fail-under asks for 99 %" in text.replace("%25", "%"), name
    assert "not proven" in VIEWS["badge"](report_from(calm))
    assert "4 of 6 documented clauses exercised (66.6 %)" in views["terminal"]
    assert "4 of 6 documented clauses exercised (66.6 %)" in views["markdown"].splitlines()[0]
    assert "Not proven" in views["html"]
    assert not json.loads(views["sarif"])["runs"][0]["invocations"][0]["executionSuccessful"]


def test_junit_counts_what_could_not_be_judged_as_errors(calm: Report) -> None:
    suites = Xml.fromstring(VIEWS["junit"](report_from(doubtful(calm) | {"fail_under": 99})))
    assert suites.get("errors") == "2"
    (of_provider, of_all) = suites
    assert [case.get("name") for case in of_provider.iter("testcase") if case.find("error") is not None] == [
        "run"
    ]
    properties = {item.get("name"): item.get("value") for item in of_provider.iter("property")}
    assert (properties["documented_clauses"], properties["documented_clauses_exercised"]) == ("6", "4")
    assert "--fail-under asks for 99 %" in str(of_all.find("testcase/error").get("message"))  # type: ignore[union-attr]


def test_a_real_report_says_how_much_was_tested(every_real_report: list[Report]) -> None:
    for report in every_real_report:
        found = coverage_of(report_from(report).clauses)
        assert report["summary"]["exercised"] == {"documented": found.documented, "of": found.of}
        for provider in report["providers"]:
            assert provider["clauses"] == [] or provider["exercised"]["of"] > 0
