"""Connections that are rejected, closed, reset, silent or slow: no usable response is inconclusive, and the
run goes on.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from roomproof.engine.lost_requests import MOST_LOST
from roomproof.engine.restore import MOST_REPEATS
from roomproof.interaction import Interaction
from roomproof.targets.http import HttpTarget
from roomproof.targets.target import UnsentRequest

Verify = Callable[..., Any]
Serve = Callable[..., Any]
MANY = 50
"""So many clauses pass in the 90 requests of a run that is not disturbed."""
LIMIT = 15.0
"""Seconds in which a run of 90 requests ends even on a busy machine; it needs one."""


def sometimes(behaviour: Callable[[Any], Any], every: int = 15) -> Callable[[Any], Any]:
    """Return the behaviour for some requests only, the first ones not among them."""
    return lambda call: behaviour(call) if call.number % every == every - 1 else False


def require_undisturbed(told: Any, why: str) -> None:
    """Some requests got no usable response, for the expected reason; nothing fails, the rest is judged, all
    within the time.
    """
    assert told.fails == set()
    assert told.code == 3, "cut short by --max-requests"
    assert told.passes >= MANY
    assert [reason for reason in told.unanswered if why not in reason] == []
    assert sum(told.unanswered.values()) >= 3
    assert told.seconds < LIMIT


def test_a_faithful_server(verify: Verify) -> None:
    told = verify(lambda _: False)

    assert (told.fails, told.unanswered) == (set(), {})
    assert told.passes >= MANY


def reset_before(call: Any) -> None:
    call.reset()


def reset_in_headers(call: Any) -> None:
    call.send(call.faithful()[:30])
    call.reset()


def reset_after_headers(call: Any) -> None:
    call.send(call.faithful().partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
    call.reset()


def reset_in_the_body(call: Any) -> None:
    call.send(call.faithful()[:-10])
    call.reset()


def close_before(call: Any) -> None:
    call.close()


def close_in_headers(call: Any) -> None:
    call.send(call.faithful()[:30])
    call.close()


def close_in_the_body(call: Any) -> None:
    call.send(call.faithful()[:-10])
    call.close()


def say_nothing(_: Any) -> None:
    time.sleep(0.6)


def drip(call: Any) -> None:
    """Send a byte each 20 ms: no single read takes long."""
    for byte in call.faithful():
        call.send(bytes([byte]))
        time.sleep(0.02)


def drip_the_body(call: Any) -> None:
    head, _, body = call.faithful().partition(b"\r\n\r\n")
    call.send(head + b"\r\n\r\n")
    for byte in body:
        call.send(bytes([byte]))
        time.sleep(0.02)


@pytest.mark.parametrize("behaviour", [reset_before, close_before], ids=["reset", "closed"])
def test_lost_before_the_response(behaviour: Callable[[Any], Any], verify: Verify) -> None:
    require_undisturbed(verify(sometimes(behaviour)), "the connection was")


@pytest.mark.parametrize(
    "behaviour",
    [reset_in_headers, reset_after_headers, reset_in_the_body, close_in_headers, close_in_the_body],
    ids=lambda one: one.__name__,
)
def test_lost_in_the_response(behaviour: Callable[[Any], Any], verify: Verify) -> None:
    told = verify(sometimes(behaviour))

    assert told.fails == set()
    assert told.passes >= MANY
    assert sum(told.unanswered.values()) >= 3
    assert [why for why in told.unanswered if "whole" not in why and "does not begin" not in why] == []


def no_http(call: Any) -> None:
    call.send(b"220 smtp.example.com ESMTP\r\n")
    call.close()


def wrong_chunks(call: Any) -> None:
    call.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
    call.close()


def is_nobody(call: Any) -> bool:
    return "authorization" not in call.headers


def holds(text: bytes) -> Callable[[Any], bool]:
    return lambda call: text in call.body


MAXIMUM, NULLABLE = "request.max_participants.maximum", "request.webhook_timeout_secs.nullable"
UNBEARABLE = {
    "51, reset": (holds(b'"max_participants":51'), reset_before, MAXIMUM),
    "50, closed": (holds(b'"max_participants":50'), close_before, MAXIMUM),
    "51, silent": (holds(b'"max_participants":51'), say_nothing, MAXIMUM),
    "null, lost in the head": (holds(b'"webhook_timeout_secs":null'), close_in_headers, NULLABLE),
    "null, lost in the body": (holds(b'"webhook_timeout_secs":null'), reset_in_the_body, NULLABLE),
    "no JSON, no HTTP": (holds(b"undefined"), no_http, "request.body.type"),
    "non-ASCII, wrong chunks": (
        lambda call: any(byte > 127 for byte in call.body),
        wrong_chunks,
        "request.unique_name.accepted",
    ),
    "no credentials, lost after the head": (
        is_nobody,
        reset_after_headers,
        "behaviour.authentication.missing-refused",
    ),
}
"""Which requests a server cannot bear, what it does in place of answering them, and the clause that they aim
at.
"""


@pytest.mark.parametrize("name", UNBEARABLE)
def test_a_request_that_is_never_answered_breaks_the_clause_that_it_aims_at(
    name: str, verify: Verify
) -> None:
    cannot_bear, die, clause = UNBEARABLE[name]
    told = verify(
        lambda call: die(call) if cannot_bear(call) else False,
        max_requests=None,
        only=(f"telnyx.update-room.{clause}",),
        seconds=0.5,
    )

    assert (told.code, told.fails) == (1, {clause})
    assert told.provider["stopped"] == ""


def test_a_server_that_dies_on_some_input_fails_and_the_run_goes_on(verify: Verify) -> None:
    told = verify(
        lambda call: reset_before(call) if b'"max_participants":51' in call.body else False, max_requests=None
    )

    assert (told.code, told.fails) == (1, {MAXIMUM, "behaviour.any-input.no-server-error"})
    assert told.provider["stopped"] == ""
    assert told.provider["exercised"]["documented"] >= 58


def test_a_server_that_dies_on_what_makes_rooms_fails_and_few_rooms_are_risked(verify: Verify) -> None:
    told = verify(
        lambda call: reset_before(call) if b"Consumer" in call.body else False, "azure", max_requests=None
    )

    assert told.fails == {"behaviour.any-input.no-server-error", "request.participants.values.role.enum"}
    lost = [call.body for call in told.server.calls if b"Consumer" in call.body and call.method == "POST"]
    # Each lost one is sent once more at the end, under its id: the response would tell which room it made.
    assert len(lost) - len(set(lost)) <= MOST_LOST + MOST_REPEATS, (
        "what may have made a room is sent again a few times only"
    )
    # That nobody answers these does not keep the rooms that were made from being deleted.
    assert told.provider["left_behind"] == []
    (remark,) = told.provider["remarks"]
    assert "whose id nobody knows" in remark


def test_a_server_that_never_says_that_there_is_no_room_leaves_it_open(verify: Verify) -> None:
    """Who asks for a room that does not exist is not answered, so nobody may try to change one."""
    clause = "telnyx.update-room.behaviour.room_id.unknown-refused"
    told = verify(
        lambda call: reset_before(call) if call.status == 404 else False, max_requests=None, only=(clause,)
    )

    (verdict,) = (one for one in told.provider["clauses"] if one["id"] == clause)
    assert (told.code, verdict["verdict"]) == (3, "inconclusive")
    assert verdict["why"] == "not sent, since a room may have the id that was made up for them"


def test_a_server_that_is_away_for_a_moment_is_asked_again(verify: Verify) -> None:
    """It restarts: for a while every connection is closed. That is no fault of the request, and the run goes
    on.
    """
    away = range(40, 46)
    told = verify(lambda call: close_before(call) if call.number in away else False, backoff=(0.05, 0.05))

    assert told.fails == set()
    assert told.provider["stopped"].startswith("--max-requests")


def test_a_server_that_lets_wait_does_so_no_longer_than_is_said(
    verify: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a while in vain a run waits no longer than it has to, and then ends; what came too late for that
    is no finding.
    """
    monkeypatch.setattr("roomproof.engine.lost_requests.LONGEST_WAIT", 0.4)
    monkeypatch.setattr("roomproof.engine.lost_requests.LEAST", 0.2)
    monkeypatch.setattr("roomproof.engine.lost_requests.IN_VAIN", 0.5)
    told = verify(
        lambda call: say_nothing(call) if call.number in (20, 22, 24) else False,
        seconds=0.4,
        max_requests=None,
    )

    assert (told.code, told.fails) == (3, set())
    assert "has let the run wait in vain for" in told.provider["stopped"]
    assert "no whole answer within 0.4 s" in told.unanswered
    assert told.provider["requests"] < 25


@pytest.mark.parametrize("behaviour", [say_nothing, drip, drip_the_body], ids=lambda one: one.__name__)
def test_no_response_in_time(behaviour: Callable[[Any], Any], verify: Verify) -> None:
    require_undisturbed(verify(sometimes(behaviour), seconds=0.3), "no whole answer within 0.3 s")


def test_a_server_that_only_ever_drips_ends_the_run(verify: Verify) -> None:
    told = verify(drip, seconds=0.1)

    assert told.code == 3
    assert "no whole answer within 0.1 s" in told.error
    assert told.seconds < LIMIT


def test_nobody_there(verify: Verify) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    told = verify(lambda _: False, base_url=f"http://127.0.0.1:{port}/v2")

    assert told.code == 3
    assert "Connection refused" in told.error
    assert told.provider["stopped"] == told.error


def test_a_server_that_comes_up_late() -> None:
    """Nothing was sent to a server that rejects connections, so it may be tried again."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    late: list[Any] = []

    def come_up() -> None:
        listening = socket.create_server(("127.0.0.1", port))
        late.append(listening)
        connection, _ = listening.accept()
        with connection:
            connection.recv(65_536)
            connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    timer = threading.Timer(0.5, come_up)
    timer.start()
    target = HttpTarget(f"http://127.0.0.1:{port}", pauses=(0.3, 0.3, 0.6))
    interaction = target.send(UnsentRequest("PATCH", "/rooms/1"))
    timer.join()
    late[0].close()

    assert interaction.response is not None
    assert interaction.response.status == 204


def test_a_server_that_responses_slowly_at_first(verify: Verify) -> None:
    def warm_up(call: Any) -> bool:
        time.sleep(0.4 if call.number < 3 else 0)
        return False

    told = verify(warm_up)
    assert (told.fails, told.unanswered) == (set(), {})


def announce(call: Any) -> None:
    call.send(call.faithful(None, "Connection: close"))
    call.close()


def close_unannounced(call: Any) -> None:
    call.send(call.faithful())
    call.close()


def test_a_server_that_closes_after_each_response(verify: Verify) -> None:
    told = verify(announce)

    assert (told.fails, told.unanswered) == (set(), {})
    assert told.server.connections == len(told.server.calls)


def test_a_server_that_closes_after_each_response_and_does_not_say_so(verify: Verify) -> None:
    told = verify(close_unannounced)

    assert told.fails == set()
    assert sum(told.unanswered.values()) <= 2, "then each request has a connection of its own"
    assert told.passes >= MANY


def lose_the_second(call: Any) -> Any:
    """Take a second request on a connection and close it unanswered, as a server does whose idle time is
    over.
    """
    return False if call.first else call.close()


@pytest.mark.parametrize(
    ("method", "repeatable", "sent"),
    [("PATCH", False, 2), ("POST", False, 2), ("PUT", False, 3), ("PATCH", True, 3), ("GET", False, 3)],
)
def test_only_what_may_be_repeated_is_sent_again(
    method: str, repeatable: bool, sent: int, serve: Serve
) -> None:
    """RFC 9110, 9.2.2: the server may have carried out a request before it closed the connection."""
    server = serve(lose_the_second)
    target = HttpTarget(server.base_url)

    def send() -> Interaction:
        return target.send(UnsentRequest(method, "/rooms/1", repeatable=repeatable))

    first, second = send(), send()
    target.close()

    assert first.response is not None
    assert (second.response is not None) is (sent == 3)
    assert len(server.calls) == sent


def test_a_request_that_is_lost_with_a_new_connection_is_not_sent_again(serve: Serve) -> None:
    server = serve(lambda call: call.close())
    target = HttpTarget(server.base_url)

    assert (
        target.send(UnsentRequest("PUT", "/rooms/1")).failure
        == "the connection was closed without a response"
    )
    assert len(server.calls) == 1
