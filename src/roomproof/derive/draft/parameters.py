"""The parameters of an operation as a contract has them: each with a name, a place and a schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from roomproof.contract.clause import Path
from roomproof.derive.draft.operations import Described
from roomproof.derive.draft.remarks import Node, Remarks
from roomproof.derive.draft.schemas import Schema, Schemas

_PLACES = ("path", "query", "header", "cookie")
_IGNORED = ("accept", "content-type", "authorization")
"""Headers whose parameters are to be ignored (OpenAPI 3.1, Parameter Object, name)."""
_MOST_LEVELS = 3
_VERSIONS = ("api-version", "api_version", "apiversion")
_OLD = (
    "type",
    "format",
    "enum",
    "items",
    "default",
    "minimum",
    "maximum",
    "pattern",
    "maxLength",
    "minLength",
)
"""What stands beside the name in Swagger 2.0, and in a schema in OpenAPI 3."""


class Parameters:
    """Rewrites parameters; `version` is that of the API, which some APIs want in each query."""

    def __init__(self, schemas: Schemas, remarks: Remarks, version: str) -> None:
        self._schemas = schemas
        self._remarks = remarks
        self._version = version

    def of(self, described: Described, fields: Iterable[str]) -> list[Schema]:
        """Return the parameters of an operation whose body has some fields.

        Those of the path come in its order, and also where nobody declares them.
        """
        found: dict[tuple[str, str], Schema] = {}
        for place, node in described.parameters:
            for made in self._each(described, node, place):
                name = made["name"].lower() if made["in"] == "header" else made["name"]
                found[made["in"], name] = made
        for name in described.names:
            if ("path", name) not in found:
                told = f"the parameter {name!r} of the path is not declared; the draft has a text"
                self._remarks.defect(described.place, told)
                found["path", name] = {
                    "name": name,
                    "in": "path",
                    "required": True,
                    "schema": {"type": "string"},
                }
        path = [found.pop(("path", name)) for name in described.names]
        return [*self._told_apart([*path, *found.values()], described, {*fields})]

    def _each(self, described: Described, node: Node, place: Path) -> Iterator[Schema]:
        """Yield a parameter, or one for each field of an object that is sent as `name[field]` (OpenAPI 3.1,
        Style Values, deepObject).
        """
        is_deep = node.get("style") == "deepObject" and node.get("in") == "query"
        if is_deep and isinstance(node.get("name"), str) and isinstance(node.get("schema"), dict):
            schema = self._schemas.of_body(node["schema"], (*place, "schema"))
            fields = [*self._flattened(schema, node["name"], 0)]
            source = {"section": self._schemas.pointer(place[:-2]), "field": node["name"]}
            for name, field in fields:
                yield {"name": name, "in": "query", "x-source": source, "schema": field}
            if fields:
                return
        made = self._one(described, node, place)
        if made is not None:
            yield made

    def _flattened(self, schema: Schema, name: str, level: int) -> Iterator[tuple[str, Schema]]:
        for field, held in self._schemas.fields(schema).items():
            if "properties" in held and level < _MOST_LEVELS:
                yield from self._flattened(held, f"{name}[{field}]", level + 1)
            elif not _unsendable(held, {"in": "query", "explode": False}, {}):
                kept = {key: one for key, one in held.items() if key not in ("x-source", "readOnly")}
                yield f"{name}[{field}]", kept

    def _one(self, described: Described, node: Node, place: Path) -> Schema | None:
        name, where = node.get("name"), node.get("in")
        if not node:
            self._remarks.defect(place, "the $ref of the parameter leads nowhere; it is left out")
        elif not isinstance(name, str) or not name.strip():
            self._remarks.defect(place, "the parameter has no name; it is left out")
        elif where not in _PLACES and name in described.names:
            self._remarks.defect(
                place, f"the parameter {name!r} has no `in` that is known; the draft has path"
            )
            return self._placed(node, place, name, "path")
        elif where not in _PLACES:
            self._remarks.defect(place, f"the parameter {name!r} has no `in` that is known; it is left out")
        elif where == "path" and name not in described.names:
            self._remarks.defect(place, f"the path has no parameter {name!r}; it is left out")
        elif where == "header" and name.lower() in _IGNORED:
            self._remarks.left_out(
                place, f"the header {name} is no parameter; media types and credentials tell it"
            )
        else:
            return self._placed(node, place, name, where)
        return None

    def _placed(self, node: Node, place: Path, name: str, where: str) -> Schema | None:
        is_needed = where == "path" or node.get("required") is True
        if where == "path" and node.get("required") is not True:
            self._remarks.defect(
                place, f"the parameter {name!r} of the path is not required; the draft has required"
            )
        raw = self._schema(node, place, name)
        schema = self._schemas.of_body(raw, (*place, "schema"))
        plain = self._schemas.view(schema)
        if problem := _unsendable(plain, node, raw):
            if not is_needed:
                self._remarks.left_out(place, f"the parameter {name!r} {problem}")
                return None
            self._remarks.guess(place, f"the parameter {name!r} {problem}; the draft sends it as one text")
            schema, plain = {"type": "string"}, {}
        schema = self._exemplary(schema, plain, node, name, where)
        if is_needed and "type" not in self._schemas.view(schema):
            schema = {"type": "string", **schema}
        required = {"required": True} if is_needed else {}
        source = {
            "section": self._schemas.pointer(place[:-2] if "parameters" in place[-2:] else place),
            "field": name,
        }
        return {"name": name, "in": where, **required, "x-source": source, "schema": schema}

    def _schema(self, node: Node, place: Path, name: str) -> Any:
        if isinstance(node.get("schema"), dict | bool):
            return node["schema"]
        content = node.get("content")
        if isinstance(content, dict) and content:
            self._remarks.left_out((*place, "content"), f"the values of {name!r} are no plain texts")
            return {"type": "object"}
        old = {key: node[key] for key in _OLD if key in node}
        if "type" in old:
            self._remarks.defect(
                place, f"the type of {name!r} stands outside of a schema; the draft puts it there"
            )
            return old
        self._remarks.defect(place, f"the parameter {name!r} has no schema; the draft has a text")
        return {"type": "string"}

    def _exemplary(self, schema: Schema, plain: Schema, node: Node, name: str, where: str) -> Schema:
        """Return a schema with a value that the specification shows for the parameter."""
        shown = node.get("example", plain.get("example"))
        examples = node.get("examples")
        if shown is None and isinstance(examples, dict):
            shown = next((one.get("value") for one in examples.values() if isinstance(one, dict)), None)
        if (
            where == "query"
            and name.lower() in _VERSIONS
            and shown is None
            and "enum" not in plain
            and self._version
        ):
            shown = self._version
        if isinstance(shown, str | int | float) and not isinstance(shown, bool):
            return {**schema, "example": shown}
        return schema

    def _told_apart(self, listed: list[Schema], described: Described, fields: set[str]) -> Iterator[Schema]:
        """Yield parameters whose clauses have ids of their own: of a field of the body, or another parameter,
        with the same name there are clauses already.
        """
        taken = set(fields)
        for one in listed:
            if one["name"] in taken:
                told = f"the schema of the parameter {one['name']!r}: something else there has this name"
                self._remarks.left_out(described.place, told)
                schema = self._schemas.view(one["schema"])
                kept = {key: schema[key] for key in ("type", "example") if key in schema}
                one = {**one, "schema": {**kept, "type": "string"}}
            taken.add(one["name"])
            yield one


def _unsendable(schema: Schema, node: Node, raw: Any) -> str:
    """Return why the values of a parameter cannot be sent as texts; empty where they can."""
    kinds = schema.get("type")
    kinds = {kinds} if isinstance(kinds, str) else {*(kinds or ())}
    if (
        "object" in kinds
        or "properties" in schema
        or (not kinds and isinstance(raw, dict) and "content" in node)
    ):
        return "is an object, and of a parameter texts and lists of texts are sent"
    usual = "form" if node.get("in") in ("query", "cookie") else "simple"
    style = node.get("style", usual)
    if "array" in kinds and (node.get("explode", style == "form") and usual == "form"):
        return (
            "is a list that is sent as several parameters of its name; a list in one parameter is sent only"
        )
    if "array" in kinds and style not in ("form", "simple"):
        return f"has the style {style}, and lists are sent with commas only"
    return ""
