"""Keep secrets out of everything that is shown: their values in every form in which they travel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from roomproof.secrets import SHORTEST, KnownSecrets, edited, edited_text

HIDDEN = "<hidden>"
_CUT = b"..."
_SECRET_HEADERS = frozenset(("authorization", "cookie", "set-cookie", "proxy-authorization"))


def without_secret_headers(headers: dict[str, str]) -> dict[str, str]:
    """Return headers with the values hidden that carry credentials whoever sends them."""
    return {name: HIDDEN if name in _SECRET_HEADERS else value for name, value in headers.items()}


def cleaned(value: Any, secrets: tuple[str, ...]) -> Any:
    """Return JSON data in which no secret stands, whole or cut short: plain, in Base64, percent-encoded, as a name or a value."""
    return _cleaned(value, KnownSecrets(secrets))


def text_cleaner(secrets: tuple[str, ...]) -> Callable[[str], str]:
    """Return what does the same to a text, for many texts one after the other."""
    known = KnownSecrets(secrets)
    return lambda text: _cleaned_text(text, known)


def _cleaned(value: Any, known: KnownSecrets) -> Any:
    if isinstance(value, str):
        return _cleaned_text(value, known)
    if isinstance(value, dict):
        return {_cleaned_text(name, known): _cleaned(member, known) for name, member in value.items()}
    if isinstance(value, list):
        return [_cleaned(item, known) for item in value]
    return HIDDEN if str(value) in known.texts else value


def _cleaned_text(text: str, known: KnownSecrets) -> str:
    if text in known.short:
        return HIDDEN
    if len(text) < SHORTEST:
        return text
    return edited_text(text, lambda data: edited(data, ((*place[:2], HIDDEN.encode()) for place in known.places(data, _CUT))))
