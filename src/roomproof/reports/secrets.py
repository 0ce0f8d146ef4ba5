"""Keep secrets out of everything that is shown: their values in every form in which they travel."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import is_dataclass, replace
from typing import TypeVar, cast

from roomproof.auth.scheme import Carrier
from roomproof.cassettes.telling import header_kind
from roomproof.interaction import Credentials, Interaction
from roomproof.secrets import SHORTEST, KnownSecrets, as_bytes, edited, edited_text, proofs

Told = TypeVar("Told")
HIDDEN = "<hidden>"
_CUT = b"..."
_BETWEEN = "\x1f"
"""What stands between texts that are searched together: it belongs to no form of a secret."""


def without_secret_headers(headers: dict[str, str]) -> dict[str, str]:
    """Return headers with the values hidden that carry credentials whoever sends them."""
    return {name: HIDDEN if header_kind(name) else value for name, value in headers.items()}


def proofs_of(interactions: Iterable[Interaction], carrier: Carrier) -> Iterator[str]:
    """Yield what the requests of some interactions prove with who sends them; `carrier` may carry a key."""
    for interaction in interactions:
        request = interaction.request
        yield from proofs(request.headers, forged=request.credentials is Credentials.WRONG)
        yield from carrier.keys(request)


@contextmanager
def discreet(secrets: Iterable[str]) -> Iterator[None]:
    """Take secrets out of every exception that leaves the context, a defect's too, whoever prints it."""
    try:
        yield
    except BaseException as error:
        _clean_error(error, KnownSecrets(secrets), set())
        raise


def _clean_error(error: BaseException | None, known: KnownSecrets, seen: set[int]) -> None:
    """Take secrets out of what an exception says, out of its notes and out of the exceptions that it comes
    from.
    """
    if error is None or id(error) in seen:
        return
    seen.add(id(error))
    error.args = tuple(_cleaned_argument(argument, known, seen) for argument in error.args)
    if hasattr(error, "__notes__"):
        error.__notes__ = [_cleaned_text(note, known) for note in error.__notes__]
    for other in (
        error.__cause__,
        error.__context__,
        *(error.exceptions if isinstance(error, BaseExceptionGroup) else ()),
    ):
        _clean_error(other, known, seen)


def _cleaned_argument(argument: object, known: KnownSecrets, seen: set[int]) -> object:
    if isinstance(argument, BaseException):
        _clean_error(argument, known, seen)
    if isinstance(argument, bytes):
        return edited(argument, ((*place[:2], HIDDEN.encode()) for place in known.places(argument)))
    return _cleaned(argument, known)


def cleaned(value: Told, secrets: Iterable[str]) -> Told:
    """Return JSON data, or parts of a report, in which no secret stands, whole or cut short: plain, in
    Base64, percent-encoded, as a name or a value.
    """
    return _cleaned(value, KnownSecrets(secrets))


def text_cleaner(secrets: tuple[str, ...]) -> Callable[[str], str]:
    """Return what does the same to a text, for many texts one after the other."""
    known = KnownSecrets(secrets)
    return lambda text: _cleaned_text(text, known)


def _cleaned(value: Told, known: KnownSecrets) -> Told:
    if isinstance(value, str):
        return cast(Told, _cleaned_text(value, known))
    texts = list(_texts(value))
    # One search over everything is quicker than one in each text, and nearly always finds nothing.
    if known.whole.isdisjoint(texts) and not known.places(as_bytes(_BETWEEN.join(texts)), _CUT):
        return value
    return cast(Told, _cleaned_one_by_one(value, known))


def _texts(value: object) -> Iterator[str]:
    """Yield every name and every value in JSON data as a text; what the fields of a report are called is no
    secret.
    """
    if is_dataclass(value):
        value = tuple(vars(value).values())
    if isinstance(value, dict):
        yield from value
        for field in value.values():
            yield from _texts(field)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
    else:
        yield value if isinstance(value, str) else str(value)


def _cleaned_one_by_one(value: object, known: KnownSecrets) -> object:
    if isinstance(value, str):
        return _cleaned_text(value, known)
    if isinstance(value, dict):
        return {
            _cleaned_text(name, known): _cleaned_one_by_one(field, known) for name, field in value.items()
        }
    if isinstance(value, list | tuple):
        return type(value)(_cleaned_one_by_one(item, known) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        clean = {name: _cleaned_one_by_one(item, known) for name, item in vars(value).items()}
        return replace(value, **clean)
    return HIDDEN if str(value) in known.texts else value


def _cleaned_text(text: str, known: KnownSecrets) -> str:
    if text in known.short:
        return HIDDEN
    if len(text) < SHORTEST:
        return text
    return edited_text(
        text, lambda data: edited(data, ((*place[:2], HIDDEN.encode()) for place in known.places(data, _CUT)))
    )
