"""The register of faults: each provider's are in the module that is named like the provider."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from starlette.types import ASGIApp

from roomproof.errors import UsageError, did_you_mean
from roomproof.mocks.faults.exchange import Api, Wrapped
from roomproof.mocks.faults.fault import Fault

_PACKAGE = __name__.rpartition(".")[0]


def faults_of(provider: str) -> tuple[Fault, ...]:
    """Return the faults of a provider's mock, none for a provider of another package."""
    found: tuple[Fault, ...] = getattr(_module(provider), "FAULTS", ())
    return found


def find_fault(provider: str, fault_id: str) -> tuple[Fault, Api]:
    """Return a fault, and the interface that it knows. Raises UsageError if the provider has no such fault."""
    faults = {fault.id: fault for fault in faults_of(provider)}
    if fault_id not in faults:
        nearest = did_you_mean(fault_id, faults)
        raise UsageError(
            f"the mock of {provider!r} has no fault {fault_id!r}{nearest}; `roomproof mock {provider} --list-faults` shows them"
        )
    api: Api = _module(provider).API  # type: ignore[attr-defined]
    return faults[fault_id], api


def with_fault(app: ASGIApp, provider: str, fault_id: str) -> ASGIApp:
    """Return a provider's mock with a fault around it. Raises UsageError if the provider has no such fault."""
    fault, api = find_fault(provider, fault_id)
    return Wrapped(app, api, fault.wrap)


def _module(provider: str) -> object:
    name = f"{_PACKAGE}.{provider}"
    return import_module(name) if provider.isidentifier() and find_spec(name) else None
