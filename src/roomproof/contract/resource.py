"""What an API is about, and what an operation does to it: inferred from method and path, unless the contract
says it.

`x-resource` names the path parameter of a resource, where it stands in a response, which field is its id, and
where a list keeps its entries. A contract about several resources, one of them perhaps inside another, gives
each a name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import parse_qsl, urlsplit

from roomproof.contract.clause import Json, Path, values_at


class Effect(StrEnum):
    """What an operation does to its resource; `action` is whatever else it does."""

    CREATE = "create"
    READ = "read"
    LIST = "list"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    ACTION = "action"

    @property
    def changes(self) -> bool:
        """Whether it tells one resource that is there what to be like."""
        return self in (Effect.UPDATE, Effect.REPLACE)


ON_ONE = {
    "GET": Effect.READ,
    "PUT": Effect.REPLACE,
    "PATCH": Effect.UPDATE,
    "POST": Effect.UPDATE,
    "DELETE": Effect.DELETE,
}
"""What a method does to the resource that a path names at its end (RFC 9110, 9.3; RFC 5789)."""
_ON_ALL = {"GET": Effect.LIST, "POST": Effect.CREATE}
"""What a method does to a collection of resources."""


def value_at(node: Json, way: Path) -> Json:
    """Return what stands at the end of a way of names in a JSON value; None where nothing does."""
    for step in way:
        node = node.get(step) if isinstance(node, dict) else None
    return node


@dataclass(frozen=True)
class PageNumbering:
    """How pages are counted: the query parameter that chooses one, the number of the first, and how far the
    next one is.
    """

    parameter: str
    first: int = 1
    step: int = 1


@dataclass(frozen=True)
class Listing:
    """How a list shows its entries: where they stand, and the field that names each of them.

    `query` is what a run asks with; the next page is found by a link in the response (`next`), or by a number
    (`page`); `size` is the query parameter that says how many entries a page has, `filters` are those of
    which a clause says what they leave out. `find` is the query that finds an entry by its name, `{serial}`
    in it, and `by` the field that holds this name. Where `cursor` names a query parameter, `next` leads to
    its value for the next page instead of to a link; without
    `next`, `last` leads to it in the last entry of a page, and the page after the last one is empty.
    """

    entries: Path = ()
    key: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    next: Path | None = None
    page: PageNumbering | None = None
    size: str = ""
    find: Mapping[str, str] = field(default_factory=dict)
    by: str = ""
    filters: frozenset[str] = frozenset()
    cursor: str = ""
    last: Path | None = None

    @property
    def tells_pages(self) -> bool:
        """Whether it says how one page follows another."""
        return not (self.next is None and self.page is None and self.last is None)

    def shown(self, body: Json) -> list[Json] | None:
        """Return the entries in a response body; None where there is no list."""
        found = value_at(body, self.entries)
        return found if isinstance(found, list) else None

    def link(self, body: Json) -> str | None:
        """Return the link to the next page that a response body has; None where there is none."""
        found = None if self.next is None or self.cursor else value_at(body, self.next)
        return found if isinstance(found, str) else None

    def next_query(self, body: Json) -> Mapping[str, str] | None:
        """Return the query of the link to the next page, or its cursor; None where there is none."""
        if self.cursor:
            found = self._cursor_in(body)
            is_one = isinstance(found, str | int) and not isinstance(found, bool)
            return {self.cursor: str(found)} if is_one and found != "" else None
        try:
            return dict(parse_qsl(urlsplit(self.link(body) or "").query, keep_blank_values=True)) or None
        except ValueError:
            return None

    def _cursor_in(self, body: Json) -> Json:
        """Return what the cursor has to be for the next page; None where there is none."""
        if self.last is None:
            return value_at(body, self.next or ())
        entries = self.shown(body)
        return value_at(entries[-1], self.last) if entries else None

    def may_be_cursor(self, name: str) -> bool:
        """Whether a query parameter may be one that only the link to another page can tell."""
        counted = self.page is not None and name == self.page.parameter
        known = name in self.query or name == self.size or counted or name in self.filters
        if self.cursor:
            return name == self.cursor
        return self.next is not None and not known and any(word in name.lower() for word in _CURSORS)


_CURSORS = ("after", "before", "continu", "cursor", "marker", "next", "offset", "page", "skip", "token")
"""What occurs in names of parameters that say where a page begins."""


@dataclass(frozen=True)
class Resource:
    """A resource: the path parameter that names one, where it stands in a response (`at`), which field is its
    id.

    `created` is the field that tells when it was made, `entries` where a list keeps them, `path` the path of
    its collection, where that cannot be told from the parameter. `shown_as` maps a field of a request to the
    field of the response that shows it elsewhere. `pointer` leads to where the contract says all this.
    """

    parameter: str
    at: Path
    id: str
    created: str | None = None
    name: str = "room"
    entries: Path | None = None
    path: str = ""
    shown_as: Mapping[Path, Path] = field(default_factory=dict)
    pointer: Path = field(default=(), compare=False)

    def representation(self, body: Json) -> Mapping[str, Json] | None:
        """Return the resource inside a response body, or None where the body holds none.

        What it shows of a request's field in another place stands in the field's own place, too.
        """
        shown = value_at(body, self.at)
        if not isinstance(shown, dict):
            return None
        found: dict[str, Json] = shown
        for own, elsewhere in self.shown_as.items():
            for _, value in values_at(shown, elsewhere):
                found = _with(found, own, value)
        return found

    @property
    def step(self) -> str:
        """The step of a path that names one."""
        return "{" + self.parameter + "}"

    def is_one(self, path: str) -> bool:
        """Whether a path ends with one of them."""
        return path.rstrip("/").endswith(f"/{self.step}") and (
            not self.path or path.rstrip("/") == f"{self.path}/{self.step}"
        )

    def collections(self, paths: Iterable[str]) -> frozenset[str]:
        """Return the paths, among those of a contract, of which each holds all of them."""
        if self.path:
            return frozenset((self.path,))
        return frozenset(path.rstrip("/").rpartition("/")[0] for path in paths if self.is_one(path))

    def is_shown_by(self, schema: Json) -> bool:
        """Whether the schema of a response lists the resource's id in its place."""
        return self.id in _properties(schema, self.at)

    def is_listed_by(self, schema: Json) -> bool:
        """Whether the schema of a response has a list where the resource's entries stand."""
        node = schema
        for step in self.entries or ():
            node = _properties(node, ()).get(step)
        return self.entries is not None and isinstance(node, Mapping) and "items" in node


def _with(node: Mapping[str, Json], way: Path, value: Json) -> dict[str, Json]:
    """Return an object with a value at a way; objects on the way are made where they are missing."""
    inner = node.get(way[0])
    return {
        **node,
        way[0]: value if len(way) == 1 else _with(inner if isinstance(inner, dict) else {}, way[1:], value),
    }


def _properties(schema: Json, way: Path) -> Mapping[str, Json]:
    for step in way:
        schema = _properties(schema, ()).get(step)
    found = schema.get("properties", {}) if isinstance(schema, Mapping) else {}
    return found if isinstance(found, Mapping) else {}


def effect_of(
    method: str, path: str, success: Json, resources: Iterable[Resource], paths: Iterable[str]
) -> tuple[Effect, Resource | None]:
    """Return what an operation does, and to which resource, as far as method, path and the schema of its
    success tell.

    `paths` are those of the whole contract. The innermost resource of a path counts.
    """
    known, every = tuple(resources), tuple(paths)
    bare = path.rstrip("/")
    for resource in known:
        if resource.parameter and resource.is_one(path):
            return ON_ONE[method], resource
    for resource in known:
        if bare in resource.collections(every):
            return _ON_ALL.get(method, Effect.ACTION), resource
    inside = [resource for resource in known if resource.parameter and resource.step in path]
    if inside:
        # Where no path ends with the resource, each that names it is about it as a whole.
        resource = max(inside, key=lambda one: path.index(one.step))
        is_whole = not any(resource.is_one(other) for other in every)
        return (ON_ONE[method] if is_whole else Effect.ACTION), resource
    return _by_response(method, success, known, every)


def _by_response(
    method: str, success: Json, resources: tuple[Resource, ...], paths: tuple[str, ...]
) -> tuple[Effect, Resource | None]:
    """Return the effect of an operation whose path names no resource: what its response shows, tells."""
    for resource in resources:
        has_collection = not resource.collections(paths).isdisjoint(path.rstrip("/") for path in paths)
        if method == "POST" and not has_collection and resource.is_shown_by(success):
            return Effect.CREATE, resource
        if method == "GET" and resource.is_listed_by(success):
            return Effect.LIST, resource
        if method == "GET" and resource.is_shown_by(success):
            return Effect.READ, resource
    return Effect.ACTION, None
