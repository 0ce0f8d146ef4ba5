"""`media-type` of a response: its body is sent as documented."""

from __future__ import annotations

from collections.abc import Iterator

from roomproof.contract.clause import Part
from roomproof.interaction import media_type
from roomproof.judge.answers import documented_response, documented_rules, no_header
from roomproof.judge.evidence import Evidence, broken, kept
from roomproof.judge.judged_interaction import JudgedInteraction
from roomproof.judge.kind import by_received
from roomproof.judge.rule import Rule


def media_types(seen: JudgedInteraction) -> Iterator[Evidence]:
    """Compares the Content-Type of every answer with the documented media type."""
    spec = documented_response(seen)
    if spec is None or spec.media_type is None:
        return
    clause = documented_rules(seen, spec.status).media
    if clause is None:
        return
    found = media_type(seen.response.response.headers)
    if found is not None and seen.is_unread(found):
        return
    documented = " or ".join(spec.media_types)
    if found is None:
        text = f"the response is sent as no media type, where {documented} is documented"
        yield from no_header(seen, clause, text, expected=documented, received="no Content-Type")
    elif found not in spec.media_types:
        text = f"the response is sent as {found}, where {documented} is documented"
        yield broken(clause, text, expected=documented, received=found)
    else:
        yield kept(clause)


RULE = Rule("media-type", media_types, Part.RESPONSE, hangs_on_history=False, kind=by_received)
