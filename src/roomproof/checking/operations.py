"""What operations, paths, servers and security say that OpenAPI does not allow, or that no run can use.

Sources: OpenAPI 3.1, Path Templating, Parameter Object, Server Object, Security Requirement Object; RFC 6838,
4.2 (names of media types).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from roomproof.checking.draft import UNNAMED
from roomproof.checking.mistake import Problem
from roomproof.contract.clause import Path
from roomproof.contract.fields import below
from roomproof.contract.model import Contract, Operation
from roomproof.contract.resource import Effect
from roomproof.contract.shape import METHODS
from roomproof.errors import did_you_mean

_STEP = re.compile(r"\{([^{}]+)\}")
_OTHER_STEPS = re.compile(r"/(?::([A-Za-z_]\w*)|<(?:\w+:)?(\w+)>|\$\{(\w+)\})")
"""How frameworks write parameters of paths, OpenAPI does not: `:id`, `<int:id>`, `${id}`."""
_NAME = r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}"
_MEDIA_TYPE = re.compile(rf"({_NAME}|\*)/({_NAME}|\*)(\s*;.*)?")
_MEDIA_TYPES = (
    *("application/json", "application/merge-patch+json", "application/problem+json"),
    *("application/json-patch+json", "application/x-www-form-urlencoded", "application/octet-stream"),
    *("multipart/form-data", "text/plain", "text/html", "text/csv", "application/xml", "application/pdf"),
)
_HEADERS = ("accept", "content-type", "authorization")
"""Parameters of these names are ignored (OpenAPI 3.1, Parameter Object)."""


def operation_problems(root: Mapping[str, Any], contract: Contract) -> Iterator[Problem]:
    """Yield what is wrong outside of schemas in a contract that was read; `root` is it as data."""
    for where in ("paths", "x-observed-paths"):
        for path, item in root.get(where, {}).items():
            yield from _of_path(path, (where, path))
            for method in (name for name in METHODS if name in item):
                yield from _of_parameters(path, item, item[method], (where, path, method))
                yield from _of_media_types(item[method], (where, path, method))
    yield from _servers(root)
    yield from _security(root)
    for operation in contract.operations:
        yield from _listing(operation, contract)


def _of_path(path: str, way: Path) -> Iterator[Problem]:
    if found := _OTHER_STEPS.search(path):
        name = next(one for one in found.groups() if one)
        yield Problem(f"path {path}: {found[0]} is no parameter; write /{{{name}}}", way)
    elif path.count("{") != path.count("}") or "{" in _STEP.sub("", path) or "{}" in path:
        yield Problem(f"path {path}: its braces do not belong together; write {{name}}", way)
    names = _STEP.findall(path)
    if twice := next((name for name in names if names.count(name) > 1), None):
        yield Problem(f"path {path}: the parameter {twice!r} stands twice in it; rename one", way)


def _of_parameters(
    path: str, item: Mapping[str, Any], node: Mapping[str, Any], way: Path
) -> Iterator[Problem]:
    listed = [
        ((*at, "parameters", str(index)), one)
        for at, holder in ((way[:-1], item), (way, node))
        for index, one in enumerate(holder.get("parameters", ()))
    ]
    names = _STEP.findall(path)
    declared = [one["name"] for _, one in listed if one["in"] == "path"]
    is_whole = not any(one["name"].startswith(UNNAMED) for _, one in listed)
    for name in dict.fromkeys(names):
        if name not in declared and is_whole:
            like = f"{{name: {name}, in: path, required: true, schema: {{type: string}}}}"
            text = f"the parameter {name!r} of the path is not declared{did_you_mean(name, declared)}"
            yield Problem(f"{text}; add {like} to its parameters", way)
    for here, one in listed:
        if one["in"] == "path":
            if one["name"] not in names:
                text = f"the parameter {one['name']!r} does not stand in the path {path}"
                yield Problem(f"{text}{did_you_mean(one['name'], names)}; leave it out or correct it", here)
            elif one.get("required") is not True:
                yield Problem(f"the parameter {one['name']!r} of the path needs required: true", here)
        if one["in"] == "header" and one["name"].lower() in _HEADERS:
            text = f"a parameter for the header {one['name']} is ignored by OpenAPI; leave it out"
            yield Problem(text, here, is_remark=True)


def _of_media_types(node: Mapping[str, Any], way: Path) -> Iterator[Problem]:
    places = [(node.get("requestBody", {}), (*way, "requestBody"))]
    places += [(one, (*way, "responses", status)) for status, one in node["responses"].items()]
    for holder, here in places:
        for media in holder.get("content", {}):
            nearest = did_you_mean(media.split(";")[0].strip().lower(), _MEDIA_TYPES)
            if not _MEDIA_TYPE.fullmatch(media):
                text = f"{media!r} is no media type{nearest}; write one like application/json"
                yield Problem(text, (*here, "content", media))
            elif nearest and _is_slip(media):
                text = f"media type {media!r} is not known{nearest}"
                yield Problem(text, (*here, "content", media), is_remark=True)


def _is_slip(media: str) -> bool:
    plain = media.split(";")[0].strip().lower()
    known_kinds = {one.partition("/")[0] for one in _MEDIA_TYPES} | {"image", "audio", "video", "font", "*"}
    kind, _, name = plain.partition("/")
    own = name.startswith(("vnd.", "x-", "prs.")) or "+" in name
    return plain not in _MEDIA_TYPES and (kind not in known_kinds or (kind == "application" and not own))


def _servers(root: Mapping[str, Any]) -> Iterator[Problem]:
    for index, server in enumerate(root["servers"]):
        url, here = server["url"], ("servers", str(index), "url")
        known = {*server.get("variables", {}), *server.get("x-environment", {})}
        for name in dict.fromkeys(_STEP.findall(url)):
            if name not in known:
                text = f"the variable {name!r} of the server's URL is not told{did_you_mean(name, known)}"
                yield Problem(f"{text}; name an environment variable for it under x-environment", here)
        if not url.startswith("{") and not _is_url(_STEP.sub("name", url)):
            text = f"the server {url!r} is no URL; write one like https://api.example.com/v1"
            yield Problem(text, here)
        elif url.startswith("/"):
            text = f"the server {url!r} is no whole URL, so that a run needs --base-url"
            yield Problem(text, here, is_remark=True)
        elif "?" in url or "#" in url:
            yield Problem(f"the server {url!r} has a query or a fragment; leave it out", here)


def _is_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port_is_one = parts.port is None or parts.port >= 0
    except ValueError:
        return False
    if url.startswith("/"):
        return not url.startswith("//")
    is_written = re.search(r"[\s<>\"\\]", url) is None
    return parts.scheme in ("http", "https") and bool(parts.hostname) and port_is_one and is_written


def _security(root: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the names under `security` that are no security schemes."""
    schemes = root.get("components", {}).get("securitySchemes", {})
    for way, demands in _demanded(root):
        for index, demand in enumerate(demands if isinstance(demands, list) else ()):
            for name in demand if isinstance(demand, dict) else ():
                if name not in schemes:
                    text = f"security: no security scheme is called {name!r}{did_you_mean(name, schemes)}"
                    like = f"{{type: http, scheme: bearer}}; declare {name} under components/securitySchemes"
                    yield Problem(f"{text}, as in {like}", (*way, "security", str(index), name))


def _demanded(root: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    yield (), root.get("security")
    for path, item in root["paths"].items():
        for method in (name for name in METHODS if name in item):
            yield ("paths", path, method), item[method].get("security")


def _listing(operation: Operation, contract: Contract) -> Iterator[Problem]:
    """Yield what keeps a run from seeing the entries of a list."""
    listing, schema = operation.listing, operation.success.schema
    if listing is None or operation.effect is not Effect.LIST:
        return
    way = _way_to(contract, operation)
    if not listing.key:
        text = "x-list: nothing says what names an entry; write x-list: {key: id}"
        yield Problem(text, (*way, "x-list", "key"))
        return
    if not isinstance(schema, Mapping) or ("properties" not in schema and listing.entries):
        return
    steps = ".".join(listing.entries) or "the response itself"
    entries = below(schema, listing.entries)
    if entries is None or (isinstance(entries, Mapping) and "array" not in _types(entries)):
        # A list of another level, or one that branches, is not looked into.
        if isinstance(entries, Mapping) and not _types(entries):
            return
        if not _may_have(schema, listing.entries):
            text = f"x-list: {steps} is no array in the response"
            yield Problem(f"{text}; write x-list: {{entries: [...]}}, the way to it", (*way, "x-list"))
        return
    items = entries.get("items")
    fields = items.get("properties", {}) if isinstance(items, Mapping) else {}
    if fields and listing.key not in fields:
        text = f"x-list: the entries have no field {listing.key!r}{did_you_mean(listing.key, fields)}"
        yield Problem(f"{text}; name the one that tells them apart as key", (*way, "x-list", "key"))


def _may_have(schema: Any, way: Iterable[str]) -> bool:
    """Whether a schema leaves open what stands at the end of a way."""
    for step in way:
        if not isinstance(schema, Mapping) or "properties" not in schema:
            return True
        if any(key in schema for key in ("allOf", "anyOf", "oneOf")):
            return True
        if step not in schema["properties"]:
            return False
        schema = schema["properties"][step]
    return not isinstance(schema, Mapping) or "type" not in schema


def _types(schema: Mapping[str, Any]) -> list[str]:
    types = schema.get("type", [])
    return [types] if isinstance(types, str) else types


def _way_to(contract: Contract, operation: Operation) -> Path:
    places = ((where, contract.raw.get(where, {})) for where in ("paths", "x-observed-paths"))
    for where, paths in places:
        if operation.method.lower() in paths.get(operation.path, {}):
            return where, operation.path, operation.method.lower()
    return ("paths", operation.path, operation.method.lower())
