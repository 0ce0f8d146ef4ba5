"""Servers that are not ours: what a run will do there, told before anything is sent, and the user's word that
it may.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from roomproof.api import Destination, Event, Listener, Planned
from roomproof.contract.model import Contract
from roomproof.contract.resource import Effect
from roomproof.engine.account_guard import MOST_KEPT, keeps_rooms
from roomproof.engine.session import Options
from roomproof.errors import UsageError
from roomproof.runs.journals import makes_rooms
from roomproof.targets.target import is_loopback

_SHOWN = 10
"""So many destinations are told in full."""


def announcing(*, live: bool, base_url: str | None, yes: bool, accounts: bool = False) -> Listener:
    """Return what tells on standard error what will be sent to a server that is not of this machine, or live.

    It asks whether it may be sent with --live, and wherever rooms will stay in an account that is not on this
    machine; it raises UsageError where nobody has said yes. Raises UsageError itself where --yes answers
    nothing.
    """
    if yes and not live and base_url is None and not accounts:
        raise UsageError("--yes answers the question of --live; without --live nothing is asked")

    def announce(event: Event) -> None:
        if not isinstance(event, Planned):
            return
        told = [one for one in event.destinations if one.is_address]
        if not any(one.live for one in told) and all(is_loopback(one.base_url or "") for one in told):
            for one in told:
                kept = [_kept_rooms(one, event.options)] if _keeps_rooms(one) else []
                for what in (*kept, *_kept_things(one)):
                    print(f"roomproof: {one.label}: {what}", file=sys.stderr)
            return
        for one in told[:_SHOWN]:
            print("\n".join(_lines(one, event.options)), file=sys.stderr)
        if len(told) > _SHOWN:
            print(f"and {len(told) - _SHOWN} more accounts", file=sys.stderr)
        if not yes and any(one.live or _keeps_rooms(one) for one in told):
            _require_yes(
                "--live asks" if any(one.live for one in told) else "a run that leaves rooms behind asks"
            )

    return announce


def _lines(destination: Destination, options: Options) -> list[str]:
    """Return what a person should know before a run begins."""
    contract = destination.contract
    named = destination.room_id
    rooms = [f"{named} is changed, then put back as it was found"] if named else []
    if _keeps_rooms(destination):
        rooms.append(_kept_rooms(destination, options))
    elif makes_rooms(contract):
        rooms.append("new rooms are made, and deleted at the end")
    bound = "no bound; name one with --max-requests"
    if options.max_requests is not None:
        bound = f"at most {options.max_requests}, then those that delete rooms and put the named one back"
    asked = destination.rate or options.rate
    rate = (
        "as fast as responses come; --rate 5/s slows down" if asked is None else f"at most {asked:g} a second"
    )
    return [
        f"{destination.label} at {destination.base_url}",
        f"  rooms        {'; '.join(rooms)}",
        f"  requests     {bound}, {rate}",
        f"  credentials  {', '.join(contract.credentials.environment.values())}",
    ]


def _kept_things(destination: Destination) -> Iterator[str]:
    """Yield what will stay beside rooms, and why. To other machines than this one nothing is sent that makes
    such.
    """
    contract = destination.contract
    for one in contract.operations:
        resource = one.resource
        if one.effect is not Effect.CREATE or resource is None or resource is contract.room:
            continue
        if not contract.is_inside(one) and contract.about(resource, Effect.DELETE) is None:
            yield f"what {one.id} makes stays: the contract has no operation that deletes a {resource.name}"


def _makes_inside(contract: Contract) -> bool:
    """Whether something is made inside rooms."""
    return any(one.effect is Effect.CREATE and contract.is_inside(one) for one in contract.operations)


def _keeps_rooms(destination: Destination) -> bool:
    """Whether rooms will stay that the run makes."""
    return makes_rooms(destination.contract) and keeps_rooms(destination.contract)


def _kept_rooms(destination: Destination, options: Options) -> str:
    """Return how many rooms will stay at most, and why."""
    inside = ", with what is made inside" if _makes_inside(destination.contract) else ""
    why = "the contract has no operation that deletes one"
    if destination.needs_room:
        return f"one new room is made, and it stays{inside}: {why}"
    most = MOST_KEPT if options.max_requests is None else min(MOST_KEPT, options.max_requests)
    return f"at most {most} new rooms are made, and they stay{inside}: {why}"


def _require_yes(who: str) -> None:
    """Ask on the terminal. Raises UsageError where there is none, or where the response is no."""
    if not sys.stdin.isatty():
        raise UsageError(f"{who} before it sends, and there is no terminal to ask on: add --yes")
    print("Send it? [y/N] ", end="", file=sys.stderr, flush=True)
    if not re.fullmatch(r"y(es)?", sys.stdin.readline().strip(), re.IGNORECASE):
        raise UsageError("not confirmed, so nothing was sent")
