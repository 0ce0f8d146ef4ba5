"""The shape of a contract: which member is of which kind, as a JSON Schema, so that what reads it can rely on it.

It demands what the package reads and leaves the rest of OpenAPI 3.1 alone.
"""

from __future__ import annotations

import re
from typing import Any
from warnings import catch_warnings, simplefilter

import jsonschema_rs

from roomproof.contract.clause import Level
from roomproof.contract.register import ANNOTATIONS, STRUCTURE, VALUE_KEYWORDS
from roomproof.errors import ContractError

LONGEST = 1_000_000
"""No document asks for longer texts than this at least; a value of the smallest size must be one that can be sent."""
MOST = 1_000
"""No document asks for more items or members than this at least."""
_MAX_SHOWN = 120
_MAX_VALUES = 20_000
_REPEATED = {"items": "minItems", "additionalProperties": "minProperties"}
_TEXT = {"type": "string"}
_WORDS = {"type": "array", "items": _TEXT}
_TEXTS = {"type": "object", "additionalProperties": _TEXT}
_LEVEL = {"enum": [level.value for level in Level]}
_NODE = {"$ref": "#/$defs/schema"}
_BRANCH = {"$ref": "#/$defs/branch"}
_OBJECT = {"allOf": [_NODE, {"type": "object"}]}
_SOURCE = {"$ref": "#/$defs/source"}
_EXTRA = {"allOf": [_BRANCH, {"type": "object", "properties": {"source": _SOURCE}}]}
_NUMBER = {"type": "number"}
_SIZE = {"type": "integer", "minimum": 0}
_FLAG = {"type": "boolean"}
_KNOWN = (*VALUE_KEYWORDS, *STRUCTURE, *ANNOTATIONS)
_SCHEMA = {
    "type": ["object", "boolean"],
    "properties": {
        "type": {"type": ["string", "array"], "items": _TEXT, "minItems": 1},
        "enum": {"type": "array", "minItems": 1},
        **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), _NUMBER),
        "multipleOf": {"type": "number", "exclusiveMinimum": 0},
        "minLength": {**_SIZE, "maximum": LONGEST},
        "minItems": {**_SIZE, "maximum": MOST},
        "minProperties": {**_SIZE, "maximum": MOST},
        **dict.fromkeys(("maxLength", "maxItems", "maxProperties"), _SIZE),
        "pattern": _TEXT,
        "format": _TEXT,
        "uniqueItems": _FLAG,
        "required": {**_WORDS, "uniqueItems": True},
        "properties": {"type": "object", "additionalProperties": _OBJECT},
        **dict.fromkeys(("items", "additionalProperties", "propertyNames"), _NODE),
        "not": _BRANCH,
        **{branches: {"type": "array", "minItems": 1, "items": _BRANCH} for branches in ("anyOf", "oneOf", "allOf")},
        "x-source": _SOURCE,
        "x-levels": {"type": "object", "additionalProperties": _LEVEL},
        "x-observed": _EXTRA,
        "x-sample": _EXTRA,
        "x-unsettled": {"type": "object", "required": ["reason", "schema"], "properties": {"reason": _TEXT, "schema": _BRANCH}},
        "x-unsettled-order": {"type": "object", "required": ["reason", "members"], "properties": {"reason": _TEXT, "members": _WORDS}},
    },
}
_CONTENT = {
    "type": "object",
    "additionalProperties": {"type": "object", "required": ["schema"], "properties": {"schema": _OBJECT}},
}
_BODY = {
    "type": "object",
    "required": ["schema"],
    "properties": {"schema": {"allOf": [_NODE, {"type": "object", "required": ["type"], "properties": {"type": {"const": "object"}}}]}},
}
_PARAMETER = {
    "type": "object",
    "required": ["name", "in", "schema"],
    "properties": {
        "name": _TEXT,
        "in": {"enum": ["path", "query", "header", "cookie"]},
        "required": _FLAG,
        "schema": _OBJECT,
    },
}
_RESPONSE = {
    "type": "object",
    "required": ["description"],
    "properties": {
        "description": _TEXT,
        "x-when": _TEXT,
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
_BEHAVIOUR: dict[str, Any] = {
    "type": "object",
    "properties": {
        "rule": _TEXT,
        "demands": _TEXT,
        "path": _TEXT,
        "fields": {"anyOf": [{"const": "all"}, _WORDS]},
        "with": {"type": "object", "properties": {"each": _TEXT}},
    },
}
_DAYS = {"type": "number", "minimum": -36_500, "maximum": 36_500}
_OPTIONS: dict[str, dict[str, Any]] = {
    "default-from": {"from": _TEXT},
    "default-now": {"plus-days": _DAYS, "created": _TEXT},
    "window": {"from": _TEXT, "until": _TEXT, "max-days": {**_DAYS, "minimum": 1}},
    "replayed-once": {"id": _TEXT, "first-sent": _TEXT},
    "pair-required": {"id": _TEXT, "first-sent": _TEXT},
    "listed-echo": {"call": _TEXT, "member": _TEXT},
    "listed-default": {"call": _TEXT, "member": _TEXT, "default": {}},
    "read-after-write": {"within-seconds": {"type": "number", "minimum": 0, "maximum": 3600}},
}
"""What a behaviour of a rule needs under `with`."""
_BEHAVIOUR["allOf"] = [
    {
        "if": {"properties": {"rule": {"const": rule}}, "required": ["rule"]},
        "then": {"required": ["with"], "properties": {"with": {"required": list(options), "properties": options}}},
    }
    for rule, options in _OPTIONS.items()
]
_OPERATION = {
    "type": "object",
    "required": ["operationId", "requestBody", "responses"],
    "properties": {
        "operationId": {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"},
        "parameters": {"type": "array", "items": _PARAMETER},
        "requestBody": {
            "type": "object",
            "required": ["content"],
            "properties": {"required": _FLAG, "content": {**_CONTENT, "minProperties": 1, "additionalProperties": _BODY}},
        },
        "responses": {
            "type": "object",
            "propertyNames": {"pattern": "^([1-5][0-9][0-9]|default)$"},
            "additionalProperties": _RESPONSE,
        },
        "x-behaviours": {"type": "array", "items": _BEHAVIOUR},
    },
}
_CALL = {
    "type": "object",
    "required": ["method", "path"],
    "properties": {
        "method": {"enum": ["GET", "PUT", "POST", "DELETE", "PATCH"]},
        "path": {"type": "string", "pattern": "^/"},
        "media-type": _TEXT,
        "with": {"type": "object", "required": ["key"], "properties": {"at": _WORDS, "key": _TEXT}},
    },
}
_CONTRACT = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["info"],
    "properties": {
        "info": {"type": "object", "required": ["version"], "properties": {"version": {"type": ["string", "number"]}}},
        "servers": {
            "type": "array",
            "minItems": 1,
            "items": {"type": "object", "required": ["url"], "properties": {"url": _TEXT, "x-environment": _TEXTS}},
        },
        "paths": {
            "type": "object",
            "propertyNames": {"pattern": "^/"},
            "additionalProperties": {
                "type": "object",
                "properties": {
                    "parameters": {"type": "array", "items": _PARAMETER},
                    **dict.fromkeys(("get", "put", "post", "delete", "patch"), _OPERATION),
                },
            },
        },
        "security": {"type": "array", "items": {"type": "object"}},
        "components": {
            "type": "object",
            "properties": {"securitySchemes": {"type": "object", "additionalProperties": {"type": "object"}}},
        },
        "x-provider": {"type": "string", "pattern": "^[a-z][a-z0-9-]*$"},
        "x-room": {
            "type": "object",
            "required": ["parameter", "id"],
            "properties": {"parameter": _TEXT, "id": _TEXT, "at": _WORDS},
        },
        "x-credentials": {
            "type": "object",
            "required": ["scheme", "environment"],
            "properties": {"scheme": _TEXT, "environment": _TEXTS},
        },
        "x-support": {"type": "object", "additionalProperties": _CALL},
    },
    "$defs": {
        "schema": _SCHEMA,
        "branch": {"allOf": [_NODE], "propertyNames": {"anyOf": [{"enum": [*_KNOWN, "source"]}, {"pattern": "^x-"}]}},
        "source": {"type": "object", "additionalProperties": {"type": ["string", "number"]}},
    },
}
_VALIDATOR = jsonschema_rs.Draft202012Validator(_CONTRACT)


def require_shape(root: Any) -> None:
    """Raise ContractError, naming the place, if a member of a contract is of the wrong kind or one is missing."""
    error = next(_VALIDATOR.iter_errors(root), None)
    if error is not None:
        place = ", ".join(str(step) for step in error.instance_path) or "the contract"
        problem = " ".join(error.message.split())
        raise ContractError(f"{place}: {problem if len(problem) <= _MAX_SHOWN else '...' + problem[-_MAX_SHOWN:]}")
    _weight(root)


def _weight(node: Any) -> int:
    """Return how many values the smallest that fits can have at most.

    Raises ContractError where that are more than anybody sends, and for a pattern that cannot be used.
    """
    if isinstance(node, list):
        return sum(map(_weight, node))
    if not isinstance(node, dict):
        return 1
    if isinstance(node.get("pattern"), str):
        _require_pattern(node["pattern"])
    times: dict[str, int] = {name: node[least] for name, least in _REPEATED.items() if isinstance(node.get(least), int)}
    weight = 1 + sum(max(times.get(name, 1), 1) * _weight(inner) for name, inner in node.items())
    if times and weight > _MAX_VALUES:
        raise ContractError(f"minItems and minProperties ask for more than {_MAX_VALUES} values in one body; no provider takes that")
    return weight


def _require_pattern(pattern: str) -> None:
    """Raise ContractError for a pattern that the validator and Python, which draws texts from it, do not both read."""
    try:
        with catch_warnings():
            simplefilter("error")
            re.compile(pattern, re.ASCII)
    except (re.error, FutureWarning, DeprecationWarning, OverflowError, RecursionError) as error:
        raise ContractError(f"pattern {pattern[:_MAX_SHOWN]!r}: {error}; write one that Python's re reads, too") from error
