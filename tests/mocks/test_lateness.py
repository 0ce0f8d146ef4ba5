"""Lists of a mock that are late show the collection as it was some time ago."""

from __future__ import annotations

from roomproof.mocks.lateness import Lateness


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_a_list_that_is_never_late_shows_what_is_there() -> None:
    lateness = Lateness()
    rooms = {"a": {"id": "a"}}

    assert lateness.shown(rooms) == [{"id": "a"}]


def test_a_change_shows_only_after_the_delay() -> None:
    clock = Clock()
    lateness = Lateness(3, clock)
    rooms: dict[str, dict[str, object]] = {"a": {"id": "a", "name": "old"}}
    lateness.note(rooms)
    clock.seconds += 10
    rooms["a"]["name"] = "new"
    rooms["b"] = {"id": "b"}
    lateness.note(rooms)

    clock.seconds += 2.9
    assert lateness.shown(rooms) == [{"id": "a", "name": "old"}]
    clock.seconds += 0.2
    assert lateness.shown(rooms) == [{"id": "a", "name": "new"}, {"id": "b"}]


def test_a_deletion_shows_only_after_the_delay() -> None:
    clock = Clock()
    lateness = Lateness(3, clock)
    rooms = {"a": {"id": "a"}}
    lateness.note(rooms)
    clock.seconds += 10
    del rooms["a"]
    lateness.note(rooms)

    assert lateness.shown(rooms) == [{"id": "a"}]
    clock.seconds += 3
    assert lateness.shown(rooms) == []


def test_each_of_several_changes_has_its_own_delay() -> None:
    clock = Clock()
    lateness = Lateness(3, clock)
    rooms: dict[str, dict[str, object]] = {}
    lateness.note(rooms)
    for name in ("a", "b"):
        clock.seconds += 2
        rooms[name] = {"id": name}
        lateness.note(rooms)

    clock.seconds += 1
    assert lateness.shown(rooms) == [{"id": "a"}]
    clock.seconds += 2
    assert lateness.shown(rooms) == [{"id": "a"}, {"id": "b"}]
