"""Long sequences: what a run tells fresh rooms for a dozen rounds, and which faults only that shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from roomproof.engine.run import Result
from roomproof.engine.soak import ROUNDS
from roomproof.providers import find_contract
from roomproof.verdict import Finding

Verify = Callable[..., Result]


class Diary:
    """No fault: notes updates as (room, fields), in their order, and a DELETE as a room without fields."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.responses: list[int] = []

    def before(self, exchange: Any) -> None:
        """The request is left as it is."""

    def after(self, exchange: Any) -> None:
        if exchange.method in ("PATCH", "PUT", "DELETE"):
            self.told.append((exchange.path, exchange.sent if exchange.method != "DELETE" else {}))
            self.responses.append(exchange.status)

    def of(self, room: str) -> list[dict[str, Any]]:
        return [fields for path, fields in self.told if path == room]


def in_a_run(diary: Diary, provider: str, verify: Verify) -> list[str]:
    """Let a run for one clause happen, and return the paths of the two rooms that took turns most often."""
    contract, _ = find_contract(provider)
    clause = next(
        clause for clause in contract.clauses if clause.endswith((".unchanged", ".kept-or-default"))
    )
    verify(provider, diary, max_examples=0, only=(clause,))
    paths = [path for path, fields in diary.told if fields]
    turns = Counter(frozenset(pair) for pair in pairwise(paths) if pair[0] != pair[1])
    often = [pair for pair, times in turns.items() if times > 2 * ROUNDS]
    return sorted(max(often, key=lambda pair: turns[pair] / sum(map(paths.count, pair))))


@pytest.mark.parametrize("provider", ["azure", "carrierx", "signalwire", "telnyx"])
def test_a_dozen_rounds_change_every_field_of_two_rooms_in_turn(provider: str, verify: Verify) -> None:
    diary = Diary()
    rooms = in_a_run(diary, provider, verify)

    contract, _ = find_contract(provider)
    operation = next(one for one in contract.operations if "{" in one.path and one.method in ("PATCH", "PUT"))
    fixed = {clause.path[0] for clause in operation.clauses if clause.rule == "read-only"}
    for room in rooms:
        for name in operation.body.schema["properties"].keys() - fixed - {"did_group_sid"}:
            values = [fields[name] for fields in diary.of(room) if name in fields]
            changes = [pair for pair in pairwise(values) if pair[0] != pair[1]]
            assert len(changes) >= ROUNDS - 1, (room, name, values)


def test_no_two_fields_go_together_in_every_round(verify: Verify) -> None:
    diary = Diary()
    room = in_a_run(diary, "telnyx", verify)[-1]

    told = diary.of(room)
    names = {name for fields in told for name in fields}
    together = {
        (one, other)
        for one in names
        for other in names
        if all((one in fields) == (other in fields) for fields in told)
    }
    assert {pair for pair in together if pair[0] != pair[1]} == set()


def test_a_name_changes_hands_until_its_owner_is_gone(verify: Verify) -> None:
    diary = Diary()
    verify("telnyx", diary, max_examples=0, only=("telnyx.update-room.behaviour.unique_name.unique",))

    steps = [
        (path, fields.get("unique_name"), status)
        for (path, fields), status in zip(diary.told, diary.responses, strict=True)
    ]
    grave = next(
        number
        for number, (_, _, status) in enumerate(steps)
        if status == 204 and steps[number + 1][1] == steps[number - 1][1]
    )
    (owner, name, taken), _, (heir, _, inherited) = steps[grave - 1 : grave + 2]
    assert (taken, inherited) == (200, 200)
    assert owner == steps[grave][0] != heir
    before = [(path == owner, status) for path, told, status in steps[grave - 6 : grave] if told == name]
    assert before == [(True, 200), (False, 422), (False, 200), (True, 200)]


@pytest.mark.parametrize(
    ("provider", "fault", "clause"),
    [
        ("telnyx", "max-11th-not-stored", "telnyx.update-room.behaviour.max_participants.unchanged"),
        ("carrierx", "properties-9th-not-stored", "carrierx.update-room.behaviour.properties.unchanged"),
        ("signalwire", "layout-10th-lost", "signalwire.update-room.behaviour.layout.echo"),
        ("azure", "dial-out-8th-not-stored", "azure.update-room.behaviour.pstnDialOutEnabled.unchanged"),
    ],
)
def test_the_nth_update_that_is_lost_is_found_without_any_random_case(
    findings: Callable[..., list[Finding]], provider: str, fault: str, clause: str
) -> None:
    assert clause in [finding.clause.id for finding in findings(provider, fault, clause)]


def test_a_finding_of_a_long_sequence_is_told_with_a_shorter_one_about_its_room(
    findings: Callable[..., list[Finding]],
) -> None:
    clause = "telnyx.update-room.behaviour.max_participants.unchanged"
    (finding,) = findings("telnyx", "max-11th-not-stored", clause)

    updates = [one.request for one in finding.counterexample.sequence if one.request.method == "PATCH"]
    assert 12 <= len(updates) <= 2 * ROUNDS
    assert len({request.path for request in updates}) == 1


@pytest.mark.parametrize(
    ("provider", "fault", "clause"),
    [
        ("telnyx", "name-stays-taken", "telnyx.update-room.request.unique_name.accepted"),
        ("carrierx", "code-stays-taken", "carrierx.update-room.request.access_codes.accepted"),
    ],
)
def test_a_name_that_stays_taken_is_a_valid_value_rejected(
    findings: Callable[..., list[Finding]], provider: str, fault: str, clause: str
) -> None:
    assert clause in [finding.clause.id for finding in findings(provider, fault, clause)]
