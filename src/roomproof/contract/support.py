"""`x-support`, the way in which contracts named calls that no document has, before every call was an
operation.

It is still read: each of its calls becomes an operation of level `observed` under `paths`. New contracts
write that themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from roomproof.contract.shape import METHODS
from roomproof.errors import ContractError

OBSERVED = "x-observed-paths"
"""Where a contract has the operations that stand in no document: stock tools, which send whatever `paths`
has, do not see them.
"""
_EFFECTS = {"create": "create", "delete": "delete", "read": "read", "find": "list"}
_METHODS = {"create": "POST", "delete": "DELETE"}
"""What a call does, by its name; every other one only asks, and is a GET (RFC 9110, 9.2.1)."""


def with_operations(root: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a contract, its references resolved and its shape checked, with an operation in place of each
    call of `x-support`.

    Raises ContractError for a call that does something else than its name says, or about one room that its
    path does not name.
    """
    calls: Mapping[str, Mapping[str, Any]] = root.get("x-support", {})
    if not calls:
        return root
    resource = root.get("x-resource", root.get("x-room"))
    resource = resource if isinstance(resource.get("id"), str) else next(iter(resource.values()))
    paths = {path: dict(item) for path, item in root.get(OBSERVED, {}).items()}
    made: set[tuple[str, str]] = set()
    query = list(_needed_query(root["paths"]))
    for name, call in calls.items():
        _require_sense(name, call, resource["parameter"])
        method, path = call["method"].lower(), call["path"]
        item = paths.setdefault(path, {})
        if (path, method) in made:
            item[method] = {
                **item[method],
                "x-list": {**_list_of(name, call), **item[method].get("x-list", {})},
            }
        elif method not in item and method not in root["paths"].get(path, {}):
            item[method] = {**_operation(name, call, resource), "parameters": query}
            made.add((path, method))
    return {**root, OBSERVED: paths}


def _needed_query(paths: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the query parameters that the first operation cannot do without: these calls cannot, either,
    whatever their values.
    """
    item: Mapping[str, Any] = next(iter(paths.values()), {})
    node: Mapping[str, Any] = next((item[method] for method in METHODS if method in item), {})
    for parameter in (*item.get("parameters", ()), *node.get("parameters", ())):
        if parameter["in"] == "query" and parameter.get("required"):
            schema = parameter["schema"]
            values = schema.get("enum", schema.get("examples", [""]))
            yield {
                "name": parameter["name"],
                "in": "query",
                "required": True,
                "schema": {"type": "string", "example": str(values[0])},
            }


def _require_sense(name: str, call: Mapping[str, Any], parameter: str) -> None:
    if call["method"] != (wanted := _METHODS.get(name, "GET")):
        raise ContractError(
            f"x-support, {name}: its method is {call['method']}; it has to be {wanted}",
            ("x-support", name, "method"),
        )
    if name in ("read", "delete") and "{" + parameter + "}" not in call["path"]:
        message = (
            f"x-support, {name}: its path names no room; it has to hold {{{parameter}}}, the "
            f"parameter of x-room"
        )
        raise ContractError(message, ("x-support", name, "path"))


def _operation(name: str, call: Mapping[str, Any], resource: Mapping[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": name,
        "x-source": call.get("source", {}),
        "x-effect": _EFFECTS.get(name, "list") if "{" not in call["path"] or name != "find" else "read",
        "responses": {"2XX": {"description": "carried out"}},
    }
    if name in (*_EFFECTS, "list"):
        told["x-about"] = resource.get("name", "room")
    if "with" in call:
        told["x-list"] = _list_of(name, call)
    if "body" in call:
        content = {
            call.get("media-type", "application/json"): {"schema": {"type": "object"}, "x-body": call["body"]}
        }
        told["requestBody"] = {"content": content}
    return told


def _list_of(name: str, call: Mapping[str, Any]) -> dict[str, Any]:
    options = call.get("with", {})
    told = {
        new: options[old]
        for old, new in (("at", "entries"), ("next", "next"), ("page", "page"))
        if old in options
    }
    if name != "find":
        return {**told, "key": options.get("key", ""), "query": options.get("query", {})}
    return {**told, "by": options["key"], "find": options.get("query", {})}
