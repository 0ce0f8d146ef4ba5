"""Lists of the SignalWire mock: which rooms one shows, page by page.

Source: the vendor's specification, "List Rooms". What it leaves open is read strictly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from starlette.requests import Request

from roomproof.mocks.rules import unfit
from roomproof.mocks.timestamps import parse_date_time, parse_full_date
from roomproof.mocks.wire import Reason, RejectedError, query_integer

_TOKEN = "PT"
_LONGEST_TOKEN = 20
Entry = Mapping[str, object]


def asked_flag(request: Request, name: str) -> bool:
    """A switch in the query, which is off where the query does not name it; what is no word at all nobody can
    read.
    """
    text = request.query_params.get(name, "false")
    if text not in ("true", "false"):
        reason = Reason.VALUE if text.isalpha() else Reason.MALFORMED
        raise RejectedError(reason, "must be true or false", name)
    return text == "true"


def moment(text: str) -> int | None:
    """The instant of an RFC 3339 date-time, or of the date that stands for its first second in UTC."""
    instant = parse_date_time(text)
    return parse_full_date(text) if instant is None else instant


def filtered(request: Request, rooms: Iterable[Entry]) -> list[Entry]:
    """The rooms that the query asks for. One that has no such time is neither after nor before another."""
    after, before = _asked_moment(request, "starts_after"), _asked_moment(request, "ends_before")
    return [
        room
        for room in rooms
        if (after is None or _is_in_order(after, _time_of(room, "join_from")))
        and (before is None or _is_in_order(_time_of(room, "join_until"), before))
    ]


def paged(
    request: Request, path: str, rooms: list[Entry], serials: Mapping[str, int]
) -> tuple[dict[str, str], list[Entry]]:
    """One page of rooms, with links to its neighbours.

    A page begins after a room, whose serial number is in the token of the page: whatever comes or goes in the
    meantime, no room is shown twice and none is left out.
    """
    size, number = _asked_size(request), _asked_number(request)
    token = request.query_params.get("page_token")
    if number and token is None:
        raise RejectedError(Reason.VALUE, "needs the token of the page", "page_number")
    after = 0 if token is None else _serial_in(token)
    own = [serials[str(room["id"])] for room in rooms]
    start = next((place for place, serial in enumerate(own) if serial > after), len(own))
    end = min(start + size, len(own))
    kept = {name: request.query_params[name] for name in _KEPT if name in request.query_params}

    def link(page: int, after: int) -> str:
        token = {"page_token": f"{_TOKEN}{after}"} if page else {}
        return f"{path}?{urlencode({**kept, 'page_number': page, 'page_size': size, **token})}"

    links = {"self": link(number, after), "first": link(0, 0)}
    if end < len(own):
        links["next"] = link(number + 1, own[end - 1])
    if number:
        earlier = start - size
        links["prev"] = link(number - 1, own[earlier - 1] if earlier > 0 else 0)
    return links, rooms[start:end]


_KEPT = ("include_active_session", "starts_after", "ends_before")


def _asked_size(request: Request) -> int:
    _require_number(request, "page_size")
    return query_integer(request, "page_size", 50, 1, 1000)


def _asked_number(request: Request) -> int:
    _require_number(request, "page_number")
    return query_integer(request, "page_number", 0, 0, 2**31 - 1)


def _require_number(request: Request, name: str) -> None:
    """Reject what is no number at all as a request that nobody can read."""
    text = request.query_params.get(name, "0")
    if not (text.isascii() and text.removeprefix("-").isdigit()):
        raise RejectedError(Reason.MALFORMED, "must be a whole number", name)


def _serial_in(token: str) -> int:
    digits = token.removeprefix(_TOKEN)
    if digits == token or len(digits) > _LONGEST_TOKEN or not (digits.isascii() and digits.isdigit()):
        raise RejectedError(Reason.VALUE, "is no token of a page", "page_token")
    return int(digits)


def _asked_moment(request: Request, name: str) -> int | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    instant = moment(text)
    if instant is None:
        raise unfit("must be an RFC 3339 date-time or date", name)
    return instant


def _time_of(room: Entry, name: str) -> int | None:
    time = room[name]
    return moment(time) if isinstance(time, str) else None


def _is_in_order(earlier: int | None, later: int | None) -> bool:
    return earlier is not None and later is not None and earlier <= later
