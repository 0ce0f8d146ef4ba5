"""The date-times that a request leads to: what is sent, else what the room has."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from roomproof.contract.formats import Instant, instant, midnight
from roomproof.contract.model import Operation
from roomproof.judge.judged_interaction import Question
from roomproof.judge.rooms import RoomState


def value_after(name: str, sent: Mapping[str, Any], state: RoomState | None) -> Any:
    """Return what a field holds after a request: what is sent, else what the room has.

    None where a lost request may have changed that.
    """
    value = sent.get(name)
    return state.known.get(name) if value is None and state is not None and not state.uncertain else value


def moment_after(name: str, sent: Mapping[str, Any], state: RoomState | None) -> Instant | None:
    """Return the time that a field holds after a request, of a date its midnight; None for none."""
    value = value_after(name, sent, state)
    return (instant(value) or midnight(value)) if isinstance(value, str) else None


def order_questions(operation: Operation, sent: Mapping[str, Any], state: RoomState | None) -> list[Question]:
    """Return why date-times that a provider may want in one order (`x-unsettled-order`) may be rejected;
    empty if in order. Two that are the same are in none: what lasts no time may be rejected, too.
    """
    order = operation.schema.get("x-unsettled-order", {})
    names = order.get("members", ())
    # What is no time gets the request rejected by itself.
    asked = tuple(name for name in names if name in sent and moment_after(name, sent, None) is not None)
    moments = [moment for moment in (moment_after(name, sent, state) for name in names) if moment is not None]
    is_open = state is not None and state.uncertain and len(asked) < len(names)
    is_ordered = all(one < following for one, following in pairwise(moments))
    return [Question(order["reason"], asked)] if asked and (is_open or not is_ordered) else []
