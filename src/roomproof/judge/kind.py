"""In which way a clause is broken: two faults that break the same clause are told apart, two values that show
one fault are not.

The way is a short text without any value that was drawn at random: what the provider did, and to what type of
value. Accepting 51 and accepting 64 where 50 is the limit is one way, rejecting 50 is another, and so is
accepting the text "51".
"""

from __future__ import annotations

import unicodedata

from roomproof.contract.clause import Clause, values_at
from roomproof.interaction import Credentials, Interaction, RoomKnowledge
from roomproof.judge.evidence import Evidence, JsonType, ShownValue, type_of
from roomproof.judge.judged_interaction import read_json
from roomproof.judge.register import rule_of

SEVERAL = "server error with several members"
"""It says nothing of what the error is about, so it is a way of its own only where no single field shows
one.
"""
_ACCEPTED = {2: "accepts", 4: "refuses"}


def kind_of(clause: Clause, evidence: Evidence, interaction: Interaction) -> str:
    """Return the way in which evidence says that a clause is broken, as its rule tells it."""
    return (rule_of(clause).kind or _by_difference)(clause, evidence, interaction)


def by_request(clause: Clause, _: Evidence, interaction: Interaction) -> str:
    """Return how a request is answered, and which types of values it has in the clause's place."""
    return f"{_reply(interaction)} {_sent(clause, interaction)}".rstrip()


def by_received(_: Clause, evidence: Evidence, __: Interaction) -> str:
    """Return what came, as evidence shows it: a status, a media type."""
    return str(evidence.received)


def by_received_type(_: Clause, evidence: Evidence, __: Interaction) -> str:
    """Return the type of the value that came."""
    return _type_of(evidence.received)


def by_reason(_: Clause, evidence: Evidence, interaction: Interaction) -> str:
    """Return which of several breaches the rule says that it is."""
    return evidence.reason or _reply(interaction)


def as_absent(_: Clause, __: Evidence, ___: Interaction) -> str:
    """Return that something is not there: there is one way of that."""
    return "absent"


def _by_difference(_: Clause, evidence: Evidence, interaction: Interaction) -> str:
    return _otherwise(evidence.expected, evidence.received) or _reply(interaction)


def _reply(interaction: Interaction) -> str:
    if interaction.response is None:
        return "never answers"
    status = interaction.response.status
    return _ACCEPTED.get(status // 100, f"status {status}")


def _sent(clause: Clause, interaction: Interaction) -> str:
    if clause.options.get("in", "body") != "body":
        return ""
    body = read_json(interaction.request.body)
    found = {type_of(value) for _, value in values_at(body, clause.path)}
    return " and ".join(sorted(found)) or "nothing"


def by_crash(_: Clause, __: Evidence, interaction: Interaction) -> str:
    """Return to which sort of request a server error is the response."""
    request = interaction.request
    if request.credentials not in (Credentials.VALID, Credentials.UNKNOWN):
        return f"server error to {request.credentials.value} credentials"
    if request.room is RoomKnowledge.NONE:
        return "server error to an unknown room"
    body = read_json(request.body)
    if not isinstance(body, dict):
        return f"server error with {type_of(body)}"
    if len(body) > 1:
        return SEVERAL
    return " ".join(
        ["server error with", *(f"{name} {type_of(value)}" for name, value in body.items())]
        if body
        else ["server error with {}"]
    )


def _type_of(told: ShownValue | str) -> str:
    """Return the type of a value that evidence speaks of, `other` for words."""
    return told.type if isinstance(told, ShownValue) else "other"


def _otherwise(expected: ShownValue | str, received: ShownValue | str) -> str:
    """Return how a value differs from the one that should be there; empty where neither is a value."""
    before, now = _type_of(expected), _type_of(received)
    if before == now == "other":
        return ""
    values = [told.value for told in (expected, received) if isinstance(told, ShownValue)]
    if before == now == JsonType.TEXT:
        return _other_text(*values)
    return f"{now} in place of {before}"


def _other_text(expected: str, received: str) -> str:
    if expected.casefold() == received.casefold():
        return "letters of another case"
    if "".join(expected.split()) == "".join(received.split()):
        return "other white space"
    if unicodedata.normalize("NFKC", expected) == unicodedata.normalize("NFKC", received):
        return "another Unicode form"
    return "a part of the text" if expected.startswith(received) else "another text"
