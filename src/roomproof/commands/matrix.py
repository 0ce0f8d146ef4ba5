"""`roomproof matrix`: what providers let one do, side by side, from their contracts alone."""

from __future__ import annotations

import json
from pathlib import Path

from rich.console import Console

from roomproof.contract.matrix import matrix
from roomproof.errors import UsageError
from roomproof.judge.register import row_of
from roomproof.providers import contract_folders, find_contract
from roomproof.reports.matrix import document, markdown, show

_WIDE = 200
"""Columns where no terminal sets them: for files and pipes."""


def print_matrix(
    providers: tuple[str, ...],
    contracts: tuple[Path, ...],
    *,
    as_json: bool,
    as_markdown: bool,
    sources: bool,
) -> None:
    """Print some providers, or all, side by side. Raises UsageError for an unknown one, or for two forms at
    once.
    """
    if as_json and as_markdown:
        raise UsageError("--json and --markdown: choose one of them")
    names = dict.fromkeys(providers or contract_folders(contracts))
    found = matrix([find_contract(name, contracts)[0] for name in names], row_of)
    if as_json:
        print(json.dumps(document(found), indent=1))
    elif as_markdown:
        print(markdown(found), end="")
    else:
        console = Console()
        show(console if console.is_terminal else Console(width=_WIDE), found, sources=sources)
