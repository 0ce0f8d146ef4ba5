"""The operations of a specification, each with an id, a path and its parameters, whatever is wrong there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from roomproof.contract.clause import Path
from roomproof.contract.shape import METHODS
from roomproof.derive.draft.remarks import Node, Remarks, followed

_COLON = re.compile(r"(?<=/):([A-Za-z_][A-Za-z0-9_-]*)")
_ANGLE = re.compile(r"(?<=/)<(?:\w+:)?([A-Za-z_][A-Za-z0-9_-]*)>")
_STEP = re.compile(r"\{([^{}]*)\}")
_OTHERS = ("head", "options", "trace")
_ID = re.compile(r"[A-Za-z0-9]+([-_][A-Za-z0-9]+)*")
_CASES = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True)
class Described:
    """An operation as a specification describes it.

    `path` has each parameter in braces; `place` leads to it in the specification, `parameters` are its own
    and those of its path, each with its place and without a `$ref`.
    """

    id: str
    method: str
    path: str
    place: Path
    node: Node
    parameters: tuple[tuple[Path, Node], ...]

    @property
    def call(self) -> str:
        """Its method and path."""
        return f"{self.method.upper()} {self.path}"

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters of its path, in their order."""
        return tuple(_STEP.findall(self.path))

    def may_be(self, word: str) -> bool:
        """Whether a user who writes a word means it: by its id, as the vendor spells it or as the draft does,
        or by method and path.
        """
        method, _, path = word.strip().partition(" ")
        if path:
            return method.lower() == self.method and _alike(path.strip()) == _alike(self.path)
        return word in (self.id, self.node.get("operationId"))


def read_operations(root: Node, remarks: Remarks) -> tuple[Described, ...]:
    """Return every operation of a specification, and tell what is wrong with paths and ids."""
    found: list[Described] = []
    ids: dict[str, Described] = {}
    calls: set[tuple[str, str]] = set()
    paths = root.get("paths")
    for raw, node in paths.items() if isinstance(paths, dict) else ():
        place = ("paths", str(raw))
        item = followed(node, root)
        path = _path(str(raw), place, remarks)
        if not item:
            remarks.defect(place, "the path has no operations that can be read")
            continue
        for method in _OTHERS:
            if method in item:
                remarks.left_out((*place, method), f"operations of the method {method.upper()} are not read")
        for method in METHODS if path else ():
            if not isinstance(item.get(method), dict):
                continue
            here = (*place, method)
            if (method, _alike(path)) in calls:
                remarks.defect(
                    here, f"{method.upper()} {path} is described twice; the second one is left out"
                )
                continue
            calls.add((method, _alike(path)))
            name = _id(item[method], method, path, ids, here, remarks)
            shared = _listed(item, place, root)
            described = Described(
                name, method, path, here, item[method], (*shared, *_listed(item[method], here, root))
            )
            ids[name] = described
            found.append(described)
    return tuple(found)


def _path(raw: str, place: Path, remarks: Remarks) -> str:
    """Return a path as a template of OpenAPI; empty where it is none."""
    path = _COLON.sub(r"{\1}", raw)
    path = _ANGLE.sub(r"{\1}", path)
    if path != raw:
        remarks.defect(place, f"its parameters do not stand in braces; the draft has {path}")
    bare = path.partition("?")[0].partition("#")[0].strip()
    if bare != path:
        remarks.defect(place, f"a path has no query and no fragment; the draft has {bare}")
    if bare and not bare.startswith("/"):
        bare = f"/{bare}"
        remarks.defect(place, f"a path begins with a slash; the draft has {bare}")
    if re.search(r"[\s\\]", bare) or any(step in (".", "..") for step in bare.split("/")):
        remarks.left_out(place, "it is no path that can be asked for")
        return ""
    twice = [name for name in {*_STEP.findall(bare)} if _STEP.findall(bare).count(name) > 1]
    if twice or "{}" in bare:
        remarks.left_out(place, "two parameters of the path have one name, or one has none")
        return ""
    return bare


def _id(node: Node, method: str, path: str, taken: dict[str, Described], here: Path, remarks: Remarks) -> str:
    """Return the id of an operation in the draft: the vendor's one in lower-case words, else one made of
    method and path.
    """
    told = node.get("operationId")
    name = kebab(told) if isinstance(told, str) else ""
    if isinstance(told, str) and name in taken:
        first = taken[name].call
        remarks.defect(
            (*here, "operationId"), f"{told!r} is that of {first}, too; the draft has {_made(method, path)}"
        )
        name = ""
    elif isinstance(told, str) and not name:
        remarks.defect((*here, "operationId"), f"{told!r} is no id; the draft has {_made(method, path)}")
    wanted = name or _made(method, path)
    number, unique = 2, wanted
    while unique in taken:
        unique, number = f"{wanted}-{number}", number + 1
    return unique


def kebab(text: str) -> str:
    """Return a name as lower-case words joined by hyphens: `createRoom` is `create-room`."""
    words = re.findall(r"[A-Za-z0-9]+", _CASES.sub(" ", text))
    name = "-".join(words).lower()
    return name if _ID.fullmatch(name) else ""


def _made(method: str, path: str) -> str:
    """Return an id from method and path: `GET /rooms/{id}` is `get-rooms-id`."""
    return kebab(f"{method} {path}") or method


def _alike(path: str) -> str:
    """Return a path in which every parameter has the same name, in whichever spelling."""
    return _STEP.sub("{}", _ANGLE.sub("{}", _COLON.sub("{}", path))).rstrip("/")


def _listed(node: Node, place: Path, root: Node) -> Iterator[tuple[Path, Node]]:
    listed = node.get("parameters")
    for index, one in enumerate(listed if isinstance(listed, list) else ()):
        yield (*place, "parameters", str(index)), followed(one, root)


def parameters_of(described: Described) -> dict[tuple[Any, Any], tuple[Path, Node]]:
    """Return the parameters of an operation by place and name: its own one counts where its path has it, too
    (OpenAPI 3.1, Path Item Object).
    """
    return {(one.get("in"), one.get("name")): (place, one) for place, one in described.parameters}
