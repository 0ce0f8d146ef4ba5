"""roomproof: contract testing for meeting-room APIs.

The few names that programs use: read a contract, judge interactions against it, ask for the verdicts.

    contract = load_contract(Path("contracts/PROVIDER/openapi.yaml"))
    verdicts = Verdicts(contract)
    judge = Judge(contract)
    for interaction in interactions:
        for evidence in judge.see(interaction):
            verdicts.add(evidence, interaction)
    verdicts.findings()
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from roomproof.interaction import Interaction, Request, Response
    from roomproof.judge.judge import Judge
    from roomproof.providers import load_contract
    from roomproof.verdict import Finding, Verdict, Verdicts

__version__ = "0.1.0"
__all__ = ["Finding", "Interaction", "Judge", "Request", "Response", "Verdict", "Verdicts", "__version__", "load_contract"]

_HOMES = {
    "Finding": "roomproof.verdict",
    "Interaction": "roomproof.interaction",
    "Judge": "roomproof.judge.judge",
    "Request": "roomproof.interaction",
    "Response": "roomproof.interaction",
    "Verdict": "roomproof.verdict",
    "Verdicts": "roomproof.verdict",
    "load_contract": "roomproof.providers",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for: the command line must not wait for what it does not use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'roomproof' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
