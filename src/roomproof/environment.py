"""Environment variables that are asked for by name: one that is set but empty is a mistake, as an unset
secret of CI leaves it behind.
"""

from __future__ import annotations

from collections.abc import Mapping

from roomproof.errors import UsageError


def value_of(name: str, environment: Mapping[str, str]) -> str | None:
    """Return the value of a variable, None if it is not set. Raises UsageError if it is set to nothing but
    white space.
    """
    value = environment.get(name)
    if value is not None and not value.strip():
        raise UsageError(
            f"{name} is set but empty: set {name} to its value, or unset it; a secret of CI may be "
            f"missing in its place"
        )
    return value
