"""What a line of `x-behaviours` may have under `with`: a frozen dataclass a rule.

A field of such a dataclass is an option: `first_sent` is the word `first-sent` of a contract, `from_` is
`from`. Its type says what may stand there (a text, a number, `Any` JSON value, an object), one with a default
may be left out, and what is Annotated with a Place names a field.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from enum import Enum
from types import NoneType
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import jsonschema_rs

from roomproof.contract.clause import ITEMS, VALUES, Clause, Path, path_of
from roomproof.contract.fields import FieldReference, below
from roomproof.contract.model import Operation
from roomproof.contract.resource import Resource
from roomproof.contract.shape import shortened
from roomproof.errors import ContractError, did_you_mean

T = TypeVar("T")


class FieldPlace(Enum):
    """Where a field stands that a rule is about, or that an option names."""

    NOTHING = "nowhere"
    BODY = "a field of the body"
    ROOM = "a field of the room in a response; `items` and `values` lead into arrays and maps"
    HEADER = "a header of the request"
    QUERY = "a query parameter of the request"
    ITEM = "a field of each item of the array that the clause is about"
    VALUE = "a field of each value of the map that the clause is about"


BodyField = Annotated[str, FieldPlace.BODY]
RoomField = Annotated[str, FieldPlace.ROOM]
HeaderName = Annotated[str, FieldPlace.HEADER]
QueryName = Annotated[str, FieldPlace.QUERY]
ItemField = Annotated[str, FieldPlace.ITEM]
ValueField = Annotated[str, FieldPlace.VALUE]


@dataclass(frozen=True)
class NumberRange:
    """The smallest and the largest number that an option may be."""

    least: float
    most: float


@dataclass(frozen=True)
class Option:
    """One option: its attribute, the contract's word, which values it may have, where it names a field."""

    attribute: str
    word: str
    schema: Mapping[str, Any]
    names: FieldPlace
    is_needed: bool


def read_options(kind: type[T], clause: Clause) -> T:
    """Return a clause's options as its rule's dataclass; `require_options` has found them to be right."""
    known = clause.typed_options.get(kind)
    if known is None:
        given = clause.options
        known = kind(**{one.attribute: given[one.word] for one in _options(kind) if one.word in given})
        clause.typed_options[kind] = known
    return known


def require_options(kind: type[Any] | None, clause: Clause) -> None:
    """Raise ContractError, with the place and the nearest word, if options are not those of the rule."""
    given = {word: value for word, value in clause.options.items() if word != "in" or value != "body"}
    options = _options(kind) if kind is not None else ()
    errors = jsonschema_rs.Draft202012Validator(_schema(options)).iter_errors(given)
    # A word that is not known tells more than that the right one is missing.
    error = min(errors, key=lambda found: "propertyNames" not in found.schema_path, default=None)
    if error is not None:
        pointer = (*clause.pointer, "with", *(str(step) for step in error.instance_path))
        known = [one.word for one in options]
        unknown = [word for word in given if word not in known]
        nearest = did_you_mean(unknown[0], known) if unknown else ""
        message = f"{', '.join(pointer)}: {shortened(error.message)}{nearest}"
        raise ContractError(message, pointer)


def named_fields(
    about: FieldPlace,
    kind: type[Any] | None,
    clause: Clause,
    operation: Operation,
    room: Resource,
) -> Iterator[FieldReference]:
    """Yield the fields that a clause names: that which it is about, and those of its options."""
    if about is not FieldPlace.NOTHING:
        yield _named(about, clause.path, clause, operation, room, clause.pointer)
    for one in _options(kind) if kind is not None else ():
        if one.names is not FieldPlace.NOTHING and one.word in clause.options:
            said, pointer = clause.options[one.word], (*clause.pointer, "with", one.word)
            path = path_of(said) if one.names is FieldPlace.ROOM else (said,)
            yield _named(one.names, path, clause, operation, room, pointer)


def _named(
    place: FieldPlace,
    path: Path,
    clause: Clause,
    operation: Operation,
    room: Resource,
    pointer: Path,
) -> FieldReference:
    if place is FieldPlace.ROOM:
        shown = below(operation.success.schema, room.at)
        return FieldReference(path, shown, "the room in a response", pointer)
    if place is FieldPlace.HEADER:
        headers: dict[str, Any] = {one.name: {} for one in operation.parameters if one.place == "header"}
        # Who declares no header at all leaves them to the line.
        return FieldReference(
            path, {"properties": headers} if headers else {}, "the header of a request", pointer
        )
    if place is FieldPlace.QUERY:
        known: dict[str, Any] = {one.name: {} for one in operation.parameters if one.place == "query"}
        return FieldReference(path, {"properties": known}, "the query of a request", pointer)
    inside = {FieldPlace.ITEM: (*clause.path, ITEMS), FieldPlace.VALUE: (*clause.path, VALUES)}.get(place, ())
    return FieldReference((*inside, *path), operation.schema, "the body", pointer)


_READ: dict[type[Any], tuple[Option, ...]] = {}


def _options(kind: type[Any]) -> tuple[Option, ...]:
    """Return the options that a dataclass declares; they are read once."""
    if kind not in _READ:
        hints = get_type_hints(kind, include_extras=True)
        listed = fields(kind)
        _READ[kind] = tuple(_option(one.name, hints[one.name], one.default is MISSING) for one in listed)
    return _READ[kind]


def option_words(kind: type[Any] | None) -> tuple[str, ...]:
    """Return the words of a rule's options, as a contract spells them."""
    return () if kind is None else tuple(one.word for one in _options(kind))


def _option(attribute: str, hint: Any, is_needed: bool) -> Option:
    if NoneType in get_args(hint):
        hint = next(one for one in get_args(hint) if one is not NoneType)
    base, *marks = get_args(hint) if get_origin(hint) is Annotated else (hint,)
    names = next((mark for mark in marks if isinstance(mark, FieldPlace)), FieldPlace.NOTHING)
    bounds = next((mark for mark in marks if isinstance(mark, NumberRange)), None)
    limits = {"minimum": bounds.least, "maximum": bounds.most} if bounds else {}
    word = attribute.rstrip("_").replace("_", "-")
    return Option(attribute, word, {**_type(base), **limits}, names, is_needed)


def _type(base: Any) -> Mapping[str, Any]:
    """Return the JSON Schema of a type."""
    if get_origin(base) is Literal:
        words = get_args(base)
        return {"const": words[0]} if len(words) == 1 else {"enum": list(words)}
    if get_origin(base) is Mapping:
        return {"type": "object"}
    return {str: {"type": "string"}, float: {"type": "number"}}.get(base, {})


def _schema(options: tuple[Option, ...]) -> dict[str, Any]:
    return {
        "required": [one.word for one in options if one.is_needed],
        "properties": {one.word: one.schema for one in options},
        "propertyNames": {"enum": [one.word for one in options]} if options else False,
    }
