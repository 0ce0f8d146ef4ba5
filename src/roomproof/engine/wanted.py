"""The cases that rules want: each request that a family of a rule yields, as a case of an operation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from random import Random

from roomproof.contract.clause import Part
from roomproof.engine.bodies import CaseParts
from roomproof.engine.case import Case, Proof, Seat
from roomproof.engine.repeatability import repeatable
from roomproof.interaction import Credentials
from roomproof.judge.register import rule_of
from roomproof.judge.rule import Base, Scene, WantedRequest
from roomproof.judge.rules import days
from roomproof.judge.rules import filter as filter_rule
from roomproof.judge.wanted import strangers
from roomproof_strategies import Sample


def wanted(bench: CaseParts, basis: Sample, random: Random) -> list[Iterator[Case]]:
    """Return the cases of each family that a rule of the operation's clauses wants; `basis` is the plain
    body.

    Of an operation that no document has only what is said in words is tried.
    """
    said = (
        one for one in bench.operation.clauses if bench.operation.is_documented or one.part is Part.BEHAVIOUR
    )
    families = (family for clause in said for family in rule_of(clause).wants)
    scene = _scene(bench, random)
    return [_cases(bench, basis, family(scene)) for family in dict.fromkeys(families)]


def filters(bench: CaseParts, random: Random) -> Iterator[Mapping[str, str]]:
    """Yield the queries by which a list is to show some of its entries, with values that entries have."""
    for rule in (filter_rule.RULE, days.RULE):
        for family in rule.wants if rule.clauses(bench.operation) else ():
            yield from (one.query for one in family(_scene(bench, random)))


def _scene(bench: CaseParts, random: Random) -> Scene:
    return Scene(
        bench.operation,
        bench.makes_rooms,
        bench.has_other,
        room=lambda: bench.thing(Seat.MAIN),
        other=lambda: bench.thing(Seat.OTHER),
        known=lambda: bench.shown(bench.operation.resource or bench.contract.room),
        repeatable=lambda names: repeatable(names, bench.setting(Seat.MAIN).now),
        random=random,
        id_parameter=bench.id_parameter if bench.is_inside_a_room else "",
    )


def credentials(bench: CaseParts, basis: Sample) -> Iterator[Case]:
    """Yield the cases without the run's own credentials: with none, with wrong ones, with too few rights."""
    return _cases(bench, basis, strangers(_scene(bench, Random())))


def _cases(bench: CaseParts, basis: Sample, family: Iterator[WantedRequest]) -> Iterator[Case]:
    """Yield the cases of a family; the same object once more is the same case."""
    made: list[tuple[WantedRequest, Case]] = []
    for one in family:
        case = next((case for known, case in made if known is one), None)
        if case is None:
            case = _case(bench, basis, one)
            made.append((one, case))
        yield from _by_whom(bench, case, one.credentials)


def _case(bench: CaseParts, basis: Sample, one: WantedRequest) -> Case:
    fields = basis.value if isinstance(basis.value, dict) else {}
    left = {name: value for name, value in fields.items() if name not in one.without}
    if one.base is Base.EMPTY:
        case = bench.exact({}, one.note)
    elif one.base is Base.REQUIRED:
        names = bench.operation.schema.get("required", ())
        required = bench.adapted(replace(basis, value={name: left[name] for name in names}), Seat.MAIN)
        case = bench.exact(bench.completed({**required, **(one.fields or {})}, Seat.MAIN), one.note)
    elif one.fields is not None:
        case = bench.exact({**bench.adapted(basis, Seat.MAIN), **one.fields}, one.note)
    elif isinstance(basis.value, dict):
        case = replace(bench.case(replace(basis, value=left)), note=one.note)
    else:
        case = replace(bench.case(basis), note=one.note)
    case = replace(case, headers=one.headers, query={**case.query, **one.query})
    return case if one.room_id is None else replace(case, seat=Seat.UNKNOWN, path_id=one.room_id or None)


def _by_whom(bench: CaseParts, case: Case, who: Credentials | None) -> Iterator[Case]:
    """Yield a case as it comes from somebody: with each kind of wrong credentials, with too few rights where
    a run has such.
    """
    if who is None:
        yield case
    elif who is Credentials.MISSING:
        yield replace(case, valid=False, proof=Proof(None, who))
    elif who is Credentials.WRONG:
        for what, forged in bench.scheme.invalid_credentials().items():
            yield replace(case, valid=False, note=what, proof=Proof(forged, who))
    elif bench.unscoped is not None:
        yield replace(case, valid=False, proof=Proof(bench.unscoped, who))
