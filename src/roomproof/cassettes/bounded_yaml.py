"""YAML from strangers: a safe loader without merge keys, and no text that is nested deeper than any cassette."""

from __future__ import annotations

import re
from typing import Any

import yaml

from roomproof.contract.document import is_parsers_limit

DEEPEST = 100
TOO_DEEP = f"nested more than {DEEPEST} levels deep"
_HARMLESS = 5_000
"""So many openings cannot exhaust the parser's stack, however they are nested; only more are counted level by level."""
MOST_VALUES = 1_000_000
"""Values of a text that is read at once: an interaction has some 60, unless its list of headers has no end."""
_OPENINGS = ("[", "{", "- ", "? ", ": ")
_READ_AS_TEXT = frozenset(f"tag:yaml.org,2002:{name}" for name in ("timestamp", "merge", "int", "float"))
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc] # one of two classes, whichever PyYAML was built with
    """The safe loader; only short whole numbers are numbers, `<<` is a name like any other, the texts of Python 2 are texts."""

    def flatten_mapping(self, node: Any) -> None:
        """Merge nothing: a few merge keys can stand for millions of members."""


def _whole_number(loader: Any, node: Any) -> int:
    """YAML 1.1 reads 59:59:59 as a number to the base of 60, in time that grows with the square of its length."""
    return int(loader.construct_scalar(node))


_Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag not in _READ_AS_TEXT]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"-?[0-9]{1,15}$"), list("-0123456789"))
_Loader.add_constructor("tag:yaml.org,2002:int", _whole_number)
for _tag in ("float", "timestamp", "python/str", "python/unicode"):
    _Loader.add_constructor(f"tag:yaml.org,2002:{_tag}", lambda loader, node: loader.construct_scalar(node))
_Loader.add_constructor("tag:yaml.org,2002:python/tuple", lambda loader, node: loader.construct_sequence(node))


class BadYamlError(ValueError):
    """A text is no YAML, or none that is read; `line` counts from 0 within it, None where it is not known."""

    def __init__(self, problem: str, line: int | None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.line = line


def load(text: str) -> Any:
    """Return what a YAML text holds. Raises BadYamlError."""
    try:
        if sum(map(text.count, _OPENINGS)) > _HARMLESS or sum(map(text.count, ",\n")) > MOST_VALUES:
            _refuse_explosives(text)
        return yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "not readable"
        raise BadYamlError(TOO_DEEP if is_parsers_limit(error) else problem, mark.line if mark else None) from error
    except (ValueError, RecursionError) as error:
        if isinstance(error, BadYamlError):
            raise
        raise BadYamlError(type(error).__name__, None) from error


def _refuse_explosives(text: str) -> None:
    """Raise BadYamlError for what is nested too deeply, or has too many values.

    Reading events, unlike building values, needs neither stack nor memory.
    """
    depth = values = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        values += isinstance(event, yaml.NodeEvent)
        if values > MOST_VALUES:
            problem = f"more than {MOST_VALUES} values stand there by then"
            raise BadYamlError(problem, event.start_mark.line if event.start_mark else None)
        if depth > DEEPEST:
            raise BadYamlError(TOO_DEEP, event.start_mark.line if event.start_mark else None)
