"""What came of the items of roomproof in a run, workers' included: what the summary says of it, and when
nothing was tested at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from roomproof.legible import one_line
from roomproof.pytest_plugin.client import is_of_client
from roomproof.pytest_plugin.settings import PluginSettings

_REGRESSION = ".yaml::holds"


class SessionTally:
    """Registered with pytest for the session of whoever reports: not in workers, whose reports arrive
    here.
    """

    def __init__(self, asked: PluginSettings) -> None:
        self._asked = asked
        self._tested: Counter[str] = Counter()
        self._skipped: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count an item of ours: with its provider, or as a regression."""
        is_regression = report.nodeid.endswith(_REGRESSION)
        # The user's own tests may bear the marker, too, or stand in a folder of this name.
        if (
            "roomproof" not in report.keywords
            or is_of_client(report.nodeid)
            or not (is_regression or report.nodeid.startswith("roomproof::"))
        ):
            return
        whose = _REGRESSION if is_regression else report.nodeid.split("::")[1]
        self._skipped[whose] += report.outcome == "skipped"
        self._tested[whose] += report.outcome == "failed" or (
            report.outcome == "passed" and report.when == "call"
        )

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail a run that would be green although nothing was tested of what was asked for."""
        if session.exitstatus == pytest.ExitCode.OK and any(self._nothing_tested()):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say who was tested, where, and how much of it; and what was not tested at all."""
        for provider, told in self._asked.told.items():
            if self._tested[provider] or self._skipped[provider]:
                clauses = self._asked.clauses[provider]
                exercised = sum(clause.is_proven for clause in told.clauses)
                where = one_line(self._asked.place(provider))
                terminalreporter.write_line(
                    f"roomproof: {where}: {exercised} of {len(clauses)} clauses exercised"
                )
        if self._tested[_REGRESSION]:
            sent = self._tested[_REGRESSION]
            where = one_line(self._asked.server())
            terminalreporter.write_line(
                f"roomproof: {sent} of {sent + self._skipped[_REGRESSION]} regressions sent to {where}"
            )
        for sentence in self._nothing_tested():
            terminalreporter.write_line(f"roomproof: {sentence}", red=True)

    def _nothing_tested(self) -> Iterator[str]:
        for whose, skipped in self._skipped.items():
            if self._tested[whose] or not skipped:
                continue
            if whose != _REGRESSION:
                yield (
                    f"nothing was tested of {whose}: each clause that was chosen is skipped "
                    f"({skipped}); -rs tells why"
                )
            elif not any(self._tested.values()):
                yield (
                    f"no regression was tested ({skipped} skipped): name the server to send them to "
                    f"with --provider=NAME --base-url=URL, "
                    "or say --base-url=mock for the built-in mock"
                )
