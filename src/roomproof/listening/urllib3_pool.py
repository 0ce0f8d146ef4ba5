"""urllib3: `PoolManager.urlopen`, which calls itself for each redirect, while its pools repeat a request by
themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from datetime import datetime
from functools import wraps
from typing import Any

from roomproof.interaction import Interaction, Request
from roomproof.listening.clients import Listeners, Send, exchange, now, pairs, sent, unanswered

_ASKED: ContextVar[list[Request] | None] = ContextVar("roomproof_asked", default=None)
"""The requests of the call under way, one more for each redirect."""


def tapped(pool: Any, urlopen: Send, ears: Listeners) -> Send:
    """Return what stands in the place of `urlopen`, and tells what came of each call."""

    @wraps(urlopen)
    def opening(method: str, url: str, *arguments: Any, **options: Any) -> Any:
        headers = pairs((options.get("headers") or pool.headers).items())
        asked = Request(method, url, headers, sent(options.get("body")))
        requests = _ASKED.get()
        if requests is not None and ears.is_within_call():
            requests.append(asked)
            return urlopen(method, url, *arguments, **options)
        started, requests = now(), [asked]
        token = _ASKED.set(requests)
        try:
            with ears.call(method) as call:
                try:
                    response = urlopen(method, url, *arguments, **options)
                except BaseException:
                    ears.tell(call, [unanswered(requests[-1], started)])
                    raise
                preloaded = options.get("preload_content", True)
                ears.tell(call, list(_exchanges(requests, response, started, preloaded=preloaded)))
        finally:
            _ASKED.reset(token)
        return response

    return opening


def _exchanges(
    requests: Sequence[Request],
    response: Any,
    started: datetime,
    *,
    preloaded: bool,
) -> Iterator[Interaction]:
    """Yield the exchanges of a call. Of those before the last, urllib3 keeps the status only."""
    asked = iter(requests)
    request = next(asked)
    for past in getattr(response.retries, "history", ()):
        if past.status is None:
            yield unanswered(request, started)
            continue
        yield exchange(request, past.status, (), None, started)
        if past.redirect_location:
            request = next(asked, request)
    # What is still in the stream is for whoever asked for it.
    body = response.data if preloaded else None
    yield exchange(request, response.status, pairs(response.headers.items()), body, started)
