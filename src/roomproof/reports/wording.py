"""What a test says. Texts of a provider stand in it, which must neither steer a terminal nor break a report."""

from __future__ import annotations

from typing import Any

from roomproof.legible import one_line
from roomproof.reports.report import recipe


class RoomproofWarning(UserWarning):
    """A clause is broken, but of a lower level, or in a way that harms nobody; or by the client."""


def whole(finding: dict[str, Any], told: dict[str, Any]) -> str:
    """Return everything that a person needs to know of a finding in the report on its provider."""
    lines = [
        finding["summary"],
        f"expected  {finding['expected']}",
        f"received  {finding['received']}",
        f"source    {', '.join(part for part in finding['source'].values() if part)}",
        f"seed      {told['seed']}" if "seed" in told else f"recorded  {finding['at'] or 'nobody knows when'}",
        *recipe(finding),
    ]
    if told["stopped"]:
        lines.append(f"the run was cut short: {told['stopped']}")
    return "\n".join(map(one_line, lines))
