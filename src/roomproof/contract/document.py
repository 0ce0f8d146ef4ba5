"""Read a contract's YAML: a safe loader, no aliases, every local `$ref` resolved."""

from __future__ import annotations

from typing import Any

import yaml

from roomproof.errors import ContractError

_MAX_DEPTH = 60


_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc] # one of two classes, whichever PyYAML was built with
    """YAML's safe loader; dates stay text, since a contract's dates are samples."""


_Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _refuse_explosives(text: str, name: str) -> None:
    """Raise ContractError, before anything is built, for aliases and for great depth: a few lines of them can take all memory or stack."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.events.AliasEvent):
            raise ContractError(f"{name}, line {line}: YAML aliases are not read; write a $ref instead")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _MAX_DEPTH:
            raise ContractError(f"{name}, line {line}: nested more than {_MAX_DEPTH} levels deep; contracts are flat")


def parse_yaml(text: str, name: str) -> Any:
    """Return what a YAML text holds. Raises ContractError, with the text's name and the line, if it is no YAML."""
    try:
        _refuse_explosives(text, name)
        return yaml.load(text, Loader=_Loader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or type(error).__name__
        raise ContractError(f"{name}{where}: is not valid YAML ({problem}); mend that line") from error


def load_nodes(text: str) -> yaml.Node:
    """Return the tree of a YAML text that `parse_yaml` takes; its nodes know their lines."""
    node = yaml.compose(text, Loader=_Loader)
    assert node is not None, "an empty text is no contract"
    return node


def resolve(node: Any, root: Any, depth: int = 0) -> Any:
    """Return a copy of `node` with every local `$ref` replaced by what it points to; siblings of `$ref` win.

    Raises ContractError for a reference to nowhere or to itself.
    """
    if depth > _MAX_DEPTH:
        raise ContractError("a $ref leads back to itself, or the contract is nested too deeply; contracts are finite trees")
    if isinstance(node, list):
        return [resolve(item, root, depth + 1) for item in node]
    if not isinstance(node, dict):
        return node
    target = node.get("$ref")
    if isinstance(target, str):
        merged = {**_follow(target, root), **{key: value for key, value in node.items() if key != "$ref"}}
        return resolve(merged, root, depth + 1)
    return {key: resolve(value, root, depth + 1) for key, value in node.items()}


def _follow(reference: str, root: Any) -> dict[str, Any]:
    if not reference.startswith("#/"):
        raise ContractError(f"$ref {reference!r}: only references inside the file are read; write '#/components/...'")
    node = root
    for step in reference[2:].split("/"):
        name = step.replace("~1", "/").replace("~0", "~")
        if not isinstance(node, dict) or name not in node:
            raise ContractError(f"$ref {reference!r} points to nothing; check its spelling")
        node = node[name]
    if not isinstance(node, dict):
        raise ContractError(f"$ref {reference!r} does not point to an object")
    return node
