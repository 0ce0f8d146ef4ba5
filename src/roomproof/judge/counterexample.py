"""A counterexample: an interaction that breaks a clause, and which one is kept of several."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from roomproof.contract.deviation import Deviation
from roomproof.interaction import Interaction
from roomproof.judge.evidence import Evidence

NO_TIME = datetime.min.replace(tzinfo=UTC)
"""Stands for the time of an interaction that has none: earlier than any other."""


@dataclass(frozen=True)
class Counterexample:
    """An interaction that breaks a clause, and the evidence that says so.

    `sequence` are the interactions that show it from a known state on, itself the last, or itself alone if it
    needs no other; empty where nobody knows what it needs.
    """

    evidence: Evidence
    interaction: Interaction
    deviation: Deviation | None = None
    sequence: tuple[Interaction, ...] = ()

    @property
    def steps(self) -> tuple[Interaction, ...]:
        """The interactions that show it together, itself the last; none where it is enough, as far as is
        known.
        """
        return self.sequence if len(self.sequence) > 1 else ()

    @property
    def is_unanswered(self) -> bool:
        """Whether it is a request that was never answered: it was sent again and again to see that, so
        nothing smaller is looked for.
        """
        return self.interaction.response is None

    @property
    def size(self) -> tuple[bool, int, int, int, bytes]:
        """How large it is: of two counterexamples the smaller tells more, and one of which it is known what
        it needs the most.
        """
        body = self.interaction.request.body or b""
        return not self.sequence, len(self.sequence), body.count(b":"), len(body), body

    def is_before(self, other: Counterexample) -> bool:
        """Whether this one is kept where there are both. The order is total, so that collections merge in any
        order.
        """
        mine, theirs = self.size, other.size
        return mine < theirs if mine != theirs else self._identity < other._identity

    @property
    def _identity(self) -> tuple[object, ...]:
        heard = tuple(map(_moment_and_content, (self.interaction, *self.sequence)))
        said = self.evidence
        reason = self.deviation.reason if self.deviation else ""
        return (
            heard,
            (said.outcome, said.summary, str(said.expected), str(said.received), said.suspects),
            reason,
        )


def _moment_and_content(interaction: Interaction) -> tuple[object, ...]:
    """Return what tells interactions apart, in an order that is the same in every process: the time first."""
    request, response = interaction.request, interaction.response
    answered = (response.status, response.headers, response.body) if response else (0, (), b"")
    sent = (
        request.method,
        request.url,
        request.headers,
        request.body or b"",
        request.credentials,
        request.room,
    )
    return interaction.at or NO_TIME, sent, answered, interaction.failure


def is_later(one: Interaction, other: Interaction | None) -> bool:
    """Whether an interaction took place after another; of two at one time, or at none, the order of what they
    hold decides.
    """
    if other is None or one is other:
        return other is None
    mine, theirs = one.at or NO_TIME, other.at or NO_TIME
    return mine > theirs if mine != theirs else _moment_and_content(one) > _moment_and_content(other)
