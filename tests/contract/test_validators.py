"""jsonschema, the reference, and jsonschema-rs, on the hot path, give one answer for every sample of every
body.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.validators import extend

from roomproof.contract.formats import FORMATS
from roomproof.contract.model import Contract
from roomproof.judge.validators import ClauseValidator, validator
from roomproof_strategies import boundary, invalid, valid

ANCHOR = datetime(2030, 6, 1, tzinfo=UTC) + timedelta(days=20)


def ecma_pattern(_: Any, pattern: str, value: Any, __: Any) -> Iterator[ValidationError]:
    """ECMA-262, as JSON Schema asks: `$` does not match before a last newline, as Python's does."""
    if isinstance(value, str) and not re.search(pattern.replace("$", r"\Z"), value):
        yield ValidationError("pattern")


def checker() -> FormatChecker:
    known = FormatChecker(formats=())
    for name, holds in FORMATS.items():
        known.checks(name)(lambda value, holds=holds: not isinstance(value, str) or holds(value))
    return known


CHECKER = checker()
Reference = extend(Draft202012Validator, {"pattern": ecma_pattern})


def bodies(contract: Contract) -> Iterator[tuple[str, Any]]:
    """Yield every schema of a body once, with the first place where it stands."""
    found: dict[str, tuple[str, Any]] = {}
    for operation in contract.operations:
        asked = [("request", operation.body.schema)] if operation.is_documented and operation.body else []
        schemas = [
            *asked,
            *((response.status, response.schema) for response in operation.responses if response.schema),
        ]
        for place, schema in schemas:
            found.setdefault(json.dumps(schema), (f"{operation.id} {place}", schema))
    yield from found.values()


def test_both_validators_agree_on_boundary_and_invalid_samples(contract: Contract) -> None:
    for name, schema in bodies(contract):
        reference, fast = Reference(schema, format_checker=CHECKER), validator(schema)
        responses = set()
        for sample in (*boundary(schema, anchor=ANCHOR), *invalid(schema, anchor=ANCHOR)):
            response = fast.is_valid(sample.value)
            assert response == reference.is_valid(sample.value) == sample.valid, (name, sample)
            responses.add(response)
        assert responses == {True, False}, name


def test_both_validators_agree_on_random_valid_bodies(contract: Contract) -> None:
    for _, schema in bodies(contract):
        settings(max_examples=10)(given(valid(schema, anchor=ANCHOR))(both_accept(schema)))()


def both_accept(schema: Any) -> Callable[[Any], None]:
    reference, fast = Reference(schema, format_checker=CHECKER), validator(schema)

    def accept(body: Any) -> None:
        assert fast.is_valid(body)
        assert reference.is_valid(body)

    return accept


def test_both_validators_agree_on_every_clause_by_itself(contract: Contract) -> None:
    values = [
        None,
        True,
        0,
        -1,
        31,
        4.5,
        "",
        "a" * 201,
        "2025-03-13",
        "2025-03-13T00:00:00Z",
        "720p",
        "https://example.com",
        [],
        {},
        [{}],
        {"a": 1},
    ]
    for clause in contract.clauses.values():
        if clause.schema is not None:
            one, reference = ClauseValidator(clause), Reference(clause.schema, format_checker=CHECKER)
            for value in values[1:]:
                assert one.keeps(value) == reference.is_valid(value), (clause.id, value)


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_formats_are_asserted_not_merely_noted(name: str) -> None:
    assert not validator({"format": name}).is_valid("no such thing")
    assert validator({"format": name}).is_valid(7)


def test_null_is_the_business_of_the_null_clause_alone(contract: Contract) -> None:
    for clause in contract.clauses.values():
        assert ClauseValidator(clause).keeps(None) is (clause.rule != "null"), clause.id
