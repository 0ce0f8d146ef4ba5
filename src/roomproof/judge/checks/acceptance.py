"""Is what is documented accepted, and what is excluded refused?"""

from __future__ import annotations

from collections.abc import Iterator

from roomproof.contract.clause import Clause, Level, Part
from roomproof.interaction import Credentials
from roomproof.judge.check import check
from roomproof.judge.evidence import Evidence, broken, kept, shown
from roomproof.judge.leniency import backing_of
from roomproof.judge.seen import Obstacle, Refusal, Seen

NOT_ABOUT_VALUES = (401, 403, 404, 405, 408, 410)
"""Status codes that refuse the sender or the room, whatever the body holds."""


@check(Part.REQUEST)
def values_taken_and_refused(seen: Seen) -> Iterator[Evidence]:
    """Sends values on, inside and outside what the clause allows: the former are accepted, the latter refused with 4xx."""
    if seen.request.must_be_accepted and seen.answer.accepted:
        yield from _accepted(seen)
    elif seen.request.must_be_accepted and seen.is_refused:
        yield from _valid_refused(seen)
    elif seen.request.obstacles:
        yield from _obstacles(seen, Refusal.INVALID, Refusal.UNREADABLE)
        yield from _obstacles(seen, Refusal.UNKNOWN_ROOM, part=Part.REQUEST)


def _accepted(seen: Seen) -> Iterator[Evidence]:
    for name, edges in seen.request.edges.items():
        accepted = seen.operation.clause(Part.REQUEST, (name,), "accepted")
        if accepted is not None:
            yield kept(accepted)
        yield from (kept(clause) for clause in edges)
    for clause in seen.operation.by_rule.get((Part.REQUEST, "media-type"), ()):
        if seen.request.sent:
            yield kept(clause)


def _valid_refused(seen: Seen) -> Iterator[Evidence]:
    """Blame the limit that the one sent member sits on; with several members the success status, and name the suspects."""
    status = seen.answer.response.status
    success = _says_that_it_is_accepted(seen)
    expected = f"status {seen.operation.success.status}"
    if status == 409 and any(seen.operation.by_rule.get((Part.BEHAVIOUR, "unique"), ())):
        return
    if seen.request.fragile:
        for clause in seen.request.fragile:
            yield broken(
                clause,
                f"{clause.field}: a value that only {backing_of(clause)} allows is refused",
                expected=expected,
                received=f"status {status}",
                lenient=True,
            )
        return
    suspects = [clause for clause in _suspects(seen) if clause.level is Level.DOCUMENTED] or list(_suspects(seen))
    blamed = _blamed(seen)
    if len(blamed) == 1 and status not in NOT_ABOUT_VALUES:
        name = blamed[0]
        for clause in _clauses_to_blame(seen, name, suspects):
            text = f"{name} {shown(seen.request.sent[name])} is documented as valid ({clause.demands}), but it is refused"
            yield broken(clause, text, expected=expected, received=f"status {status}")
        return
    what = ", ".join(seen.request.sent) or "no member"
    yield broken(
        success,
        f"a valid request ({what}) is refused",
        expected=expected,
        received=f"status {status}",
        suspects=() if status in NOT_ABOUT_VALUES or not blamed else tuple(clause.id for clause in suspects),
    )


def _says_that_it_is_accepted(seen: Seen) -> Clause:
    """Return the clause that a refusal breaks: the success status, or, where only a sample shows that, what says that values may be set."""
    status = seen.operation.by_rule[Part.RESPONSE, "status"][0]
    settable = (clause for clause in seen.operation.by_rule.get((Part.REQUEST, "accepted"), ()) if clause.path[0] in seen.request.sent)
    return next((clause for clause in (status, *settable) if clause.level is Level.DOCUMENTED), status)


def _clauses_to_blame(seen: Seen, name: str, suspects: list[Clause]) -> list[Clause]:
    """Return what a member's value sits on; where none of its values was ever accepted, also that it may be set at all."""
    edges = [clause for clause in seen.request.edges[name] if clause in suspects] or suspects
    settable = seen.operation.clause(Part.REQUEST, (name,), "accepted")
    if settable is None or settable in edges or seen.rooms.was_ever_accepted(seen.operation.id, name):
        return edges
    return [*edges, settable]


def _blamed(seen: Seen) -> list[str]:
    """Return the members that may be to blame: the only one sent, else those with a value that was never accepted before."""
    names = list(seen.request.edges)
    if len(names) <= 1:
        return names
    return [name for name in names if not seen.rooms.was_accepted(seen.operation.id, name, seen.request.sent[name])]


def _suspects(seen: Seen) -> Iterator[Clause]:
    """Yield the clauses that the members to blame sit on; of all members where none is."""
    for name in _blamed(seen) or seen.request.edges:
        accepted = seen.operation.clause(Part.REQUEST, (name,), "accepted")
        yield from seen.request.edges[name]
        if accepted is not None:
            yield accepted


def _obstacles(seen: Seen, *kinds: Refusal, part: Part | None = None) -> Iterator[Evidence]:
    if any(obstacle.refusal is Refusal.UNAUTHENTICATED for obstacle in seen.request.obstacles):
        return
    for obstacle in seen.request.obstacles:
        if obstacle.refusal in kinds and obstacle.clause.part is (part or Part.REQUEST):
            yield from judged_obstacle(seen, obstacle)


def judged_obstacle(seen: Seen, obstacle: Obstacle) -> Iterator[Evidence]:
    """Yield what the answer to a request with an obstacle proves: broken if accepted, kept if it alone got it refused."""
    status = seen.answer.response.status
    if seen.answer.accepted:
        text = f"{obstacle.what} is accepted, although {obstacle.clause.demands}"
        yield broken(obstacle.clause, text, expected="a refusal (status 4xx)", received=f"status {status}", lenient=obstacle.lenient)
    elif _is_refusal_of(seen, obstacle) and all(other.clause.path == obstacle.clause.path for other in seen.request.obstacles):
        yield kept(obstacle.clause)


def _is_refusal_of(seen: Seen, obstacle: Obstacle) -> bool:
    """Whether the answer can be a refusal of this obstacle: that a room is gone, or a sender unknown, says nothing of a body."""
    of_body = obstacle.refusal in (Refusal.INVALID, Refusal.UNREADABLE) and obstacle.clause.options.get("in", "body") == "body"
    return seen.is_refused and not (of_body and seen.answer.response.status in NOT_ABOUT_VALUES)


@check(Part.BEHAVIOUR, "missing-refused", "wrong-refused", "scope-required")
def credentials_demanded(seen: Seen) -> Iterator[Evidence]:
    """Sends requests without credentials, with wrong ones and with too few rights: each is refused with 4xx."""
    for obstacle in seen.request.obstacles:
        if obstacle.refusal is Refusal.UNAUTHENTICATED:
            if seen.answer.accepted:
                yield from judged_obstacle(seen, obstacle)
            elif seen.answer.refused and seen.interaction.request.credentials is not Credentials.VALID:
                yield kept(obstacle.clause)


@check(Part.BEHAVIOUR, "unknown-refused", "unique", "window", "pair-required")
def refused_for_what_exists(seen: Seen) -> Iterator[Evidence]:
    """Names rooms that do not exist, taken values, windows that cannot be, half a pair of headers: each is refused with 4xx."""
    for obstacle in seen.request.obstacles:
        if obstacle.clause.part is Part.BEHAVIOUR and obstacle.refusal is not Refusal.UNAUTHENTICATED:
            yield from judged_obstacle(seen, obstacle)
