"""Where the contract says that the provider is: `servers[0]`, its variables filled from the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from roomproof.contract.model import Contract
from roomproof.environment import value_of
from roomproof.errors import UsageError
from roomproof.secrets import without_login
from roomproof.targets.target import is_loopback

_VARIABLE = re.compile(r"\{([^{}]+)\}")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
"""RFC 1123, 2.1."""
_KINDS = {
    "one part of a host's name: letters, digits and '-'": re.compile(_LABEL),
    "the name of a host": re.compile(rf"{_LABEL}(?:\.{_LABEL})*"),
    "a port": re.compile(r"[0-9]{1,5}"),
    "one part of a path: letters, digits, '-', '_', '.' and '~'": re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._~-]+"),
    "an address like https://api.example.com": re.compile(
        r"https?://[^\s/?#@\\]+(?:/[^\s?#@\\]*)?", re.IGNORECASE
    ),
}
"""What a variable of a URL can be, and what its value then is: nothing that ends that part of the URL."""
_LABEL_OF_A_HOST, _HOST, _PORT, _PART_OF_A_PATH, _ADDRESS = _KINDS


def server_url(contract: Contract, environment: Mapping[str, str]) -> str:
    """Return the URL of the contract's own server, without a slash at its end.

    A variable's value is that of its environment variable (`x-environment`); of one that holds a connection
    string (`name=value;name=value`), the part of the variable's name. Raises UsageError for what the
    environment does not hold, for a value that would lead to another server than the contract says, and for a
    server of another machine that is asked without TLS.
    """
    template = contract.server

    def value(match: re.Match[str]) -> str:
        name = match[1]
        variable = contract.server_environment.get(name)
        if variable is None:
            raise UsageError(
                f"{contract.provider}: the contract does not say what fills {{{name}}} in {template}; "
                f"use --base-url"
            )
        held = value_of(variable, environment) or ""
        if variable == contract.credentials.environment.get("connection-string"):
            held = _part(held, name)
        if not held:
            raise UsageError(
                f"{contract.provider}: --live needs {{{name}}} of {template}; set {variable} in the "
                f"environment"
            )
        kind = _kind(template, match)
        if not _KINDS[kind].fullmatch(held):
            raise UsageError(
                f"{contract.provider}: {variable} fills {{{name}}} of {template}, which is {kind}; "
                f"correct its value"
            )
        return held

    if "@" in template:
        raise UsageError(
            f"{contract.provider}: the contract's server {without_login(template)} holds a user; take "
            f"it out of the contract"
        )
    url = _VARIABLE.sub(value, template).rstrip("/")
    try:
        scheme = urlsplit(url).scheme.lower()
    except ValueError as error:
        raise UsageError(
            f"{contract.provider}: the contract's server is {url}, which is no URL ({error}); use --base-url"
        ) from error
    if scheme != "https" and not is_loopback(url):
        raise UsageError(
            f"{contract.provider}: --live sends credentials by https only, and the contract's server is "
            f"{url}; use --base-url"
        )
    return url


def _kind(template: str, variable: re.Match[str]) -> str:
    """Return what a variable is a part of, by what stands around it in the template of a URL."""
    before, after = template[: variable.start()], template[variable.end() :]
    _, slashes, authority = before.partition("://")
    if not before:
        return _ADDRESS
    if not slashes or "/" in authority:
        return _PART_OF_A_PATH
    if ":" in authority:
        return _PORT
    return _HOST if not authority and after[:1] in ("", "/", ":") else _LABEL_OF_A_HOST


def _part(connection_string: str, wanted: str) -> str:
    parts = (part.partition("=") for part in connection_string.split(";"))
    return next((value.strip() for name, _, value in parts if name.strip().lower() == wanted.lower()), "")
