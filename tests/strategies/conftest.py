"""What the tests of strategies share: the reference validator, which is not the one the strategies use, and
schemas to try.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.validators import extend

from roomproof.contract.formats import FORMATS

CONTRACTS = Path(__file__).parents[2] / "contracts"
Schema = Mapping[str, Any]
Aim = tuple[tuple[str, ...], str]

SCHEMAS: dict[str, Schema] = {
    "integer": {"properties": {"n": {"type": "integer", "minimum": 2, "maximum": 50, "default": 26}}},
    "integer-open": {"properties": {"n": {"type": "integer", "maximum": 30, "x-observed": {"minimum": 0}}}},
    "integer-exclusive": {
        "properties": {"n": {"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 9}}
    },
    "integer-wide": {"properties": {"n": {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1}}},
    "integer-multiple": {
        "properties": {"n": {"type": "integer", "multipleOf": 5, "minimum": 5, "maximum": 100}}
    },
    "number": {"properties": {"n": {"type": "number", "minimum": 0.5, "exclusiveMaximum": 9.5}}},
    "number-multiple": {
        "properties": {"n": {"type": "number", "multipleOf": 0.25, "minimum": 0, "maximum": 3}}
    },
    "text": {"properties": {"s": {"type": "string", "minLength": 2, "maxLength": 40}}},
    "text-long": {"properties": {"s": {"type": "string", "maxLength": 3000}}},
    "text-from": {"properties": {"s": {"type": "string", "minLength": 150, "maxLength": 200}}},
    "text-free": {
        "properties": {
            "s": {"type": "string", "x-unsettled": {"reason": "no length", "schema": {"minLength": 129}}}
        }
    },
    "text-empty": {"properties": {"s": {"type": "string", "maxLength": 0}}},
    "pattern": {"properties": {"s": {"type": "string", "pattern": "^[A-Za-z0-9_-]+$", "maxLength": 100}}},
    "pattern-loose": {"properties": {"s": {"type": "string", "pattern": "[a-z]{2}"}}},
    "enum": {
        "properties": {
            "s": {"type": "string", "enum": ["Presenter", "Attendee", "Consumer"], "default": "Attendee"}
        }
    },
    "enum-mixed": {"properties": {"s": {"enum": ["a", 1, None]}}},
    "const": {"properties": {"s": {"const": "room"}}},
    "boolean": {"properties": {"b": {"type": "boolean", "default": False}}},
    "nullable": {
        "properties": {
            "n": {"type": ["integer", "null"], "minimum": 0, "maximum": 30},
            "s": {"type": ["string", "null"]},
        }
    },
    "formats": {
        "properties": {
            name: {"type": "string", "format": name}
            for name in ("date-time", "date", "uuid", "uri", "http-date")
        },
        "required": ["uuid"],
    },
    "uri-long": {"properties": {"u": {"type": "string", "format": "uri", "maxLength": 2048}}},
    "uri-settled": {
        "properties": {
            "u": {
                "type": ["string", "null"],
                "format": "uri",
                "x-unsettled": {
                    "reason": "other schemes, long ones, none",
                    "schema": {
                        "anyOf": [
                            {"const": ""},
                            {"type": "string", "not": {"pattern": "^https?://"}},
                            {"type": "string", "minLength": 256},
                        ]
                    },
                },
            }
        }
    },
    "any-of": {
        "properties": {"t": {"type": "string", "anyOf": [{"format": "date-time"}, {"format": "date"}]}}
    },
    "one-of": {
        "properties": {"o": {"oneOf": [{"type": "integer", "minimum": 0, "maximum": 9}, {"type": "null"}]}}
    },
    "all-of": {
        "properties": {"n": {"allOf": [{"type": "integer", "minimum": 3}, {"maximum": 700, "minimum": 1}]}}
    },
    "not": {"properties": {"s": {"type": "string", "maxLength": 20, "not": {"const": "admin"}}}},
    "array": {
        "properties": {
            "a": {
                "type": "array",
                "items": {"type": "integer", "minimum": 0, "maximum": 9},
                "minItems": 1,
                "maxItems": 4,
            }
        }
    },
    "array-unique": {
        "properties": {
            "a": {"type": "array", "items": {"type": "string", "maxLength": 9}, "uniqueItems": True}
        }
    },
    "array-objects": {
        "properties": {
            "codes": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["code", "role"],
                    "properties": {
                        "code": {"type": "string", "pattern": "^[0-9]+$"},
                        "role": {"type": "string", "enum": ["host", "listener"]},
                    },
                },
            }
        }
    },
    "map": {
        "properties": {
            "m": {
                "type": "object",
                "minProperties": 1,
                "maxProperties": 3,
                "propertyNames": {"pattern": "^[a-z]{3,6}$"},
                "additionalProperties": {
                    "type": "object",
                    "properties": {"role": {"type": "string", "enum": ["host", "guest"]}},
                },
            }
        }
    },
    "map-beside": {
        "properties": {
            "m": {
                "type": "object",
                "properties": {"id": {"type": "integer"}},
                "additionalProperties": {"type": "integer", "maximum": 5},
            }
        }
    },
    "map-nullable": {
        "properties": {
            "m": {"type": ["object", "null"], "additionalProperties": {"type": "integer", "maximum": 5}},
            "o": {"type": ["object", "null"], "required": ["a"], "properties": {"a": {"type": "integer"}}},
        }
    },
    "some-of": {"properties": {name: {"type": "integer"} for name in "abc"}, "minProperties": 2},
    "closed": {
        "properties": {"a": {"type": "boolean"}, "b": {"type": "integer"}},
        "additionalProperties": False,
        "required": ["a"],
    },
    "required": {"properties": {name: {"type": "string"} for name in "abc"}, "required": ["a", "c"]},
    "not-empty": {
        "properties": {"a": {"type": "boolean"}},
        "x-unsettled": {"reason": "empty", "schema": {"maxProperties": 0}},
    },
    "nested": {
        "properties": {
            "o": {
                "type": "object",
                "properties": {
                    "p": {"type": "object", "required": ["q"], "properties": {"q": {"type": "integer"}}}
                },
            }
        }
    },
    "true-false": {"properties": {"any": True, "never": False}},
}
SCHEMAS = {name: {"type": "object", **schema} for name, schema in SCHEMAS.items()}


def _resolved(node: Any, root: Any) -> Any:
    if isinstance(node, list):
        return [_resolved(item, root) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        target = root
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        return _resolved({**target, **{key: value for key, value in node.items() if key != "$ref"}}, root)
    return {key: _resolved(value, root) for key, value in node.items()}


def _contract_schemas() -> Iterator[tuple[str, Schema]]:
    for file in sorted(CONTRACTS.glob("*/openapi.yaml")):
        root = yaml.safe_load(file.read_text(encoding="utf-8"))
        for item in root["paths"].values():
            for method in sorted(item.keys() & {"post", "put", "patch"}):
                content = next(iter(item[method]["requestBody"]["content"].values()))
                # What no document describes is sent as its example has it.
                if "properties" not in _resolved(content["schema"], root):
                    continue
                yield f"{file.parent.name}-{item[method]['operationId']}", _resolved(content["schema"], root)


BODIES = dict(_contract_schemas())


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for name, schemas in (("any_schema", {**SCHEMAS, **BODIES}), ("body_schema", BODIES)):
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, schemas.values(), ids=schemas.keys())


def _pattern(_validator: Any, pattern: str, value: Any, _schema: Any) -> Iterator[ValidationError]:
    # ECMA-262, as JSON Schema asks: `$` does not match before a last newline.
    python = re.sub(r"(?<!\\)\$", r"\\Z", pattern)
    if isinstance(value, str) and not re.search(python, value, re.ASCII):
        yield ValidationError("pattern")


Reference = extend(Draft202012Validator, {"pattern": _pattern})


def _formats() -> FormatChecker:
    checker = FormatChecker(formats=())
    for name, holds in FORMATS.items():
        checker.checks(name)(lambda value, holds=holds: not isinstance(value, str) or holds(value))
    return checker


CHECKER = _formats()


def _aims(schema: Schema, body: Any) -> set[Aim]:
    found = [
        aim
        for error in Reference(schema, format_checker=CHECKER).iter_errors(body)
        for aim in _aims_of(error)
    ]
    mistyped = {path for path, rule in found if rule in ("type", "null")}
    return {aim for aim in found if aim[1] in ("type", "null") or aim[0] not in mistyped}


def _aims_of(error: ValidationError) -> list[Aim]:
    steps = [str(step) for step in error.absolute_schema_path]
    keyword = re.sub(
        "([A-Z])", r"-\1", steps[-1] if error.validator is None else str(error.validator)
    ).lower()
    path = tuple(_words(steps[:-1]))
    if keyword == "required":
        return [((*path, name), keyword) for name in error.validator_value if name not in error.instance]
    return [(path, "null" if error.instance is None else keyword)]


def _words(steps: list[str]) -> Iterator[str]:
    walk = iter(steps)
    for step in walk:
        if step == "properties":
            yield next(walk)
        elif step in ("items", "additionalProperties", "propertyNames"):
            yield {"items": "items", "additionalProperties": "values", "propertyNames": "keys"}[step]


@pytest.fixture(scope="session")
def aims() -> Callable[[Schema, Any], set[Aim]]:
    """What a body breaks, as (path, rule), by jsonschema's word; where the type is wrong, nothing else is
    counted.
    """
    return _aims


@pytest.fixture(scope="session")
def fits() -> Callable[[Any, Any], bool]:
    """Whether a value matches a schema, by jsonschema's word."""
    return lambda schema, value: bool(Reference(schema, format_checker=CHECKER).is_valid(value))


@pytest.fixture(scope="session")
def sample_schemas() -> Mapping[str, Schema]:
    return SCHEMAS


@pytest.fixture(scope="session")
def contract_bodies() -> Mapping[str, Schema]:
    """The body schemas of the bundled contracts, by provider and operation."""
    return BODIES
