"""One dialect for what is read: OpenAPI 3.0 as 3.1 says it, each schema as its side of an exchange means it.

A field that is `readOnly` is not to be sent: a request schema does not have it, and a request with it is
open, since a server may ignore or reject it (JSON Schema 2020-12, Validation, 9.4). One that is `writeOnly`
need not be in a response. Other sources: OpenAPI 3.0.3, 4.7.24.1 (`nullable`); JSON Schema Wright-00,
Validation, 5.3 and 5.5 (`exclusiveMaximum` and `exclusiveMinimum`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from roomproof.contract.clause import HOLDERS
from roomproof.contract.keywords import BRANCHES
from roomproof.contract.shape import METHODS

_ONE = (*HOLDERS.values(), "not", "x-observed", "x-sample")
_NAMES = frozenset(("$anchor", "$defs", "$id", "$schema", "definitions"))
"""What names a schema, which nobody asks for once every `$ref` is replaced."""
_VALUES = (*BRANCHES, "const", "enum", "not")
_BOUNDS = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}
READ_ONLY = "x-read-only"
"""Where a request schema keeps the names of the fields that it leaves out: no schema is closed to them."""
_OPEN = "it holds a field that is read-only, which a server may ignore or reject"
_NO_NULL = "it is nullable, but its values do not say that null is one of them"

Node = dict[str, Any]
Change = Callable[[Node], Node]


def in_one_dialect(root: Any) -> Any:
    """Return a document without references with its schemas as OpenAPI 3.1 has them; what is none stays."""
    if not isinstance(root, dict):
        return root
    return {
        **root,
        **{where: _each(root[where], _path_item) for where in ("paths", "x-observed-paths") if where in root},
    }


def _path_item(item: Node) -> Node:
    operations = {name: _operation(item[name]) for name in METHODS if isinstance(item.get(name), dict)}
    return {**item, **operations, **_parameters(item)}


def _operation(node: Node) -> Node:
    changed = {**node, **_parameters(node)}
    if isinstance(node.get("requestBody"), dict):
        changed["requestBody"] = _content(node["requestBody"], _as_sent)
    if "responses" in node:
        changed["responses"] = _each(node["responses"], _response)
    return changed


def _response(node: Node) -> Node:
    changed = _content(node, _as_answered)
    if "headers" in node:
        changed["headers"] = _each(node["headers"], lambda header: _of(header, _plain))
    return changed


def _parameters(node: Node) -> Node:
    listed = node.get("parameters")
    if not isinstance(listed, list):
        return {}
    return {"parameters": [_of(item, _plain) if isinstance(item, dict) else item for item in listed]}


def _content(node: Node, change: Change) -> Node:
    changed = _each(node.get("content"), lambda media: _of(media, change))
    return {**node, "content": changed} if "content" in node else dict(node)


def _of(node: Node, change: Change) -> Node:
    """Return a node with its schema changed, and every schema in it."""
    return {**node, "schema": _changed(node["schema"], change)} if "schema" in node else node


def _each(node: Any, change: Change) -> Any:
    """Return an object whose fields are changed; anything else stays, for others to reject."""
    if not isinstance(node, dict):
        return node
    return {name: change(field) if isinstance(field, dict) else field for name, field in node.items()}


def _changed(schema: Any, change: Change) -> Any:
    if not isinstance(schema, dict):
        return schema
    inner: Node = {key: _changed(schema[key], change) for key in _ONE if key in schema}
    for key in BRANCHES:
        if isinstance(schema.get(key), list):
            inner[key] = [_changed(branch, change) for branch in schema[key]]
    if isinstance(schema.get("properties"), dict):
        fields = schema["properties"].items()
        inner["properties"] = {name: _changed(field, change) for name, field in fields}
    if isinstance(schema.get("x-unsettled"), dict):
        inner["x-unsettled"] = _of(schema["x-unsettled"], change)
    return change({**schema, **inner})


def _plain(schema: Node) -> Node:
    """Return a schema in keywords of 3.1 alone."""
    plain = {key: value for key, value in schema.items() if key not in _NAMES}
    for exclusive, inclusive in _BOUNDS.items():
        if isinstance(plain.get(exclusive), bool):
            strict = plain.pop(exclusive)
            if strict and inclusive in plain:
                plain[exclusive] = plain.pop(inclusive)
    return _nullable(plain) if plain.pop("nullable", False) is True else plain


def _nullable(schema: Node) -> Node:
    if "type" in schema:
        types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        schema = {**schema, "type": types if "null" in types else [*types, "null"]}
        if None in schema.get("enum", (None,)):
            return schema
        return _unsettled({**schema, "enum": [*schema["enum"], None]}, {"type": "null"}, _NO_NULL)
    values = {key: schema[key] for key in _VALUES if key in schema}
    if not values:
        return schema
    rest = {key: value for key, value in schema.items() if key not in values}
    return _unsettled({**rest, "anyOf": [{"type": "null"}, values]}, {"type": "null"}, _NO_NULL)


def _as_sent(schema: Node) -> Node:
    """Return a schema of a request: without the fields that are read-only."""
    schema = _plain(schema)
    read_only = _fields(schema, "readOnly")
    if not read_only:
        return schema
    fields = {name: field for name, field in schema["properties"].items() if name not in read_only}
    branches = [{"required": [name]} for name in read_only]
    kept = _without_required({**schema, "properties": fields, READ_ONLY: read_only}, read_only)
    return _unsettled(kept, {"type": "object", "anyOf": branches}, _OPEN)


def _as_answered(schema: Node) -> Node:
    """Return a schema of a response: no field is demanded that is write-only."""
    schema = _plain(schema)
    return _without_required(schema, _fields(schema, "writeOnly"))


def _fields(schema: Mapping[str, Any], keyword: str) -> list[str]:
    fields = schema.get("properties")
    listed = fields.items() if isinstance(fields, dict) else ()
    return [name for name, field in listed if isinstance(field, dict) and field.get(keyword) is True]


def _without_required(schema: Node, fields: list[str]) -> Node:
    required = schema.get("required")
    if not isinstance(required, list) or not fields:
        return schema
    return {**schema, "required": [name for name in required if name not in fields]}


def _unsettled(schema: Node, region: Node, reason: str) -> Node:
    """Return a schema for which a region is open besides what was open before."""
    before = schema.get("x-unsettled")
    if isinstance(before, dict) and "schema" in before:
        region = {"anyOf": [before["schema"], region]}
        reason = f"{before.get('reason')}; {reason}"
    return {**schema, "x-unsettled": {"reason": reason, "schema": region}}
