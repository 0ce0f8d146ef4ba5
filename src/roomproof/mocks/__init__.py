"""The built-in providers: small stateful servers, written from the documents and not from the contracts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from starlette.applications import Starlette
from starlette.types import ASGIApp


@dataclass(frozen=True)
class Mock:
    """What a built-in provider offers.

    `build` makes a new application with a state of its own. `prefix` is what its paths begin with.
    `environment` holds the credentials that the application accepts, under the provider's own environment
    names. `room_id` is a room that exists from the start, or None where the documents say how to create one.
    `build_late` makes an application whose lists show a change only after so many seconds; None if its lists
    cannot be late.
    """

    provider: str
    build: Callable[[], Starlette]
    prefix: str
    environment: Mapping[str, str]
    room_id: str | None
    build_late: Callable[[float], Starlette] | None = None


class Fault(Protocol):
    """One way in which a mock breaks its contract, as the entry points `roomproof.faults` offer it.

    `id` is unique within the provider, `kind` is the sort of promise that it breaks, `what` says it in one
    sentence, and `clauses` are the ids of the clauses that it breaks.
    """

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def what(self) -> str: ...
    @property
    def clauses(self) -> tuple[str, ...]: ...

    def around(self, app: ASGIApp) -> ASGIApp:
        """Return an application with the fault around it."""
        ...
