"""Where Hypothesis keeps what it computes once: in the user's cache, not in the folder where a command was started."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

OWN_WORD = "HYPOTHESIS_STORAGE_DIRECTORY"
"""With this variable the user tells Hypothesis where to keep its files."""


def keep_hypothesis_apart(environment: Mapping[str, str]) -> None:
    """Have Hypothesis write to the user's cache (XDG Base Directory, `XDG_CACHE_HOME`), unless the user said where.

    It does without where that cannot be written.
    """
    if environment.get(OWN_WORD):
        return
    from hypothesis.configuration import set_hypothesis_home_dir

    set_hypothesis_home_dir(_cache(environment) / "roomproof" / "hypothesis")


def _cache(environment: Mapping[str, str]) -> Path:
    if environment.get("XDG_CACHE_HOME"):
        return Path(environment["XDG_CACHE_HOME"])
    try:
        return Path.home() / ".cache"
    except RuntimeError:  # nobody's home is known, as in some containers
        return Path(tempfile.gettempdir())
