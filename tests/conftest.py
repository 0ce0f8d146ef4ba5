"""What all tests share: one Hypothesis profile, so that every run draws the same examples; Ctrl-C, whoever
has started the tests.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.load_profile("repeatable")

# Shells start what runs in the background deaf to Ctrl-C, and children inherit that: the tests send it to
# some.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="session")
def _no_journal_of_a_test_is_the_users(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Put the journals of runs in this process where nobody takes them for their own."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("state")
        patch.setitem(os.environ, "ROOMPROOF_STATE", str(folder))
        yield folder
