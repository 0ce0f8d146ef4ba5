"""What the queries of Telnyx lists may ask for: pages, days, and what is shown of each entry.

Source: the vendor's specification, the parameters of its lists.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping

from starlette.requests import Request
from starlette.responses import Response

from roomproof.mocks.timestamps import DAY, parse_date_time, parse_full_date
from roomproof.mocks.wire import Handler, Reason, RejectedError, query_integer, response

Entry = Mapping[str, object]
_LAST_PAGE = 1_000_000


def query_boolean(request: Request, name: str) -> bool | None:
    """True or false in the query, None where the query does not name it."""
    text = request.query_params.get(name)
    if text not in (None, "true", "false"):
        raise RejectedError(Reason.VALUE, "must be true or false", name)
    return None if text is None else text == "true"


def of_days(request: Request, entries: Iterable[Entry], *times: str) -> list[Entry]:
    """The entries whose times lie in the days of the query: on one, not before it, not after it."""
    kept = list(entries)
    for time in times:
        for how in ("eq", "gte", "lte"):
            name = f"filter[date_{time}][{how}]"
            text = request.query_params.get(name)
            if text is None:
                continue
            day = parse_full_date(text)
            if day is None:
                raise RejectedError(Reason.VALUE, "must be a date like 2021-04-25", name)
            first = day if how != "lte" else None
            end = day + DAY if how != "gte" else None
            kept = [entry for entry in kept if _lies_between(entry.get(time), first, end)]
    return kept


def _lies_between(time: object, first: int | None, end: int | None) -> bool:
    instant = parse_date_time(time) if isinstance(time, str) else None
    if instant is None:
        return False
    return (first is None or instant >= first) and (end is None or instant < end)


def page_of(request: Request, found: list[Entry], show: Callable[[Entry], Entry]) -> Response:
    """One page of what was found, and how much there is."""
    size = query_integer(request, "page[size]", 20, 1, 250)
    number = query_integer(request, "page[number]", 1, 1, _LAST_PAGE)
    meta = {
        "total_pages": -(-len(found) // size),
        "total_results": len(found),
        "page_number": number,
        "page_size": size,
    }
    page = found[(number - 1) * size : number * size]
    return response({"data": [show(entry) for entry in page], "meta": meta})


def listing(handler: Callable[[Request], Awaitable[Response]]) -> Handler:
    """A list: what it rejects, it rejects with a body of its own (the response 4XX of the specification)."""

    async def handle(request: Request) -> Response:
        try:
            return await handler(request)
        except RejectedError as rejection:
            status = 404 if rejection.reason is Reason.MISSING else 422
            named = f"{rejection.field} {rejection.message}".strip()
            return response({"success": False, "message": named}, status)

    return handle
