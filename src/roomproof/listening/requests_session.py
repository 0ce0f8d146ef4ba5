"""requests: `Session.send`, which calls itself for each redirect."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import wraps
from typing import Any

from roomproof.interaction import Interaction, Request
from roomproof.listening.clients import Listeners, Send, exchange, now, pairs, repeats, sent, unanswered


def tapped(session: object, send: Send, ears: Listeners) -> Send:  # noqa: ARG001 - the form of all clients
    """Return what stands in the place of `send`, and tells what came of each call."""

    @wraps(send)
    def sending(request: Any, **options: Any) -> Any:
        if ears.is_within_call():
            return send(request, **options)
        started = now()
        with ears.call(request.method) as call:
            try:
                response = send(request, **options)
            except BaseException as error:
                ears.tell(call, list(_exchanges(request, getattr(error, "response", None), started)))
                raise
            ears.tell(call, list(_exchanges(request, response, started)))
        return response

    return sending


def _exchanges(request: Any, response: Any, started: datetime) -> Iterator[Interaction]:
    if response is None:
        yield unanswered(_request(request), started)
        return
    for one in (*response.history, response):
        asked = _request(one.request)
        yield from repeats(asked, getattr(one.raw, "retries", None), started)
        # What is still in the stream is for whoever asked for it.
        body = one.content if isinstance(vars(one).get("_content"), bytes) else None
        yield exchange(asked, one.status_code, pairs(one.headers.items()), body, started)


def _request(request: Any) -> Request:
    headers = pairs(request.headers.items())
    return Request(request.method or "", request.url or "", headers, sent(request.body))
