"""The behaviours of a draft: what a specification says of credentials and unknown ids, what RFC 9110 says of
methods, and what resources mostly do. The last are guesses, and of level `observed`: they never fail.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from roomproof.contract.resource import Effect

GUESSES = "Guesses of roomproof init"
"""The document that the sources of guesses name."""
Line = dict[str, Any]
_SOON = {"within-seconds": 2}


@dataclass(frozen=True)
class Facts:
    """What is known of an operation: its effect, whether credentials are demanded, the path parameter that
    names one resource, and the pointers to what says so.

    `settable` are the fields of its body, `unique` those that probably no two may share, `taken` those of
    which the specification says so, with a status for what is taken, `shown` those of the resource
    in its response, `read` and `listed` those in reads and lists; `id` is the field of the id, empty where
    the response does not show it.
    """

    effect: Effect
    method: str
    pointer: str
    needs_credentials: bool = False
    parameter: str = ""
    statuses: frozenset[str] = frozenset()
    settable: tuple[str, ...] = ()
    shown: frozenset[str] = frozenset()
    read: frozenset[str] = frozenset()
    listed: frozenset[str] = frozenset()
    id: str = ""
    created: str = ""
    unique: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    has_pages: bool = False
    filters: tuple[tuple[str, str], ...] = field(default=())


def behaviours(facts: Facts) -> list[Line]:
    """Return the lines of `x-behaviours` for an operation."""
    return [*_of_any(facts), *_of_writing(facts), *_of_names(facts), *_of_life(facts), *_of_lists(facts)]


def _of_any(facts: Facts) -> Iterator[Line]:
    yield {
        "path": "any-input",
        "rule": "no-server-error",
        "level": "standard",
        "source": {"document": "RFC 9110", "section": "15.6", "field": "Server Error 5xx"},
        "demands": "no request, valid or not, is answered with a server error",
    }
    if facts.needs_credentials:
        said = {"section": facts.pointer, "field": "security"}
        for rule, what in (
            ("missing-refused", "without credentials"),
            ("wrong-refused", "with wrong credentials"),
        ):
            yield {
                "path": "authentication",
                "rule": rule,
                "source": said,
                "demands": f"a request {what} is rejected",
            }
    if facts.parameter:
        is_told = "404" in facts.statuses
        line = {"path": facts.parameter, "rule": "unknown-refused"}
        demands = {"demands": "an id that names nothing is rejected"}
        said = {"section": f"{facts.pointer}/responses", "field": "404"}
        yield {**line, "source": said, **demands} if is_told else _guess(line, **demands)
    if facts.method == "get":
        yield {
            "path": "reading",
            "rule": "safe",
            "level": "standard",
            "source": {"document": "RFC 9110", "section": "9.2.1", "field": "GET"},
            "demands": "to ask changes nothing",
        }


def _guess(line: Line, **more: Any) -> Line:
    source = {"document": GUESSES, "section": "behaviours", "field": line["rule"]}
    return {**line, "level": "observed", "source": source, **more}


def _of_writing(facts: Facts) -> Iterator[Line]:
    """Yield what becomes of the fields of a body."""
    if facts.effect not in (Effect.CREATE, Effect.UPDATE, Effect.REPLACE):
        return
    lines: tuple[tuple[str, frozenset[str], Line, str, bool], ...] = (
        ("echo", facts.shown, {}, "a value that was accepted stands in the response", True),
        (
            "unchanged",
            facts.shown,
            {},
            "a field that the request does not carry keeps its value",
            facts.method == "patch",
        ),
        ("read-after-write", facts.read & facts.shown, _SOON, "a read shows what the response showed", True),
        (
            "listed-after-write",
            facts.listed & facts.shown,
            _SOON,
            "the list shows what the response showed",
            True,
        ),
    )
    for rule, where, options, demands, applies in lines:
        fields = [name for name in facts.settable if name in where]
        if applies and fields:
            told = {"with": options} if options else {}
            yield _guess({"fields": fields, "rule": rule}, **told, demands=demands)


def _of_names(facts: Facts) -> Iterator[Line]:
    if facts.unique and facts.effect in (Effect.CREATE, Effect.UPDATE, Effect.REPLACE):
        yield _guess(
            {"fields": [*facts.unique], "rule": "unique"}, demands="what another one has is rejected"
        )
    if facts.taken and facts.effect in (Effect.CREATE, Effect.UPDATE, Effect.REPLACE):
        yield {
            "fields": [*facts.taken],
            "rule": "unique",
            "source": {"section": f"{facts.pointer}/responses", "field": "409"},
            "demands": "what another one has is rejected",
        }


def _of_life(facts: Facts) -> Iterator[Line]:
    """Yield what a resource is from its creation to its deletion."""
    if facts.effect is Effect.CREATE and facts.id and facts.id not in facts.settable:
        yield _guess(
            {"fields": [facts.id], "rule": "server-generated"},
            demands="what is made is new, with an id that nothing had before",
        )
    if facts.effect is Effect.CREATE and facts.created:
        yield _guess(
            {"fields": [facts.created], "rule": "created-now"}, demands="it is the time at which it was made"
        )
    if facts.id and facts.parameter and facts.effect in (Effect.READ, Effect.UPDATE, Effect.REPLACE):
        yield _guess(
            {"fields": [facts.id], "rule": "constant"},
            demands="the response is about what the path names, and its id never changes",
        )
    if facts.effect is Effect.CREATE and facts.listed:
        yield _guess(
            {"path": "list", "rule": "listed"}, **{"with": _SOON}, demands="what was made is in the list"
        )
    if facts.effect is Effect.DELETE:
        if facts.read:
            line = {"path": "deletion", "rule": "gone-after-delete"}
            yield _guess(line, **{"with": _SOON}, demands="what was deleted can not be read any more")
        if facts.listed:
            line = {"path": "list", "rule": "not-listed"}
            yield _guess(line, **{"with": _SOON}, demands="what was deleted is not in the list")


def _of_lists(facts: Facts) -> Iterator[Line]:
    if facts.effect is not Effect.LIST:
        return
    if facts.has_pages:
        yield _guess(
            {"path": "pages", "rule": "paging"},
            demands="a page has no more entries than were asked for, and none that another page has",
        )
    for parameter, name in facts.filters:
        yield _guess(
            {"path": parameter, "rule": "filter"},
            **{"with": {"parameter": parameter, "field": name}},
            demands="the list shows what has the value that is asked for, and nothing else",
        )
