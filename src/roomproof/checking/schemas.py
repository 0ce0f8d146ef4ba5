"""What schemas say that cannot be meant, or that tools read differently; none of it keeps a run from being
right.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from roomproof.checking.mistake import Problem
from roomproof.contract.clause import Json, Path
from roomproof.contract.contradictions import fits, schemas, which_fit

_PYTHONS = {
    "(?P<": "(?<",
    "(?P=": r"\k<",
    "(?x": "it without the flag",
    "(?i": "both cases of each letter",
    "(?s": r"[\s\S] for any character",
    "(?m": "it without the flag",
}
"""What Python's regular expressions have and those of ECMA-262 have not (JSON Schema 2020-12, 6.4), and what
says the same there.
"""
_ESCAPED = re.compile(r"\\[^AZz]|\[(?:\\.|[^\]\\])*\]", re.DOTALL)
_ENDS = (",", ";", '"', "'")


def schema_problems(root: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong in the schemas of a contract that was read, with remarks on what is odd."""
    for pointer, schema in schemas(root):
        yield from _values(schema, pointer)
        yield from _listed(schema, pointer)
        yield from _pattern(schema, pointer)
        yield from _without_field(schema, pointer)


def _values(schema: Mapping[str, Any], pointer: Path) -> Iterator[Problem]:
    """Yield values that are told of a schema, and that it rejects."""
    told: list[tuple[Path, Json]] = [((key,), schema[key]) for key in ("default", "example") if key in schema]
    examples = schema.get("examples")
    if isinstance(examples, list):
        told += [(("examples", str(index)), value) for index, value in enumerate(examples)]
    for way, value in told:
        if not _may_be_null(value, schema) and not fits(value, schema):
            text = f"{way[0]} {_short(value)} is rejected by its own schema{_by(value, schema)}"
            yield Problem(f"{text}; make them agree", (*pointer, *way))


def _listed(schema: Mapping[str, Any], pointer: Path) -> Iterator[Problem]:
    """Yield values of an enum that the other keywords reject, that stand twice, or that look cut badly."""
    values: list[Json] = schema["enum"] if isinstance(schema.get("enum"), list) else []
    rest = {key: value for key, value in schema.items() if key != "enum"}
    fit, seen = which_fit(rest), set[str]()
    for index, value in enumerate(values):
        here, written = (*pointer, "enum", str(index)), json.dumps(value)
        if not fit(value):
            yield Problem(f"enum: {_short(value)} is rejected{_by(value, rest)}; make them agree", here)
        elif written in seen:
            yield Problem(f"enum: {_short(value)} stands twice; leave one out", here)
        elif isinstance(value, str) and value and (value != value.strip() or value.endswith(_ENDS)):
            text = f"enum: {_short(value)} ends or begins with a space, a comma or a quotation mark"
            yield Problem(f"{text}; is that meant?", here, is_remark=True)
        seen.add(written)


def _pattern(schema: Mapping[str, Any], pointer: Path) -> Iterator[Problem]:
    pattern = schema.get("pattern")
    if not isinstance(pattern, str):
        return
    here = (*pointer, "pattern")
    bare = _ESCAPED.sub("", pattern)
    for odd, instead in _PYTHONS.items():
        if odd in bare:
            text = f"pattern: {odd} is none of the signs of ECMA-262, which JSON Schema takes"
            yield Problem(f"{text}; write {instead}", here)
            return
    if len(pattern) > 2 and pattern[0] == pattern[-1] == "/":
        text = f"pattern {_short(pattern)}: the slashes around it belong to the pattern; leave them out"
        yield Problem(text, here)


def _without_field(schema: Mapping[str, Any], pointer: Path) -> Iterator[Problem]:
    """Yield required fields that no schema lists: a sender does not know what to write there."""
    if not schema.get("properties") or any(key in schema for key in ("allOf", "anyOf", "oneOf", "$ref")):
        return
    if any(step in ("allOf", "anyOf", "oneOf", "not") for step in pointer):
        return
    for index, name in enumerate(schema.get("required", ())):
        if name not in (*schema["properties"], *schema.get("x-read-only", ())):
            text = f"required: there is no field {name!r} under properties; list it there or leave it out"
            yield Problem(text, (*pointer, "required", str(index)))


def _may_be_null(value: Json, schema: Mapping[str, Any]) -> bool:
    """Whether a value is a null whose schema does not say what null means: it stands for nothing."""
    return value is None and "type" not in schema


def _by(value: Json, schema: Mapping[str, Any]) -> str:
    """Return which keyword rejects a value, if one does it alone."""
    for key, held in schema.items():
        if not fits(value, {key: held}):
            return f" ({key}: {_short(held)})"
    return ""


def _short(value: Json) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
