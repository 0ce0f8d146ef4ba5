"""Where in a document a change stands, as a JSON pointer (RFC 6901): every `$ref` on the way followed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from roomproof.contract.clause import ITEMS, VALUES
from roomproof.contract.references import FILES
from roomproof.derive.drift.change import ChangePlace, ChangeSide
from roomproof.derive.drift.endpoints import without_names
from roomproof.derive.drift.steps import Pointer, step_into, steps_of
from roomproof.derive.swagger import swagger_pointer

Node = Any
_MOST_STEPS = 60
_HOLDERS = {ITEMS: "items", VALUES: "additionalProperties"}
_PARTS = ("allOf", "anyOf", "oneOf")


def location(root: Mapping[str, Any], place: ChangePlace) -> Pointer:
    """Return the way to what stands nearest to a place in a document of OpenAPI 3; empty where the document
    has no such operation.
    """
    document = _Document(root)
    operation, item = document.operation(place)
    if not operation:
        return ()
    start, way = document.start(operation, item, place), place.way
    if place.carrier != "body":
        way = way[1:]
    for step in way:
        below = document.below(start, step, 0)
        if not below:
            return document.followed(start)
        start = below
    return start


def in_swagger(pointer: Pointer) -> Pointer:
    """Return where in a document of Swagger 2.0 that stands which a pointer into its conversion leads to, or
    what is nearest to it: parameters and bodies are written in another way there.
    """
    if pointer[:1] != ("paths",):
        return swagger_pointer(pointer)
    return pointer[: 5 if pointer[3:4] == ("responses",) else 3]


def written(pointer: Pointer) -> str:
    """Return a pointer as text, empty for none; one into another file begins with its name."""
    file, steps = ("", pointer) if pointer[:1] != (FILES,) else (pointer[1], pointer[2:])
    told = "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)
    return f"{file}#{told}" if pointer else ""


class _Document:
    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root

    def operation(self, place: ChangePlace) -> tuple[Pointer, Pointer]:
        """Return where an operation stands, and its path."""
        paths = self._root.get("paths")
        known = paths if isinstance(paths, Mapping) else {}
        for path in [place.shown_path] if place.shown_path in known else _alike(known, place):
            item = self.followed(("paths", path))
            if isinstance(self._at((*item, place.method.lower())), Mapping):
                return (*item, place.method.lower()), item
        return (), ()

    def start(self, operation: Pointer, item: Pointer, place: ChangePlace) -> Pointer:
        """Return where the schema stands in which the way of a place begins, or what is nearest to it."""
        if place.side is ChangeSide.OPERATION:
            return operation
        if place.carrier == "body":
            steps = ("requestBody",) if place.side is ChangeSide.REQUEST else ("responses", place.status)
            body = self._nearest(operation, steps)
            content = self._at((*body, "content"))
            media = next(iter(content), "") if isinstance(content, Mapping) else ""
            return self._nearest(body, ("content", media, "schema")) if media else body
        if place.side is ChangeSide.RESPONSE:
            response = self._nearest(operation, ("responses", place.status))
            headers = self._at((*response, "headers"))
            named = headers if isinstance(headers, Mapping) else {}
            name = next((one for one in named if str(one).lower() == place.label.lower()), "")
            return self._nearest(response, ("headers", name, "schema")) if name else response
        for around in (operation, item):
            for number, _ in enumerate(self._listed((*around, "parameters"))):
                parameter = self.followed((*around, "parameters", str(number)))
                node = self._at(parameter)
                if isinstance(node, Mapping) and (node.get("name"), node.get("in")) == (
                    place.label,
                    place.carrier,
                ):
                    return self._nearest(parameter, ("schema",)) if len(place.way) > 1 else parameter
        return operation

    def below(self, pointer: Pointer, step: str, depth: int) -> Pointer:
        """Return where a field, the items or the values of a schema stand; empty where nothing says so."""
        pointer = self.followed(pointer)
        node = self._at(pointer)
        if not isinstance(node, Mapping) or depth > _MOST_STEPS:
            return ()
        inner = (*pointer, _HOLDERS[step]) if step in _HOLDERS else (*pointer, "properties", step)
        if isinstance(self._at(inner), Mapping):
            return inner
        parts = ((part, number) for part in _PARTS for number, _ in enumerate(self._listed((*pointer, part))))
        found = (self.below((*pointer, part, str(number)), step, depth + 8) for part, number in parts)
        return next(filter(None, found), ())

    def _nearest(self, pointer: Pointer, steps: Pointer) -> Pointer:
        """Return where some steps lead to, as far as they lead anywhere."""
        for step in steps:
            if self._at((*pointer, step)) is None:
                return pointer
            pointer = self.followed((*pointer, step))
        return pointer

    def followed(self, pointer: Pointer) -> Pointer:
        """Return where what stands somewhere is described, every `$ref` followed."""
        for _ in range(_MOST_STEPS):
            node = self._at(pointer)
            reference = node.get("$ref") if isinstance(node, Mapping) else None
            if not isinstance(reference, str) or not reference.startswith("#/"):
                return pointer
            pointer = steps_of(reference)
        return pointer

    def _listed(self, pointer: Pointer) -> list[Node]:
        node = self._at(pointer)
        return node if isinstance(node, list) else []

    def _at(self, pointer: Pointer) -> Node:
        node: Node = self._root
        for step in pointer:
            node = step_into(node, step)
        return node


def _alike(paths: Mapping[str, Any], place: ChangePlace) -> list[str]:
    """Return the paths that are that of a place but for names and for a prefix, the longest first."""
    whole = f"/{place.path.strip('/')}"
    found = (path for path in paths if whole.endswith(f"/{without_names(path).strip('/')}"))
    return sorted(found, key=len, reverse=True)
