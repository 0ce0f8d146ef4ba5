"""`json`: the body of a response is a text that all parsers read alike (RFC 8259)."""

from __future__ import annotations

from collections.abc import Iterator

from roomproof.contract.clause import Part
from roomproof.judge.answers import documented_response, documented_rules
from roomproof.judge.evidence import Evidence, broken, kept
from roomproof.judge.judged_interaction import (
    BYTE_ORDER_MARK,
    NOT_HERE,
    JudgedInteraction,
    NoJson,
    repeated_name,
)
from roomproof.judge.kind import by_received_type
from roomproof.judge.rule import Rule


def json_texts(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Looks whether every JSON response is a text that all parsers read alike: no byte order mark, no name
    twice in an object.
    """
    spec = documented_response(seen)
    clause = None if spec is None else documented_rules(seen, spec.status).json
    is_no_json = seen.response.body in (NoJson.ABSENT, NoJson.MALFORMED, *NOT_HERE)
    if clause is None or is_no_json or seen.response.response.respelt:
        return
    # A text on which parsers differ may be one that was sent, and kept as it was.
    if seen.response.body is NoJson.DISPUTED:
        text, received = "parsers differ on the body of the response", NoJson.DISPUTED.value
    elif seen.response.response.body.startswith(BYTE_ORDER_MARK):
        text, received = "the body of the response begins with a byte order mark", "a byte order mark"
    elif name := repeated_name(seen.response.response.body, seen.response.body):
        text, received = f"the body of the response has the name {name} twice in one object", f"{name} twice"
    else:
        yield kept(clause)
        return
    expected = "JSON that every parser reads alike (RFC 8259)"
    doubtful = seen.response.body is NoJson.DISPUTED
    yield broken(clause, text, expected=expected, received=received, doubtful=doubtful)


RULE = Rule("json", json_texts, Part.RESPONSE, hangs_on_history=False, kind=by_received_type)
