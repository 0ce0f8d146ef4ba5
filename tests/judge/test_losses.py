"""A request that is never answered, while its neighbours are, is evidence; one that is lost now and then is
none.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomproof.interaction import Credentials, Interaction, Loss, Request, Response
from roomproof.judge.evidence import Outcome
from roomproof.judge.losses import TIMES, Losses
from roomproof.verdict import Verdict

ROOM = "7b61621f-62e0-4aad-ab11-9fd19e272e73"
NOW = datetime(2030, 6, 1, 12, tzinfo=UTC)
MAXIMUM = "mini.update-room.request.size.maximum"
SERVER_ERROR = "behaviour.input.no-server-error"
Broken = Callable[..., set[str]]


def request(body: bytes, credentials: Credentials = Credentials.VALID) -> Request:
    headers = (("Content-Type", "application/json"),)
    return Request("PATCH", f"https://mini.example/api/rooms/{ROOM}?api=1", headers, body, credentials)


def lose(
    talk: Any, body: bytes, loss: Loss = Loss.DROPPED, credentials: Credentials = Credentials.VALID
) -> Any:
    return talk.hear(
        Interaction(
            request(body, credentials), None, NOW, "the connection was closed without a response", loss
        )
    )


def lose_each_time(
    talk: Any, body: bytes, loss: Loss = Loss.DROPPED, credentials: Credentials = Credentials.VALID
) -> Any:
    """Lose a request as often as it takes, and have its neighbours answered; return what the last time
    says.
    """
    for _ in range(TIMES[loss] - 1):
        talk.patch({"size": 5}, {"size": 5})
        assert [
            item for item in lose(talk, body, loss, credentials) if item.outcome is not Outcome.INCONCLUSIVE
        ] == []
    talk.patch({"size": 5}, {"size": 5})
    return lose(talk, body, loss, credentials)


@pytest.mark.parametrize("loss", Loss)
@pytest.mark.parametrize(
    ("body", "aimed_at"),
    [
        (b'{"size":10}', "request.size.maximum"),
        (b'{"size":9}', "request.size.maximum"),
        (b'{"mode":"ajar"}', "request.mode.enum"),
        (b'{"mode":null}', "request.mode.null"),
        (b"{", "request.body.type"),
        (b'{"name":"\xc3\xa9"}', "request.name.accepted"),
        (b'{"size":5,"mode":"ajar"}', "request.mode.enum"),
    ],
    ids=str,
)
def test_a_request_that_is_lost_each_time_breaks_the_server_and_what_it_aims_at(
    loss: Loss, body: bytes, aimed_at: str, talk: Any, broken: Broken
) -> None:
    said = lose_each_time(talk, body, loss)
    assert SERVER_ERROR in broken(said)
    assert aimed_at in broken(said) | broken(said, Outcome.WARN)


@pytest.mark.parametrize(
    ("credentials", "clause"),
    [
        (Credentials.MISSING, "behaviour.token.missing-refused"),
        (Credentials.WRONG, "behaviour.token.wrong-refused"),
    ],
)
def test_nobody_is_rejected_by_silence(
    credentials: Credentials, clause: str, talk: Any, broken: Broken
) -> None:
    said = lose_each_time(talk, b'{"size":5}', Loss.DROPPED, credentials)
    assert broken(said) == {SERVER_ERROR, clause}


def test_what_else_the_server_may_not_bear_breaks_no_limit(talk: Any, broken: Broken) -> None:
    """Of a value that is allowed, and was never accepted, nobody knows whether it is the one."""
    assert broken(lose_each_time(talk, b'{"size":10,"note":null}')) == {SERVER_ERROR}


def test_a_clause_that_explains_the_loss_of_several_values_takes_the_blame(talk: Any) -> None:
    talk.patch({"note": "abc"}, {"note": "abc"})
    lose_each_time(talk, b'{"topic":"abc","note":null}')
    lose_each_time(talk, b'{"note":null}')
    fails = {clause for clause, verdict in talk.verdicts.verdicts().items() if verdict is Verdict.FAIL}
    assert fails == {"mini.update-room.request.note.nullable", f"mini.update-room.{SERVER_ERROR}"}


def test_a_request_that_is_answered_once_was_lost_on_the_way(talk: Any, broken: Broken) -> None:
    for number in range(12):
        assert broken(lose(talk, b'{"size":5}')) == set()
        talk.patch({"size": 4}, {"size": 4})
        if number % 3 == 2:
            talk.say("PATCH", f"/rooms/{ROOM}", b'{"size":5}', {"room": {"id": ROOM, "name": "n", "size": 5}})


def test_a_server_that_is_gone_is_not_broken_by_a_request(talk: Any, broken: Broken) -> None:
    talk.patch({"size": 5}, {"size": 5})
    assert [broken(lose(talk, b'{"size":10}')) for _ in range(8)] == [set()] * 8


def test_a_failure_of_which_nobody_knows_what_the_server_did_is_no_evidence(
    talk: Any, broken: Broken
) -> None:
    for _ in range(8):
        talk.patch({"size": 5}, {"size": 5})
        unknown = Interaction(request(b'{"size":10}'), None, NOW, "Connection refused")
        assert broken(talk.hear(unknown)) == set()


def test_a_request_that_was_lost_once_is_inconclusive_about_what_it_aimed_at(talk: Any) -> None:
    lose(talk, b'{"size":10}')
    assert talk.verdicts.verdicts()[MAXIMUM] is Verdict.INCONCLUSIVE


def test_a_body_that_nobody_has_to_read_to_its_end_breaks_no_server(talk: Any, broken: Broken) -> None:
    large = b'{"note":"%s"}' % (b"x" * 200_000)
    for _ in range(8):
        assert broken(lose(talk, large)) == set()
        talk.patch({"size": 5}, {"size": 5})


def test_lost_requests_are_not_remembered_for_ever() -> None:
    losses = Losses()
    for number in range(1000):
        losses.is_every_time(request(b"%d" % number), Loss.DROPPED)
    assert len(losses._lost) <= 200


@given(st.integers(0, 10_000), st.sampled_from([0.01, 0.03]))
def test_a_way_that_loses_three_of_a_hundred_requests_is_no_finding(seed: int, share: float) -> None:
    """Each lost request is sent again after the next one that is answered, as a run does."""
    losses, pending, random = Losses(), [], Random(seed)
    for number in range(300):
        again, pending = pending, []
        for sent in (*again, request(b"%d" % number)):
            if random.random() < share:
                assert not losses.is_every_time(sent, Loss.DROPPED)
                pending.append(sent)
            else:
                losses.note_response(sent)


def test_where_many_requests_are_lost_once_nothing_follows_from_a_loss() -> None:
    losses, unlucky = Losses(), request(b"unlucky")
    for number in range(100):
        if number % 10 == 0:
            assert not losses.is_every_time(request(b"%d" % number), Loss.DROPPED)
        losses.note_response(request(b"%d" % number))
    for _ in range(8):
        assert not losses.is_every_time(unlucky, Loss.DROPPED)
        losses.note_response(request(b"neighbour"))


@pytest.mark.parametrize("response", [None, Response(500)], ids=["lost", "server error"])
def test_a_room_whose_deletion_was_lost_may_be_gone(
    response: Response | None, talk: Any, broken: Broken
) -> None:
    """Carried out, and its response lost on the way: then the room is rightly said to be none."""
    missing = {"status": 404, "response": {"error": "no"}}
    talk.patch({"size": 5}, {"size": 5})
    talk.hear(
        Interaction(
            Request("DELETE", f"https://mini.example/api/rooms/{ROOM}?api=1", (), None, Credentials.VALID),
            response,
            NOW,
        )
    )
    assert broken(talk.say("PATCH", f"/rooms/{ROOM}", {"size": 5}, **missing)) == set()

    talk.say("GET", f"/rooms/{ROOM}", None, {"room": {"id": ROOM, "name": "n", "size": 5}})
    assert "response.200.status" in broken(talk.say("PATCH", f"/rooms/{ROOM}", {"size": 5}, **missing)), (
        "a read showed it again"
    )
