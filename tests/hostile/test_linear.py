"""What is done to a body grows with its length and no faster, whatever the body is made of.

No time is asserted: on a busy machine that would fail now and then. What is counted instead are the lines of
Python that are executed, which are the same each time. What libraries in C do between two lines is not
counted; for that there are texts so long that anything quadratic would take minutes, and
`python -m benchmarks.costs` measures the times side by side.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from functools import partial
from types import FrameType
from typing import Any

import pytest

from roomproof.cassettes.exposure import exposed
from roomproof.cassettes.formats.vcrpy import entry
from roomproof.cassettes.layout import compact
from roomproof.cassettes.redaction import Redactor
from roomproof.cassettes.telling import values
from roomproof.cassettes.writing import json_entry, yaml_entry
from roomproof.interaction import Credentials, Interaction, Request, Response, RoomKnowledge
from roomproof.judge.deviation_match import document
from roomproof.judge.equality import echoes
from roomproof.judge.judge import Judge
from roomproof.judge.judged_interaction import read_response, repeated_name
from roomproof.legible import legible
from roomproof.providers import find_contract, find_mock
from roomproof.readings import LARGEST_BUDGET, SPELLINGS, Readings, Shortest, UnsearchableError, budget
from roomproof.reports.curl import curl
from roomproof.reports.secrets import cleaned
from roomproof.secrets import KnownSecrets

SECRET = "kEy4-canary/+%41zK1nQ8"
KNOWN = KnownSecrets([SECRET])
CONTRACT, _ = find_contract("telnyx")
URL = f"https://api.example.com/v2/rooms/{find_mock('telnyx').room_id}"
JSON_HEADERS = (("Content-Type", "application/json"),)
SIZE, TIMES = 1_000, 4
LONG = 200_000


def filled(piece: str) -> Callable[[int], bytes]:
    return lambda size: (piece.encode() * (size // len(piece.encode()) + 1))[:size]


def within(begin: str, piece: str, end: str) -> Callable[[int], bytes]:
    """Return what makes JSON of a size, with many of the same in it."""
    return lambda size: (begin + piece * (size // len(piece)) + end).encode()


BODIES: Mapping[str, Callable[[int], bytes]] = {
    **{
        piece: filled(piece)
        for piece in (
            *(
                ".",
                " ",
                "\\",
                r"\u0041",
                "%41",
                "%25252541",
                "&amp;",
                '"',
                "'\"'\"'",
                "+",
                "\n",
                " \n",
                "QUFB",
                "[",
                '{"a":',
                "1",
                "a=",
            ),
            *(
                "://a@",
                "eyJ.",
                '"token":"a",',
                "::a",
                "##[",
                "\0",
                "\x1b[31m",
                "é",
                "0x41, ",
                "41:",
                "A\0",
                "x\x9c",
                SECRET[:9],
                "kEy4...",
            ),
        )
    },
    "a field of escapes": within('{"data":{"id":"', r"\u0041", '"}}'),
    "a list of numbers": within('{"data":{"id":"a","max_participants":[', "1,", "1]}}"),
    "a list of texts": within('{"data":{"id":"a","more":[', '"a",', '"a"]}}'),
    "one name": within('{"data":{', '"a":1,', '"a":1}}'),
    "1e400": within("[", "1e400,", "1]"),
    "half a letter": within('{"data":{"id":"', r"\ud800", '"}}'),
    "everything": filled("%25&amp;\\u0041\n  '\"'\"'+ aaaaaaaaaaaaaaaaaaa a"),
    "many names": lambda size: json.dumps(
        {"data": {f"n{number}": number for number in range(size // 12)}}
    ).encode(),
}


def interaction(body: bytes) -> Interaction:
    sent = Request("PATCH", URL, JSON_HEADERS, body, Credentials.VALID, RoomKnowledge.EXISTS)
    return Interaction(sent, Response(200, JSON_HEADERS, body))


DONE: Mapping[str, Callable[[bytes], object]] = {
    "secrets": lambda body: KNOWN.places(body),
    "secrets before a cut": lambda body: KNOWN.places(body, b"..."),
    "values": lambda body: list(values(body)),
    "redaction": lambda body: Redactor([SECRET], live=True).redacted(interaction(body)),
    "exposure": lambda body: list(exposed(interaction(body), [SECRET])),
    "YAML": lambda body: yaml_entry(entry(interaction(body))),
    "JSON": lambda body: json_entry(entry(interaction(body))),
    "reading": lambda body: isinstance(read_response(body), dict | list) and repeated_name(body, None),
    "judging": lambda body: Judge(CONTRACT).see(interaction(body)),
    "report": lambda body: cleaned(document(interaction(body)), [SECRET]),
    "line": lambda body: legible(body.decode("utf-8", "replace")),
    "curl": lambda body: curl(interaction(body).request, CONTRACT.credentials),
    "layout": lambda body: compact(body.decode("utf-8", "replace")),
}


def lines_executed(work: Callable[[], object]) -> int:
    """Count the lines of roomproof that a piece of work executes."""
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace if "roomproof" in frame.f_code.co_filename else None

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("what", DONE)
def test_four_times_the_body_is_four_times_the_work(what: str) -> None:
    DONE[what](b'{"data": {"id": "a"}}')  # What is compiled once does not count.
    for name, body in BODIES.items():
        once, more = (lines_executed(partial(DONE[what], body(size))) for size in (SIZE, TIMES * SIZE))

        assert more <= (TIMES + 1) * once + 2_000, name


@pytest.mark.parametrize("name", BODIES)
def test_all_readings_of_a_text_are_no_longer_than_is_allowed(name: str) -> None:
    for size in (SIZE, TIMES * SIZE):
        body, total = BODIES[name](size), 0
        try:
            for reading in Readings(body, SPELLINGS, Shortest(8, 4), every=False):
                total += len(reading.data)
        except UnsearchableError:
            assert KNOWN.stand_in(body), "what cannot be searched may hold a secret"
            assert [place[:2] for place in KNOWN.places(body)] == [(0, len(body))]

        assert total <= len(body) + budget(len(body)) <= len(body) + LARGEST_BUDGET


@pytest.mark.parametrize(
    "body",
    [
        b"\nx" + b" " * LONG + b"x",
        b"." * LONG,
        b"kEy..." * (LONG // 6),
        b"\x1f\x8b\x08" * (LONG // 3),
        b"a-" * (LONG // 2),
        b"0x" * (LONG // 2),
    ],
    ids=["blanks", "dots", "cuts", "members", "words", "prefixes"],
)
def test_what_took_the_square_of_the_length_would_take_minutes(body: bytes) -> None:
    assert KNOWN.places(body, b"...") in ([], [(0, len(body), "", False)])
    assert isinstance(list(values(body)), list)


def test_a_long_list_that_comes_back_in_another_order_is_an_echo() -> None:
    many: list[Any] = [{"name": f"n{number}"} for number in range(20_000)]

    assert echoes(many, many[::-1], None)
    assert not echoes(many, [*many[:-1], {"name": "another"}], None)
    assert echoes([*many, "2026-01-01T00:00:00Z"], ["2026-01-01T00:00:00+00:00", *many], None)


def test_a_few_zeros_among_other_bytes_do_not_have_all_of_them_read_as_utf_16() -> None:
    # So a list of some hundred random ids had too many readings, once in a while, and was not recorded.
    data = b"~" * 100_000 + b"\0A\0B\0" + b"~" * 100_000
    read = sum(len(reading.data) for reading in Readings(data, SPELLINGS, Shortest(8, 8), every=False))
    assert read < 2 * len(data)
    secret = "kEy4-canary/+%41"
    for codec in ("utf-16-le", "utf-16-be"):
        for gap in (b"", b"~", b"~" * 3_000):
            wide = data + gap + secret.encode(codec) + b"~" * 100_000
            assert KnownSecrets([secret]).stand_in(wide)
            (found,) = KnownSecrets([secret]).places(wide)
            assert wide[found.start : found.end] == secret.encode(codec)
