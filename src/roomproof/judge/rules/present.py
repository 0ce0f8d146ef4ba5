"""`present`: a response has the fields and headers that the documents list for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from roomproof.contract.clause import Clause, Part, values_at
from roomproof.interaction import header
from roomproof.judge.answers import MOST_VALUES, documented_response, documented_rules, no_header
from roomproof.judge.evidence import Evidence, broken, kept
from roomproof.judge.judged_interaction import JudgedInteraction
from roomproof.judge.kind import as_absent
from roomproof.judge.rule import Rule


def fields_present(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Looks in every response for the fields and headers that the document lists."""
    spec = documented_response(seen)
    if spec is None:
        return
    rules = documented_rules(seen, spec.status)
    for clause in rules.headers:
        name = clause.path[-1]
        if header(seen.response.response.headers, name) is not None:
            yield kept(clause)
        else:
            text = f"the response has no header {name}"
            yield from no_header(seen, clause, text, expected=name, received="no such header")
    for fields in rules.present:
        found = values_at(seen.response.body, fields.path)
        objects = [(pointer, value) for pointer, value in found if isinstance(value, dict)]
        if len(objects) == 1 and fields.names <= objects[0][1].keys():
            yield from fields.kept
            continue
        for clause in fields.clauses:
            for pointer, value in objects[:MOST_VALUES]:
                yield kept(clause) if clause.path[-1] in value else _absent(clause, pointer, value)


def _absent(clause: Clause, pointer: tuple[str, ...], value: dict[str, Any]) -> Evidence:
    name = ".".join((*pointer, clause.path[-1]))
    wanted, received = f"a field {name}", ", ".join(value) or "{}"
    return broken(clause, f"the response has no {name}", expected=wanted, received=received)


RULE = Rule("present", fields_present, Part.RESPONSE, hangs_on_history=False, kind=as_absent)
