"""Find out by sending where a provider's limits really are: which limits there are, what is sent, how the
responses are read.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from roomproof.contract.clause import Clause, Level, Part, spoken, values_at
from roomproof.contract.keywords import End
from roomproof.engine.bodies import CaseParts
from roomproof.engine.case import Case, Seat
from roomproof.engine.session import Session
from roomproof.engine.turns import ANCHOR
from roomproof.interaction import BUSY, Interaction
from roomproof.judge.evidence import shown
from roomproof.judge.judged_interaction import read_json, read_response
from roomproof.judge.obstacles import NOT_ABOUT_VALUES
from roomproof.judge.register import rule_of
from roomproof.judge.rules import unique, window
from roomproof.limit import BUDGET, Limit, LimitReply, TriedValue, find_border
from roomproof.verdict import Finding, Verdict
from roomproof_strategies import Scale, plain, scales
from roomproof_strategies.windows import written

_UNCLEAR = frozenset((*NOT_ABOUT_VALUES, 409, *BUSY))
"""Status codes that reject the sender, the room, a value that another room has, or everybody for now: nothing
about a size.
"""
FEWEST = 4
"""With fewer requests no border is found."""
LONGEST_DAYS = 36_500
"""No window is asked for that is longer than a century."""
WRAP = 2**32
"""What is added to a number on the far side of a limit, to see whether it is read as one of 32 bits."""


MADE_OF = {"ASCII": "", "combining": "letters with combining accents", "non-BMP": "characters beyond U+FFFF"}
"""How the alphabets of texts are told: a provider that counts bytes, units of UTF-16, or what a person sees,
has a limit for each.
"""


def end_of(clause: Clause) -> End | None:
    """Return the end of a size that a clause limits, None if it is no limit."""
    if clause.part is not Part.REQUEST or clause.options.get("in", "body") != "body":
        return None
    return clause.keyword.end if clause.keyword else None


def scales_of(session: Session, bench: CaseParts) -> list[Scale]:
    """Return the places in an operation's body whose values have a size, but for fields that cannot be
    changed.
    """
    setting = session.setting(Seat.MAIN)
    found = scales(bench.operation.schema, bench.special.fields(setting), anchor=setting.now + ANCHOR)
    return [scale for scale in found if scale.path and scale.path[0] not in bench.read_only]


def plain_case(session: Session, bench: CaseParts) -> Case:
    """Return the case that sets every field of a body to a plain value."""
    setting = session.setting(Seat.MAIN)
    return bench.case(
        plain(bench.operation.schema, bench.special.fields(setting), anchor=setting.now + ANCHOR)
    )


def measure_broken(session: Session, bench: CaseParts) -> None:
    """Measure every limit of an operation that a finding says is broken, for the finding to tell; then set
    plain values again.
    """
    measured = session.judging.verdicts.limits
    before = len(measured)
    for finding in session.findings():
        clause = finding.clause
        if (
            finding.verdict is Verdict.FAIL
            and clause.operation == bench.operation.id
            and clause.id not in measured
        ):
            limit = _measured_for(session, bench, finding)
            if limit is not None:
                measured[clause.id] = limit
    if len(measured) > before and not bench.makes_rooms:
        session.send(plain_case(session, bench))


def _measured_for(session: Session, bench: CaseParts, finding: Finding) -> Limit | None:
    """Return the limit that a finding is about as it is measured, None if it is about no limit or too few
    requests are left.
    """
    clause, end = finding.clause, end_of(finding.clause)
    if finding.counterexample.is_unanswered or questions_left(session) < FEWEST:
        return None
    if rule_of(clause) is window.RULE:
        return measure_window(session, bench, clause)
    limited = (scale for scale in scales_of(session, bench) if end is not None and _is_on(clause, end, scale))
    scale = next(limited, None)
    if end is None or scale is None:
        return None
    sizes = [
        (size, value) for value in _counterexample(finding) if (size := scale.measured(value)) is not None
    ]
    alphabet = next((_alphabet(value) for _, value in sizes if isinstance(value, str)), "ASCII")
    checks = tuple(size for size, _ in sizes)
    return measure(session, bench, scale, end, clause, alphabet=alphabet, checks=checks)


def _is_on(clause: Clause, end: End, scale: Scale) -> bool:
    return scale.kind is end.kind and spoken(clause.path) == ".".join(scale.path)


def _counterexample(finding: Finding) -> list[Any]:
    """Return the values in a finding's counterexample that its clause speaks of."""
    return [
        value
        for _, value in values_at(
            read_json(finding.counterexample.interaction.request.body), finding.clause.path
        )
    ]


def _alphabet(text: str) -> str:
    if max(text, default="") > "\uffff":
        return "non-BMP"
    return "combining" if "\u0301" in text else "ASCII"


def clause_on(bench: CaseParts, scale: Scale, outward: int) -> tuple[End, Clause] | None:
    """Return the clause that limits a scale on one side, a documented one before an observed one, None if
    there is none.
    """
    ends = [(end, clause) for clause in bench.operation.clauses if (end := end_of(clause))]
    found = [pair for pair in ends if pair[0].outward == outward and _is_on(pair[1], pair[0], scale)]
    return min(found, key=lambda pair: pair[1].level is Level.OBSERVED, default=None)


def measure(
    session: Session,
    bench: CaseParts,
    scale: Scale,
    end: End,
    clause: Clause | None,
    *,
    alphabet: str = "ASCII",
    checks: tuple[int, ...] = (),
    start: int | None = None,
) -> Limit:
    """Find one side's limit by sending bodies that hold one value; begin at `start`, else at the clause's
    limit, else at a plain value.

    `checks` are sizes that are tried besides. Raises CutShortError as `Session.send` does.
    """
    outward = end.outward
    limit = None if clause is None else next(iter(clause.schema.values()))
    if limit is not None and start is None:
        start = scale.within(limit, outward=outward, exclusive=end.is_exclusive)
        checks = (*checks, 2 * start, start + outward * WRAP)
    start = min(max(scale.usual if start is None else start, scale.least), scale.most)
    inner, outer = (
        min(outward * scale.usual, outward * start),
        outward * (scale.most if outward > 0 else scale.least),
    )
    stored: dict[int, str] = {}

    def ask(position: int) -> TriedValue:
        size = outward * position
        interaction, _ = session.send(
            bench.case(scale.sample(size, alphabet, _own_word(session, bench, scale)))
        )
        response = heard(interaction)
        if response.reply is LimitReply.ACCEPTED and (
            told := _stored_otherwise(session, scale, size, interaction)
        ):
            stored[position] = told
        return response

    border = find_border(
        ask,
        outward * start,
        inner,
        outer,
        checks=[outward * size for size in checks],
        budget=questions_left(session),
    )
    told = stored[min(stored)] if stored else ""
    level = clause.level if clause else Level.OBSERVED
    documented = None if level is Level.OBSERVED else limit
    return Limit(end.told, documented, border, outward, scale.unit, level, MADE_OF[alphabet], told)


def measure_window(session: Session, bench: CaseParts, clause: Clause) -> Limit:
    """Find the longest window, in whole days, that is accepted. It starts a day from now, so that it lies in
    the future.
    """
    days, names = int(window.window_options(clause).max_days), window.RULE.fields(clause)
    setting = session.setting(Seat.MAIN)
    body = plain(bench.operation.schema, bench.special.fields(setting), anchor=setting.now + ANCHOR).value
    required = {name: body[name] for name in bench.operation.schema.get("required", ())}

    def ask(length: int) -> TriedValue:
        start = session.setting(Seat.MAIN).now + timedelta(days=1)
        ends = dict(zip(names, (start, start + timedelta(days=length)), strict=True))
        sent = bench.completed(written(required, ends), Seat.MAIN)
        interaction, _ = session.send(bench.exact(sent, f"a window of {length} days"))
        return heard(interaction)

    border = find_border(ask, days, 1, LONGEST_DAYS, checks=(2 * days,), budget=questions_left(session))
    return Limit(
        "maximum of days", None if clause.level is Level.OBSERVED else days, border, level=clause.level
    )


def questions_left(session: Session) -> int:
    """Return how many requests one limit may take; one is left for the room's plain values."""
    most = session.options.max_requests
    return BUDGET if most is None else min(BUDGET, most - session.result.requests - 1)


def heard(interaction: Interaction) -> TriedValue:
    """Return what a response says of the size of what was sent."""
    if interaction.response is None:
        return TriedValue(None, "no response")
    status = interaction.response.status
    if status in _UNCLEAR or not (200 <= status < 300 or 400 <= status < 600):
        return TriedValue(None, f"status {status}")
    return TriedValue(
        LimitReply.ACCEPTED
        if status < 300
        else LimitReply.REJECTED
        if status < 500
        else LimitReply.SERVER_ERROR
    )


def _own_word(session: Session, bench: CaseParts, scale: Scale) -> str:
    """Return what keeps a text from being that of another room, where the documents forbid that."""
    shared = (clause.path for clause in unique.RULE.clauses(bench.operation))
    return session.serial if scale.path in shared else ""


def _stored_otherwise(session: Session, scale: Scale, size: int, interaction: Interaction) -> str:
    """Return what an accepted value has become, where the response shows another size of it; else an empty
    text.
    """
    response = interaction.response
    room = session.contract.room.representation(read_response(response.body)) if response else None
    if room is None or len(scale.path) != 1 or scale.path[0] not in room:
        return ""
    value = room[scale.path[0]]
    now = scale.measured(value)
    return (
        ""
        if now == size
        else f"{scale.amount(size)} is stored as {shown(value) if now is None else scale.amount(now)}"
    )
