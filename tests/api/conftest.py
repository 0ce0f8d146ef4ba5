"""One verification of a real mock on a real socket, with everything that a listener hears of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import roomproof
from roomproof.api import Event, Report
from roomproof.targets.serve import mock_process

ONLY = ("telnyx.update-room.request.max_participants.*",)


@dataclass(frozen=True)
class Heard:
    """A verification: its report, its events, its recording, and how long the recording was at each
    response.
    """

    report: Report
    events: list[Event]
    cassette: Path
    sizes: list[int]


@pytest.fixture(scope="session")
def where() -> Iterator[dict[str, Any]]:
    """Where a Telnyx mock that accepts 51 participants is served, as arguments of `verify`."""
    with mock_process("telnyx", "max-51") as serving:
        yield {"base_url": serving.base_url, "room_id": serving.room_id, "environment": serving.environment}


@pytest.fixture(scope="session")
def heard(where: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Heard:
    """The provider with the fault, verified once."""
    cassette, events, sizes = tmp_path_factory.mktemp("api") / "telnyx.yaml", list[Event](), list[int]()

    def listen(event: Event) -> None:
        events.append(event)
        if isinstance(event, roomproof.api.Answered) and not event.housekeeping:
            sizes.append(cassette.stat().st_size)

    report = roomproof.verify(
        "telnyx", **where, max_examples=1, only=ONLY, record=cassette, listeners=[listen]
    )
    return Heard(report, events, cassette, sizes)
