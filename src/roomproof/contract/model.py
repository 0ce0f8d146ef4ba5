"""What a contract says, as frozen dataclasses: operations, parameters, bodies, responses, and their clauses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from roomproof.auth.scheme import AUTHORIZATION, Carrier
from roomproof.contract.clause import Clause, Json, Level, Part, Path, Source
from roomproof.contract.lines import Mark, line_at, marks

NOWHERE = Source("", "", "")
"""The source of what no document was named for."""


@dataclass(frozen=True)
class Parameter:
    """A path, query or header parameter."""

    name: str
    place: str
    required: bool
    schema: Mapping[str, Any]
    level: Level = Level.DOCUMENTED
    source: Source = NOWHERE


@dataclass(frozen=True)
class Body:
    """A request body: its one media type and its JSON Schema, every `$ref` resolved."""

    media_type: str
    required: bool
    schema: Mapping[str, Any]


@dataclass(frozen=True)
class ResponseSpec:
    """A documented response: status code or `default`, what it is for (`when`), media type and schema if any."""

    status: str
    when: str
    media_type: str | None
    schema: Mapping[str, Any] | None
    headers: tuple[str, ...]
    level: Level = Level.DOCUMENTED
    source: Source = NOWHERE


@dataclass(frozen=True)
class Operation:
    """One documented operation with its clauses in the order of the contract."""

    id: str
    method: str
    path: str
    parameters: tuple[Parameter, ...]
    body: Body
    responses: tuple[ResponseSpec, ...]
    clauses: tuple[Clause, ...]
    source: Source = NOWHERE

    @cached_property
    def success(self) -> ResponseSpec:
        """The documented response of a request that is carried out."""
        return next(response for response in self.responses if response.status.startswith("2"))

    def refusal(self, when: str) -> ResponseSpec | None:
        """Return the documented response for `unauthenticated`, `unknown-room` or `invalid`, else the general one."""
        exact = next((response for response in self.responses if response.when == when), None)
        return exact or next((response for response in self.responses if response.status == "default"), None)

    @cached_property
    def by_rule(self) -> Mapping[tuple[Part, str], tuple[Clause, ...]]:
        """The clauses by part and rule."""
        found: dict[tuple[Part, str], tuple[Clause, ...]] = {}
        for clause in self.clauses:
            found[clause.part, clause.rule] = (*found.get((clause.part, clause.rule), ()), clause)
        return found

    @cached_property
    def behaviours(self) -> tuple[Clause, ...]:
        """The clauses about how it behaves, one for each line of `x-behaviours` and each field that this is about."""
        return tuple(clause for clause in self.clauses if clause.part is Part.BEHAVIOUR)

    @cached_property
    def by_status(self) -> Mapping[str, ResponseSpec]:
        """The documented responses by status code or `default`; of several with one the first."""
        return {response.status: response for response in reversed(self.responses)}

    @cached_property
    def answered(self) -> frozenset[str]:
        """The names of the members that its answers have, however deep."""
        return frozenset(clause.path[-1] for clause in self.clauses if clause.part is Part.RESPONSE and clause.path)

    @cached_property
    def repeatability(self) -> tuple[str, str] | None:
        """The headers that make a request repeatable, its id and the time of its first sending; None where there are none."""
        clause = next(iter(self.by_rule.get((Part.BEHAVIOUR, "replayed-once"), ())), None)
        return None if clause is None else (clause.options["id"], clause.options["first-sent"])

    def clause(self, part: Part, path: Path, rule: str) -> Clause | None:
        """Return the clause of a part for a path and a rule, or None."""
        return self._by_place.get((part, path, rule))

    @cached_property
    def _by_place(self) -> Mapping[tuple[Part, Path, str], Clause]:
        return {(clause.part, clause.path, clause.rule): clause for clause in reversed(self.clauses)}


@dataclass(frozen=True)
class Room:
    """Where a room stands in a response (`at`), which member is its id, which path parameter names it, which tells when it was made."""

    parameter: str
    at: Path
    id: str
    created: str | None = None

    def representation(self, body: Json) -> Mapping[str, Json] | None:
        """Return the room inside a response body, or None where the body holds none."""
        for step in self.at:
            if not isinstance(body, dict):
                return None
            body = body.get(step)
        return body if isinstance(body, dict) else None


@dataclass(frozen=True)
class SupportCall:
    """A call that no page of the contract documents, but that a run needs: made room, deleted room, listed participants."""

    name: str
    method: str
    path: str
    body: Json = None
    media_type: str = "application/json"
    options: Mapping[str, Any] = field(default_factory=dict)
    source: Source = NOWHERE


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
    """One provider's contract; `raw` is the OpenAPI document it was read from, `text` its YAML and `file` the name of that."""

    provider: str
    version: str
    server: str
    server_environment: Mapping[str, str]
    room: Room
    credentials: CredentialsSpec
    operations: tuple[Operation, ...]
    support: Mapping[str, SupportCall]
    raw: Mapping[str, Any]
    text: str = ""
    file: str = ""

    @cached_property
    def _marks(self) -> Mark:
        return marks(self.text)

    def line(self, clause: Clause) -> int:
        """Return the line of the text, counted from 1, on which a clause stands."""
        return line_at(self._marks, clause.pointer)

    server_level: Level = Level.DOCUMENTED
    server_source: Source = NOWHERE

    @cached_property
    def created(self) -> str | None:
        """The member of a room that tells when it was made: as `x-room` says, else as a clause demands; None where nothing does."""
        rules = (clauses for operation in self.operations for clauses in (operation.by_rule.get((Part.BEHAVIOUR, "created-now"), ()),))
        return self.room.created or next((clause.path[0] for clauses in rules for clause in clauses), None)

    @cached_property
    def listing(self) -> SupportCall | None:
        """The call that lists every room: `list`, else a `find` that looks through such a list by itself; None where there is none."""
        finding = self.support.get("find")
        looks_through = finding is not None and "{" not in finding.path and not finding.options.get("query")
        return self.support.get("list") or (finding if looks_through else None)

    @cached_property
    def clauses(self) -> Mapping[str, Clause]:
        """The register: every clause by its id, in the order of the contract."""
        return {clause.id: clause for operation in self.operations for clause in operation.clauses}

    def match(self, method: str, path: str) -> tuple[Operation, Mapping[str, str]] | None:
        """Return the operation that a request's method and path name, with its path parameters, or None.

        Any prefix may stand before the documented path, and a doubled slash counts as one.
        """
        for operation in self.operations:
            if operation.method == method:
                found = path_pattern(operation.path).search(path)
                if found:
                    return operation, found.groupdict()
        return None

    def match_support(self, method: str, path: str) -> tuple[SupportCall, Mapping[str, str]] | None:
        """Return the supporting call that a request's method and path name, with its path parameters, or None."""
        for call in self.support.values():
            found = path_pattern(call.path).search(path) if call.method == method else None
            if found:
                return call, found.groupdict()
        return None


@cache
def path_pattern(template: str) -> re.Pattern[str]:
    """Return the pattern of a path template, anchored at the end of a path; each parameter is a named group."""
    parts = re.split(r"\{(\w+)\}", template.lstrip("/"))
    literal = "".join(f"(?P<{part}>[^/]+)" if index % 2 else re.escape(part) for index, part in enumerate(parts))
    return re.compile(rf"(?:^|/)/?{literal}/?$")
