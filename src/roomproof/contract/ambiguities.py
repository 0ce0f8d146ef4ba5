"""What a contract says twice, so that nobody can tell which one is meant: operations of one id, parameters of
one name, paths that are alike.

Sources: OpenAPI 3.1, Operation Object (operationId is unique), Path Item Object (a parameter is told from
others by name and place), Paths Object (paths that differ in names of parameters only are identical).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from roomproof.contract.clause import Path
from roomproof.contract.shape import METHODS
from roomproof.errors import ContractError

_STEP = re.compile(r"\{[^{}]*\}")


def ambiguities(root: Mapping[str, Any]) -> Iterator[ContractError]:
    """Yield an error for everything that stands twice in a contract, its shape checked: the second one."""
    ids: dict[str, str] = {}
    calls: dict[tuple[str, str], str] = {}
    for where in ("paths", "x-observed-paths"):
        for path, item in root.get(where, {}).items():
            yield from _parameters(item, (where, path))
            for method in (name for name in METHODS if name in item):
                here, name, alike = (where, path, method), item[method]["operationId"], _STEP.sub("{}", path)
                if name in ids:
                    message = f"operationId {name!r} is that of {ids[name]}, too; give one of them another id"
                    yield ContractError(message, (*here, "operationId"))
                elif (method, alike) in calls:
                    first = calls[method, alike]
                    message = (
                        f"{method.upper()} {path} is {first}, too: names of parameters tell no paths apart"
                    )
                    yield ContractError(f"{message}; leave one out", here)
                ids.setdefault(name, f"{method.upper()} {path}")
                calls.setdefault((method, alike), f"{method.upper()} {path}")
                yield from _parameters(item[method], here)


def _parameters(node: Mapping[str, Any], way: Path) -> Iterator[ContractError]:
    seen: set[tuple[str, str]] = set()
    for index, one in enumerate(node.get("parameters", ())):
        # Names of headers are alike in any case (RFC 9110, 5.1).
        name = one["name"].lower() if one["in"] == "header" else one["name"]
        if (one["in"], name) in seen:
            message = f"two parameters are called {one['name']!r} and stand in the {one['in']}"
            yield ContractError(f"{message}; leave one out", (*way, "parameters", str(index)))
        seen.add((one["in"], name))
