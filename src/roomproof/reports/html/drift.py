"""The page about what changed between versions of a document."""

from __future__ import annotations

from markupsafe import Markup

from roomproof.reports.drift import DriftReport, alike
from roomproof.reports.html.page import environment, policy, text_of


def drift_page(report: DriftReport) -> str:
    """Return what changed as one page."""
    style = text_of("style.css")
    steps = [{"old": step.old, "new": step.new, "changes": alike(step)} for step in report.steps]
    template = environment().get_template("drift.html")
    return template.render(style=Markup(style), policy=policy(style), report=report, steps=steps)
