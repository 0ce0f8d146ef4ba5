"""A fault: one way in which a provider breaks its contract, and the clauses that it breaks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from roomproof.mocks.faults.exchange import Wrap


class Kind(StrEnum):
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

    def __call__(self, id: str, what: str, wrap: Wrap, *clauses: str) -> Fault:
        """Return a fault of this kind."""
        return Fault(id, self, what, clauses, wrap)


@dataclass(frozen=True)
class Fault:
    """One fault of one provider's mock.

    `id` is unique within the provider. `what` says it in one sentence. `clauses` are the clauses that it breaks, without the
    provider's name in front; `*` stands for any text. `wrap` is put around the mock.
    """

    id: str
    kind: Kind
    what: str
    clauses: tuple[str, ...]
    wrap: Wrap


def of_operation(operation: str, faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Return faults whose clauses are those of one operation, whose name they leave off."""
    return tuple(replace(fault, clauses=tuple(f"{operation}.{clause}" for clause in fault.clauses)) for fault in faults)


def kebab(words: str) -> str:
    """Return a member's name, or a way to it, as part of a fault's id: `validFrom` becomes `valid-from`."""
    spaced = "".join("-" + letter.lower() if letter.isupper() else letter for letter in words)
    return "-".join(piece for piece in spaced.replace("_", "-").replace(".", "-").replace("*", "").split("-") if piece)
