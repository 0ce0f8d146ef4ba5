"""Values: accepted although excluded, rejected although allowed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from roomproof.verdict import Verdict

from .fault import FAIL, LEVELS, WARNING, Fault


def lenient(rules: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Iterator[Fault]:
    for operation, table in rules.items():
        for field, named in table.items():
            for rule in named:
                harmless = rule.endswith("null") or field == "owner"
                verdict = WARNING if harmless else LEVELS.get(rule, FAIL)
                says = (
                    field if "." not in rule else {"guests": "guests", "tags": "tags", "pair": "pair"}[field]
                )
                yield Fault(
                    f"accepts what breaks {field} {rule}",
                    f"{operation}.request.{field}.{rule}",
                    _always(operation, field, rule),
                    verdict,
                    says,
                    (field,),
                )


def _always(operation: str, field: str, rule: str) -> Callable[[Any], None]:
    def bend(mini: Any) -> None:
        mini.rules[operation][field][rule] = lambda _: True

    return bend


def nulls(rules: Mapping[str, Mapping[str, Any]]) -> Iterator[Fault]:
    for operation, table in rules.items():
        for field in table:
            if field not in ("note", "topic", "owner", "guests"):
                bend = lambda mini, field=field: mini.nullable.add(field)  # noqa: E731
                yield Fault("accepts null", f"{operation}.request.{field}.null", bend, WARNING)


def strict() -> Iterator[Fault]:
    yield _rejects("the least size", "update-room.request.size.minimum", lambda number: number > 1)
    yield _rejects("the greatest size", "update-room.request.size.maximum", lambda number: number < 9)
    yield _rejects("the shortest topic", "update-room.request.topic.min-length", lambda text: len(text) != 2)
    yield _rejects("the longest topic", "update-room.request.topic.max-length", lambda text: len(text) != 5)
    yield _rejects("every topic", "update-room.request.topic.pattern", lambda _: False)
    yield _rejects("one field of a list", "update-room.request.mode.enum", lambda text: text != "closed")
    yield _rejects("the constant", "update-room.request.kind.const", lambda _: False)
    yield _rejects("true", "update-room.request.flag.accepted", lambda flag: flag is False)
    yield _rejects("the longest note", "update-room.request.note.max-length", lambda text: len(text) < 5)
    yield _rejects(
        "addresses with a port", "update-room.request.link.format", lambda text: text.count(":") < 2
    )
    yield _rejects("a list of one", "update-room.request.tags.min-items", lambda tags: len(tags) != 1)
    yield _rejects("the longest list", "update-room.request.tags.max-items", lambda tags: len(tags) < 3)
    yield _rejects("a date alone", "update-room.request.day.any-of", lambda text: len(text) != 10)
    yield _rejects(
        "offsets", "update-room.request.day.any-of", lambda text: text[-1] in "Zz" or len(text) == 10, WARNING
    )
    yield _rejects(
        "fractions of a second", "create-room.request.opens.format", lambda text: "." not in text, WARNING
    )
    yield _rejects(
        "schemes in upper case", "update-room.request.link.format", lambda text: text[:4] != "HTTP", WARNING
    )
    yield _rejects("one alternative", "update-room.request.pin.one-of", lambda pin: pin != "none")
    yield Fault("rejects null", "update-room.request.note.nullable", lambda mini: mini.nullable.clear())


def _rejects(what: str, clause: str, holds: Callable[[Any], bool], verdict: Verdict = FAIL) -> Fault:
    operation, _, field, _ = clause.split(".")

    def bend(mini: Any) -> None:
        mini.rules[operation][field]["strict"] = holds

    return Fault(f"refuses {what}", clause, bend, verdict)
