"""How every mock accepts a request and rejects one: routes behind a guard, JSON bodies, query numbers."""

from __future__ import annotations

import json
import math
from collections.abc import Awaitable, Callable, Mapping
from enum import Enum, auto

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

MAXIMUM_NESTING = 64
"""JSON nested deeper is rejected, as RFC 8259 (section 9) allows, before it can exhaust the stack
anywhere.
"""


class Reason(Enum):
    """Why a request is rejected; a provider gives each reason its own status and error body."""

    CREDENTIALS = auto()
    MISSING = auto()
    METHOD = auto()
    MEDIA_TYPE = auto()
    MALFORMED = auto()
    VALUE = auto()
    CONFLICT = auto()


class RejectedError(Exception):
    """A request that the provider rejects; `field` is the place of a bad value in the request."""

    def __init__(self, reason: Reason, message: str, field: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.field = field


Handler = Callable[[Request], Awaitable[Response]]
Guard = Callable[[Request], Awaitable[None]]
Operations = Mapping[str, Mapping[str, Handler]]
Render = Callable[[RejectedError], Response]


def application(
    prefix: str, operations: Operations, guard: Guard, render: Render, challenge: str
) -> Starlette:
    """An application of operations, given as path -> method -> handler.

    `guard` sees every request first, `render` makes the response to a rejected one, and `challenge` names the
    accepted authentication scheme in a 401 response, as RFC 9110 (section 15.5.2) demands.
    """

    async def on_rejection(_: Request, error: Exception) -> Response:
        assert isinstance(error, RejectedError)
        response = render(error)
        if error.reason is Reason.CREDENTIALS:
            response.headers["WWW-Authenticate"] = challenge
        return response

    async def on_no_route(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        reason = Reason.METHOD if error.status_code == 405 else Reason.MISSING
        response = render(RejectedError(reason, "there is no such operation"))
        response.headers.update(error.headers or {})
        return response

    app = Starlette(
        routes=[
            Route(prefix + path, _dispatcher(handlers, guard), methods=list(handlers))
            for path, handlers in operations.items()
        ],
        exception_handlers={RejectedError: on_rejection, HTTPException: on_no_route},
    )
    # A path with one slash too many is another path, and a redirect would hide that from the caller.
    app.router.redirect_slashes = False
    return app


def response(
    document: object,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    media_type: str = "application/json",
) -> Response:
    """A JSON response."""
    body = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Response(body.encode(), status, headers, media_type)


async def read_object(request: Request, media_type: str) -> dict[str, object]:
    """The JSON object in a request's body, which must be of the one documented media type."""
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if sent != media_type:
        raise RejectedError(Reason.MEDIA_TYPE, f"the body must be {media_type}")
    document = parse_json(await request.body())
    if not isinstance(document, dict):
        raise RejectedError(Reason.VALUE, "the body must be a JSON object")
    return document


def parse_json(body: bytes) -> object:
    """The JSON text (RFC 8259) in `body`; one that could not be sent back unharmed is malformed."""
    try:
        text = body.decode()
        document: object = json.loads(text, parse_float=_finite, parse_constant=_finite)
        if "\\u" in text:
            # An escaped surrogate without its partner is no character and cannot be written as UTF-8.
            json.dumps(document, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise RejectedError(Reason.MALFORMED, "the body is not a JSON text in UTF-8") from error
    if text.count("[") + text.count("{") > MAXIMUM_NESTING and _is_too_deep(document):
        raise RejectedError(Reason.MALFORMED, f"the body is nested deeper than {MAXIMUM_NESTING} levels")
    return document


def query_integer(request: Request, name: str, default: int, minimum: int, maximum: int) -> int:
    """A whole number in the query, or `default` where the query does not name it."""
    text = request.query_params.get(name, str(default))
    # The length comes first: Python rejects to read a number of thousands of digits.
    if len(text) > 10 or not (text.isascii() and text.isdigit()) or not minimum <= int(text) <= maximum:
        raise RejectedError(Reason.VALUE, f"must be a whole number from {minimum} to {maximum}", name)
    return int(text)


def _dispatcher(handlers: Mapping[str, Handler], guard: Guard) -> Handler:
    async def dispatch(request: Request) -> Response:
        await guard(request)
        return await handlers["GET" if request.method == "HEAD" else request.method](request)

    return dispatch


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _is_too_deep(document: object) -> bool:
    level = [document]
    for _ in range(MAXIMUM_NESTING):
        level = [inner for outer in level for inner in _fields(outer)]
        if not level:
            return False
    return True


def _fields(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
