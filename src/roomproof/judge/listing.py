"""A list that shows what a room was made with: what rules about the entries of one have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from roomproof.contract.clause import Clause
from roomproof.contract.resource import Listing
from roomproof.judge.delay import DelayOptions, is_over, within_seconds
from roomproof.judge.evidence import Evidence, ShownValue, broken, kept, shown, unproven
from roomproof.judge.judged_interaction import JudgedInteraction, NoJson
from roomproof.judge.options import ValueField
from roomproof.judge.placeholder import is_scrubbed


@dataclass(frozen=True, kw_only=True)
class ListedOptions(DelayOptions):
    """The operation that lists the entries, and the field of each of them that a clause is about."""

    call: str
    member: ValueField


def made_with(seen: JudgedInteraction, clause: Clause) -> Mapping[str, Any]:
    """Return the entries with which the room was made, by key; none where nobody knows that for certain."""
    state = seen.state
    made = state.created_with if state and state.history_known and state.created_with is not None else {}
    entries = made.get(clause.path[0])
    if not isinstance(entries, dict):
        return {}
    return {} if seen.is_second_hand and is_scrubbed(entries) else entries


def wrong(
    seen: JudgedInteraction, clause: Clause, text: str, expected: Any, received: Any
) -> Iterator[Evidence]:
    """Yield that a list is wrong, and where it may still be late no more than that."""
    holder = seen.around or seen.state
    told, written = (holder.told_entries, holder.written) if holder is not None else (None, None)
    sent = told.sent if told is not None and told.sent.operation == clause.operation else written
    if is_over(within_seconds(clause), sent.answered_by if sent else None, seen.interaction.at):
        yield broken(clause, text, expected=expected, received=received)
    else:
        yield unproven(clause, f"{text}; it may still be late")


def compared(
    seen: JudgedInteraction, clause: Clause, options: ListedOptions, key: str, wanted: Any
) -> Iterator[Evidence]:
    """Compare the field of the entry that a list shows under a key with the value that it has to have."""
    if seen.asked is None or seen.asked.id != options.call:
        return
    listed, field = _listed(seen, options), options.member
    if listed is None:
        body = seen.response.body
        if seen.response.accepted and isinstance(body, NoJson) and body is not NoJson.UNRECORDED:
            yield unproven(clause, f"the list is {body.value}")
        return
    entry = listed.get(key)
    if seen.is_second_hand:
        is_unread = _may_be_elsewhere(seen, options) if entry is None else is_scrubbed(entry.get(field))
        if is_unread:
            return
    if entry is None and seen.walk is not None and (key in seen.walk.shown or not seen.walk.shows_all):
        # It stood on a page before this one, or may stand on one of those that follow.
        return
    if entry is None:
        text = f"{key} was put into the room, but the list has no such entry"
        yield from wrong(seen, clause, text, key, "no such entry")
    elif entry.get(field) == wanted:
        yield kept(clause)
    else:
        text = f"the {field} of {key} is {shown(entry.get(field))}, expected is {shown(wanted)}"
        yield from wrong(seen, clause, text, ShownValue(wanted), ShownValue(entry.get(field)))


def _listing(seen: JudgedInteraction, options: ListedOptions) -> Listing:
    operation = seen.contract.by_id(options.call)
    return operation.listing or Listing() if operation is not None else Listing()


def _listed(seen: JudgedInteraction, options: ListedOptions) -> dict[str, dict[str, Any]] | None:
    """Return the first entry of each key where the contract says that lists and keys stand.

    None where no list was to be seen.
    """
    if not seen.response.accepted or isinstance(seen.response.body, NoJson):
        return None
    listing = _listing(seen, options)
    entries = [item for item in listing.shown(seen.response.body) or () if isinstance(item, dict)]
    name = listing.key
    return {item[name]: item for item in reversed(entries) if isinstance(item.get(name), str)}


def _may_be_elsewhere(seen: JudgedInteraction, options: ListedOptions) -> bool:
    """Whether an entry may stand on another page of the list than the one that somebody else has recorded.

    It may also stand there under a made-up name.
    """
    beside = {**seen.response.body} if isinstance(seen.response.body, dict) else {}
    entries = beside.pop(next(iter(_listing(seen, options).entries), ""), None)
    return any(beside.values()) or is_scrubbed(entries)
