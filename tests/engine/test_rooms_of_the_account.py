"""What a run sees of rooms in lists, and of a room that was named although the run makes rooms of its own."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote

import pytest

from roomproof.engine.run import Options, Result, Run, Subject
from roomproof.events import Answered, Event
from roomproof.verdict import Verdict

Verify = Callable[..., Result]
SESSIONS = "telnyx.{}.response.data.sessions.items.room_id.type"


def verdict(result: Result, clause: str) -> Verdict:
    return result.verdicts.verdicts()[clause]


@pytest.mark.parametrize("clause", ["filter[unique_name].filter", "reading.safe"])
def test_lists_of_rooms_are_filtered_and_change_nothing(clause: str, verify: Verify) -> None:
    whole = f"telnyx.list-rooms.behaviour.{clause}"
    # In a pattern a bracket begins a set of letters.
    only = ("telnyx.list-rooms.behaviour.*", "telnyx.*-room.request.max_participants.m*")

    assert verdict(verify("telnyx", only=only), whole) is Verdict.PASS


def test_of_the_sizes_of_pages_the_limits_are_tried_and_not_each_one_between_them(
    ask: Callable[..., Subject],
) -> None:
    asked: list[str] = []

    def note(event: Event) -> None:
        if isinstance(event, Answered):
            asked.append(unquote(event.interaction.request.url))

    only = ("telnyx.list-rooms.request.page*",)
    result = Run(ask("telnyx"), Options(max_examples=0, only=only), note).verify()

    verdicts = {
        clause: word
        for clause, word in result.verdicts.verdicts().items()
        if clause.startswith("telnyx.list-rooms.request.page")
    }
    assert set(verdicts.values()) == {Verdict.PASS}
    sized = {query for url in asked if "page[size]" in (query := url.partition("?")[2])}
    assert "page[size]=251" in sized
    assert len(sized) < 100


@pytest.mark.parametrize("operation", ["update-room", "get-room"])
def test_what_no_new_room_has_is_looked_for_in_the_one_that_was_named(operation: str, verify: Verify) -> None:
    clause = SESSIONS.format(operation)

    assert verdict(verify("telnyx", max_examples=0, only=(clause,)), clause) is Verdict.PASS
