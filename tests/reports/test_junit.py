"""JUnit XML in the elements and attributes of the schema that Jenkins publishes, which other CI servers read
as well.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree as Xml

from roomproof.report.document import report_from
from roomproof.reports.junit import junit

Report = dict[str, Any]
# junit-10.xsd of Jenkins' xUnit plugin: element -> (required attributes, further attributes, elements in it),
# as far as we use it.
MESSAGE = (set[str](), {"message", "type"}, set[str]())
ALLOWED = {
    "testsuites": (set[str](), {"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors"},
        {"group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"},
        {"testsuite", "properties", "testcase", "system-out", "system-err"},
    ),
    "properties": (set[str](), set[str](), {"property"}),
    "property": ({"name", "value"}, set[str](), set[str]()),
    "testcase": (
        {"name"},
        {"time", "classname", "group"},
        {"skipped", "error", "failure", "system-out", "system-err"},
    ),
    "failure": MESSAGE,
    "error": MESSAGE,
    "skipped": MESSAGE,
    "system-out": (set[str](), set[str](), set[str]()),
    "system-err": (set[str](), set[str](), set[str]()),
}
TIME = re.compile(r"(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?")


def read(report: Report) -> Xml.Element:
    """Return the view, after a look at everything that the schema and the counts demand."""
    root = Xml.fromstring(junit(report_from(report)).encode("utf-8"))
    assert root.tag == "testsuites"
    for element in root.iter():
        required, further, inner = ALLOWED[element.tag]
        assert required <= set(element.keys()) <= required | further
        assert {child.tag for child in element} <= inner
        assert TIME.fullmatch(element.get("time", ""))
    for suite in root:
        cases = suite.findall("testcase")
        assert suite.get("tests") == str(len(cases))
        assert len({(case.get("classname"), case.get("name")) for case in cases}) == len(cases)
        for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert suite.get(attribute) == str(len(suite.findall(f"testcase/{tag}")))
    for attribute in ("tests", "failures", "errors"):
        assert root.get(attribute) == str(sum(int(suite.get(attribute, "")) for suite in root))
    return root


def case(root: Xml.Element, name: str) -> Xml.Element:
    (found,) = (case for case in root.iter("testcase") if case.get("name") == name)
    return found


def test_real_reports_are_valid(every_real_report: list[Report]) -> None:
    for report in every_real_report:
        assert len(list(read(report).iter("testcase"))) >= report["summary"]["clauses"]


def test_what_each_verdict_becomes(calm: Report) -> None:
    root = read(calm)
    parts = {
        word: case(root, f"update-room.request.{word}0.type") for word in calm["summary"] if word != "clauses"
    }
    assert {word: [child.tag for child in element] for word, element in parts.items()} == {
        "fail": ["failure"], "warning": ["system-out"], "deviation": ["system-out"],
        "inconclusive": ["skipped"], "unexercised": ["skipped"], "pass": [],
    }  # fmt: skip
    assert {element.get("classname") for element in parts.values()} == {"acme.update-room"}
    assert parts["fail"][0].get("message") == "a calm text"
    assert parts["fail"][0].get("type") == "documented"
    assert "curl -d" in str(parts["fail"][0].text)
    assert parts["unexercised"][0].get("message") == "unexercised: no request really tested it"
    assert str(parts["deviation"][0].text).startswith("deviation: a calm text")


def test_a_suite_says_when_where_and_how_long(calm: Report) -> None:
    (suite,) = read(calm)
    assert (suite.get("timestamp"), suite.get("time")) == ("2026-01-02T03:04:05+00:00", "1.500")
    properties = {item.get("name"): item.get("value") for item in suite.iter("property")}
    assert {name: properties[name] for name in ("target", "contract_version")} == dict.fromkeys(
        ("target", "contract_version"), "a calm text"
    )


def test_a_run_that_could_not_start_is_an_error(of_no_run: Report) -> None:
    (only,) = read(of_no_run).iter("testcase")
    (error,) = only
    assert (only.get("classname"), only.get("name"), error.tag) == ("telnyx", "run", "error")
    assert "TELNYX_API_KEY" in error.get("message", "")


def test_hostile_texts_change_nothing_but_texts(hostile: Report, calm_but_stopped: Report) -> None:
    def shape(root: Xml.Element) -> list[tuple[str, list[str]]]:
        return [(element.tag, sorted(element.keys())) for element in root.iter()]

    assert shape(read(hostile)) == shape(read(calm_but_stopped))
