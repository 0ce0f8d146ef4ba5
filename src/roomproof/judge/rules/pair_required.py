"""`pair-required`: of two headers that belong together, the first never comes without the second."""

from __future__ import annotations

from collections.abc import Iterator

from roomproof.contract.clause import Clause
from roomproof.interaction import Request, header
from roomproof.judge.judged_interaction import Question, RejectionReason, Violation, is_second_hand
from roomproof.judge.obstacles import rejected_for_what_exists
from roomproof.judge.options import read_options
from roomproof.judge.rule import ReadableRequest, Rule, ShowingRequests
from roomproof.judge.rules.replayed_once import RepeatableOptions


def half_pair(clause: Clause, request: Request) -> str:
    """Return what a request has that carries the first header only, an empty text if it does not."""
    pair = read_options(RepeatableOptions, clause)
    if header(request.headers, pair.id) is None or header(request.headers, pair.first_sent) is not None:
        return ""
    return f"{pair.id} without {pair.first_sent}"


def missing_header(clause: Clause) -> str:
    """Return the header that has to come with the first one."""
    return read_options(RepeatableOptions, clause).first_sent


def _rejects(asked: ReadableRequest, clause: Clause) -> Iterator[Violation]:
    if not is_second_hand(asked.request) and (what := half_pair(clause, asked.request)):
        yield Violation(clause, RejectionReason.INVALID, what)


def _leaves_open(asked: ReadableRequest, clause: Clause) -> Iterator[Question]:
    """Yield what a recording of others has: whether the other header was sent nobody knows."""
    if is_second_hand(asked.request) and (what := half_pair(clause, asked.request)):
        yield Question(f"the recording has {what}")


RULE = Rule(
    "pair-required",
    rejected_for_what_exists,
    options=RepeatableOptions,
    shown=ShowingRequests.BY_HEADERS,
    hangs_on_history=False,
    rejects=_rejects,
    leaves_open=_leaves_open,
    row="sent again",
)
