"""Responses that break HTTP, or are larger than anybody needs: inconclusive or a finding, and the rest is
judged.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from itertools import repeat
from typing import Any

import pytest

Verify = Callable[..., Any]
MANY = 50
MEGABYTES = 300
SECONDS = 15.0


def sometimes(behaviour: Callable[[Any], Any], every: int = 15) -> Callable[[Any], Any]:
    """Return the behaviour for some requests only, the first ones not among them."""
    return lambda call: behaviour(call) if call.number % every == every - 1 else False


def instead(data: Callable[[Any], bytes]) -> Callable[[Any], Any]:
    """Return the behaviour that sends other bytes in place of a response, and closes the connection."""

    def behaviour(call: Any) -> None:
        call.send(data(call))
        call.close()

    return behaviour


def without_length(call: Any) -> bytes:
    return bytes(call.faithful().replace(b"Content-Length", b"X-Length"))


def chunked(call: Any, chunks: bytes) -> bytes:
    return bytes(
        without_length(call).partition(b"\r\n\r\n")[0] + b"\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks
    )


NO_RESPONSE = {
    "a Content-Length that is too large": (lambda call: call.faithful().replace(b"Length: ", b"Length: 9"),
    "before it is whole"),
    "two Content-Lengths": (lambda call: call.faithful(None, "Content-Length: 7"),
    "breaks HTTP (Invalid Content-Length"),
    "chunks of no size": (lambda call: chunked(call, b"zz\r\nhello\r\n0\r\n\r\n"), "chunks"),
    "a chunk of size -1": (lambda call: chunked(call, b"-1\r\nhello\r\n0\r\n\r\n"), "chunks"),
    "a chunk of size -5": (lambda call: chunked(call, b"-5\r\nhello\r\n0\r\n\r\n"), "chunks"),
    "chunks that end early": (lambda call: chunked(call, b"ff\r\nhello"), "before it is whole"),
    "status 099": (lambda call: call.faithful(status="099"), "status from 100 to 999"),
    "status abc": (lambda call: call.faithful(status="abc"), "status from 100 to 999"),
    "no HTTP": (lambda _: b"220 smtp.example.com ESMTP\r\n", "breaks HTTP (Invalid status line)"),
    "HTTP/3.7": (lambda call: call.faithful().replace(b"HTTP/1.1", b"HTTP/3.7"),
    "does not begin with an HTTP/1 version"),
    "no gzip": (lambda call: call.faithful(None, "Content-Encoding: gzip"),
    "not coded as its Content-Encoding says"),
    "a header of 1 MB": (lambda call: call.faithful(None, "X-Long: " + "x" * 1_000_000), "head is too large"),
    "10,000 headers": (lambda call: call.faithful(None, *(f"X-{number}: 1" for number in range(10_000))),
    "head is too large"),
    "a status line of 1 MB": (lambda call: call.faithful(status="200 " + "O" * 1_000_000),
    "head is too large"),
}  # fmt: skip


@pytest.mark.parametrize("name", NO_RESPONSE)
def test_what_is_no_response_is_inconclusive(name: str, verify: Verify) -> None:
    data, why = NO_RESPONSE[name]
    told = verify(sometimes(instead(data)))

    assert told.fails == set()
    assert told.code == 3, "cut short by --max-requests"
    assert told.passes >= MANY
    assert [reason for reason in told.unanswered if why not in reason] == []
    assert sum(told.unanswered.values()) >= 3


def test_a_content_length_that_is_too_small(verify: Verify) -> None:
    """The body that the length cuts off is none of JSON; what is left over is no response to the next
    request.
    """

    def cut(call: Any) -> None:
        call.send(call.faithful(call.content).replace(f"Length: {len(call.content)}".encode(), b"Length: 20"))

    told = verify(sometimes(cut))
    assert told.fails == {"response.body.type"}
    assert told.unanswered == {}
    assert told.passes >= MANY


def test_a_body_after_204(verify: Verify) -> None:
    def response(call: Any) -> None:
        call.send(call.faithful(status=204))

    told = verify(sometimes(response))
    assert "response.200.status" in told.fails
    assert told.unanswered == {}, "the body is not taken for the next response"
    assert told.passes >= MANY


def test_two_responses_to_one_request(verify: Verify) -> None:
    """What a header injection looks like from here: the second response belongs to nobody."""

    def response(call: Any) -> None:
        call.send(
            call.faithful(None, "X-Name: a\r\nSet-Cookie: injected=1")
            + b"HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n"
        )

    told = verify(sometimes(response))
    assert (told.fails, told.unanswered) == (set(), {})


def test_status_999_counts_as_a_server_error(verify: Verify) -> None:
    """RFC 9110, 15: an invalid status is to be read as 5xx."""
    told = verify(sometimes(lambda call: call.send(call.faithful(status=999))))

    assert told.fails == {"behaviour.any-input.no-server-error"}
    assert told.passes >= MANY


def test_interim_responses_are_skipped(verify: Verify) -> None:
    hints = (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early "
        b"Hints\r\nLink: </a>\r\n\r\n"
    )
    told = verify(lambda call: call.send(hints + call.faithful()))

    assert (told.fails, told.unanswered) == (set(), {})
    assert told.passes >= MANY


@pytest.mark.parametrize(
    "interim",
    [b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"],
    ids=["100", "103"],
)
def test_a_storm_of_interim_responses_ends(interim: bytes, verify: Verify) -> None:
    def storm(call: Any) -> None:
        for _ in range(1000):
            call.send(interim * 100)

    told = verify(sometimes(storm), seconds=5)
    assert told.fails == set()
    assert [why for why in told.unanswered if "head is too large" not in why] == []
    assert told.seconds < SECONDS


def test_codes_of_the_terminal_do_not_reach_it(verify: Verify, capsys: pytest.CaptureFixture[str]) -> None:
    def response(call: Any) -> None:
        content = call.content.replace(b'"enable_recording"', b'"\\u001b[31m\\u009b2Jx\\u0007"')
        call.send(call.faithful(content, "Content-Type: text/\x1b[2Jplain"))

    verify(sometimes(response))
    shown = capsys.readouterr().out
    assert [letter for letter in shown if not letter.isprintable() and letter != "\n"] == []


def forever(call: Any, head: bytes, part: bytes) -> None:
    call.send(head)
    for data in repeat(part):
        call.send(data)


MEGABYTE = b"x" * 1_000_000
GZIP_BOMB = gzip.compress(MEGABYTE * 10) * 100
"""A gigabyte, in a hundred fields."""
CHUNKED = b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n"
FLOODS = {
    "2 GB": lambda call: forever(call, b"HTTP/1.1 200 X\r\nContent-Length: 2000000000\r\n\r\n", MEGABYTE),
    "no end": lambda call: forever(call, b"HTTP/1.1 200 X\r\n\r\n", MEGABYTE),
    "chunks without end": lambda call: forever(call, CHUNKED, b"f4240\r\n" + MEGABYTE + b"\r\n"),
    "a chunk of size -1": lambda call: forever(call, CHUNKED + b"-1\r\n", MEGABYTE),
    "trailers without end": lambda call: forever(
        call, CHUNKED + b"2\r\n{}\r\n0\r\n", b"X-Trailer: 1\r\n" * 10_000
    ),
    "gzip bomb": lambda call: call.send(call.faithful(GZIP_BOMB, "Content-Encoding: gzip")),
    "deflate bomb": lambda call: call.send(call.faithful(zlib.compress(b"0" * 100_000_000, 9),
    "Content-Encoding: deflate")),
    "gzip in gzip": lambda call: call.send(call.faithful(gzip.compress(GZIP_BOMB),
    "Content-Encoding: gzip, gzip")),
}  # fmt: skip


def test_floods_and_bombs_take_neither_memory_nor_time(measured: Callable[..., Any]) -> None:
    """One run meets them all, one after the other, with the limits that a user gets."""
    floods = list(FLOODS.values())

    def flood(call: Any) -> Any:
        number, rest = divmod(call.number, 10)
        return floods[(number - 1) % len(floods)](call) if number and not rest else False

    done = measured(flood, "--max-requests", 150)

    assert done.code == 3, "cut short by --max-requests"
    assert done.report["summary"]["fail"] == 0
    assert done.report["summary"]["pass"] >= MANY
    unanswered = done.report["providers"][0]["unanswered"]
    assert sum(unanswered.values()) >= len(FLOODS)
    told = ("body is larger than", "head is too large", "chunks of the response's body are broken")
    assert [why for why in unanswered if not any(words in why for words in told)] == []
    assert done.megabytes < MEGABYTES
    assert done.seconds < 2 * SECONDS
