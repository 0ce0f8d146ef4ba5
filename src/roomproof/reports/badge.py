"""A badge: one line of text in two boxes, as SVG. The words say everything, the colour only repeats it."""

from __future__ import annotations

from html import escape

from roomproof.legible import one_line, shortened
from roomproof.report.document import Report
from roomproof.reports.findings import stopped
from roomproof.reports.shortfall import shortfalls

_FAILS, _OPEN, _WARNS, _CONFORMS = "#b31d28", "#57606a", "#8a5a00", "#1a7f37"
"""Backgrounds on which white text has a contrast of at least 4.5:1 (WCAG 2.2, 1.4.3)."""
_HEIGHT, _MARGIN, _LETTER = 20, 6, 6.2
"""Pixels: of the badge, beside a text, of a letter; `textLength` makes a text as wide as we say, whatever the
font.
"""
_LONGEST = 40

_SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" role="img"
  aria-label="{title}">
 <title>{title}</title>
 <rect width="{width}" height="{height}" rx="3" fill="#24292f"/>
 <path d="M{left} 0h{rest}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-{rest}z" fill="{colour}"/>
 <g fill="#fff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11">
  <text x="{margin}" y="14" textLength="{label_length}">{label}</text>
  <text x="{second}" y="14" textLength="{words_length}">{words}</text>
 </g>
</svg>
"""


def badge(report: Report) -> str:
    """Return a report as an SVG badge: who was judged, and how many clauses fail, else what is known of the
    others.
    """
    names = [provider.provider for provider in report.providers]
    label = shortened(one_line(f"roomproof {names[0]}" if len(names) == 1 else "roomproof"), _LONGEST)
    words, colour = _words(report)
    label_length, words_length = round(len(label) * _LETTER), round(len(words) * _LETTER)
    left, right = label_length + 2 * _MARGIN, words_length + 2 * _MARGIN
    return _SVG.format(
        width=left + right, height=_HEIGHT, left=left, rest=right - 3, colour=colour, margin=_MARGIN,
        second=left + _MARGIN,
        label=escape(label), label_length=label_length, words=escape(words), words_length=words_length,
        title=escape(f"{label}: {words}"),
    )  # fmt: skip


def _words(report: Report) -> tuple[str, str]:
    summary = report.summary
    if summary.fail:
        return f"{summary.fail} of {summary.clauses} clauses fail", _FAILS
    if stopped(report):
        return "run not complete", _OPEN
    if summary.clauses in (0, summary.unexercised + summary.inconclusive):
        return "nothing tested", _OPEN
    if shortfalls(report):
        return "not proven", _OPEN
    passing = f"{summary.pass_} of {summary.clauses} clauses pass"
    if summary.warning:
        return f"{passing}, {summary.warning} warning{'s' if summary.warning > 1 else ''}", _WARNS
    return passing, _CONFORMS
