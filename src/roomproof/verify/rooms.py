"""The rooms of a run: found or made at its beginning, deleted at its end."""

from __future__ import annotations

from datetime import UTC, datetime

from roomproof.contract.model import Contract, Operation
from roomproof.errors import UnreachableError, UsageError
from roomproof.interaction import Interaction
from roomproof.verify.case import Seat
from roomproof.verify.plan import ANCHOR
from roomproof.verify.session import CutShortError, Session
from roomproof_strategies import plain

_REFUSED = (401, 403)


def open_rooms(session: Session) -> None:
    """Seat the rooms of a run: made as documented, else the one that was named and, if it can be had, another.

    Raises UsageError if a room has to be named and is not, UnreachableError if nobody answers.
    """
    maker = next((operation for operation in session.contract.operations if "{" not in operation.path), None)
    if maker is not None:
        _make_rooms(session, maker)
        return
    if session.subject.room_id is None:
        raise UsageError(f"{session.contract.provider}: no documented way makes a room; name one that may be changed with --room-id")
    session.seats[Seat.MAIN] = session.subject.room_id
    if "create" in session.contract.support:
        _require_reachable(session, session.call(session.contract.support["create"]))
        if session.made:
            session.seats[Seat.OTHER] = session.made[0]


def _make_rooms(session: Session, maker: Operation) -> None:
    """Make the main and the other room; a fault that shows already now is a finding, not the end of the run."""
    bench = session.bench(maker)
    basis = plain(maker.body.schema, bench.special.fields(session.setting(Seat.MAIN)), anchor=datetime.now(UTC) + ANCHOR)
    cases = (bench.exact({}, "an empty body"), bench.case(basis))
    for number, case in enumerate((*cases, *cases)):
        interaction, _ = session.send(case)
        if number == 0:
            require_hearing(session, interaction)
    if not session.made:
        raise CutShortError("no room could be made, so nothing else could be tried")
    session.seats = dict(zip((Seat.MAIN, Seat.OTHER), session.made, strict=False))


def require_hearing(session: Session, interaction: Interaction) -> None:
    """Raise UnreachableError if the first answer shows wrong set-up: nobody there, refused credentials, no such room."""
    _require_reachable(session, interaction)
    status = interaction.response.status if interaction.response else 0
    if status in _REFUSED:
        raise _cannot_start(session.contract, status, "the credentials are refused")
    if status == 404:
        raise _cannot_start(session.contract, status, f"there is no room {session.seats.get(Seat.MAIN, '')}".rstrip())


def _require_reachable(session: Session, interaction: Interaction) -> None:
    if interaction.response is None:
        where, why = session.target.base_url, interaction.failure
        raise UnreachableError(f"{where} does not answer ({why}); is the server running, and does it speak HTTP?")


def _cannot_start(contract: Contract, status: int, what: str) -> UnreachableError:
    variables = ", ".join(contract.credentials.environment.values())
    return UnreachableError(f"{contract.provider}: {what} (status {status}); check {variables}, --room-id and --base-url")


def clean_up(session: Session) -> None:
    """Delete the rooms that the run made, where the provider has a way."""
    remover = session.contract.support.get("delete")
    if remover is not None:
        for room_id in session.made:
            session.discard(remover, room_id)
