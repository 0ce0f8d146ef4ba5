"""Lists, pages, filters, deletions and reads: what is a fault of a provider, and what only looks like one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml

from roomproof.contract.model import Contract
from roomproof.contract.read import read_contract
from roomproof.errors import ContractError
from roomproof.interaction import Credentials, Interaction, Request, Response
from roomproof.judge.evidence import Outcome
from roomproof.judge.judge import Judge

NOW = datetime(2030, 6, 1, 12, tzinfo=UTC)
CONTRACT = """
openapi: 3.1.0
info: {title: Halls, version: "1"}
servers: [{url: "https://halls.example"}]
x-provider: halls
x-source: {document: Halls, section: "", field: ""}
x-resource:
  hall: {parameter: hall, at: [], id: id, entries: [halls]}
  seat: {parameter: seat, at: [], id: id, entries: [seats], path: "/halls/{hall}/seats"}
x-credentials: {scheme: bearer, environment: {token: HALLS_TOKEN}}
security: [{bearer: []}]
components:
  securitySchemes: {bearer: {type: http, scheme: bearer}}
  responses:
    Made:
      description: one of them
      content: {application/json: {schema: {$ref: "#/components/schemas/Hall"}}}
  schemas:
    Hall:
      type: object
      properties: {id: {type: string}, name: {type: string}, used: {type: integer}, until: {type: string}}
paths:
  /halls:
    get:
      operationId: list
      x-list: LISTING
      parameters:
        - {name: size, in: query, schema: {type: integer, minimum: 1, maximum: 50}}
        - {name: page, in: query, schema: {type: integer, minimum: 1}}
        - {name: name, in: query, schema: {type: string}}
        - {name: guests, in: query, schema: {type: boolean}}
        - {name: id, in: query, schema: {type: array, items: {type: string}}}
        - {name: from, in: query, schema: {type: string}}
        - {name: until, in: query, schema: {type: string}}
        - {name: order, in: query, schema: {type: string, enum: [newest, oldest]}}
      responses: {"200": {description: halls}, "400": {description: bad, x-when: invalid}}
      x-behaviours:
        - {path: pages, rule: paging, demands: pages}
        - {path: counts, rule: counted, with: {page: page, size: size, entries: total}, demands: counts}
        - {path: safe, rule: safe, demands: changes nothing}
        - {path: filter, rule: filter, with: {parameter: name, field: name}, demands: of that name}
        - path: guests
          rule: included
          with: {parameter: guests, field: guests, if-any: true, known-by: host}
          demands: guests are shown if they are asked for
        - {path: ids, rule: filter, with: {parameter: id, field: id}, demands: of these ids}
        - {path: from, rule: days, with: {parameter: from, field: opens, lies: from}, demands: later}
        - {path: until, rule: days, with: {parameter: until, field: opens, lies: until}, demands: past}
    post:
      operationId: create
      requestBody: {content: {application/json: {schema: {type: object, properties: {name: {type: string}}}}}}
      responses: {"201": {$ref: "#/components/responses/Made"}}
      x-behaviours:
        - {path: list, rule: listed, demands: it is in the list}
        - {fields: [used], rule: default-on-create, with: {default: 0}, demands: a new one was never used}
        - {fields: [name], rule: listed-after-write, with: {within-seconds: 2}, demands: it shows the same}
  /halls/{hall}:
    parameters: [{name: hall, in: path, required: true, schema: {type: string}}]
    get:
      operationId: read
      responses: {"200": {$ref: "#/components/responses/Made"}}
    put:
      operationId: replace
      requestBody: {content: {application/json: {schema: {type: object, properties: {name: {type: string}}}}}}
      responses: {"200": {$ref: "#/components/responses/Made"}}
    delete:
      operationId: delete
      parameters: [{name: trial, in: query, schema: {type: boolean}}]
      responses:
        "202": {description: soon}
        "204": {description: gone}
        "404": {description: absent, x-when: unknown-room}
      x-behaviours:
        - {path: gone, rule: gone-after-delete, demands: gone}
        - {path: list, rule: not-listed, demands: not listed}
        - {path: again, rule: delete-repeated, with: {status: 404}, demands: again 404}
  /halls/{hall}/close:
    parameters: [{name: hall, in: path, required: true, schema: {type: string}}]
    post: {operationId: close, responses: {"204": {description: closed}}}
  /halls/{hall}/seats:
    parameters: [{name: hall, in: path, required: true, schema: {type: string}}]
    get:
      operationId: seats
      x-list: {next: [next]}
      responses: {"200": {description: seats}}
      x-behaviours:
        - {path: pages, rule: paging, demands: pages}
        - {path: hall, rule: of-its-room, with: {field: hall}, demands: seats of this hall}
    post:
      operationId: add-seat
      requestBody:
        content:
          application/json:
            schema: {type: object, properties: {name: {type: string}, seconds: {type: number}}}
      responses: {"201": {$ref: "#/components/responses/Made"}}
      x-behaviours:
        - {path: list, rule: listed, demands: it is in the list}
        - {fields: [until], rule: lasts, with: {seconds: seconds, default: 60}, demands: it is kept so long}
  /halls/{hall}/seats/{seat}:
    parameters:
      - {name: hall, in: path, required: true, schema: {type: string}}
      - {name: seat, in: path, required: true, schema: {type: string}}
    delete:
      operationId: remove-seat
      responses: {"204": {description: gone}}
      x-behaviours: [{path: list, rule: not-listed, demands: not listed}]
"""
BY_NUMBER = "{page: {parameter: page, first: 1}, size: size}"
BY_LINK = "{next: [next]}"
WITHOUT_PAGES = "{}"


def halls(listing: str) -> Contract:
    return read_contract(yaml.safe_load(CONTRACT.replace("LISTING", listing)))


@dataclass
class Talk:
    """A conversation with the provider of halls, made up response by response, one a second."""

    contract: Contract
    credentials: Credentials = Credentials.VALID
    outcomes: dict[str, list[Outcome]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.judge, self.at = Judge(self.contract), NOW

    def say(
        self,
        asked: str,
        reply: Any = None,
        status: int = 200,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Talk:
        method, path = asked.split(" ")
        self.at += timedelta(seconds=1)
        text = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        media = (("Content-Type", "application/json"),)
        url = f"https://halls.example{path}"
        request = Request(method, url, media if text else (), text, self.credentials)
        content = b"" if reply is None else json.dumps(reply).encode()
        response = Response(status, (*media, *(headers or {}).items()), content)
        for item in self.judge.see(Interaction(request, response, self.at)):
            self.outcomes.setdefault(item.clause.removeprefix("halls."), []).append(item.outcome)
        return self

    def make(self, name: str, *, at: str = "/halls", **shown: Any) -> Talk:
        return self.say(f"POST {at}", {"id": name, "name": name, **shown}, 201, {"name": name})

    def list(
        self,
        *names: str,
        asked: str = "/halls",
        headers: Mapping[str, str] | None = None,
        **beside: Any,
    ) -> Talk:
        entries = [{"id": name, "name": name} for name in names]
        name = "seats" if "seats" in asked else "halls"
        return self.say(f"GET {asked}", {name: entries, **beside}, headers=headers)

    @property
    def broken(self) -> set[str]:
        return {clause.rpartition(".")[2] for clause, all_ in self.outcomes.items() if Outcome.FAIL in all_}

    @property
    def kept(self) -> set[str]:
        whole = {clause: set(outcomes) for clause, outcomes in self.outcomes.items()}
        return {clause.rpartition(".")[2] for clause, outcomes in whole.items() if outcomes == {Outcome.PASS}}


@pytest.fixture
def talk() -> Talk:
    return Talk(halls(BY_NUMBER))


@pytest.fixture
def linked() -> Talk:
    return Talk(halls(BY_LINK))


@pytest.fixture
def plain() -> Talk:
    return Talk(halls(WITHOUT_PAGES))


# Pages.


def test_pages_that_show_each_entry_once_are_kept(talk: Talk) -> None:
    talk.list("a", "b").list("c", asked="/halls?page=2")
    assert "paging" in talk.kept


def test_an_entry_on_two_pages_is_a_fault(talk: Talk) -> None:
    talk.list("a", "b").list("b", "c", asked="/halls?page=2")
    assert talk.broken == {"paging"}


@pytest.mark.parametrize("other", ["order=oldest", "size=1", "name=b"])
def test_the_second_page_of_another_list_follows_no_page_before_it(talk: Talk, other: str) -> None:
    talk.list("a", "b").list("b", asked=f"/halls?page=2&{other}")
    assert "paging" not in talk.broken


def test_a_page_that_is_larger_than_asked_for_is_a_fault(talk: Talk) -> None:
    talk.list("a", "b", asked="/halls?size=1")
    assert talk.broken == {"paging"}


def test_the_size_of_a_page_that_may_not_be_asked_for_is_not_judged(talk: Talk) -> None:
    talk.list("a", "b", asked="/halls?size=0")
    assert "paging" not in talk.broken


def test_a_link_that_leads_to_no_page_is_a_fault(linked: Talk) -> None:
    linked.list("a", next="https://halls.example/halls?cursor=x").say("GET /halls?cursor=x", {}, 404)
    assert "paging" in linked.broken


@pytest.mark.parametrize(
    "link", ["https://halls.example/hals?cursor=x", "/halls/a?cursor=x", "hall?cursor=x"]
)
def test_a_link_to_something_else_than_the_list_is_a_fault(linked: Talk, link: str) -> None:
    linked.list("a", next=link)
    assert linked.broken == {"paging"}


@pytest.mark.parametrize(
    "link", ["https://gateway.example/v9/halls?cursor=x", "?cursor=x", "/halls/?cursor=x"]
)
def test_a_link_may_lead_to_the_list_in_any_way(linked: Talk, link: str) -> None:
    linked.list("a", next=link)
    assert linked.broken == set()


@pytest.mark.parametrize("status", [401, 410, 429])
def test_a_link_may_run_out(linked: Talk, status: int) -> None:
    linked.list("a", next="https://halls.example/halls?cursor=x").say("GET /halls?cursor=x", {}, status)
    assert linked.broken == set()


def test_the_last_page_may_come_again_for_each_number_past_it(talk: Talk) -> None:
    talk.list("a", "b").list("a", "b", asked="/halls?page=2")
    assert talk.broken == set()


def test_the_first_page_again_in_place_of_the_second_one_is_a_fault(talk: Talk) -> None:
    talk.make("c").list("a", "b", asked="/halls?size=2").list("a", "b", asked="/halls?size=2&page=2")
    assert talk.broken == {"paging"}


def test_of_a_list_that_is_filtered_the_same_page_again_may_be_the_last_one(talk: Talk) -> None:
    talk.make("c").list("a", "b", asked="/halls?name=a").list("a", "b", asked="/halls?name=a&page=2")
    assert "paging" not in talk.broken


def test_a_made_up_value_in_place_of_a_cursor_begins_no_list(linked: Talk) -> None:
    linked.make("a").list("b", asked="/halls?cursor=y")
    assert linked.broken == set()


def by_last() -> Talk:
    """A list whose next page begins after the entry that `from` names."""
    return Talk(halls("{cursor: from, last: [id]}"))


def test_a_list_whose_cursor_names_its_last_entry_is_whole_with_the_empty_page() -> None:
    talk = by_last().make("c").list("a", "b").list(asked="/halls?from=b")
    assert "listed" in talk.broken


def test_of_a_list_whose_cursor_names_its_last_entry_a_page_may_lack_what_the_next_one_has() -> None:
    talk = by_last().make("c").list("a", "b").list("c", asked="/halls?from=b")
    assert talk.broken == set()
    assert "paging" in talk.kept


def test_a_cursor_that_is_ignored_is_a_fault() -> None:
    talk = by_last().make("c").list("a", "b").list("a", "b", asked="/halls?from=b")
    assert talk.broken == {"paging"}


@pytest.mark.parametrize("told", ["{cursor: from}", "{cursor: from, next: [next], last: [id]}"])
def test_a_cursor_has_one_origin(told: str) -> None:
    with pytest.raises(ContractError, match="write either next"):
        halls(told)


# What a list tells of its pages and entries.


@pytest.mark.parametrize(
    ("asked", "told", "is_right"),
    [
        ("/halls?page=1&size=2", {"page": 1, "size": 2, "total": 7}, True),
        ("/halls?page=1&size=2", {"page": 0}, False),
        ("/halls?page=1&size=2", {"size": 50}, False),
        ("/halls?page=1&size=2", {"total": 1}, False),
        ("/halls", {"page": 1, "size": 50, "total": 2}, True),
        ("/halls", {"page": 1, "size": None}, True),
    ],
)
def test_the_numbers_of_a_page_are_those_that_were_asked_for(
    talk: Talk, asked: str, told: dict[str, Any], is_right: bool
) -> None:
    talk.list("a", "b", asked=asked, **told)
    assert ("counted" in talk.broken, "counted" in talk.kept) == (not is_right, is_right)


def test_all_entries_are_as_many_as_were_shown(talk: Talk) -> None:
    talk.list("a", "b", total=3).list(asked="/halls?page=2", total=3)
    assert talk.broken == {"counted"}


def test_entries_in_a_room_say_that_they_are_in_it(talk: Talk) -> None:
    talk.say("GET /halls/a/seats", {"seats": [{"id": "s", "hall": "a"}, {"id": "t"}]})
    assert "of-its-room" in talk.kept


def test_an_entry_that_names_another_room_is_a_fault(talk: Talk) -> None:
    talk.say("GET /halls/a/seats", {"seats": [{"id": "s", "hall": "a"}, {"id": "t", "hall": "b"}]})
    assert talk.broken == {"of-its-room"}


# What lasts for a while.


@pytest.mark.parametrize(
    ("seconds", "outcomes"), [(60, [Outcome.PASS]), (61.5e5, [Outcome.FAIL]), (1e300, []), (-1e300, [])]
)
def test_what_lasts_is_there_as_long_as_was_asked_for(
    plain: Talk, seconds: float, outcomes: list[Outcome]
) -> None:
    plain.say(
        "POST /halls/a/seats",
        {"id": "s", "until": "2030-06-01T12:01:00Z"},
        201,
        {"seconds": seconds},
        {"Date": "Sat, 01 Jun 2030 12:00:00 GMT"},
    )
    assert plain.outcomes.get("add-seat.behaviour.until.lasts", []) == outcomes


# What is shown if it is asked for.


@pytest.mark.parametrize(
    ("asked", "hall", "outcomes"),
    [
        ("true", {"host": "h", "guests": ["g"]}, [Outcome.PASS]),
        ("true", {"host": None, "guests": []}, [Outcome.PASS]),
        ("true", {"host": None}, []),
        ("true", {}, []),
        ("true", {"host": "h"}, [Outcome.FAIL]),
        ("true", {"host": "h", "guests": []}, [Outcome.FAIL]),
        ("false", {"host": "h"}, []),
        ("false", {"host": "h", "guests": ["g"]}, [Outcome.FAIL]),
    ],
)
def test_what_is_there_is_shown_if_it_is_asked_for(
    plain: Talk, asked: str, hall: dict[str, Any], outcomes: list[Outcome]
) -> None:
    plain.say(f"GET /halls?guests={asked}", {"halls": [{"id": "a", **hall}]})
    assert plain.outcomes.get("list.behaviour.guests.included", []) == outcomes


# What a list shows, and when it is whole.


def test_what_was_made_and_is_on_no_page_is_a_fault(talk: Talk) -> None:
    talk.make("a").list("b").list(asked="/halls?page=2")
    assert talk.broken == {"listed"}


def test_what_was_made_may_be_on_any_page(talk: Talk) -> None:
    talk.make("a").list("b").list("a", asked="/halls?page=2").list(asked="/halls?page=3")
    assert talk.broken == set()
    assert "listed" in talk.kept


@pytest.mark.parametrize("size", ["0", "-1", "", "all"])
def test_a_page_of_a_size_that_is_none_shows_not_all(size: str) -> None:
    limited = "{name: size, in: query, schema: {type: integer, minimum: 1, maximum: 50}}"
    contract = CONTRACT.replace(
        limited, "{name: size, in: query, schema: {type: [string, integer]}}"
    ).replace("LISTING", BY_NUMBER)
    talk = Talk(read_contract(yaml.safe_load(contract)))
    talk.make("a").list(asked=f"/halls?size={size}")
    assert talk.broken == set()


@pytest.mark.parametrize("beside", [{"next": "a-bare-cursor"}, {"next": {"href": "/halls?cursor=x"}}])
def test_a_list_that_leads_on_without_a_link_is_not_whole(linked: Talk, beside: dict[str, Any]) -> None:
    linked.make("a").list("b", **beside)
    assert linked.broken == set()


@pytest.mark.parametrize("beside", [{"total": 7}, {"has_more": True}, {"cursor": "x"}])
def test_a_list_that_tells_of_more_is_not_whole(plain: Talk, beside: dict[str, Any]) -> None:
    plain.make("a").list("b", **beside)
    assert plain.broken == set()


def test_a_list_with_a_link_in_a_header_is_not_whole(plain: Talk) -> None:
    plain.make("a").list("b", headers={"Link": '<https://halls.example/halls?page=2>; rel="next"'})
    assert plain.broken == set()


@pytest.mark.parametrize("beside", [{}, {"total": 1}, {"has_more": False, "next": None}])
def test_a_list_that_tells_of_no_more_has_to_show_what_was_made(plain: Talk, beside: dict[str, Any]) -> None:
    plain.make("a").list("b", **beside)
    assert plain.broken == {"listed"}


def test_what_was_closed_may_be_left_out_of_a_list(plain: Talk) -> None:
    plain.make("a").say("POST /halls/a/close", status=204).list("b")
    assert plain.broken == set()


@pytest.mark.parametrize(("changed", "broken"), [({"name": "z"}, {"listed"}), ({"is_open": False}, set())])
def test_what_got_another_name_has_to_stay_in_the_list(
    plain: Talk, changed: dict[str, Any], broken: set[str]
) -> None:
    plain.make("a").say("PUT /halls/a", {"id": "a", **changed}, body=changed).list("b")
    assert plain.broken == broken


LATER = 2
"""So many requests about something else take the time that the contract gives a list."""


def shown_as(talk: Talk, name: str, *, after: int) -> Talk:
    for _ in range(after):
        talk.list("other")
    return talk.say("GET /halls", {"halls": [{"id": "a", "name": name}]})


def test_a_list_shows_what_was_made_as_the_response_did(plain: Talk) -> None:
    shown_as(plain.make("a"), "a", after=LATER)
    assert "listed-after-write" in plain.kept


def test_a_list_that_shows_another_name_is_a_fault(plain: Talk) -> None:
    shown_as(plain.make("a"), "b", after=LATER)
    assert "listed-after-write" in plain.broken


def test_a_list_may_be_as_late_as_the_contract_says(plain: Talk) -> None:
    shown_as(plain.make("a"), "b", after=0)
    assert not {"listed-after-write"} & {clause.rpartition(".")[2] for clause in plain.outcomes}


@pytest.mark.parametrize(
    "between", [("POST /halls/a/close", None, 204), ("PUT /halls/a", {"id": "a", "name": "c"}, 200)]
)
def test_what_was_changed_since_need_not_be_as_it_was_made(
    plain: Talk, between: tuple[str, Any, int]
) -> None:
    asked, reply, status = between
    plain.make("a").say(asked, reply, status, body={"name": "c"} if reply else None)
    shown_as(plain, "b", after=LATER)
    assert "listed-after-write" not in plain.broken


def test_a_recording_of_somebody_else_does_not_tell_who_changed_what_is_listed() -> None:
    talk = Talk(halls(WITHOUT_PAGES), Credentials.UNKNOWN)
    shown_as(talk.make("a"), "b", after=LATER)
    assert "listed-after-write" not in talk.broken


def test_what_stands_in_a_deleted_one_need_not_be_there(plain: Talk) -> None:
    plain.make("a").say("DELETE /halls/a", status=204)
    plain.say("POST /halls/a/seats", {}, 404, {"name": "s"}).say("GET /halls/a/seats", {}, 404)
    assert plain.broken == set()


@pytest.mark.parametrize(
    ("asked_before", "broken"), [(0, set()), (4, {"unknown-refused", "gone-after-delete"})]
)
def test_a_deletion_may_take_the_time_that_the_documents_give_it(asked_before: int, broken: set[str]) -> None:
    late = CONTRACT.replace("LISTING", WITHOUT_PAGES).replace(
        "rule: gone-after-delete,", "rule: gone-after-delete, with: {within-seconds: 5},"
    )
    rejects = "x-behaviours: [{path: hall, rule: unknown-refused, demands: known halls only}]"
    read = "operationId: read\n"
    contract = late.replace(read, f"{read}      {rejects}\n")
    talk = Talk(read_contract(yaml.safe_load(contract)))
    talk.make("a").say("DELETE /halls/a", status=204)
    for _ in range(asked_before):
        talk.list()
    talk.say("GET /halls/a", {"id": "a", "name": "a"})
    assert talk.broken == broken


def test_to_find_nothing_although_it_was_made_is_a_fault(plain: Talk) -> None:
    plain.make("a").say("GET /halls/a", {}, 404)
    assert plain.broken == {"status"}


def test_what_stands_inside_one_is_not_looked_for_in_another(plain: Talk) -> None:
    plain.make("a").make("b").make("s", at="/halls/a/seats").list("t", asked="/halls/b/seats")
    assert plain.broken == set()


def test_what_was_made_inside_one_has_to_be_in_its_list(plain: Talk) -> None:
    plain.make("a").make("s", at="/halls/a/seats").list("t", asked="/halls/a/seats")
    assert plain.broken == {"listed"}


def test_ids_inside_one_may_be_those_of_what_was_deleted_inside_another(plain: Talk) -> None:
    for hall in ("a", "b"):
        plain.make(hall).make("1", at=f"/halls/{hall}/seats")
    plain.say("DELETE /halls/a/seats/1", status=204).list("1", asked="/halls/b/seats")
    assert plain.broken == set()
    assert plain.list("1", asked="/halls/a/seats").broken == {"not-listed"}


# What is found by its name.


@pytest.fixture
def named() -> Talk:
    read = "operationId: read\n"
    found = f"{read}      x-behaviours: [{{fields: [name], rule: found-by, demands: found by its name}}]\n"
    return Talk(read_contract(yaml.safe_load(CONTRACT.replace("LISTING", BY_LINK).replace(read, found))))


def test_what_is_found_by_its_name_is_what_its_id_names(named: Talk) -> None:
    named.make("a", id="1").say("GET /halls/a", {"id": "1", "name": "a"})
    assert named.broken == set()
    assert "found-by" in named.kept


@pytest.mark.parametrize(
    ("status", "shown"), [(404, {}), (200, {"id": "2", "name": "b"})], ids=["none", "another one"]
)
def test_what_is_not_found_by_its_name_is_a_fault(named: Talk, status: int, shown: Any) -> None:
    named.make("a", id="1").make("b", id="2").say("GET /halls/a", shown, status)
    assert "found-by" in named.broken


def test_what_is_gone_is_not_found_by_its_name_either(named: Talk) -> None:
    named.make("a", id="1").say("DELETE /halls/1", status=204).say("GET /halls/a", {}, 404)
    assert named.broken == set()
    assert "gone-after-delete" in named.kept


def test_what_nobody_is_called_need_not_be_found(named: Talk) -> None:
    named.make("a", id="1").say("GET /halls/z", {}, 404)
    assert "read.behaviour.name.found-by" not in named.outcomes


# Filters.


@pytest.mark.parametrize("asked", ["name=A", "id=a,b", "id=a"])
def test_a_filter_may_pass_over_case_and_take_several_values(plain: Talk, asked: str) -> None:
    plain.make("a").make("b").make("c").list(*"ab" if "," in asked else "a", asked=f"/halls?{asked}")
    assert plain.broken == set()
    assert "filter" in plain.kept


def test_a_filter_proves_nothing_where_everything_fits(plain: Talk) -> None:
    plain.make("a").list("a", asked="/halls?name=a")
    assert "filter" not in plain.kept


def test_a_filtered_list_that_shows_something_else_is_a_fault(plain: Talk) -> None:
    plain.make("a").list("a", "b", asked="/halls?name=a")
    assert plain.broken == {"filter"}


def test_a_filtered_list_that_leaves_out_what_fits_is_a_fault(plain: Talk) -> None:
    plain.make("a").list(asked="/halls?name=a")
    assert plain.broken == {"filter"}


DAYS = {"a": "2031-05-01T12:00:00Z", "b": "2031-05-05T12:00:00Z", "c": "2031-05-09T12:00:00Z", "d": None}


def opened(talk: Talk, asked: str, *names: str) -> Talk:
    """Rooms that open on some days, and the list of those that open from a time on, or until then."""
    for name, day in DAYS.items():
        talk.make(name, opens=day)
    entries = [{"id": name, "opens": DAYS[name]} for name in names]
    return talk.say(f"GET /halls?{asked}", {"halls": entries})


@pytest.mark.parametrize(
    ("asked", "names", "clause"),
    [
        ("from=2031-05-04T00:00:00Z", "bc", "from"),
        ("from=2031-05-04", "bcd", "from"),
        ("until=2031-05-06T00:00:00Z", "ab", "until"),
    ],
)
def test_a_filter_may_ask_for_times_from_one_on_or_up_to_one(
    plain: Talk, asked: str, names: str, clause: str
) -> None:
    opened(plain, asked, *names)
    assert plain.broken == set()
    assert Outcome.PASS in plain.outcomes[f"list.behaviour.{clause}.days"]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("from=2031-05-04T00:00:00Z", "abc"),
        ("until=2031-05-06T00:00:00Z", "abc"),
        ("from=2031-05-04T00:00:00Z", "b"),
        ("until=2031-05-06T00:00:00Z", "b"),
    ],
    ids=["shows an earlier one", "shows a later one", "lacks a later one", "lacks an earlier one"],
)
def test_a_filter_that_does_not_compare_is_a_fault(plain: Talk, asked: str, names: str) -> None:
    opened(plain, asked, *names)
    assert plain.broken == {"days"}


@pytest.mark.parametrize(
    "asked", ["from=2031-05-05T13:00:00Z", "from=2031-05-05T11:00:00Z", "from=2031-05-05"]
)
@pytest.mark.parametrize("names", ["bc", "c"])
def test_what_counts_of_the_day_itself_no_document_says(plain: Talk, asked: str, names: str) -> None:
    opened(plain, asked, *names)
    assert plain.broken == set()


# Deletions.


def test_what_was_deleted_and_is_still_there_is_a_fault_wherever_it_shows(plain: Talk) -> None:
    plain.make("a").say("DELETE /halls/a", status=204)
    plain.say("GET /halls/a", {"id": "a"}).list("a").say("DELETE /halls/a", status=204)
    assert plain.broken == {"gone-after-delete", "not-listed", "delete-repeated"}


def test_what_was_deleted_and_is_gone_keeps_all_rules(plain: Talk) -> None:
    plain.make("a").say("DELETE /halls/a", status=204)
    plain.say("GET /halls/a", {}, 404).list("b").say("DELETE /halls/a", {}, 404)
    assert plain.broken == set()
    assert {"gone-after-delete", "not-listed", "delete-repeated"} <= plain.kept


@pytest.mark.parametrize(("asked", "status"), [("/halls/a", 202), ("/halls/a?trial=true", 204)])
def test_what_may_not_be_deleted_yet_may_be_shown(plain: Talk, asked: str, status: int) -> None:
    plain.make("a").say(f"DELETE {asked}", status=status).say("GET /halls/a", {"id": "a"}).list("a")
    assert plain.broken == set()


def test_a_query_may_ask_for_what_was_deleted(plain: Talk) -> None:
    plain.make("a").say("DELETE /halls/a", status=204).list("a", asked="/halls?id=a")
    assert plain.broken == set()


def test_what_is_made_once_more_under_its_id_is_there(plain: Talk) -> None:
    plain.make("a").say("DELETE /halls/a", status=204).make("a")
    plain.say("GET /halls/a", {"id": "a", "name": "a"}).list("a")
    assert plain.broken == set()


def test_what_was_never_shown_is_gone_when_it_is_deleted(plain: Talk) -> None:
    plain.say("DELETE /halls/a", status=204).say("GET /halls/a", {"id": "a", "name": "a"})
    assert "gone-after-delete" in plain.broken


@pytest.mark.parametrize(("name", "found"), [("a", set()), ("b", {"accepted"})])
def test_a_name_that_a_list_has_shown_may_be_taken(name: str, found: set[str]) -> None:
    listed = "        - {path: list, rule: listed, demands: it is in the list}\n"
    unique = f"{listed}        - {{fields: [name], rule: unique, demands: one hall of a name}}\n"
    talk = Talk(read_contract(yaml.safe_load(CONTRACT.replace("LISTING", "{}").replace(listed, unique, 1))))
    talk.list("a").say("POST /halls", {}, 422, {"name": name})
    assert talk.broken == found


# Reads.


def test_a_field_that_can_be_set_and_changes_between_two_reads_is_a_fault(plain: Talk) -> None:
    plain.make("a").say("GET /halls/a", {"name": "a"}).list("a").say("GET /halls/a", {"name": "b"})
    assert plain.broken == {"safe"}


def test_a_count_may_change_between_two_reads(plain: Talk) -> None:
    plain.make("a").say("GET /halls/a", {"name": "a", "used": 1}).list("a")
    plain.say("GET /halls/a", {"name": "a", "used": 2})
    assert plain.broken == set()
    assert "safe" in plain.kept


def test_what_was_sent_about_something_inside_may_show_in_a_read(plain: Talk) -> None:
    plain.make("a").say("GET /halls/a", {"name": "a"}).make("s", at="/halls/a/seats")
    plain.list("a").say("GET /halls/a", {"name": "a, with a seat"})
    assert plain.broken == set()


# Recordings of others.


def test_what_others_have_recorded_breaks_none_of_these_rules() -> None:
    talk = Talk(halls(WITHOUT_PAGES), Credentials.UNKNOWN)
    talk.make("a").list("b", "b").list("b", asked="/halls?name=a").say("GET /halls/a", {"name": "a"})
    talk.list("b").say("GET /halls/a", {"name": "c"}).say("DELETE /halls/a", status=204)
    talk.say("GET /halls/a", {"id": "a"}).list("a").say("DELETE /halls/a", status=204)
    new = {"paging", "safe", "filter", "listed", "not-listed", "gone-after-delete", "delete-repeated"}
    assert talk.broken.isdisjoint(new)


# What a provider has time for.


def patient(rule: str) -> Talk:
    """A conversation in which one rule gives ten seconds; one response comes a second."""
    contract = CONTRACT.replace("LISTING", WITHOUT_PAGES).replace(
        f"rule: {rule},", f"rule: {rule}, with: {{within-seconds: 10}},", 1
    )
    return Talk(read_contract(yaml.safe_load(contract)))


def later(talk: Talk, seconds: float) -> Talk:
    talk.at += timedelta(seconds=seconds - 1)
    return talk


@pytest.mark.parametrize(("seconds", "found"), [(9, set()), (10, {"listed"})])
def test_a_list_has_the_said_time_for_what_was_made(seconds: float, found: set[str]) -> None:
    assert later(patient("listed").make("a"), seconds).list().broken == found


@pytest.mark.parametrize(("seconds", "found"), [(9, set()), (10, {"filter"})])
def test_a_filtered_list_has_the_time_of_the_whole_list(seconds: float, found: set[str]) -> None:
    assert later(patient("listed").make("a"), seconds).list(asked="/halls?name=a").broken == found


@pytest.mark.parametrize(("seconds", "found"), [(9, set()), (10, {"not-listed"})])
def test_a_list_has_the_said_time_for_what_was_deleted(seconds: float, found: set[str]) -> None:
    deleted = patient("not-listed").make("a").say("DELETE /halls/a", status=204)
    assert later(deleted, seconds).list("a").broken == found


@pytest.mark.parametrize(("seconds", "found"), [(9, set()), (10, {"gone-after-delete"})])
def test_a_read_has_the_said_time_for_what_was_deleted(seconds: float, found: set[str]) -> None:
    deleted = patient("gone-after-delete").make("a").say("DELETE /halls/a", status=204)
    assert later(deleted, seconds).say("GET /halls/a", {"id": "a"}).broken == found


# What only looks like a fault.


def test_what_was_deleted_may_be_made_once_more_by_its_id(plain: Talk) -> None:
    plain.make("a").say("DELETE /halls/a", status=204).say(
        "PUT /halls/a", {"id": "a", "name": "a"}, body={"name": "a"}
    )
    plain.say("GET /halls/a", {"id": "a", "name": "a"}).list("a")
    assert plain.broken == set()


def test_an_id_is_the_same_however_a_path_spells_it(plain: Talk) -> None:
    plain.make("a@b").say("DELETE /halls/a%40b", status=204).list()
    assert plain.broken == set()
    assert plain.say("GET /halls/a%40b", {"id": "a@b"}).broken == {"gone-after-delete"}


def test_a_link_may_spell_an_id_in_another_way(plain: Talk) -> None:
    plain.list("1", asked="/halls/a%40b/seats", next="https://halls.example/halls/a@b/seats?cursor=x")
    assert plain.broken == set()


def test_the_default_of_what_nobody_can_read_is_not_judged(plain: Talk) -> None:
    plain.say("POST /halls", {"id": "a", "used": 5}, 201, b'\xef\xbb\xbf{"used": 5}')
    assert "default-on-create" not in plain.broken
    assert plain.make("b", used=5).broken == {"default-on-create"}


@pytest.mark.parametrize("status", [401, 403, 502])
def test_a_second_deletion_that_never_came_to_the_room_says_nothing(plain: Talk, status: int) -> None:
    plain.make("a").say("DELETE /halls/a", status=204).say("DELETE /halls/a", {}, status)
    assert "delete-repeated" not in plain.broken


def test_a_read_may_show_null_for_an_empty_text(plain: Talk) -> None:
    plain.say("GET /halls/a", {"id": "a", "name": None}).list("a").say(
        "GET /halls/a", {"id": "a", "name": ""}
    )
    assert "safe" not in plain.broken


def test_a_comma_may_part_two_values(plain: Talk) -> None:
    assert plain.make("a,b").list(asked="/halls?id=a,b").broken == set()


def test_a_link_may_have_a_parameter_without_a_value(linked: Talk) -> None:
    linked.list("a", "b", next="https://halls.example/halls?cursor=x&before=")
    assert linked.list("b", asked="/halls?cursor=x&before=").broken == {"paging"}
