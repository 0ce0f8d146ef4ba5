"""Read a contract to its end, whatever is wrong in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from roomproof.checking.draft import Draft
from roomproof.checking.mistake import Problem
from roomproof.contract.clause import Path
from roomproof.contract.model import Contract
from roomproof.contract.read import TooLargeError, read_contract
from roomproof.contract.references import Reader, with_files
from roomproof.errors import ContractError, raise_first
from roomproof.judge.register import rule_errors

_MOST_ROUNDS = 100
"""So often something is cut out and the rest read again."""


@dataclass
class Reading:
    """What came of reading a contract: what is wrong, each at its place in the contract as written, and the
    contract without that; None where it cannot be read even so.
    """

    draft: Draft
    contract: Contract | None = None
    problems: list[Problem] = field(default_factory=list)
    _seen: set[tuple[Path, str]] = field(default_factory=set)

    def add(self, problem: Problem) -> None:
        """Take a problem, unless it only comes from what was cut out, or is known: what several operations
        refer to is wrong once.
        """
        spot = self.draft.spot(problem.pointer)
        way = spot.way if problem.pointer else ()
        text = _plain(problem, self.draft.whole)
        # What several operations refer to is told with the names of each.
        same = (way, text.rpartition(": ")[2])
        if same in self._seen or (way and self.draft.is_consequence(spot, text)):
            return
        self._seen.add(same)
        self.problems.append(Problem(text, way, problem.is_remark))


def read_through(raw: Any, read: Reader) -> Reading:
    """Return what is wrong in a document and in the files that it refers to, and the rest of it as a
    contract.
    """
    first = Reading(Draft(raw))
    wholes: list[Any] = []
    _until_read(first, lambda tree: wholes.append(with_files(tree, read)))
    if not wholes:
        return first
    second = Reading(Draft(wholes[-1]))
    for problem in first.problems:
        second.problems.append(problem)
        second.draft.leave(problem.pointer)

    def to_the_end(tree: Any) -> None:
        second.contract = read_contract(tree)
        raise_first(rule_errors(second.contract))

    _until_read(second, to_the_end)
    return second


def _until_read(reading: Reading, attempt: Callable[[Any], object]) -> None:
    """Try to read a draft, and cut out of it what is in the way, until nothing is."""
    for _ in range(_MOST_ROUNDS):
        try:
            attempt(reading.draft.whole)
            return
        except ContractError as error:
            errors = (error, *error.besides)
        except (LookupError, TypeError, AttributeError, ValueError, RuntimeError, StopIteration) as error:
            reading.add(Problem(f"a field is missing or of the wrong kind ({type(error).__name__}: {error})"))
            return
        found = [Problem(str(one), one.pointer) for one in errors]
        for problem in found:
            reading.add(problem)
        if isinstance(errors[0], TooLargeError) or not reading.draft.without(one.pointer for one in found):
            return


def _plain(problem: Problem, whole: Any) -> str:
    """Return a problem's text without its place, which its line tells, but with the name of its field."""
    text, pointer = problem.text, problem.pointer
    whole_way = f"{', '.join(pointer)}: "
    if pointer and text.startswith(whole_way):
        return text.removeprefix(whole_way if pointer[-1].isdigit() else whole_way[: -len(pointer[-1]) - 2])
    text = text.removeprefix(f"{', '.join(pointer[:-1])}: ")
    for name in _operation_ids(whole, pointer):
        text = text.removeprefix(f"{name}: ").removeprefix(f"{name}, ")
    return text


def _operation_ids(whole: Any, pointer: Path) -> Iterator[str]:
    node = whole
    for step in pointer[:3]:
        node = node.get(step) if isinstance(node, dict) else None
    if isinstance(node, dict) and isinstance(node.get("operationId"), str):
        yield node["operationId"]
