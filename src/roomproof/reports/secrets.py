"""Keep secrets out of everything that is shown: their values in every form in which they travel."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote, quote_plus

HIDDEN = "<hidden>"
_SECRET_HEADERS = frozenset(("authorization", "cookie", "set-cookie", "proxy-authorization"))
_SHORTEST = 4
"""A shorter secret stands in every other text by chance: it is hidden only where it is the whole text."""
_SHORTEST_REST = 6
"""Where a long text was cut inside a secret, so many letters of it are still worth hiding."""


def without_secret_headers(headers: dict[str, str]) -> dict[str, str]:
    """Return headers with the values hidden that carry credentials whoever sends them."""
    return {name: HIDDEN if name in _SECRET_HEADERS else value for name, value in headers.items()}


def cleaned(value: Any, secrets: tuple[str, ...]) -> Any:
    """Return JSON data in which no secret stands, whole or cut short: plain, in Base64, percent-encoded, as a name or a value."""
    forms = sorted({form for secret in secrets if secret for form in _forms(secret)}, key=len, reverse=True)
    return _cleaned(value, forms)


def _cleaned(value: Any, forms: list[str]) -> Any:
    if isinstance(value, str):
        return _cleaned_text(value, forms)
    if isinstance(value, dict):
        return {_cleaned_text(name, forms): _cleaned(member, forms) for name, member in value.items()}
    if isinstance(value, list):
        return [_cleaned(item, forms) for item in value]
    return HIDDEN if str(value) in forms else value


def _cleaned_text(text: str, forms: list[str]) -> str:
    for form in forms:
        if len(form) < _SHORTEST and form != text:
            continue
        text = text.replace(form, HIDDEN)
        for length in range(len(form) - 1, _SHORTEST_REST - 1, -1):
            text = text.replace(form[:length] + "...", HIDDEN + "...")
    return text


def _forms(secret: str) -> set[str]:
    encoded = base64.b64encode(secret.encode()).decode()
    plain = {secret, encoded, encoded.rstrip("="), quote(secret, safe=""), quote_plus(secret)}
    return plain | {json.dumps(form, ensure_ascii=escaped)[1:-1] for form in plain for escaped in (True, False)}
