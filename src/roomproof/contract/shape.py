"""The shape of a contract: which field is of which kind, as a JSON Schema, so that what reads it can rely on
it.

It demands what the package reads and leaves the rest of OpenAPI 3.1 alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any
from warnings import catch_warnings, simplefilter

import jsonschema_rs

from roomproof.contract.clause import HOLDERS, Level
from roomproof.contract.keywords import BRANCHES, KEYWORDS, LIMITS, VALUE_KEYWORDS, End, SizeKind
from roomproof.contract.resource import Effect
from roomproof.errors import ContractError, did_you_mean, raise_first

METHODS = ("post", "put", "patch", "get", "delete")
"""The methods whose operations are read, in this order."""
_OF_PATHS = (*METHODS, "options", "head", "trace", "parameters", "servers", "summary", "description", "$ref")
"""What a path may have (OpenAPI 3.1, Path Item Object); operations of the methods that only ask about others
are not read.
"""
LONGEST = 1_000_000
"""No document asks for longer texts than this at least; a value of the smallest size must be one that can be
sent.
"""
MOST = 1_000
"""No document asks for more items or fields than this at least."""
EXTENSIONS = (
    *(
        "x-provider",
        "x-source",
        "x-sources",
        "x-level",
        "x-levels",
        "x-room",
        "x-credentials",
        "x-environment",
        "x-support",
        "x-sample",
    ),
    *(
        "x-observed",
        "x-unsettled",
        "x-unsettled-order",
        "x-disagreements",
        "x-concept",
        "x-when",
        "x-behaviours",
        "x-scheme",
        "x-scopes",
    ),
    *("x-resource", "x-effect", "x-about", "x-list", "x-body", "x-observed-paths"),
)
_NEAR = 0.9
"""How much of a name has to be that of another one, so that it is taken for a slip."""
_MAX_SHOWN = 120
_MAX_VALUES = 20_000
_MAX_CHARACTERS = 20_000_000
"""What all texts of the smallest values may have together."""
_REPEATED = {"items": "minItems", "additionalProperties": "minProperties"}
_TEXT = {"type": "string"}
_WORDS = {"type": "array", "items": _TEXT}
_TEXTS = {"type": "object", "additionalProperties": _TEXT}
_LEVEL = {"enum": [level.value for level in Level]}
_NODE = {"$ref": "#/$defs/schema"}
_BRANCH = {"$ref": "#/$defs/branch"}
_OBJECT = {"allOf": [_NODE, {"type": "object"}]}
_SOURCE = {"$ref": "#/$defs/source"}
_DISAGREEMENT: dict[str, Any] = {
    "type": "object",
    "required": ["says", "source"],
    "properties": {"says": _TEXT, "source": {"allOf": [_SOURCE, {"required": ["document"]}]}},
}
_DISAGREEMENT["propertyNames"] = {"enum": list(_DISAGREEMENT["properties"])}
_EXTRA = {"allOf": [_BRANCH, {"type": "object", "properties": {"source": _SOURCE}}]}
_NUMBER: dict[str, Any] = {"type": "number"}
_SIZE: dict[str, Any] = {"type": "integer", "minimum": 0}
_FLAG = {"type": "boolean"}
_IN_BRANCHES = {"anyOf": [{"enum": [*KEYWORDS, "source"]}, {"pattern": "^x-"}]}
_SOURCED = (*VALUE_KEYWORDS, "additionalProperties")
_LEVELLED = (*_SOURCED, "required", "accepted", "nullable", "default")
"""What makes a clause of a schema: whose source, and whose level, can be said."""


def _limits(end: End) -> dict[str, Any]:
    """Return which limits an end may have; a value of the smallest size must be one that can be sent."""
    if end.kind is SizeKind.NUMBER:
        return _NUMBER
    longest = LONGEST if end.kind is SizeKind.LENGTH else MOST
    return {**_SIZE, "maximum": longest} if end.outward < 0 else _SIZE


_SCHEMA = {
    "type": ["object", "boolean"],
    "properties": {
        "type": {"type": ["string", "array"], "items": _TEXT, "minItems": 1},
        "enum": {"type": "array", "minItems": 1},
        **{name: _limits(end) for name, end in LIMITS.items()},
        "multipleOf": {"type": "number", "exclusiveMinimum": 0},
        "pattern": _TEXT,
        "format": _TEXT,
        "uniqueItems": _FLAG,
        "required": {**_WORDS, "uniqueItems": True},
        "properties": {"type": "object", "additionalProperties": _OBJECT},
        **dict.fromkeys(HOLDERS.values(), _NODE),
        "not": _BRANCH,
        **{branches: {"type": "array", "minItems": 1, "items": _BRANCH} for branches in BRANCHES},
        "x-source": _SOURCE,
        "x-level": _LEVEL,
        "x-levels": {
            "type": "object",
            "propertyNames": {"enum": list(_LEVELLED)},
            "additionalProperties": _LEVEL,
        },
        "x-sources": {
            "type": "object",
            "propertyNames": {"enum": list(_SOURCED)},
            "additionalProperties": _SOURCE,
        },
        "x-disagreements": {
            "type": "object",
            "propertyNames": {"enum": [*_LEVELLED, "null"]},
            "additionalProperties": _DISAGREEMENT,
        },
        "x-observed": _EXTRA,
        "x-sample": _EXTRA,
        "x-unsettled": {
            "type": "object",
            "required": ["reason", "schema"],
            "properties": {"reason": _TEXT, "schema": _BRANCH},
        },
        "x-unsettled-order": {
            "type": "object",
            "required": ["reason", "members"],
            "properties": {"reason": _TEXT, "members": _WORDS},
        },
    },
}
_CONTENT = {
    "type": "object",
    "additionalProperties": {"type": "object", "required": ["schema"], "properties": {"schema": _OBJECT}},
}
_BODY = {
    "type": "object",
    "required": ["schema"],
    "properties": {
        "schema": {
            "allOf": [
                _NODE,
                {
                    "type": "object",
                    "required": ["type"],
                    "properties": {"type": {"enum": ["object", "array", "string"]}},
                },
            ]
        }
    },
}
_PARAMETER = {
    "type": "object",
    "required": ["name", "in", "schema"],
    "properties": {
        "name": _TEXT,
        "in": {"enum": ["path", "query", "header", "cookie"]},
        "x-source": _SOURCE,
        "required": _FLAG,
        "schema": _OBJECT,
        "x-level": _LEVEL,
    },
}
_RESPONSE = {
    "type": "object",
    "required": ["description"],
    "properties": {
        "description": _TEXT,
        "x-when": _TEXT,
        "x-source": _SOURCE,
        "x-level": _LEVEL,
        "content": _CONTENT,
        "headers": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["schema"],
                "properties": {"required": _FLAG, "schema": _OBJECT},
            },
        },
    },
}
_BEHAVIOUR = {
    "type": "object",
    "propertyNames": {
        "enum": ["path", "fields", "rule", "source", "level", "with", "demands", "disagreement"]
    },
    "properties": {
        "rule": _TEXT,
        "source": _SOURCE,
        "demands": _TEXT,
        "path": _TEXT,
        "level": _LEVEL,
        "disagreement": _DISAGREEMENT,
        "fields": {"anyOf": [{"const": "all"}, {**_WORDS, "minItems": 1}]},
        "with": {"type": "object"},
    },
}
_ID = "^[A-Za-z0-9]+([-_][A-Za-z0-9]+)*$"
_STATUS = "^([1-5]([0-9][0-9]|XX|xx)|default)$"
_PROVIDER = "^[a-z][a-z0-9-]*$"
_OPERATION = {
    "type": "object",
    "required": ["operationId", "responses"],
    "properties": {
        "operationId": {"type": "string", "pattern": _ID},
        "parameters": {"type": "array", "items": _PARAMETER},
        "requestBody": {
            "type": "object",
            "required": ["content"],
            "properties": {
                "required": _FLAG,
                "content": {**_CONTENT, "minProperties": 1, "additionalProperties": _BODY},
            },
        },
        "responses": {
            "type": "object",
            "propertyNames": {"pattern": _STATUS},
            "additionalProperties": _RESPONSE,
        },
        "x-behaviours": {"type": "array", "items": _BEHAVIOUR},
        "x-effect": {"enum": [effect.value for effect in Effect]},
        "x-about": _TEXT,
        "x-source": _SOURCE,
        "x-level": _LEVEL,
        "x-list": {"$ref": "#/$defs/list"},
    },
}
_PATH = r"^/(?!(?:[^/]*/)*\.{1,2}(?:/|$))[^?#\\\s]*$"
"""A path of a template (RFC 3986, 3.3): it begins with a slash, leads nowhere else by dots, and has no
query.
"""
_PAGE: dict[str, Any] = {
    "type": "object",
    "required": ["parameter"],
    "properties": {
        "parameter": _TEXT,
        "first": {"type": "integer"},
        "step": {"type": "integer", "minimum": 1},
    },
}
_PAGE["propertyNames"] = {"enum": list(_PAGE["properties"])}
_CALL = {
    "type": "object",
    "required": ["method", "path"],
    "properties": {
        "method": {"enum": ["GET", "PUT", "POST", "DELETE", "PATCH"]},
        "path": {"type": "string", "pattern": _PATH},
        "media-type": _TEXT,
        "with": {
            "type": "object",
            "required": ["key"],
            "properties": {"at": _WORDS, "key": _TEXT, "query": _TEXTS, "next": _WORDS, "page": _PAGE},
        },
    },
}
_LIST: dict[str, Any] = {
    "type": "object",
    "properties": {
        "entries": _WORDS,
        "key": _TEXT,
        "query": _TEXTS,
        "next": _WORDS,
        "page": _PAGE,
        "size": _TEXT,
        "find": _TEXTS,
        "by": _TEXT,
        "cursor": _TEXT,
        "last": _WORDS,
    },
    "dependentRequired": {"last": ["cursor"]},
}
_LIST["propertyNames"] = {"enum": list(_LIST["properties"])}
_RESOURCE: dict[str, Any] = {
    "type": "object",
    "required": ["id"],
    "properties": {
        **dict.fromkeys(("parameter", "id", "created", "name"), _TEXT),
        **dict.fromkeys(("at", "entries"), _WORDS),
        "path": {"type": "string", "pattern": _PATH},
        "shown-as": _TEXTS,
    },
}
_RESOURCE["propertyNames"] = {"enum": list(_RESOURCE["properties"])}
_ONE_RESOURCE = {"$ref": "#/$defs/resource", "required": ["parameter", "id"]}
_PATHS = {
    "type": "object",
    "propertyNames": {"pattern": _PATH},
    "additionalProperties": {
        "type": "object",
        "propertyNames": {"anyOf": [{"enum": list(_OF_PATHS)}, {"pattern": "^x-"}]},
        "properties": {
            "parameters": {"type": "array", "items": _PARAMETER},
            **dict.fromkeys(METHODS, _OPERATION),
        },
    },
}
_MEANT = {
    _PATH: "; a path begins with '/', and has no query and no dots as a step",
    _ID: "; write letters and digits, joined by '-' or '_'",
    _STATUS: "; write a status such as '200', a range such as '4XX', or default",
    _PROVIDER: "; write lower-case letters, digits and '-'",
}
"""What the patterns of names mean."""
_CONTRACT = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["info"],
    "properties": {
        "info": {
            "type": "object",
            "required": ["version"],
            "properties": {"version": {"type": ["string", "number"]}},
        },
        "servers": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["url"],
                "properties": {"url": _TEXT, "x-environment": _TEXTS, "x-level": _LEVEL},
            },
        },
        **dict.fromkeys(("paths", "x-observed-paths"), _PATHS),
        "security": {"type": "array", "items": {"type": "object"}},
        "components": {
            "type": "object",
            "properties": {"securitySchemes": {"type": "object", "additionalProperties": {"type": "object"}}},
        },
        "x-provider": {"type": "string", "pattern": _PROVIDER},
        "x-source": _SOURCE,
        "x-room": _ONE_RESOURCE,
        "x-resource": {
            "if": {"required": ["id"], "properties": {"id": _TEXT}},
            "then": _ONE_RESOURCE,
            "else": {
                "type": "object",
                "minProperties": 1,
                "additionalProperties": {"$ref": "#/$defs/resource"},
            },
        },
        "x-credentials": {
            "type": "object",
            "required": ["environment"],
            "properties": {"scheme": _TEXT, "environment": _TEXTS},
        },
        "x-support": {"type": "object", "additionalProperties": _CALL},
    },
    "$defs": {
        "schema": _SCHEMA,
        "branch": {"allOf": [_NODE], "propertyNames": _IN_BRANCHES},
        "source": {
            "type": "object",
            "propertyNames": {"enum": ["document", "section", "field"]},
            "additionalProperties": {"type": ["string", "number"]},
        },
        "list": _LIST,
        "resource": _RESOURCE,
    },
}
_VALIDATOR = jsonschema_rs.Draft202012Validator(_CONTRACT)


def require_shape(root: Any) -> None:
    """Raise ContractError, naming the place, if a field of a contract is of the wrong kind or one is
    missing; the further ones stand besides.
    """
    raise_first(_misshapen(root))
    raise_first(_misspelt(root, ()))
    _weight(root, ())


def _misshapen(root: Any) -> Iterator[ContractError]:
    """Yield what is of the wrong kind or missing; an error about something missing points to its place."""
    error: Any
    mistyped: set[tuple[str, ...]] = set()
    for error in _VALIDATOR.iter_errors(root):
        place = tuple(str(step) for step in error.instance_path)
        if error.kind.name == "type":
            if place in mistyped:
                continue
            mistyped.add(place)
        message = f"{', '.join(place) or 'the contract'}: {_sentence(error)}"
        yield ContractError(message, (*place, *_named_by(error.kind)))


def _named_by(kind: Any) -> tuple[str, ...]:
    """Return the name of the field that is missing, or must not be there, if an error is about one."""
    if kind.name == "required":
        return (kind.property,)
    name = kind.error.instance if kind.name == "propertyNames" else None
    return (name,) if isinstance(name, str) else ()


def _sentence(error: Any) -> str:
    """Return what is wrong, and what to write instead as far as that can be told."""
    inner = error.kind.error if error.kind.name == "propertyNames" else error
    kind = inner.kind
    if kind.name == "required":
        return f"{shortened(error.message)}; add it"
    if kind.name == "enum":
        known = [str(word) for word in kind.options]
        listed, nearest = ", ".join(known), did_you_mean(str(inner.instance), known)
        return f"{shortened(json.dumps(inner.instance))} is not one of {listed}{nearest}"
    if kind.name == "anyOf" and error.kind.name == "propertyNames":
        nearest = did_you_mean(str(inner.instance), (*KEYWORDS, *_OF_PATHS))
        return f"{shortened(json.dumps(inner.instance))} has no meaning here{nearest}"
    return shortened(inner.message) + (_MEANT.get(kind.pattern, "") if kind.name == "pattern" else "")


def shortened(problem: str) -> str:
    """Return what a validator says in one line, of a long text its end."""
    line = " ".join(problem.split())
    return line if len(line) <= _MAX_SHOWN else "..." + line[-_MAX_SHOWN:]


def _misspelt(node: Any, pointer: tuple[str, ...]) -> Iterator[ContractError]:
    """Yield an error for a name that is nearly one of our x- fields: read as somebody else's, it would say
    nothing.
    """
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from _misspelt(item, (*pointer, str(index)))
    if not isinstance(node, dict):
        return
    for name, inner in node.items():
        if name.startswith("x-") and name not in EXTENSIONS and get_close_matches(name, EXTENSIONS, 1, _NEAR):
            message = (
                f"{', '.join(pointer) or 'the contract'}: {name!r} is not "
                f"read{did_you_mean(name, EXTENSIONS)}"
            )
            yield ContractError(message, (*pointer, name))
        yield from _misspelt(inner, (*pointer, name))


def _weight(node: Any, pointer: tuple[str, ...]) -> tuple[int, int]:
    """Return how many values the smallest that fits can have at most, and how many characters their texts.

    Raises ContractError where that are more than anybody sends, and for a pattern that cannot be used.
    """
    if isinstance(node, list):
        return _sum(_weight(item, (*pointer, str(index))) for index, item in enumerate(node))
    if not isinstance(node, dict):
        return 1, 0
    if isinstance(node.get("pattern"), str):
        _require_pattern(node["pattern"], (*pointer, "pattern"))
    least = node.get("minLength")
    times: dict[str, int] = {
        name: node[least] for name, least in _REPEATED.items() if isinstance(node.get(least), int)
    }
    found = ((max(times.get(name, 1), 1), _weight(inner, (*pointer, name))) for name, inner in node.items())
    values, characters = _sum((count * values, count * characters) for count, (values, characters) in found)
    values, characters = values + 1, characters + (least if isinstance(least, int) else 0)
    if times and values > _MAX_VALUES:
        message = (
            f"minItems and minProperties ask for more than {_MAX_VALUES} values in one body; no "
            f"provider accepts that"
        )
        raise ContractError(message, pointer)
    if characters > _MAX_CHARACTERS:
        raise ContractError(
            f"minLength asks for more than {_MAX_CHARACTERS} characters in all; no provider accepts that",
            pointer,
        )
    return values, characters


def _sum(pairs: Iterable[tuple[int, int]]) -> tuple[int, int]:
    values = characters = 0
    for more, longer in pairs:
        values, characters = values + more, characters + longer
    return values, characters


def _require_pattern(pattern: str, pointer: tuple[str, ...]) -> None:
    """Raise ContractError for a pattern that the validator and Python, which draws texts from it, do not both
    read.
    """
    try:
        with catch_warnings():
            simplefilter("error")
            re.compile(pattern, re.ASCII)
    except (re.error, FutureWarning, DeprecationWarning, OverflowError, RecursionError) as error:
        raise ContractError(
            f"pattern {pattern[:_MAX_SHOWN]!r}: {error}; write one that Python's re reads, too", pointer
        ) from error
