"""Hostile input: anything at all, and, the strongest, valid files that were changed in a place or two."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

Node = Any
Way = tuple[Any, ...]

_WANTED = int(os.environ.get("FUZZ_EXAMPLES", "0"))
"""More examples than CI draws, and other ones each time: FUZZ_EXAMPLES=5000 pytest tests/parsers."""


def examples(usual: int) -> settings:
    """Return the settings of a property: so many examples, or as many as the environment asks for."""
    return settings(
        max_examples=_WANTED or usual,
        derandomize=not _WANTED,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


PATTERNS = (
    *(
        "(",
        "(a+)+$",
        r"\p{L}+",
        "(?=a)b",
        "[[:alpha:]]",
        "a{99999}",
        "(?P<x>a)(?P<x>b)",
        "^(([a-z])+.)+[A-Z]([a-z])+$",
        "(?<=a+)b",
    ),
    *(r"\1", "[^", "a{2,1}", r"\Z", r"\cA", ""),
)
_WORDS = (
    *(
        "",
        " ",
        "\x00",
        "\x1b[31m",
        "\ud800",
        "\u2028",
        "\u202e",
        "x" * 5000,
        "text",
        "null",
        "true",
        "NaN",
        "2025-03-13",
        "1:30:00",
    ),
    *(
        "0x1F",
        "<<",
        "$ref",
        "#/",
        "#/paths",
        "#/nowhere",
        "other.yaml#/x",
        "string",
        "integer",
        "object",
        "array",
        "date-time",
        "uuid",
    ),
    *(
        "uri",
        "echo",
        "all",
        "http://[",
        "http://a:b:c/",
        "https://x.example/%zz?%zz",
        "GET",
        "body",
        "id",
        "*",
        "/",
        "//",
        "/{",
        "/{}",
    ),
    *(
        "/{a}/{a}",
        "{a",
        "200",
        "default",
        "2030-06-01T12:00:00Z",
        "9999-12-31T23:59:59+99:99",
        "gzip",
        "base64",
        "application/json",
    ),
    *PATTERNS,
)
_KEYWORDS = (
    *(
        "$ref",
        "type",
        "enum",
        "const",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "multipleOf",
        "minLength",
        "maxLength",
        "pattern",
    ),
    *(
        "format",
        "items",
        "minItems",
        "maxItems",
        "uniqueItems",
        "properties",
        "required",
        "additionalProperties",
        "propertyNames",
    ),
    *(
        "minProperties",
        "maxProperties",
        "anyOf",
        "oneOf",
        "allOf",
        "not",
        "default",
        "x-source",
        "x-level",
        "x-levels",
        "x-observed",
    ),
    *("x-sample", "x-unsettled", "x-unsettled-order", "x-concept", "with", ""),
)
_NUMBERS = (
    0,
    1,
    -1,
    2,
    2**31,
    -(2**63),
    2**64,
    10**30,
    10**400,
    0.5,
    -0.0,
    1e-300,
    1e308,
    float("nan"),
    float("inf"),
)
SCALARS: SearchStrategy[Node] = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from(_NUMBERS),
    st.integers(),
    st.floats(),
    st.sampled_from(_WORDS),
    st.text(max_size=8),
)


def _deep(levels: int) -> Node:
    node: Node = None
    for level in range(levels):
        node = [node] if level % 2 else {"properties": node}
    return node


JUNK: SearchStrategy[Node] = st.one_of(
    SCALARS,
    st.sampled_from([[], {}, [[]], [{}], {"": None}, {"type": []}, {"$ref": 5}, {"$ref": "#/paths"}]).map(
        deepcopy
    ),
    st.recursive(
        SCALARS,
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from(_KEYWORDS) | st.text(max_size=4), inner, max_size=4)
        ),
        max_leaves=8,
    ),
    st.sampled_from([30, 58, 70, 150]).map(_deep),
)


def ways(node: Node, way: Way = ()) -> Iterator[Way]:
    """Yield the way to every value below a node."""
    fields = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for step, inner in fields:
        yield (*way, step)
        yield from ways(inner, (*way, step))


def at(node: Node, way: Way) -> Node:
    """Return the value that a way leads to."""
    for step in way:
        node = node[step]
    return node


@st.composite
def changed(draw: DrawFn, valid: Sequence[Node], junk: SearchStrategy[Node] = JUNK) -> Node:
    """Draw a valid tree in which a value or a few are taken away, replaced, doubled, moved, renamed or
    wrapped.
    """
    whole = {"": deepcopy(draw(st.sampled_from(valid)))}
    for _ in range(draw(st.integers(1, 3))):
        found = list(ways(whole))
        way = draw(st.sampled_from(found))
        outer, step = at(whole, way[:-1]), way[-1]
        match draw(
            st.sampled_from(["replace", "replace", "delete", "double", "move", "rename", "wrap", "add"])
        ):
            case "delete" if len(way) > 1:
                del outer[step]
            case "double" if isinstance(outer, list):
                outer.insert(step, deepcopy(outer[step]))
            case "double":
                outer[f"{step}2"] = deepcopy(outer[step])
            case "move":
                outer[step] = deepcopy(at(whole, draw(st.sampled_from(found))))
            case "rename" if isinstance(outer, dict) and len(way) > 1:
                outer[draw(st.sampled_from(_KEYWORDS + _WORDS))] = outer.pop(step)
            case "wrap":
                outer[step] = draw(st.sampled_from([[outer[step]], {"": outer[step]}, str(outer[step])]))
            case "add" if isinstance(outer[step], dict):
                outer[step][draw(st.sampled_from(_KEYWORDS))] = draw(junk)
            case _:
                outer[step] = draw(junk)
    return whole[""]


_BITS = (
    *(
        "\n",
        "\t",
        " ",
        "\x00",
        "\x07",
        "\x85",
        "\ufeff",
        "\u2028",
        "'",
        '"',
        ":",
        ": ",
        "- ",
        "? ",
        "[",
        "]",
        "{",
        "}",
        "{[",
        ",",
        "#",
    ),
    *(
        "|",
        ">",
        "*a",
        "&a ",
        "&a [*a, *a]",
        "<<: *a\n",
        "<<: {a: 1}\n",
        "!!binary aGk=",
        "!!set {a}",
        "!!timestamp 2001-01-01",
    ),
    *(
        "!!omap [a: 1]",
        "!!int x",
        "!!float x",
        "!!python/object/apply:os.getcwd []",
        "!x",
        "2001-01-01",
        "1:1:1:1",
        ".nan",
        ".inf",
    ),
    *(
        "0b1",
        "1_0",
        "1e999",
        "5: ",
        "null: ",
        "? [a]\n: b\n",
        "---\n",
        "...\n",
        "%YAML 9.9\n",
        "~",
        "=",
        "\\",
        "\\ud800",
        '"\\ud800"',
    ),
    *('"\\x1b"', "\x1b[2J", "9" * 400, "[" * 200, "- " * 200),
)


@st.composite
def spoilt(draw: DrawFn, valid: Sequence[str]) -> str:
    """Draw a valid text that is cut, or in which characters are taken away, doubled, exchanged or put in."""
    text = draw(st.sampled_from(valid))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.sampled_from([0, 1, 2, 5, 20, 200])))
        match draw(st.sampled_from(["cut", "delete", "double", "insert", "insert", "exchange"])):
            case "cut":
                text = text[:start]
            case "delete":
                text = text[:start] + text[end:]
            case "double":
                text = text[:end] + text[start:]
            case "insert":
                text = text[:start] + draw(st.sampled_from(_BITS) | st.text(max_size=3)) + text[start:]
            case _:
                text = text[:start] + draw(st.sampled_from(_BITS)) + text[end:]
    return text


def as_text(node: Node) -> str:
    """Return a tree as JSON, which is YAML, too; surrogates and control characters are escaped in it."""
    try:
        return json.dumps(node, default=str)
    except ValueError:  # Numbers of thousands of digits.
        return repr(node)[:1000]


def texts(trees: Sequence[Node], valid: Sequence[str]) -> SearchStrategy[str]:
    """Return a strategy for texts: anything, structures of any kind, valid ones that were changed as trees
    and as texts.
    """
    return st.one_of(
        st.text(max_size=60),
        JUNK.map(as_text),
        changed(trees).map(as_text),
        changed(trees).map(as_text),
        spoilt(valid),
        spoilt(valid),
    )


def octets(text: str) -> bytes:
    """Return a text as it would stand in a file; lone surrogates make it one that is not UTF-8."""
    return text.encode("utf-8", "surrogatepass")


def ends_in(error: type[Exception] | tuple[type[Exception], ...], read: Callable[[], Node]) -> str:
    """Return the message of a typed error, empty where there was none; any other exception goes through and
    fails the test.
    """
    try:
        read()
    except error as problem:
        message = str(problem)
        assert message.strip(), "an error without a sentence"
        return message
    return ""
