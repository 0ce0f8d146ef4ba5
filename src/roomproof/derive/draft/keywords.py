"""The keywords of one schema, without those it holds other schemas by: which of them a contract can have.

What a keyword cannot be is told by its place. Sources: JSON Schema 2020-12, Validation (6.1 to 6.5, 7, 9);
OpenAPI 3.0.3, 4.7.24 (types, `nullable`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from warnings import catch_warnings, simplefilter

import jsonschema_rs

from roomproof.contract.clause import Path
from roomproof.contract.contradictions import fits
from roomproof.contract.formats import ANNOTATING, ASSERTED
from roomproof.contract.keywords import KEYWORDS, LIMITS, SizeKind
from roomproof.contract.shape import LONGEST, MOST
from roomproof.derive.draft.remarks import Node, Remarks
from roomproof.errors import did_you_mean

Schema = dict[str, Any]
_TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")
_MEANT: dict[str, Schema] = {
    **{key: {"type": "integer"} for key in ("int", "int32", "int64", "long", "short")},
    **{key: {"type": "number"} for key in ("float", "double", "decimal", "numeric")},
    **{key: {"type": "boolean"} for key in ("bool",)},
    **{
        key: {"type": "string"}
        for key in ("str", "text", "enum", "file", "char", "varchar", "password", "url")
    },
    **{key: {"type": "string", "format": "date-time"} for key in ("datetime", "date-time", "timestamp")},
    **{name: {"type": "string", "format": name} for name in ("date", "uuid", "uri", "email")},
    **{key: {"type": "object"} for key in ("dict", "map", "json", "hash")},
    **{key: {"type": "array"} for key in ("list", "set")},
}
"""What people write for a type of JSON Schema."""
_HOLDING = ("properties", "items", "propertyNames", "not", "additionalProperties", "anyOf", "oneOf", "allOf")
_PEOPLE = ("title", "description", "summary", "externalDocs", "xml", "$comment", "$schema", "$id", "$anchor")
_NAMED = ("$defs", "definitions", "discriminator", "$ref")
"""What only names a schema, or tells people something."""
_SAID_ELSEWHERE = (*_HOLDING, *_PEOPLE, *_NAMED, "required", "type", "enum", "const", "format", "pattern")
_SAID_ELSEWHERE_TOO = ("default", "example", "examples", "nullable", "readOnly", "writeOnly", "deprecated")
_IDLE = (
    *("if", "then", "else", "contains", "minContains", "maxContains", "prefixItems", "additionalItems"),
    *("unevaluatedItems", "patternProperties", "unevaluatedProperties", "dependentRequired", "dependencies"),
    *("dependentSchemas", "contentSchema"),
)
"""Keywords of JSON Schema that make no clause."""
_FLAGS = ("nullable", "readOnly", "writeOnly", "deprecated")
_OF_KIND = {
    SizeKind.NUMBER: {"number", "integer"},
    SizeKind.LENGTH: {"string"},
    SizeKind.ITEMS: {"array"},
    SizeKind.PROPERTIES: {"object"},
}
_LARGEST = 2**63 - 1
_MOST_TEXT = 10_000
_STRAY = re.compile(r"^[\s,]+|[\s,]+$")


class Keywords:
    """Reads the keywords of schemas, and tells what is wrong with them."""

    def __init__(self, remarks: Remarks) -> None:
        self._remarks = remarks

    def own(self, node: Node, place: Path, *, branch: bool) -> Schema:
        """Return the keywords of a schema that speak of the value itself, and can make clauses."""
        schema = self._type(node, place)
        kinds = _kinds(schema)
        schema |= {
            flag: True for flag in _FLAGS if node.get(flag) is True and not (branch and flag in _FLAGS[1:])
        }
        schema |= self._values(node, place, kinds)
        schema |= dict(self._limits(node, place, kinds))
        schema |= self._format(node, place, kinds, schema)
        schema |= self._pattern(node, place, kinds)
        if node.get("uniqueItems") is True:
            schema["uniqueItems"] = True
        self._tell_idle(node, place)
        return schema

    def agreeing(self, schema: Schema, node: Node, place: Path, *, branch: bool) -> Schema:
        """Return a schema with its `required`, default and example, as far as these agree with the rest."""
        schema = {**schema, **self._required(schema, node, place, branch=branch)}
        for word in ("default", "example"):
            if word not in node:
                continue
            value = node[word]
            if word == "example" and not isinstance(value, str | int | float | bool):
                continue
            if not _is_sound(value):
                self._remarks.left_out((*place, word), f"the {word} is too large")
            elif _fits(value, schema):
                schema[word] = value
            else:
                self._remarks.defect(
                    (*place, word), f"its own schema rejects the {word} {value!r:.60}; it is left out"
                )
        if schema.get("type") == "array" and "items" not in schema and "items" not in node:
            self._remarks.defect(place, "the array says nothing of its items; the draft allows any")
        return schema

    def _type(self, node: Node, place: Path) -> Schema:
        told = node.get("type")
        if told is None:
            if "type" in node:
                self._remarks.defect((*place, "type"), "the type is empty; it is left out")
            return {}
        listed = told if isinstance(told, list) else [told]
        found: Schema = {}
        kinds: list[str] = []
        for word in listed:
            if word in _TYPES:
                kinds.append(word)
                continue
            meant = self._meant(word)
            into = " with format ".join(meant.values()) if meant else "any type"
            self._remarks.defect((*place, "type"), f"{word!r} is no type; the draft has {into}")
            kinds += [meant["type"]] if meant else []
            found |= {key: value for key, value in meant.items() if key != "type"}
        if not kinds or (len(kinds) < len(listed) and not found and not all(map(self._meant, listed))):
            return found if kinds else {}
        kinds = [*dict.fromkeys(kinds)]
        return {"type": kinds if len(kinds) > 1 else kinds[0], **found}

    @staticmethod
    def _meant(word: object) -> Schema:
        plain = str(word).strip(" ,").lower()
        return {"type": plain} if plain in _TYPES else _MEANT.get(plain, {})

    def _values(self, node: Node, place: Path, kinds: set[str]) -> Schema:
        found: Schema = {}
        if "const" in node and _is_sound(node["const"]):
            found["const"] = node["const"]
        if "enum" not in node:
            return found
        listed = node["enum"]
        if not isinstance(listed, list) or not listed:
            self._remarks.defect((*place, "enum"), "enum is no list of values; it is left out")
            return found
        values: list[Any] = []
        for index, value in enumerate(listed):
            there = (*place, "enum", str(index))
            if isinstance(value, str) and _STRAY.search(value):
                stripped = _STRAY.sub("", value)
                self._remarks.defect(
                    there, f"{value!r} has a stray comma or space; the draft has {stripped!r}"
                )
                value = stripped
            if not _is_sound(value):
                self._remarks.left_out(there, "the value is too large")
            elif any(type(value) is type(one) and value == one for one in values):
                self._remarks.defect(there, f"{value!r:.60} stands twice in enum")
            elif kinds and value is not None and not fits(value, {"type": [*kinds]}):
                told = f"{value!r:.60} is not of type {' or '.join(sorted(kinds))}; it is left out"
                self._remarks.defect(there, told)
            else:
                values.append(value)
        return {**found, "enum": values} if values else found

    def _limits(self, node: Node, place: Path, kinds: set[str]) -> Iterator[tuple[str, Any]]:
        found: dict[str, Any] = {}
        for name, end in LIMITS.items():
            value, there = node.get(name), (*place, name)
            if value is None:
                continue
            if isinstance(value, bool):
                yield from [(name, value)] if name.startswith("exclusive") else []
                continue
            if isinstance(value, str) and re.fullmatch(r"-?\d{1,15}", value.strip()):
                self._remarks.defect(there, f"{name} is the text {value!r}; the draft has the number")
                value = int(value)
            if not isinstance(value, int | float):
                self._remarks.defect(there, f"{name} is no number; it is left out")
            elif kinds and kinds.isdisjoint(_OF_KIND[end.kind]):
                told = f"{name} says nothing of a value of type {' or '.join(sorted(kinds))}; it is left out"
                self._remarks.defect(there, told)
            elif not _is_a_limit(value, end.kind, end.outward):
                self._remarks.left_out(there, f"{name} {value} is out of the range that can be tested")
            elif end.kind is not SizeKind.NUMBER:
                found[name] = int(value)
            else:
                found[name] = value
        value = node.get("multipleOf")
        if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
            yield "multipleOf", value
        yield from self._ordered(found, place)

    def _ordered(self, found: dict[str, Any], place: Path) -> Iterator[tuple[str, Any]]:
        """Yield limits but for those of which the lower one is above the upper one."""
        crossed: set[str] = set()
        for low, lower in LIMITS.items():
            for high, upper in LIMITS.items():
                is_pair = lower.kind is upper.kind and lower.outward < 0 < upper.outward
                if is_pair and low in found and high in found and found[low] > found[high]:
                    told = f"{low} {found[low]} is above {high} {found[high]}; both are left out"
                    self._remarks.defect((*place, low), told)
                    crossed |= {low, high}
        yield from ((name, value) for name, value in found.items() if name not in crossed)

    def _format(self, node: Node, place: Path, kinds: set[str], schema: Schema) -> Schema:
        told, there = node.get("format"), (*place, "format")
        if told is None or told == "":
            return {}
        if not isinstance(told, str):
            self._remarks.defect(there, "the format is no word; it is left out")
        elif told in ANNOTATING or "format" in schema:
            pass
        elif told in ASSERTED:
            if kinds and "string" not in kinds:
                kind = " or ".join(sorted(kinds))
                self._remarks.defect(there, f"format {told} says nothing of the type {kind}; it is left out")
            else:
                return {"format": told}
        elif nearest := did_you_mean(told, ASSERTED):
            self._remarks.defect(there, f"no format is called {told!r}{nearest}; it is left out")
        elif told.lower() in _TYPES:
            self._remarks.defect(there, f"{told!r} is a type and no format; it is left out")
        else:
            self._remarks.left_out(there, f"format {told!r} is not tested")
        return {}

    def _pattern(self, node: Node, place: Path, kinds: set[str]) -> Schema:
        told, there = node.get("pattern"), (*place, "pattern")
        if told is None or told == "":
            return {}
        if not isinstance(told, str):
            self._remarks.defect(there, "the pattern is no text; it is left out")
        elif kinds and "string" not in kinds:
            kind = " or ".join(sorted(kinds))
            self._remarks.defect(there, f"a pattern says nothing of a value of type {kind}; it is left out")
        elif problem := _pattern_problem(told):
            self._remarks.defect(there, f"the pattern {told!r:.80} {problem}; it is left out")
        else:
            if not _is_anchored(told):
                text = f"the pattern {told!r:.80} is not anchored: any text that contains a match fits"
                self._remarks.defect(there, text)
            return {"pattern": told}
        return {}

    def _required(self, schema: Schema, node: Node, place: Path, *, branch: bool) -> Schema:
        told, there = node.get("required"), (*place, "required")
        if told is None:
            return {}
        if isinstance(told, bool):
            text = (
                "required is true or false here, and has to be a list in the schema around it; it is left out"
            )
            self._remarks.defect(there, text)
            return {}
        if not isinstance(told, list):
            self._remarks.defect(there, "required is no list of names; it is left out")
            return {}
        known = schema.get("properties", {})
        may_be_elsewhere = branch or not known or any(key in schema for key in ("anyOf", "oneOf", "allOf"))
        names: list[str] = []
        for index, name in enumerate(told):
            if not isinstance(name, str):
                self._remarks.defect((*there, str(index)), f"{name!r} is no name of a field; it is left out")
            elif name not in known and not may_be_elsewhere:
                text = f"{name!r} is required, but no such field is described{did_you_mean(name, known)}"
                self._remarks.defect((*there, str(index)), f"{text}; it is not demanded")
            elif name not in names:
                names.append(name)
        return {"required": names} if names else {}

    def _tell_idle(self, node: Node, place: Path) -> None:
        """Tell which keywords make no clause."""
        known = (*_SAID_ELSEWHERE, *_SAID_ELSEWHERE_TOO, *LIMITS, "multipleOf", "uniqueItems")
        for key in node:
            if key in known or key in KEYWORDS:
                continue
            nearest = "" if key in _IDLE else did_you_mean(key, KEYWORDS)
            if nearest:
                self._remarks.defect((*place, key), f"no keyword is called {key!r}{nearest}; it is left out")
            else:
                self._remarks.left_out((*place, key), f"keyword {key!r} makes no clause")


def _kinds(schema: Schema) -> set[str]:
    told = schema.get("type", [])
    return {told} if isinstance(told, str) else {*told}


def _is_a_limit(value: float, kind: SizeKind, outward: int) -> bool:
    if kind is SizeKind.NUMBER:
        return abs(value) <= _LARGEST
    most = LONGEST if kind is SizeKind.LENGTH else MOST
    return value == int(value) and 0 <= value <= (most if outward < 0 else _LARGEST)


def _is_sound(value: Any, level: int = 0) -> bool:
    """Whether a contract can hold a value."""
    if isinstance(value, str):
        return len(value) <= _MOST_TEXT
    if isinstance(value, dict):
        return level < 10 and all(_is_sound(one, level + 1) for one in value.values())
    if isinstance(value, list):
        return level < 10 and all(_is_sound(one, level + 1) for one in value)
    return not isinstance(value, int | float) or abs(value) <= _LARGEST


def _fits(value: Any, schema: Schema) -> bool:
    """Whether a value is one that the plain keywords of a schema allow."""
    plain = {
        key: held
        for key, held in schema.items()
        if key in LIMITS or key in ("type", "enum", "const", "pattern", "multipleOf")
    }
    if value is None:
        types = _kinds(schema)
        return schema.get("nullable") is True or not types or "null" in types
    if any(isinstance(held, bool) for held in plain.values()):
        plain = {key: held for key, held in plain.items() if key not in LIMITS}
    return fits(value, plain)


def _pattern_problem(pattern: str) -> str:
    """Return why a pattern cannot be used; empty where it can."""
    if re.fullmatch(r"/.*/[a-z]*", pattern):
        return "stands between slashes, which are no part of a pattern"
    if len(pattern) > _MOST_TEXT:
        return "is too long"
    try:
        with catch_warnings():
            simplefilter("error")
            re.compile(pattern, re.ASCII)
        jsonschema_rs.Draft202012Validator({"pattern": pattern})
    except (re.error, FutureWarning, DeprecationWarning, OverflowError, RecursionError) as error:
        return f"cannot be read ({error})"
    except (jsonschema_rs.ValidationError, ValueError, TypeError):
        return "cannot be read"
    return ""


def _is_anchored(pattern: str) -> bool:
    return (pattern.startswith(("^", r"\A", ".*")) or pattern.startswith("(^")) and pattern.endswith(
        ("$", r"\Z", r"\z", ".*", "$)")
    )
