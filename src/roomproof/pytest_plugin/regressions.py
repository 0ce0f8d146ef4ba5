"""Regressions as pytest items: what once broke a clause is sent again and must keep it now."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from roomproof.errors import RoomproofError
from roomproof.legible import one_line
from roomproof.pytest_plugin.settings import ASKED

TURN_SECONDS = 3600.0
"""How long a worker waits for the others' regressions."""


def is_regression(path: Path) -> bool:
    """Whether a file stands in a folder `regressions` and is named like a clause."""
    if path.parent.name != "regressions" or path.suffix != ".yaml":
        return False
    from roomproof.cassettes.regression import CLAUSE_ID

    return CLAUSE_ID.fullmatch(path.stem) is not None


class RegressionFile(pytest.File):
    """Collects one regression."""

    def collect(self) -> Iterator[RegressionItem]:
        """Yield its one item."""
        yield RegressionItem.from_parent(self, name="holds")


class RegressionItem(pytest.Item):
    """One regression: passes if its clause holds now."""

    def __init__(self, **others: Any) -> None:
        super().__init__(**others)
        self.provider, operation = self.path.stem.split(".")[:2]
        self.add_marker(pytest.mark.roomproof(provider=self.provider, operation=operation))
        self.verdict, self.text = "unexercised", ""

    def setup(self) -> None:
        """Send the requests; whatever keeps them from being sent is an error."""
        from roomproof.api import check_regression

        asked = self.config.stash[ASKED]
        if asked.base_url is None and not asked.mock:
            pytest.skip(
                f"unexercised: no server is named to send it to, which `--provider={self.provider} "
                f"--base-url=URL` does"
            )
        if asked.base_url is not None and asked.providers != (self.provider,):
            pytest.skip(
                f"unexercised: --base-url is not said to be {self.provider}'s server, which "
                f"`--provider={self.provider}` does"
            )
        if problem := asked.forbidden():
            pytest.fail(asked.explained(self.nodeid, problem), pytrace=False)
        try:
            with turn(asked.turn):
                regressed = check_regression(
                    self.path,
                    base_url=asked.base_url,
                    room_id=asked.room_id,
                    environment=os.environ,
                    contracts=asked.contracts,
                    allowed=asked.allowed,
                    deviations=asked.deviations,
                )
        except RoomproofError as error:
            pytest.fail(asked.explained(self.nodeid, one_line(str(error))), pytrace=False)
        self.verdict, self.text = regressed.verdict, regressed.text

    def runtest(self) -> None:
        """Turn the verdict into the outcome of a test."""
        if self.verdict == "fail":
            pytest.fail(self.text, pytrace=False)
        if self.verdict != "pass":
            pytest.skip(f"unexercised: {self.text}")

    def reportinfo(self) -> tuple[Path, None, str]:
        """Name the clause."""
        return self.path, None, self.path.stem


@contextmanager
def turn(path: str) -> Iterator[None]:
    """Keep the other workers from the server meanwhile, if `path` says that there are any.

    A database is a file lock that works on every system and opens when its holder dies.
    """
    if not path:
        yield
        return
    import sqlite3

    with closing(sqlite3.connect(path, timeout=TURN_SECONDS, isolation_level=None)) as database:
        database.execute("BEGIN EXCLUSIVE")
        yield
