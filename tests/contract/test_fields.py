"""A contract that names what is not there, or says what nothing would test, is rejected with the line and the
nearest word.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest
import yaml

from roomproof.contract.read import parse_contract
from roomproof.errors import ContractError
from roomproof.judge.register import require_rules
from roomproof.providers import bundled

HEAD = """\
openapi: 3.1.0
info: {title: Small, version: "1"}
servers:
  - url: https://small.example
x-provider: small
x-room: {parameter: room_id, at: [data], id: id}
x-credentials: {scheme: bearer, environment: {token: SMALL_TOKEN}}
x-support:
  people: {method: GET, path: "/rooms/{room_id}/people", with: {at: [people], key: who}}
paths:
  /rooms/{room_id}:
    patch:
      operationId: update-room
      parameters:
        - {name: room_id, in: path, required: true, schema: {type: string}}
        - {name: Request-Id, in: header, schema: {type: string}}
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                title: {type: string}
                opens: {type: string, format: date-time}
                closes: {type: string, format: date-time}
                codes: {type: array, items: {type: object, properties: {code: {type: string}}}}
                people: {type: object, additionalProperties: {type: object,
                  properties: {role: {type: string}}}}
      responses:
        "200":
          description: the room
          content:
            application/json:
              schema:
                type: object
                properties:
                  data:
                    type: object
                    properties:
                      id: {type: string}
                      title: {type: string}
                      created: {type: string}
                      session: {type: object, properties: {room_id: {type: string}}}
                      sessions: {type: array, items: {type: object, properties: {id: {type: string}}}}
      x-behaviours:
"""
LINE = HEAD.count("\n") + 1


def contract_with(line: str) -> str:
    return f"{HEAD}        - {line[:-1]}, demands: it is so}}\n"


def rejection(text: str) -> str:
    with pytest.raises(ContractError) as caught:
        require_rules(parse_contract(text, "small.yaml"))
    return str(caught.value)


def swapped(old: str, new: str) -> tuple[str, int]:
    """The small contract with a good behaviour and one text in place of another, and the line on which that
    stands.
    """
    text = contract_with("{fields: all, rule: echo}")
    assert text.count(old) == 1
    return text.replace(old, new), text[: text.index(old)].count("\n") + 1


@pytest.mark.parametrize(
    "line",
    [
        "{fields: all, rule: echo}",
        "{fields: [title], rule: unchanged}",
        "{fields: [created, id], rule: constant}",
        "{path: codes, rule: unique, with: {each: code}}",
        "{path: window, rule: window, with: {from: opens, until: closes, max-days: 3}}",
        "{fields: [title], rule: default-from, with: {from: session.room_id}}",
        "{fields: [session.room_id], rule: fields-agree, with: {same-as: id}}",
        (
            "{fields: [sessions.items.id], rule: fields-agree, with: {same-as: session.room_id, where: "
            "{room_id: x}}}"
        ),
        "{fields: [people], rule: listed-echo, with: {call: people, member: role}}",
        "{path: repeats, rule: pair-required, with: {id: Request-Id, first-sent: Request-Id}}",
    ],
)
def test_what_names_fields_that_there_are_is_read(line: str) -> None:
    require_rules(parse_contract(contract_with(line), "small.yaml"))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{fields: [tittle], rule: echo}", "the body has no field 'tittle' (did you mean 'title'?)"),
        ("{fields: [tittle], rule: unchanged}", "the body has no field 'tittle' (did you mean 'title'?)"),
        ("{fields: [cretaed], rule: constant}",
        "the room in a response has no field 'cretaed' (did you mean 'created'?)"),
        ("{fields: [opens], rule: constant}", "the room in a response has no field 'opens'"),
        ("{path: coeds, rule: unique}", "the body has no field 'coeds' (did you mean 'codes'?)"),
        ("{path: codes, rule: unique, with: {each: cod}}",
        "the body has no field 'codes.items.cod' (did you mean 'code'?)"),
        ("{path: w, rule: window, with: {from: open, until: closes, max-days: 3}}",
        "no field 'open' (did you mean 'opens'?)"),
        ("{path: w, rule: window, with: {from: opens, until: close, max-days: 3}}",
        "no field 'close' (did you mean 'closes'?)"),
        ("{fields: [title], rule: default-from, with: {from: nam}}",
        "the room in a response has no field 'nam'"),
        ("{fields: [created], rule: default-now, with: {plus-days: 0, created: creatd}}",
        "no field 'creatd' (did you mean 'created'?)"),
        ("{fields: [session.rom_id], rule: fields-agree, with: {same-as: id}}",
        "no field 'session.rom_id' (did you mean 'room_id'?)"),
        ("{fields: [id], rule: fields-agree, with: {same-as: sessions.items.ide}}",
        "no field 'sessions.items.ide' (did you mean 'id'?)"),
        ("{fields: [session.layout], rule: default-value, with: {default: x}}", "no field 'session.layout'"),
        ("{fields: [people], rule: listed-echo, with: {call: people, member: rol}}",
        "no field 'people.values.rol' (did you mean 'role'?)"),
        ("{fields: [people], rule: listed-echo, with: {call: peple, member: role}}",
        "no list 'peple' (did you mean 'people'?)"),
        ("{path: r, rule: pair-required, with: {id: Request-ID, first-sent: Request-Id}}",
        "'Request-ID' (did you mean 'Request-Id'?)"),
        ("{fields: [title], rule: echo, when: now}", '"when" is not one of'),
        ("{feilds: [title], rule: echo}", '"feilds" is not one of'),
        ("{path: codes, rule: unique, with: {eahc: code}}", '"eahc" is not one of'),
        ("{fields: [title], rule: read-after-write, with: {within-secs: 3}}", "mean 'within-seconds'"),
        ("{fields: [title], rule: ehco}", "no check knows the rule 'ehco' (did you mean 'echo'?)"),
        ("{fields: [title], rule: echo, with: {exactly: true}}", "False schema does not allow"),
        ("{fields: [], rule: echo}", "[]"),
    ],
)  # fmt: skip
def test_a_field_that_no_schema_has_is_named_with_its_line_and_the_nearest_word(line: str, says: str) -> None:
    told = rejection(contract_with(line))
    assert told.startswith(f"small.yaml, line {LINE}: ")
    assert says in told


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("at: [data], id: id", "at: [data], id: room_id",
        "the response to a request that is accepted has no field 'data.room_id'"),
        ("at: [data], id: id", "at: [date], id: id", "no field 'date.id' (did you mean 'data'?)"),
        ("title: {type: string}\n                opens",
        "title: {type: string, maxLenght: 5}\n                opens",
         "keyword 'maxLenght' has no clause (did you mean 'maxLength'?)"),
        ("{type: array, items: {type: object, properties: {code: {type: string}}}}",
        "{type: array, items: false}", "write maxItems: 0"),
        ("codes: {type: array", "codes: {type: array, prefixItems: [{}]",
        "keyword 'prefixItems' has no clause"),
        ("people: {type: object, additional", "people: {type: object, x-sample: {properties: {}}, additional",
        "has no clause here"),
        ("opens: {type: string, format: date-time}", "opens: {type: string, format: date-tiem}",
         "format 'date-tiem' is not known (did you mean 'date-time'?)"),
        ("opens: {type: string, format", "opens: {type: string, x-levels: {fromat: sample}, format",
        '"fromat" is not one of'),
        ("opens: {type: string, format", "opens: {type: string, x-unsetled: {}, format",
        "not read (did you mean 'x-unsettled'?)"),
        ("x-behaviours:", "x-behaviors:", "'x-behaviors' is not read (did you mean 'x-behaviours'?)"),
    ],
)  # fmt: skip
def test_what_would_be_read_and_never_tested_is_rejected_with_its_line(old: str, new: str, says: str) -> None:
    text, line = swapped(old, new)
    told = rejection(text)
    assert told.startswith(f"small.yaml, line {line}: ")
    assert says in told


def test_an_order_of_fields_that_the_body_does_not_have_is_rejected() -> None:
    text, _ = swapped(
        "              type: object\n              properties:\n                title",
        "              type: object\n              x-unsettled-order: {reason: none is said, members: "
        "[opens, closed]}\n"
        "              properties:\n                title",
    )
    line = text[: text.index("x-unsettled-order")].count("\n") + 1
    assert rejection(text).startswith(
        f"small.yaml, line {line}: update-room: the body has no field 'closed' (did you mean 'closes'?)"
    )


def test_extensions_of_somebody_else_are_left_alone() -> None:
    parse_contract("x-logo: {url: x}\n" + contract_with("{fields: all, rule: echo}"), "small.yaml")


def test_a_schema_that_lists_nothing_may_hold_any_field() -> None:
    text = contract_with("{fields: [anything], rule: constant}")
    opened = (
        text[: text.index("                    properties:\n                      id")]
        + text[text.index("      x-behaviours") :]
    )
    assert "anything" in str(list(parse_contract(opened, "small.yaml").clauses))


# An object that is closed.


def closed(schema: dict[str, Any]) -> dict[str, Any]:
    raw = yaml.safe_load(contract_with("{fields: all, rule: echo}"))
    raw["paths"]["/rooms/{room_id}"]["patch"]["requestBody"]["content"]["application/json"]["schema"][
        "properties"
    ]["codes"] = schema
    return dict(parse_contract(yaml.safe_dump(raw), "small.yaml").clauses)


def test_a_closed_object_makes_a_clause_of_its_own_level_and_source() -> None:
    clauses = closed(
        {
            "type": "object",
            "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
            "additionalProperties": False,
            "x-levels": {"additionalProperties": "observed"},
            "x-sources": {"additionalProperties": {"document": "OBSERVED", "section": "s", "field": "f"}},
        }
    )
    clause = clauses["small.update-room.request.codes.additional-properties"]
    assert (clause.level, clause.source.document, clause.demands) == (
        "observed",
        "OBSERVED",
        "codes has no fields but a, b",
    )


def test_an_object_that_is_open_or_a_list_that_may_repeat_makes_none() -> None:
    for schema in ({"type": "object", "additionalProperties": True}, {"type": "array", "uniqueItems": False}):
        rules = {clause.rule for clause in closed(schema).values()}
        assert not rules & {"additional-properties", "unique-items"}


@pytest.mark.parametrize("name", ["int32", "double", "password", "a-form-of-our-own"])
def test_a_format_that_nothing_tests_is_an_annotation_and_makes_no_clause(name: str) -> None:
    text = contract_with("{fields: all, rule: echo}").replace("format: date-time", f"format: {name}")
    contract = parse_contract(text, "small.yaml")
    assert [clause.id for clause in contract.clauses.values() if clause.rule == "format"] == []


@pytest.mark.parametrize(
    ("name", "is_read"), [("created_at", True), ("creted_at", False), ("unheard-of", True)]
)
def test_the_time_at_which_a_room_was_made_may_be_left_out_and_not_be_misspelt(
    name: str, is_read: bool
) -> None:
    text = (
        (bundled("contracts") / "telnyx" / "openapi.yaml")
        .read_text(encoding="utf-8")
        .replace("created: created_at", f"created: {name}")
    )
    with nullcontext() if is_read else pytest.raises(ContractError, match="did you mean 'created_at'"):
        assert parse_contract(text, "mine").created == name
