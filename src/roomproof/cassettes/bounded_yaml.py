"""YAML from strangers: a safe loader without merge keys, and no text that is nested deeper than any
cassette.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from roomproof.cassettes.yaml_tags import NUMBER, WHOLE, add_tags
from roomproof.contract.yaml_text import is_parsers_limit

DEEPEST = 100
TOO_DEEP = f"nested more than {DEEPEST} levels deep"
_HARMLESS = 5_000
"""So many openings cannot exhaust the parser's stack, however they are nested; only more are counted level by
level.
"""
MOST_VALUES = 1_000_000
"""Values of a text that is read at once: an interaction has some 60, unless its list of headers has no
end.
"""
_OPENINGS = ("[", "{", "- ", "? ", ": ")
_NOT_IMPLIED = frozenset(f"tag:yaml.org,2002:{name}" for name in ("timestamp", "merge", "int", "float"))
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _CassetteLoader(_Base):  # type: ignore[misc] # one of two classes, whichever PyYAML was built with
    """The safe loader; short whole numbers are numbers, other ones of JSON are numerals, `<<` is a name like
    any other.
    """

    first_line = 1

    def flatten_mapping(self, node: Any) -> None:
        """Merge nothing: a few merge keys can stand for millions of fields."""


_CassetteLoader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag not in _NOT_IMPLIED]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _name, _pattern in (("int", WHOLE), ("float", NUMBER)):
    _CassetteLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_name}", re.compile(f"{_pattern}$"), list("-0123456789")
    )
add_tags(_CassetteLoader)


class BadYamlError(ValueError):
    """A text is no YAML, or none that is read; `line` counts from 0 within it, None where it is not known."""

    def __init__(self, problem: str, line: int | None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.line = line


def load(text: str, first_line: int = 1) -> Any:
    """Return what a YAML text holds; `first_line` is the number that its first line has in its file. Raises
    BadYamlError.
    """
    try:
        if sum(map(text.count, _OPENINGS)) > _HARMLESS or sum(map(text.count, ",\n")) > MOST_VALUES:
            _reject_explosives(text)
        loader = _CassetteLoader(text)
        loader.first_line = first_line
        try:
            return loader.get_single_data()
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "not readable"
        raise BadYamlError(
            TOO_DEEP if is_parsers_limit(error) else problem, mark.line if mark else None
        ) from error
    except (ValueError, RecursionError) as error:
        if isinstance(error, BadYamlError):
            raise
        raise BadYamlError(type(error).__name__, None) from error


def _reject_explosives(text: str) -> None:
    """Raise BadYamlError for what is nested too deeply, or has too many values.

    Reading events, unlike building values, needs neither stack nor memory.
    """
    depth = values = 0
    for event in yaml.parse(text, Loader=_CassetteLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        values += isinstance(event, yaml.NodeEvent)
        if values > MOST_VALUES:
            problem = f"more than {MOST_VALUES} values stand there by then"
            raise BadYamlError(problem, event.start_mark.line if event.start_mark else None)
        if depth > DEEPEST:
            raise BadYamlError(TOO_DEEP, event.start_mark.line if event.start_mark else None)
