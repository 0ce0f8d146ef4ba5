"""Which keywords speak of values of which type: where a type is not allowed, they say nothing.

Source: JSON Schema 2020-12, Validation, 6, and Core, 10.3: a keyword for one type accepts every value of
another one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from roomproof.derive.drift.shape import Shape
from roomproof.derive.drift.stated import NUMBER_FORMATS, NUMBERS, type_of

Types = frozenset[str] | None
"""None stands for every type."""
_LIMITED = {
    **dict.fromkeys(NUMBERS, "number"),
    **dict.fromkeys(("minLength", "maxLength"), "string"),
    **dict.fromkeys(("minItems", "maxItems"), "array"),
    **dict.fromkeys(("minProperties", "maxProperties"), "object"),
}
_OTHERS = {
    **dict.fromkeys(("prefixItems", "contains", "minContains", "maxContains"), "array"),
    **dict.fromkeys(
        ("dependentRequired", "dependentSchemas", "patternProperties", "propertyNames"), "object"
    ),
}
"""Those that are not listed speak of values of every type."""


def shared_types(one: Types, other: Types) -> Types:
    """Return the types that two schemas both allow; a whole number is a number."""
    if one is None or other is None:
        return other if one is None else one
    shared = one & other
    return shared | {"integer"} if _has_numbers(one) and _has_numbers(other) else shared


def only_types(shape: Shape, types: Types) -> Shape:
    """Return a shape with those of its keywords alone that speak of values of some types."""
    if types is None:
        return shape

    def has(word: str | None) -> bool:
        return word is None or word in types or (word in ("integer", "number") and _has_numbers(types))

    if not has("object"):
        shape = replace(shape, fields={}, required=frozenset(), values=(), is_closed=False)
    if not has("array"):
        shape = replace(shape, items=(), is_unique=False)
    if not has("string"):
        shape = replace(shape, pattern=None, written_pattern=None)
    listed = frozenset(one for one in shape.enum or () if has(type_of(json.loads(one))))
    return replace(
        shape,
        limits={key: value for key, value in shape.limits.items() if has(_LIMITED[key])},
        others={key: value for key, value in shape.others.items() if has(_OTHERS.get(key))},
        format=shape.format if has(_type_of_format(shape)) else None,
        enum=listed or shape.enum,
        multiple=shape.multiple if has("number") else None,
    )


def by_type(shape: Shape) -> Iterator[Shape]:
    """Yield what a shape says of each of its types, null apart: the shape itself where it has one type, or
    tells none.
    """
    if shape.types is None or (len(shape.types) < 2 and "null" not in shape.types):
        yield shape
        return
    for word in sorted(shape.types - {"null"}):
        yield replace(only_types(shape, frozenset((word,))), types=frozenset((word,)), is_nullable=False)


def _has_numbers(types: frozenset[str]) -> bool:
    return bool(types & {"integer", "number"})


def _type_of_format(shape: Shape) -> str | None:
    """Return the type that a format is of: that of a number may stand beside a text, which then holds one."""
    if shape.format in NUMBER_FORMATS:
        return "number" if shape.types is None or _has_numbers(shape.types) else None
    return "string"
