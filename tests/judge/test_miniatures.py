"""Every check passes a right provider and fails each wrong one on the clause that it breaks."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from roomproof.contract.model import Contract
from roomproof.engine.run import Result
from roomproof.judge.register import rule_of, rules
from roomproof.verdict import Verdict

Verify = Callable[..., Result]


@pytest.mark.parametrize("operation", ["create-room", "update-room", "replace-room", "list-shelves"])
def test_a_right_provider_has_no_finding(operation: str, run: Verify, miniature: ModuleType) -> None:
    result = run(miniature.Mini(), operation, max_examples=5)
    assert [
        (str(item.verdict), item.clause.id, item.counterexample.evidence.summary)
        for item in result.verdicts.findings()
    ] == []
    assert result.stopped == ""


def test_a_wrong_provider_has_a_finding_on_the_clause_that_it_breaks(
    fault: Any, run: Verify, miniature: ModuleType
) -> None:
    provider, clause = miniature.Mini(), f"mini.{fault.clause}"
    fault.bend(provider)
    findings = run(provider, fault.operation, fault.asked, until=(clause, fault.verdict)).verdicts.findings()
    found = [item for item in findings if item.clause.id == clause and item.verdict is fault.verdict]
    assert found, [
        (str(item.verdict), item.clause.id, item.counterexample.evidence.summary) for item in findings
    ]
    assert fault.told in found[0].counterexample.evidence.summary


def test_every_rule_has_a_wrong_provider(faults: list[Any], mini: Contract) -> None:
    broken = [rule_of(mini.clauses[f"mini.{fault.clause}"]) for fault in faults]
    assert {(rule.part, rule.name) for rule in broken} == set(rules())


def test_every_word_for_a_rule_in_a_clause_has_a_wrong_provider(faults: list[Any], mini: Contract) -> None:
    known = {(clause.part, clause.rule) for clause in mini.clauses.values()}
    broken = {
        (clause.part, clause.rule) for fault in faults for clause in [mini.clauses[f"mini.{fault.clause}"]]
    }
    assert sorted(known - broken) == []


def test_a_rejection_is_proven_where_a_run_is_about_nothing_else(run: Verify, miniature: ModuleType) -> None:
    """What was accepted of the same operation is what it is held against."""
    asked = ("mini.list-shelves.behaviour.token.*", "mini.delete-shelf.behaviour.token.*")
    verdicts = run(miniature.Mini(), "list-shelves", only=asked).verdicts.verdicts()
    told = {name: verdict for name, verdict in verdicts.items() if "shel" in name and "token" in name}
    assert set(told.values()) == {Verdict.PASS}
    assert len(told) == len(asked)


def test_a_broken_standard_is_a_fail_when_strict(
    run: Verify, miniature: ModuleType, faults: list[Any]
) -> None:
    fault = next(item for item in faults if item.clause == "update-room.response.room.created.format")
    provider = miniature.Mini()
    fault.bend(provider)
    verdicts = run(provider, fault.operation, fault.asked, strict=True).verdicts.verdicts()
    assert verdicts[f"mini.{fault.clause}"] is Verdict.FAIL
