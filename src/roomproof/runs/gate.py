"""What makes a run fail: every broken clause, or only what is new since an earlier report; and stale
deviations, if asked for.

And what keeps it from being a success all the same: something that was asked for could not be judged.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import orjson

from roomproof import files
from roomproof.comparison.baseline import baseline_from, require_verdicts, since
from roomproof.errors import UnprovenError, UsageError
from roomproof.report.document import Report
from roomproof.reports.client import Client, failing_entries, with_client
from roomproof.reports.last import MAX_BYTES
from roomproof.reports.shortfall import shortfalls


@dataclass(frozen=True)
class Gate:
    """What was asked for.

    The report since which something is new; whether deviations that have to be looked at again fail; how many
    of a hundred documented clauses have to be exercised, and how many of a hundred requests may get no usable
    response (None: as many as usual); what becomes of what the client sent outside the contract.
    """

    baseline: Path | None = None
    strict_deviations: bool = False
    fail_under: float | None = None
    max_unanswered: float | None = None
    client: Client = Client.WARN

    def opened(self) -> OpenGate:
        """Read the earlier report. Raises UsageError if it cannot be read or is none."""
        earlier = None if self.baseline is None else _read(self.baseline)
        gate = OpenGate(self, earlier)
        gate.require(())
        return gate


@dataclass(frozen=True)
class OpenGate:
    """The same with the earlier report itself; None if there is none."""

    asked: Gate
    earlier: Report | None

    def require(self, providers: Iterable[str]) -> None:
        """Raise UsageError if there is an earlier report, and it does not tell of some providers."""
        if self.earlier is not None:
            require_verdicts(self.earlier, str(self.asked.baseline), providers)

    def applied(self, report: Report) -> Report:
        """Return a report that also says what was asked for, and what is new since the earlier one."""
        asked, earlier = self.asked, self.earlier
        return replace(
            with_client(report, asked.client, earlier),
            strict_deviations=asked.strict_deviations,
            fail_under=asked.fail_under,
            max_unanswered=asked.max_unanswered,
            baseline=None if earlier is None else since(earlier, str(asked.baseline), report),
        )


def failing(report: Report) -> int:
    """Return how many reasons a report gives to end with exit code 1."""
    fails = len(report.baseline.new) if report.baseline else report.summary.fail
    stale = sum(len(provider.stale_deviations or ()) for provider in report.providers)
    return fails + (stale if report.strict_deviations else 0) + len(failing_entries(report))


def unproven(report: Report) -> list[UnprovenError]:
    """Return what was asked for and could not be judged, as an error that ends a run in which nothing fails
    with exit code 3.
    """
    found = "; ".join(map(str, shortfalls(report)))
    return [UnprovenError(found)] if found else []


def _read(path: Path) -> Report:
    try:
        node = orjson.loads(files.read(path, MAX_BYTES))
    except OSError as error:
        raise UsageError(
            f"--baseline {path}: cannot be read ({error.strerror}); write one with `roomproof verify "
            f"--json PATH`"
        ) from error
    except orjson.JSONDecodeError as error:
        raise UsageError(
            f"--baseline {path}: is no JSON, so no report; write one with `roomproof verify --json PATH`"
        ) from error
    if not isinstance(node, dict):
        raise UsageError(
            f"--baseline {path} is no roomproof report; write one with `roomproof verify --json PATH`"
        )
    return baseline_from(node, str(path))
