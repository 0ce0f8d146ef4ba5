"""httpx: `Client.send` and `AsyncClient.send`, through which everything goes, a vendor's own client and its
repeats too.
"""

from __future__ import annotations

from datetime import datetime
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any

from roomproof.interaction import Interaction, Request
from roomproof.listening.clients import Listeners, Send, exchange, now, pairs, unanswered


def tapped(client: object, send: Send, ears: Listeners) -> Send:  # noqa: ARG001 - the form of all clients
    """Return what stands in the place of `send`, and tells what came of each call."""

    @wraps(send)
    def sending(request: Any, *arguments: Any, **options: Any) -> Any:
        started = now()
        with ears.call(request.method) as call:
            try:
                response = send(request, *arguments, **options)
            except BaseException as error:
                ears.tell(call, _exchanges(request, getattr(error, "response", None), started))
                raise
            ears.tell(call, _exchanges(request, response, started))
        return response

    @wraps(send)
    async def sending_async(request: Any, *arguments: Any, **options: Any) -> Any:
        started = now()
        with ears.call(request.method) as call:
            try:
                response = await send(request, *arguments, **options)
            except BaseException as error:
                ears.tell(call, _exchanges(request, getattr(error, "response", None), started))
                raise
            ears.tell(call, _exchanges(request, response, started))
        return response

    return sending_async if iscoroutinefunction(send) else sending


def _exchanges(request: Any, response: Any, started: datetime) -> list[Interaction]:
    """Return the redirects, and the steps of a login, and the last exchange."""
    if response is None:
        return [unanswered(_request(request), started)]
    return [_exchange(one, started) for one in (*response.history, response)]


def _exchange(response: Any, started: datetime) -> Interaction:
    # What is still in the stream is for whoever asked for it.
    body = response.content if isinstance(vars(response).get("_content"), bytes) else None
    headers = pairs(response.headers.multi_items())
    return exchange(_request(response.request), response.status_code, headers, body, started)


def _request(request: Any) -> Request:
    body = request.content if isinstance(vars(request).get("_content"), bytes) else None
    return Request(request.method, str(request.url), pairs(request.headers.multi_items()), body or None)
