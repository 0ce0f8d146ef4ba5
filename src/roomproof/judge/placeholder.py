"""What recorders put in the place of values that nobody is to see: `<ROOM_ID>`, REDACTED, `[FILTERED]`,
`***`, `{{token}}`.

Such a text says nothing of the value that stood there. One that a provider really sent costs evidence, and
never makes a verdict wrong.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

_WORDS = (
    r"redacted|filtered|masked|scrubbed|saniti[sz]ed|hidden|removed|censored|anonymi[sz]ed|obfuscated|"
    r"obscured|omitted|"
    r"suppressed|confidential|placeholder|dummy|fake|mocked|secret"
)
"""Words that tell only that something stood there."""
_WHOLE = re.compile(
    rf"""
    <[^<>]{{1,80}}> | \[[A-Z][A-Z0-9_ .:-]*\] | \[(?:{_WORDS})[^\[\]]{{0,40}}\] | \{{[A-Za-z_][\w.-]*\}}
    | \$[A-Z][A-Z0-9_]+ | __\w+__
    | [*•●]{{3,}} | [xX]{{3,36}} | [xX*]+(?:-[xX*]+)+ | \.{{3}} | …
    | (?i:{_WORDS})(?:[ _:#-]?\d{{1,12}})? | (?i:(?:{_WORDS}|your)[_-])[\w.:-]+
    | (?:FAKE|DUMMY|REDACTED|SANITIZED|YOUR)[A-Z0-9_.:-]+
    | [\w.:-]+[_-](?i:redacted|filtered|masked|scrubbed|saniti[sz]ed|placeholder)
    | (?:0{{8}}-0{{4}}-0{{4}}-0{{4}}-0{{12}}|0{{32}})
    """,
    re.VERBOSE,
)
_INSIDE = re.compile(
    rf"<[A-Z][A-Z0-9_ "
    rf".:-]+>|\{{\{{[^{{}}]+\}}\}}|[$%#]\{{[^{{}}]+\}}|%%[^%\s]+%%|@@\w+@@|[<\[(](?i:{_WORDS})[\])>]"
    r"|\*{3,}|•{3,}|(?<![A-Za-z])(?:REDACTED|FILTERED|SANITI[SZ]ED|SCRUBBED|MASKED|PLACEHOLDER)(?![A-Za-z])"
)
_SIGN = re.compile(r"[<>{}\[\]$%@*•●…]|\.{3}|0{8}|[xX]{2}|__")
_STEMS = (*_WORDS.replace("[sz]", "s").split("|"), "sanitiz", "anonymiz", "your")
"""What no placeholder can do without: a sign, or a word."""
_OFTEN = 200
"""A text of so many characters may come again; longer ones are not worth to be kept."""
_KINDS = frozenset(("uuid", "guid", "value", "string", "text", "id", "ids", "number", "data", "token", "key"))
"""Words that name a kind of values, and none among them."""
_LETTERS = re.compile(r"[A-Za-z]+|\d+")


def is_placeholder(text: str) -> bool:
    """Whether a text is what a recorder puts in the place of a value, or has that in it."""
    return _is_placeholder(text) if len(text) <= _OFTEN else _is_placeholder.__wrapped__(text)


@lru_cache(maxsize=4096)
def _is_placeholder(text: str) -> bool:
    lowered = text.lower()
    if _SIGN.search(text) is None and not any(stem in lowered for stem in _STEMS):
        return False
    return _WHOLE.fullmatch(text.strip()) is not None or _INSIDE.search(text) is not None


def names_one_value(placeholder: str) -> bool:
    """Whether a placeholder says for which value it stands, and so may stand for one: `<ROOM_ID>` does,
    REDACTED does not.
    """
    words = [word.lower() for word in _LETTERS.findall(placeholder)]
    telling = [
        word for word in words if not re.fullmatch(f"{_WORDS}|your|x+|0+", word) and word not in _KINDS
    ]
    return bool(telling)


def is_scrubbed(value: Any) -> bool:
    """Whether a JSON value has a placeholder in it, in the name of a field or in a text."""
    if isinstance(value, str):
        return is_placeholder(value)
    if isinstance(value, dict):
        return any(is_placeholder(name) or is_scrubbed(item) for name, item in value.items())
    return isinstance(value, list) and any(map(is_scrubbed, value))
