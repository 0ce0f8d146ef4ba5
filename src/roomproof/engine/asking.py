"""Cases of operations that do not tell a room what to be like: reads, lists, deletions, actions, and what
stands inside a room.

What a query, a header or a cookie may hold is generated from the schemas of parameters as bodies are from
theirs: all of an operation's parameters are taken for the fields of one object.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from random import Random
from typing import Any

from roomproof.contract.clause import Clause, Part
from roomproof.contract.model import Operation, Parameter
from roomproof.contract.parameters import as_text, read_text
from roomproof.contract.read import is_form
from roomproof.contract.resource import Listing
from roomproof.engine.bodies import CaseParts
from roomproof.engine.carriers import carriers
from roomproof.engine.case import Case, Seat
from roomproof.engine.turns import ANCHOR, turns
from roomproof.engine.wanted import wanted
from roomproof.judge.validators import validator
from roomproof.targets.grammar import is_field
from roomproof_strategies import Sample, boundary, invalid, plain

FEW_ALIKE = 4
"""So many wrong values are tried of a parameter that holds the same as another one."""
_ROOT = "body"
"""Stands for a body that is no object, where a strategy wants the fields of one."""


def asking(bench: CaseParts, random: Random) -> Iterator[Case]:
    """Yield every deterministic case of an operation, a plain one first."""
    basis = plain_body(bench)
    yield replace(bench.case(basis), valid=True)
    families = [_bodies(bench), parameter_cases(bench, bench.case(basis)), *wanted(bench, basis, random)]
    if bench.operation.body is not None and bench.operation.is_documented:
        families.append(carriers(bench, basis))
        families.append(provider_samples(bench, basis))
    yield from turns(*families)


def plain_body(bench: CaseParts) -> Sample:
    """Return a plain body of an operation; of one that has none, nothing."""
    setting = bench.setting(Seat.MAIN)
    fields, anchor = bench.fields(setting), setting.now + ANCHOR
    return _unwrapped(plain(_wrapped(bench.operation), fields, anchor=anchor), bench.operation)


def _bodies(bench: CaseParts) -> Iterator[Case]:
    if bench.operation.body is None:
        return
    setting, schema = bench.setting(Seat.MAIN), _wrapped(bench.operation)
    fields, anchor = bench.fields(setting), setting.now + ANCHOR
    edges = boundary(schema, fields, anchor=anchor, enumerated=False)
    samples = (edges, invalid(schema, fields, anchor=anchor))
    # In a form there are fields and no other values (RFC 1866, 8.2.1).
    is_form_of_fields = is_form(bench.operation.media_type or "")
    for sample in turns(*samples):
        if is_form_of_fields and not isinstance(sample.value, dict):
            continue
        if bench.operation.schema.get("type") == "object" or _has_body(sample):
            yield bench.case(_unwrapped(sample, bench.operation))


def _wrapped(operation: Operation) -> Mapping[str, Any]:
    """Return the schema of a body as that of an object: of an array, or a text, one that holds it."""
    if operation.schema.get("type", "object") == "object":
        return operation.schema or {"type": "object"}
    return {"type": "object", "required": [_ROOT], "properties": {_ROOT: operation.schema}}


def _has_body(sample: Sample) -> bool:
    return isinstance(sample.value, dict) and _ROOT in sample.value


def _unwrapped(sample: Sample, operation: Operation) -> Sample:
    if operation.schema.get("type", "object") == "object":
        return sample
    return replace(sample, value=sample.value[_ROOT], path=sample.path[1:])


def provider_samples(bench: CaseParts, basis: Sample) -> Iterator[Case]:
    """Yield what the provider's own strategies add, where the operation has the fields; required fields are
    filled in.
    """
    known = bench.operation.schema.get("properties", {})
    required = {name: basis.value[name] for name in bench.operation.schema.get("required", ())}
    for sample in bench.special.samples(bench.setting(Seat.MAIN)):
        if set(sample.value) <= set(known):
            yield bench.case(replace(sample, value={**required, **sample.value}))


def parameter_cases(bench: CaseParts, basis: Case) -> Iterator[Case]:
    """Yield cases with values of parameters that are at their limits, and beyond them, and without those that
    are required.
    """
    known = _generated(bench)
    if not known:
        return
    # First, since of deletions only a few are sent.
    for parameter in known.values():
        if parameter.required:
            yield replace(
                basis,
                note=f"without {parameter.name}",
                without=basis.without | {(parameter.place, parameter.name)},
                valid=False,
            )
    schema = {"type": "object", "properties": {key: parameter.schema for key, parameter in known.items()}}
    anchor = bench.setting(Seat.MAIN).now + ANCHOR
    right, wrong = boundary(schema, {}, anchor=anchor, enumerated=False), invalid(schema, {}, anchor=anchor)
    alike, tried = _alike(known), Counter[str]()
    for sample in turns(right, wrong):
        case = with_parameters(basis, known, sample)
        if case is None or _is_left_open(known, sample) or _is_one_text_more(known, sample):
            continue
        tried[sample.path[0]] += not sample.valid
        if sample.valid or sample.path[0] not in alike or tried[sample.path[0]] <= FEW_ALIKE:
            yield case


def _alike(known: Mapping[str, Parameter]) -> frozenset[str]:
    """Return the parameters that hold the same as an earlier one of the operation."""
    schemas = [json.dumps(one.schema, sort_keys=True) for one in known.values()]
    return frozenset(key for number, key in enumerate(known) if schemas[number] in schemas[:number])


def _is_left_open(known: Mapping[str, Parameter], sample: Sample) -> bool:
    """Whether the contract leaves open what becomes of a value that a sample aims at: it tells nothing."""
    schema = known[sample.path[0]].schema
    if "x-unsettled" not in schema:
        return False
    value = read_text(schema, as_text(sample.value[sample.path[0]]))
    return validator(schema["x-unsettled"]["schema"]).is_valid(value)


def _is_one_text_more(known: Mapping[str, Parameter], sample: Sample) -> bool:
    """Whether a value of another type stands for a text: written down it is one more of those that are
    tried.
    """
    value, types = sample.value[sample.path[0]], known[sample.path[0]].schema.get("type")
    return not sample.valid and types == "string" and not isinstance(value, str)


def _generated(bench: CaseParts) -> dict[str, Parameter]:
    """Return the parameters whose values are generated, by names of their own: those of whose values a clause
    speaks.

    Paths, credentials and repeats need theirs for themselves, and where a page begins only a link tells.
    """
    proof = {
        name.lower() for name, _ in bench.scheme.headers(bench.operation.method, "http://127.0.0.1", None)
    }
    spared = {"content-type", *proof, *(name.lower() for name in bench.operation.repeatability or ())}
    listing = bench.operation.listing
    said = {
        (clause.path[0], clause.options["in"])
        for clause in bench.operation.clauses
        if _is_about_value(clause)
    }
    return {
        f"{parameter.place} {parameter.name}": parameter
        for parameter in bench.operation.parameters
        if parameter.place != "path"
        and (parameter.name, parameter.place) in said
        and not (listing is not None and parameter.place == "query" and _is_cursor(parameter, listing))
        and not (parameter.place == "header" and parameter.name.lower() in spared)
    }


def _is_cursor(parameter: Parameter, listing: Listing) -> bool:
    """Whether only a link tells which values a parameter may have; where the contract says which are left
    open, the others can be tried.
    """
    return listing.may_be_cursor(parameter.name) and "x-unsettled" not in parameter.schema


def _is_about_value(clause: Clause) -> bool:
    return (
        clause.part is Part.REQUEST
        and clause.options.get("in", "body") != "body"
        and clause.schema is not None
    )


def with_parameters(basis: Case, known: Mapping[str, Parameter], sample: Sample) -> Case | None:
    """Return the case that sends the values of a sample in parameters; None if as texts they are not what the
    sample aims at.
    """
    if not isinstance(sample.value, dict) or not set(sample.value) <= set(known) or not sample.path:
        return None
    told: dict[str, dict[str, str]] = {"query": {}, "header": {}, "cookie": {}}
    for key, value in sample.value.items():
        text = as_text(value)
        if not _can_be_sent(known[key], text) or _stands_for_another(known[key], text, is_valid=sample.valid):
            return None
        told[known[key].place][known[key].name] = text
    headers = (*basis.headers, *told["header"].items())
    aim = "" if sample.valid else sample.path[0].partition(" ")[2]
    note = f"{sample.path[0].partition(' ')[2]}: {sample.note}"
    query, cookies = {**basis.query, **told["query"]}, {**basis.cookies, **told["cookie"]}
    return replace(
        basis, note=note, query=query, headers=headers, cookies=cookies, aim=aim, valid=sample.valid
    )


def _can_be_sent(parameter: Parameter, text: str) -> bool:
    """Whether a text arrives as it is sent: in headers and cookies not every letter does (RFC 9110, 5.5;
    RFC 6265, 4.1.1).

    An empty one is none at all to many servers (OpenAPI 3.1, Parameter Object, allowEmptyValue).
    """
    if text == "":
        return False
    if parameter.place == "query":
        return len(text) <= _LONGEST and text.isprintable()
    is_cookie = parameter.place == "cookie"
    return (
        len(text) <= _LONGEST
        and is_field("X", text)
        and text == text.strip()
        and not (is_cookie and set(text) & set(' ";,\\'))
    )


_LONGEST = 4_000
"""Characters of a parameter: longer request lines and headers are rejected whatever they hold (RFC 9110, 4.1
and 5.4).
"""


def _stands_for_another(parameter: Parameter, text: str, *, is_valid: bool) -> bool:
    """Whether a text is read as a value on the other side of the schema: what is no number is a text, and
    null a word.
    """
    return validator(parameter.schema).is_valid(read_text(parameter.schema, text)) is not is_valid
