"""Faults that hide from short texts, small numbers and crudely invalid credentials: a run finds each without
random cases.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from roomproof.verdict import Finding

WRONG = "behaviour.authentication.wrong-refused"


@pytest.mark.parametrize(
    ("provider", "fault", "clause", "told"),
    [
        ("telnyx", "token-almost", f"update-room.{WRONG}", "wrong credentials"),
        ("telnyx", "token-in-basic", f"update-room.{WRONG}", "wrong credentials"),
        ("telnyx", "scheme-alone", f"update-room.{WRONG}", "wrong credentials"),
        ("carrierx", "user-almost", f"update-room.{WRONG}", "wrong credentials"),
        ("signalwire", "password-as-token", f"update-room.{WRONG}", "wrong credentials"),
        ("azure", "signature-almost", f"update-room.{WRONG}", "wrong credentials"),
        ("azure", "signature-of-any-body", f"update-room.{WRONG}", "wrong credentials"),
        ("azure", "signature-of-any-date", f"update-room.{WRONG}", "wrong credentials"),
        ("telnyx", "name-as-number", "update-room.behaviour.unique_name.echo", "unique_name"),
        ("carrierx", "properties-shallow", "update-room.behaviour.properties.echo", "properties"),
        ("carrierx", "properties-falsy", "update-room.behaviour.properties.echo", "properties"),
        (
            "signalwire",
            "remove-after-an-hour",
            "update-room.behaviour.remove_after_seconds_elapsed.echo",
            "3600",
        ),
        ("signalwire", "join-until-month-end", "update-room.behaviour.join_until.echo", "04-30T23:59:59"),
        ("azure", "valid-until-clock-change", "update-room.behaviour.validUntil.echo", "validUntil"),
        (
            "telnyx",
            "read-of-url",
            "update-room.behaviour.webhook_event_url.read-after-write",
            "a read after it says null",
        ),
        (
            "signalwire",
            "read-before",
            "update-room.behaviour.layout.read-after-write",
            "a read after it says",
        ),
    ],
)
def test_a_run_finds_it_and_tells_what_is_wrong(
    findings: Callable[..., list[Finding]], provider: str, fault: str, clause: str, told: str
) -> None:
    found = {
        finding.clause.id: finding.counterexample.evidence.summary
        for finding in findings(provider, fault, f"{provider}.{clause}")
    }

    assert told in found.get(f"{provider}.{clause}", "")
