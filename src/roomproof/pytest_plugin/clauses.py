"""The clauses of a provider as pytest items. The verdict is there when the first of them is set up; the
others read theirs.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from roomproof.legible import one_line
from roomproof.pytest_plugin.client import NAME, ClientItem
from roomproof.pytest_plugin.settings import ASKED, UnfinishedError, is_named
from roomproof.pytest_plugin.warning import RoomproofWarning

if TYPE_CHECKING:
    from roomproof.contract.clause import Clause
    from roomproof.report.provider import ClauseReport, ProviderReport

_WHY = {
    "unexercised": "no interaction tested it",
    "inconclusive": "what was sent gave no evidence that can be read",
}
"""The verdicts that prove nothing, and what is said where the report gives no reason."""


class Provider(pytest.Collector):
    """Collects the clauses of one provider, in the order of the contract."""

    def collect(self) -> Iterator[ClauseItem | ClientItem]:
        """Yield an item a clause, and one for what recordings have of the client; if the command line names
        node ids, those only.
        """
        asked = self.config.stash[ASKED]
        for clause in asked.clauses[self.name]:
            if not asked.only or any(is_named(clause.id, node_id) for node_id in asked.only):
                yield ClauseItem.from_parent(self, name=clause.id.partition(".")[2], clause=clause)
        if asked.tells_of_client(self.name) and (
            not asked.only or any(is_named(f"{self.name}.{NAME}", one) for one in asked.only)
        ):
            yield ClientItem.from_parent(
                self, name=NAME, told=asked.told[self.name], errors_fail=asked.client == "fail"
            )


class ClauseItem(pytest.Item):
    """One clause: passes, fails, warns or is skipped as its verdict says."""

    def __init__(self, *, clause: Clause, **others: Any) -> None:
        super().__init__(**others)
        self.clause, self.provider = clause, clause.id.partition(".")[0]
        self.add_marker(
            pytest.mark.roomproof(
                provider=self.provider, operation=clause.operation, level=clause.level.value
            )
        )
        self.extra_keyword_matches.add(clause.level.value)

        if self.config.pluginmanager.hasplugin("timeout"):
            # pytest-timeout measures tests; the first clause has the whole provider verified, and a run has
            # deadlines of its own.
            self.add_marker(pytest.mark.timeout(0))

    def _told(self) -> tuple[ProviderReport, ClauseReport | None]:
        """Return the report on the provider, and what it says of the clause, None if nothing. Raises as
        `Asked.report_on` does.
        """
        told = self.config.stash[ASKED].report_on(self.provider)
        return told, next((clause for clause in told.clauses if clause.id == self.clause.id), None)

    def setup(self) -> None:
        """Have the provider verified. A run that was cut short proves nothing but what is broken."""
        try:
            told, clause = self._told()
        except UnfinishedError as error:
            pytest.fail(str(error), pytrace=False)
        if told.stopped and (clause is None or clause.verdict != "fail"):
            asked = self.config.stash[ASKED]
            pytest.fail(asked.explained(self.nodeid, one_line(told.stopped)), pytrace=False)

    def runtest(self) -> None:
        """Turn the verdict into the outcome of a test. What a document demands and a run could not find out
        is no reason to go on.
        """
        told, clause = self._told()
        verdict, why = (clause.verdict, clause.why) if clause else ("unexercised", "")
        if verdict in _WHY:
            reason = one_line(f"{verdict}: {why or _WHY[verdict]}")
            if verdict == "inconclusive" and self.clause.level == "documented":
                pytest.fail(reason, pytrace=False)
            pytest.skip(reason)
        if verdict == "pass":
            return
        mine = (finding for finding in told.findings if finding.clause == self.clause.id)
        finding = next(finding for finding in mine if finding.verdict == verdict)
        if verdict == "warning":
            # The clause stands where a file would: nobody looks for the cause in this one.
            warnings.warn_explicit(RoomproofWarning(one_line(finding.summary)), None, self.clause.id, 1)
        elif verdict == "deviation":
            sentence = f"{one_line(finding.summary)}\n{one_line(finding.reason)}"
            self.add_report_section("call", "deviation", sentence)
        else:
            from roomproof.reports.wording import whole

            pytest.fail(whole(finding, self.config.stash[ASKED].seed, told.stopped), pytrace=False)

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], *arguments: Any, **options: Any
    ) -> Any:
        """Show a warning that `-W error` made an error as its sentence."""
        if isinstance(excinfo.value, RoomproofWarning):
            return excinfo.getrepr(style="value")
        return super().repr_failure(excinfo, *arguments, **options)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Name the clause; there is no file to point to."""
        return self.config.rootpath / "roomproof", None, self.clause.id
