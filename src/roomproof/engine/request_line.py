"""The request line of an operation: its path with an id in it, and the query that it cannot do without."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from roomproof.contract.model import Operation, Parameter
from roomproof.contract.parameters import as_text
from roomproof.contract.resource import Resource
from roomproof.engine.turns import ANCHOR
from roomproof.targets.grammar import segment
from roomproof_strategies import plain

_STEP = re.compile(r"\{([^{}]+)\}")


def required_query(operation: Operation) -> dict[str, str]:
    """Return the query that every request needs, with the first value that the contract names for each
    parameter.
    """
    return {
        parameter.name: plain_text(parameter)
        for parameter in operation.parameters
        if parameter.place == "query" and parameter.required
    }


def required_headers(operation: Operation) -> dict[str, str]:
    """Return the headers that every request needs, each with the first value that the contract names for it,
    if it names one.
    """
    return {name: text for name, text in _required(operation, "header") if text}


def required_cookies(operation: Operation) -> dict[str, str]:
    """Return the cookies that every request needs, each with the first value that the contract names for it,
    if it names one.
    """
    return {name: text for name, text in _required(operation, "cookie") if text}


def _required(operation: Operation, place: str) -> Iterator[tuple[str, str]]:
    return (
        (one.name, plain_text(one)) for one in operation.parameters if one.place == place and one.required
    )


def plain_text(parameter: Parameter) -> str:
    """Return a value for a parameter, as it is sent: one that the contract names, else a plain one of its
    schema.
    """
    schema = parameter.schema
    if "const" in schema:
        return as_text(schema["const"])
    for listed in ("enum", "examples"):
        if schema.get(listed):
            return as_text(schema[listed][0])
    for named in ("example", "default"):
        if named in schema:
            return as_text(schema[named])
    whole = {"type": "object", "required": [parameter.name], "properties": {parameter.name: schema}}
    return as_text(plain(whole, anchor=datetime.now(UTC) + ANCHOR).value[parameter.name])


def path_of(operation: Operation, room: Resource, room_id: str, others: dict[str, str] | None = None) -> str:
    """Return the path of an operation about the room of an id; every other parameter has the value that the
    contract names for it.
    """
    values = {room.parameter: room_id, **(others or {})}
    # A plain value is drawn by Hypothesis, which takes longer than the request: only where it is needed.
    for one in operation.parameters:
        if one.place == "path" and one.name not in values:
            values[one.name] = plain_text(one)
    return _STEP.sub(lambda step: segment(values.get(step[1], "")), operation.path)
