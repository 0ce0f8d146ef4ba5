"""Compiled one-keyword validators: what jsonschema-rs says of one value and one clause."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import jsonschema_rs
import orjson

from roomproof.contract.clause import Clause, Path
from roomproof.contract.formats import FORMATS
from roomproof.judge.evidence import kept


@lru_cache(maxsize=4096)
def _compiled(schema_text: bytes) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        orjson.loads(schema_text), validate_formats=True, formats=dict(FORMATS)
    )


def validator(schema: Any) -> jsonschema_rs.Draft202012Validator:
    """Return the validator of a schema (JSON Schema 2020-12, the formats of roomproof.contract.formats
    asserted).
    """
    return _compiled(orjson.dumps(schema, option=orjson.OPT_SORT_KEYS))


class ClauseValidator:
    """Says whether a value keeps a keyword clause."""

    __slots__ = ("_validator", "clause")

    def __init__(self, clause: Clause) -> None:
        self.clause = clause
        self._validator = None if clause.schema is None else validator(clause.schema)

    def allows_null(self) -> bool:
        """Whether the keyword itself accepts null."""
        return self._validator is None or self._validator.is_valid(None)

    def keeps(self, value: Any) -> bool:
        """Whether the value keeps the clause. Null is the business of the `null` clause alone."""
        if value is None:
            return self.clause.rule != "null"
        return self._validator is None or self._validator.is_valid(value)


class PlaceValidator:
    """Says whether a value keeps every clause about its place: they are asked together, one by one only where
    that says no.

    `path` leads to the values; `items` are the clauses in their order; `kept` is the evidence that all of
    them hold.
    """

    __slots__ = ("_together", "items", "kept", "path")

    def __init__(self, path: Path, clauses: list[Clause]) -> None:
        self.path = path
        self.items = [ClauseValidator(clause) for clause in clauses]
        self.kept = tuple(kept(clause) for clause in clauses)
        schemas = [clause.schema for clause in clauses if clause.schema is not None]
        self._together = validator({"allOf": schemas}) if schemas else None

    def keeps(self, value: Any) -> bool:
        """Whether a value other than null keeps all of the clauses."""
        return self._together is None or self._together.is_valid(value)
