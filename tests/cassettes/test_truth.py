"""No altered response goes by: every scalar of the shipped cassettes is altered, one at a time, and the
cassette is judged again.

An alteration is noticed if the cassette cannot be read any more, or if the verdict on some clause changes.
What is not noticed stands in free_values.txt, place by place: nothing that a document says, and no other
response, tells the altered value from the true one.
"""

from __future__ import annotations

import json
import pickle
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from roomproof.cassettes.bounded_yaml import load
from roomproof.cassettes.entry import EntryError
from roomproof.cassettes.formats.vcrpy import entry_of
from roomproof.contract.model import Contract, Operation
from roomproof.interaction import Interaction
from roomproof.judge.judge import Judge
from roomproof.providers import bundled, find_contract
from roomproof.verdict import Verdicts

Json = Any
Way = tuple[str | int, ...]
FREE = Path(__file__).with_name("free_values.txt")
README = bundled("cassettes") / "README.md"
PROVIDERS = sorted(path.parent.name for path in bundled("cassettes").glob("*/mock"))
REASONS = {"unconstrained", "undocumented", "alone"}
CODE: Way = ("response", "status", "code")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_HOUR = re.compile(r"(?<=\d{4}-\d\d-\d\d[Tt])\d\d(?=:\d\d:)")


@dataclass(frozen=True)
class Alteration:
    """An entry of a cassette with one scalar altered, in its `type` or its `value`; `place` names it in every
    recording alike.
    """

    side: str
    place: str
    way: str
    documented: bool
    entry: Mapping[str, Json]


def other_type(value: Json) -> Json:
    """A value of another JSON type that is as near as can be: the text of a number or a truth value, the
    length of a text.
    """
    if isinstance(value, str):
        return len(value)
    return False if value is None else json.dumps(value)


def other_value(value: Json) -> Json:
    """Another value of the same type and form, None where there is none."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return other_text(value) if isinstance(value, str) else None


def other_text(text: str) -> str:
    """A text of the same length and form: another hour in a date-time, else another last letter or digit."""
    if _HOUR.search(text):
        return _HOUR.sub(lambda hour: f"{(int(hour[0]) + 1) % 24:02}", text)
    for index in range(len(text) - 1, -1, -1):
        letter = text[index]
        if letter.isascii() and letter.isalnum():
            last = {"9": "0", "z": "a", "Z": "A", "f": "a" if _UUID.fullmatch(text) else "g"}
            return text[:index] + (last.get(letter) or chr(ord(letter) + 1)) + text[index + 1 :]
    return text[:-1] + "x"


def scalars(value: Json, way: Way = ()) -> Iterator[tuple[Way, Json]]:
    """Every scalar in a JSON value, with the way to it."""
    if isinstance(value, dict | list):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from scalars(inner, (*way, step))
    else:
        yield way, value


def at_end(value: Json, way: Way) -> Json:
    """The value at the end of a way."""
    for step in way:
        value = value[step]
    return value


def replaced(value: Json, way: Way, new: Json) -> Json:
    """A JSON value with another scalar at the end of a way."""
    if not way:
        return new
    copy = value.copy()
    copy[way[0]] = replaced(value[way[0]], way[1:], new)
    return copy


def spoken(way: Way) -> str:
    """A way without the indices of lists, and without the names that a request made up."""
    return (
        ".".join("[]" if isinstance(step, int) else "{}" if ":" in step else step for step in way) or "body"
    )


@dataclass(frozen=True)
class Entry:
    """An entry of a provider's cassette, and what of the contract its request is about."""

    contract: Contract
    folder: str
    node: Mapping[str, Json]

    def alterations(self) -> Iterator[Alteration]:
        """Every scalar of the response altered, then every scalar of the request's body and the room's id in
        its path.
        """
        yield from self._of_the_status()
        yield from self._of_the_media_type()
        yield from self._of_a_body("answer", ("response", "body", "string"))
        yield from self._of_a_body("request", ("request", "body"))
        yield from self._of_the_room()

    def _found(self) -> tuple[Operation, Mapping[str, str]]:
        method, path = self.node["request"]["method"], self.node["request"]["uri"].partition("?")[0]
        found = self.contract.match(method, path)
        assert found, f"{method} {path} is no request of {self.contract.provider}"
        return found

    def _altered(self, side: str, name: str, kind: str, way: Way, new: Json) -> Alteration:
        what, _ = self._found()
        place = (
            f"{self.contract.provider} {self.folder} {what.id} "
            f"{self.node['response']['status']['code']} {name}"
        )
        return Alteration(side, place, kind, what.is_documented, replaced(self.node, way, new))

    def _of_the_status(self) -> Iterator[Alteration]:
        status = self.node["response"]["status"]["code"]
        yield self._altered("answer", "status", "type", CODE, other_type(status))
        yield self._altered("answer", "status", "value", CODE, other_value(status))
        # A rejection made an acceptance, and the other way round.
        yield self._altered("answer", "status-class", "value", CODE, 400 if status < 300 else 200)

    def _of_the_media_type(self) -> Iterator[Alteration]:
        for name, (value, *_) in self.node["response"]["headers"].items():
            if name.lower() == "content-type":
                way: Way = ("response", "headers", name, 0)
                yield self._altered("answer", "content-type", "type", way, other_type(value))
                yield self._altered(
                    "answer", "content-type", "value", way, other_value(value.partition(";")[0])
                )

    def _of_a_body(self, side: str, at: Way) -> Iterator[Alteration]:
        try:
            body = json.loads(at_end(self.node, at) or "")
        except ValueError:
            return
        for way, value in scalars(body):
            for kind, alter in (("type", other_type), ("value", other_value)):
                if kind == "type" or value is not None:
                    text = json.dumps(replaced(body, way, alter(value)), ensure_ascii=False)
                    yield self._altered(side, spoken(way), kind, at, text)

    def _of_the_room(self) -> Iterator[Alteration]:
        _, parameters = self._found()
        for name, room_id in parameters.items():
            uri = self.node["request"]["uri"].replace(room_id, other_value(room_id))
            yield self._altered("request", f"{{{name}}}", "value", ("request", "uri"), uri)


class Stream:
    """A cassette as it was judged, ready to be judged again from any entry on."""

    def __init__(self, path: Path) -> None:
        self.contract, self.deviations = contract_of(path.parts[-3])
        nodes = load(path.read_text(encoding="utf-8"))["interactions"]
        self.entries = [Entry(self.contract, path.parts[-2], node) for node in nodes]
        self._interactions = [entry_of(node).interaction for node in nodes]
        self._judge = Judge(self.contract)
        self._rooms = [pickle.dumps(self._known())]
        self._before = [self._verdicts()]
        said = []
        for interaction in self._interactions:
            said.append(self._said(interaction))
            self._rooms.append(pickle.dumps(self._known()))
            self._before.append(self._together(self._before[-1], said[-1]))
        self._after = [self._verdicts()]
        for one in reversed(said):
            self._after.insert(0, self._together(one, self._after[0]))
        self.verdicts = self._after[0].verdicts()

    def _known(self) -> tuple[Any, Any, Any]:
        """What the judge knows of rooms, of what stands beside them or in them, and of the last change."""
        learning = self._judge.learning
        return learning.rooms, learning._beside, learning.just_written

    def _verdicts(self) -> Verdicts:
        return Verdicts(self.contract, self.deviations)

    def _together(self, *parts: Verdicts) -> Verdicts:
        whole = self._verdicts()
        for part in parts:
            whole.merge(part)
        return whole

    def _said(self, interaction: Interaction) -> Verdicts:
        said = self._verdicts()
        for evidence in self._judge.see(interaction):
            said.add(evidence, interaction)
        return said

    def notices(self, index: int, node: Mapping[str, Json]) -> bool:
        """Whether another entry in the place of one cannot be read, or changes the verdict on some clause."""
        try:
            interaction = entry_of(node).interaction
        except EntryError:
            return True
        learning = self._judge.learning
        learning.rooms, learning._beside, learning.just_written = pickle.loads(self._rooms[index])
        whole = self._together(self._before[index], self._said(interaction))
        following = index + 1
        # As soon as the rooms are what they were, everything that follows is judged as it was.
        while following < len(self.entries) and self._known() != pickle.loads(self._rooms[following]):
            whole.merge(self._said(self._interactions[following]))
            following += 1
        whole.merge(self._after[following])
        return whole.verdicts() != self.verdicts


@dataclass(frozen=True)
class Outcome:
    """One alteration and whether it was noticed."""

    side: str
    place: str
    way: str
    documented: bool
    noticed: bool

    @property
    def must_be_known(self) -> bool:
        """Whether it has to be noticed or listed: any response, and a request that was accepted; what rejects
        one may be elsewhere in it.
        """
        return self.side == "answer" or (self.documented and self.status < 300)

    @property
    def status(self) -> int:
        """The status of the response, as it was."""
        return int(self.place.split()[3])


@cache
def contract_of(provider: str) -> Any:
    return find_contract(provider)


@cache
def streams(provider: str) -> list[Stream]:
    """The cassettes of a provider: recordings of its mock, samples of its documents; of what no document
    describes only a status is known.
    """
    documented = {one.id for one in contract_of(provider)[0].operations if one.is_documented}
    paths = (
        path
        for folder in ("mock", "samples")
        for path in sorted((bundled("cassettes") / provider / folder).glob("*.yaml"))
    )
    return [Stream(path) for path in paths if path.stem in documented]


def outcomes(provider: str) -> list[Outcome]:
    """Every alteration of every entry of a provider's cassettes, judged."""
    return [
        Outcome(item.side, item.place, item.way, item.documented, stream.notices(index, item.entry))
        for stream in streams(provider)
        for index, entry in enumerate(stream.entries)
        for item in entry.alterations()
    ]


def free_values() -> list[tuple[str, str]]:
    """The list: what may be altered, and why."""
    lines = FREE.read_text(encoding="utf-8").splitlines()
    return [
        (what, why) for what, _, why in (line.rpartition(": ") for line in lines if not line.startswith("#"))
    ]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_is_altered_is_noticed_or_listed_as_free(
    provider: str, record_property: Callable[[str, object], None]
) -> None:
    found = outcomes(provider)
    unnoticed = {
        f"{item.side} {item.place} {item.way}" for item in found if item.must_be_known and not item.noticed
    }
    listed = {what for what, _ in free_values() if what.split()[1] == provider}
    assert sorted(unnoticed - listed) == [], "altered, and nobody notices"
    assert sorted(listed - unnoticed) == [], "listed as free, but noticed, or in no cassette"

    row = f"| {provider} | {' | '.join(shares(found))} |"
    record_property("noticed", row)
    assert row in README.read_text(encoding="utf-8").splitlines(), f"write into {README.name}: {row}"


def shares(found: list[Outcome]) -> Iterator[str]:
    """How many alterations were noticed: of responses and of requests, of types and of values."""
    counts = Counter((item.side, item.way, item.noticed) for item in found)
    for side, way in (("answer", "type"), ("answer", "value"), ("request", "type"), ("request", "value")):
        noticed = counts[side, way, True]
        yield f"{noticed} of {noticed + counts[side, way, False]}"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_is_not_altered_is_not_noticed(provider: str) -> None:
    assert [
        entry.node
        for stream in streams(provider)
        for index, entry in enumerate(stream.entries)
        if stream.notices(index, entry.node)
    ] == []


def test_the_list_of_free_values_is_in_order_and_gives_reasons() -> None:
    listed = free_values()
    assert listed == sorted(set(listed))
    assert {why for _, why in listed} == REASONS


def test_only_what_no_document_describes_may_be_of_another_type() -> None:
    assert {why for what, why in free_values() if what.endswith(" type")} == {"undocumented"}


def test_no_rejection_can_be_made_an_acceptance_nor_the_other_way_round() -> None:
    altered = [
        item.place
        for stream in streams("carrierx")
        for entry in stream.entries
        for item in entry.alterations()
        if item.place.endswith(" status-class")
    ]
    assert altered
    assert [what for what, _ in free_values() if " status-class " in what] == []
