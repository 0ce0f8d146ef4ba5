"""What shows only some seconds after it was done is looked at then, and lists inside rooms as often as is
needed.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from roomproof.engine.run import Result, Run
from roomproof.engine.session import Options
from roomproof.mocks.azure import MOCK
from roomproof.targets.http import HttpTarget
from roomproof.verdict import Verdict

Verify = Callable[..., Result]
QUIET = (
    "azure.create-room.behaviour.validUntil.read-after-write",
    "azure.create-room.behaviour.list.listed",
    "azure.create-room.behaviour.validUntil.listed-after-write",
    "azure.list-rooms.behaviour.safe.safe",
    "azure.get-room.behaviour.safe.safe",
    "azure.delete-room.behaviour.gone.gone-after-delete",
)
INSIDE = "azure.update-participants.behaviour.participants.listed-echo"


class Heard:
    """A right provider; what it was asked is kept."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, bytes]] = []

    def before(self, exchange: Any) -> None:
        self.asked.append((exchange.method, exchange.path, exchange.body))

    def after(self, exchange: Any) -> None:
        """The response is left as it is."""


class Remembers:
    """What was deleted can be read so many seconds more."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.shown: dict[str, bytes] = {}
        self.deleted: dict[str, float] = {}

    def before(self, exchange: Any) -> None:
        """The request is left as it is."""

    def after(self, exchange: Any) -> None:
        if exchange.status == 201:
            self.shown[f"/rooms/{json.loads(exchange.response)['id']}"] = exchange.response
        if exchange.method == "DELETE" and exchange.status == 204:
            self.deleted[exchange.path] = time.monotonic()
        is_read = exchange.method == "GET" and exchange.status == 404 and exchange.path in self.deleted
        if is_read and time.monotonic() < self.deleted[exchange.path] + self.seconds:
            exchange.status, exchange.response = 200, self.shown[exchange.path]


class Drops:
    """A list inside a room leaves out the first one, so many times."""

    def __init__(self, times: int) -> None:
        self.left = times

    def before(self, exchange: Any) -> None:
        """The request is left as it is."""

    def after(self, exchange: Any) -> None:
        is_list = exchange.method == "GET" and exchange.path.endswith("/participants")
        if is_list and exchange.status == 200 and self.left:
            page = json.loads(exchange.response)
            self.left -= 1
            exchange.response = json.dumps({**page, "value": page["value"][1:]}).encode()


def verdict(result: Result, clause: str) -> Verdict:
    return result.verdicts.verdicts()[clause]


@pytest.mark.parametrize("clause", QUIET)
def test_what_shows_late_is_exercised_alone_too(clause: str, verify: Verify) -> None:
    assert verdict(verify("azure", max_examples=0, only=(clause,)), clause) is Verdict.PASS


@pytest.mark.parametrize(("seconds", "expected"), [(1.0, Verdict.PASS), (1000, Verdict.WARNING)])
def test_what_was_deleted_may_be_read_as_long_as_the_clause_says(
    seconds: float, expected: Verdict, verify: Verify
) -> None:
    result = verify("azure", Remembers(seconds), max_examples=0, only=(QUIET[-1],))

    assert verdict(result, QUIET[-1]) is expected


def test_a_list_that_is_late_once_is_read_once_more(verify: Verify) -> None:
    assert verdict(verify("azure", Drops(1), max_examples=0, only=(INSIDE,)), INSIDE) is Verdict.PASS


def test_a_list_that_stays_wrong_is_a_finding(verify: Verify) -> None:
    assert verdict(verify("azure", Drops(1000), max_examples=0, only=(INSIDE,)), INSIDE) is Verdict.FAIL


def test_a_late_mock_is_right(serve: Callable[..., Any], ask: Callable[..., Any]) -> None:
    assert MOCK.build_late is not None
    with serve(MOCK.build_late(0.6)) as origin:
        subject = replace(ask("azure"), target=HttpTarget(origin))
        result = Run(subject, Options(max_examples=0), lambda *_: None).verify()
    assert [one.clause.id for one in result.verdicts.findings() if one.verdict is Verdict.FAIL] == []
    assert verdict(result, INSIDE) is Verdict.PASS


def test_the_samples_of_a_provider_are_tried_on_every_body(verify: Verify) -> None:
    heard = Heard()
    verify("azure", heard, max_examples=0, only=("azure.update-participants.request.*",))

    bodies = [
        body for method, path, body in heard.asked if (method, path[-13:]) == ("PATCH", "/participants")
    ]
    assert any(b'"somebody"' in body for body in bodies)


def test_a_deletion_is_tried_without_each_parameter_that_it_needs(verify: Verify) -> None:
    clause = "azure.delete-room.request.api-version.required"
    assert verdict(verify("azure", max_examples=0), clause) is Verdict.PASS
