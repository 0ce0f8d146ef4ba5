"""The judging of a run's responses, in the order in which they came; the last one may wait until the next
request is under way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from roomproof.contract.clause import Clause
from roomproof.contract.model import Operation
from roomproof.contract.resource import Resource
from roomproof.events import Judged, Listener
from roomproof.interaction import Interaction
from roomproof.judge.evidence import Evidence
from roomproof.judge.judge import Judge
from roomproof.judge.rooms import Rooms
from roomproof.verdict import Verdicts


class Judging:
    """Judges responses and keeps the verdicts. Whatever is asked of it, a response that waits is judged
    first.
    """

    def __init__(self, judge: Judge, verdicts: Verdicts, tell: Listener = lambda _: None) -> None:
        """`tell` hears of each response when it is judged."""
        self._judge = judge
        self._verdicts = verdicts
        self._tell = tell
        self._waiting: tuple[Interaction, list[Evidence]] | None = None

    def see(self, interaction: Interaction) -> list[Evidence]:
        """Judge a response and return what it says."""
        evidence = self.see_later(interaction)
        self.catch_up()
        return evidence

    def learn(self, interaction: Interaction) -> None:
        """Let the judge know what a response shows that no recording keeps: it is no evidence."""
        self.catch_up()
        self._judge.see(interaction)

    def see_later(self, interaction: Interaction) -> list[Evidence]:
        """Have a response judged when there is time, or somebody asks; what it says will then stand in the
        list that is returned.
        """
        self.catch_up()
        evidence: list[Evidence] = []
        self._waiting = interaction, evidence
        return evidence

    def catch_up(self) -> None:
        """Judge the response that waits, if there is one."""
        if self._waiting is None:
            return
        (interaction, evidence), self._waiting = self._waiting, None
        evidence += self._judge.see(interaction)
        self._verdicts.add_all(evidence, interaction)
        self._tell(Judged(self._judge.contract, interaction, evidence))

    @property
    def verdicts(self) -> Verdicts:
        """The verdicts on all responses so far."""
        self.catch_up()
        return self._verdicts

    @property
    def rooms(self) -> Rooms:
        """What is known of the rooms after all responses so far."""
        self.catch_up()
        return self._judge.rooms

    def last_issued(self, operation: Operation, clause: Clause) -> Any:
        """Return the value that a response gave last for a field of an operation, None where none did."""
        self.catch_up()
        rooms = self._judge.learning.of(operation.resource)
        found = rooms.last_issued(clause.options["by"], clause.options["field"])
        return None if found is None else found.value

    def known(self, resource: Resource, room_id: str) -> list[str]:
        """Return the ids of a resource inside a room that are there as far as is known."""
        self.catch_up()
        return self._judge.known(resource, room_id)

    def shown(self, resource: Resource, room_id: str) -> list[Mapping[str, Any]]:
        """Return the fields of what was shown of a resource and is there still, inside a room; the last one
        that was met comes last.
        """
        self.catch_up()
        return [state.known for state in self._judge.shown(resource, room_id)]

    def last_seen(self, room_id: str) -> Mapping[str, Any]:
        """Return the fields of a room as they were last seen whenever they are looked at."""
        return _LastSeen(self, room_id)


class _LastSeen(Mapping[str, Any]):
    """The fields of a room; responses that wait are judged only when somebody looks."""

    def __init__(self, judging: Judging, room_id: str) -> None:
        self._judging = judging
        self._room_id = room_id

    def _known(self) -> Mapping[str, Any]:
        state = self._judging.rooms.get(self._room_id)
        return state.known if state else {}

    def __getitem__(self, name: str) -> Any:
        return self._known()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known())

    def __len__(self) -> int:
        return len(self._known())
