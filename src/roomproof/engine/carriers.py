"""Cases whose body is right, and what carries it is not: media types, queries, no body at all, and what is no
JSON.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from roomproof.contract.read import is_json
from roomproof.engine.bodies import CaseParts
from roomproof.engine.case import Case
from roomproof_strategies import Sample, malformed

_WRONG_MEDIA_TYPES = (
    "text/plain",
    "application/xml",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
)


def carriers(bench: CaseParts, basis: Sample) -> Iterator[Case]:
    """Yield cases whose body is right but sent wrongly, and bodies that are no JSON."""
    for media_type in bench.operation.body.alike if bench.operation.body is not None else ():
        yield replace(bench.case(basis), media_type=media_type, note=f"sent as {media_type}")
    case = replace(bench.case(basis), valid=False)
    for parameter in bench.operation.parameters:
        if parameter.place == "query" and parameter.required:
            yield replace(
                case, note=f"without {parameter.name}", without=frozenset((("query", parameter.name),))
            )
            if "enum" in parameter.schema:
                yield replace(case, note=f"an unknown {parameter.name}", query={parameter.name: "1999-01-01"})
    for media_type in _WRONG_MEDIA_TYPES:
        yield replace(case, note=f"sent as {media_type}", media_type=media_type)
    yield replace(case, note="no body", body=None, media_type=None)
    if bench.operation.schema.get("type") == "object":
        yield bench.exact({}, "an empty object")
    if not is_json(bench.operation.media_type or ""):
        return
    for body, what in malformed():
        yield replace(case, note=what, body=body)
