"""Find a way to authenticate by its name in `x-credentials`, or by the security scheme that says it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from typing import Any

from roomproof.auth.scheme import AUTHORIZATION, Authentication, Carrier
from roomproof.errors import ContractError, UsageError, did_you_mean

_GROUP = "roomproof.auth"
_OF_TYPE = {"apiKey": "api-key", "oauth2": "oauth2", "openIdConnect": "oauth2"}
_NAME = re.compile(r"[A-Za-z0-9._-]+")
"""What a header, a parameter and a cookie can all be called, and a shell leaves alone."""


@cache
def names() -> tuple[str, ...]:
    """Return the names of all ways to authenticate."""
    return tuple(sorted(point.name for point in entry_points(group=_GROUP)))


@cache
def authentication(name: str) -> Authentication:
    """Return the way to authenticate of a name.

    Raises ContractError for an unknown one, UsageError if a package offers something else under it.
    """
    point = next(iter(entry_points(group=_GROUP, name=name)), None)
    if point is None:
        nearest, listed = did_you_mean(name, names()), ", ".join(names())
        raise ContractError(f"x-credentials: scheme {name!r} is not known{nearest}; choose one of {listed}")
    found = point.load()
    if not isinstance(found, Authentication):
        raise UsageError(f"what the entry point {_GROUP} offers as {name!r} is no Authentication")
    return found


def name_of(security: Mapping[str, Any]) -> str:
    """Return the name of the way that a security scheme says (OpenAPI 3.1, 4.8.27).

    Raises ContractError where it says none that is known.
    """
    kind = security.get("type")
    name = str(security.get("scheme", "")).lower() if kind == "http" else _OF_TYPE.get(str(kind), "")
    if name not in names():
        what = f"{kind} {name}".strip() if kind else "nothing"
        why = f"x-credentials has no scheme, and the security scheme says {what}"
        raise ContractError(f"{why}; choose one of {', '.join(names())}")
    return name


def carrier_of(name: str, security: Mapping[str, Any]) -> Carrier:
    """Return what carries credentials: of an API key what its security scheme says.

    Raises ContractError where that is incomplete.
    """
    if name != "api-key":
        return AUTHORIZATION
    place, called = security.get("in"), security.get("name")
    is_named = isinstance(called, str) and _NAME.fullmatch(called) is not None
    if place not in ("header", "query", "cookie") or not is_named:
        raise ContractError(
            "x-credentials: an api-key needs a security scheme {type: apiKey, in: header, name: X-Api-Key}, "
            "or in: query or cookie; a name is of letters, digits and the signs - _ and ."
        )
    return Carrier(place, str(called))
