"""What the client sent outside the contract as one pytest item a provider, where recordings show any."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from roomproof.legible import one_line
from roomproof.pytest_plugin.warning import RoomproofWarning

if TYPE_CHECKING:
    from roomproof.report.provider import ProviderReport

NAME = "client"


def is_of_client(node_id: str) -> bool:
    """Whether a node id is that of such an item; no clause has this name."""
    return node_id.startswith("roomproof::") and node_id.endswith(f"::{NAME}")


class ClientItem(pytest.Item):
    """Passes with a warning an entry; where errors are to fail, it fails with all of them."""

    def __init__(self, *, told: ProviderReport, errors_fail: bool, **others: Any) -> None:
        super().__init__(**others)
        self._told, self._errors_fail = told, errors_fail
        self.add_marker(pytest.mark.roomproof(provider=told.provider, operation=NAME))

    def runtest(self) -> None:
        """Warn of the entries, and fail for those that are to fail it."""
        from roomproof.reports.client import entries, sentence, told

        found = entries(self._told)
        failing = [entry for entry in found if self._errors_fail and entry.severity == "error"]
        for entry in found:
            if entry not in failing:
                # The clause stands where a file would: nobody looks for the cause in this one.
                warning = RoomproofWarning(f"client: {one_line(sentence(entry))}")
                warnings.warn_explicit(warning, None, entry.clause, 1)
        if failing:
            texts = ["\n".join((entry.clause, *told(entry))) for entry in failing]
            pytest.fail("\n\n".join(("sent by the client outside the contract:", *texts)), pytrace=False)

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], *arguments: Any, **options: Any
    ) -> Any:
        """Show a warning that `-W error` made an error as its sentence."""
        if isinstance(excinfo.value, RoomproofWarning):
            return excinfo.getrepr(style="value")
        return super().repr_failure(excinfo, *arguments, **options)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Name the client; there is no file to point to."""
        return self.config.rootpath / "roomproof", None, f"{self._told.provider}.{NAME}"
