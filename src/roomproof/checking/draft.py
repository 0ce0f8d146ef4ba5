"""A contract as it is read again and again, without what was found to be wrong in it.

What is wrong is cut out, what is missing gets a stand-in, so that the reader comes to what stands behind it.
Every place is told as it was before anything was cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from roomproof.contract.clause import Path

_STEP = re.compile(r"\{([^{}]+)\}")
_PARTS = ("token", "username", "password", "key", "connection-string")
_ENVIRONMENT = dict.fromkeys(_PARTS, "STAND_IN")
_RESPONSE = {"description": "-"}
_STAND_INS: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"version": "0"},
    "version": "0",
    "x-provider": "stand-in",
    "servers": [{"url": "https://example.com"}],
    "url": "https://example.com",
    "paths": {},
    "x-credentials": {"scheme": "bearer", "environment": _ENVIRONMENT},
    "environment": _ENVIRONMENT,
    "responses": {"200": _RESPONSE},
    "200": _RESPONSE,
    "content": {"application/json": {"schema": {"type": "object"}}},
    "type": "object",
    **dict.fromkeys(("description", "demands", "reason", "says"), "-"),
    "rule": "no-server-error",
    "source": {},
}
"""What stands for a field that has to be there, by its name."""
_NAMED_BELOW = ("headers", "paths", "properties", "responses", "x-observed-paths", "parameters")
_OURS = re.compile("stand[-_]in", re.IGNORECASE)
UNNAMED = "unnamed-"
"""How names begin that stand in for one that is missing."""
_NEAR = 2
_MOST_STEPS = 100


@dataclass(frozen=True)
class Spot:
    """A place in the draft: what holds it, under which key, and the way there in the contract as written.

    Where something is missing, the key is the name that it has to have.
    """

    holder: Any
    key: str | int
    way: Path
    is_there: bool


class Draft:
    """The contract, and what was cut out of it so far."""

    def __init__(self, whole: Any) -> None:
        self.whole = deepcopy(whole)
        self._kept: dict[int, list[int]] = {}
        self._cut: list[Path] = []
        self._gone: set[str] = set()

    def spot(self, pointer: Path) -> Spot:
        """Return where a pointer leads to, every `$ref` followed; of what is not written down, what holds
        it.
        """
        node: Any = self.whole
        way: Path = ()
        found = Spot(None, "", (), is_there=False)
        for depth, step in enumerate(pointer):
            node, way = self._followed(node, way, step)
            if isinstance(node, dict) and step in node:
                found = Spot(node, step, (*way, step), is_there=True)
            elif isinstance(node, list) and step.isdigit() and int(step) < len(node):
                before = self._kept.get(id(node), range(len(node)))[int(step)]
                found = Spot(node, int(step), (*way, str(before)), is_there=True)
            elif isinstance(node, dict) and depth == len(pointer) - 1:
                return Spot(node, step, (*way, step), is_there=False)
            else:
                return found
            node, way = found.holder[found.key], found.way
        return found

    def _followed(self, node: Any, way: Path, step: str) -> tuple[Any, Path]:
        """Return a node, or what its `$ref` leads to if that holds a step and the node itself does not."""
        start = node, way
        for _ in range(_MOST_STEPS):
            target = node.get("$ref") if isinstance(node, dict) and step not in node else None
            if not isinstance(target, str) or not target.startswith("#/"):
                return node, way
            way = tuple(unquote(one).replace("~1", "/").replace("~0", "~") for one in target[2:].split("/"))
            node = self.whole
            for one in way:
                node = node.get(one) if isinstance(node, dict) else None
            if node is None:
                return start
        return start

    def is_consequence(self, spot: Spot, text: str) -> bool:
        """Whether an error may only be there since something else was cut out before, or stands in."""
        if any(_are_near(spot.way, cut) for cut in self._cut):
            return True
        if not spot.is_there and any(spot.way[:-1] == cut[:-1] for cut in self._cut):
            return True
        return _OURS.search(text) is not None or any(f"{name!r}" in text for name in self._gone)

    def without(self, pointers: Iterable[Path]) -> bool:
        """Cut out what some pointers lead to, or put stand-ins where something is missing; return whether
        that was possible for any.
        """
        found = [spot for spot in map(self._to_change, pointers) if spot is not None]
        # The last of a list first, so that what stands before it keeps its place.
        for spot in sorted(found, key=lambda one: one.key if isinstance(one.key, int) else -1, reverse=True):
            self._change(spot)
        return bool(found)

    def _to_change(self, pointer: Path) -> Spot | None:
        """Return the smallest thing at a pointer, or around it, that can be cut out or put there."""
        spot = self.spot(pointer)
        while spot.holder is not None and not spot.is_there and self._stand_in(spot) is None:
            pointer = pointer[:-1]
            spot = self.spot(pointer)
        return None if spot.holder is None else spot

    def _change(self, spot: Spot) -> None:
        holder, key = spot.holder, spot.key
        self._cut.append(spot.way[:-1] if key == "$ref" else spot.way)
        if isinstance(holder, dict) and key in ("in", "name"):
            self._gone.add(str(holder.get("name")))
        if not spot.is_there:
            holder[key] = self._stand_in(spot)
        elif isinstance(holder, list) and isinstance(key, int):
            kept = self._kept.setdefault(id(holder), list(range(len(holder))))
            # Several errors may be about one item.
            if key < len(kept) and str(kept[key]) == spot.way[-1]:
                self._gone |= set(_names(holder[key], spot.way))
                del kept[key], holder[key]
        elif key in holder:
            self._gone |= set(_names(holder.pop(key), spot.way))

    def leave(self, way: Path) -> None:
        """Take what stands at a place for cut out, since somebody else has done it."""
        if way:
            self._cut.append(way[:-1] if way[-1] == "$ref" else way)

    def _stand_in(self, spot: Spot) -> Any:
        name, way = str(spot.key), spot.way
        if name == "operationId" or (name == "name" and "parameters" in way):
            return f"{UNNAMED}{len(self._cut)}"
        if name == "in":
            return "query"
        if name == "schema":
            return {"type": "object"} if "requestBody" in way else {}
        if name == "x-resource":
            steps = [step for path in self.whole.get("paths", {}) for step in _STEP.findall(str(path))]
            return {"parameter": steps[0] if steps else "id", "id": "id"}
        return deepcopy(_STAND_INS.get(name))


def _are_near(one: Path, cut: Path) -> bool:
    """Whether a place is inside of what was cut out, or holds it closely."""
    return one[: len(cut)] == cut or (cut[: len(one)] == one and len(cut) - len(one) <= _NEAR)


def _names(node: Any, way: Path) -> Iterator[str]:
    """Yield what other parts of a contract may call something that is cut out."""
    if len(way) > 1 and way[-2] in _NAMED_BELOW:
        yield way[-1]
    for step in way[:2]:
        yield from _STEP.findall(step) if isinstance(node, dict) and len(way) <= 3 else ()
    yield from _inside(node)


def _inside(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for name, value in node.items():
            yield str(name)
            if name in ("name", "operationId") and isinstance(value, str):
                yield value
            yield from _inside(value)
    elif isinstance(node, list):
        for item in node:
            yield from _inside(item)
