"""Faults of what is made, listed, read and deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .fault import Fault

Json = Any


def life() -> Iterator[Fault]:
    """Yield a provider for each way in which a list, a read or a deletion is wrong."""
    yield Fault(
        "forgets a shelf in the list",
        "create-shelf.behaviour.list.listed",
        _listed(lambda shown, _: shown[:-1]),
        says="was made",
    )
    yield Fault(
        "lists another label",
        "create-shelf.behaviour.label.listed-after-write",
        _listed(lambda shown, _: [{**one, "label": one["label"] + "x"} for one in shown]),
        says="but the list says",
    )
    yield Fault(
        "has two planks",
        "create-shelf.behaviour.planks.default-on-create",
        _with_planks(2),
        says="documented is 3",
    )
    yield Fault(
        "has no bound for a page", "list-shelves.behaviour.pages.paging", _paged(_all), says="at most"
    )
    yield Fault(
        "shows a shelf on two pages",
        "list-shelves.behaviour.pages.paging",
        _paged(_overlapping),
        says="page before",
    )
    yield Fault("shows a shelf twice", "list-shelves.behaviour.pages.paging", _paged(_doubled), says="twice")
    yield Fault(
        "changes labels when asked",
        "list-shelves.behaviour.safe.safe",
        _listed(_relabelled),
        says="between two reads",
    )
    yield Fault(
        "shows no books",
        "list-shelves.behaviour.books.included",
        _listed(lambda shown, _: [{name: one[name] for name in one if name != "books"} for one in shown]),
        says="there is no books",
    )
    yield Fault(
        "always shows books",
        "list-shelves.behaviour.books.included",
        _listed(lambda shown, _: [{**one, "books": ["a"]} for one in shown]),
        says="is false",
    )
    yield Fault(
        "shows what is older",
        "list-shelves.behaviour.since.days",
        _timeless,
        says="and the list shows",
    )
    yield Fault(
        "shows nothing of a day",
        "list-shelves.behaviour.since.days",
        _listed(lambda shown, query: [] if "since" in query else shown),
        says="does not show it",
    )
    yield Fault(
        "makes keys that fit for five minutes",
        "make-shelf-key.behaviour.until.lasts",
        _five_minutes,
        says="s after the response",
    )
    yield Fault(
        "opens with any key",
        "open-shelf.behaviour.key.issued",
        _every_key_fits,
        says="that no response gave is accepted",
    )
    for name, change in (("page", 1), ("size", 1), ("total", -1), ("pages", 1)):
        yield Fault(
            f"miscounts its {name}",
            "list-shelves.behaviour.counts.counted",
            _miscounted(name, change),
            says="and should be",
        )
    yield Fault(
        "lists notices of another room",
        "list-notices.behaviour.room.of-its-room",
        lambda mini: setattr(mini, "noticed", lambda _: [{"id": "1", "room_id": "another"}]),
        says="in the list of room",
    )
    yield Fault("does not filter", "list-shelves.behaviour.label.filter", _unfiltered, says="shows an entry")
    yield Fault(
        "filters too much",
        "list-shelves.behaviour.label.filter",
        _listed(_none_of_a_label),
        says="does not show it",
    )
    yield Fault(
        "knows no labels",
        "get-shelf.behaviour.label.found-by",
        lambda mini: setattr(mini, "labelled", lambda text: text),
        says="it is not found",
    )
    yield Fault(
        "shows what is gone",
        "delete-shelf.behaviour.gone.gone-after-delete",
        _reads_what_is_gone,
        says="can still be read",
    )
    yield Fault(
        "lists what is gone",
        "delete-shelf.behaviour.list.not-listed",
        _lists_what_is_gone,
        says="was deleted",
    )
    yield Fault(
        "deletes twice", "delete-shelf.behaviour.again.delete-repeated", _deletes_twice, says="status 204"
    )


def _listed(change: Callable[[list[Json], Mapping[str, str]], list[Json]]) -> Callable[[Any], None]:
    def bend(mini: Any) -> None:
        right = mini.fitting
        mini.fitting = lambda query: change(right(query), query)

    return bend


def _paged(page: Callable[[list[Json], int, int], list[Json]]) -> Callable[[Any], None]:
    def bend(mini: Any) -> None:
        right = mini.page

        def bent(entries: list[Json], query: Mapping[str, str]) -> list[Json]:
            right(entries, query)
            return page(entries, int(query.get("size", "10")), int(query.get("page", "1")))

        mini.page = bent

    return bend


def _all(entries: list[Json], _size: int, number: int) -> list[Json]:
    return entries if number == 1 else []


def _overlapping(entries: list[Json], size: int, number: int) -> list[Json]:
    start = max((number - 1) * size - 1, 0)
    return entries[start:][: max(size, 0)]


def _doubled(entries: list[Json], size: int, number: int) -> list[Json]:
    page = entries[(number - 1) * size :][: max(size, 0)]
    return [page[0], *page[:-1]] if len(page) > 1 else page


def _relabelled(shown: list[Json], _query: Mapping[str, str]) -> list[Json]:
    for one in shown:
        one["label"] += "x"
    return shown


def _none_of_a_label(shown: list[Json], query: Mapping[str, str]) -> list[Json]:
    return [] if "label" in query else shown


def _with_planks(number: int) -> Callable[[Any], None]:
    def bend(mini: Any) -> None:
        right = mini.about_shelves

        def about_shelves(unsent: Any, parts: list[str], headers: Mapping[str, str]) -> Any:
            response = right(unsent, parts, headers)
            if unsent.method == "POST" and response.body["planks"] == 3:
                response.body["planks"] = number
            return response

        mini.about_shelves = about_shelves

    return bend


def _five_minutes(mini: Any) -> None:
    right = mini.until
    mini.until = lambda _: right(300)


def _every_key_fits(mini: Any) -> None:
    mini.fits = lambda _shelf, _key: True


def _timeless(mini: Any) -> None:
    right = mini.fitting
    mini.fitting = lambda query: right({name: query[name] for name in query if name != "since"})


def _miscounted(name: str, change: int) -> Callable[[Any], None]:
    def bend(mini: Any) -> None:
        right = mini.counts

        def counts(total: int, query: Mapping[str, str]) -> dict[str, Json]:
            found = right(total, query)
            return {**found, name: found[name] + change}

        mini.counts = counts

    return bend


def _unfiltered(mini: Any) -> None:
    right = mini.fitting
    mini.fitting = lambda _query: right({})


def _reads_what_is_gone(mini: Any) -> None:
    right = mini.about_shelves

    def about_shelves(unsent: Any, parts: list[str], headers: Mapping[str, str]) -> Any:
        if unsent.method == "GET" and parts and parts[0] in mini.shelves:
            return mini.response(200, mini.shelves[parts[0]].shown)
        return right(unsent, parts, headers)

    mini.about_shelves = about_shelves


def _lists_what_is_gone(mini: Any) -> None:
    mini.fitting = lambda query: [
        shelf.shown for shelf in mini.shelves.values() if query.get("label") in (None, shelf.shown["label"])
    ]


def _deletes_twice(mini: Any) -> None:
    right = mini.about_shelves

    def about_shelves(unsent: Any, parts: list[str], headers: Mapping[str, str]) -> Any:
        if unsent.method == "DELETE" and parts[0] in mini.shelves:
            return mini.delete_shelf(mini.shelves[parts[0]])
        return right(unsent, parts, headers)

    mini.about_shelves = about_shelves
