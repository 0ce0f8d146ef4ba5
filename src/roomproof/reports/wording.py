"""What a test says. Texts of a provider stand in it, which must neither steer a terminal nor break a
report.
"""

from __future__ import annotations

from roomproof.legible import one_line
from roomproof.report.finding import FindingReport


def whole(finding: FindingReport, seed: int | None = None, stopped: str = "") -> str:
    """Return everything that a person needs to know of a finding: of a run also its seed, and why it was cut
    short if it was.
    """
    lines = [
        finding.summary,
        f"expected  {finding.expected}",
        f"received  {finding.received}",
        f"source    {finding.source.words}",
        f"recorded  {finding.at or 'nobody knows when'}" if seed is None else f"seed      {seed}",
        *finding.recipe,
    ]
    if stopped:
        lines.append(f"the run was cut short: {stopped}")
    return "\n".join(map(one_line, lines))
