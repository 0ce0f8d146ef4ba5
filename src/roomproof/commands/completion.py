"""What a shell offers at Tab: providers, clause ids, faults. Called at every press, so only what is needed is
imported.
"""

from __future__ import annotations

from pathlib import Path

import typer

from roomproof.errors import RoomproofError


def complete_provider(context: typer.Context, incomplete: str) -> list[str]:
    """Return the providers that begin so, without those that the line has already."""
    named = context.params.get("providers") or ()
    return [name for name in _providers(context) if name.startswith(incomplete) and name not in named]


def complete_mock(incomplete: str) -> list[str]:
    """Return the providers with a built-in mock."""
    from importlib.metadata import entry_points

    return sorted(
        point.name for point in entry_points(group="roomproof.mocks") if point.name.startswith(incomplete)
    )


def complete_clause(context: typer.Context, incomplete: str) -> list[str]:
    """Return the clause ids that begin so; as long as several providers do, those only."""
    names = [
        name
        for name in _providers(context)
        if f"{name}.".startswith(incomplete) or incomplete.startswith(f"{name}.")
    ]
    if len(names) != 1:
        return [f"{name}." for name in names]
    from roomproof.providers import find_contract

    try:
        clauses = find_contract(names[0], _contracts(context))[0].clauses
    except RoomproofError:
        return []
    return [name for name in clauses if name.startswith(incomplete)]


def complete_fault(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Return the faults of the mock that the line names, each with what it does."""
    from roomproof.providers import find_faults

    # An option without its value ends the parser's work early: the provider is then among the words that are
    # left.
    provider = context.params.get("provider") or next(iter(context.args), "")
    try:
        faults = find_faults(str(provider), _contracts(context))
    except RoomproofError:
        return []
    return [(fault.id, fault.what) for fault in faults.values() if fault.id.startswith(incomplete)]


def _providers(context: typer.Context) -> list[str]:
    from roomproof.providers import contract_folders

    try:
        return list(contract_folders(_contracts(context)))
    except RoomproofError:
        return []


def _contracts(context: typer.Context) -> tuple[Path, ...]:
    return tuple(Path(path) for path in context.params.get("contracts") or ())
