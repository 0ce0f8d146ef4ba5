"""JUnit XML: one test case a clause, in the elements and attributes of the schema that Jenkins publishes
(junit-10.xsd).
"""

from __future__ import annotations

from xml.etree import ElementTree as Xml

from roomproof.report.document import Report
from roomproof.report.finding import FindingReport
from roomproof.report.provider import ClauseCoverage, ClauseReport, ProviderReport, StaleDeviation
from roomproof.reports import client
from roomproof.reports.coverage import coverage_of
from roomproof.reports.shortfall import shortfalls
from roomproof.verdict import Verdict

_ILLEGAL = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 65534, 65535, *range(55296, 57344)), "�")
_SKIPPED = {
    Verdict.UNEXERCISED: "no request really tested it",
    Verdict.INCONCLUSIVE: "nothing certain came of it",
}


def junit(report: Report) -> str:
    """Return a report as JUnit XML: a fail is a failure, an unexercised or inconclusive clause is skipped.

    A fail that the baseline knows is no failure, but is written out. A deviation that has to be looked at
    again is a test case of its own. A run that did not start, stopped early, or could not judge what it was
    asked for is a test case `run` with an error; the properties of a suite say how many of its documented
    clauses were exercised. What the client sent outside the contract is a suite beside the provider's, a test
    case an entry, which fails only if it fails the run.
    """
    suites = Xml.Element("testsuites", name="roomproof")
    known = frozenset(report.baseline.known if report.baseline else ())
    healed = frozenset(report.baseline.healed if report.baseline else ())
    unproven: dict[str, list[str]] = {}
    for shortfall in shortfalls(report):
        unproven.setdefault(shortfall.provider, []).append(shortfall.what)
    for provider in report.providers:
        errors = [("stopped", why) for why in (provider.stopped,) if why]
        errors += [("unproven", what) for what in unproven.get(provider.provider, ())]
        suites.append(_suite(provider, known, healed, errors, stale_fails=report.strict_deviations))
        if provider.client:
            suites.append(_of_client(report, provider))
    if "" in unproven:
        suites.append(_of_all(coverage_of(report.clauses), unproven[""]))
    for count in ("tests", "failures", "errors"):
        suites.set(count, str(sum(int(suite.get(count, "0")) for suite in suites)))
    suites.set("time", _seconds(sum(provider.seconds for provider in report.providers)))
    Xml.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(suites, encoding="unicode") + "\n"


def _of_client(report: Report, provider: ProviderReport) -> Xml.Element:
    """Return the suite of what the client sent outside a provider's contract."""
    name = f"{provider.provider}.client"
    listed = client.entries(provider)
    failures = sum(client.fails(report, entry) for entry in listed)
    counts = {"tests": str(len(listed)), "failures": str(failures), "errors": "0", "skipped": "0"}
    suite = Xml.Element("testsuite", {"name": _legal(name), **counts, "time": _seconds(0)})
    for entry in listed:
        called = f"{entry.clause.partition('.')[2]} ({entry.place})"
        case = Xml.SubElement(
            suite, "testcase", classname=_legal(name), name=_legal(called), time=_seconds(0)
        )
        text = _legal("\n".join(client.told(entry)))
        if client.fails(report, entry):
            Xml.SubElement(case, "failure", message=_legal(entry.what), type=entry.level).text = text
        else:
            Xml.SubElement(case, "system-out").text = f"{entry.severity}: {text}"
    return suite


def _of_all(exercised: ClauseCoverage, whys: list[str]) -> Xml.Element:
    """Return the suite of what could not be judged of all providers together."""
    suite = Xml.Element(
        "testsuite", name="roomproof", tests="1", failures="0", errors="1", skipped="0", time=_seconds(0)
    )
    _properties(suite, {}, exercised)
    _add_run(suite, "roomproof", 0, [("unproven", why) for why in whys])
    return suite


def _properties(suite: Xml.Element, known: dict[str, str], exercised: ClauseCoverage) -> None:
    properties = Xml.SubElement(suite, "properties")
    counts = {
        "documented_clauses": str(exercised.of),
        "documented_clauses_exercised": str(exercised.documented),
    }
    for name, value in {**known, **counts}.items():
        Xml.SubElement(properties, "property", name=name, value=_legal(value))


def _add_run(suite: Xml.Element, name: str, seconds: float, errors: list[tuple[str, str]]) -> None:
    """Add the test case of the run itself, with what keeps it from having proven what was asked for."""
    case = Xml.SubElement(suite, "testcase", classname=_legal(name), name="run", time=_seconds(seconds))
    kind, _ = errors[0]
    whys = _legal("\n".join(why for _, why in errors))
    Xml.SubElement(case, "error", message=whys, type=kind)
    Xml.SubElement(suite, "system-err").text = whys


def _suite(
    provider: ProviderReport,
    known: frozenset[str],
    healed: frozenset[str],
    errors: list[tuple[str, str]],
    *,
    stale_fails: bool,
) -> Xml.Element:
    stale = provider.stale_deviations or ()
    fails = {clause.id for clause in provider.clauses if clause.verdict is Verdict.FAIL} - known
    skipped = sum(not clause.is_proven for clause in provider.clauses)
    suite = Xml.Element(
        "testsuite",
        name=_legal(provider.provider),
        tests=str(len(provider.clauses) + len(stale) + bool(errors)),
        failures=str(len(fails) + (len(stale) if stale_fails else 0)),
        errors="1" if errors else "0",
        skipped=str(skipped),
        time=_seconds(provider.seconds),
    )
    if provider.started is not None:
        suite.set("timestamp", _legal(provider.started))
    versions = {} if provider.contract_version is None else {"contract_version": provider.contract_version}
    _properties(suite, {"target": provider.target, **versions}, coverage_of(provider.clauses))
    findings = {finding.clause: finding for finding in reversed(provider.findings)}
    for clause in provider.clauses:
        suite.append(_case(clause, findings.get(clause.id), known, healed))
    suite.extend(_stale_case(provider.provider, entry, fails=stale_fails) for entry in stale)
    if errors:
        _add_run(suite, provider.provider, provider.seconds, errors)
    return suite


def _stale_case(provider: str, entry: StaleDeviation, *, fails: bool) -> Xml.Element:
    case = _testcase(f"{provider}.deviations", entry.clause)
    why = _legal(f"{entry.why}: seen {entry.seen}, expires {entry.expires}, {entry.evidence}: {entry.reason}")
    if fails:
        Xml.SubElement(case, "failure", message=_legal(entry.why), type="deviation").text = why
    else:
        Xml.SubElement(case, "system-out").text = why
    return case


def _testcase(class_name: str, name: str, seconds: float = 0) -> Xml.Element:
    return Xml.Element("testcase", classname=_legal(class_name), name=_legal(name), time=_seconds(seconds))


def _case(
    clause: ClauseReport,
    finding: FindingReport | None,
    known: frozenset[str],
    healed: frozenset[str],
) -> Xml.Element:
    provider, _, name = clause.id.partition(".")
    # What a clause took nobody knows: its requests serve others, too.
    case = _testcase(f"{provider}.{clause.operation}", name)
    if clause.verdict is Verdict.FAIL and finding and clause.id in known:
        Xml.SubElement(case, "system-out").text = _legal(f"known since the baseline: {_details(finding)}")
    elif clause.verdict is Verdict.FAIL and finding:
        failure = Xml.SubElement(case, "failure", message=_legal(finding.summary), type=clause.level)
        failure.text = _legal(_details(finding))
    elif not clause.is_proven:
        why = clause.why or _SKIPPED[clause.verdict]
        Xml.SubElement(case, "skipped", message=_legal(f"{clause.verdict}: {why}"))
    elif clause.id in healed:
        Xml.SubElement(case, "system-out").text = "healed since the baseline"
    elif finding:
        Xml.SubElement(case, "system-out").text = _legal(f"{clause.verdict}: {_details(finding)}")
    return case


def _details(finding: FindingReport) -> str:
    told = (f"expected {finding.expected}", f"received {finding.received}", f"source {finding.source}")
    return "\n".join((finding.summary, *told, *finding.recipe))


def _seconds(seconds: float) -> str:
    """Return a time as CI servers read it: without an exponent, and in milliseconds at most."""
    return f"{seconds:.3f}"


def _legal(text: str) -> str:
    """Return a text with the characters that XML 1.0 (2.2) excludes replaced."""
    return text.translate(_ILLEGAL)
