"""What all tests share: one Hypothesis profile, so that every run draws the same examples."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.load_profile("repeatable")


@pytest.fixture(autouse=True, scope="session")
def _no_ledger_of_a_test_is_the_users(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Put the ledgers of runs in this process where nobody takes them for their own."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("state")
        patch.setitem(os.environ, "ROOMPROOF_STATE", str(folder))
        yield folder
