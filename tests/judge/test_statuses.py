"""Which status a rejection has: of several that are documented for one reason each is right."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from roomproof.contract.model import Contract
from roomproof.contract.read import read_contract
from roomproof.contract.yaml_text import parse_yaml
from roomproof.interaction import Credentials, Interaction, Request, Response
from roomproof.judge.evidence import Outcome
from roomproof.judge.judge import Judge
from roomproof.judge.moments import order_questions

NOW = datetime(2030, 6, 1, 12, tzinfo=UTC)
CONTRACT = """
openapi: 3.1.0
info: {title: Halls, version: "1"}
servers: [{url: https://halls.example}]
x-provider: halls
x-source: {document: Halls, section: Halls, field: page}
x-resource: {parameter: hall, at: [], id: id}
x-credentials: {scheme: bearer, environment: {token: HALLS_TOKEN, unscoped: HALLS_WEAK_TOKEN}}
paths:
  /halls/{hall}:
    parameters: [{name: hall, in: path, required: true, schema: {type: string}}]
    patch:
      operationId: update
      requestBody:
        content:
          application/json: {schema: {type: object, properties: {seats: {type: integer, maximum: 9}}}}
      responses:
        "200": {description: changed}
        "400": {description: cannot be read, x-when: invalid}
        "401": {description: no right, x-when: unauthenticated}
        "422": {description: a wrong value, x-when: invalid}
      x-behaviours:
        - {path: token, rule: missing-refused, demands: strangers are rejected}
        - {path: token, rule: scope-required, demands: who lacks a right is rejected}
    delete:
      operationId: delete
      responses: {"204": {description: gone}}
      x-behaviours:
        - {path: gone, rule: gone-after-delete, with: {within-seconds: 2}, demands: it is gone soon}
"""


@pytest.fixture(scope="module")
def halls() -> Contract:
    return read_contract(parse_yaml(CONTRACT, "halls.yaml"))


def told(
    halls: Contract, status: int, body: bytes = b'{"seats":10}', who: Credentials = Credentials.VALID
) -> dict[str, Outcome]:
    """What a status says of the clauses about statuses, by these."""
    media = (("Content-Type", "application/json"),)
    request = Request("PATCH", "https://halls.example/halls/a", media, body, who)
    evidence = Judge(halls).see(Interaction(request, Response(status, (), b"")))
    return {
        item.clause.removeprefix("halls.update.response."): item.outcome
        for item in evidence
        if item.clause.endswith(".status")
    }


@pytest.mark.parametrize("status", [400, 422])
def test_each_status_that_is_documented_for_what_is_invalid_is_right(halls: Contract, status: int) -> None:
    assert told(halls, status) == {f"{status}.status": Outcome.PASS}


def test_another_status_than_these_is_wrong(halls: Contract) -> None:
    assert told(halls, 409) == {"422.status": Outcome.FAIL}
    # Whether a text that stands for no number is a wrong value, or cannot be read, nobody knows.
    assert told(halls, 409, b'{"seats":"ten"}') == {"400.status": Outcome.WARN}


@pytest.mark.parametrize(("status", "found"), [(400, {"400.status": Outcome.PASS}), (411, {})])
def test_what_cannot_be_read_may_have_any_status(
    halls: Contract, status: int, found: dict[str, Outcome]
) -> None:
    assert told(halls, status, b"{") == found


@pytest.mark.parametrize(
    ("who", "outcome"),
    [(Credentials.UNSCOPED, set()), (Credentials.MISSING, {Outcome.FAIL})],
    ids=["who is known", "a stranger"],
)
def test_who_lacks_a_right_may_be_forbidden_and_strangers_not(
    halls: Contract, who: Credentials, outcome: set[Outcome]
) -> None:
    body = json.dumps({"seats": 3}).encode()
    assert set(told(halls, 403, body, who).values()) == outcome


@pytest.mark.parametrize(("deleted", "outcomes"), [(True, set()), (False, {Outcome.FAIL})])
def test_what_was_just_deleted_may_be_gone_whatever_a_request_about_it_holds(
    halls: Contract, deleted: bool, outcomes: set[Outcome]
) -> None:
    judge, url = Judge(halls), "https://halls.example/halls/a"
    deletion = Request("DELETE", url, (), None, Credentials.VALID)
    judge.see(Interaction(deletion, Response(204 if deleted else 422, (), b""), NOW))
    media = (("Content-Type", "application/json"),)
    update = Request("PATCH", url, media, b'{"seats":10}', Credentials.VALID)
    evidence = judge.see(Interaction(update, Response(404, (), b""), NOW + timedelta(seconds=1)))
    assert {item.outcome for item in evidence if item.clause.endswith(".status")} == outcomes


@pytest.mark.parametrize(("status", "outcome"), [(409, Outcome.PASS), (422, Outcome.WARN)])
def test_what_is_taken_is_answered_with_a_conflict_where_one_is_documented(
    status: int, outcome: Outcome
) -> None:
    line = "        - {path: token, rule: missing-refused, demands: strangers are rejected}\n"
    unique = line + "        - {fields: [name], rule: unique, level: observed, demands: one hall of a name}\n"
    text = CONTRACT.replace("seats: {type: integer, maximum: 9}", "name: {type: string}")
    text = text.replace('"422": {description: a wrong value, x-when: invalid}', '"409": {description: taken}')
    judge = Judge(read_contract(parse_yaml(text.replace(line, unique), "halls.yaml")))
    media, body = (("Content-Type", "application/json"),), b'{"name":"red"}'
    first, second = (Request("PATCH", f"https://halls.example/halls/{one}", media, body) for one in "ab")
    judge.see(Interaction(first, Response(200, media, b'{"id":"a","name":"red"}')))
    evidence = judge.see(Interaction(second, Response(status, (), b"")))
    assert [item.outcome for item in evidence if item.clause.endswith(".status")] == [outcome]


@pytest.mark.parametrize(("ends", "must_be_accepted"), [("09:30", True), ("09:00", False), ("08:30", False)])
def test_what_ends_when_it_starts_or_before_may_be_rejected(ends: str, must_be_accepted: bool) -> None:
    times = "starts: {type: string, format: date-time}, ends: {type: string, format: date-time}"
    order = "x-unsettled-order: {reason: no word, members: [starts, ends]}"
    text = CONTRACT.replace(
        "{type: object, properties: {seats: {type: integer, maximum: 9}}}",
        f"{{type: object, {order}, properties: {{{times}}}}}",
    )
    (operation, _) = read_contract(parse_yaml(text, "halls.yaml")).operations
    sent = {"starts": "2030-07-01T09:00:00Z", "ends": f"2030-07-01T{ends}:00Z"}
    assert (order_questions(operation, sent, None) == []) is must_be_accepted
