"""Rules for the fields of a request body: each rejects a value, or says how it is kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from roomproof.mocks.wire import Reason, RejectedError

Rule = Callable[[object, str], object]
"""From a sent value and its place to the value to keep; a value that the rule does not allow is rejected."""

_URL_PIECE = r"(?:[a-z0-9._~!$&'()*+,;=:%-])"
_URL = re.compile(
    rf"[a-z][a-z0-9+.-]*://(?:{_URL_PIECE}*@)?"
    rf"(?:\[[0-9a-f:.]+\]|[a-z0-9._~!$&'()*+,;=%-]+)(?::[0-9]*)?"
    rf"(?:[/?#](?:{_URL_PIECE}|[/?#@])*)?",
    re.IGNORECASE | re.ASCII,
)
"""Scheme, user, host, port and the rest of a URL, in the characters of RFC 3986, 2."""


def read_fields(
    document: Mapping[str, object], rules: Mapping[str, Rule], parent: str = ""
) -> dict[str, object]:
    """The fields of `document` that have a rule, as they are to be kept; any other field is ignored.

    `parent` is the place of the document itself, with the sign that comes before the name of a field.
    """
    return {name: rule(document[name], parent + name) for name, rule in rules.items() if name in document}


def boolean(value: object, field: str) -> bool:
    """JSON true or false."""
    if not isinstance(value, bool):
        raise unfit("must be true or false", field)
    return value


def integer(minimum: int, maximum: int) -> Callable[[object, str], int]:
    """A JSON number without a fractional part, however it is spelled, within limits that belong to it."""

    def rule(value: object, field: str) -> int:
        whole = int(value) if isinstance(value, float) and value.is_integer() else value
        if not isinstance(whole, int) or isinstance(whole, bool):
            raise unfit("must be a whole number", field)
        if not minimum <= whole <= maximum:
            raise unfit(f"must be from {minimum} to {maximum}", field)
        return whole

    return rule


def text(maximum: int | None = None) -> Callable[[object, str], str]:
    """A JSON string of at most `maximum` characters, counted as Unicode code points."""

    def rule(value: object, field: str) -> str:
        kept = string(value, field)
        if maximum is not None and len(kept) > maximum:
            raise unfit(f"must have at most {maximum} characters", field)
        return kept

    return rule


def one_of(*allowed: str) -> Callable[[object, str], str]:
    """One string of a closed list, letter for letter."""

    def rule(value: object, field: str) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise unfit(f"must be one of {', '.join(allowed)}", field)
        return value

    return rule


def matching(pattern: str, demand: str) -> Callable[[object, str], str]:
    """A string that matches `pattern` as a whole; `demand` says so in words."""
    compiled = re.compile(pattern)

    def rule(value: object, field: str) -> str:
        kept = string(value, field)
        if compiled.fullmatch(kept) is None:
            raise unfit(demand, field)
        return kept

    return rule


def nullable(rule: Rule) -> Rule:
    """The same rule, with null allowed beside it."""

    def rule_or_null(value: object, field: str) -> object:
        return None if value is None else rule(value, field)

    return rule_or_null


def url(value: object, field: str) -> str:
    """An absolute URL (RFC 3986): a scheme and a host; the text is kept as sent."""
    kept = string(value, field)
    if _URL.fullmatch(kept) is None:
        raise unfit("must be a URL with a scheme and a host", field)
    return kept


def mapping(value: object, field: str) -> dict[str, object]:
    """A JSON object."""
    if not isinstance(value, dict):
        raise unfit("must be an object", field)
    return value


def string(value: object, field: str) -> str:
    """A JSON string."""
    if not isinstance(value, str):
        raise unfit("must be a string", field)
    return value


def unfit(message: str, field: str) -> RejectedError:
    """The rejection of a value that a rule does not allow."""
    return RejectedError(Reason.VALUE, message, field)
