"""`roomproof check`: read a contract with everything beside it, and tell all that is wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from roomproof import files
from roomproof.checking.deviations import deviation_problems
from roomproof.checking.mistake import Mistake, Problem
from roomproof.checking.operations import operation_problems
from roomproof.checking.places import Written, mistake_in, placed
from roomproof.checking.reading import Reading, read_through
from roomproof.checking.schemas import schema_problems
from roomproof.checking.sources import idle_documents, source_problems
from roomproof.contract.dialect import in_one_dialect
from roomproof.contract.documents import document_errors
from roomproof.contract.model import Contract
from roomproof.contract.references import resolve
from roomproof.contract.yaml_text import parse_yaml
from roomproof.errors import ContractError
from roomproof.providers import foreign_variables, read_beside, read_text


@dataclass(frozen=True)
class Checked:
    """What came of checking one contract: its file, how many clauses were read, what is wrong."""

    file: str
    clauses: int
    mistakes: tuple[Mistake, ...]

    @property
    def is_right(self) -> bool:
        """Whether there are no mistakes; remarks are none."""
        return all(one.is_remark for one in self.mistakes)


def check(file: Path, allowed: Collection[str] = (), folder: str | None = None) -> Checked:
    """Return every mistake of a contract's file, of the files that it refers to, and of deviations.yaml and
    documents.yaml beside it, by file and line.

    `allowed` are the variables of others that it may name; `folder` the name that its provider has to have,
    if it was found by that. Raises ContractError if the file itself cannot be read.
    """
    main = Written(str(file), read_text(file))
    written: dict[str, Written] = {}

    def beside(name: str) -> tuple[str, str]:
        text, path = read_beside(file, name)
        written[name] = Written(path, text)
        return text, path

    found: list[Mistake] = []
    contract: Contract | None = None
    raw = _parsed(main, found)
    if raw is not None:
        reading = read_through(raw, beside)
        if reading.contract is not None:
            contract = reading.contract
            _look_further(reading, contract, allowed, folder)
        documents = [*_documents(file.with_name("documents.yaml"), contract, reading)]
        found += [mistake_in(written, main, problem) for problem in reading.problems]
        found += [one for other in written.values() for one in other.twice()]
        found += documents
    found += _deviations(file.with_name("deviations.yaml"), contract)
    places = [main.name, *(one.name for one in written.values())]
    return Checked(main.name, len(contract.clauses) if contract else 0, _in_order(found, places))


def _in_order(found: Iterable[Mistake], names: list[str]) -> tuple[Mistake, ...]:
    """Return mistakes in the order of files and lines, each once."""
    ranks = {name: rank for rank, name in enumerate(names)}
    return tuple(
        sorted(dict.fromkeys(found), key=lambda one: (ranks.get(one.file, len(ranks)), one.file, one.line))
    )


def _parsed(written: Written, found: list[Mistake]) -> Any:
    """Return what a file holds, None if it is no YAML: then that is its mistake."""
    try:
        raw = parse_yaml(written.text, written.name)
    except ContractError as error:
        found.append(placed(written.name, str(error)))
        return None
    found += written.twice()
    return {} if raw is None else raw


def _look_further(reading: Reading, contract: Contract, allowed: Collection[str], folder: str | None) -> None:
    """Add what no reader rejects, to what is wrong in a contract that was read."""
    root = in_one_dialect(resolve(contract.raw, contract.raw))
    further = (schema_problems(root), operation_problems(root, contract), _names(contract, allowed, folder))
    for problems in further:
        for problem in problems:
            reading.add(problem)


def _names(contract: Contract, allowed: Collection[str], folder: str | None) -> Iterator[Problem]:
    """Yield names that do not go with the provider's."""
    if folder is not None and contract.provider != folder:
        text = f"x-provider is {contract.provider!r}, but the folder is {folder!r}; make them the same"
        yield Problem(text, ("x-provider",))
    named = {
        ("x-credentials", "environment"): contract.credentials.environment,
        ("servers", "0", "x-environment"): contract.server_environment,
    }
    places = {name: (*way, part) for way, parts in named.items() for part, name in parts.items()}
    for variable, prefix in foreign_variables(contract, allowed):
        text = f"the environment variable {variable!r} does not begin with {prefix}, or is another provider's"
        advice = f"rename it, or check and run with --allow-variable {variable}"
        yield Problem(f"{text}; {advice}", places[variable])


def _documents(path: Path, contract: Contract | None, reading: Reading) -> Iterator[Mistake]:
    """Yield what is wrong in documents.yaml; sources that it does not list are added to what is wrong in the
    contract.
    """
    if not files.is_there(path):
        return
    found: list[Mistake] = []
    try:
        written = Written(str(path), read_text(path))
    except ContractError as error:
        yield placed(str(path), str(error))
        return
    raw = _parsed(written, found)
    yield from found
    if raw is None:
        return
    errors = [*document_errors(raw, "documents.yaml")]
    yield from (written.mistake(Problem(str(one).partition(": ")[2], one.pointer)) for one in errors)
    listed = raw.get("documents") if isinstance(raw, dict) else None
    if contract is None or not isinstance(listed, list):
        return
    titles = [str(one.get("title")) if isinstance(one, dict) else "" for one in listed]
    for problem in source_problems(contract.raw, titles):
        reading.add(problem)
    if not errors and not reading.problems:
        yield from map(written.mistake, idle_documents(contract, titles))


def _deviations(path: Path, contract: Contract | None) -> Iterator[Mistake]:
    if not files.is_there(path):
        return
    found: list[Mistake] = []
    try:
        written = Written(str(path), read_text(path))
    except ContractError as error:
        yield placed(str(path), str(error))
        return
    raw = _parsed(written, found)
    yield from found
    for problem in deviation_problems(raw or [], contract, path.name) if raw is not None else ():
        yield written.mistake(problem)
