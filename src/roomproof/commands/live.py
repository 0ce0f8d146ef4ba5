"""A live provider: where the contract says that it is, what a run will do there, and the user's word that it may."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass

from roomproof.commands.bookkeeping import makes_rooms
from roomproof.commands.subject import Ask, base_url_of
from roomproof.contract.model import Contract
from roomproof.errors import UsageError
from roomproof.providers import find_contract
from roomproof.targets.credentials import scheme_from
from roomproof.targets.http import HttpTarget
from roomproof.targets.target import is_loopback
from roomproof.verify.session import Options
from roomproof.verify.ward import MOST_KEPT, keeps_rooms


@dataclass(frozen=True)
class Intended:
    """What a run will do at one server."""

    contract: Contract
    base_url: str
    room_id: str | None

    def lines(self, options: Options) -> list[str]:
        """Return what a person should know before it begins."""
        contract = self.contract
        rooms = [f"{self.room_id} is changed, then put back as it was found"] if self.room_id else []
        if self.keeps_rooms:
            rooms.append(self.kept_rooms(options))
        elif makes_rooms(contract):
            rooms.append("new rooms are made, and deleted at the end")
        bound = "no bound; name one with --max-requests"
        if options.max_requests is not None:
            bound = f"at most {options.max_requests}, then those that delete rooms and put the named one back"
        rate = "as fast as answers come; --rate 5/s slows down" if options.rate is None else f"at most {options.rate:g} a second"
        return [
            f"{contract.provider} at {self.base_url}",
            f"  rooms        {'; '.join(rooms)}",
            f"  requests     {bound}, {rate}",
            f"  credentials  {', '.join(contract.credentials.environment.values())}",
        ]

    @property
    def keeps_rooms(self) -> bool:
        """Whether rooms will stay that the run makes."""
        return makes_rooms(self.contract) and keeps_rooms(self.contract)

    def kept_rooms(self, options: Options) -> str:
        """Return how many rooms will stay at most, and why."""
        if _needs_room(self.contract):
            return "one new room is made, and it stays: the contract has no operation that deletes one"
        most = MOST_KEPT if options.max_requests is None else min(MOST_KEPT, options.max_requests)
        return f"at most {most} new rooms are made, and they stay: the contract has no operation that deletes one"


def announce(ask: Ask, providers: list[str], options: Options) -> None:
    """Tell on standard error what will be sent to a server that is not of this machine, or live.

    Ask whether it may be sent with --live, and wherever rooms will stay in an account that is not on this machine. Raises UsageError
    for options that have no meaning together, for what is missing, and where nobody has said yes.
    """
    if ask.yes and not ask.live and ask.base_url is None:
        raise UsageError("--yes answers the question of --live; without --live nothing is asked")
    if ask.base_url is None and not ask.live:
        if ask.room_id is not None:
            raise UsageError("--room-id names a room of a server: add its --base-url, or --live; a built-in mock has a room of its own")
        return
    if ask.base_url is not None and ask.live:
        raise UsageError("--live is the server of the contract, --base-url another one: give one of them")
    # What is wrong with a base URL the run itself says, and then writes the reports that were asked for.
    if ask.base_url is not None and not _is_address(ask.base_url):
        return
    intended = [_intended(provider, ask) for provider in providers]
    if ask.base_url is not None and is_loopback(ask.base_url):
        for one in intended:
            if one.keeps_rooms:
                print(f"roomproof: {one.contract.provider}: {one.kept_rooms(options)}", file=sys.stderr)
        return
    if ask.live:
        _require_one_owner(intended, ask)
    for one in intended:
        print("\n".join(one.lines(options)), file=sys.stderr)
    if not ask.yes and (ask.live or any(one.keeps_rooms for one in intended)):
        _require_yes("--live asks" if ask.live else "a run that leaves rooms behind asks")


def _intended(provider: str, ask: Ask) -> Intended:
    contract, _ = find_contract(provider, ask.contracts)
    base_url = base_url_of(contract, ask)
    if ask.live:
        HttpTarget(base_url).close()
        scheme_from(contract.credentials, ask.environment)
    return Intended(contract, base_url, ask.room_id if _needs_room(contract) else None)


def _is_address(base_url: str) -> bool:
    try:
        HttpTarget(base_url).close()
    except UsageError:
        return False
    return True


def _needs_room(contract: Contract) -> bool:
    return contract.maker is None


def _require_one_owner(intended: list[Intended], ask: Ask) -> None:
    """Raise UsageError before anything is sent, where a room has to be named and is not, or one id would be that of several servers."""
    in_need = [one.contract.provider for one in intended if _needs_room(one.contract)]
    if in_need and ask.room_id is None:
        raise UsageError(f"{in_need[0]}: no documented way makes a room; name one that may be changed with --room-id")
    if len(in_need) > 1:
        raise UsageError(f"--room-id names a room of one provider, and {', '.join(in_need)} each need one: verify them one by one")


def _require_yes(who: str) -> None:
    """Ask on the terminal. Raises UsageError where there is none, or where the answer is no."""
    if not sys.stdin.isatty():
        raise UsageError(f"{who} before it sends, and there is no terminal to ask on: add --yes")
    print("Send it? [y/N] ", end="", file=sys.stderr, flush=True)
    if not re.fullmatch(r"y(es)?", sys.stdin.readline().strip(), re.IGNORECASE):
        raise UsageError("not confirmed, so nothing was sent")
