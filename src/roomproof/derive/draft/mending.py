"""The last look at a draft: it is read as a contract is, and what the reader rejects is left out and told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from roomproof.contract.clause import Path
from roomproof.contract.read import read_contract
from roomproof.derive.draft.remarks import Remarks, steps_of
from roomproof.errors import ContractError
from roomproof.judge.register import require_rules

_MOST = 100
"""So many things are left out before a draft counts as one that cannot be mended."""
_KEPT = ("paths", "components", "servers", "info", "openapi")


def mended(tree: dict[str, Any], provider: str, remarks: Remarks) -> tuple[dict[str, Any], int]:
    """Return a draft that can be read, and how many clauses it has.

    Raises ContractError if leaving out does not help.
    """
    for _ in range(_MOST):
        try:
            contract = read_contract(json.loads(json.dumps(tree)))
            require_rules(contract)
        except ContractError as error:
            removed = _without(tree, error.pointer)
            if removed is None or "more than" in str(error):
                raise
            remarks.left_out(
                (), f"{'/'.join(removed)} of the draft: {str(error).removeprefix(provider + '.')}"
            )
        else:
            return tree, len(contract.clauses)
    raise ContractError("too much of it says what no contract can say; name fewer operations by --operation")


def _without(tree: dict[str, Any], pointer: Path) -> Path | None:
    """Take what stands at a pointer out of a tree; None where that cannot be."""
    node: Any = tree
    parents: list[tuple[Any, str]] = []
    for step in pointer:
        node = _behind(node, tree)
        if isinstance(node, dict) and step in node:
            parents.append((node, step))
            node = node[step]
        elif isinstance(node, list) and step.isdecimal() and int(step) < len(node):
            parents.append((node, step))
            node = node[int(step)]
        else:
            break
    while parents:
        node, step = parents.pop()
        if step in ("properties", "responses", "schema", "content", "operationId"):
            continue
        if len(parents) < 2 or (isinstance(node, dict) and step in _KEPT):
            return None
        if isinstance(node, list):
            del node[int(step)]
        else:
            del node[step]
        return (*(one for _, one in parents), step)
    return None


def _behind(node: Any, tree: Mapping[str, Any]) -> Any:
    """Return what a `$ref` of the draft leads to."""
    for _ in range(20):
        reference = node.get("$ref") if isinstance(node, dict) else None
        if not isinstance(reference, str):
            break
        found: Any = tree
        for step in steps_of(reference):
            found = found[step]
        node = found
    return node
