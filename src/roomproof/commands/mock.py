"""`roomproof mock`: serve one built-in mock, whole or with one fault, and say how to verify it."""

from __future__ import annotations

from pathlib import Path

import typer

from roomproof.providers import find_fault, find_faults, find_mock
from roomproof.targets.serve import listen, serve

NO_PORT = "http://127.0.0.1/"
"""Stands in the credentials of a mock for its own address, which has a port only when it listens."""


def show_faults(provider: str, contracts: tuple[Path, ...]) -> None:
    """Print the faults that a provider's mock can have, a line each. Raises UsageError if it has no mock."""
    find_mock(provider)
    for one in find_faults(provider, contracts).values():
        typer.echo(f"{one.id:30} {one.kind:14} {one.what}")


def run_mock(
    provider: str,
    host: str,
    port: int,
    fault: str | None,
    contracts: tuple[Path, ...],
    list_delay: float = 0.0,
) -> None:
    """Serve a mock until it is stopped; what is printed are the credentials and the room that it takes.

    Its lists show a change only `list_delay` seconds after it. Raises UsageError for an unknown provider or
    fault, a port that is taken, or lists that cannot be late.
    """
    found = find_mock(provider)
    wrong = None if fault is None else find_fault(provider, fault, contracts)
    listening = listen(host, port)
    origin = f"http://{host}:{listening.getsockname()[1]}"
    typer.echo(f"{provider} at {origin}{found.prefix}, stop with Ctrl-C")
    for name, value in found.environment.items():
        typer.echo(f"  export {name}='{value.replace(NO_PORT, f'{origin}/')}'")
    if found.room_id:
        typer.echo(f"  --room-id {found.room_id}")
    serve(provider, listening, wrong, list_delay)
