"""What a specification is about: the resources that its paths name, and which of them a draft is to be of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from roomproof.contract.resource import ON_ONE, Effect
from roomproof.derive.draft.operations import Described
from roomproof.errors import UsageError, did_you_mean

PREFERRED = ("room", "meeting", "conference", "session", "space", "call", "event", "webinar")
"""What this program is for comes first where an API has several resources."""
_WORTH = {Effect.CREATE: 3.0, Effect.READ: 3.0, Effect.LIST: 2.0, Effect.DELETE: 2.0, Effect.UPDATE: 2.0}
_LITERAL = re.compile(r"[^/{}]+")
_MAKING, _SHOWING = ("create", "new", "add"), ("list", "all")


@dataclass(frozen=True)
class Candidate:
    """A resource that the paths name: its name in the singular, the path of one, and the operations on it."""

    name: str
    path: str
    effects: dict[str, tuple[Effect, Described]] = field(default_factory=dict)

    @property
    def parameter(self) -> str:
        """The parameter that names one."""
        return self.path.rstrip("/").rpartition("{")[2].rstrip("}")

    @property
    def collection(self) -> str:
        """The path of all."""
        return self.path.rstrip("/").rpartition("/")[0]

    @property
    def operations(self) -> tuple[Described, ...]:
        """The operations on it, in the order of the specification."""
        return tuple(one for _, one in self.effects.values())

    def effect(self, one: Described) -> Effect:
        """Return what an operation does to it."""
        return self.effects[one.id][0] if one.id in self.effects else Effect.ACTION

    @property
    def worth(self) -> float:
        """How well it can be tested, and how near it is to what this program is for."""
        kinds = {effect for effect, _ in self.effects.values()}
        kinds = {Effect.UPDATE if one is Effect.REPLACE else one for one in kinds}
        words = self.name.split("-")
        rank = next((len(PREFERRED) - index for index, word in enumerate(PREFERRED) if word in words), 0)
        near = 0.0 if not rank else (5 + rank / 2 if self.name in PREFERRED else rank / 3)
        return sum(_WORTH.get(one, 0) for one in kinds) + near - 4.0 * self.collection.count("{")


def candidates(operations: Sequence[Described]) -> list[Candidate]:
    """Return the resources of an API, the most likely one first."""
    items: dict[str, list[Described]] = {}
    for one in operations:
        if re.search(r"[^/]/\{[^{}]+\}/?$", one.path):
            items.setdefault(one.path.rstrip("/"), []).append(one)
    found = [_candidate(path, on_one, operations) for path, on_one in items.items()]
    return sorted(found or _unnamed(operations), key=lambda one: -one.worth)


def _unnamed(operations: Sequence[Described]) -> Iterator[Candidate]:
    """Yield the resources of an API in which no path ends with one thing: those that paths name further up,
    else those that it makes.
    """
    above = [found[0] for one in operations if (found := re.match(r".*[^/]/\{[^{}]+\}(?=/)", one.path))]
    made = [one for one in operations if one.method == "post" and "{" not in one.path]
    bare = [one.path.rstrip("/") for one in made if one.path.strip("/")]
    names = [f"{path}/{{{singular(_last_word(path)).replace('-', '_')}_id}}" for path in bare]
    for path in dict.fromkeys(above or names):
        yield _candidate(path, [], operations)


def _candidate(path: str, on_one: list[Described], operations: Sequence[Described]) -> Candidate:
    name = singular(_last_word(path))
    effects = {one.id: (ON_ONE[one.method.upper()], one) for one in on_one}
    collection = path.rpartition("/")[0]
    making = _first(operations, "post", collection, name, _MAKING)
    listing = _first(operations, "get", collection, name, _SHOWING)
    for effect, one in ((Effect.CREATE, making), (Effect.LIST, listing)):
        if one is not None and one.id not in effects:
            effects[one.id] = (effect, one)
    order = {one.id: index for index, one in enumerate(operations)}
    return Candidate(name, path, dict(sorted(effects.items(), key=lambda entry: order[entry[0]])))


def _first(
    operations: Iterable[Described], method: str, collection: str, name: str, words: tuple[str, ...]
) -> Described | None:
    """Return the operation on all: that of the collection's path, else one below it with a word, else one
    whose path ends with the same name.
    """
    known = [one for one in operations if one.method == method]
    paths = [collection, *(f"{collection}/{word}" for word in words)]
    for path in paths:
        for one in known:
            if one.path.rstrip("/") == path:
                return one
    same = [
        one
        for one in known
        if not one.path.rstrip("/").endswith("}") and singular(_last_word(one.path)) == name
    ]
    return min(same, key=lambda one: one.path.count("{"), default=None)


def _last_word(path: str) -> str:
    words = [step for step in path.strip("/").split("/") if "{" not in step]
    return words[-1] if words else "thing"


def singular(word: str) -> str:
    """Return an English plural as one of it, in lower-case words: `Rooms` is `room`."""
    word = "-".join(re.findall(r"[a-z0-9]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", word).lower()))
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word or "thing"


def chosen(
    operations: Sequence[Described], resource: str = "", wanted: Sequence[Described] = ()
) -> tuple[Candidate, list[Candidate]]:
    """Return the resource that a draft is about, and the others that it could be about.

    It is the one that `resource` names, else that of the operations that are `wanted`, else the most likely
    one. Raises UsageError where there is none.
    """
    known = candidates(operations)
    if not known:
        raise UsageError(
            "no operation makes anything, and no path has a parameter that names one thing, as in "
            "/rooms/{id}; a contract is about such a thing"
        )
    if resource:
        named = [
            one
            for one in known
            if singular(resource) == one.name or resource.strip("/") == one.path.strip("/")
        ]
        if not named:
            names = [*dict.fromkeys(one.name for one in known)]
            told = f"no resource is called {resource!r}{did_you_mean(resource, names)}"
            raise UsageError(f"--resource: {told}; known are {', '.join(names[:30])}")
        best = named[0]
    elif wanted:
        ids = {one.id for one in wanted}
        best = max(known, key=lambda one: (len(ids & one.effects.keys()), _is_around(one, wanted), one.worth))
        if not (ids & best.effects.keys() or _is_around(best, wanted)):
            raise UsageError(
                "--operation: none of these operations is about one thing that a path names; add one"
            )
    else:
        best = known[0]
    return best, [one for one in known if one is not best]


def _is_around(candidate: Candidate, wanted: Iterable[Described]) -> int:
    return sum(one.path.startswith(f"{candidate.path}/") for one in wanted)
