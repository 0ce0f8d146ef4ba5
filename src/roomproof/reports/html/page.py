"""The page: views of JSON reports, put into a template that escapes everything, under a policy that runs
nothing else.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from roomproof import files
from roomproof.legible import legible
from roomproof.report.document import Report
from roomproof.reports.fields import field_remarks
from roomproof.reports.html.boundary_map import strips
from roomproof.reports.html.client import sent_by_clients
from roomproof.reports.html.columns import columns_of, ordered
from roomproof.reports.html.coverage import coverage
from roomproof.reports.html.findings import heaps
from roomproof.reports.html.life import lives
from roomproof.reports.html.matrix import matrix
from roomproof.reports.html.overview import overview
from roomproof.reports.html.trend import changes, trends
from roomproof.verdict import Verdict

SIGNS = {
    Verdict.FAIL: "✕",
    Verdict.WARNING: "!",
    Verdict.DEVIATION: "≈",
    Verdict.INCONCLUSIVE: "?",
    Verdict.PASS: "✓",
    Verdict.UNEXERCISED: "○",
}
"""The sign of each verdict, so that none is told by its colour alone."""


_WIDE_COLUMNS = 6


def html(reports: Sequence[Report]) -> str:
    """Return some reports, one at least, as one page, the latest run on top. Raises UsageError for reports
    that cannot be compared.
    """
    runs = ordered(reports)
    columns = columns_of(runs)
    latest = runs[-1]
    known = frozenset(latest.baseline.known if latest.baseline else ())
    found = heaps(columns, known)
    sent = sent_by_clients(columns, latest)
    with_finding = frozenset(finding.clause for heap in found for finding in heap.findings)
    style, script = text_of("style.css") + _grid(len(columns)), text_of("script.js")
    return environment().get_template("page.html").render(
        style=Markup(style),
        script=Markup(script),
        policy=policy(style, script),
        words=list(Verdict),
        signs=SIGNS,
        version=latest.roomproof,
        seed=latest.seed,
        runs=len(runs),
        columns=columns,
        providers=list(dict.fromkeys(column.provider for column in columns)),
        levels=list(dict.fromkeys(clause.level for column in columns for clause in column.node.clauses)),
        top=overview(runs, columns, found, known, sent),
        heaps=found,
        sent=sent,
        fields=[
            {"provider": column.provider, "remark": remark}
            for column in columns
            if column.is_last
            for remark in field_remarks(column.node)
        ],
        lives=lives(columns, SIGNS),
        groups=matrix(columns, with_finding),
        strips=strips(columns),
        covered=coverage(columns),
        unmatched=latest.unmatched.requests if latest.unmatched else {},
        trends=trends(columns),
        steps=changes(runs) if len(runs) > 1 else (),
    )  # fmt: skip


def policy(style: str, script: str = "") -> str:
    """Return the policy under which a page shows this style, runs this script, and nothing else."""
    scripts = f"'{_hash(script)}'" if script else "'none'"
    told = f"default-src 'none'; style-src '{_hash(style)}'; script-src {scripts}"
    return f"{told}; base-uri 'none'; form-action 'none'"


def _grid(columns: int) -> str:
    """Return the rules that put each cell of the matrix into its column, whichever are empty."""
    narrow = ".matrix{--each:4.6rem}" if columns > _WIDE_COLUMNS else ""
    return f"\n{narrow}:root{{--n:{columns}}}" + "".join(
        f".k{index}{{grid-column:{index + 2}}}" for index in range(columns)
    )


def _shown(value: object) -> object:
    """Return what a template prints: of a text every character is seen."""
    return value if isinstance(value, Markup) or not isinstance(value, str) else legible(value)


@cache
def environment() -> Environment:
    """Return what fills templates: it escapes everything."""
    return Environment(
        loader=FunctionLoader(text_of),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def text_of(name: str) -> str:
    """Return a file of this package; it must not hold what would end its element."""
    return files.own_text(Path(__file__).parent / name).strip()


def _hash(text: str) -> str:
    """Return the source expression that lets exactly this text run (CSP Level 3, 2.3.1)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
