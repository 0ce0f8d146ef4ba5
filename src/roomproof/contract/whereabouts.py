"""Where a clause stands in the text of its contract, for people who want to look there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml

from roomproof.contract.clause import ITEMS, KEYS, VALUES, Clause, Part, kebab
from roomproof.contract.document import load_nodes

_STEPS = {ITEMS: "items", VALUES: "additionalProperties", KEYS: "propertyNames"}


def lines_of(clauses: Iterable[Clause], text: str) -> dict[str, int]:
    """Return, by clause id, the line of a contract's YAML text (from 1) where the clause is made: its keyword, or what is nearest above.

    The text is one from which the clauses were read.
    """
    root = load_nodes(text)
    return {clause.id: _Walk(root).to(clause) for clause in clauses}


class _Walk:
    """A way down a document, through references; it stays where it is when there is no such step."""

    def __init__(self, root: yaml.Node) -> None:
        self._root = root
        self._node = root
        self._line = 1

    def to(self, clause: Clause) -> int:
        operation = self._operation(clause.operation)
        if operation is None:
            return self._line
        self._enter(*operation)
        if clause.part is Part.BEHAVIOUR:
            self._behaviour(clause)
        elif clause.part is Part.REQUEST:
            self._request(clause)
        else:
            self._response(clause)
        return self._line

    def _operation(self, name: str) -> tuple[yaml.Node, yaml.Node] | None:
        for _, item in _members(self._member(self._root, "paths")):
            for key, node in _members(item):
                if _plain(self._member(node, "operationId")) == name:
                    return key, node
        return None

    def _behaviour(self, clause: Clause) -> None:
        self._down("x-behaviours")
        lines = self._node.value if isinstance(self._node, yaml.SequenceNode) else []
        for line in lines:
            rule, path = (_plain(self._member(line, name)) for name in ("rule", "path"))
            fields = self._member(line, "fields")
            named = [_plain(field) for field in fields.value] if isinstance(fields, yaml.SequenceNode) else [_plain(fields)]
            if rule == clause.rule and (clause.path[0] in (path, *named) or named == ["all"] or (path is None and fields is None)):
                self._enter(line, line)
                return

    def _request(self, clause: Clause) -> None:
        path = clause.path
        if clause.options.get("in") == "body":
            self._down("requestBody")
            self._content(clause)
        else:
            self._parameter(path[0])
            path = path[1:]
        self._schema(path, clause.rule)

    def _parameter(self, name: str) -> None:
        for parameters in (self._member(self._node, "parameters"), *self._of_path_items()):
            for parameter in parameters.value if isinstance(parameters, yaml.SequenceNode) else []:
                if _plain(self._member(parameter, "name")) == name:
                    self._enter(parameter, parameter)
                    self._down("schema")
                    return

    def _of_path_items(self) -> list[yaml.Node | None]:
        return [self._member(item, "parameters") for _, item in _members(self._member(self._root, "paths"))]

    def _response(self, clause: Clause) -> None:
        self._down("responses")
        self._down(clause.status)
        path = clause.path
        if clause.options.get("in") == "header":
            self._down("headers")
            self._down(path[0])
            self._down("schema")
            path = path[1:]
        elif clause.rule != "status":
            self._content(clause)
        self._schema(path, clause.rule)

    def _content(self, clause: Clause) -> None:
        if not clause.path and clause.rule == "required":
            self._down("required")
            return
        self._down("content")
        first = next(_members(self._node), None)
        if first is not None:
            self._enter(*first)
        if clause.rule != "media-type":
            self._down("schema")

    def _schema(self, path: tuple[str, ...], rule: str) -> None:
        for step in path:
            if step in _STEPS:
                self._down(_STEPS[step])
            elif self._down("properties"):
                self._down(step)
        for prefix in ("sample", "observed"):
            if rule.startswith(f"{prefix}-") and self._down(f"x-{prefix}"):
                rule = rule.removeprefix(f"{prefix}-")
        keyword = next((key for key, _ in _members(self._target(self._node)) if kebab(str(key.value)) == rule), None)
        if keyword is not None:
            self._line = keyword.start_mark.line + 1

    def _down(self, name: str) -> bool:
        for key, node in (*_members(self._node), *_members(self._target(self._node))):
            if key.value == name:
                self._enter(key, node)
                return True
        return False

    def _enter(self, key: yaml.Node, node: yaml.Node) -> None:
        self._node, self._line = node, key.start_mark.line + 1

    def _member(self, node: yaml.Node | None, name: str) -> yaml.Node | None:
        target = None if node is None else self._target(node)
        return next((value for key, value in _members(target) if key.value == name), None)

    def _target(self, node: yaml.Node) -> yaml.Node:
        """Return what a reference leads to, anything else as it is."""
        reference = next((value.value for key, value in _members(node) if key.value == "$ref"), None)
        if not isinstance(reference, str):
            return node
        found: yaml.Node | None = self._root
        for step in reference.removeprefix("#/").split("/"):
            name = step.replace("~1", "/").replace("~0", "~")
            found = next((value for key, value in _members(found) if key.value == name), None)
        return node if found is None else self._target(found)


def _members(node: yaml.Node | None) -> Any:
    return iter(node.value if isinstance(node, yaml.MappingNode) else ())


def _plain(node: yaml.Node | None) -> str | None:
    return node.value if isinstance(node, yaml.ScalarNode) else None
