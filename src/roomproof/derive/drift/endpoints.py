"""The operations of a specification, each with its parameters, its body, its responses and its security."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice, product
from typing import Any
from urllib.parse import urlsplit

from roomproof.derive.drift.shape import Shapes
from roomproof.derive.drift.stated import Schema
from roomproof.derive.drift.steps import step_into

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_PARAMETER = re.compile(r"\{[^{}]*\}|(?<=/):[^/]+")
_NO_PARAMETERS = frozenset(("accept", "content-type", "authorization"))
"""Headers that are no parameters, whatever a specification says (OpenAPI 3.1, Parameter Object)."""
_STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}
_MOST_ADDRESSES = 64
_BINARY = frozenset(("application/octet-stream", "application/pdf", "application/zip", "application/gzip"))
Alternative = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class EndpointParameter:
    """A parameter, or a response's header; `label` is what the document calls it, `name` that of a path is
    its position. `style` is how a list or an object is written, None where the value is neither.
    """

    name: str
    carrier: str
    required: bool
    schema: Schema
    style: tuple[str, bool] | None
    label: str


@dataclass(frozen=True)
class EndpointResponse:
    """The response of one status: its schemas by media type, None where it has no body, and its headers."""

    content: Mapping[str, Schema]
    headers: Mapping[str, EndpointParameter] = field(default_factory=dict)


@dataclass(frozen=True)
class Endpoint:
    """An operation: `path` has `{}` for each parameter; `server` is the path of the server's address, and
    `servers` are those of all its addresses.

    `security` are the ways to prove who asks, any of which is enough, each a set of schemes with scopes. It
    is empty where nothing is needed, and None where a scheme is not described.
    """

    method: str
    path: str
    server: str
    parameters: Mapping[tuple[str, str], EndpointParameter]
    body: Mapping[str, Schema]
    body_required: bool
    responses: Mapping[str, EndpointResponse]
    security: frozenset[Alternative] | None
    deprecated: bool
    shown_path: str
    servers: frozenset[str] = frozenset()


def without_names(path: str) -> str:
    """Return a path with `{}` in the place of each parameter, however it is called and written."""
    return _PARAMETER.sub("{}", path).rstrip("/") or "/"


def endpoints(root: Mapping[str, Any], shapes: Shapes) -> Iterator[Endpoint]:
    """Yield the operations of a document of OpenAPI 3; what is malformed is as if it were not there."""
    paths = root.get("paths")
    for path, item in paths.items() if isinstance(paths, Mapping) else ():
        item = shapes.found(item)
        if not isinstance(item, Mapping):
            continue
        for method in METHODS:
            node = item.get(method)
            if isinstance(node, Mapping):
                yield _endpoint(root, shapes, method, path, item, node)


def _endpoint(
    root: Mapping[str, Any], shapes: Shapes, method: str, path: str, item: Schema, node: Schema
) -> Endpoint:
    parameters = {
        (one.carrier, one.name.lower() if one.carrier == "header" else one.name): one
        for listed in (item.get("parameters"), node.get("parameters"))
        for one in _parameters(listed, path, shapes)
    }
    body = shapes.found(node.get("requestBody"))
    body = body if isinstance(body, Mapping) else {}
    responses = node.get("responses")
    servers = _servers(node) or _servers(item) or _servers(root)
    return Endpoint(
        method.upper(),
        without_names(path),
        servers[0] if servers else "",
        parameters,
        _content(body),
        body.get("required") is True,
        {
            str(status).upper() if str(status) != "default" else "default": _response(
                shapes.found(one), shapes
            )
            for status, one in (responses.items() if isinstance(responses, Mapping) else ())
        },
        _security(root, node, shapes),
        node.get("deprecated") is True,
        path,
        frozenset(servers),
    )


def _servers(node: Mapping[str, Any]) -> list[str]:
    """Return the paths of the addresses that a node names."""
    listed = node.get("servers")
    every = listed if isinstance(listed, list) else []
    return [path for one in every if isinstance(one, Mapping) for path in _paths_of_server(one)]


def _paths_of_server(node: Mapping[str, Any]) -> Iterator[str]:
    """Yield the paths of an address, that of the default values of its variables first."""
    url, variables = str(node.get("url", "")), node.get("variables")
    listed = [
        [(str(name), str(value)) for value in _values_of(told)]
        for name, told in (variables.items() if isinstance(variables, Mapping) else ())
        if "{" + str(name) + "}" in url and _values_of(told)
    ]
    for values in islice(product(*listed), _MOST_ADDRESSES):
        whole = url
        for name, value in values:
            whole = whole.replace("{" + name + "}", value)
        yield _path_of(whole)


def _values_of(variable: Any) -> list[Any]:
    """Return the values of a variable, the default first, none where that is not told."""
    if not isinstance(variable, Mapping) or "default" not in variable:
        return []
    listed = variable.get("enum")
    return [variable["default"], *(listed if isinstance(listed, list) else ())]


def _path_of(url: str) -> str:
    try:
        return urlsplit(url).path.rstrip("/") if "{" not in url.partition("://")[0] else ""
    except ValueError:
        return ""


def _parameters(listed: Any, path: str, shapes: Shapes) -> Iterator[EndpointParameter]:
    names = re.findall(r"\{([^{}]*)\}|(?<=/):([^/]+)", path)
    positions = {first or second: str(number) for number, (first, second) in enumerate(names, 1)}
    for item in listed if isinstance(listed, list) else ():
        one = shapes.found(item)
        if not isinstance(one, Mapping) or "name" not in one or "in" not in one:
            continue
        name, carrier = str(one["name"]), str(one["in"])
        if carrier == "header" and name.lower() in _NO_PARAMETERS:
            continue
        if carrier == "path" and name not in positions:
            continue  # No part of the path is called so.
        position = positions[name] if carrier == "path" else name
        yield from _written_apart(_parameter(position, carrier, one, shapes), shapes)


def _written_apart(parameter: EndpointParameter, shapes: Shapes) -> Iterator[EndpointParameter]:
    """Yield the parameters that a request really has: each field of an object is one by itself where it is
    written `filter[name]=`, or `name=` (OpenAPI 3.1, Style Values: deepObject, and form with explode).
    """
    fields = shapes.of(parameter.schema).fields
    is_deep = parameter.style is not None and parameter.style[0] == "deepObject"
    if not fields or not (is_deep or (parameter.carrier == "query" and parameter.style == ("form", True))):
        yield parameter
        return
    needed = shapes.of(parameter.schema).required if parameter.required else frozenset()
    for name, schemas in fields.items():
        whole = f"{parameter.name}[{name}]" if is_deep else name
        schema = schemas[0] if len(schemas) == 1 else {"allOf": list(schemas)}
        style = parameter.style if shapes.of(schema).fields and is_deep else None
        inner = EndpointParameter(whole, parameter.carrier, name in needed, schema, style, whole)
        yield from _written_apart(inner, shapes) if is_deep else (inner,)


def _parameter(name: str, carrier: str, node: Schema, shapes: Shapes) -> EndpointParameter:
    schema = node.get("schema")
    if not isinstance(schema, Mapping):
        schema = next(iter(_content(node).values()), {})
    style = str(node.get("style", _STYLES.get(carrier, "simple")))
    types = shapes.of(schema).types or frozenset()
    is_composed = bool(types & {"array", "object"})
    told = (style, bool(node.get("explode", style == "form"))) if is_composed else None
    required = carrier == "path" or node.get("required") is True
    return EndpointParameter(name, carrier, required, schema, told, str(node.get("name", name)))


def _content(node: Schema) -> dict[str, Schema]:
    content = node.get("content")
    found: dict[str, Schema] = {}
    for media, one in content.items() if isinstance(content, Mapping) else ():
        schema = one.get("schema") if isinstance(one, Mapping) else None
        name = str(media).partition(";")[0].strip().lower()
        found[name] = schema if isinstance(schema, Mapping) and not _is_binary(name) else {}
    return found


def _is_binary(media: str) -> bool:
    """Whether a body of a media type has no values that a schema could speak of; what a document says of
    such a body is another way to say so (OpenAPI 3.1, Considerations for File Uploads).
    """
    kind = media.partition("/")[0]
    return kind in ("audio", "image", "video", "font") or media in _BINARY


def _response(node: Any, shapes: Shapes) -> EndpointResponse:
    node = node if isinstance(node, Mapping) else {}
    headers = node.get("headers")
    return EndpointResponse(
        _content(node),
        {
            str(name).lower(): _parameter(str(name).lower(), "header", shapes.found(one), shapes)
            for name, one in (headers.items() if isinstance(headers, Mapping) else ())
            if isinstance(shapes.found(one), Mapping) and str(name).lower() != "content-type"
        },
    )


def _security(root: Mapping[str, Any], node: Schema, shapes: Shapes) -> frozenset[Alternative] | None:
    told = node.get("security", root.get("security"))
    schemes = step_into(root.get("components"), "securitySchemes")
    schemes = schemes if isinstance(schemes, Mapping) else {}
    found: set[Alternative] = set()
    for one in told if isinstance(told, list) else ():
        named = one.items() if isinstance(one, Mapping) else ()
        if any(name not in schemes for name, _ in named):
            return None
        found.add(
            frozenset(
                (
                    _scheme(str(name), shapes.found(schemes.get(name))),
                    " ".join(sorted(map(str, scopes if isinstance(scopes, list) else ()))),
                )
                for name, scopes in named
            )
        )
    return frozenset() if found == {frozenset()} else frozenset(found)


def _scheme(name: str, node: Any) -> str:
    """Return what a security scheme means, whatever it is called."""
    if not isinstance(node, Mapping):
        return name
    words = (node.get("type"), node.get("scheme"), node.get("in"), node.get("name"))
    return " ".join(str(word).lower() for word in words if word) or name
