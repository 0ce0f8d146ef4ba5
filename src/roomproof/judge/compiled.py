"""An operation's clauses, compiled once: what the judge holds requests and responses against."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import jsonschema_rs

from roomproof.contract.clause import HOLDERS, Clause, Json, Part, Path, values_at, values_below
from roomproof.contract.keywords import Edge, SizeKind
from roomproof.contract.model import Contract, Operation
from roomproof.contract.once import once_per_contract
from roomproof.contract.parameters import read_text
from roomproof.interaction import Request, header
from roomproof.judge.evidence import Evidence, kept
from roomproof.judge.placeholder import is_placeholder
from roomproof.judge.register import rule_of
from roomproof.judge.validators import PlaceValidator, validator


@dataclass(frozen=True)
class OpenRegion:
    """Values at a path whose acceptance the documents leave open, with the reason (`x-unsettled`)."""

    path: Path
    reason: str
    matches: jsonschema_rs.Draft202012Validator


@dataclass(frozen=True)
class ParameterRules:
    """What is said of a path, query or header parameter: the clause that it must be sent, if any, those about
    its value, and which values are left open.
    """

    name: str
    place: str
    required: Clause | None
    value: PlaceValidator
    schema: Mapping[str, Any]
    open: tuple[OpenRegion, ...] = ()

    def sent_in(self, request: Request, in_path: Mapping[str, str]) -> str | None:
        """Return the text that a request carries, given the parameters of its path; None where it carries
        none.
        """
        if self.place == "path":
            return in_path.get(self.name)
        if self.place == "cookie":
            whole = header(request.headers, "Cookie")
            return whole if whole is not None and is_placeholder(whole) else request.cookies.get(self.name)
        return request.query.get(self.name) if self.place == "query" else header(request.headers, self.name)

    def is_unread(self, text: str, *, second_hand: bool) -> bool:
        """Whether a recorder has put something else in the place of its value: no recording keeps cookies,
        whoever made it.
        """
        return (second_hand or self.place == "cookie") and is_placeholder(text)

    def read(self, text: str) -> Json:
        """Return the value that a text stands for."""
        return read_text(self.schema, text)

    def open_reason(self, text: str) -> str | None:
        """Return why the documents leave open whether a text is accepted; None where they do not."""
        if not self.open:
            return None
        value = self.read(text)
        return next((region.reason for region in self.open if region.matches.is_valid(value)), None)


@dataclass(frozen=True)
class RequiredFields:
    """The fields that each object at a path has to have, one clause a field; `kept` is the evidence that they
    are there.
    """

    path: Path
    clauses: tuple[Clause, ...]
    names: frozenset[str]
    kept: tuple[Evidence, ...]


class Places:
    """The places of a body about whose values there are clauses, in the order of these."""

    def __init__(self, clauses: Iterable[Clause]) -> None:
        # Places side by side are looked up together: what they lie in is then looked for once.
        self._groups = [
            (above, list(places))
            for above, places in groupby(_by_path(list(clauses)), lambda place: place.path[:-1])
        ]

    def held(self, body: Json) -> Iterator[tuple[PlaceValidator, list[tuple[Path, Json]]]]:
        """Yield the places at which a body holds values, with these and the way to each."""
        for above, places in self._groups:
            outer = values_at(body, above)
            if not outer:
                continue
            for place in places:
                values = values_below(outer, place.path[-1]) if place.path else outer
                if values:
                    yield place, values

    def __iter__(self) -> Iterator[PlaceValidator]:
        return (place for _, places in self._groups for place in places)


CarriedParameters = list[tuple[ParameterRules, str | None]]


class RequestRules:
    """The request clauses of an operation, sorted by what they speak of."""

    def __init__(self, operation: Operation) -> None:
        clauses = [clause for clause in operation.clauses if clause.part is Part.REQUEST]
        body = [clause for clause in clauses if clause.options.get("in", "body") == "body"]
        self.parameters = _parameters(operation, [clause for clause in clauses if clause not in body])
        self.queries = frozenset(
            parameter.name for parameter in operation.parameters if parameter.place == "query"
        )
        self.values = Places(
            [clause for clause in body if clause.schema is not None and clause.rule != "required"]
        )
        self.nulls = {clause.path: clause for clause in body if clause.rule == "null"}
        self.nullable = {clause.path: clause for clause in body if clause.rule == "nullable"}
        self.fields = _fields(clause for clause in body if clause.rule == "required" and clause.path)
        self.accepted = {
            clause.path[0]: clause for clause in body if clause.rule == "accepted" and len(clause.path) == 1
        }
        self.body_required = next(
            (clause for clause in body if clause.rule == "required" and not clause.path), None
        )
        self.media = next((clause for clause in body if clause.rule == "media-type"), None)
        self.body_type = next((clause for clause in body if clause.rule == "type" and not clause.path), None)
        self.open = list(_open_regions(operation.schema, ()))
        ruled = [(rule_of(clause), clause) for clause in operation.behaviours]
        self.rejecting = [(rule.rejects, clause) for rule, clause in ruled if rule.rejects is not None]
        self.asking = [(rule.leaves_open, clause) for rule, clause in ruled if rule.leaves_open is not None]
        self.settling = [(rule.settles, clause) for rule, clause in ruled if rule.settles is not None]
        self.unseen = [(rule.unseen, clause) for rule, clause in ruled if rule.unseen is not None]
        self.ignored = [clause.path[0] for rule, clause in ruled if rule.may_ignore]
        self.limited = {clause.path for clause in body if clause.rule == "max-length"}
        self.without_edge = frozenset(clause.id for place in self.values for clause in _without_edge(place))

    def carried(self, request: Request, in_path: Mapping[str, str]) -> CarriedParameters:
        """Return the parameters that a request carries, each with its text, and with None those that it lacks
        and has to carry; in the order of the contract.
        """
        query = request.query
        texts = (
            (one, query.get(one.name) if one.place == "query" else one.sent_in(request, in_path))
            for one in self.parameters
        )
        return [(one, text) for one, text in texts if text is not None or one.required is not None]


class ResponseRules:
    """The clauses of one documented response, of those about its body the ones for one of its media types
    (`medium`).
    """

    def __init__(self, operation: Operation, status: str, medium: str = "") -> None:
        clauses = [
            clause for clause in operation.clauses if clause.part is Part.RESPONSE and clause.status == status
        ]
        body = [clause for clause in clauses if clause.options.get("in", "body") == "body"]
        body = [
            clause
            for clause in body
            if clause.rule == "media-type" or clause.options.get("medium", "") == medium
        ]
        self.status = next((clause for clause in clauses if clause.rule == "status"), None)
        self.media = next((clause for clause in body if clause.rule == "media-type"), None)
        self.json = next((clause for clause in body if clause.rule == "json"), None)
        headers = [clause for clause in clauses if clause.options.get("in") == "header"]
        self.headers = [clause for clause in headers if clause.rule == "present"]
        self.header_values = _by_path([clause for clause in headers if clause.rule != "present"])
        self.present = _fields(clause for clause in body if clause.rule == "present")
        keyed = [clause for clause in body if clause.schema is not None and clause.rule != "present"]
        self.values = Places([*keyed, *(clause for clause in body if clause.rule == "null")])
        self._by_path = {place.path: place for place in self.values}
        self._there = {(fields.path, clause.path[-1]) for fields in self.present for clause in fields.clauses}

    def is_always_there(self, path: Path) -> bool:
        """Whether every response has to have a value at a path: each field on the way is one that has to be
        there.
        """
        return all((path[:depth], step) in self._there for depth, step in enumerate(path))

    def may_be(self, path: Path, value: Json) -> bool:
        """Whether the response lists a place, and its clauses allow a value there."""
        place = self._by_path.get(path)
        if place is None:
            return False
        return all(item.keeps(value) for item in place.items)


class CompiledRules:
    """The rules of every operation of a contract, each compiled when it is first needed; `compiled_rules`
    returns those that all judges of a contract share.
    """

    def __init__(self) -> None:
        self._requests: dict[str, RequestRules] = {}
        self._responses: dict[tuple[str, str, str], ResponseRules] = {}

    def request(self, operation: Operation) -> RequestRules:
        """Return the request rules of an operation."""
        if operation.id not in self._requests:
            self._requests[operation.id] = RequestRules(operation)
        return self._requests[operation.id]

    def response(self, operation: Operation, status: str, medium: str = "") -> ResponseRules:
        """Return the rules of one documented response of an operation, sent as one of its media types."""
        if (operation.id, status, medium) not in self._responses:
            self._responses[operation.id, status, medium] = ResponseRules(operation, status, medium)
        return self._responses[operation.id, status, medium]


@once_per_contract
def compiled_rules(_: Contract) -> CompiledRules:
    """Return the rules of a contract."""
    return CompiledRules()


def _by_path(clauses: list[Clause]) -> list[PlaceValidator]:
    """Return the clauses' validators, one a path, so that each value is looked up once."""
    grouped: dict[Path, list[Clause]] = {}
    for clause in clauses:
        grouped.setdefault(clause.path, []).append(clause)
    return [PlaceValidator(path, about) for path, about in grouped.items()]


def _without_edge(place: PlaceValidator) -> Iterator[Clause]:
    """Yield the clauses on whose limit no value sits: any value that keeps them shows what they allow.

    Of some rules no limit is a value; of others the limit breaks another clause about the same place, so that
    nobody has to accept it.
    """
    for item in place.items:
        keyword = item.clause.keyword
        if keyword is None or not keyword.divides:
            continue
        is_number = keyword.end is not None and keyword.end.kind is SizeKind.NUMBER
        limit = item.clause.schema[keyword.name]
        is_shut_off = item.clause.rule == keyword.rule and is_number and not place.keeps(limit)
        if is_shut_off or keyword.edge is Edge.NONE:
            yield item.clause


def _parameters(operation: Operation, clauses: list[Clause]) -> list[ParameterRules]:
    found = []
    for parameter in operation.parameters:
        named = (parameter.name, parameter.place)
        about = [clause for clause in clauses if (clause.path[0], clause.options["in"]) == named]
        unsettled = tuple(_open_regions(parameter.schema, (parameter.name,)))
        if not about and not unsettled:
            continue
        said = [clause for clause in about if len(clause.path) == 1]
        required = next((clause for clause in said if clause.rule == "required"), None)
        value = PlaceValidator((parameter.name,), [clause for clause in said if clause is not required])
        found.append(ParameterRules(*named, required, value, parameter.schema, unsettled))
    return found


def _fields(clauses: Iterable[Clause]) -> list[RequiredFields]:
    """Return clauses, each about one field, by the objects that these are to be in; the clauses stay in their
    order.
    """
    found = []
    for path, about in groupby(clauses, lambda clause: clause.path[:-1]):
        said = tuple(about)
        found.append(
            RequiredFields(path, said, frozenset(clause.path[-1] for clause in said), tuple(map(kept, said)))
        )
    return found


def _open_regions(schema: Any, path: Path) -> Iterator[OpenRegion]:
    if not isinstance(schema, dict):
        return
    if "x-unsettled" in schema:
        yield OpenRegion(path, schema["x-unsettled"]["reason"], validator(schema["x-unsettled"]["schema"]))
    for name, field in schema.get("properties", {}).items():
        yield from _open_regions(field, (*path, name))
    for step, keyword in HOLDERS.items():
        yield from _open_regions(schema.get(keyword), (*path, step))
