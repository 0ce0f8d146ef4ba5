"""A specification as statements: one a parameter, a response, a property; one for all of what is not ours."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from roomproof.derive.specification import Specification
from roomproof.derive.statements.statement import Form, StatedDocument, Statement, digest_of, numbered

LAYOUT = "openapi"
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_PARAMETER = re.compile(r"\{[^}]*\}")
_LOCAL = "#/components/"
Calls = Collection[tuple[str, str]]
"""Methods in capitals, each with a path whose parameters may have any name."""


def stated_specification(specification: Specification, calls: Calls) -> StatedDocument:
    """Return what a specification says of some calls, and of the components that these reach.

    Any other operation is one statement, so that a change of it is told; a specification without operations
    is a collection of components, and all of them count.
    """
    statements = numbered(_statements(specification.root, calls))
    digest = digest_of(_text(specification.root))
    return StatedDocument(specification.name, LAYOUT, specification.title, statements, digest)


def _statements(root: Mapping[str, Any], calls: Calls) -> Iterator[Statement]:
    for name in ("info", "servers", "security"):
        if name in root:
            yield _said((name,), "", root[name])
    ours: list[Any] = []
    operations = list(_operations(root))
    for method, path, operation in operations:
        if _is_ours(method, path, calls):
            ours.append(operation)
            yield from _of_operation((f"{method} {path}",), operation)
        else:
            yield _said((f"{method} {path}",), "", operation)
    components = _mapping(root.get("components"))
    reached = _reached(ours, root) if operations else [*_all_of(components)]
    for kind, name in dict.fromkeys(
        (*reached, *(("securitySchemes", one) for one in _mapping(components.get("securitySchemes"))))
    ):
        node = _mapping(components.get(kind)).get(name)
        if node is not None:
            yield from _of_component(("components", kind, name), node)


def _operations(root: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, item in _mapping(root.get("paths")).items():
        shared = _mapping(item).get("parameters")
        for method, operation in _mapping(item).items():
            if method in _METHODS and isinstance(operation, Mapping):
                own = operation.get("parameters")
                every = [
                    *(shared if isinstance(shared, list) else []),
                    *(own if isinstance(own, list) else []),
                ]
                yield method.upper(), str(path), {**operation, **({"parameters": every} if every else {})}


def _is_ours(method: str, path: str, calls: Calls) -> bool:
    plain = _PARAMETER.sub("{}", path)
    return any(
        method == ours and (plain.endswith(other) or other.endswith(plain))
        for ours, other in ((one.upper(), _PARAMETER.sub("{}", way)) for one, way in calls)
    )


def _of_operation(section: tuple[str, ...], operation: Mapping[str, Any]) -> Iterator[Statement]:
    rest = {
        name: value
        for name, value in operation.items()
        if name not in ("parameters", "responses", "requestBody")
    }
    yield _said(section, "", rest)
    for parameter in operation.get("parameters", []):
        node = _mapping(parameter)
        yield _said(
            section, str(node.get("name") or str(node.get("$ref", "?")).rpartition("/")[2]), parameter
        )
    if "requestBody" in operation:
        yield _said(section, "requestBody", operation["requestBody"])
    for status, response in _mapping(operation.get("responses")).items():
        yield _said(section, str(status), response)


def _of_component(section: tuple[str, ...], node: Any) -> Iterator[Statement]:
    properties = _mapping(_mapping(node).get("properties"))
    rest = {name: value for name, value in node.items() if name != "properties"} if properties else node
    yield _said(section, "", rest)
    for name, value in properties.items():
        yield _said(section, str(name), value)


def _said(section: tuple[str, ...], subject: str, node: Any) -> Statement:
    return Statement(section, subject, Form.KEYWORD, _text(node), (), {})


def _text(node: Any) -> str:
    return json.dumps(node, sort_keys=True, ensure_ascii=False, default=str)


def _reached(nodes: Iterable[Any], root: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the kinds and names of the components that some nodes refer to, and those refer to, in order."""
    found: dict[tuple[str, str], None] = {}
    waiting = list(nodes)
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, Mapping):
            waiting += node.values()
            reference = node.get("$ref")
            if isinstance(reference, str) and reference.startswith(_LOCAL):
                kind, _, name = reference.removeprefix(_LOCAL).partition("/")
                place = (kind, name.partition("/")[0].replace("~1", "/").replace("~0", "~"))
                if place not in found:
                    found[place] = None
                    waiting.append(_mapping(_mapping(root.get("components")).get(place[0])).get(place[1]))
    return list(found)


def _all_of(components: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for kind, named in components.items():
        yield from ((kind, name) for name in _mapping(named))


def _mapping(node: Any) -> Mapping[str, Any]:
    return node if isinstance(node, Mapping) else {}
