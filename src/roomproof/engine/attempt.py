"""Attempts: a sequence of steps is sent to rooms whose state is known, and what it breaks is remembered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from roomproof.contract.model import Operation
from roomproof.contract.resource import Effect, Listing
from roomproof.engine.asking import plain_body
from roomproof.engine.case import Case, Seat
from roomproof.engine.pages import largest_pages, pages_of
from roomproof.engine.resend import Resender
from roomproof.engine.session import Session
from roomproof.engine.turns import ANCHOR
from roomproof.interaction import Interaction, remembered
from roomproof.judge.counterexample import Counterexample
from roomproof.judge.evidence import Evidence
from roomproof.judge.judged_interaction import read_json
from roomproof.judge.register import rule_of
from roomproof.judge.rule import Sight
from roomproof.judge.rules import unique
from roomproof.verdict import Finding
from roomproof_strategies import Json, Sample, plain

SEATS = (Seat.MAIN, Seat.OTHER)
VARIANTS = 2
"""How many plain values each field has."""


@dataclass(frozen=True)
class SequenceStep:
    """One step of a sequence. Steps with the same label are the same.

    `seat` is the room that has to be there for it, None if none has to; one that it makes then is the main
    room. `case` makes the request when its turn comes; only AGAIN and FIRST_AGAIN have none. `simpler` gives
    steps that send less, `in_main_room` the same step about the main room. `ends_room` tells that it deletes
    its room, `only_asks` that it changes nothing.
    """

    label: tuple[str, ...]
    seat: Seat | None
    case: Callable[[], Case] | None = field(default=None, compare=False, repr=False)
    simpler: Callable[[], Iterable[SequenceStep]] = field(default=tuple, compare=False, repr=False)
    in_main_room: SequenceStep | None = field(default=None, compare=False, repr=False)
    ends_room: bool = field(default=False, compare=False, repr=False)
    only_asks: bool = field(default=False, compare=False, repr=False)


Steps = tuple[SequenceStep, ...]
AGAIN = SequenceStep(("the last request again",), None)
FIRST_AGAIN = SequenceStep(("the first request again",), None)
FIRST_NAME = 1000
"""The first variant of a text that no other body has."""
MOST_PAGES = 20
"""So many pages of a list are looked at in one step."""


@dataclass(frozen=True)
class SequenceFinding:
    """The first time that a sequence broke a clause: evidence, the steps so far, and their interactions after
    those that make rooms.
    """

    evidence: Evidence
    steps: Steps
    interactions: tuple[Interaction, ...]


def makes_sense(steps: Steps) -> bool:
    """Whether there is a request to repeat where one is repeated, and each room is deleted once at most."""
    first_repeat = min(
        (steps.index(step) for step in (AGAIN, FIRST_AGAIN) if step in steps), default=len(steps)
    )
    has_request = any(step.case for step in steps[:first_repeat])
    ends = [step for step in steps if step.ends_room]
    return len(ends) == len({*ends}) and (has_request or first_repeat == len(steps))


def weight(steps: Steps) -> tuple[int, int, int]:
    """Return how much a person has to read: of two sequences the lighter one tells more."""
    return len(steps), _rooms(steps), sum(len(part) for step in steps for part in step.label)


def _rooms(steps: Steps) -> int:
    """Return how many rooms there must be before the first step."""
    if any(step.seat is Seat.OTHER for step in steps):
        return 2
    first = next((step for step in steps if step.case), None)
    return 0 if first is None or first.seat is None else 1


class Attempts:
    """Sends sequences, each to rooms of its own, and none of them twice.

    `bodies` are the plain bodies of each operation, which were made with `fields` and `anchor`.
    `hang_on_names` are the clauses that a request to make a room breaks because of an earlier room of that
    name.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[Steps, Mapping[str, SequenceFinding]] = {}
        contract = session.contract
        self._maker = contract.maker
        setting = session.setting(Seat.MAIN)
        self.fields = session.subject.special.fields(setting)
        self.anchor = setting.now + ANCHOR
        self.bodies = {operation.id: self._plain_bodies(operation) for operation in contract.telling}
        # Rooms that nothing deletes are not made by the dozen.
        self._makes_rooms = contract.deleting is not None and contract.creating is not None
        self.hang_on_names: set[str] = set()
        self._names = 0
        self._seated: list[str] = []
        self._opened_as: dict[str, Json] = {}

    def _plain_bodies(self, operation: Operation) -> list[Sample]:
        """Return bodies of all fields that differ wherever there is a choice."""
        return [
            plain(operation.schema, self.fields, anchor=self.anchor, variant=variant)
            for variant in range(VARIANTS)
        ]

    @property
    def has_two_rooms(self) -> bool:
        """Whether a sequence can be about two rooms."""
        return self._makes_rooms or Seat.OTHER in self._session.seats

    @property
    def can_delete(self) -> bool:
        """Whether a sequence can delete a room, one that was made for it."""
        return self._makes_rooms

    def broken_by(self, steps: Steps) -> Mapping[str, SequenceFinding]:
        """Return the clauses that a sequence breaks by itself, by their ids; send it if that is not known
        yet.
        """
        if steps not in self._known:
            self._known[steps] = self.send(steps)
        return self._known[steps]

    def known_to_break(self, clause: str) -> SequenceFinding | None:
        """Return the lightest sequence sent so far that breaks a clause."""
        found = (broken[clause] for broken in self._known.values() if clause in broken)
        return min(found, key=lambda broken: weight(broken.steps), default=None)

    def send(self, steps: Steps) -> Mapping[str, SequenceFinding]:
        """Send a sequence, and return the clauses that it breaks by itself."""
        cases: list[Case] = []
        with self._opened(_rooms(steps)) as opening:
            if not self._has_rooms_for(steps):
                return {}
            taken = [
                (count, *sent) for count, step in enumerate(steps, 1) for sent in self._take(step, cases)
            ]
        told = tuple(map(remembered, (*opening, *(interaction for _, interaction, _ in taken))))
        verdicts = self._session.judging.verdicts
        broken: dict[str, SequenceFinding] = {}
        rooms = set(self._seated)
        for number, (count, interaction, evidence) in enumerate(taken, len(opening) + 1):
            for item in evidence:
                # What a list shows of other rooms is no matter of this sequence.
                is_elsewhere = item.entry and item.entry.partition("/")[0] not in rooms
                if item.clause not in broken and not is_elsewhere and verdicts.blames(item, interaction):
                    broken[item.clause] = SequenceFinding(item, steps[:count], told[:number])
        return broken

    def _has_rooms_for(self, steps: Steps) -> bool:
        """Whether every room that a sequence is about is there; a provider may have stopped showing what it
        makes.
        """
        if any(step.ends_room for step in steps) and not self._makes_rooms:
            return False
        return all(step.seat in self._session.seats for step in steps if step.seat in SEATS)

    def _take(self, step: SequenceStep, cases: list[Case]) -> list[tuple[Interaction, list[Evidence]]]:
        """Take a step after those that sent some cases, and add its own to them; of a list all pages are
        turned.

        Nothing is sent about a thing inside a room where there never was one.
        """
        session = self._session
        case = step.case() if step.case else cases[0 if step == FIRST_AGAIN else -1]
        cases.append(case)
        if not session.can_name(case):
            return []
        listing = case.operation.listing
        if case.operation.effect is Effect.LIST and listing is not None:
            return self._turn_pages(case, listing)
        makes_room = (
            case.operation.effect is Effect.CREATE and case.operation.resource is session.contract.room
        )
        if step.case is None or not makes_room:
            return [session.post(case)]
        rooms = len(session.made)
        sent = session.post(case)
        if len(session.made) > rooms:
            session.seats = {**session.seats, Seat.MAIN: session.made[-1]}
            self._seated.append(session.made[-1])
        return [sent]

    def _turn_pages(self, case: Case, listing: Listing) -> list[tuple[Interaction, list[Evidence]]]:
        sent: list[tuple[Interaction, list[Evidence]]] = []
        asked = {**case.query, **largest_pages(case.operation, listing)}

        def ask(query: Mapping[str, str]) -> Interaction:
            sent.append(self._session.post(replace(case, query={**asked, **query})))
            return sent[-1][0]

        for _ in pages_of(listing, listing.key, ask, MOST_PAGES):
            self._session.judging.catch_up()
        return sent

    def deletion(self, seat: Seat) -> SequenceStep:
        """Return the step that deletes a room, one that was made for the sequence."""
        deleting = self._session.contract.deleting
        assert deleting is not None, "rooms are deleted only where there is a way"
        bench = self._session.bench(deleting)
        return SequenceStep(
            (deleting.id, f"the {seat.value} room is deleted"),
            seat,
            lambda: bench.case(plain_body(bench), seat),
            in_main_room=self.deletion(Seat.MAIN) if seat is not Seat.MAIN else None,
            ends_room=True,
        )

    def _delete(self, room_id: str) -> Interaction:
        deleting = self._session.contract.deleting
        assert deleting is not None, "rooms are deleted only where there is a way"
        return self._session.call(deleting, room_id)

    def alone(self, finding: Finding) -> Counterexample | None:
        """Send the counterexample of a finding to a room of its own that holds plain values, and return what
        breaks the clause there, too.

        What breaks it in the named room as well is told of that one, which is there after the run for whoever
        repeats the request.
        """
        if not self._can_stand_alone(finding):
            return None
        makes_room = self._maker is not None and finding.clause.operation == self._maker.id
        with self._opened(0 if makes_room else 1):
            alone = self._again(finding)
            if alone is not None and makes_room and not self._is_so_by_another_name(finding):
                self.hang_on_names.add(finding.clause.id)
                return None
        if alone is None or makes_room or self._session.subject.room_id is None or not self._makes_rooms:
            return alone
        session, seats = self._session, self._session.seats
        session.seats = {**seats, Seat.MAIN: self._session.subject.room_id}
        try:
            self._set_plain()
            return self._again(finding) or alone
        finally:
            session.seats = seats

    def _is_so_by_another_name(self, finding: Finding) -> bool:
        """Whether a request to make a room breaks a clause with other texts, too, which no room had before.

        What a room shows may be what an earlier one of its name had.
        """
        maker, body = self._maker, read_json(finding.counterexample.interaction.request.body)
        texts = (
            {name for name, value in body.items() if isinstance(value, str) and maker.may_be_any_text(name)}
            if maker is not None and isinstance(body, dict)
            else set()
        )
        if (
            maker is None
            or not texts - {*finding.clause.path}
            or not rule_of(finding.clause).hangs_on_history
        ):
            return True
        case = self._session.bench(maker).exact(self._called_anew(maker, body, texts), "by another name")
        return any(
            item.clause == finding.clause.id and self._session.judging.verdicts.blames(item, interaction)
            for interaction, evidence in (self._session.send(case),)
            for item in evidence
        )

    def _called_anew(
        self, maker: Operation, body: Mapping[str, Json], names: Iterable[str]
    ) -> dict[str, Json]:
        """Return a body with texts in these fields that no earlier room had, where there is a choice."""
        self._names += 1
        fresh = plain(maker.schema, self.fields, anchor=self.anchor, variant=FIRST_NAME + self._names).value
        return {**body, **{name: fresh[name] for name in names if name in fresh}}

    def _can_stand_alone(self, finding: Finding) -> bool:
        """Whether what a request says hangs on one room at most: not what it says of a list, or of what has
        to be made inside the room first.
        """
        request = finding.counterexample.interaction.request
        matched = self._session.contract.match(request.method, request.path)
        operation = matched[0] if matched is not None else None
        is_inside = operation is not None and operation.resource is not self._session.contract.room
        if operation is None or (is_inside and operation.names_one):
            return False
        return operation.effect is not Effect.LIST or Sight.LISTING not in rule_of(finding.clause).sees

    def _set_plain(self) -> None:
        """Tell the main room plain values, without those that cannot be put back in it and those that another
        room may have.
        """
        session = self._session
        operation = next(one for one in session.contract.telling if one.effect.changes)
        shared = {clause.path[0] for clause in unique.RULE.clauses(operation)}
        spared = (shared | session.lasting) - {*operation.schema.get("required", ())}
        sample = self.bodies[operation.id][0]
        some = {name: value for name, value in sample.value.items() if name not in spared}
        session.send(session.bench(operation).case(replace(sample, value=some)))

    def _again(self, finding: Finding) -> Counterexample | None:
        """Send the counterexample of a finding to the main room, and return it breaks the clause there, None
        if it does not.
        """
        counterexample = finding.counterexample
        for interaction, evidence in Resender(self._session, [counterexample.interaction]).sent(
            counterexample.interaction
        ):
            for item in evidence:
                if item.clause == finding.clause.id and self._is_same(item, interaction, counterexample):
                    return Counterexample(item, interaction, sequence=(interaction,))
        return None

    def _is_same(self, item: Evidence, interaction: Interaction, counterexample: Counterexample) -> bool:
        """Whether evidence says what a counterexample says: that a clause is broken, by itself or as far as
        the same others do not explain it.
        """
        if counterexample.evidence.suspects:
            return item.outcome is counterexample.evidence.outcome and set(item.suspects) == set(
                counterexample.evidence.suspects
            )
        return self._session.judging.verdicts.blames(item, interaction)

    @contextmanager
    def _opened(self, rooms: int) -> Iterator[list[Interaction]]:
        """Seat rooms for one attempt, new ones where they can be made; the run's own ones are seated again
        after it.
        """
        session = self._session
        seats, earlier = session.seats, frozenset(session.made)
        try:
            opening = self._with_new_rooms(rooms) if self._makes_rooms else self._with_known_rooms(rooms)
            self._seated = [session.seats[seat] for seat in SEATS[:rooms] if seat in session.seats]
            yield opening
            for room_id in (
                [room_id for room_id in session.made if room_id not in earlier] if self._makes_rooms else ()
            ):
                self._delete(room_id)
        finally:
            session.seats = seats

    def _with_new_rooms(self, rooms: int) -> list[Interaction]:
        session = self._session
        earlier = frozenset(session.made)
        opening = [self._make_room(is_first=number == 0) for number in range(rooms)]
        made = [room_id for room_id in session.made if room_id not in earlier]
        if len(made) < rooms:
            self._makes_rooms = False
            return self._with_known_rooms(rooms)
        session.seats = {**session.seats, **dict(zip(SEATS, made, strict=False))}
        return opening

    def _make_room(self, *, is_first: bool) -> Interaction:
        """Make a room by a name that no earlier one had; the other one has the same, where two may."""
        session = self._session
        creating = session.contract.creating
        if self._maker is None and creating is not None:
            return session.call(creating)
        assert self._maker is not None, "rooms are made only where there is a way"
        required = self._maker.schema.get("required", ())
        body = {name: self.bodies[self._maker.id][0].value[name] for name in required}
        texts = [name for name in body if self._maker.may_be_any_text(name)]
        if is_first or any(clause.path[0] in texts for clause in unique.RULE.clauses(self._maker)):
            self._opened_as = self._called_anew(self._maker, body, texts)
        return session.send(session.bench(self._maker).exact(self._opened_as, "a room for a sequence"))[0]

    def _with_known_rooms(self, rooms: int) -> list[Interaction]:
        """Tell the rooms of the run every field, since nobody knows what they went through."""
        session = self._session
        seats = [seat for seat in SEATS[:rooms] if seat in session.seats]
        updates = [operation for operation in session.contract.telling if operation.effect.changes]
        return [
            session.send(session.bench(one).case(self.bodies[one.id][0], seat))[0]
            for one in updates[:1]
            for seat in seats
        ]
