"""Make a body that shows something small: as few fields as do, with plain values in all but those that
matter.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

Json = Any
Body = dict[str, Json]
SMALL = 40
"""A text that is no longer than this is small enough, and so is a body of one field."""


def minimised(
    body: Body,
    required: Collection[str],
    plain: Mapping[str, Json],
    shows: Callable[[Body], bool],
    attempts: int,
) -> Body:
    """Return the smallest body found that shows what `body` does, and asks for less; `shows` is asked so many
    times at most.

    `required` fields stay; `plain` holds a plain value of each field.
    """
    best, tried = body, {_text(body)}
    candidates = _simpler(best, required, plain)
    while attempts and (candidate := next(candidates, None)) is not None:
        text = _text(candidate)
        if text in tried or _weight(candidate, plain) >= _weight(best, plain):
            continue
        tried.add(text)
        attempts -= 1
        if shows(candidate):
            best, candidates = candidate, _simpler(candidate, required, plain)
    return best


def _weight(body: Body, plain: Mapping[str, Json]) -> tuple[int, int, int, str]:
    """Return how much a person has to read, and how much of it is odd: fields, those that are not plain,
    letters.
    """
    text = _text(body)
    return (
        len(body),
        sum(name not in plain or value != plain[name] for name, value in body.items()),
        len(text),
        text,
    )


def _text(body: Body) -> str:
    return json.dumps(body)


def _simpler(body: Body, required: Collection[str], plain: Mapping[str, Json]) -> Iterator[Body]:
    """Yield bodies with less: one field alone, half of the fields, all but one, one with a plain value, one
    with a smaller value.
    """
    needed = {name: plain.get(name, value) for name, value in body.items() if name in required}
    others = [name for name in body if name not in required]
    for name in others if len(others) > 1 else ():
        yield {**needed, name: body[name]}
    for half in (others[: len(others) // 2], others[len(others) // 2 :]):
        yield {name: value for name, value in body.items() if name in required or name in half}
    for name in others:
        yield {key: value for key, value in body.items() if key != name}
    yield from ({**body, name: plain[name]} for name in body if name in plain)
    for name, value in body.items():
        yield from ({**body, name: smaller} for smaller in _smaller(value))


def _smaller(value: Json) -> Iterator[Json]:
    """Yield smaller values of the same type: shorter texts and plainer letters, fewer items and fields, these
    smaller in turn.
    """
    if isinstance(value, str) and len(value) > SMALL:
        yield from (value[: len(value) // 2], value[len(value) // 2 :], "a" * len(value), value[:-1])
    elif isinstance(value, list) and value:
        yield from (value[: len(value) // 2], value[len(value) // 2 :], value[:-1])
        for index, item in enumerate(value):
            yield from ([*value[:index], smaller, *value[index + 1 :]] for smaller in _smaller(item))
    elif isinstance(value, dict):
        yield from ({key: item for key, item in value.items() if key != name} for name in value)
        for name, item in value.items():
            yield from ({**value, name: smaller} for smaller in _smaller(item))
