"""The ways in which one clause is broken: of two faults two, of two values one."""

from __future__ import annotations

from typing import Any

import pytest

from roomproof.contract.model import Contract
from roomproof.interaction import Credentials, Interaction, Request, Response, RoomKnowledge
from roomproof.judge.evidence import Evidence, Outcome, ShownValue
from roomproof.judge.kind import kind_of
from roomproof.verdict import Verdicts

MAXIMUM, TYPE = "mini.update-room.request.size.maximum", "mini.update-room.request.size.type"
CRASH, ECHO = "mini.update-room.behaviour.input.no-server-error", "mini.update-room.behaviour.topic.echo"
SHOWN = "mini.update-room.response.room.size.type"


def way(
    mini: Contract,
    clause: str,
    body: bytes,
    status: int = 200,
    expected: ShownValue | str = "",
    received: ShownValue | str = "",
    **request: Any,
) -> str:
    sent = Request("PATCH", "https://mini.example/rooms/7", (), body, **request)
    evidence = Evidence(clause, Outcome.FAIL, "it is broken", expected, received)
    return kind_of(mini.clauses[clause], evidence, Interaction(sent, Response(status)))


def test_two_values_beyond_one_limit_are_one_way(mini: Contract) -> None:
    assert way(mini, MAXIMUM, b'{"size":51}') == way(mini, MAXIMUM, b'{"mode":"open","size":64}', 202)


def test_to_take_too_much_and_to_reject_enough_are_two(mini: Contract) -> None:
    assert way(mini, MAXIMUM, b'{"size":51}') != way(mini, MAXIMUM, b'{"size":50}', 422)


def test_each_type_that_is_taken_is_one(mini: Contract) -> None:
    assert (
        len(
            {
                way(mini, TYPE, body)
                for body in (b'{"size":"5"}', b'{"size":"6"}', b'{"size":true}', b'{"size":[5]}')
            }
        )
        == 3
    )


def test_each_type_that_is_shown_is_one(mini: Contract) -> None:
    told = [
        way(mini, SHOWN, b"{}", received=ShownValue(value))
        for value in ("5", "six", True, None, [5], {"a": 1}, -5)
    ]
    assert told == ["text", "text", "boolean", "null", "array", "object", "number"]


@pytest.mark.parametrize("words", ["no such field", "5 entries", "true to its word", '"quoted" words'])
def test_words_are_no_value(words: str, mini: Contract) -> None:
    assert way(mini, SHOWN, b"{}", received=words) == "other"


@pytest.mark.parametrize(
    ("expected", "received", "told"),
    [
        ("Room", "room", "letters of another case"),
        ("a  b", "a b", "other white space"),
        ("caf\u00e9", "cafe\u0301", "another Unicode form"),
        ("abcdef", "abc", "a part of the text"),
        ("abc", "xyz", "another text"),
        ("abc", None, "null in place of text"),
        (5, 6, "number in place of number"),
    ],
)
def test_how_a_value_is_not_an_echo(expected: Any, received: Any, told: str, mini: Contract) -> None:
    shown = {"expected": ShownValue(expected), "received": ShownValue(received)}
    assert way(mini, ECHO, b'{"topic":"x"}', **shown) == told


def test_what_a_server_error_is_about(mini: Contract) -> None:
    assert (
        way(mini, CRASH, b'{"size":null}', 500)
        == way(mini, CRASH, b'{"size":null}', 502)
        == "server error with size null"
    )
    assert way(mini, CRASH, b"[]", 500) == "server error with array"
    assert way(mini, CRASH, b"{", 500) == "server error with no JSON"
    assert way(mini, CRASH, b"{}", 500, credentials=Credentials.WRONG) == "server error to wrong credentials"
    assert way(mini, CRASH, b"{}", 500, room=RoomKnowledge.NONE) == "server error to an unknown room"


def test_a_finding_has_every_way_but_several_fields_where_one_tells_more(mini: Contract) -> None:
    verdicts = Verdicts(mini)
    for body in (b'{"size":null,"mode":"open"}', b'{"size":null}', b'{"topic":7}'):
        sent = Request("PATCH", "https://mini.example/rooms/7", (), body)
        verdicts.add(Evidence(CRASH, Outcome.FAIL, "it is broken"), Interaction(sent, Response(500)))
    (finding,) = verdicts.findings()
    assert finding.kinds == ("server error with size null", "server error with topic number")
