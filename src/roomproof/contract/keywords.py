"""The keywords of JSON Schema that contracts use, one row each: whoever has to know one asks this table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from math import isfinite
from typing import Any

Json = Any


class Role(Enum):
    """What a keyword is for: to say which values are allowed, to hold other schemas, or to tell people
    something.
    """

    VALUE = "value"
    STRUCTURE = "structure"
    ANNOTATION = "annotation"


class Edge(Enum):
    """Which of the values that keep a keyword lie on the edge of it, so that their acceptance proves it."""

    NONE = "none that can be told"
    EACH = "each of them"
    LIMIT = "those whose size is the limit"
    SEVERAL = "lists of several items"


class SizeKind(StrEnum):
    """What a size is: a number itself, or how many characters (code points), items or fields there are."""

    NUMBER = "number"
    LENGTH = "length"
    ITEMS = "items"
    PROPERTIES = "properties"

    @property
    def told(self) -> str:
        """What is measured, in the words of reports."""
        return {"number": "value", "properties": "members"}.get(self.value, self.value)

    def measured(self, value: Json) -> float | None:
        """Return the size of a value, None where it has none of this kind."""
        if self is SizeKind.NUMBER:
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            return value if is_number and isfinite(value) else None
        return len(value) if isinstance(value, _COUNTED[self]) else None


_Counted = type[str | list[Any] | dict[Any, Any]]
_COUNTED: Mapping[SizeKind, _Counted] = {
    SizeKind.LENGTH: str,
    SizeKind.ITEMS: list,
    SizeKind.PROPERTIES: dict,
}
_WORDS = {
    SizeKind.NUMBER: "",
    SizeKind.LENGTH: " length",
    SizeKind.ITEMS: " number of items",
    SizeKind.PROPERTIES: " number of fields",
}


@dataclass(frozen=True)
class End:
    """An end of the sizes that a keyword allows: the upper (`outward` 1) or the lower (-1) one.

    An exclusive one does not allow the limit itself.
    """

    kind: SizeKind
    outward: int
    is_exclusive: bool = False

    @property
    def key(self) -> str:
        """It as a key of the JSON report: `exclusive_maximum`."""
        return ("exclusive_" if self.is_exclusive else "") + ("maximum" if self.outward > 0 else "minimum")

    @property
    def told(self) -> str:
        """What people call it: `maximum length`."""
        return self.key.replace("_", " ") + _WORDS[self.kind]


@dataclass(frozen=True)
class Keyword:
    """One keyword.

    `speaks_of` is the JSON type whose values it is about, empty for all; `demands` the sentence of its
    clause, with {field} and {value}; `short` the same in few words, `{}` for the value. `divides` tells
    whether it divides values of the right type, `edge` which of them prove it, `end` which sizes it limits.
    """

    name: str
    role: Role = Role.VALUE
    speaks_of: str = ""
    demands: str = "{field} fits the documented alternatives"
    short: str = ""
    divides: bool = True
    edge: Edge = Edge.EACH
    end: End | None = None

    @property
    def rule(self) -> str:
        """The rule of its clauses: `maxLength` makes `max-length`."""
        return "".join("-" + letter.lower() if letter.isupper() else letter for letter in self.name)


_OF_KIND = {
    SizeKind.NUMBER: "number",
    SizeKind.LENGTH: "string",
    SizeKind.ITEMS: "array",
    SizeKind.PROPERTIES: "object",
}


def _limit(name: str, demands: str, short: str, end: End) -> Keyword:
    edge = Edge.NONE if end.is_exclusive else Edge.LIMIT
    return Keyword(name, Role.VALUE, _OF_KIND[end.kind], f"{{field}} {demands}", short, True, edge, end)


def _structure(speaks_of: str, *names: str) -> tuple[Keyword, ...]:
    return tuple(Keyword(name, Role.STRUCTURE, speaks_of) for name in names)


_ANNOTATIONS = (
    *("title", "description", "summary", "example", "examples", "$comment", "deprecated", "readOnly"),
    *("writeOnly", "externalDocs", "discriminator", "xml", "contentEncoding", "contentMediaType"),
)
_TABLE = (
    Keyword("type", demands="{field} is of type {value}", divides=False, edge=Edge.NONE),
    Keyword("const", demands="{field} is {value}", short="always {}"),
    Keyword("enum", demands="{field} is one of {value}", short="one of {}"),
    _limit("minimum", "is at least {value}", "at least {}", End(SizeKind.NUMBER, -1)),
    _limit("maximum", "is at most {value}", "at most {}", End(SizeKind.NUMBER, 1)),
    _limit("exclusiveMinimum", "is more than {value}", "more than {}", End(SizeKind.NUMBER, -1, True)),
    _limit("exclusiveMaximum", "is less than {value}", "less than {}", End(SizeKind.NUMBER, 1, True)),
    Keyword("multipleOf", Role.VALUE, "number", "{field} is a multiple of {value}", "a multiple of {}"),
    _limit(
        "minLength", "has at least {value} characters", "at least {} characters", End(SizeKind.LENGTH, -1)
    ),
    _limit("maxLength", "has at most {value} characters", "at most {} characters", End(SizeKind.LENGTH, 1)),
    Keyword("pattern", Role.VALUE, "string", "{field} matches {value}", "matches {}"),
    Keyword("format", Role.VALUE, "string", "{field} is a {value}", "{}"),
    _limit("minItems", "has at least {value} items", "at least {} items", End(SizeKind.ITEMS, -1)),
    _limit("maxItems", "has at most {value} items", "at most {} items", End(SizeKind.ITEMS, 1)),
    Keyword(
        "uniqueItems",
        Role.VALUE,
        "array",
        "{field} holds no item twice",
        "no item twice",
        edge=Edge.SEVERAL,
    ),
    _limit(
        "minProperties", "has at least {value} fields", "at least {} fields", End(SizeKind.PROPERTIES, -1)
    ),
    _limit("maxProperties", "has at most {value} fields", "at most {} fields", End(SizeKind.PROPERTIES, 1)),
    Keyword("anyOf"),
    Keyword("oneOf"),
    Keyword("allOf", short="several demands at once", edge=Edge.NONE),
    Keyword("not", short="some values excepted", edge=Edge.NONE),
    *_structure("object", "properties"),
    *_structure("array", "items"),
    *_structure("object", "additionalProperties", "propertyNames", "required"),
    *_structure("", "default"),
    *(Keyword(name, Role.ANNOTATION) for name in _ANNOTATIONS),
)

KEYWORDS: Mapping[str, Keyword] = {keyword.name: keyword for keyword in _TABLE}
"""Every keyword by its name; clauses come in this order."""
BY_RULE: Mapping[str, Keyword] = {keyword.rule: keyword for keyword in _TABLE if keyword.role is Role.VALUE}
"""The keywords that make clauses, by the rule of these."""
BRANCHES = ("anyOf", "oneOf", "allOf")
"""The keywords that hold a list of schemas for the same value."""
VALUE_KEYWORDS = tuple(keyword.name for keyword in BY_RULE.values())
LIMITS: Mapping[str, End] = {keyword.name: keyword.end for keyword in _TABLE if keyword.end is not None}
"""The keywords that are limits, by name."""


def names_of(role: Role) -> tuple[str, ...]:
    """Return the names of the keywords with a role."""
    return tuple(keyword.name for keyword in _TABLE if keyword.role is role)


def limits_of(*kinds: SizeKind) -> frozenset[str]:
    """Return the names of the keywords that limit sizes of some kinds."""
    return frozenset(name for name, end in LIMITS.items() if end.kind in kinds)


def beyond(name: str) -> tuple[str, int]:
    """Return the keyword for all sizes that one excludes, and what has to be added to its limit.

    What `maxLength: 5` excludes is what `minLength: 6` allows.
    """
    end = LIMITS[name]
    is_number = end.kind is SizeKind.NUMBER
    wanted = End(end.kind, -end.outward, is_number and not end.is_exclusive)
    return next(other for other, held in LIMITS.items() if held == wanted), 0 if is_number else end.outward
