"""What a contract says, as frozen dataclasses: operations with their effects, parameters, bodies, responses,
clauses.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from roomproof.auth.scheme import AUTHORIZATION, Carrier
from roomproof.contract.clause import Clause, Json, Level, Part, Path, Source
from roomproof.contract.documents import Document, url_of
from roomproof.contract.lines import LineMark, line_at, marks
from roomproof.contract.resource import Effect, Listing, Resource

_NARROW = ("enum", "const", "format", "allOf", "anyOf", "oneOf", "not")
"""Keywords that say more of a text than how it is spelled and how long it is."""
NOWHERE = Source("", "", "")
"""The source of what no document was named for."""


@dataclass(frozen=True)
class Parameter:
    """A path, query, header or cookie parameter."""

    name: str
    place: str
    required: bool
    schema: Mapping[str, Any]
    level: Level = Level.DOCUMENTED
    source: Source = NOWHERE


@dataclass(frozen=True)
class Body:
    """A request body: its JSON Schema, every `$ref` resolved, and the media types that the contract has for
    it.

    `media_type` is the one that a run sends; `alike` are the others whose bodies are written in the same way,
    by the same schema. `example` is a body that makes a resource; `{serial}` in it stands for a name of the
    run's.
    """

    media_type: str
    required: bool
    schema: Mapping[str, Any]
    media_types: tuple[str, ...] = ()
    example: Json = None
    alike: tuple[str, ...] = ()


@dataclass(frozen=True)
class ResponseSpec:
    """A documented response: status code, range (`2XX`) or `default`, what it is for (`when`), media types
    and schema if any.
    """

    status: str
    when: str
    media_type: str | None
    schema: Mapping[str, Any] | None
    headers: tuple[str, ...]
    level: Level = Level.DOCUMENTED
    source: Source = NOWHERE
    media_types: tuple[str, ...] = ()

    @property
    def is_success(self) -> bool:
        """Whether it tells that a request was carried out."""
        return self.status.startswith("2")


@dataclass(frozen=True)
class Operation:
    """One method and path: what it does to which resource, what it takes and answers, its clauses in the
    order of the contract.

    An operation whose level is `observed` stands in none of the documents. `listing` is how it shows the
    entries of a list.
    """

    id: str
    method: str
    path: str
    parameters: tuple[Parameter, ...]
    body: Body | None
    responses: tuple[ResponseSpec, ...]
    clauses: tuple[Clause, ...]
    source: Source = NOWHERE
    effect: Effect = Effect.ACTION
    resource: Resource | None = None
    level: Level = Level.DOCUMENTED
    listing: Listing | None = None

    @property
    def schema(self) -> Mapping[str, Any]:
        """The schema of its request's body; one that allows anything where it has none."""
        return self.body.schema if self.body is not None else {}

    @property
    def media_type(self) -> str | None:
        """The media type that its body is sent as, None where it has none."""
        return self.body.media_type if self.body is not None else None

    @property
    def is_documented(self) -> bool:
        """Whether a document has the operation, and not only an observation of a provider."""
        return self.level is not Level.OBSERVED

    @cached_property
    def names_one(self) -> bool:
        """Whether its path names one resource."""
        return self.resource is not None and self.resource.parameter != "" and self.resource.step in self.path

    @cached_property
    def success(self) -> ResponseSpec:
        """The documented response of a request that is accepted, the first one where there are several."""
        return next(response for response in self.responses if response.is_success)

    @cached_property
    def successes(self) -> tuple[ResponseSpec, ...]:
        """Every documented response of a request that is accepted."""
        return tuple(response for response in self.responses if response.is_success)

    def response(self, status: int) -> ResponseSpec | None:
        """Return the documented response of a status code, by itself or by its range; None if there is none,
        or only a default.
        """
        return self.by_status.get(str(status)) or self.by_status.get(f"{status // 100}XX")

    def rejection(
        self, when: str, status: int | None = None, *, of_form: bool = False
    ) -> ResponseSpec | None:
        """Return the documented response for `unauthenticated`, `unknown-room` or `invalid`, else the general
        one.

        Where several are, the one of a status counts; else the first one for what is wrong in its form, the
        last one for anything else.
        """
        exact = [response for response in self.responses if response.when == when]
        spec = self.response(status) if status is not None else None
        if spec in exact:
            return spec
        if exact:
            return exact[0 if of_form else -1]
        return self.by_status.get("4XX") or self.by_status.get("default")

    @cached_property
    def by_rule(self) -> Mapping[tuple[Part, str], tuple[Clause, ...]]:
        """The clauses by part and rule."""
        found: dict[tuple[Part, str], tuple[Clause, ...]] = {}
        for clause in self.clauses:
            found[clause.part, clause.rule] = (*found.get((clause.part, clause.rule), ()), clause)
        return found

    @cached_property
    def behaviours(self) -> tuple[Clause, ...]:
        """The clauses about how it behaves, one for each line of `x-behaviours` and each field that this is
        about.
        """
        return tuple(clause for clause in self.clauses if clause.part is Part.BEHAVIOUR)

    @cached_property
    def by_status(self) -> Mapping[str, ResponseSpec]:
        """The documented responses by status code or `default`; of several with one the first."""
        return {response.status: response for response in reversed(self.responses)}

    @cached_property
    def answered(self) -> frozenset[str]:
        """The names of the fields that its responses have, however deep."""
        return frozenset(
            clause.path[-1] for clause in self.clauses if clause.part is Part.RESPONSE and clause.path
        )

    @cached_property
    def repeatability(self) -> tuple[str, str] | None:
        """The headers that make a request repeatable, its id and the time of its first sending; None where
        there are none.
        """
        clause = next(iter(self.by_rule.get((Part.BEHAVIOUR, "replayed-once"), ())), None)
        return None if clause is None else (clause.options["id"], clause.options["first-sent"])

    def may_be_any_text(self, name: str) -> bool:
        """Whether a field of its body holds a text of which the schema says neither which ones there are nor
        what they mean, such as a name.
        """
        field = self.schema.get("properties", {}).get(name)
        types = field.get("type", ()) if isinstance(field, Mapping) else ()
        is_text = "string" in ([types] if isinstance(types, str) else types)
        return is_text and field.keys().isdisjoint(_NARROW)

    def clause(self, part: Part, path: Path, rule: str) -> Clause | None:
        """Return the clause of a part for a path and a rule, or None."""
        return self._by_place.get((part, path, rule))

    @cached_property
    def _by_place(self) -> Mapping[tuple[Part, Path, str], Clause]:
        return {(clause.part, clause.path, clause.rule): clause for clause in reversed(self.clauses)}


@dataclass(frozen=True)
class CredentialsSpec:
    """The name of a way to authenticate, the variables with its parts, what carries them in a request."""

    scheme: str
    environment: Mapping[str, str]
    level: Level = Level.DOCUMENTED
    source: Source = NOWHERE
    carrier: Carrier = AUTHORIZATION


@dataclass(frozen=True)
class Contract:
    """One provider's contract; `raw` is the OpenAPI document it was read from, `text` its YAML and `file` the
    name of that; `documents` are those that its sources name.
    """

    provider: str
    version: str
    server: str
    server_environment: Mapping[str, str]
    resources: tuple[Resource, ...]
    credentials: CredentialsSpec
    operations: tuple[Operation, ...]
    raw: Mapping[str, Any]
    text: str = ""
    file: str = ""
    documents: tuple[Document, ...] = ()

    def url(self, source: Source) -> str:
        """Return the address of what a source names, empty where it has none."""
        return url_of(source, self.documents)

    def is_inside(self, operation: Operation) -> bool:
        """Whether an operation is about what stands inside a room."""
        return operation.resource not in (None, self.room) and self.room.step in operation.path

    @cached_property
    def derived(self) -> dict[object, Any]:
        """What was made of it once, by what makes it (roomproof.contract.once)."""
        return {}

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "derived"}

    @cached_property
    def _marks(self) -> LineMark:
        return marks(self.text)

    def line(self, clause: Clause) -> int:
        """Return the line of the text, counted from 1, on which a clause stands."""
        return line_at(self._marks, clause.pointer)

    server_level: Level = Level.DOCUMENTED
    server_source: Source = NOWHERE

    @cached_property
    def created(self) -> str | None:
        """The field of a room that tells when it was made: as `x-room` says, else as a clause demands; None
        where nothing does.
        """
        rules = (
            clauses
            for operation in self.operations
            for clauses in (operation.by_rule.get((Part.BEHAVIOUR, "created-now"), ()),)
        )
        return self.room.created or next((clause.path[0] for clauses in rules for clause in clauses), None)

    @property
    def room(self) -> Resource:
        """The resource that the contract is about; the others, if any, stand beside it or inside it."""
        return self.resources[0]

    def operation(self, effect: Effect, *, documented: bool | None = None) -> Operation | None:
        """Return the first operation that has an effect on a room, None if there is none; of `documented`
        ones, or of the others, only.
        """
        known = (one for one in self.operations if one.effect is effect and one.resource is self.room)
        return next((one for one in known if documented is None or one.is_documented is documented), None)

    @cached_property
    def maker(self) -> Operation | None:
        """The documented operation that makes a room; None where no document has one."""
        return self.operation(Effect.CREATE, documented=True)

    @cached_property
    def telling(self) -> tuple[Operation, ...]:
        """The operations that make a room or change one, and whose body the contract knows."""
        known = (one for one in self.operations if one.effect is Effect.CREATE or one in self.changing)
        return tuple(
            one
            for one in known
            if one.resource is self.room and one.body and (one.is_documented or one.schema.get("properties"))
        )

    @cached_property
    def changing(self) -> tuple[Operation, ...]:
        """The operations that tell a room what to be like."""
        return tuple(
            one
            for one in self.operations
            if one.effect.changes and one.resource is self.room and one.names_one
        )

    def about(self, resource: Resource, effect: Effect) -> Operation | None:
        """Return the first operation that has an effect on one thing of a resource, or makes or lists such;
        None if there is none.
        """
        known = (one for one in self.operations if one.effect is effect and one.resource is resource)
        on_all = (Effect.CREATE, Effect.LIST)
        return next(
            (
                one
                for one in known
                if one.names_one is (effect not in on_all) and (effect is not Effect.LIST or one.listing)
            ),
            None,
        )

    @cached_property
    def reading(self) -> Operation | None:
        """The operation that shows the room of an id; None where there is none."""
        return self.about(self.room, Effect.READ)

    @cached_property
    def deleting(self) -> Operation | None:
        """The operation that deletes a room; None where there is none."""
        return self.about(self.room, Effect.DELETE)

    @cached_property
    def creating(self) -> Operation | None:
        """The operation that makes a room, documented or not; None where there is none."""
        return self.maker or self.operation(Effect.CREATE)

    @cached_property
    def listing(self) -> Operation | None:
        """The operation that lists every room; None where there is none."""
        return self.about(self.room, Effect.LIST)

    @cached_property
    def finding(self) -> Operation | None:
        """The operation that finds a room by its name; None where there is none."""
        known = (one for one in self.operations if one.resource is self.room and one.listing is not None)
        return next((one for one in known if one.listing is not None and one.listing.by), None)

    @cached_property
    def clauses(self) -> Mapping[str, Clause]:
        """The register: every clause by its id, in the order of the contract."""
        return {clause.id: clause for operation in self.operations for clause in operation.clauses}

    def match(self, method: str, path: str) -> tuple[Operation, Mapping[str, str]] | None:
        """Return the operation that a request's method and path name, with its path parameters, or None.

        Any prefix may stand before the path of the contract, and a doubled slash counts as one. Of several
        operations the one with the longest path counts, and of these the one with the fewest parameters
        (OpenAPI 3.1, Paths Object).
        """
        for operation, pattern, names in self._by_length:
            if operation.method == method:
                found = pattern.search(path)
                if found:
                    return operation, dict(zip(names, found.groups(), strict=True))
        return None

    @cached_property
    def _by_length(self) -> tuple[tuple[Operation, re.Pattern[str], tuple[str, ...]], ...]:
        known = [(operation, *path_pattern(operation.path)) for operation in self.operations]
        return tuple(sorted(known, key=lambda one: (-one[0].path.rstrip("/").count("/"), len(one[2]))))

    def by_id(self, operation_id: str) -> Operation | None:
        """Return the operation of an id, None if there is none."""
        return next((operation for operation in self.operations if operation.id == operation_id), None)


@cache
def path_pattern(template: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    """Return the pattern of a path template, anchored at the end of a path, and the names of its parameters,
    a group each.
    """
    parts = re.split(r"\{([^{}]+)\}", template.lstrip("/").rstrip("/"))
    literal = "".join("([^/]+)" if index % 2 else re.escape(part) for index, part in enumerate(parts))
    return re.compile(rf"(?:^|/)/?{literal}/?$"), tuple(parts[1::2])
