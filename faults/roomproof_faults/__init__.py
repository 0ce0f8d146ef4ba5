"""Faulty providers: the mocks with one fault each, so that anybody can see what a verification catches.

Most faults are made by operators (roomproof_faults.operators), of any contract; a provider's module gives the
well-known ones their short names, and holds the few that are truly its own. The entry points of the group
`roomproof.faults` offer them.
"""

from __future__ import annotations

from roomproof_faults.fault import Fault, FaultKind
from roomproof_faults.generate import generated

__all__ = ["Fault", "FaultKind", "generated"]
