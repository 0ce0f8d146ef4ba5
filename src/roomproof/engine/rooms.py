"""The rooms of a run: found or made at its beginning, deleted at its end."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from roomproof.contract.model import Operation
from roomproof.contract.resource import Effect
from roomproof.engine import restore
from roomproof.engine.case import Seat, encode
from roomproof.engine.census import take_census
from roomproof.engine.rate import Deadline
from roomproof.engine.restore import Restorer
from roomproof.engine.session import CutShortError, Result, Session
from roomproof.engine.settable import changes_fields, fields_in, told, unrestorable
from roomproof.engine.signal_delay import delay_signals
from roomproof.engine.turns import ANCHOR
from roomproof.errors import UnreachableError, UsageError
from roomproof.interaction import BUSY, Interaction, header
from roomproof.judge.rules import gone_after_delete, not_listed
from roomproof.secrets import KnownSecrets
from roomproof_strategies import Sample, plain


def open_rooms(session: Session) -> None:
    """Seat the rooms of a run: made as documented, else the one that was named and, if it can be had,
    another.

    Raises UsageError if a room has to be named and is not, UnreachableError if nobody answers.
    """
    maker, creating = session.contract.maker, session.contract.creating
    if maker is not None:
        found = _found(session)
        take_census(session)
        _make_rooms(session, maker)
        if found is not None:
            _visit_the_named_room(session, found)
        return
    if session.subject.room_id is None:
        raise UsageError(
            f"{session.contract.provider}: no documented way makes a room; name one that may be changed "
            f"with --room-id"
        )
    session.seats[Seat.MAIN] = session.subject.room_id
    _remember(session, session.subject.room_id)
    if creating is not None:
        take_census(session)
        _require_reachable(session, session.call(creating))
        if session.made:
            session.seats[Seat.OTHER] = session.made[0]
    _spare_the_named_room(session)


def _spare_the_named_room(session: Session) -> None:
    """Leave alone what cannot be put back in the named room, where the run can make rooms of its own; else
    say that it will change.
    """
    found = session.journal.found
    lasting = unrestorable(session.contract, found) if found is not None else {}
    if not lasting:
        return
    creating = session.contract.creating
    can_make = Seat.OTHER in session.seats and session.contract.deleting is not None
    if can_make and creating is not None:
        session.call(creating)
    # Who gives a room an id by which nobody finds it is tried in the room that is there for sure.
    own = (
        [
            room_id
            for room_id in session.made
            if fields_in(session.contract, session.look(room_id), room_id) is not None
        ]
        if can_make
        else []
    )
    if not own:
        values = ", ".join(f"{name}={told(value)}" for name, value in lasting.items())
        session.subject.tell(
            f"room {session.subject.room_id} may not end as it was found: the contract allows no "
            f"request with {values}"
        )
        return
    session.lasting = frozenset(lasting)
    session.target.leave_alone(lasting)
    named = session.seats[Seat.MAIN]
    session.seats = {**dict(zip((Seat.MAIN, Seat.OTHER), [*own, named], strict=False)), Seat.NAMED: named}
    for operation in session.contract.telling:
        _look_at_the_named_room(session, operation, lasting)


def _look_at_the_named_room(session: Session, operation: Operation, lasting: Collection[str]) -> None:
    """Update what can be put back in the named room, once, since there may be in it what no new room has.

    An update that replaces the room is no such one where something in it can not be put back.
    """
    if operation.effect is Effect.CREATE or (lasting and not changes_fields(operation)):
        return
    bench = session.bench(operation)
    sample = plain(
        operation.schema, bench.special.fields(session.setting(Seat.NAMED)), anchor=datetime.now(UTC) + ANCHOR
    )
    some = {name: value for name, value in sample.value.items() if name not in lasting}
    session.offer(bench.case(replace(sample, value=some), Seat.NAMED))


def _found(session: Session) -> Mapping[str, Any] | None:
    """Return how a room is found that was named although the run makes rooms of its own, None where none was,
    or nothing can be read of it. Raises UnreachableError where there is no such room.
    """
    named = session.subject.room_id
    if named is None or session.contract.reading is None:
        return None
    interaction, found = _remember(session, named)
    if not session.subject.ours and interaction is not None:
        require_hearing(session, interaction)
    return found


def _visit_the_named_room(session: Session, found: Mapping[str, Any]) -> None:
    """Seat the named room, too, and update it once: there may be in it what no new room has. What could not
    be put back is left alone.
    """
    session.seats[Seat.NAMED] = str(session.subject.room_id)
    lasting = unrestorable(session.contract, found) if not session.subject.ours else {}
    session.lasting = frozenset(lasting)
    session.target.leave_alone(lasting)
    for operation in session.contract.telling:
        _look_at_the_named_room(session, operation, lasting)


def _remember(session: Session, room_id: str) -> tuple[Interaction | None, Mapping[str, Any] | None]:
    """Enter into the journal how the named room is found, if it can be read, so that it can be put back, and
    return the read and that.

    A field in which a secret stands is remembered, and not written.
    """
    reading = session.contract.reading
    if reading is None:
        return None, None
    # The first request of the run, and one that changes nothing: who is not there now has made no room. The
    # judge hears the response, too: what an update carries of fields that cannot be changed has to be what
    # the room has.
    interaction = session.call(reading, room_id)
    _require_reachable(session, interaction)
    session.target.meet_shown(interaction)
    found = fields_in(session.contract, interaction, room_id)
    if found is not None and not session.subject.ours:
        secrets = KnownSecrets(session.subject.scheme.secrets())
        session.journal.find(
            found, [name for name, value in found.items() if secrets.stand_in(encode(value))]
        )
    return interaction, found


def _make_rooms(session: Session, maker: Operation) -> None:
    """Make the main and the other room; a fault that shows already now is a finding, not the end of the
    run.
    """
    bench = session.bench(maker)
    basis = plain(
        maker.schema, bench.special.fields(session.setting(Seat.MAIN)), anchor=datetime.now(UTC) + ANCHOR
    )
    finding = session.contract.finding
    # First the one that can be found by its name, should nobody hear its id.
    is_named = finding is not None and finding.listing is not None and finding.listing.by in basis.value
    samples = (basis, _least(maker, basis)) if is_named else (_least(maker, basis), basis)
    cases = tuple(map(bench.case, samples))
    for number, case in enumerate((*cases, *cases)):
        interaction, _ = session.send(case)
        if number == 0:
            require_hearing(session, interaction)
    if not session.made:
        strange = ", ".join(session.target.strange_rooms())
        why = (
            f"each create was answered with a room that may be somebody else's: {strange}"
            if strange
            else "no room could be made"
        )
        raise CutShortError(f"{why}, so nothing else could be tried")
    # The room that was made of what is required shows what defaults are after an update, so it sits beside
    # the main one.
    made = session.made[:2] if is_named else session.made[1::-1]
    session.seats = dict(zip((Seat.MAIN, Seat.OTHER), made, strict=False))


def _least(maker: Operation, basis: Sample) -> Sample:
    """Return the sample with what is required, and no more."""
    names = maker.schema.get("required", ())
    note = "what is required, and no more" if names else "an empty body"
    return replace(basis, value={name: basis.value[name] for name in names}, note=note)


def make_room(session: Session) -> str | None:
    """Make a room, with what is required and no more, and return its id; None if none can be made."""
    contract, earlier = session.contract, frozenset(session.made)
    if contract.maker is not None:
        bench = session.bench(contract.maker)
        sample = plain(
            contract.maker.schema,
            bench.special.fields(session.setting(Seat.MAIN)),
            anchor=datetime.now(UTC) + ANCHOR,
        )
        least = _least(contract.maker, sample)
        session.send(bench.case(replace(least, note="a room of its own")))
    elif contract.creating is not None:
        session.call(contract.creating)
    return next((room_id for room_id in session.made if room_id not in earlier), None)


def require_hearing(session: Session, interaction: Interaction) -> None:
    """Raise UnreachableError if the first response shows that nothing can be tested: nobody there, wrong
    set-up, too busy.
    """
    _require_reachable(session, interaction)
    response = interaction.response
    status = response.status if response else 0
    provider, variables = (
        session.contract.provider,
        ", ".join(session.contract.credentials.environment.values()),
    )
    if status in (401, 403):
        raise UnreachableError(
            f"{provider}: the credentials are rejected (status {status}); check {variables} and --base-url"
        )
    if status == 404:
        named = session.seats.get(Seat.MAIN, session.subject.room_id)
        room = f"no room {named}" if named is not None else "nothing"
        raise UnreachableError(f"{provider}: there is {room} (status 404); check --room-id and --base-url")
    if response is not None and 300 <= status < 400:
        where = header(response.headers, "location") or "nowhere"
        raise UnreachableError(
            f"{provider}: redirects to {where} (status {status}), which is not followed; check --base-url"
        )
    if status in BUSY:
        raise UnreachableError(
            f"{provider}: is too busy to answer (status {status}); try again later, or with a lower --rate"
        )


def _require_reachable(session: Session, interaction: Interaction) -> None:
    # Where another request was answered, a lost one is no reason to give up.
    if interaction.response is None and session.result.unanswered.total() == session.result.requests:
        where, why = session.target.base_url, interaction.failure
        advice = "" if ";" in why else "; is the server running, and does it speak HTTP?"
        raise UnreachableError(f"{where} does not answer ({why}){advice}")


def clean_up(session: Session, tell: Callable[[Result], None] = lambda _: None) -> None:
    """Put the named room back, and delete the rooms that the run made; the result tells what could not be
    done.

    `tell` hears of the result before that: it may take long, and reports are not to wait for it. It goes on
    after Ctrl-C and SIGTERM for MOST_SECONDS, and ends with the second one of a run, or where a signal or its
    time has ended the run, with the first: what is left then stands in the journal.
    """
    result, restorer = session.result, session.restorer()
    is_bounded = session.options.max_seconds is not None
    is_announced = result.interrupted or bool(is_bounded and result.stopped)
    try:
        with delay_signals(at_once=is_announced, then=lambda: _hurry(session, restorer)):
            session.judging.catch_up()
            _note_rooms(session, restorer)
            try:
                tell(result)
            finally:
                if is_announced:
                    _hurry(session, restorer)
                elif is_bounded:
                    restorer.deadline = Deadline(restore.MOST_SECONDS)
                _restore(session, restorer)
    except KeyboardInterrupt as stop:
        result.stopped, result.interrupted = result.stopped or ended_by(stop), True
    _note_rooms(session, restorer)


def _restore(session: Session, restorer: Restorer) -> None:
    if session.subject.ours:
        restorer.delete_rooms()
    else:
        restorer.everything()
        _tell_unknown(session, restorer)


def _hurry(session: Session, restorer: Restorer) -> None:
    """Let restoring take no longer than MOST_SECONDS from now on, and say so."""
    if restorer.deadline.left() is None:
        restorer.deadline = Deadline(restore.MOST_SECONDS)
    if not session.journal.settled and not session.subject.ours:
        bound = f"for {restore.MOST_SECONDS:g} s at most"

        def say() -> None:
            # A signal may come in the middle of another sentence.
            with suppress(RuntimeError):
                session.subject.tell(
                    f"restoring, {bound}; Ctrl-C ends it at once, and `roomproof cleanup` goes on"
                )

        session.telling.hold(say)


def _note_rooms(session: Session, restorer: Restorer) -> None:
    if not session.subject.ours:
        journal = session.journal
        session.result.left_behind = (*journal.rooms, *journal.left, *journal.things)
        session.result.remarks = (*session.remarks, *restorer.remarks, *_deleted_in_vain(session))


def _deleted_in_vain(session: Session) -> Iterator[str]:
    """Yield that rooms may be there although their deletion was answered, where the run saw such a one."""
    deleting = session.contract.deleting
    if deleting is None:
        return
    broken = {finding.clause.id for finding in session.judging.verdicts.findings()}
    rules = (gone_after_delete.RULE, not_listed.RULE)
    seen = [clause.id for rule in rules for clause in rule.clauses(deleting) if clause.id in broken]
    gone = len(session.journal.ever) - len(session.journal.rooms)
    if seen and gone > 0:
        yield (
            f"{gone} rooms were deleted, and may still be there: one was shown after its deletion "
            f"({seen[0]}); look yourself"
        )


def _tell_unknown(session: Session, restorer: Restorer) -> None:
    """Add a remark if the named room was changed, and nobody knows what it was like before."""
    if (
        session.subject.room_id is not None
        and not session.journal.was_found
        and session.judging.rooms.get(session.subject.room_id)
    ):
        restorer.remarks.append(
            f"room {session.subject.room_id} was changed, and not put back: it could not be read before"
        )


def ended_by(stop: KeyboardInterrupt) -> str:
    """Return what ended a run, as a report tells it."""
    return str(stop) or "interrupted by Ctrl-C"
