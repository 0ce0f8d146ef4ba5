"""Keep secrets out of everything that is shown: their values in every form in which they travel."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote, quote_plus

HIDDEN = "<hidden>"
_SECRET_HEADERS = frozenset(("authorization", "cookie", "set-cookie", "proxy-authorization"))
_SHORTEST_REST = 6
"""Where a long text was cut inside a secret, so many letters of it are still worth hiding."""


def without_secret_headers(headers: dict[str, str]) -> dict[str, str]:
    """Return headers with the values hidden that carry credentials whoever sends them."""
    return {name: HIDDEN if name in _SECRET_HEADERS else value for name, value in headers.items()}


def cleaned(value: Any, secrets: tuple[str, ...]) -> Any:
    """Return JSON data in which no secret stands, whole or cut short: plain, in Base64, percent-encoded, as a name or a value."""
    text = json.dumps(value, ensure_ascii=False)
    forms = {form for secret in secrets if secret for form in _forms(secret)}
    for secret in sorted(forms, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
        for length in range(len(secret) - 1, _SHORTEST_REST - 1, -1):
            text = text.replace(secret[:length] + "...", HIDDEN + "...")
    return json.loads(text)


def _forms(secret: str) -> set[str]:
    encoded = base64.b64encode(secret.encode()).decode()
    plain = {secret, encoded, encoded.rstrip("="), quote(secret, safe=""), quote_plus(secret)}
    return plain | {json.dumps(form, ensure_ascii=False)[1:-1] for form in plain}
