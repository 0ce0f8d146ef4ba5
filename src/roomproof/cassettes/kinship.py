"""Which recordings have to be judged together: those in which one account calls, or one room is changed that
another knows. All others say nothing of each other, so that they may be judged apart, and at the same time.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import groupby
from operator import itemgetter

from roomproof.cassettes.call import Call
from roomproof.cassettes.order import in_order
from roomproof.contract.model import Contract
from roomproof.interaction import SAFE, Interaction, Request
from roomproof.judge.identity import room_key
from roomproof.judge.judged_interaction import response_json

MOST_NAMES = 20_000
"""A recording with more accounts and rooms is taken for a relative of every other one."""
_PAIR = 100
"""About how many bytes of memory one number of one recording takes while they are sorted."""


def known_room(interaction: Interaction, contract: Contract) -> str | None:
    """Return the key of the room that an interaction is about, or has made; None where nobody can say which
    it is.
    """
    request, response = interaction.request, interaction.response
    matched = contract.match(request.method, request.path)
    room_id = "" if matched is None else matched[1].get(contract.room.parameter, "")
    if matched and not room_id and response is not None and request.method not in SAFE:
        room = contract.room.representation(response_json(request, response)) or {}
        room_id = str(room.get(contract.room.id, ""))
    return room_key(request, room_id)


def touched_rooms(request: Request) -> list[str]:
    """Return the keys of what a request may change: every segment of its path may name a room."""
    if request.method in SAFE:
        return []
    return [key for segment in request.path.split("/") if (key := room_key(request, segment))]


@dataclass(frozen=True)
class Kinship:
    """What a recording has in common with others, as numbers, which take little memory: what it `knows`,
    accounts and rooms, and what it only `touches`. Two that are equal by chance bring together what need not
    be. `is_vast`: it has too many for that, and is a relative of every other recording.
    """

    knows: array[int] = field(default_factory=lambda: array("Q"))
    touches: array[int] = field(default_factory=lambda: array("Q"))
    is_vast: bool = False


class KinshipNotes:
    """Takes note of what the calls of a recording are about, one after the other."""

    def __init__(self) -> None:
        self._knows: set[tuple[str, ...]] = set()
        self._touches: set[tuple[str, ...]] = set()
        self._is_vast = False

    def note(self, call: Call, contract: Contract) -> None:
        """Take note of the next call, which is one of a contract's provider."""
        if self._is_vast:
            return
        request, provider = call.interaction.request, call.provider
        if call.account is not None:
            self._knows.add((provider, call.account, "account"))
        if (key := known_room(call.interaction, contract)) is not None:
            self._knows.add((provider, key))
        self._touches.update((provider, key) for key in touched_rooms(request))
        if len(self._knows) + len(self._touches) > MOST_NAMES:
            self._knows, self._touches, self._is_vast = set(), set(), True

    def kinship(self) -> Kinship:
        """Return what the recording has in common with others."""
        return Kinship(_numbers(self._knows), _numbers(self._touches - self._knows), self._is_vast)


def families(kinships: Sequence[Kinship]) -> list[list[int]]:
    """Return which of some recordings have to be judged together, by their numbers: a family has its members
    in their order, and stands where its first one does.

    Raises OSError where there is no space for a temporary file.
    """
    first = list(range(len(kinships)))
    """The first member of each one's family, or one that leads there."""

    def first_of(number: int) -> int:
        while first[number] != number:
            first[number] = first[first[number]]
            number = first[number]
        return number

    def join(numbers: Iterable[int]) -> None:
        found = sorted({first_of(number) for number in numbers})
        for number in found[1:]:
            first[number] = found[0]

    if any(kinship.is_vast for kinship in kinships):
        return [list(range(len(kinships)))]
    for _, same in groupby(in_order(_pairs(kinships), key=lambda pair: pair, size=_size), itemgetter(0)):
        _, only_touches, number = next(same)
        if not only_touches:  # Those that know it come first; where nobody does, it is no room.
            join([number, *(pair[2] for pair in same)])
    found: dict[int, list[int]] = {}
    for number in range(len(kinships)):
        found.setdefault(first_of(number), []).append(number)
    return list(found.values())


def _pairs(kinships: Sequence[Kinship]) -> Iterator[tuple[int, bool, int]]:
    for number, kinship in enumerate(kinships):
        yield from ((name, False, number) for name in kinship.knows)
        yield from ((name, True, number) for name in kinship.touches)


def _size(_: tuple[int, bool, int]) -> int:
    return _PAIR


def _numbers(names: Iterable[tuple[str, ...]]) -> array[int]:
    digests = (blake2b("\0".join(name).encode(errors="replace"), digest_size=8).digest() for name in names)
    return array("Q", sorted(int.from_bytes(digest) for digest in digests))
