"""The few errors that end a run; each message says what to do next."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice


class RoomproofError(Exception):
    """Base of every error that a user can meet; `exit_code` is that of the command line."""

    exit_code = 2


class ContractError(RoomproofError):
    """A contract or deviations file cannot be read, or says something that has no meaning.

    `pointer` are the names and indices that lead to where in the contract it stands, empty where nobody
    knows; of something that is missing, to where it has to stand. `besides` are further errors that were
    found with it.
    """

    def __init__(self, message: str, pointer: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.pointer = pointer
        self.besides: tuple[ContractError, ...] = ()


MOST_AT_ONCE = 200
"""So many errors of one kind are looked for; whoever has more has another problem."""


def raise_first(found: Iterable[ContractError]) -> None:
    """Raise the first of some errors, the others besides it; nothing if there is none."""
    errors = tuple(islice(found, MOST_AT_ONCE))
    if errors:
        errors[0].besides = errors[1:]
        raise errors[0]


class UsageError(RoomproofError):
    """A command was called with something missing or wrong."""


class UnreachableError(RoomproofError):
    """The provider does not answer, or responses something that is not HTTP."""

    exit_code = 3


class UnprovenError(RoomproofError):
    """Nothing fails, but something that was asked for could not be judged."""

    exit_code = 3


class LostTurnError(RoomproofError):
    """The process of a provider's turn ended before the turn did."""

    exit_code = 3


class StoppedError(RoomproofError):
    """Ctrl-C has ended something that has no report of its own until it is done."""

    exit_code = 130


class RecordingError(RoomproofError):
    """Interactions could not be written to a cassette; the verdicts stand all the same."""

    exit_code = 3


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return, in brackets, the known word that is nearest to one that is not known; nothing if none is
    near.
    """
    from difflib import get_close_matches

    close = get_close_matches(word, list(known), 1)
    return f" (did you mean {close[0]!r}?)" if close else ""
