"""What a fault must know of a provider's interface, read off the contract and the mock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from roomproof.contract.clause import HOLDERS, Path
from roomproof.contract.model import Contract, Operation

if TYPE_CHECKING:
    from roomproof_faults.border.exchange import FaultyRequest

Json = Any


class Identity(Protocol):
    """How a call proves who sends it."""

    def sign(self, call: FaultyRequest) -> FaultyRequest:
        """Return the call with valid credentials."""
        ...

    def is_signed(self, call: FaultyRequest) -> bool:
        """Whether a call has valid ones that cover more than themselves: such a call is signed anew after a
        change.
        """
        ...


@dataclass(frozen=True)
class Interface:
    """A provider's interface: its contract, how it knows who calls, and the credentials that its mock
    accepts, by their part.
    """

    contract: Contract
    identity: Identity
    secrets: Mapping[str, str]

    @property
    def id(self) -> str:
        """The field of a room that is its id."""
        return self.contract.room.id

    @cached_property
    def settable(self) -> frozenset[str]:
        """The fields that the body of some request may have."""
        return frozenset(
            name for one in self.contract.operations for name in one.schema.get("properties", ())
        )

    def operation(self, id: str) -> Operation:
        """The operation with an id."""
        return next(one for one in self.contract.operations if one.id == id)

    @cached_property
    def writing(self) -> frozenset[str]:
        """The operations that tell what a room is to be like."""
        return frozenset(one.id for one in self.contract.telling)


def schema_at(schema: Json, path: Path) -> Json:
    """Return the schema of what stands at a path below a schema, an empty one where it says nothing of it."""
    for step in path:
        node = schema if isinstance(schema, dict) else {}
        schema = node.get(HOLDERS[step]) if step in HOLDERS else node.get("properties", {}).get(step)
    return schema if isinstance(schema, dict) else {}
