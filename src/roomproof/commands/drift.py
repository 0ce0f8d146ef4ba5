"""`roomproof drift`: what would a client notice of what changed between versions of a document?"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from roomproof import files
from roomproof.cassettes.recording import found_in, open_recording
from roomproof.commands.outputs import require_apart
from roomproof.contract.model import Contract
from roomproof.derive.drift.drift import drift, with_traffic
from roomproof.derive.drift.version import Version, of_contract, of_page, of_specification
from roomproof.derive.specification import MOST_CHARACTERS, is_specification
from roomproof.errors import ContractError, UsageError
from roomproof.interaction import Interaction
from roomproof.json_data import as_json
from roomproof.legible import one_line
from roomproof.providers import contract_folders, find_contract, load_contract
from roomproof.reports.console import open_console
from roomproof.reports.drift import drift_markdown, drift_report, show_drift
from roomproof.reports.html.drift import drift_page
from roomproof.reports.report import write_text

_OF_A_CONTRACT = re.compile(r"""^\s*["']?x-provider["']?\s*:""", re.MULTILINE)


def run_drift(
    named: tuple[Path, ...],
    provider: str | None,
    contracts: tuple[Path, ...],
    traffic: tuple[Path, ...],
    outputs: dict[str, Path],
    *,
    every_change: bool,
) -> int:
    """Compare versions, show and write what changed; return 1 if a client would notice any of it.

    Raises UsageError for fewer than two versions, and for a document that nobody can read.
    """
    if len(named) < 2:
        raise UsageError("drift needs two versions or more: roomproof drift OLD NEW")
    require_apart(outputs, [*(one for one in named if files.is_file(one)), *traffic])
    read = [_version(one, contracts) for one in named]
    about = find_contract(provider, contracts)[0] if provider else next((one for _, one in read if one), None)
    steps = drift([version for version, _ in read], about)
    report = drift_report(with_traffic(steps, _traffic(traffic)) if traffic else steps)
    for version, _ in read:
        for file in version.missing:
            told = f"{version.name} refers to {file}, which cannot be read: what it says is not compared"
            print(f"roomproof: {one_line(told)}", file=sys.stderr)
    show_drift(open_console(), report, every_change=every_change)
    views = {"json": as_json, "markdown": drift_markdown, "html": drift_page}
    for name, path in outputs.items():
        write_text(path, views[name](report))
    return 1 if report.breaking else 0


def _traffic(paths: tuple[Path, ...]) -> Iterator[Interaction]:
    """Yield the interactions of recordings. Raises UsageError for a file that is none."""
    for path in found_in(*paths).files:
        yield from open_recording(path).interactions()


def _version(path: Path, contracts: tuple[Path, ...]) -> tuple[Version, Contract | None]:
    """Return what a file, a folder or a provider's name stands for, and the contract if it is one."""
    named = str(path)
    is_contract = files.is_folder(path) and files.is_there(path / "openapi.yaml")
    if not files.is_there(path) or (files.is_folder(path) and not is_contract):
        if named in contract_folders(contracts):
            contract = find_contract(named, contracts)[0]
            return of_contract(contract, named), contract
        told = "this folder has no openapi.yaml" if files.is_there(path) else "there is no such file"
        raise UsageError(f"{named}: {told}, and no provider has this name; check the path")
    if is_contract:
        contract = load_contract(path)
        return of_contract(contract, named), contract
    text = _text(path)
    if _OF_A_CONTRACT.search(text):
        contract = load_contract(path)
        return of_contract(contract, named), contract
    if is_specification(text):
        return of_specification(text, named, lambda file: (_text(path.parent / file), file)), None
    return of_page(text, named), None


def _text(path: Path) -> str:
    try:
        return files.read(path, 4 * MOST_CHARACTERS).decode(errors="replace")
    except OSError as error:
        raise ContractError(f"{path}: cannot be read ({error.strerror}); check the path") from error
