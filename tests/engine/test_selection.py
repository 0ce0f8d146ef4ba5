"""A run about some clauses only: it sends less, draws the same, and finds again what a whole run found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from roomproof.engine.run import Options, Result, Run, Subject
from roomproof.providers import find_contract, find_special
from roomproof.targets.credentials import scheme_from, unscoped_from
from roomproof.targets.http import HttpTarget
from roomproof.targets.serve import mock_process
from roomproof.targets.target import UnsentRequest
from roomproof.verdict import Finding, Verdict

UPDATE = "telnyx.update-room"
Verify = Callable[..., Result]


class Listening(HttpTarget):
    """A target that remembers which bodies it was sent."""

    def __init__(self, base_url: str) -> None:
        super().__init__(base_url)
        self.bodies: list[bytes | None] = []

    def send(self, unsent: UnsentRequest) -> Any:
        self.bodies.append(unsent.body)
        return super().send(unsent)


@pytest.fixture
def verify() -> Iterator[Verify]:
    """Verify a provider's mock with a fault of its own, all of it or only some clauses."""
    with ExitStack() as stack:

        def run(provider: str, fault: str | None, *only: str, **options: Any) -> Result:
            mock = stack.enter_context(mock_process(provider, fault))
            contract, deviations = find_contract(provider)
            scheme = scheme_from(contract.credentials, mock.environment)
            unscoped = unscoped_from(contract.credentials, scheme, mock.environment)
            subject = Subject(
                contract,
                deviations,
                find_special(provider),
                Listening(mock.base_url),
                scheme,
                unscoped,
                mock.room_id,
            )
            return Run(subject, Options(only=only, **options), lambda *_: None).verify()

        yield run


def fails(result: Result) -> dict[str, Finding]:
    return {item.clause.id: item for item in result.verdicts.findings() if item.verdict is Verdict.FAIL}


FAULTS = [
    ("telnyx", "max-51", f"{UPDATE}.request.max_participants.maximum"),
    ("telnyx", "max-50-refused", f"{UPDATE}.request.max_participants.maximum"),
    ("telnyx", "max-boolean", f"{UPDATE}.request.max_participants.type"),
    ("carrierx", "name-reset", "carrierx.update-room.behaviour.name.unchanged"),
]


@pytest.mark.parametrize(("provider", "fault", "clause"), FAULTS, ids=[fault for _, fault, _ in FAULTS])
def test_what_a_whole_run_finds_is_found_again_with_fewer_requests(
    provider: str, fault: str, clause: str, verify: Verify
) -> None:
    # What only a sequence shows needs the random ones.
    examples = 100 if clause.endswith("unchanged") else 0
    whole = verify(provider, fault, max_examples=examples)
    again = verify(provider, fault, clause, max_examples=examples)
    assert clause in fails(whole)
    assert clause in fails(again)
    assert again.requests < whole.requests / 2


def test_a_clause_that_holds_takes_fewer_requests_and_passes(verify: Verify) -> None:
    clause = f"{UPDATE}.request.max_participants.maximum"
    result = verify("telnyx", None, clause, max_examples=0)
    assert result.verdicts.verdicts()[clause] is Verdict.PASS
    assert result.requests < verify("telnyx", None, max_examples=0).requests / 2


def test_another_operation_of_the_provider_is_left_alone(verify: Verify) -> None:
    result = verify("carrierx", None, "carrierx.replace-room.request.*", max_examples=0)
    tested = {clause.split(".")[1] for clause, record in result.verdicts.records.items() if record.cases}
    assert result.requests < verify("carrierx", None, max_examples=0).requests
    assert "replace-room" in tested


def test_a_selection_does_not_change_what_is_drawn(verify: Verify) -> None:
    def told(*only: str) -> list[bytes | None]:
        return verify("telnyx", None, *only).subject.target.bodies  # type: ignore[attr-defined, no-any-return]

    # Names hold the run's own serial, so it is the numbers that can be compared.
    def numbers(bodies: list[bytes | None]) -> set[bytes]:
        return {
            body for body in bodies if body and b"max_participants" in body and b"unique_name" not in body
        }

    some = numbers(told(f"{UPDATE}.request.max_participants.maximum"))
    assert len(some) > 20
    assert some <= numbers(told())


FEW = [
    ("telnyx", "id-format", "telnyx.create-room.response.data.id.format"),
    ("carrierx", "name-leaks", "carrierx.update-room.behaviour.name.unchanged"),
    ("telnyx", "anybody", f"{UPDATE}.behaviour.authentication.wrong-refused"),
    ("azure", "valid-until-absent", "azure.create-room.response.validUntil.present"),
]


@pytest.mark.parametrize(("provider", "fault", "clause"), FEW, ids=[fault for _, fault, _ in FEW])
def test_a_clause_is_sent_what_it_needs_and_is_found_broken(
    provider: str, fault: str, clause: str, verify: Verify
) -> None:
    assert clause in fails(verify(provider, fault, clause))


def test_a_clause_about_responses_takes_few_of_each_kind_of_request(verify: Verify) -> None:
    whole = verify("telnyx", None).requests
    for rule in ("response.body.type", "response.data.max_participants.type", "behaviour.id.constant"):
        result = verify("telnyx", None, f"{UPDATE}.{rule}")
        assert result.verdicts.verdicts()[f"{UPDATE}.{rule}"] is Verdict.PASS, rule
        assert result.requests < whole / 3, rule


def test_an_id_that_no_room_can_have_is_tested_alone(verify: Verify) -> None:
    clause = f"{UPDATE}.request.room_id.format"
    assert verify("telnyx", None, clause, max_examples=0).verdicts.verdicts()[clause] is Verdict.PASS
