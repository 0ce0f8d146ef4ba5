"""A provider remembers the ids of repeatable requests, for hours: no run may send one that another run has
sent.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from roomproof.engine.run import Options, Run, Subject
from roomproof.events import Answered, Event
from roomproof.interaction import header

ID = "Repeatability-Request-ID"


def ids_of_a_run(subject: Subject, **options: Any) -> list[str]:
    """Verify a provider and return the ids of the repeatable requests."""
    found: list[str] = []

    def note(event: Event) -> None:
        sent = header(event.interaction.request.headers, ID) if isinstance(event, Answered) else None
        if sent is not None and len(sent) == 36:
            found.append(sent)

    Run(subject, Options(**options), note).verify()
    return found


def test_runs_with_one_seed_send_different_ids(ask: Callable[..., Subject]) -> None:
    one, two = (ids_of_a_run(ask("azure"), seed=1, max_examples=15) for _ in range(2))

    assert len(one) == len(two) > len(set(one)) > 1, "some are sent again in the same run"
    assert set(one) & set(two) == set()
