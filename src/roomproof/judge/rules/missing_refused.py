"""`missing-refused`: a request without credentials is rejected."""

from __future__ import annotations

from roomproof.interaction import Credentials
from roomproof.judge.obstacles import credentials_demanded, rejects
from roomproof.judge.rule import Rule, ShowingRequests, unrecorded
from roomproof.judge.wanted import strangers

RULE = Rule(
    "missing-refused",
    credentials_demanded,
    shown=ShowingRequests.BY_STRANGERS,
    wants=(strangers,),
    hangs_on_history=False,
    rejects=rejects(Credentials.MISSING),
    row="without credentials",
    unexercised=unrecorded("no recorded request is known to have come without credentials"),
)
