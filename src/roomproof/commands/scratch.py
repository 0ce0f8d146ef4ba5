"""Where Hypothesis keeps what it computes once: in the user's cache, not in the folder where a command was
started.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping
from pathlib import Path

_NOWHERE = Path(os.devnull)
"""Hypothesis finds that it cannot be written to, and does without; a folder that all users share is none to
trust.
"""
OWN_WORD = "HYPOTHESIS_STORAGE_DIRECTORY"
"""With this variable the user tells Hypothesis where to keep its files."""


def keep_hypothesis_apart(environment: MutableMapping[str, str], *, inherited: bool = False) -> None:
    """Have Hypothesis write to the user's cache (XDG Base Directory, `XDG_CACHE_HOME`), unless the user said
    where.

    It does without where that cannot be written. `inherited` says so in the environment, for processes that
    are started from this one.
    """
    if environment.get(OWN_WORD):
        return
    folder = _cache(environment) / "roomproof" / "hypothesis"
    if inherited:
        environment[OWN_WORD] = str(folder)
        return
    from hypothesis.configuration import set_hypothesis_home_dir

    set_hypothesis_home_dir(folder)


def _cache(environment: Mapping[str, str]) -> Path:
    """Return the user's cache; a relative XDG_CACHE_HOME counts for nothing, as the specification has it."""
    named = Path(environment.get("XDG_CACHE_HOME", ""))
    if named.is_absolute():
        return named
    try:
        return Path.home() / ".cache"
    except RuntimeError:  # nobody's home is known, as in some containers
        return _NOWHERE
