"""`scope-required`: a request whose credentials lack the documented scope is rejected."""

from __future__ import annotations

from dataclasses import dataclass

from roomproof.interaction import Credentials
from roomproof.judge.obstacles import credentials_demanded, rejects
from roomproof.judge.rule import Circumstances, Rule, ShowingRequests
from roomproof.judge.wanted import strangers


@dataclass(frozen=True)
class ScopeRequiredOptions:
    """The scope, for readers."""

    scope: str | None = None


def _unexercised(known: Circumstances) -> str:
    if known.recordings:
        return "no recorded request is known to have come without the scope"
    if known.stopped:
        return ""
    name = known.contract.credentials.environment.get("unscoped")
    missing = f"{name} is not set" if name else "the contract names no variable for them"
    return f"needs credentials without the scope: {missing}"


RULE = Rule(
    "scope-required",
    credentials_demanded,
    options=ScopeRequiredOptions,
    shown=ShowingRequests.BY_STRANGERS,
    wants=(strangers,),
    hangs_on_history=False,
    rejects=rejects(Credentials.UNSCOPED),
    row="without credentials",
    unexercised=_unexercised,
)
