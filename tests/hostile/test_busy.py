"""Providers that are busy: the run waits and sends again; 429 and 503 are never findings. And runs with a
time limit.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from time import sleep
from typing import Any

import pytest

from roomproof.engine.retry_policy import RetryPolicy, retry_after
from roomproof.interaction import Interaction, Request, Response

Verify = Callable[..., Any]
MANY = 50
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def busy(status: int, *headers: str, every: int = 10) -> Callable[[Any], Any]:
    """Return the behaviour that turns every tenth request away, and then takes it."""

    def behaviour(call: Any) -> Any:
        turned_away = call.number % every == every - 1
        return call.send(call.faithful(b"", *headers, status=status)) if turned_away else False

    return behaviour


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    "headers",
    [
        ("Retry-After: 0",),
        (),
        ("Retry-After: soon",),
        ("Date: Sat, 21 Nov 2026 12:00:00 GMT", "Retry-After: Sat, 21 Nov 2026 12:00:00 GMT"),
    ],
    ids=["seconds", "none", "no time", "date"],
)
def test_a_request_that_was_turned_away_is_sent_again(
    status: int, headers: tuple[str, ...], verify: Verify
) -> None:
    delay_signals = verify(lambda _: False, max_requests=100)
    # Eleven of them are turned away.
    told = verify(busy(status, *headers), max_requests=112)

    assert told.fails == set()
    assert told.passes >= delay_signals.passes
    sent = [(call.method, call.target, call.body) for call in told.server.calls]
    turned_away = [index for index, call in enumerate(told.server.calls) if call.number % 10 == 9]
    assert [index for index in turned_away[:-1] if sent[index] != sent[index + 1]] == []


def test_the_screen_says_why_nothing_happens(verify: Verify, capsys: pytest.CaptureFixture[str]) -> None:
    verify(busy(429, "Retry-After: 0"))
    assert "telnyx: the provider answers with status 429 (too busy), waiting 0 s" in capsys.readouterr().err


@pytest.mark.parametrize("status", [429, 503])
def test_a_provider_that_is_never_ready(status: int, verify: Verify) -> None:
    told = verify(lambda call: call.send(call.faithful(b"", status=status)))

    assert told.code == 3
    assert f"status {status}" in told.provider["stopped"]
    assert "--rate" in told.provider["stopped"]
    assert told.provider["findings"] == []


@pytest.mark.parametrize("header", ["Retry-After: 1", "X: 1"], ids=["asked", "unasked"])
def test_a_provider_that_stays_busy_half_way(
    header: str, verify: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roomproof.engine.session.sleep", lambda _: None)
    told = verify(
        lambda call: call.send(call.faithful(b"", header, status=429)) if call.number > 60 else False
    )

    assert (told.code, told.fails) == (3, set())
    assert "status 429 (too busy)" in told.provider["stopped"]
    assert "--rate" in told.provider["stopped"]
    assert len(told.server.calls) < 80


@pytest.mark.parametrize("seconds", ["3600", "9" * 400])
def test_a_provider_that_asks_for_too_long_a_wait(seconds: str, verify: Verify) -> None:
    told = verify(
        lambda call: (
            call.send(call.faithful(b"", f"Retry-After: {seconds}", status=429))
            if call.number == 60
            else False
        )
    )

    assert (told.code, told.fails) == (3, set())
    assert "too long; try again then, or with a lower --rate" in told.provider["stopped"]
    assert told.provider["requests"] <= 62


def test_one_request_that_is_always_answered_503_is_inconclusive(verify: Verify) -> None:
    """It is not the provider that is busy, and the run does not wait for each such request."""
    told = verify(
        lambda call: (
            call.send(call.faithful(b"", status=503))
            if b'"' not in call.body and call.method == "PATCH"
            else False
        )
    )

    assert told.fails == set()
    assert told.provider["stopped"].startswith("--max-requests")
    assert told.passes >= 20


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ((("Retry-After", "7"),), 7),
        ((("retry-after", " 7 "),), 7),
        ((("Retry-After", "Sat, 21 Nov 2026 12:00:30 GMT"),), 30),
        ((("Retry-After", "Sat, 21 Nov 2026 15:00:30 GMT"), ("Date", "Sat, 21 Nov 2026 15:00:00 GMT")), 30),
        ((("Retry-After", "Sat, 21 Nov 2026 11:00:00 GMT"),), 0),
        ((("Retry-After", "-1"),), None),
        ((("Retry-After", "1.5"),), None),
        ((), None),
    ],
)
def test_what_retry_after_says(headers: tuple[tuple[str, str], ...], seconds: float | None) -> None:
    assert retry_after(headers, NOW) == seconds


def test_how_often_a_run_waits() -> None:
    retry_policy = RetryPolicy((1.0, 2.0))
    turned_away = Interaction(Request("GET", "http://x/"), Response(429))
    served = Interaction(Request("GET", "http://x/"), Response(200))

    assert [retry_policy.pause(turned_away) for _ in range(3)] == [1.0, 2.0, None]
    assert retry_policy.in_vain == 1
    assert retry_policy.pause(served) is None
    assert retry_policy.in_vain == 0


class TestTimeLimit:
    def test_a_run_ends_in_time_with_its_report(self, verify: Verify) -> None:
        told = verify(lambda _: False, max_seconds=0.3, max_requests=None, max_examples=1000)

        assert told.code == 3
        assert told.provider["stopped"] == "--max-seconds 0.3 reached"
        assert told.report["summary"]["pass"] > 0
        assert told.seconds < 5

    def test_no_longer_in_an_exchange(self, verify: Verify) -> None:
        told = verify(lambda call: sleep(8) if call.number == 20 else False, max_seconds=1.0, seconds=30)

        assert told.provider["stopped"] == "--max-seconds 1 reached"
        assert told.seconds < 6

    @pytest.mark.parametrize("header", ["Retry-After: 100", "X: 1"])
    def test_no_longer_for_a_busy_provider(self, header: str, verify: Verify) -> None:
        told = verify(
            lambda call: call.send(call.faithful(b"", header, status=503)) if call.number > 20 else False,
            max_seconds=2,
            backoff=(60,),
        )

        assert told.provider["stopped"].startswith("--max-seconds 2 reached")
        assert "wait" in told.provider["stopped"]
        # The room is put back all the same, and the provider may ask for a few seconds before that.
        assert told.seconds < 25

    def test_no_longer_for_the_rate(self, verify: Verify) -> None:
        told = verify(lambda _: False, max_seconds=2, rate=1 / 60)

        assert told.provider["stopped"].startswith("--max-seconds 2 reached")
        assert told.provider["requests"] <= 2
        assert told.seconds < 10


def test_a_date_of_tomorrow_is_too_long(verify: Verify) -> None:
    tomorrow = format_datetime(datetime.now(UTC) + timedelta(days=1), usegmt=True)
    told = verify(
        lambda call: (
            call.send(call.faithful(b"", f"Retry-After: {tomorrow}", status=503))
            if call.number == 30
            else False
        )
    )

    assert "which is too long" in told.provider["stopped"]
