"""The schemas of a specification as a contract takes them: in keywords that make clauses, `$ref`s kept.

A schema that is referred to becomes a component of the draft; `allOf` is written as one schema where its
parts agree. Sources: OpenAPI 3.1 (Schema Object), JSON Schema 2020-12.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from roomproof.contract.clause import Path
from roomproof.derive.draft.keywords import Keywords
from roomproof.derive.draft.merging import merged
from roomproof.derive.draft.remarks import Node, Remarks, spelled, steps_of, target
from roomproof.derive.swagger import swagger_pointer

Schema = dict[str, Any]
COMPONENTS = "#/components/schemas/"
UNIQUE = "x-is-unique"
"""The field of a rewritten schema that tells what its description says: no two things share a value."""
_UNIQUE_SAID = re.compile(r"\bunique\b|\balready (?:exists?|taken|in use|used)\b", re.IGNORECASE)
_BRANCHES = ("anyOf", "oneOf")
_MOST_LEVELS = 40
_MOST_UNFOLDED, _MOST_WRITTEN = 10, 3_000
"""So many levels, and so many objects, are written where references cannot be kept."""
_ODD = re.compile(r"[^A-Za-z0-9._-]+")
_NO_WORD = "bodies that refer to more than {} schemas in a row are not tested below that"


class Schemas:
    """Rewrites schemas, and remembers which components they refer to.

    `most` is how many references in a row are followed from a body; `is_swagger` tells that pointers are to
    lead into a document of Swagger 2.0.
    """

    def __init__(self, root: Node, remarks: Remarks, *, most: int = 99, is_swagger: bool = False) -> None:
        self._root = root
        self._remarks = remarks
        self._most = most
        self._is_swagger = is_swagger
        self._names: dict[str, str] = {}
        self._distance: dict[str, int] = {}
        self._open: list[str] = []
        self._merging: list[str] = []
        self._level = self._written = 0
        self._keywords = Keywords(remarks)
        self.components: dict[str, Schema] = {}

    def pointer(self, place: Path) -> str:
        """Return a place in words, as the vendor's own document has it."""
        return spelled(swagger_pointer(place) if self._is_swagger else place)

    def of_body(self, node: object, place: Path) -> Schema:
        """Return the schema of a body, a parameter or a header; components that it needs are then known."""
        self._level = 0
        schema = self._of(node, place)
        while self._open:
            reference = self._open.pop(0)
            self._level = self._distance[reference]
            name, there = self._names[reference], steps_of(reference)
            self.components[name] = {
                **self._of(target(reference, self._root), there),
                "x-source": {"section": self.pointer(there), "field": name},
            }
        return schema

    def view(self, schema: object) -> Schema:
        """Return a rewritten schema, its `$ref` followed; empty where there is none."""
        for _ in range(_MOST_LEVELS):
            if not isinstance(schema, dict):
                return {}
            reference = schema.get("$ref")
            if not isinstance(reference, str):
                return schema
            found = self.components.get(reference.removeprefix(COMPONENTS), {})
            schema = {**found, **{key: value for key, value in schema.items() if key != "$ref"}}
        return {}

    def view_of_component(self, schema: Schema) -> Schema:
        """Return the component to which a rewritten schema refers, through others, to be completed."""
        found = schema
        for _ in range(_MOST_LEVELS):
            if "$ref" not in found:
                break
            found = self.components[found["$ref"].removeprefix(COMPONENTS)]
        return found

    def whole(self, schema: object) -> Any:
        """Return a rewritten schema without references; open below some levels, and where it is too large."""
        self._written = 0
        return self._unfolded(schema, 0)

    def _unfolded(self, schema: object, level: int) -> Any:
        if isinstance(schema, list):
            return [self._unfolded(one, level + 1) for one in schema]
        if not isinstance(schema, dict):
            return schema
        self._written += 1
        if level > _MOST_UNFOLDED or self._written > _MOST_WRITTEN:
            return {}
        return {key: self._unfolded(one, level + 1) for key, one in self.view(schema).items()}

    def fields(self, schema: object) -> dict[str, Schema]:
        """Return the fields of a rewritten schema, their `$ref`s followed."""
        listed = self.view(schema).get("properties", {})
        return {name: self.view(field) for name, field in listed.items()}

    def _of(self, node: object, place: Path, *, branch: bool = False) -> Schema:
        if node is True or node == {}:
            return {}
        if node is False:
            self._remarks.left_out(place, "the schema `false` makes no clause")
            return {}
        if not isinstance(node, dict):
            self._remarks.defect(place, "it is no schema; the draft allows anything there")
            return {}
        if len(place) > 2 * _MOST_LEVELS:
            self._remarks.left_out(place, "it is nested too deeply")
            return {}
        if isinstance(node.get("$ref"), str):
            return self._referred(node, place, branch=branch)
        return self._plain(node, place, branch=branch)

    def _referred(self, node: Node, place: Path, *, branch: bool) -> Schema:
        reference = node["$ref"]
        found = target(reference, self._root)
        if not isinstance(found, dict | bool):
            self._remarks.defect(place, f"$ref {reference!r} leads nowhere; the draft allows anything there")
            return {}
        if branch and isinstance(found, dict):
            return self._inlined(reference, lambda: self._of(found, steps_of(reference), branch=True))
        if reference not in self._names:
            if self._level >= self._most:
                self._remarks.left_out(steps_of(reference), _NO_WORD.format(self._most))
                return {}
            self._names[reference] = self._name(reference)
            self._distance[reference] = self._level + 1
            self._open.append(reference)
        beside = {key: value for key, value in node.items() if key in ("readOnly", "writeOnly", "nullable")}
        if "nullable" in beside:
            told = "nullable stands beside a $ref, where OpenAPI 3.0 ignores it; the draft takes it as meant"
            self._remarks.defect(place, told)
        return {"$ref": COMPONENTS + self._names[reference], **beside}

    def _inlined(self, reference: str, rewrite: Any) -> Schema:
        """Return what a reference stands for where it cannot be kept; nothing where it leads back there."""
        if reference in self._merging:
            self._remarks.left_out(steps_of(reference), "the schema contains itself beside its own keywords")
            return {}
        self._merging.append(reference)
        try:
            schema: Schema = rewrite()
        finally:
            self._merging.pop()
        return schema

    def _name(self, reference: str) -> str:
        name = _ODD.sub("-", steps_of(reference)[-1]).strip("-") or "Schema"
        taken, number = set(self._names.values()), 2
        wanted = name
        while wanted in taken:
            wanted, number = f"{name}{number}", number + 1
        return wanted

    def _plain(self, node: Node, place: Path, *, branch: bool) -> Schema:
        parts = node.get("allOf")
        if isinstance(parts, list) and parts:
            node = self._whole(node, parts, place)
        node = self._alternative(node, place)
        if isinstance(node.get("$ref"), str):
            return self._referred(node, place, branch=branch)
        schema = self._keywords.own(node, place, branch=branch)
        schema |= dict(self._held(node, place, branch=branch))
        for keyword in _BRANCHES:
            schema |= self._branches(node, keyword, place)
        if "allOf" in node and isinstance(node["allOf"], list):
            rest = enumerate(node["allOf"])
            schema["allOf"] = [
                self._of(one, (*place, "allOf", str(index)), branch=True) for index, one in rest
            ]
        if "type" not in schema and (kind := self._common_type(schema)):
            schema = {"type": kind, **schema}
        schema = self._keywords.agreeing(schema, node, place, branch=branch)
        unique = {UNIQUE: True} if _UNIQUE_SAID.search(str(node.get("description", ""))) else {}
        return {**schema, **unique, **self._remarks.marked(node, place)}

    def _whole(self, node: Node, parts: list[Any], place: Path) -> Schema:
        """Return a schema with its `allOf` written into it, as far as the parts agree."""
        own = {key: value for key, value in node.items() if key != "allOf"}
        if len(parts) == 1 and isinstance(parts[0], dict) and "$ref" in parts[0] and not _says(own):
            return {
                **parts[0],
                **{key: own[key] for key in ("nullable", "readOnly", "writeOnly") if key in own},
            }
        whole, rest = own, []
        for index, part in enumerate(parts):
            there = (*place, "allOf", str(index))
            flat = self._flat(part, there)
            joined = merged(whole, flat)
            if joined is None:
                rest.append(part)
            else:
                whole = joined
        if rest:
            whole = {**whole, "allOf": rest}
        elif whole.get("additionalProperties") is False:
            whole = {key: value for key, value in whole.items() if key != "additionalProperties"}
            told = (
                "additionalProperties: false is left out: beside allOf it would allow no field of the others"
            )
            self._remarks.left_out(place, told)
        return whole

    def _flat(self, part: Any, place: Path) -> Schema:
        """Return a part of `allOf` as raw keywords, its `$ref` and its own `allOf` written into it."""
        if not isinstance(part, dict):
            return {}
        reference = part.get("$ref")
        if isinstance(reference, str):
            found = target(reference, self._root)
            if not isinstance(found, dict):
                self._remarks.defect(place, f"$ref {reference!r} leads nowhere; it is left out")
                return {}
            beside = {key: value for key, value in part.items() if key != "$ref"}
            return self._inlined(reference, lambda: self._flat({**found, **beside}, steps_of(reference)))
        parts = part.get("allOf")
        return self._whole(part, parts, place) if isinstance(parts, list) else dict(part)

    def _alternative(self, node: Node, place: Path) -> Node:
        """Return a schema whose `anyOf` or `oneOf` has one branch besides null as that branch, nullable."""
        for keyword in _BRANCHES:
            listed = node.get(keyword)
            if not isinstance(listed, list):
                continue
            real = [one for one in listed if not _is_null(one)]
            if len(real) != 1 or not isinstance(real[0], dict):
                continue
            own = {key: value for key, value in node.items() if key != keyword}
            null = {"nullable": True} if len(real) < len(listed) else {}
            if "$ref" in real[0] and not _says(own):
                return self._named(real[0], own, null, place)
            joined = merged(own, self._flat(real[0], (*place, keyword, "0")))
            if joined is not None:
                return {**joined, **null}
        return node

    def _named(self, part: Node, own: Node, null: Schema, place: Path) -> Schema:
        """Return a reference that may be null: what it leads to is written there, and null."""
        kept = {key: own[key] for key in ("readOnly", "writeOnly") if key in own}
        if not null:
            return {**part, **kept}
        return {**self._flat(part, place), **kept, **null}

    def _held(self, node: Node, place: Path, *, branch: bool) -> Iterator[tuple[str, Any]]:
        """Yield the keywords that hold schemas of what stands inside a value."""
        listed = node.get("properties")
        if isinstance(listed, dict):
            yield (
                "properties",
                {
                    str(name): self._of(field, (*place, "properties", str(name)), branch=branch)
                    for name, field in listed.items()
                },
            )
        for keyword in ("items", "propertyNames", "not"):
            inner = node.get(keyword)
            if isinstance(inner, dict) and inner:
                is_branch = branch or keyword == "not"
                yield keyword, self._of(inner, (*place, keyword), branch=is_branch)
            elif keyword in node and inner not in (True, {}):
                self._remarks.left_out((*place, keyword), f"{keyword} is no schema that makes a clause")
        extra = node.get("additionalProperties")
        if extra is False:
            yield "additionalProperties", False
        elif isinstance(extra, dict) and extra:
            yield "additionalProperties", self._of(extra, (*place, "additionalProperties"), branch=branch)

    def _branches(self, node: Node, keyword: str, place: Path) -> Schema:
        listed = node.get(keyword)
        if not isinstance(listed, list) or not listed:
            return {}
        branches = [
            self._of(one, (*place, keyword, str(index)), branch=True) for index, one in enumerate(listed)
        ]
        if any(not one for one in branches):
            self._remarks.left_out((*place, keyword), "one of its branches allows anything")
            return {}
        if "discriminator" in node:
            self._remarks.left_out((*place, "discriminator"), "which branch it means is not tested")
        if keyword == "oneOf" and not _excludes(branches):
            told = "oneOf is written as anyOf: a value that fits one of its branches may fit another, too"
            self._remarks.left_out((*place, keyword), told)
            keyword = "anyOf"
        return {keyword: branches}

    @staticmethod
    def _common_type(schema: Schema) -> str:
        """Return the type that all branches have; empty where they differ."""
        if "properties" in schema or "additionalProperties" in schema:
            return "object"
        for keyword in (*_BRANCHES, "allOf"):
            kinds = [one.get("type") for one in schema.get(keyword, ())]
            if kinds and all(isinstance(kind, str) and kind == kinds[0] for kind in kinds):
                return str(kinds[0])
        return ""


def _says(schema: Node) -> bool:
    """Whether keywords say anything of values."""
    silent = (
        "description",
        "title",
        "nullable",
        "readOnly",
        "writeOnly",
        "example",
        "examples",
        "deprecated",
    )
    return any(key not in (*silent, "default", "externalDocs", "xml") for key in schema)


def _is_null(node: object) -> bool:
    return isinstance(node, dict) and (
        node.get("type") in ("null", ["null"])
        or node.get("enum") == [None]
        or ("const" in node and node["const"] is None)
    )


def _excludes(branches: list[Schema]) -> bool:
    """Whether no value can fit two of some branches: their types differ, or a field has another constant."""
    kinds = [one.get("type") for one in branches]
    if all(isinstance(kind, str) for kind in kinds) and len({*kinds}) == len(kinds):
        return {"integer", "number"} - {*kinds} != set()
    common = set.intersection(*({*one.get("required", ())} for one in branches))
    for name in common:
        values = [_values(one.get("properties", {}).get(name, {})) for one in branches]
        if all(values) and len({value for held in values for value in held}) == sum(map(len, values)):
            return True
    return False


def _values(field: Schema) -> set[str]:
    listed = [field["const"]] if "const" in field else field.get("enum", [])
    return {repr(one) for one in listed} if isinstance(listed, list) else set()
