"""What goes from one process to another, or into a checkpoint: values of a replay as bytes.

What both sides have, contracts, clauses and deviations, is not sent along but named. Of bytes that hold
anything else than data of this package nothing is made, so that no one can have them run code.
"""

from __future__ import annotations

import io
import pickle
import zlib
from collections.abc import Mapping
from dataclasses import is_dataclass
from enum import Enum
from typing import Any

from roomproof.cassettes.provider_record import Register
from roomproof.errors import RoomproofError
from roomproof.judge.boundaries import Boundaries
from roomproof.judge.client_violations import ClientViolations
from roomproof.judge.response_fields import ResponseFields
from roomproof.judge.seen_deviations import SeenDeviations
from roomproof.verdict import Verdicts

_COLLECTIONS = (Boundaries, ClientViolations, ResponseFields, SeenDeviations, Verdicts)
"""Classes of this package that are no dataclasses, and hold data all the same."""
_PATHS = dict.fromkeys(
    ("pathlib", "pathlib._local"), ("Path", "PosixPath", "WindowsPath", "PurePosixPath", "PureWindowsPath")
)
_STANDARD: Mapping[str, tuple[str, ...]] = {
    "array": ("array", "_array_reconstructor"),
    "builtins": ("set", "frozenset", "slice", "range"),
    "collections": ("Counter", "OrderedDict", "defaultdict", "deque"),
    "datetime": ("date", "datetime", "timedelta", "timezone"),
    "decimal": ("Decimal",),
    "fractions": ("Fraction",),
    **_PATHS,
}
"""What is used of the standard library: nothing that does anything but hold data."""


class DamagedParcelError(Exception):
    """Bytes hold no value of a replay, or one of another version."""


class Parcels:
    """Makes values of a replay into bytes, and these into values again, where both sides judge alike."""

    def __init__(self, register: Register) -> None:
        self.register = register
        self._shared: dict[tuple[str, str], object] = {}
        for provider, (contract, deviations) in register.contracts.items():
            parts: dict[str, object] = {**contract.clauses}
            parts |= {"contract": contract, "clauses": contract.clauses, "deviations": deviations}
            self._shared |= {(provider, name): part for name, part in parts.items()}
        self._names = {id(part): name for name, part in self._shared.items()}

    def packed(self, value: object) -> bytes:
        """Return a value as bytes."""
        into = io.BytesIO()
        _Pickler(into, self._names).dump(value)
        return into.getvalue()

    def unpacked(self, data: bytes) -> Any:
        """Return the value that some bytes are. Raises DamagedParcelError for any others."""
        return _loaded(data, self._shared)


def packed_register(register: Register) -> bytes:
    """Return as bytes how recordings are judged; contracts stand in it as they are."""
    return zlib.compress(pickle.dumps(register, pickle.HIGHEST_PROTOCOL))


def unpacked_register(data: bytes) -> Register:
    """Return how recordings are judged, as the process says that has this one judge: an executor sends it the
    function to call in the same way.
    """
    register = pickle.loads(zlib.decompress(data))
    assert isinstance(register, Register)
    return register


class _Pickler(pickle.Pickler):
    def __init__(self, into: io.BytesIO, names: Mapping[int, tuple[str, str]]) -> None:
        super().__init__(into, pickle.HIGHEST_PROTOCOL)
        self._names = names

    def persistent_id(self, obj: object) -> tuple[str, str] | None:
        return self._names.get(id(obj))


class _Unpickler(pickle.Unpickler):
    def __init__(self, data: bytes, shared: Mapping[tuple[str, str], object]) -> None:
        super().__init__(io.BytesIO(data))
        self._shared = shared

    def persistent_load(self, pid: Any) -> object:
        return self._shared[pid]

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        is_known = global_name in _STANDARD.get(module_name, ())
        if not is_known and (not module_name.startswith("roomproof.") or "." in global_name):
            raise DamagedParcelError(f"it holds a {module_name}.{global_name}")
        found = super().find_class(module_name, global_name)
        if not is_known and not (_is_data(found) and found.__module__ == module_name):
            raise DamagedParcelError(f"it holds a {module_name}.{global_name}")
        return found


def _is_data(found: object) -> bool:
    if not isinstance(found, type):
        return False
    if issubclass(found, Enum | RoomproofError) or found in _COLLECTIONS or is_dataclass(found):
        return True
    return issubclass(found, tuple) and hasattr(found, "_fields")


def _loaded(data: bytes, shared: Mapping[tuple[str, str], object]) -> Any:
    try:
        return _Unpickler(data, shared).load()
    except (
        pickle.UnpicklingError,
        LookupError,
        TypeError,
        ValueError,
        AttributeError,
        EOFError,
        ImportError,
    ) as error:
        raise DamagedParcelError(f"it cannot be read ({error})") from error
