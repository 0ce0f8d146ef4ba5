"""Swagger 2.0 as OpenAPI 3.0 says it.

Sources: Swagger 2.0 and OpenAPI 3.0.3, section by section: Server Object for host, basePath and schemes;
Media Type Object for consumes and produces; Request Body Object for parameters in body and formData.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from roomproof.contract.shape import METHODS

Node = dict[str, Any]
_MOVED = {
    "#/definitions/": "#/components/schemas/",
    "#/parameters/": "#/components/parameters/",
    "#/responses/": "#/components/responses/",
}
_NOT_OF_THE_SCHEMA = frozenset(
    ("name", "in", "required", "description", "collectionFormat", "allowEmptyValue", "schema", "example")
)
_JSON = "application/json"
_FORM, _PARTS = "application/x-www-form-urlencoded", "multipart/form-data"
_METHODS = (*METHODS, "head", "options")
_FLOWS = {"accessCode": "authorizationCode", "application": "clientCredentials"}
_MOST_REFERENCES = 20


def as_openapi_3(root: Mapping[str, Any]) -> Node:
    """Return a document of Swagger 2.0 as one of OpenAPI 3.0; what is malformed stays, for others to tell."""
    return _Document(root).converted()


def swagger_pointer(pointer: tuple[str, ...]) -> tuple[str, ...]:
    """Return where in a document of Swagger 2.0 that stands which a pointer into its conversion leads to."""
    kinds = {"schemas": "definitions", "securitySchemes": "securityDefinitions"}
    if pointer[:1] == ("components",) and len(pointer) > 1:
        return (kinds.get(pointer[1], pointer[1]), *pointer[2:])
    return pointer


class _Document:
    """One document, whose parameters and responses are looked up as they are needed."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root

    def converted(self) -> Node:
        root = self._root
        kept = {key: root[key] for key in ("info", "tags", "security", "externalDocs") if key in root}
        paths = root.get("paths")
        components: Node = {"schemas": _schemas(root.get("definitions"))}
        if isinstance(root.get("securityDefinitions"), dict):
            schemes = root["securityDefinitions"].items()
            components["securitySchemes"] = {name: _scheme(one) for name, one in schemes}
        files = {"x-files": {name: self._file(one) for name, one in _items(root.get("x-files"))}}
        return {
            "openapi": "3.0.3",
            **kept,
            "servers": list(_servers(root)),
            "paths": {path: self._item(item) for path, item in _items(paths)},
            "components": components,
            **(files if "x-files" in root else {}),
        }

    def _file(self, node: Any) -> Any:
        """Return a file beside the document: only its schemas are referred to once all else is replaced."""
        if isinstance(node, dict) and "definitions" in node:
            return {**node, "definitions": _schemas(node["definitions"])}
        return _schema(node)

    def _item(self, item: Any) -> Any:
        item = self._found(item)
        if not isinstance(item, dict):
            return item
        shared = [self._found(one) for one in _list(item.get("parameters"))]
        return {
            method: self._operation(item[method], shared)
            for method in _METHODS
            if isinstance(item.get(method), dict)
        }

    def _operation(self, node: Node, shared: list[Any]) -> Node:
        own = [self._found(one) for one in _list(node.get("parameters"))]
        known = {_key(one) for one in own if isinstance(one, dict)}
        inherited = (one for one in shared if isinstance(one, dict) and _key(one) not in known)
        listed = [*inherited, *own]
        fields = {key: value for key, value in node.items() if key not in ("consumes", "produces", "schemes")}
        consumes = _list(node.get("consumes", self._root.get("consumes"))) or [_JSON]
        body = _request_body(listed, [str(one) for one in consumes])
        produces = [str(one) for one in _list(node.get("produces", self._root.get("produces")))] or [_JSON]
        return {
            **fields,
            "parameters": [
                _parameter(one)
                for one in listed
                if not isinstance(one, dict) or one.get("in") not in ("body", "formData")
            ],
            **({"requestBody": body} if body else {}),
            "responses": {
                str(status): self._response(response, produces)
                for status, response in _items(node.get("responses"))
            },
        }

    def _response(self, node: Any, produces: list[str]) -> Any:
        node = self._found(node)
        if not isinstance(node, dict):
            return node
        response = {key: value for key, value in node.items() if key not in ("schema", "examples", "headers")}
        if "headers" in node:
            response["headers"] = {name: _parameter(one) for name, one in _items(node["headers"])}
        if "schema" in node:
            examples = node["examples"] if isinstance(node.get("examples"), dict) else {}
            media = {"schema": _schema(node["schema"])}
            response["content"] = {
                one: {**media, **({"example": examples[one]} if one in examples else {})} for one in produces
            }
        return response

    def _found(self, node: Any) -> Any:
        """Return a parameter, a response or a path item, a `$ref` followed; one that leads nowhere stays."""
        for _ in range(_MOST_REFERENCES):
            if not isinstance(node, dict) or not isinstance(node.get("$ref"), str):
                return node
            found: Any = self._root
            for step in node["$ref"].removeprefix("#/").split("/"):
                step = step.replace("~1", "/").replace("~0", "~")
                if not isinstance(found, dict) or step not in found:
                    return node
                found = found[step]
            node = found
        return node


def _key(parameter: Node) -> tuple[str, str]:
    """Return what tells a parameter from others, whatever stands there."""
    return str(parameter.get("name")), str(parameter.get("in"))


def _servers(root: Mapping[str, Any]) -> Iterator[Node]:
    host, base = root.get("host"), str(root.get("basePath") or "").rstrip("/")
    schemes = [str(one) for one in _list(root.get("schemes"))] or ["https"]
    if isinstance(host, str) and host:
        yield from ({"url": f"{scheme}://{host}{base}"} for scheme in schemes)
    elif base:
        yield {"url": base}


def _request_body(parameters: list[Any], consumes: list[str]) -> Node:
    """Return the body that parameters describe; an empty one where none does."""
    bodies = [one for one in parameters if isinstance(one, dict) and one.get("in") == "body"]
    if bodies:
        schema = _schema(bodies[0].get("schema", {}))
        told = {key: bodies[0][key] for key in ("description", "required") if key in bodies[0]}
        return {**told, "content": {media: {"schema": schema} for media in consumes}}
    fields = [
        one for one in parameters if isinstance(one, dict) and one.get("in") == "formData" and "name" in one
    ]
    if not fields:
        return {}
    has_file = any(one.get("type") == "file" for one in fields)
    known = [media for media in consumes if media in (_FORM, _PARTS)]
    schema = {
        "type": "object",
        "properties": {str(one["name"]): _own_schema(one) for one in fields},
        **(
            {"required": needed}
            if (needed := [str(one["name"]) for one in fields if one.get("required")])
            else {}
        ),
    }
    media_types = known or [_PARTS if has_file else _FORM]
    required = {"required": True} if "required" in schema else {}
    return {**required, "content": {media: {"schema": schema} for media in media_types}}


def _parameter(node: Any) -> Any:
    """Return a parameter or a header: what it says of its values stands in a schema."""
    if not isinstance(node, dict) or "$ref" in node:
        return _moved(node) if isinstance(node, dict) else node
    told = {key: node[key] for key in ("name", "in", "required", "description", "example") if key in node}
    style: dict[str, Node] = {"multi": {"explode": True}, "ssv": {"style": "spaceDelimited"}}
    usual: Node = {"explode": False} if node.get("type") == "array" else {}
    return {**told, **style.get(str(node.get("collectionFormat")), usual), "schema": _own_schema(node)}


def _own_schema(node: Node) -> Node:
    schema = _schema({key: value for key, value in node.items() if key not in _NOT_OF_THE_SCHEMA})
    described = {"description": node["description"]} if "description" in node else {}
    return {**schema, **described} if node.get("in") == "formData" else schema


def _schemas(node: Any) -> Node:
    return {name: _schema(one) for name, one in _items(node)}


def _schema(node: Any) -> Any:
    """Return a schema in the words of OpenAPI 3.0."""
    if isinstance(node, list):
        return [_schema(item) for item in node]
    if not isinstance(node, dict):
        return node
    schema: Node = {}
    for key, value in node.items():
        if key == "$ref" and isinstance(value, str):
            schema.update(_moved({"$ref": value}))
        elif key == "x-nullable":
            schema["nullable"] = value
        elif key == "discriminator" and isinstance(value, str):
            schema["discriminator"] = {"propertyName": value}
        elif key == "properties" and isinstance(value, dict):
            schema["properties"] = _schemas(value)
        elif key in ("items", "additionalProperties", "allOf", "not"):
            schema[key] = _schema(value)
        else:
            schema[key] = value
    if schema.get("type") == "file":
        return {**schema, "type": "string", "format": "binary"}
    return schema


def _moved(node: Node) -> Node:
    """Return a reference that leads to where its target stands in OpenAPI 3."""
    reference = node.get("$ref")
    if not isinstance(reference, str):
        return node
    for before, after in _MOVED.items():
        if reference.startswith(before):
            return {**node, "$ref": after + reference.removeprefix(before)}
    return node


def _scheme(node: Any) -> Any:
    """Return a security scheme (OpenAPI 3.0.3, Security Scheme Object)."""
    if not isinstance(node, dict) or node.get("type") not in ("basic", "oauth2"):
        return node
    described = {key: node[key] for key in ("description",) if key in node}
    if node["type"] == "basic":
        return {"type": "http", "scheme": "basic", **described}
    flow = str(node.get("flow", "implicit"))
    told = {key: node[key] for key in ("authorizationUrl", "tokenUrl", "scopes") if key in node}
    return {"type": "oauth2", "flows": {_FLOWS.get(flow, flow): told}, **described}


def _items(node: Any) -> list[tuple[str, Any]]:
    return [(str(name), value) for name, value in node.items()] if isinstance(node, dict) else []


def _list(node: Any) -> list[Any]:
    return node if isinstance(node, list) else []
