"""Record cassettes/PROVIDER/mock/OPERATION.yaml anew, where a mock, a contract or the plan has changed.

Usage: python tests/cassettes/record_shipped.py [PROVIDER...]

The whole plan of an operation is rehearsed on a fresh mock, to note which case proves what of which clause.
Of these cases the fewest that prove all of it, found greedily, are sent to another fresh mock, in the order
of the plan and after what opens the rooms. What they leave out there, since the rooms are not the same,
further cases make up for until nothing is missing; that is recorded, and after them what reads the rooms
back. Nothing is ever cut out of a recording: its later responses would speak of requests that it does not
have. A second run gives the same cassettes but for ids and times.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

from roomproof.comparison.volatile import masked
from roomproof.contract.model import Operation
from roomproof.contract.resource import Effect
from roomproof.engine import others
from roomproof.engine.case import Case, Seat
from roomproof.engine.deletions import Deletions
from roomproof.engine.plain_requests import ask, can_be_made
from roomproof.engine.plan import plan
from roomproof.engine.quiet import QuietRooms
from roomproof.engine.readback import Readback
from roomproof.engine.rooms import make_room, open_rooms
from roomproof.engine.session import Options, Session, Subject
from roomproof.engine.turns import ANCHOR
from roomproof.events import Listener
from roomproof.interaction import SAFE, Interaction, Response
from roomproof.judge.deviation_match import matches
from roomproof.judge.evidence import Evidence, Outcome
from roomproof.judge.rules import listed, listed_after_write
from roomproof.providers import contract_folders, find_contract, find_special
from roomproof.runs.recording import recorded
from roomproof.targets.credentials import scheme_from, unscoped_from
from roomproof.targets.http import HttpTarget
from roomproof.targets.serve import mock_process
from roomproof.targets.target import UnsentRequest
from roomproof_strategies import plain

CASSETTES = Path(__file__).parents[2] / "cassettes"
PORT = 8080
"""Stands in every URL in place of the port that was free, so that recordings differ in what matters only."""
OPENING = 2
"""So many cases of a plan show, or set, every field of the two rooms; later ones build on them."""
ROUNDS = 10

Key = tuple[str, int]
"""Which case of a plan: its note, and its number among those of the same note."""
Proven = tuple[str, str, bool]
"""A clause, how it came out, and whether by a request that was accepted: a limit has two sides."""


@dataclass(frozen=True)
class Take:
    """A case of the plan as it was sent: which one, the size of its body, whether it was accepted, what it
    proved.
    """

    key: Key
    size: int
    accepted: bool
    proven: frozenset[Proven]


class AtPort:
    """A mock whose URLs have one port, whichever it has."""

    def __init__(self, base_url: str) -> None:
        self._target = HttpTarget(base_url)
        self._found = f":{urlsplit(base_url).port}"
        self.base_url = self._shown(base_url)

    def send(self, unsent: UnsentRequest) -> Interaction:
        """Send one request."""
        interaction = self._target.send(unsent)
        return replace(
            interaction, request=replace(interaction.request, url=self._shown(interaction.request.url))
        )

    def close(self) -> None:
        """Let go of the connection."""
        self._target.close()

    def _shown(self, url: str) -> str:
        return url.replace(self._found, f":{PORT}", 1)


class Listening(Session):
    """A session that notes what each interaction proves."""

    def __init__(self, subject: Subject, operation: Operation, listener: Listener) -> None:
        super().__init__(subject, Options(only=(f"{subject.contract.provider}.{operation.id}.*",)), listener)
        self.proven: set[Proven] = set()
        self.heard: list[Interaction] = []
        self.has_waited = False

    def _sent(
        self, unsent: UnsentRequest, note: str, *, is_valid: bool = False
    ) -> tuple[Interaction, list[Evidence]]:
        interaction, evidence = super()._sent(unsent, note, is_valid=is_valid)
        self.judging.catch_up()
        self.heard.append(interaction)
        status = interaction.response.status if interaction.response else 0
        self.proven |= {(item.clause, self._outcome(item, interaction), status < 300) for item in evidence}
        return interaction, evidence

    def _outcome(self, item: Evidence, interaction: Interaction) -> str:
        broken = item.outcome in (Outcome.FAIL, Outcome.WARN)
        excused = broken and any(
            matches(deviation, item.clause, interaction) for deviation in self.subject.deviations
        )
        return "deviation" if excused else item.outcome.value


@contextmanager
def a_fresh_mock(provider: str) -> Iterator[Subject]:
    """Serve a provider's mock in the state that it starts with."""
    contract, deviations = find_contract(provider)
    with mock_process(provider) as serving:
        scheme = scheme_from(contract.credentials, serving.environment)
        unscoped = unscoped_from(contract.credentials, scheme, serving.environment)
        target = AtPort(serving.base_url)
        yield Subject(contract, deviations, find_special(provider), target, scheme, unscoped, serving.room_id)
        target.close()


def keyed(cases: Iterable[Case]) -> Iterator[tuple[Key, Case]]:
    """Yield the cases of a plan with their keys."""
    numbers: Counter[str] = Counter()
    for case in cases:
        # It may name a room, which has another id and another name on each mock.
        note = masked(case.note)
        numbers[note] += 1
        yield (note, numbers[note]), case


def sent(
    subject: Subject, operation: Operation, chosen: set[Key] | None, listener: Listener = lambda _: None
) -> tuple[set[Proven], list[Take]]:
    """Send the chosen cases of an operation's plan, all without a choice; return all that they proved, and
    the cases.
    """
    # Each mock is asked with a contract of its own.
    operation = next(one for one in subject.contract.operations if one.id == operation.id)
    session = Listening(subject, operation, listener)
    open_rooms(session)
    _look_at_what_was_made(session, operation)
    proven, session.proven = session.proven, set()
    if operation not in session.contract.telling:
        others._is_ready(session, operation)
    if operation.effect is Effect.LIST:
        _read_what_nobody_can_make(session, operation)
    accepts = []
    with others._where_it_may_be(session, operation):
        others._have_issued(session, operation)
        # Randomness of its own: the session's hangs on how many cases are sent, and a note may name what was
        # drawn.
        for number, (key, case) in enumerate(keyed(plan(session.bench(operation), Random(0)))):
            if chosen is None or key in chosen or number < OPENING:
                response = _response_to(session, case)
                accepted = response is not None and response.status < 300
                accepts.append(Take(key, len(case.body or b""), accepted, frozenset(session.proven)))
                proven |= session.proven
                session.proven = set()
        others._read_each(session, operation)
    quiet, readback = QuietRooms(session), Readback(session)
    quiet.begin()
    readback.begin()
    readback.end()
    quiet.end()
    _look_at_what_was_done(session, operation)
    proven |= session.proven
    own = {item for item in proven if subject.contract.clauses[item[0]].operation == operation.id}
    return own, accepts


def _response_to(session: Listening, case: Case) -> Response | None:
    """Send a case; what deletes a room gets one of its own, which is looked for afterwards."""
    operation, room = case.operation, session.contract.room
    deletes = operation.effect is Effect.DELETE and operation.resource is room
    own_id = (
        make_room(session) if deletes and case.seat is not Seat.UNKNOWN and case.path_id is None else None
    )
    if own_id is None:
        return session.send(case)[0].response
    before = len(session.heard)
    # To wait once is enough: later ones prove nothing more.
    deletions = Deletions(session)
    deleted = deletions.deleted(room, case, own_id)
    deletions.look_for(room, deleted, waits=not session.has_waited)
    session.has_waited = session.has_waited or (case.proof is None and bool(case.valid))
    return session.heard[before].response


def _read_what_nobody_can_make(session: Session, listing: Operation) -> None:
    """Read one by one what a list shows and the run cannot make: what is filtered is held against that."""
    resource = listing.resource
    reading = None if resource is None else session.contract.about(resource, Effect.READ)
    if resource is None or reading is None or can_be_made(session, resource):
        return
    others._is_ready(session, reading)
    for own_id in session.known(resource)[: others.MOST_READ]:
        ask(session, reading, own_id)


def _look_at_what_was_done(session: Session, operation: Operation) -> None:
    """List what an operation has told rooms, and read one before and after what only asks."""
    listing = session.contract.listing
    shown = (listed.RULE, listed_after_write.RULE)
    if listing is not None and any(rule.clauses(operation) for rule in shown):
        session.call(listing)
    if operation.method in SAFE:
        others._look_before_and_after(session, operation)


def _look_at_what_was_made(session: Session, operation: Operation) -> None:
    """Update one field of a room that a supporting call made: what the response to that call said has to
    stand in this one.
    """
    create = session.contract.operation(Effect.CREATE, documented=False)
    if create is None or create.body is None or Seat.OTHER not in session.seats:
        return
    bench = session.bench(operation)
    setting = session.setting(Seat.OTHER)
    body = plain(operation.schema, bench.special.fields(setting), anchor=setting.now + ANCHOR).value
    required = operation.schema.get("required", ())
    last = next(name for name in reversed(body) if name not in create.body.example)
    session.send(
        bench.exact(
            bench.completed({name: body[name] for name in (*required, last)}, Seat.OTHER),
            "one field",
            Seat.OTHER,
        )
    )


def cover(accepts: Iterable[Take], wanted: set[Proven]) -> set[Key]:
    """Return the fewest cases, found greedily, that prove all of what is wanted; of two equal ones the
    smaller, then the earlier.
    """
    left, chosen = set(wanted), set()
    while left:
        best = max(accepts, key=lambda take: (len(take.proven & left), -take.size))
        if not best.proven & left:
            break
        chosen.add(best.key)
        left -= best.proven
    return chosen


def paving(accepts: list[Take], keys: set[Key], depth: int) -> Iterator[Key]:
    """Yield the cases that may have paved the way for some others: earlier ones of the same note, the last
    ones that were accepted.

    A repetition proves nothing without the first time, and what can be proven of a room hangs on what it was
    told before.
    """
    for number, take in enumerate(accepts):
        if take.key in keys:
            before = accepts[:number]
            yield from (other.key for other in before if other.key[0] == take.key[0])
            yield from [other.key for other in before if other.accepted][-depth:]


def proven_alone(provider: str, operation: Operation, chosen: set[Key]) -> set[Proven]:
    """Return what some cases prove where no others are sent."""
    with a_fresh_mock(provider) as subject:
        return sent(subject, operation, chosen)[0]


def without_what_can_go(
    provider: str, operation: Operation, chosen: set[Key], added: set[Key], wanted: set[Proven]
) -> set[Key]:
    """Return the cases without those of the added ones that turn out not to be needed."""
    for key in sorted(added):
        if wanted <= proven_alone(provider, operation, chosen - {key}):
            chosen = chosen - {key}
    return chosen


def selection(provider: str, operation: Operation) -> set[Key]:
    """Return the cases that prove, sent alone, what the whole plan proves."""
    with a_fresh_mock(provider) as subject:
        wanted, accepts = sent(subject, operation, None)
    first = chosen = cover(accepts, wanted)
    for number in range(1, ROUNDS):
        found = proven_alone(provider, operation, chosen)
        if wanted <= found:
            return without_what_can_go(provider, operation, chosen, chosen - first, wanted)
        lacking = cover(accepts, wanted - found)
        chosen = chosen | lacking | set(paving(accepts, lacking, number))
    sys.exit(f"{operation.id} of {provider}: {sorted(wanted - found)} cannot be shown by {len(chosen)} cases")


def record(provider: str, operation: Operation) -> None:
    """Write the cassette of an operation."""
    chosen = selection(provider, operation)
    path = CASSETTES / provider / "mock" / f"{operation.id}.yaml"
    draft = path.with_suffix(".draft.yaml")
    draft.unlink(missing_ok=True)
    with a_fresh_mock(provider) as subject:
        secrets = (*subject.scheme.secrets(), *(subject.unscoped.secrets() if subject.unscoped else ()))
        with recorded(draft, replace(subject, secrets=secrets), print) as keep:
            sent(subject, operation, chosen, keep)
    draft.replace(path)
    print(f"{path.relative_to(CASSETTES.parent)}: {len(chosen)} cases, {path.stat().st_size} bytes")


def main() -> None:
    """Record the providers that are named, all without a name."""
    for provider in sys.argv[1:] or sorted(contract_folders()):
        for operation in find_contract(provider)[0].operations:
            record(provider, operation)


if __name__ == "__main__":
    main()
