"""Where the contract says that the provider is: `servers[0]`, its variables filled from the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping

from roomproof.contract.model import Contract
from roomproof.environment import value_of
from roomproof.errors import UsageError


def server_url(contract: Contract, environment: Mapping[str, str]) -> str:
    """Return the URL of the contract's own server, without a slash at its end.

    A variable's value is that of its environment variable (`x-environment`); of one that holds a connection string
    (`name=value;name=value`), the part of the variable's name. Raises UsageError for what the environment does not hold.
    """

    def value(match: re.Match[str]) -> str:
        name = match[1]
        variable = contract.server_environment.get(name)
        if variable is None:
            raise UsageError(f"{contract.provider}: the contract does not say what fills {{{name}}} in {contract.server}; use --base-url")
        held = value_of(variable, environment) or ""
        if variable == contract.credentials.environment.get("connection-string"):
            held = _part(held, name)
        if not held:
            raise UsageError(f"{contract.provider}: --live needs {{{name}}} of {contract.server}; set {variable} in the environment")
        return held

    return re.sub(r"\{([^{}]+)\}", value, contract.server).rstrip("/")


def _part(connection_string: str, wanted: str) -> str:
    parts = (part.partition("=") for part in connection_string.split(";"))
    return next((value.strip() for name, _, value in parts if name.strip().lower() == wanted.lower()), "")
