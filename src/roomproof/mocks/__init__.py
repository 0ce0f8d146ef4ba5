"""The built-in providers: small stateful servers, written from the documents and not from the contracts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.applications import Starlette


@dataclass(frozen=True)
class Mock:
    """What a built-in provider offers.

    `build` makes a new application with a state of its own. `prefix` is what its paths begin with.
    `environment` holds the credentials that the application accepts, under the provider's own environment
    names. `room_id` is a room that exists from the start, or None where the documents say how to create one.
    """

    provider: str
    build: Callable[[], Starlette]
    prefix: str
    environment: Mapping[str, str]
    room_id: str | None
