"""JUnit XML: one test case a clause, as CI servers read it."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as Xml

from roomproof.reports.report import curl_lines

_ILLEGAL = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 65534, 65535, *range(55296, 57344)), "�")


def junit(report: dict[str, Any]) -> str:
    """Return a report as JUnit XML: a fail is a failure, an unexercised or inconclusive clause is skipped.

    A fail that the baseline knows is no failure, but is written out. A deviation that has to be looked at again is a test case of its own.
    """
    suites = Xml.Element("testsuites", name="roomproof")
    known = frozenset(report.get("baseline", {}).get("known", ()))
    healed = frozenset(report.get("baseline", {}).get("healed", ()))
    for provider in report["providers"]:
        suites.append(_suite(provider, known, healed, stale_fails=report.get("strict_deviations", False)))
    Xml.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(suites, encoding="unicode") + "\n"


def _suite(provider: dict[str, Any], known: frozenset[str], healed: frozenset[str], *, stale_fails: bool) -> Xml.Element:
    stale = provider.get("stale_deviations", [])
    fails = [clause["id"] for clause in provider["clauses"] if clause["verdict"] == "fail" and clause["id"] not in known]
    verdicts = [clause["verdict"] for clause in provider["clauses"]]
    skipped = verdicts.count("unexercised") + verdicts.count("inconclusive")
    stopped = provider.get("stopped", "")
    suite = Xml.Element(
        "testsuite",
        name=provider["provider"],
        tests=str(len(verdicts) + len(stale)),
        failures=str(len(fails) + (len(stale) if stale_fails else 0)),
        errors="1" if stopped else "0",
        skipped=str(skipped),
        time=str(provider["seconds"]),
    )
    findings = {finding["clause"]: finding for finding in reversed(provider["findings"])}
    for clause in provider["clauses"]:
        suite.append(_case(clause, findings.get(clause["id"]), known, healed))
    suite.extend(_stale_case(provider["provider"], entry, fails=stale_fails) for entry in stale)
    if stopped:
        Xml.SubElement(suite, "system-err").text = _legal(stopped)
    return suite


def _stale_case(provider: str, entry: dict[str, str], *, fails: bool) -> Xml.Element:
    case = Xml.Element("testcase", classname=f"{provider}.deviations", name=_legal(entry["clause"]))
    why = _legal(f"{entry['why']}: seen {entry['seen']}, expires {entry['expires']}, {entry['evidence']}: {entry['reason']}")
    if fails:
        Xml.SubElement(case, "failure", message=entry["why"], type="deviation").text = why
    else:
        Xml.SubElement(case, "system-out").text = why
    return case


def _case(clause: dict[str, Any], finding: dict[str, Any] | None, known: frozenset[str], healed: frozenset[str]) -> Xml.Element:
    provider, _, name = clause["id"].partition(".")
    case = Xml.Element("testcase", classname=f"{provider}.{clause['operation']}", name=name)
    if clause["verdict"] == "fail" and finding and clause["id"] in known:
        Xml.SubElement(case, "system-out").text = _legal(f"known since the baseline: {_details(finding)}")
    elif clause["verdict"] == "fail" and finding:
        Xml.SubElement(case, "failure", message=_legal(finding["summary"]), type=clause["level"]).text = _legal(_details(finding))
    elif clause["verdict"] in ("unexercised", "inconclusive"):
        Xml.SubElement(case, "skipped", message=clause["verdict"])
    elif clause["id"] in healed:
        Xml.SubElement(case, "system-out").text = "healed since the baseline"
    elif finding:
        Xml.SubElement(case, "system-out").text = _legal(f"{clause['verdict']}: {_details(finding)}")
    return case


def _details(finding: dict[str, Any]) -> str:
    source = ", ".join(finding["source"].values())
    told = f"{finding['summary']}\nexpected {finding['expected']}\nreceived {finding['received']}\nsource {source}"
    return "\n".join((told, *curl_lines(finding), *([finding["reproduce"]] if "reproduce" in finding else [])))


def _legal(text: str) -> str:
    """Return a text with the characters that XML 1.0 (2.2) excludes replaced."""
    return text.translate(_ILLEGAL)
