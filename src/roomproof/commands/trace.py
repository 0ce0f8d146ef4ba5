"""`roomproof trace`: is every statement claimed by a clause, and every clause said by a statement?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from roomproof import files
from roomproof.commands.outputs import require_apart
from roomproof.contract.claims import ListedStatement
from roomproof.contract.model import Contract
from roomproof.derive.listing import documents_yaml, listed_anew
from roomproof.derive.saved_copies import assigned
from roomproof.derive.specification import MOST_CHARACTERS, Specification, read_specification
from roomproof.derive.statements import StatedDocument, read
from roomproof.derive.statements.specification_statements import stated_specification
from roomproof.derive.trace import ProviderTrace, trace
from roomproof.errors import ContractError, UnprovenError, UsageError
from roomproof.json_data import as_json
from roomproof.providers import MAX_BYTES, contract_folders, find_contract
from roomproof.reports.console import open_console
from roomproof.reports.report import write_text
from roomproof.reports.trace import ShownTrace, show_trace, trace_document

_PAGES = frozenset((".txt", ".html", ".htm", ".md", ".markdown", ".mdx"))
_SPECIFICATIONS = frozenset((".json", ".yaml", ".yml"))


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
    saved = Saved() if documents is None else _saved(documents)
    copies = {contract.provider: assigned(contract, _stated(saved, contract)) for contract in known}
    if write:
        known = [_written(contract, copies[contract.provider], contracts) for contract in known]
    taken = {page.name for found in copies.values() for page in found.values()}
    others = [*saved.strange, *(one.name for one in saved.known if one.name not in taken)]
    shown = replace(_shown(known, copies, is_asked=documents is not None), others=sorted(others))
    show_trace(open_console(), shown)
    if json is not None:
        write_text(json, as_json(trace_document(shown)))
    return _ended(shown, is_named=bool(providers))


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


def _ended(shown: ShownTrace, *, is_named: bool) -> int:
    if not any(one.documents for one in shown.providers):
        raise UsageError(
            "no document lists its statements, so nothing was traced; `roomproof trace PROVIDER "
            "--documents DIR --write` lists those of saved copies"
        )
    if any(one.has_findings for one in shown.providers):
        return 1
    without = [one.provider for one in shown.providers if shown.missing[one.provider] and not _has_copy(one)]
    if without and (is_named or len(without) == len(shown.providers)):
        raise UnprovenError(
            f"no file of --documents is a document of {', '.join(without)}, so none was traced"
        )
    return 0


def _has_copy(provider: ProviderTrace) -> bool:
    return any(document.file for document in provider.documents)


@dataclass(frozen=True)
class Saved:
    """The files of a folder: pages that some reader knows, specifications, and the names of all others."""

    pages: tuple[StatedDocument, ...] = ()
    specifications: tuple[Specification, ...] = ()
    strange: tuple[str, ...] = ()

    @property
    def known(self) -> tuple[StatedDocument | Specification, ...]:
        """The pages and the specifications."""
        return (*self.pages, *self.specifications)


def _saved(folder: Path) -> Saved:
    if not files.is_folder(folder):
        raise UsageError(f"{folder} is no folder of saved documents")
    endings = _PAGES | _SPECIFICATIONS
    found, closed = files.below(
        folder, lambda path: path.suffix.lower() in endings or files.is_folder(folder / path)
    )
    if closed:
        raise UsageError(f"{closed[0]} cannot be looked into; make it readable, or name another folder")
    pages: list[StatedDocument] = []
    specifications: list[Specification] = []
    strange: list[str] = []
    for path in found:
        try:
            most = MOST_CHARACTERS if path.suffix.lower() in _SPECIFICATIONS else MAX_BYTES
            text = files.read(path, most).decode(errors="replace")
        except OSError as error:
            raise UsageError(f"{path}: cannot be read ({error.strerror})") from error
        name = path.as_posix()
        try:
            if path.suffix.lower() in _SPECIFICATIONS:
                specifications.append(read_specification(text, name))
            else:
                pages.append(read(text, name))
        except (UsageError, ContractError):
            strange.append(name)
    return Saved(tuple(pages), tuple(specifications), tuple(strange))


def _stated(saved: Saved, contract: Contract) -> list[StatedDocument]:
    """Return the statements of saved files: of specifications those that are about a contract's calls."""
    calls = {(operation.method, operation.path) for operation in contract.operations}
    return [*saved.pages, *(stated_specification(one, calls) for one in saved.specifications)]


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
