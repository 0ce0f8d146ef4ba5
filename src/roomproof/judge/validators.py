"""Compiled one-keyword validators: what jsonschema-rs says of one value and one clause."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import jsonschema_rs
import orjson

from roomproof.contract.clause import Clause
from roomproof.contract.formats import FORMATS


@lru_cache(maxsize=4096)
def _compiled(schema_text: bytes) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(orjson.loads(schema_text), validate_formats=True, formats=dict(FORMATS))


def validator(schema: Any) -> jsonschema_rs.Draft202012Validator:
    """Return the validator of a schema (JSON Schema 2020-12, the formats of roomproof.contract.formats asserted)."""
    return _compiled(orjson.dumps(schema, option=orjson.OPT_SORT_KEYS))


class ClauseValidator:
    """Says whether a value keeps a keyword clause."""

    __slots__ = ("_validator", "clause")

    def __init__(self, clause: Clause) -> None:
        self.clause = clause
        self._validator = None if clause.schema is None else validator(clause.schema)

    def allows_null(self) -> bool:
        """Whether the keyword itself takes null."""
        return self._validator is None or self._validator.is_valid(None)

    def keeps(self, value: Any) -> bool:
        """Whether the value keeps the clause. Null is the business of the `null` clause alone."""
        if value is None:
            return self.clause.rule != "null"
        return self._validator is None or self._validator.is_valid(value)
