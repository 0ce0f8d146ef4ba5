"""What a caller hands over in Python, held against the types that the function declares, before anything is
done.
"""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, ParamSpec, TypeVar, get_args, get_origin, get_type_hints

from roomproof.errors import UsageError

P = ParamSpec("P")
R = TypeVar("R")


def checked(function: Callable[P, R]) -> Callable[P, R]:
    """Return a function that hands over what it is given as the types say it, and rejects the rest.

    A path may be a text, and a word of an enumeration, too. Raises UsageError, with the name of the argument,
    for a value of another type, for an empty text, and for a text where a sequence is wanted.
    """
    signature = inspect.signature(function)

    @functools.wraps(function)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        hints = _hints(function)
        bound = signature.bind(*args, **kwargs)
        for name, value in bound.arguments.items():
            if signature.parameters[name].kind is inspect.Parameter.VAR_POSITIONAL:
                bound.arguments[name] = tuple(_as(hints[name], item, name) for item in value)
            else:
                bound.arguments[name] = _as(hints[name], value, name)
        return function(*bound.args, **bound.kwargs)

    return called


@functools.cache
def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    return get_type_hints(function)


def _as(hint: Any, value: Any, name: str) -> Any:
    """Return a value as a type says it. Raises UsageError where it is none of that."""
    kinds = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    if value is None and NoneType in kinds:
        return None
    if isinstance(value, str) and value == "":
        raise UsageError(f"{name}: is given but empty; leave it out, or say what it is to be")
    for kind in kinds:
        if (found := _of(kind, value, name)) is not None:
            return found
    wanted = " or ".join(_word(kind) for kind in kinds if kind is not NoneType)
    raise UsageError(f"{name}: is to be {wanted}, and is {value!r:.80}")


def _of(kind: Any, value: Any, name: str) -> Any:
    """Return a value as one of a kind, None where it is none."""
    origin = get_origin(kind)
    if origin is Sequence:
        return _items(kind, value, name)
    if origin is Mapping:
        is_text = isinstance(value, Mapping) and all(
            isinstance(text, str) for item in value.items() for text in item
        )
        return value if is_text else None
    if origin is not None:
        return value if callable(value) else None
    if kind is Path:
        return Path(value) if isinstance(value, str | os.PathLike) else None
    if issubclass(kind, Enum):
        return next((word for word in kind if value in (word, word.value)), None)
    return value if _is_plain(kind, value) else None


def _items(kind: Any, value: Any, name: str) -> tuple[Any, ...] | None:
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        return None
    return tuple(_as(get_args(kind)[0], item, name) for item in value)


def _is_plain(kind: type[Any], value: Any) -> bool:
    if isinstance(value, bool) or kind is bool:
        return kind is bool and isinstance(value, bool)
    return isinstance(value, int | float) if kind is float else isinstance(value, kind)


def _word(kind: Any) -> str:
    """Return a type in words."""
    if get_origin(kind) is Sequence:
        return (
            f"a sequence of which each is {_word(get_args(kind)[0])}"
            if not isinstance(get_args(kind)[0], UnionType)
            else "a sequence"
        )
    if get_origin(kind) is not None:
        return "a mapping of texts" if get_origin(kind) is Mapping else "a function"
    if issubclass(kind, Enum):
        return " or ".join(repr(word.value) for word in kind)
    known = {str: "a text", bool: "True or False", int: "a whole number", float: "a number", Path: "a path"}
    return known.get(kind, f"a {kind.__name__}")
