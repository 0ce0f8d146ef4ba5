"""The register of rules: one module of roomproof.judge.rules each, and those that installed packages offer.

A module there has its rule as `RULE`. A package offers one at the entry point group `roomproof.rules`, under
its name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pkgutil import iter_modules

from roomproof.contract.clause import Clause, Part
from roomproof.contract.fields import require_known
from roomproof.contract.lines import line_at, marks
from roomproof.contract.model import Contract, Operation
from roomproof.contract.resource import Effect
from roomproof.errors import ContractError, UsageError, did_you_mean
from roomproof.judge.options import FieldPlace, named_fields, require_options
from roomproof.judge.rule import VALUES, Conclusion, Rule, Sight

GROUP = "roomproof.rules"
_SHOW_ONE = frozenset({Effect.CREATE, Effect.READ, Effect.UPDATE, Effect.REPLACE})
"""The effects of operations whose response shows what they are about."""
_FAILURES = (
    *(ImportError, SyntaxError, NameError, AttributeError, TypeError, ValueError, LookupError),
    *(ArithmeticError, AssertionError, RuntimeError, OSError),
)
"""What the import of somebody else's module may raise."""


@cache
def rules() -> Mapping[tuple[Part, str], Rule]:
    """Return every rule by part and name. Raises UsageError if an installed package offers a broken one."""
    found = {(rule.part, rule.name): rule for rule in _own()}
    for point in entry_points(group=GROUP):
        rule = _offered(point)
        if (rule.part, rule.name) in found:
            raise UsageError(f"{_told(point)}: there is a rule of that name already; give it one of its own")
        found[rule.part, rule.name] = rule
    return found


def _own() -> Iterator[Rule]:
    # Found by name, and not imported: the modules import this one, to know what the others are like.
    package = import_module("roomproof.judge.rules")
    for module in iter_modules(package.__path__, f"{package.__name__}."):
        yield import_module(module.name).RULE


def _offered(point: EntryPoint) -> Rule:
    try:
        rule = point.load()
    except _FAILURES as error:
        why = f"{type(error).__name__}: {error}"
        raise UsageError(f"{_told(point)}: it cannot be imported ({why}); mend or remove it") from error
    if not isinstance(rule, Rule) or rule.name != point.name or rule.part is not Part.BEHAVIOUR:
        raise UsageError(f"{_told(point)}: it is no roomproof.judge.rule.Rule of that name about a behaviour")
    return rule


def _told(point: EntryPoint) -> str:
    package = f" of the package {point.dist.name}" if point.dist is not None else ""
    return f"the rule {point.name!r}{package}, entry point {GROUP}"


def rule_of(clause: Clause) -> Rule:
    """Return the rule of a clause. Raises ContractError if there is none: nothing would test it."""
    every = rules()
    rule = every.get((clause.part, clause.rule)) or every.get((clause.part, VALUES))
    if rule is None:
        known = sorted(name for part, name in every if part is clause.part)
        unknown = f"{clause.rule!r}{did_you_mean(clause.rule, known)}"
        message = f"{clause.id}: no check knows the rule {unknown}; known are {', '.join(known)}"
        raise ContractError(message, (*clause.pointer, "rule"))
    return rule


def row_of(clause: Clause) -> str:
    """Return the title of the row of `roomproof matrix` in which a clause about a behaviour stands."""
    rule = rule_of(clause)
    return rule.row or rule.name


def conclusions(operation: Operation, sight: Sight) -> tuple[Conclusion, ...]:
    """Return what draws conclusions about the clauses of an operation from one kind of interactions."""
    ruling = [rule_of(clauses[0]) for clauses in operation.by_rule.values()]
    keys = {(rule.part, rule.name) for rule in ruling if sight in rule.sees}
    return tuple(dict.fromkeys(rule.conclude for key, rule in rules().items() if key in keys))


def require_rules(contract: Contract) -> None:
    """Raise ContractError, with file and line, for a rule, a field or an option that there is not."""
    error = next(rule_errors(contract), None)
    if error is not None:
        line = line_at(marks(contract.text), error.pointer)
        where = f"{contract.file}, line {line}: " if contract.file else ""
        raise ContractError(f"{where}{error}", error.pointer) from error


def rule_errors(contract: Contract) -> Iterator[ContractError]:
    """Yield what is wrong with the lines of a contract's behaviours: one error a clause, without file and
    line.
    """
    for operation in contract.operations:
        for clause in operation.behaviours:
            try:
                _require(clause, operation, contract)
            except ContractError as error:
                yield error


def _require(clause: Clause, operation: Operation, contract: Contract) -> None:
    rule = rule_of(clause)
    effects = rule.effects or (
        _SHOW_ONE if rule.about in (FieldPlace.BODY, FieldPlace.ROOM) else frozenset(Effect)
    )
    if operation.effect not in effects:
        meant = " or ".join(sorted(effects))
        message = (
            f"{operation.id}: the rule {rule.name!r} is about operations that {meant}; the effect "
            f"of this one is {operation.effect}"
        )
        raise ContractError(
            f"{message}: leave the line out, or say what it does with x-effect", (*clause.pointer, "rule")
        )
    require_options(rule.options, clause)
    resource = operation.resource or contract.room
    require_known(operation, named_fields(rule.about, rule.options, clause, operation, resource))
