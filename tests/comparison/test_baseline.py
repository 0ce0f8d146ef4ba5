"""What is new since an earlier report: by clause and by the way in which it is broken, never by the clause
alone.
"""

from __future__ import annotations

from typing import Any

import pytest

from roomproof.comparison.baseline import baseline_from, require_verdicts, since
from roomproof.errors import UsageError
from roomproof.report.document import Baseline, report_from

MAXIMUM, TYPE = "acme.update-room.request.size.maximum", "acme.update-room.request.size.type"
LIMIT = {"documented": 50, "accepted_up_to": 51, "refused_from": 52, "requests": 10}
Report = dict[str, Any]


def finding(clause: str, *kinds: str, verdict: str = "fail", **more: Any) -> Report:
    return {"clause": clause, "verdict": verdict, "kinds": list(kinds), **more}


def report(*findings: Report, calm: str = "pass", provider: str = "acme") -> Report:
    verdicts = {MAXIMUM: calm, TYPE: calm} | {one["clause"]: one["verdict"] for one in findings}
    clauses = [{"id": clause, "verdict": verdict} for clause, verdict in verdicts.items()]
    return {
        "report_version": 1,
        "providers": [{"provider": provider, "clauses": clauses, "findings": list(findings)}],
    }


def new_since(earlier: Report, now: Report) -> Baseline:
    return since(report_from(earlier), "old.json", report_from(now))


def told(**clauses: tuple[str, ...]) -> Baseline:
    """What became of some clauses, and of no other."""
    return Baseline(path="old.json", **{"new": (), "known": (), "healed": (), "unexercised": (), **clauses})


def test_the_same_fault_is_known_and_another_clause_is_new() -> None:
    both = report(finding(MAXIMUM, "accepts number"), finding(TYPE, "accepts text"))
    assert new_since(report(finding(MAXIMUM, "accepts number")), both) == told(new=(TYPE,), known=(MAXIMUM,))


def test_another_way_of_breaking_the_same_clause_is_new() -> None:
    accepting, rejecting = (report(finding(MAXIMUM, way)) for way in ("accepts number", "rejects number"))
    assert new_since(accepting, rejecting).new == (MAXIMUM,)
    accepting_more = report(finding(TYPE, "accepts text", "accepts array"))
    assert new_since(report(finding(TYPE, "accepts text")), accepting_more).new == (TYPE,)


def test_fewer_ways_of_breaking_it_are_known() -> None:
    earlier = report(finding(TYPE, "accepts text", "accepts array"))
    assert new_since(earlier, report(finding(TYPE, "accepts text"))).known == (TYPE,)


@pytest.mark.parametrize(
    ("lies", "new"),
    [
        (LIMIT, False),
        ({**LIMIT, "requests": 24}, False),
        ({**LIMIT, "accepted_up_to": 64, "refused_from": 65}, True),
        ({"documented": 50, "accepted_up_to": 64, "exact": False, "requests": 24}, False),
        (None, False),
    ],
    ids=["there", "found with more requests", "moved", "not known for certain", "not measured"],
)
def test_a_limit_that_was_measured_twice_and_moved_is_new(lies: Any, new: bool) -> None:
    now = finding(MAXIMUM, "accepts number", **({"limit": lies} if lies else {}))
    assert bool(new_since(report(finding(MAXIMUM, "accepts number", limit=LIMIT)), report(now)).new) is new


def test_what_was_a_warning_or_a_deviation_and_fails_is_new() -> None:
    for word in ("warning", "deviation"):
        earlier = report(finding(MAXIMUM, "accepts number", verdict=word))
        assert new_since(earlier, report(finding(MAXIMUM, "accepts number"))).new == (MAXIMUM,)


def test_only_what_was_tested_again_heals() -> None:
    earlier = report(finding(MAXIMUM, "accepts number"))
    assert new_since(earlier, report()) == told(healed=(MAXIMUM,))
    assert new_since(earlier, report(calm="unexercised")) == told(unexercised=(MAXIMUM,))
    assert new_since(earlier, report(calm="inconclusive")) == told(unexercised=(MAXIMUM,))
    assert new_since(earlier, report(finding(MAXIMUM, "accepts number", verdict="warning"))) == told()


def test_a_report_that_does_not_tell_the_ways_is_matched_by_clause() -> None:
    earlier = report({"clause": MAXIMUM, "verdict": "fail"})
    assert new_since(earlier, report(finding(MAXIMUM, "rejects number"))).known == (MAXIMUM,)


@pytest.mark.parametrize(
    ("baseline", "says"),
    [
        ({}, "old.json is no roomproof report"),
        ({"report_version": 2, "providers": []}, "old.json is a report of version 2, not 1"),
        (report(provider="other"), "old.json says nothing of acme, only of other"),
        (
            {"report_version": 1, "providers": [{"provider": "acme", "clauses": [], "findings": []}]},
            "old.json says nothing of acme, only of nobody",
        ),
        (
            report() | {"providers": [{**report()["providers"][0], "findings": [7]}]},
            "old.json has findings that are none",
        ),
        (
            report()
            | {"providers": [{**report()["providers"][0], "findings": [finding(MAXIMUM) | {"kinds": 7}]}]},
            "findings that are none",
        ),
    ],
    ids=[
        "no report",
        "another version",
        "another provider",
        "a run that did not start",
        "a finding that is none",
        "ways that are none",
    ],
)
def test_what_is_no_report_on_the_provider_is_rejected(baseline: Any, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        require_verdicts(baseline_from(baseline, "old.json"), "old.json", ["acme"])


def test_a_report_on_the_provider_will_do() -> None:
    earlier = baseline_from(report(finding(MAXIMUM, "accepts number")), "old.json")
    require_verdicts(earlier, "old.json", ["acme"])
