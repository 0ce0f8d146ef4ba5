"""`roomproof trace`: is every statement claimed by a clause, and every clause said by a statement?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from roomproof import files
from roomproof.commands.outputs import require_apart
from roomproof.contract.claims import ListedStatement
from roomproof.contract.model import Contract
from roomproof.derive.listing import documents_yaml, listed_anew
from roomproof.derive.saved_copies import assigned
from roomproof.derive.statements import StatedDocument, read
from roomproof.derive.trace import trace
from roomproof.errors import UnprovenError, UsageError
from roomproof.json_data import as_json
from roomproof.providers import MAX_BYTES, contract_folders, find_contract
from roomproof.reports.console import open_console
from roomproof.reports.report import write_text
from roomproof.reports.trace import ShownTrace, show_trace, trace_document

_PAGES = frozenset((".txt", ".html", ".htm", ".md", ".markdown", ".mdx"))


def run_trace(
    providers: tuple[str, ...],
    contracts: tuple[Path, ...],
    documents: Path | None,
    json: Path | None,
    *,
    write: bool,
) -> int:
    """Trace providers, or all, and print what is to be done; return 1 if anything is, 0 if not.

    Raises UsageError where no document of theirs lists statements, UnprovenError where documents were given
    and one that lists statements is not among them.
    """
    if write and documents is None:
        raise UsageError(
            "--write lists the statements of saved documents: name their folder with --documents"
        )
    require_apart({} if json is None else {"json": json}, [] if documents is None else [documents])
    names = dict.fromkeys(providers or contract_folders(contracts))
    known = [find_contract(name, contracts)[0] for name in names]
    pages, strange = ([], []) if documents is None else _pages(documents)
    copies = {contract.provider: assigned(contract, pages) for contract in known}
    if write:
        known = [_written(contract, copies[contract.provider], contracts) for contract in known]
    taken = {page.name for found in copies.values() for page in found.values()}
    others = [*strange, *(page.name for page in pages if page.name not in taken)]
    shown = replace(_shown(known, copies, is_asked=documents is not None), others=sorted(others))
    show_trace(open_console(), shown)
    if json is not None:
        write_text(json, as_json(trace_document(shown)))
    return _ended(shown)


def _shown(
    known: Iterable[Contract], copies: Mapping[str, Mapping[str, StatedDocument]], *, is_asked: bool
) -> ShownTrace:
    traces = tuple(trace(contract, copies[contract.provider]) for contract in known)
    missing = {
        one.provider: [
            document.document.title for document in one.documents if is_asked and not document.file
        ]
        for one in traces
    }
    return ShownTrace(traces, missing)


def _ended(shown: ShownTrace) -> int:
    if not any(one.documents for one in shown.providers):
        raise UsageError(
            "no document lists its statements, so nothing was traced; `roomproof trace PROVIDER "
            "--documents DIR --write` lists those of saved copies"
        )
    if any(one.has_findings for one in shown.providers):
        return 1
    missing = [title for titles in shown.missing.values() for title in titles]
    if missing:
        raise UnprovenError(f"not traced: {', '.join(missing)}; no file of --documents is this document")
    return 0


def _pages(folder: Path) -> tuple[list[StatedDocument], list[str]]:
    """Return the saved pages of a folder that some reader knows, and the names of those that none knows."""
    if not files.is_folder(folder):
        raise UsageError(f"{folder} is no folder of saved documents")
    found, closed = files.below(
        folder, lambda path: path.suffix.lower() in _PAGES or files.is_folder(folder / path)
    )
    if closed:
        raise UsageError(f"{closed[0]} cannot be looked into; make it readable, or name another folder")
    pages: list[StatedDocument] = []
    strange: list[str] = []
    for path in found:
        try:
            text = files.read(path, MAX_BYTES).decode(errors="replace")
        except OSError as error:
            raise UsageError(f"{path}: cannot be read ({error.strerror})") from error
        try:
            pages.append(read(text, path.as_posix()))
        except UsageError:
            strange.append(path.as_posix())
    return pages, strange


def _written(
    contract: Contract, copies: Mapping[str, StatedDocument], contracts: tuple[Path, ...]
) -> Contract:
    """Write the statements of saved copies into documents.yaml, and return the contract with them."""
    if not copies:
        return contract
    path = Path(contract.file).with_name("documents.yaml")
    before: dict[str, ListedStatement] = {}
    listed = []
    for document in contract.documents:
        if document.title in copies:
            document, changed = listed_anew(document, copies[document.title])
            before |= changed
        listed.append(document)
    try:
        old = files.read(path, MAX_BYTES).decode()
        comments = "\n".join(
            line for line in old.partition("documents:")[0].splitlines() if line.startswith("#")
        )
        files.write(path, documents_yaml(listed, comments, before).encode())
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror})") from error
    return find_contract(contract.provider, contracts)[0]
