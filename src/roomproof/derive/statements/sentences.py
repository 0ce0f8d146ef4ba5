"""Sentences of a page: where one ends, and what it says in words of JSON Schema."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

_END = re.compile(r"(?<=[.!?])(?<!e\.g\.)(?<!i\.e\.)(?<!etc\.)(?<!vs\.)\s+(?=[\"'(]?[A-Z])")
_NUMBER_WORDS = {
    word: number
    for number, word in enumerate(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    )
}
_NUMBER = rf"(-?(?<!\d)\d[\d,_]{{0,30}}(?:\.\d{{1,30}})?|{'|'.join(_NUMBER_WORDS)})"
_UNIT = r"(?:\s+(characters?|chars?|items?|elements?|entries|bytes))?"
_MOST = re.compile(
    rf"(?:max(?:imum|ium)?(?: (?:string |array )?(?:length|size|value))?(?: (?:of|is))?|"
    rf"at most|no more than|up to|<=|\u2264|"
    rf"not exceed)[\s:=]*`?{_NUMBER}`?{_UNIT}",
    re.IGNORECASE,
)
_LEAST = re.compile(
    rf"(?:min(?:imum)?(?: (?:string |array )?(?:length|size|value))?(?: (?:of|is))?|"
    rf"at least|no (?:less|fewer) than|>=|\u2265)"
    rf"[\s:=]*`?{_NUMBER}`?{_UNIT}",
    re.IGNORECASE,
)
_ABOVE = re.compile(rf"(?<![<>])>\s*{_NUMBER}")
_BELOW = re.compile(rf"(?<![<>])<\s*{_NUMBER}")
_BETWEEN = re.compile(rf"between\s+{_NUMBER}\s+(?:and|to)\s+{_NUMBER}{_UNIT}", re.IGNORECASE)
_AROUND = re.compile(rf"{_NUMBER}\s*(?:<=|\u2264)\s*x\s*(?:<=|\u2264)\s*{_NUMBER}")
_RANGE = re.compile(rf"\[\s*{_NUMBER}\s*\.\.\s*{_NUMBER}\s*\]{_UNIT}")
_DEFAULT = re.compile(
    r"(?:^|[\s(])(?:defaults? to|default(?:s| value)?(?: value)?(?:\s*[:=]| is| of)|"
    r"by default,? .{0,60}? (?:is|are) set to)"
    r"\s*(\"[^\"]*\"|'[^']*'|`[^`]*`|\[\]|\{\}|[^\s,;)]+)",
    re.IGNORECASE,
)
_OF_ANOTHER = re.compile(r"defaults? to the value of\s+[`\"']?([\w.]+\w)", re.IGNORECASE)
_DEFAULT_NOW = re.compile(
    r"default(?: value)? is the current (?:date ?time|date|time)(?: plus (\d+) days)?", re.IGNORECASE
)
_LISTED = re.compile(
    r"(?:(?:allowed|possible|valid|accepted|supported|available) (?:enum )?(?:values|options)|"
    r"enum|one of|options|(?:must|can|may) be (?:one of|either))"
    r"(?: are| is| include)?\s*:?\s+(?:the following:?\s+)?(.+)",
    re.IGNORECASE,
)
_CHARACTERS = re.compile(r"allowed characters(?: are)?:?\s+(\S+)", re.IGNORECASE)
_SPLIT = re.compile(r"\s*(?:,\s*(?:or|and)?|\bor\b|\band\b|\||/)\s*|(?<=[\"'`])\s+(?=[\"'`])", re.IGNORECASE)
_WORD = re.compile(r"[\w.:+/-]+|\"[^\"]*\"|'[^']*'|`[^`]*`")


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a paragraph; only a capital letter begins one."""
    yield from (one for one in _END.split(text) if one.strip())


def facts_of(sentence: str) -> dict[str, Any]:
    """Return what a sentence says in words of JSON Schema: limits, a default, a list of values, a format,
    a status, whether something is required; `default-from`, `default-now` and `unique` are words of our own.
    Nothing is taken from what is not understood.
    """
    found: dict[str, Any] = {**_limits(sentence), **_default(sentence), **_values(sentence)}
    if sentence.lower().startswith("(optional)"):
        found["required"] = False
    elif re.match(r"\(?required\b\)?", sentence, re.IGNORECASE):
        found["required"] = True
    if re.search(r"\bRFC ?3339\b", sentence):
        found["format"] = "date-time"
    if re.search(r"include a scheme", sentence, re.IGNORECASE):
        found["format"] = "uri"
    if status := re.match(r"([1-5]\d\d) (?:response|status)\b", sentence):
        found["status"] = status[1]
    if re.search(r"\bunique\b", sentence, re.IGNORECASE):
        found["unique"] = True
    if re.search(r"\bserver generated\b|\bread-?only\b", sentence, re.IGNORECASE):
        found["readOnly"] = True
    return found


def number(text: str) -> int | float:
    """Return the number that a word or digits stand for. Raises ValueError for anything else."""
    if text.lower() in _NUMBER_WORDS:
        return _NUMBER_WORDS[text.lower()]
    plain = text.replace(",", "").replace("_", "")
    return float(plain) if "." in plain else int(plain)


def value(text: str) -> Any:
    """Return a value as a page spells it: what is no number, true, false or null is a text."""
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'`":
        return text[1:-1]
    plain = text.rstrip(".") if not re.fullmatch(r"-?\d+\.\d+", text) else text
    if plain in ("true", "false", "null", "[]", "{}") or re.fullmatch(r"-?(0|[1-9]\d{0,15})(\.\d+)?", plain):
        return json.loads(plain)
    return plain


def _limits(sentence: str) -> dict[str, int | float]:
    found: dict[str, int | float] = {}
    pairs = [*_BETWEEN.finditer(sentence), *_RANGE.finditer(sentence)]
    for one in pairs:
        found |= {_keyword("min", one[3], sentence): number(one[1])}
        found |= {_keyword("max", one[3], sentence): number(one[2])}
    if around := _AROUND.search(sentence):
        return {"minimum": number(around[1]), "maximum": number(around[2])}
    if not pairs:
        for end, pattern in (("max", _MOST), ("min", _LEAST)):
            if limit := pattern.search(sentence):
                found[_keyword(end, limit[2], sentence)] = number(limit[1])
    for keyword, pattern in (("exclusiveMinimum", _ABOVE), ("exclusiveMaximum", _BELOW)):
        if limit := pattern.search(sentence):
            found[keyword] = number(limit[1])
    return found


def _keyword(end: str, unit: str | None, sentence: str) -> str:
    words = (unit or "").lower() or ("characters" if "character" in sentence.lower() else "")
    if not words:
        words = "characters" if re.search(r"\blength\b", sentence, re.IGNORECASE) else ""
        words = "items" if re.search(r"\barray length\b", sentence, re.IGNORECASE) else words
    if words.startswith(("char", "byte")):
        return f"{end}Length"
    return f"{end}Items" if words else f"{end}imum"


def _default(sentence: str) -> dict[str, Any]:
    if one := _OF_ANOTHER.search(sentence):
        return {"default-from": one[1]}
    if one := _DEFAULT_NOW.search(sentence):
        return {"default-now": int(one[1] or 0)}
    one = _DEFAULT.search(sentence)
    return {"default": value(one[1])} if one else {}


def _values(sentence: str) -> dict[str, Any]:
    if one := _CHARACTERS.search(sentence):
        return {"pattern": f"^[{one[1].rstrip('.')}]*$"}
    one = _LISTED.search(sentence)
    if one is None or re.match(r"[<>\u2264\u2265\[]", one[1]):
        return {}
    listed = [part.strip(" .[]") for part in _SPLIT.split(one[1].strip()) if part.strip(" .[]")]
    if len(listed) < 2 or not all(_WORD.fullmatch(part) for part in listed):
        return {}
    return {"enum": [value(part) for part in listed]}
