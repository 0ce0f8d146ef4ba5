"""Follow every `$ref`: inside the file, into files beside it, and some levels into a schema of itself."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import unquote

from roomproof.contract.clause import HOLDERS, Path
from roomproof.contract.lines import line_at, marks
from roomproof.contract.yaml_text import MAX_DEPTH, MAX_NODES, parse_yaml
from roomproof.errors import ContractError

Reader = Callable[[str], tuple[str, str]]
"""Returns the text of a file, by its path from the contract's folder on, and its name for messages."""
FILES = "x-files"
"""Where in a contract the files stand that it refers to, once they are read."""
_MOST_FILES = 50
_MOST_CHARACTERS = 4_000_000
LEVELS = 3
"""So often a schema is unfolded that contains itself."""
_REASON = f"the schema contains itself, and {LEVELS} levels of it are read"
_OPEN = {"x-unsettled": {"reason": _REASON, "schema": {}}}
"""What stands below the last level: anything fits, and nothing is demanded."""
_DATA = frozenset(("const", "default", "enum", "example", "examples", "callbacks", "links", "webhooks"))
"""Keywords whose values are no schemas, or are not read: no `$ref` in them is followed."""
NAMING = frozenset(
    (
        *("$defs", "content", "definitions", "headers", "parameters", "paths", "patternProperties"),
        *("properties", "requestBodies", "responses", "schemas", "securitySchemes", FILES),
    )
)
"""Keywords whose fields are names that an author has chosen, and no keywords."""
_INSIDE = frozenset(("properties", *HOLDERS.values()))
"""Keywords that speak of what stands inside a value."""
_OF_SCHEMAS = re.compile(rf"/(?:schemas?|\$defs|definitions)/|/schema$|^#/{FILES}/[^/]+$")
"""What a reference to a schema looks like: only a schema may contain itself."""


def with_files(
    raw: Any, read: Reader, *, outside: bool = False, prepare: Callable[[Any], Any] = lambda node: node
) -> Any:
    """Return a document with the files that it refers to inside it, and each `$ref` to one leading there.

    It is the same object where there are none; `prepare` is done to what each file holds. Raises
    ContractError, with file and line, for too many or too large files, and for a reference that leads out of
    the contract's folder; with `outside` only for one that is no relative path.
    """
    return _Files(raw, read, outside, prepare).document()


class _Files:
    """Reads files as they are referred to, each once."""

    def __init__(self, raw: Any, read: Reader, outside: bool, prepare: Callable[[Any], Any]) -> None:
        self._raw = raw
        self._read = read
        self._outside = outside
        self._prepare = prepare
        self._texts: dict[str, tuple[str, str]] = {}
        self._found: dict[str, Any] = {}

    def document(self) -> Any:
        """Return the document with everything that it refers to."""
        whole = self._moved(self._raw, "", ())
        return {**whole, FILES: self._found} if self._found else self._raw

    def _moved(self, node: Any, file: str, pointer: Path, names: bool = False) -> Any:
        if isinstance(node, list):
            return [self._moved(item, file, (*pointer, str(index))) for index, item in enumerate(node)]
        if not isinstance(node, dict):
            return node
        moved = {}
        for key, value in node.items():
            if key == "$ref" and not names and isinstance(value, str):
                moved[key] = self._target(value, file, (*pointer, key))
            elif not names and key in _DATA:
                moved[key] = value
            else:
                moved[key] = self._moved(value, file, (*pointer, key), not names and key in NAMING)
        return moved

    def _target(self, reference: str, file: str, pointer: Path) -> str:
        path, _, fragment = reference.partition("#")
        if not path and not file:
            return reference
        try:
            here = file
            if path:
                here = posixpath.normpath(posixpath.join(posixpath.dirname(file), unquote(path)))
                self._load(here, path)
        except ContractError as error:
            if not file:
                raise ContractError(f"$ref {reference!r}: {error}", pointer) from error
            text, name = self._texts[file]
            line = line_at(marks(text), pointer)
            raise ContractError(f"{name}, line {line}: $ref {reference!r}: {error}") from error
        return f"#/{FILES}/{here.replace('~', '~0').replace('/', '~1')}{fragment}"

    def _load(self, file: str, path: str) -> None:
        is_a_place = ":" not in path and "\\" not in path and not path.startswith("/")
        if not is_a_place or (file.split("/")[0] == ".." and not self._outside):
            raise ContractError("only files beside the contract or below are read; copy it there")
        if file in self._texts:
            return
        if len(self._texts) == _MOST_FILES:
            raise ContractError(f"the contract refers to more than {_MOST_FILES} files; put some into one")
        text, name = self._texts[file] = self._read(file)
        if sum(len(text) for text, _ in self._texts.values()) > _MOST_CHARACTERS:
            why = f"the files have more than {_MOST_CHARACTERS} characters by then"
            raise ContractError(f"{why}; refer to less")
        # Before it is moved: it may refer to itself.
        self._found[file] = None
        self._found[file] = self._moved(self._prepare(parse_yaml(text, name)), file, ())


def resolve(node: Any, root: Any) -> Any:
    """Return a copy of `node` with every `$ref` replaced by what it points to; siblings of `$ref` win.

    A schema that contains itself is unfolded, LEVELS times at most; anything fits below. Raises ContractError
    for a reference to nowhere, for another one that leads back to itself, and where a few stand for more than
    any contract holds.
    """
    if isinstance(node, dict):
        node = {key: value for key, value in node.items() if key != FILES}
    return _Resolver(root).copy(node, _Place())


class _Place(NamedTuple):
    """Where in a document a node stands, every `$ref` followed.

    `followed` are the references that led here, `fresh` those since the last step into a value; `names`: the
    fields of the node are names.
    """

    pointer: Path = ()
    depth: int = 0
    followed: tuple[str, ...] = ()
    fresh: tuple[str, ...] = ()
    names: bool = False

    def below(self, step: str) -> _Place:
        """Return the place of a field."""
        fresh = () if step in _INSIDE and not self.names else self.fresh
        names = step in NAMING and not self.names
        return _Place((*self.pointer, step), self.depth + 1, self.followed, fresh, names)

    def behind(self, reference: str) -> _Place:
        """Return the place of what a reference leads to."""
        return _Place(self.pointer, self.depth + 1, (*self.followed, reference), (*self.fresh, reference))


class _Resolver:
    """Counts what it copies: of references that lead to references, each doubles the whole."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._copied = 0

    def copy(self, node: Any, place: _Place) -> Any:
        """Return a copy of a node without references."""
        self._copied += 1
        if place.depth > MAX_DEPTH:
            why = "a $ref leads back to itself, or the contract is nested too deeply"
            raise ContractError(f"{why}; contracts are finite trees", place.pointer)
        if self._copied > MAX_NODES:
            message = f"with every $ref replaced it has more than {MAX_NODES} values; refer to less"
            raise ContractError(message, place.pointer)
        if isinstance(node, list):
            return [self.copy(item, place.below(str(index))) for index, item in enumerate(node)]
        if not isinstance(node, dict):
            return node
        if isinstance(node.get("$ref"), str) and not place.names:
            return self._replaced(node, place)
        data = () if place.names else _DATA
        fields = node.items()
        return {key: value if key in data else self.copy(value, place.below(key)) for key, value in fields}

    def _replaced(self, node: dict[str, Any], place: _Place) -> Any:
        """Return what a reference points to, with what stands beside it."""
        target, here = node["$ref"], (*place.pointer, "$ref")
        again = target in place.followed
        if target in place.fresh or (again and not _OF_SCHEMAS.search(target)):
            message = f"$ref {_told(target)!r} leads back to itself; write down what it stands for"
            raise ContractError(message, here)
        if again and len(place.followed) - len(set(place.followed)) >= LEVELS - 1:
            return _OPEN
        try:
            found = _follow(target, self._root)
        except ContractError as error:
            raise ContractError(str(error), here) from error
        merged = {**found, **{key: value for key, value in node.items() if key != "$ref"}}
        return self.copy(merged, place.behind(target))


def _follow(reference: str, root: Any) -> dict[str, Any]:
    if not reference.startswith("#/"):
        what = "only references inside the file, and to files beside it, are read"
        raise ContractError(f"$ref {reference!r}: {what}; write '#/components/...'")
    node = root
    for step in reference[2:].split("/"):
        name = unquote(step).replace("~1", "/").replace("~0", "~")
        if not isinstance(node, dict) or name not in node:
            raise ContractError(f"$ref {_told(reference)!r} points to nothing; check its spelling")
        node = node[name]
    if not isinstance(node, dict):
        raise ContractError(f"$ref {_told(reference)!r} does not point to an object")
    return node


def _told(reference: str) -> str:
    """Return a reference as its author has written it."""
    file, mark, rest = reference.removeprefix(f"#/{FILES}/").partition("/")
    own = reference.startswith(f"#/{FILES}/")
    return f"{file.replace('~1', '/').replace('~0', '~')}#{mark}{rest}" if own else reference
