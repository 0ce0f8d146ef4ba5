"""Whose request is it? A recording says so, or its place among the folders, or the address, or the shape of
the request.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from roomproof.cassettes.address import addressed
from roomproof.contract.model import Contract
from roomproof.interaction import SAFE, Request

_VARIABLE = re.compile(r"\{[^}]*\}")
_ANY = "0variable0"


@dataclass(frozen=True)
class _Home:
    """Where a contract's requests go: its server's host and path, and the query that each of them has to
    carry.
    """

    contract: Contract
    name: str
    host: re.Pattern[str] | None
    prefix: str
    query: frozenset[str]

    def knows(self, request: Request) -> bool:
        """Whether a request is one of the contract's operations."""
        return self.contract.match(request.method, request.path) is not None

    def is_named_in(self, request: Request) -> bool:
        """Whether a step of the path has the contract's name, as gateways have them."""
        return f"/{self.contract.provider}/" in request.path.lower()

    def shows_in(self, request: Request) -> bool:
        """Whether the path or the query of a request speaks for the contract, whatever its host."""
        return (bool(self.prefix) and self.prefix in request.path) or (
            bool(self.query) and self.query <= request.query.keys()
        )

    def is_host_of(self, request: Request) -> bool:
        """Whether a request went to the contract's own server."""
        return self.host is not None and self.host.fullmatch(urlsplit(request.url).hostname or "") is not None

    def likeness(self, request: Request) -> str:
        """Return the operation that a request looks like by its method and the end of its path, and what else
        is missing, if it does.
        """
        found = self.contract.match(request.method, request.path)
        # What stands in no document looks like any API's.
        if found is None or not found[0].is_documented:
            return ""
        lacks = (
            [f"the host is not {self.name}"] if self.host is not None and not self.is_host_of(request) else []
        )
        lacks += [f"the path has no {self.prefix}"] if self.prefix and self.prefix not in request.path else []
        lacks += [f"the query has no {name}" for name in sorted(self.query - request.query.keys())]
        return f"{self.contract.provider}.{found[0].id}" + (f" ({', '.join(lacks)})" if lacks else "")


class Attribution:
    """Gives each request of one recording to the contract that it belongs to."""

    def __init__(self, contracts: Mapping[str, Contract], path: Path, provider: str | None) -> None:
        """`provider` is what the recording says of itself; a folder on its path that is named like a provider
        says the same.
        """
        named = (
            provider
            if provider in contracts
            else next((part for part in reversed(path.parts) if part in contracts), None)
        )
        self._homes = [_home(contract) for contract in contracts.values()]
        self._named = next((home for home in self._homes if home.contract.provider == named), None)

    def contract_of(self, request: Request) -> Contract | None:
        """Return the contract that knows a request, None if none does.

        The one whose server's host the request has comes first, then the one that the recording names, then
        the one whose name a step of the path has, then the one whose server's path or required query it has.
        A path alone proves nothing: many services have rooms.
        """
        return next((home.contract for home in self._homes_of(request) if home.knows(request)), None)

    def neighbour_of(self, request: Request) -> Contract | None:
        """Return the contract whose rooms a request may have changed though it is none of its operations;
        None if none is known.
        """
        if request.method in SAFE or self.contract_of(request) is not None:
            return None
        return next((home.contract for home in self._homes_of(request)), None)

    def may_know(self, url: str) -> bool:
        """Whether an entry with a URL, empty if that is not known, and nothing else that can be read may be
        one of a contract.
        """
        try:
            return not url or bool(self._homes_of(addressed(Request("GET", url))))
        except ValueError:
            return True

    def _homes_of(self, request: Request) -> list[_Home]:
        at_home = next((home for home in self._homes if home.is_host_of(request)), None)
        if chosen := at_home or self._named:
            return [chosen]
        named = [home for home in self._homes if home.is_named_in(request)]
        return named or [home for home in self._homes if home.shows_in(request)]

    def likeness(self, request: Request) -> str:
        """Return which operations a request that belongs to no contract looks like, and why it is not theirs;
        empty if like none.
        """
        return " or ".join(filter(None, (home.likeness(request) for home in self._homes)))


def _home(contract: Contract) -> _Home:
    server = urlsplit(_VARIABLE.sub(_ANY, contract.server))
    host, prefix = server.hostname or "", server.path.strip("/")
    required = frozenset(
        parameter.name
        for operation in contract.operations
        for parameter in operation.parameters
        if parameter.place == "query" and parameter.required
    )
    fixed = host.replace(_ANY, "").strip(".")
    pattern = re.compile(re.escape(host).replace(_ANY, "[^.]+")) if fixed else None
    name = _VARIABLE.sub("*", urlsplit(contract.server).netloc)
    return _Home(contract, name, pattern, f"/{prefix}/" if prefix and _ANY not in prefix else "", required)
