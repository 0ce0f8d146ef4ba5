"""Lines of a page that tell of a field: its name, its type, whether it is required."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from roomproof.derive.statements.page_lines import Mark, PageLine, following
from roomproof.derive.statements.sentences import facts_of
from roomproof.derive.statements.statement import Form

_FORMATS: dict[str, dict[str, Any]] = {
    **{
        word: {"type": word} for word in ("string", "integer", "number", "boolean", "object", "array", "null")
    },
    **{word: {"type": "string"} for word in ("text", "str", "file")},
    **{word: {"type": "integer"} for word in ("int", "long")},
    **{word: {"type": "integer", "format": word} for word in ("int32", "int64")},
    **{word: {"type": "number", "format": word} for word in ("float", "double")},
    **{word: {"type": "string", "format": word} for word in ("uuid", "date", "email", "uri", "hostname")},
    **{word: {"type": "string", "format": word} for word in ("ipv4", "ipv6", "binary", "byte", "password")},
    **{word: {"type": "string", "format": "date-time"} for word in ("date-time", "datetime", "timestamp")},
    "url": {"type": "string", "format": "uri"},
    "enum": {"type": "string"},
    "bool": {"type": "boolean"},
    "list": {"type": "array"},
    "map": {"type": "object"},
    "any": {},
    "decimal": {"type": "number"},
}
_WORDS = "|".join(sorted(_FORMATS, key=len, reverse=True))
_ONE = (
    rf"(?:(?:array|list)(?: of|<)\s*\w+>?|(?:{_WORDS}))(?:\[\])*"
    rf"(?:\s*<[^<>]{{1,60}}>|\s*\([^()]{{1,60}}\)|\s*enum\b|\s*\u00b7\s*(?:{_WORDS}|enum)\b)*"
)
_TYPE = re.compile(rf"({_ONE}(?:\s*(?:\||\bor\b)\s*{_ONE})*)", re.IGNORECASE)
_FLAG = re.compile(
    r"\s*[,\u00b7\u2022]?\s*(required|optional|nullable|deprecated|read-?only|write-?only|recommended|"
    r"body|query|path|header)(?![a-z])",
    re.IGNORECASE,
)
_GLUED = re.compile(rf"({_WORDS})(?=[A-Z][a-z])(.+)")
_NAME = re.compile(r"([A-Za-z_$@][\w.$@\[\]-]*)(\*?)")
_AROUND = " \u00b7,"
_LIMIT = re.compile(
    r"(possible values?|default(?:s| value)?|example|examples|enum|allowed(?: values)?|"
    r"constraints?|min(?:imum)?|max(?:imum)?|min ?length|max ?length|pattern|format|"
    r"available options|required range|(?:minimum|maximum|required) (?:string |array )?length)\s*[:=]|"
    r"(?:non-empty|[<>\u2264\u2265]=? ?-?\d|\[ ?-?\d|\d+-\d+ characters|defaults to\b|default:)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class FieldPart:
    """What one piece of a line says of a field: the form and the words of the statement, and its facts."""

    form: Form
    text: str
    line: int
    facts: dict[str, Any]


@dataclass(frozen=True)
class FieldLines:
    """A field as some lines tell of it: its name, what they say, and the index behind them."""

    name: str
    parts: tuple[FieldPart, ...]
    end: int

    @property
    def holds_fields(self) -> bool:
        """Whether it is an object or a list of them: what comes next may be inside it."""
        types = [part.facts for part in self.parts if part.form is Form.TYPE]
        return any(
            facts.get("type") == "object" or facts.get("items", {}).get("type") == "object" for facts in types
        )


def type_facts(text: str) -> dict[str, Any]:
    """Return what a type's words say in words of JSON Schema; nothing for words that are not known."""
    plain = text.strip().lower()
    branches = [part for part in re.split(r"\s*\|\s*|\s+or\s+", plain) if part]
    if len(branches) > 1:
        kinds = [kind for part in branches if (kind := type_facts(part).get("type"))]
        first = next((type_facts(part) for part in branches if part != "null"), {})
        return {**first, "type": kinds[0] if len(kinds) == 1 else kinds} if kinds else {}
    if plain.endswith("[]"):
        return {"type": "array", "items": type_facts(plain[:-2])}
    if listed := re.match(r"(?:array|list)(?: of |<)\s*(\w+?)s?>?(?:\s*[(<].*)?$", plain):
        return {"type": "array", "items": type_facts(listed[1])}
    found = re.match(rf"({_WORDS})\b\s*(?:[<(\u00b7]\s*([\w-]+)[^>)]*[>)]?)?", plain)
    if found is None:
        mapped = re.fullmatch(r"<\s*string\s*,\s*([\w.]+)\s*>", text.strip())
        inside = {"additionalProperties": {"ref": mapped[1]}} if mapped else {}
        return {"type": "object", **inside} if plain.startswith("<") else {}
    inner = _FORMATS.get(found[2] or "", {})
    facts = dict(_FORMATS[found[1]])
    return {**facts, "format": inner["format"]} if "format" in inner and facts.get("type") else facts


def is_type(text: str) -> bool:
    """Whether a line is a type and nothing else, but what flags it."""
    return bool(typed(text, 0))


def typed(text: str, line: int) -> tuple[FieldPart, ...]:
    """Return what a line that begins with a type, or is made of flags, says; empty if it says more than
    that.
    """
    if glued := _GLUED.fullmatch(text):
        return (
            FieldPart(Form.TYPE, glued[1], line, type_facts(glued[1])),
            FieldPart(Form.SENTENCE, glued[2], line, facts_of(glued[2])),
        )
    found = []
    rest = text
    flags, rest = _flags(rest, line)
    found += flags
    if kind := _TYPE.match(rest):
        found.append(FieldPart(Form.TYPE, kind[1], line, type_facts(kind[1])))
        flags, rest = _flags(rest[kind.end() :], line)
        found += flags
    if rest.strip() and found and is_limit(rest.strip(_AROUND)):
        found.append(FieldPart(Form.LIMIT, rest.strip(), line, facts_of(rest.strip(_AROUND))))
        rest = ""
    return () if rest.strip() else tuple(found)


def _flags(text: str, line: int) -> tuple[list[FieldPart], str]:
    found = []
    while flag := _FLAG.match(text):
        found.append(FieldPart(Form.REQUIRED, flag[1], line, _flag_facts(flag[1].lower())))
        text = text[flag.end() :]
    return found, text


def _flag_facts(word: str) -> dict[str, Any]:
    if word in ("required", "optional"):
        return {"required": word == "required"}
    if word in ("body", "query", "path", "header"):
        return {"in": word}
    return {{"readonly": "readOnly", "writeonly": "writeOnly"}.get(word.replace("-", ""), word): True}


def is_limit(text: str) -> bool:
    """Whether a line tells a limit, a default or values in the short form of tables and generated pages."""
    return bool(_LIMIT.match(text)) and len(text) < 400


def field_at(lines: Sequence[PageLine], at: int) -> FieldLines | None:
    """Return the field that begins at a line: name and type on one line, or the name alone and below it type
    and flags. None if there is no field.
    """
    line = lines[at]
    if line.mark in (Mark.HEADING, Mark.CODE):
        return None
    text = line.text.replace("`", "").replace("**", "")
    name = _NAME.match(text)
    if name is None or is_type(text):
        return None
    rest = text[name.end() :]
    star = [FieldPart(Form.REQUIRED, "*", line.number, {"required": True})] if name[2] else []
    first = FieldPart(Form.FIELD, name[1], line.number, {"name": name[1]})
    if rest[:1] in (" ", "(", ":") and (parts := typed(rest.strip(" :"), line.number)):
        return FieldLines(name[1], (first, *star, *parts), at + 1)
    if rest:
        return None
    below = list(_below(lines, at + 1))
    if not any(part.form is Form.TYPE for _, parts in below for part in parts):
        return None
    said = [part for _, parts in below for part in parts]
    return FieldLines(name[1], (first, *star, *said), below[-1][0] + 1)


def _below(lines: Sequence[PageLine], start: int) -> Iterator[tuple[int, tuple[FieldPart, ...]]]:
    """Yield the lines below a name that are made of a type and flags, to the first that has a type or the
    last flag behind it.
    """
    at, has_type = following(lines, start), False
    while at < len(lines) and lines[at].mark not in (Mark.HEADING, Mark.CODE):
        parts = typed(lines[at].text.replace("`", ""), lines[at].number)
        if not parts or (has_type and any(part.form is Form.TYPE for part in parts)):
            return
        yield at, parts
        has_type = has_type or any(part.form is Form.TYPE for part in parts)
        at = following(lines, at + 1)
