"""What the statements of a page say, as a tree of OpenAPI 3.1."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from roomproof.derive.statements.calls import template
from roomproof.derive.statements.sample_values import sample_value, schema_of
from roomproof.derive.statements.statement import Form, StatedDocument, Statement

NESTING = "what stands below it is taken to lie in it; the page shows no nesting"
"""The guess that tells where an object begins, and not where it ends."""
_PLACES = {"path": ("path ", "uri "), "query": ("query",), "header": ("request header", "header")}
_KEYWORDS = (
    "type", "format", "items", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength",
    "maxLength", "minItems", "maxItems", "enum", "default", "pattern", "readOnly", "deprecated",
)  # fmt: skip
_WORDS = (Form.SENTENCE, Form.NOTE, Form.VALUE)
_MOST_DEPTH = 5
Tree = dict[str, Any]


def as_openapi(document: StatedDocument) -> dict[str, Any]:
    """Return an OpenAPI 3.1 tree of what a page says: operations, parameters, the body's fields with types,
    limits, defaults, responses, schemes of authentication, the server.

    What no statement says outright is marked with `x-guess: why`; what the page does not say is left out.
    """
    calls = _calls(document)
    tree: Tree = {
        "openapi": "3.1.0",
        "info": {"title": document.title, "version": "1", "x-guess": "the version is not stated"},
        "paths": {},
    }
    if server := _server(document, calls):
        tree["servers"] = [server]
    if schemes := _schemes(document):
        tree["components"] = {"securitySchemes": schemes}
        tree["security"] = [{name: []} for name in schemes]
    for call in calls:
        tree["paths"].setdefault(call["path"], {})[call["method"].lower()] = _operation(
            document, call, len(calls) > 1
        )
    return tree


def _calls(document: StatedDocument) -> list[Mapping[str, Any]]:
    """Return the calls that the page is about: its request lines, or the call of its first sample."""
    said = [one.facts for one in document.statements if one.form is Form.REQUEST_LINE and not one.section]
    whole = [facts for facts in said if "method" in facts and "path" in facts]
    if whole:
        return whole
    shown: Tree = {}
    for one in document.statements:
        if one.form in (Form.SAMPLE, Form.REQUEST_LINE):
            shown = {**one.facts, **shown}
    return [shown] if "method" in shown and "path" in shown else []


def _operation(document: StatedDocument, call: Mapping[str, Any], several: bool) -> Tree:
    path, method = str(call["path"]), str(call["method"])
    words = "-".join(re.findall(r"[a-z0-9]+", document.title.lower())) or "operation"
    found: Tree = {
        "operationId": f"{method.lower()}-{words}" if several else words,
        "summary": document.title,
        "parameters": _parameters(document, path),
        "responses": _responses(document),
    }
    if method not in ("GET", "DELETE", "HEAD") and (body := _body(document)):
        found["requestBody"] = body
    return found


def _parameters(document: StatedDocument, path: str) -> list[Tree]:
    found: dict[tuple[str, str], Tree] = {}
    names = re.findall(r"\{([^}]+)\}", path)
    for where, beginnings in _PLACES.items():
        for name, said in _fields(
            document, lambda section, starts=beginnings: _begins(section, starts)
        ).items():
            place = next((one.facts["in"] for one in said if one.facts.get("in")), where)
            schema, required = _schema(said)
            if place == "path":
                name = _cut_name(name, names)
                if name not in names:
                    continue
            found[place, name] = {
                "name": name,
                "in": place,
                "required": required or place == "path",
                "schema": schema,
            }
    for name in names:
        guess = {"type": "string", "x-guess": "only the path names it"}
        found.setdefault(("path", name), {"name": name, "in": "path", "required": True, "schema": guess})
    return [
        one for (place, name), one in found.items() if (place, name.lower()) != ("header", "authorization")
    ]


def _cut_name(name: str, names: Sequence[str]) -> str:
    """Return the parameter of the path that a name stands for: extraction may have cut it."""
    return next((one for one in names if one == name or one.startswith(name)), name)


def _begins(section: tuple[str, ...], starts: Iterable[str]) -> bool:
    return (
        any(name.lower().startswith(tuple(starts)) for name in section[:2])
        and "response" not in section[0].lower()
    )


def _fields(document: StatedDocument, within: Any) -> dict[str, list[Statement]]:
    """Return the statements of each field that stands right below the sections which are wanted."""
    found: dict[str, list[Statement]] = {}
    for one in document.statements:
        is_of_a_body = one.form is not Form.SAMPLE and "header" not in one.facts
        if one.subject and one.section and within(one.section) and is_of_a_body:
            found.setdefault(one.subject, []).append(one)
    return {name: said for name, said in found.items() if any(one.form is Form.FIELD for one in said)}


def _schema(said: Iterable[Statement]) -> tuple[Tree, bool]:
    """Return the schema of what statements say of one field, and whether it is said to be required."""
    schema: Tree = {}
    guessed: list[str] = []
    required = nullable = False
    for one in said:
        required = required or one.facts.get("required") is True
        nullable = nullable or one.facts.get("nullable") is True
        for keyword in _KEYWORDS:
            if keyword in one.facts and keyword not in schema:
                schema[keyword] = one.facts[keyword]
                guessed += [keyword] if one.form in _WORDS else []
    if nullable and isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]
    if "type" not in schema:
        guessed.append("that any type is right")
    if guessed:
        schema["x-guess"] = f"{', '.join(guessed)}: read from words"
    return schema, required


def _object(
    fields: Mapping[str, Sequence[Statement]], document: StatedDocument | None = None, depth: int = 0
) -> Tree:
    properties: Tree = {}
    required = []
    for name, said in fields.items():
        schema, is_required = _schema(said)
        properties[name] = schema if document is None else _followed(schema, said, document, depth)
        required += [name] if is_required else []
    return {"type": "object", "properties": properties, **({"required": required} if required else {})}


def _body(document: StatedDocument) -> Tree | None:
    fields = _fields(document, lambda section: section[-1].lower() in _BODIES and not _is_response(section))
    fields.pop("body", None)
    shown = _sample(document, "request")
    if fields:
        schema = _object(fields, document)
    elif shown is not None:
        schema = schema_of(shown)
    else:
        return None
    medium, guess = _medium(document)
    listed = [one.text for one in document.statements if one.facts.get("item") and _is_body(one.section)]
    known = schema_of(_sample(document, "response")).get("properties", {})
    for name in listed:
        schema["properties"].setdefault(name, known.get(name, {"x-guess": "no type is stated"}))
    said = any(one.facts.get("required") and one.subject == "body" for one in document.statements)
    content = {"schema": schema, **({"example": shown} if shown is not None else {}), **guess}
    return {**({"required": True} if said else {}), "content": {medium: content}}


_BODIES = ("body", "request", "request body", "body parameters", "body arguments", "request body schema")


def _is_body(section: Sequence[str]) -> bool:
    return bool(section) and section[-1].lower() in _BODIES


def _is_response(section: Sequence[str]) -> bool:
    return bool(section) and section[0].lower().startswith(("response", "return"))


def _medium(document: StatedDocument) -> tuple[str, Tree]:
    for one in document.statements:
        value = str(one.facts.get("value", ""))
        if one.subject in ("Media Types", "Content-Type") and (
            found := re.search(r"[\w.+-]+/[\w.+-]+", value)
        ):
            return found[0], {} if one.form is Form.VALUE else {
                "x-guess": "the media type stands in a sample only"
            }
    return "application/json", {"x-guess": "no media type is stated"}


def _responses(document: StatedDocument) -> Tree:
    found: Tree = {}
    shown = _sample(document, "response")
    for one in document.statements:
        if "status" not in one.facts:
            continue
        status = str(one.facts["status"])
        response: Tree = {"description": one.facts.get("description") or one.text}
        if not one.text.startswith(status) and status != "default":
            response["x-guess"] = "the status is read from its phrase"
        if status.startswith("2") and (schema := _response_schema(document, one, shown)):
            example = {} if shown is None else {"example": shown}
            response["content"] = {"application/json": {"schema": schema, **example}}
        if headers := _headers(document, one):
            response["headers"] = headers
        found[status] = response
    if not found:
        found["200"] = {"description": "accepted", "x-guess": "no status is stated"}
        if shown is not None:
            found["200"]["content"] = {"application/json": {"schema": schema_of(shown), "example": shown}}
    return found


def _headers(document: StatedDocument, status: Statement) -> Tree:
    """Return the headers that a page names in the row of a status."""
    return {
        one.facts["header"]: {"schema": {"type": "string"}}
        for one in document.statements
        if "header" in one.facts and one.section == status.section and one.subject.startswith(status.subject)
    }


def _response_schema(document: StatedDocument, status: Statement, shown: Any) -> Tree | None:
    for one in document.statements:
        if (
            one.place == status.place
            and "ref" in one.facts
            and (found := _defined(document, one.facts["ref"]))
        ):
            return found
    inside = {
        one.section
        for one in document.statements
        if one.section[: len(status.section)] == status.section
        and one.form is Form.FIELD
        and "header" not in one.facts
    }
    levels = sorted(inside, key=len)
    if levels and status.form is Form.STATUS:
        return _nested(document, levels)
    if shown is None:
        return None
    return _alike(document, shown) or schema_of(shown)


def _alike(document: StatedDocument, shown: Any) -> Tree | None:
    """Return the type below Definitions that has the fields of a sample: extraction may have cut its name."""
    for name in dict.fromkeys(one.section[1] for one in document.statements if _is_defined(one.section)):
        found = _defined(document, name)
        if found and isinstance(shown, dict) and found.get("properties", {}).keys() == shown.keys():
            return {**found, "x-guess": f"{name} has the fields that the sample shows"}
    return None


def _is_defined(section: Sequence[str]) -> bool:
    return section[:1] == ("Definitions",) and len(section) > 1


def _defined(document: StatedDocument, name: str, depth: int = 0) -> Tree | None:
    """Return the type of a name, as it stands below Definitions: an object, or a list of values."""
    here = ("Definitions", name)
    if fields := _fields(document, lambda section: section == here):
        return _object(fields, document, depth + 1)
    values = [
        one.facts["value"] for one in document.statements if one.section == here and one.form is Form.VALUE
    ]
    return {"type": "string", "enum": values} if values else None


def _followed(schema: Tree, said: Iterable[Statement], document: StatedDocument, depth: int) -> Tree:
    """Return a schema with the types that it names in their places."""
    if depth > _MOST_DEPTH:
        return schema
    for one in said:
        if "ref" in one.facts and (found := _defined(document, one.facts["ref"], depth)):
            plain = {name: value for name, value in schema.items() if name != "x-guess"}
            schema = (
                {"type": "array", "items": found} if one.facts.get("type") == "array" else {**found, **plain}
            )
        inner = one.facts.get("additionalProperties")
        if inner and (found := _defined(document, inner["ref"], depth)):
            schema = {**schema, "additionalProperties": found}
    return schema


def _nested(document: StatedDocument, levels: Sequence[tuple[str, ...]]) -> Tree:
    """Return the schema of fields below others: where the page lost the nesting, that is a guess."""
    base = next((one for one in levels if one[-1].lower() == "schema"), levels[0])
    whole = _object(_fields(document, lambda section: section == base))
    for section in levels:
        if section[: len(base)] == base and len(section) > len(base):
            inner = _object(_fields(document, lambda one, at=section: one == at))
            inner["properties"].pop(section[-1], None)
            inner["x-guess"] = NESTING
            holder = whole
            for name in section[len(base) : -1]:
                holder = holder["properties"].setdefault(name, {"type": "object", "properties": {}})
            holder.setdefault("properties", {})[section[-1]] = inner
    return whole


def _sample(document: StatedDocument, which: str) -> Any:
    return sample_value(
        one
        for one in document.statements
        if any(which in name.lower() and _shows(name) for name in one.section)
    )


def _shows(name: str) -> bool:
    return bool(re.search(r"sample|example", name, re.IGNORECASE))


def _server(document: StatedDocument, calls: Sequence[Mapping[str, Any]]) -> Tree | None:
    """Return the address that the paths are added to, as far as a sample's address shows it."""
    patterns = [re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(str(call["path"]))) for call in calls]
    for one in document.statements:
        server, path = one.facts.get("server"), template(str(one.facts.get("path", "")))
        for pattern in patterns:
            if server and str(server).startswith("http") and (found := re.search(f"{pattern}$", path)):
                return {
                    "url": f"{server}{path[: found.start()]}",
                    "x-guess": "read from the address in a sample",
                }
    return None


def _schemes(document: StatedDocument) -> Tree:
    found: Tree = {}
    for one in document.statements:
        header, value = str(one.facts.get("header", "")).lower(), str(one.facts.get("value", ""))
        scheme = value.split(" ")[0].lower()
        if one.facts.get("credentials") == "basic" or (header == "authorization" and scheme == "basic"):
            found["basic"] = {"type": "http", "scheme": "basic", "x-guess": "read from a sample"}
        elif header == "authorization" and scheme == "bearer":
            found["bearer"] = {"type": "http", "scheme": "bearer", "x-guess": "read from a sample"}
        elif one.subject == "Authorization" and one.form is Form.FIELD:
            found["key"] = {"type": "apiKey", "in": "header", "name": "Authorization"}
    return found
