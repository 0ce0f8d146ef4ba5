"""The client tokens of Telnyx rooms: made for a room, and refreshed by whoever has the refresh token.

Source: the vendor's specification, tag Rooms Client Tokens.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

from roomproof.mocks.rules import integer, read_fields, text
from roomproof.mocks.timestamps import SECOND, format_instant, now
from roomproof.mocks.wire import Reason, RejectedError, read_object, response

_TOKEN_TTL = {"token_ttl_secs": integer(10, 3600)}
_CREATE = {**_TOKEN_TTL, "refresh_token_ttl_secs": integer(60, 86_400)}
_REFRESH = {**_TOKEN_TTL, "refresh_token": text()}
_DEFAULTS = {"token": 600, "refresh_token": 3600}


@dataclass(frozen=True)
class Tokens:
    """The refresh tokens that were given: of which room each is, and until when it can be used."""

    given: dict[str, tuple[str, int]] = field(default_factory=dict)

    async def create(self, request: Request, room_id: str) -> Response:
        """A client token to join a room, and a refresh token."""
        fields = read_fields(await read_object(request, "application/json"), _CREATE)
        token, refresh = _token("token", fields), _token("refresh_token", fields)
        expires = now() + _seconds("refresh_token", fields) * SECOND
        self.given[str(refresh["refresh_token"])] = room_id, expires
        return response({"data": {**token, **refresh}}, 201)

    async def refresh(self, request: Request, room_id: str) -> Response:
        """Another client token, for a refresh token of this room that can still be used."""
        body = await read_object(request, "application/json")
        fields = read_fields(body, _REFRESH)
        if "refresh_token" not in fields:
            raise RejectedError(Reason.VALUE, "must be sent", "refresh_token")
        owner, expires = self.given.get(str(fields["refresh_token"]), ("", 0))
        if owner != room_id or now() > expires:
            error = {"code": "10010", "title": "Forbidden", "detail": "The refresh token cannot be used"}
            return response(error, 403)
        return response({"data": _token("token", fields)}, 201)


def _seconds(name: str, fields: dict[str, object]) -> int:
    told = fields.get(f"{name}_ttl_secs")
    return told if isinstance(told, int) else _DEFAULTS[name]


def _token(name: str, fields: dict[str, object]) -> dict[str, object]:
    """A token that nobody can guess, and the time, in whole seconds, at which it expires."""
    expires = now() + _seconds(name, fields) * SECOND
    return {name: secrets.token_urlsafe(48), f"{name}_expires_at": format_instant(expires, 0)}
