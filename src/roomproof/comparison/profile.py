"""The profile of a provider: what a recording shows of its responses, and what is different in another
recording.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from roomproof.comparison.alignment import MovedStatus, RecordedResponse, Requests, align, moved_statuses
from roomproof.comparison.fields import FieldChange, Fields, FieldTurn, FieldWalk, Subject, field_changes
from roomproof.comparison.provenance import Context, Provenance
from roomproof.comparison.scalars import scalars
from roomproof.comparison.values import ValueChange, VolatileField, compare_values, unsteady_places
from roomproof.contract.model import Contract
from roomproof.interaction import Interaction
from roomproof.judge.judged_interaction import NoJson


@dataclass(frozen=True)
class Counts:
    """What one recording holds: interactions, those that belong to no operation of the contract, those
    without a response.
    """

    interactions: int
    foreign: int
    unanswered: int


@dataclass(frozen=True)
class Changes:
    """What a provider changed between two recordings. `aligned` responses have a partner in the other
    recording, `alone` do not.
    """

    before: Counts
    after: Counts
    aligned: int
    alone_before: int
    alone_after: int
    fields: tuple[FieldChange, ...]
    statuses: tuple[MovedStatus, ...]
    values: tuple[ValueChange, ...]
    volatile: tuple[VolatileField, ...]

    @property
    def count(self) -> int:
        """How many changes there are; a volatile field is none."""
        return len(self.fields) + len(self.statuses) + len(self.values)


class Profile:
    """One provider's stream, seen once. Memory grows with the contract, the rooms and the distinct
    requests.
    """

    def __init__(self, contract: Contract) -> None:
        self.requests = Requests(contract.credentials.carrier.name)
        self.fields: dict[Subject, Fields] = {}
        self._contract = contract
        self._provenance = Provenance(contract)
        self._seen = self._foreign = self._unanswered = 0

    def see(self, interaction: Interaction) -> None:
        """Take in the next interaction; the order is that of the recording."""
        self._seen += 1
        context = self._provenance.see(interaction)
        if context is None:
            self._foreign += 1
        elif interaction.response is None:
            self._unanswered += 1
        else:
            self._enter(interaction, context, interaction.response.status)

    @property
    def counts(self) -> Counts:
        """How much was seen."""
        return Counts(self._seen, self._foreign, self._unanswered)

    def _enter(self, interaction: Interaction, context: Context, status: int) -> None:
        schema = self._schema(context, status)
        settable, room_at = self._provenance.settable, self._contract.room.at
        if not isinstance(context.body, NoJson):
            fields = self.fields.setdefault((context.subject, status), Fields())
            FieldWalk(fields, context, room_at, settable).enter(context.body, schema)
        asked = self.requests.open(interaction.request, context)
        values = None
        # A list depends on every room that there is, which no recording shows.
        if (
            asked.has_place
            and not isinstance(context.body, NoJson)
            and (context.room is not None or status >= 300)
        ):
            values = scalars(context, room_at, settable, schema)
        self.requests.add(
            asked, RecordedResponse(self._seen, status, context.doubtful, context.names, values)
        )

    def _schema(self, context: Context, status: int) -> Mapping[str, Any]:
        """Return the documented schema of a response; an operation whose own is not known answers with a room
        as others do.
        """
        operation = self._contract.by_id(context.subject)
        if operation is None:
            return {}
        if context.room is not None and operation.success.schema is None:
            return next((one.success.schema for one in self._contract.telling if one.success.schema), {})
        response = operation.response(status) or operation.by_status.get("default")
        return (response.schema if response is not None else None) or {}


def compare_profiles(before: Profile, after: Profile) -> Changes:
    """Return what the provider changed from one recording to another; both profiles are of the same
    contract.
    """
    fields = [
        change
        for subject in sorted(before.fields.keys() & after.fields.keys())
        for change in field_changes(subject, before.fields[subject], after.fields[subject])
    ]
    alignment = align(before.requests, after.requests)
    (varied, repeated), (varies, _) = (
        unsteady_places(profile.requests.asked.values()) for profile in (before, after)
    )
    values, volatile = compare_values(alignment.pairs, varied | (varies - repeated))
    said = {(change.operation, change.status, change.path) for change in fields if change.what in _OF_VALUES}
    return Changes(
        before.counts,
        after.counts,
        alignment.aligned,
        before.requests.answers - alignment.aligned,
        after.requests.answers - alignment.aligned,
        tuple(fields),
        tuple(moved_statuses(alignment)),
        tuple(change for change in values if (change.operation, change.status, change.path) not in said),
        tuple(volatile),
    )


_OF_VALUES = frozenset((FieldTurn.TYPE, FieldTurn.FORMAT, FieldTurn.NULL, FieldTurn.NO_LONGER_NULL))
"""Changes that show in the values, too, and need not be told twice."""
