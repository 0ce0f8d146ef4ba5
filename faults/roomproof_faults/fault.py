"""A fault: one way in which a provider breaks its contract, and the clauses that it breaks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from starlette.types import ASGIApp

from roomproof_faults.border.exchange import FaultyMock, Wrap
from roomproof_faults.border.interface import Interface


class FaultKind(StrEnum):
    """Which sort of promise a fault breaks."""

    LIMITS = "limits"
    ENUMS = "enums"
    TYPES = "types"
    FORMATS = "formats"
    NULLABILITY = "nullability"
    PRESENCE = "presence"
    DEFAULTS = "defaults"
    ECHO = "echo"
    NORMALISATION = "normalisation"
    UPDATE = "update"
    IDENTITY = "identity"
    REPEATABILITY = "repeatability"
    AUTHENTICATION = "authentication"
    STATUS = "status"
    ERROR_SHAPE = "error-shape"
    CONTENT_TYPE = "content-type"
    STATE = "state"
    RARE = "rare"
    CRASH = "crash"
    LIFE_CYCLE = "life-cycle"


@dataclass(frozen=True)
class Fault:
    """One fault of one provider's mock.

    `id` is unique within the provider. `what` says it in one sentence. `clauses` are the ids of the clauses
    that it breaks. `wrap` is put around the mock whose interface is `api`.
    """

    id: str
    kind: FaultKind
    what: str
    clauses: tuple[str, ...]
    wrap: Wrap
    api: Interface

    def around(self, app: ASGIApp) -> ASGIApp:
        """Return an application with the fault around it; its memory begins empty."""
        return FaultyMock(app, self.api, self.wrap)


def kebab(words: str) -> str:
    """Return a field's name as part of a fault's id: `validFrom` becomes `valid-from`."""
    spaced = "".join("-" + letter.lower() if letter.isupper() else letter for letter in words)
    pieces = spaced.replace("_", "-").replace(".", "-").replace("*", "").split("-")
    return "-".join(piece for piece in pieces if piece)
