"""Read a contract's YAML or JSON: a safe loader, no aliases, bounds."""

from __future__ import annotations

import math
import re
from typing import Any

import yaml

from roomproof.errors import ContractError

MAX_DEPTH = 60
MAX_NODES = 200_000
_MAX_TEXT = 100_000
"""Characters of a text, or of a name: it may stand in the id of every clause below it."""
_MAX_NUMBER = 2**63 - 1
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_BOOL = "tag:yaml.org,2002:bool"
_INT, _FLOAT = "tag:yaml.org,2002:int", "tag:yaml.org,2002:float"
_READ_OTHERWISE = frozenset((_INT, _FLOAT, "tag:yaml.org,2002:timestamp"))


_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _ContractLoader(_Base):  # type: ignore[misc] # one of two classes, whichever PyYAML was built with
    """YAML's safe loader; numbers are those of JSON, and dates stay text, since a contract's dates are
    samples.

    A whole number that stands as a name is the text that is written: statuses mostly have no quotation marks
    (OpenAPI 3.1, Responses Object).
    """

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        found = super().construct_mapping(node, deep=deep)
        written = {key.value for key, _ in node.value if key.tag == _INT}
        return {
            str(name) if type(name) is int and str(name) in written else name: value
            for name, value in found.items()
        }


def _whole_number(loader: Any, node: Any) -> int:
    """YAML 1.1 reads 59:59:59 as a number to the base of 60, in time that grows with the square of its
    length.
    """
    return int(loader.construct_scalar(node))


_ContractLoader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag not in _READ_OTHERWISE]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_ContractLoader.add_implicit_resolver(_INT, re.compile(r"-?[0-9]{1,400}$"), list("-0123456789"))
_ContractLoader.add_implicit_resolver(
    _FLOAT, re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?$"), list("-0123456789")
)
_ContractLoader.add_constructor(_INT, _whole_number)
_ContractLoader.add_constructor(_FLOAT, lambda loader, node: float(loader.construct_scalar(node)))


class _SpecificationLoader(_ContractLoader):
    """The same for what somebody else has written: `no`, `on` and the like are texts, as in YAML 1.2, which
    OpenAPI recommends (3.1, Format).
    """


_SpecificationLoader.yaml_implicit_resolvers = {
    letter: [
        (tag, re.compile("(?:true|True|TRUE|false|False|FALSE)$") if tag == _BOOL else pattern)
        for tag, pattern in resolvers
    ]
    for letter, resolvers in _ContractLoader.yaml_implicit_resolvers.items()
}


def is_parsers_limit(error: yaml.YAMLError) -> bool:
    """Whether YAML's own parser found a text nested too deeply.

    libyaml 0.2.6, which PyYAML 6.0.4 has, stops at 1000 levels; it reads ahead, so that this may come before
    any event.
    """
    return isinstance(error, yaml.MarkedYAMLError) and "nesting depth" in (error.problem or "")


def _reject_explosives(text: str, name: str, most_nodes: int) -> None:
    """Raise ContractError, before anything is built, for what can take all memory or stack.

    Those are aliases, great depth, more values than any contract holds, and texts that are too long to be
    repeated.
    """
    depth = line = nodes = 0
    too_deep = f"nested more than {MAX_DEPTH} levels deep; contracts are flat"
    try:
        for event in yaml.parse(text, Loader=_ContractLoader):
            line = event.start_mark.line + 1 if event.start_mark else 0
            if isinstance(event, yaml.events.AliasEvent):
                raise ContractError(f"{name}, line {line}: YAML aliases are not read; write a $ref instead")
            nodes += isinstance(event, yaml.events.NodeEvent)
            if nodes > most_nodes:
                why = f"more than {most_nodes} values stand there by then"
                raise ContractError(f"{name}, line {line}: {why}; leave some out")
            if isinstance(event, yaml.ScalarEvent) and len(event.value) > _MAX_TEXT:
                raise ContractError(
                    f"{name}, line {line}: a text has more than {_MAX_TEXT} characters; shorten it"
                )
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                raise ContractError(f"{name}, line {line}: {too_deep}")
    except yaml.YAMLError as error:
        if not is_parsers_limit(error):
            raise
        mark = getattr(error, "problem_mark", None)
        raise ContractError(f"{name}, line {mark.line + 1 if mark else line}: {too_deep}") from error


def parse_yaml(text: str, name: str, *, most_nodes: int = MAX_NODES, checked: bool = True) -> Any:
    """Return what a YAML text holds; unless it is `checked`, it is somebody else's: it may hold what JSON
    does not have, and is read as YAML 1.2.

    Raises ContractError, with the text's name and the line, if it is no YAML, and for more values than
    `most_nodes`.
    """
    try:
        _reject_explosives(text, name, most_nodes)
        node = yaml.load(text, Loader=_ContractLoader if checked else _SpecificationLoader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or type(error).__name__
        raise ContractError(f"{name}{where}: is not valid YAML ({problem}); mend that line") from error
    try:
        if checked:
            require_json(node)
    except ContractError as error:
        raise ContractError(f"{name}: {error}") from error
    return node


def nodes_of(text: str) -> yaml.Node | None:
    """Return the nodes of a YAML text that `parse_yaml` has read, each with the place where it stands; None
    if it is empty.
    """
    node: yaml.Node | None = yaml.compose(text, Loader=_ContractLoader)
    return node


def require_json(node: Any, place: str = "the contract") -> None:
    """Raise ContractError, naming the place, for what YAML can hold and JSON, or a message on a terminal,
    cannot.
    """
    if isinstance(node, dict):
        for key, value in node.items():
            if not isinstance(key, str):
                raise ContractError(f"{place}: the name {key!r} is no text; write it in quotation marks")
            require_json(key, place)
            require_json(value, key)
    elif isinstance(node, list):
        for item in node:
            require_json(item, place)
    elif isinstance(node, str):
        odd = _CONTROL.search(node)
        if odd:
            raise ContractError(
                f"{place!a}: holds the character {odd[0]!a}, which no document has; leave it out"
            )
    elif isinstance(node, float) and not math.isfinite(node):
        raise ContractError(f"{place}: {node} is no number of JSON")
    elif isinstance(node, int) and abs(node) > _MAX_NUMBER:
        raise ContractError(
            f"{place}: the number is larger than {_MAX_NUMBER}, which JSON readers do not agree on"
        )
    elif not isinstance(node, str | int | float | None):
        raise ContractError(f"{place}: a {type(node).__name__} is no value of JSON; write it as text")
