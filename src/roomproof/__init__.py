"""roomproof: contract testing for meeting-room APIs.

The few names that programs use: read a contract, judge interactions against it, ask for the verdicts.

    contract = load_contract(Path("contracts/PROVIDER/openapi.yaml"))
    verdicts = Verdicts(contract)
    judge = Judge(contract)
    for interaction in interactions:
        for evidence in judge.see(interaction):
            verdicts.add(evidence, interaction)
    verdicts.findings()

Or have a client of one's own judged: `with judging("PROVIDER", client) as verdicts: ...`.

Or do what the command line does: `verify("PROVIDER")`, `probe("PROVIDER")`, `replay(Path("traffic.har"))`
return the report; their listeners hear of the events of roomproof.api.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from roomproof.api import probe, replay, verify
    from roomproof.cassettes.attribution import Attribution
    from roomproof.cassettes.entry import Entry, Unreadable
    from roomproof.cassettes.recording import open_recording
    from roomproof.cassettes.redaction import Redactor
    from roomproof.errors import RoomproofError
    from roomproof.interaction import Interaction, Request, Response
    from roomproof.judge.judge import Judge
    from roomproof.listening.errors import BrokenClauseError, NothingJudgedError
    from roomproof.listening.judging import judging
    from roomproof.providers import load_contract
    from roomproof.verdict import Finding, Verdict, Verdicts

__version__ = "0.1.0"
__all__ = [
    "Attribution",
    "BrokenClauseError",
    "Entry",
    "Finding",
    "Interaction",
    "Judge",
    "NothingJudgedError",
    "Redactor",
    "Request",
    "Response",
    "RoomproofError",
    "Unreadable",
    "Verdict",
    "Verdicts",
    "__version__",
    "judging",
    "load_contract",
    "open_recording",
    "probe",
    "replay",
    "verify",
]

_HOMES = {
    "Attribution": "roomproof.cassettes.attribution",
    "BrokenClauseError": "roomproof.listening.errors",
    "Entry": "roomproof.cassettes.entry",
    "Finding": "roomproof.verdict",
    "Interaction": "roomproof.interaction",
    "Judge": "roomproof.judge.judge",
    "NothingJudgedError": "roomproof.listening.errors",
    "Redactor": "roomproof.cassettes.redaction",
    "Request": "roomproof.interaction",
    "Response": "roomproof.interaction",
    "RoomproofError": "roomproof.errors",
    "Unreadable": "roomproof.cassettes.entry",
    "Verdict": "roomproof.verdict",
    "Verdicts": "roomproof.verdict",
    "judging": "roomproof.listening.judging",
    "load_contract": "roomproof.providers",
    "open_recording": "roomproof.cassettes.recording",
    "probe": "roomproof.api",
    "replay": "roomproof.api",
    "verify": "roomproof.api",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for: the command line must not wait for what it does not
    use.
    """
    if name not in _HOMES:
        raise AttributeError(f"module 'roomproof' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """Return the public names, those that nobody has asked for yet among them."""
    return sorted({*globals(), *__all__})
