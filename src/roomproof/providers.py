"""Find what belongs to a provider: its contract, its mock, its strategies. The only place that looks up and
reads them.

Contracts come bundled with the package, from the checkout, from directories that the user names, or from the
entry point group `roomproof.contracts` (a callable that returns the provider's directory); mocks, faults and
strategies come from the groups `roomproof.mocks`, `roomproof.faults` and `roomproof.strategies`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

from roomproof import files
from roomproof.errors import ContractError, UsageError, did_you_mean

if TYPE_CHECKING:
    from roomproof.contract.deviation import Deviation
    from roomproof.contract.documents import Document
    from roomproof.contract.model import Contract
    from roomproof.mocks import Fault, Mock

    Known = tuple[Contract, tuple[Deviation, ...]]
    """A contract with its known deviations."""

_PACKAGE = Path(__file__).parent
_CHECKOUT = _PACKAGE.parents[1]
_PATH = re.compile(r"[/\\]|\.ya?ml$")
MAX_BYTES = 2_000_000
"""A contract's file may be so large; a bundled one has some 20,000 bytes."""


def bundled(name: str) -> Path:
    """Return a folder of data, `contracts` or `cassettes`: as the wheel bundles it, else as the checkout has
    it.
    """
    installed = _PACKAGE / f"_{name}"
    return installed if files.is_folder(installed) else _CHECKOUT / name


def contract_folders(extra: tuple[Path, ...] = ()) -> Mapping[str, Path]:
    """Return the folder of every provider that has a contract, by provider; what the user names comes
    first.
    """
    folders: dict[str, Path] = {}
    for root in (bundled("contracts"), *extra):
        if not files.is_folder(root):
            raise UsageError(f"{root} is no folder of contracts; it holds PROVIDER/openapi.yaml")
        nested = {
            folder.name: folder
            for folder in sorted(root.glob("*"))
            if files.is_there(folder / "openapi.yaml")
        }
        found = nested or ({files.real(root).name: root} if files.is_there(root / "openapi.yaml") else {})
        if not found:
            raise UsageError(
                f"{root} holds no contract; it holds PROVIDER/openapi.yaml, or `roomproof init "
                f"{root}/PROVIDER` writes one"
            )
        folders |= found
    for point in entry_points(group="roomproof.contracts"):
        folders.setdefault(point.name, Path(point.load()()))
    return folders


def place_of(file: Path) -> str:
    """Return where a contract's file is, with `/` on every system, as reports name it.

    A bundled one stands in contracts/, what is below the working directory is told from there, anything else
    in full.
    """
    whole, ours = files.real(file), files.real(bundled("contracts"))
    if whole.is_relative_to(ours):
        return f"contracts/{whole.relative_to(ours).as_posix()}"
    here = Path.cwd()
    return (whole.relative_to(here) if whole.is_relative_to(here) else whole).as_posix()


def find_contract(provider: str, extra: tuple[Path, ...] = ()) -> Known:
    """Return a provider's contract and deviations. Raises UsageError for an unknown provider, ContractError
    for a broken file.
    """
    folders = contract_folders(extra)
    if provider not in folders:
        raise UsageError(
            f"unknown provider {provider!r}{did_you_mean(provider, list(folders))}; known are "
            f"{', '.join(folders)}"
        )
    return _contract_in(folders[provider], provider)


def find_contracts(extra: Sequence[Path | Contract] = ()) -> dict[str, Known]:
    """Return the contract and the deviations of every provider, by provider; one that is given is not read
    again.

    Raises as `find_contract` does.
    """
    given = {one.provider: _with_deviations(one) for one in extra if not isinstance(one, Path)}
    folders = contract_folders(tuple(one for one in extra if isinstance(one, Path)))
    return {name: given.get(name) or _contract_in(folders[name], name) for name in {**folders, **given}}


def contract_named(named: str | Path | Contract, extra: tuple[Path, ...] = ()) -> Known:
    """Return a contract with its deviations: that of a provider, by its name, that in a file or a folder, or
    one that was read before.

    The deviations stand beside the contract's file. Raises as `find_contract` does.
    """
    if isinstance(named, str) and not _PATH.search(named):
        return find_contract(named, extra)
    if isinstance(named, str | Path):
        return _with_deviations(load_contract(named))
    return _with_deviations(named)


def _contract_in(folder: Path, provider: str) -> Known:
    contract = load_contract(folder)
    if contract.provider != provider:
        differ = f"x-provider is {contract.provider!r}, but the folder is {provider!r}"
        raise ContractError(f"{contract.file}: {differ}; make them the same")
    return _with_deviations(contract)


def _with_deviations(contract: Contract) -> Known:
    beside = Path(contract.file).with_name("deviations.yaml")
    return contract, load_deviations(beside) if contract.file else ()


def require_own_variables(contract: Contract, allowed: Collection[str] = ()) -> None:
    """Raise UsageError if a contract that is not bundled names environment variables of somebody else, and
    the user has not allowed them.

    Its own begin with its provider's name: those of `my-meet` with `MY_MEET_`. Those that the contract of
    another provider, bundled or installed, names are that one's: `my-meet-api` has no right to
    MY_MEET_API_KEY where there is a `my-meet`.
    """
    for variable, prefix in foreign_variables(contract, allowed):
        raise UsageError(
            f"{contract.file}: the contract of {contract.provider} names the environment variable "
            f"{variable!r}, and its own begin with "
            f"{prefix}; if its server may have the value, say so with --allow-variable {variable}"
        )


def foreign_variables(contract: Contract, allowed: Collection[str] = ()) -> Iterator[tuple[str, str]]:
    """Yield the environment variables of somebody else that a contract names, each with what its own begin
    with; see `require_own_variables`.
    """
    if is_bundled(contract):
        return
    prefix = _prefix(contract.provider)
    named = (*contract.credentials.environment.values(), *contract.server_environment.values())
    for variable in dict.fromkeys(named):
        is_own = variable.startswith(prefix) and not _is_of_another(variable, contract.provider)
        if variable not in allowed and not is_own:
            yield variable, prefix


def contract_files(named: Path) -> dict[Path, str | None]:
    """Return the files of the contracts that a name means: a provider's name, a contract's file or folder, or
    a folder of such folders; with the name of the provider where it was found by that.

    Raises UsageError where there is none.
    """
    name = str(named)
    if not _PATH.search(name) and not files.is_there(named):
        folders = contract_folders()
        if name not in folders:
            message = f"{name} is neither a folder nor a provider{did_you_mean(name, folders)}"
            raise UsageError(f"{message}; name a folder that holds openapi.yaml")
        return {folders[name] / "openapi.yaml": name}
    if not files.is_folder(named):
        return {named: None}
    if files.is_there(named / "openapi.yaml"):
        return {named / "openapi.yaml": None}
    nested = [one for one in sorted(named.glob("*")) if files.is_there(one / "openapi.yaml")]
    if not nested:
        raise UsageError(f"{name} holds no contract; it holds openapi.yaml, or folders that hold one")
    return {one / "openapi.yaml": one.name for one in nested}


def _prefix(provider: str) -> str:
    return f"{re.sub('[^A-Z0-9]', '_', provider.upper())}_"


def is_bundled(contract: Contract) -> bool:
    """Whether a contract came with the package."""
    return bool(contract.file) and Path(contract.file).resolve().is_relative_to(
        bundled("contracts").resolve()
    )


def _is_of_another(variable: str, provider: str) -> bool:
    """Whether an environment variable is named by the contract of another provider that is bundled or
    installed.
    """
    for name, folder in contract_folders().items():
        if name != provider and variable.startswith(_prefix(name)):
            other = load_contract(folder / "openapi.yaml")
            if variable in (*other.credentials.environment.values(), *other.server_environment.values()):
                return True
    return False


def installed_contract(contract: Contract) -> Contract | None:
    """Return the contract of the same provider that is bundled or installed, None if there is none, or if it
    is this one.
    """
    folder = contract_folders().get(contract.provider)
    if (
        folder is None
        or is_bundled(contract)
        or Path(contract.file).resolve() == (folder / "openapi.yaml").resolve()
    ):
        return None
    return load_contract(folder / "openapi.yaml")


def load_contract(named: str | Path) -> Contract:
    """Return a provider's contract by its name, as in `load_contract("PROVIDER")`, or the one in a file, or
    in a folder's openapi.yaml, with the files that it refers to.

    A text is a path if it holds a separator or ends in `.yaml`. Raises UsageError for an unknown provider,
    ContractError, with the file's name, for anything that has no meaning.
    """
    if isinstance(named, str) and not _PATH.search(named):
        return find_contract(named)[0]
    # Late: whoever only wants to know which providers there are, as a shell does at each Tab, need not wait
    # for it.
    from roomproof.contract.read import parse_contract
    from roomproof.judge.register import require_rules

    path = Path(named)
    path = path / "openapi.yaml" if files.is_folder(path) else path
    contract = parse_contract(read_text(path), str(path), partial(read_beside, path))
    contract = replace(contract, documents=_documents(path.with_name("documents.yaml")))
    require_rules(contract)
    return contract


def _documents(path: Path) -> tuple[Document, ...]:
    from roomproof.contract.documents import parse_documents

    return parse_documents(read_text(path), str(path)) if files.is_there(path) else ()


def read_beside(contract: Path, file: str) -> tuple[str, str]:
    """Return the text of a file that a contract refers to, and its path.

    Raises ContractError if it cannot be read, or if a link leads out of the contract's folder.
    """
    path = contract.parent / file
    if not files.real(path).is_relative_to(files.real(contract.parent)):
        raise ContractError("only files beside the contract or below are read; copy it there")
    return read_text(path), str(path)


def load_deviations(path: Path) -> tuple[Deviation, ...]:
    """Return the deviations in a file, none if there is no such file. Raises ContractError where one is
    incomplete.
    """
    from roomproof.contract.deviation import parse_deviations

    return parse_deviations(read_text(path), str(path)) if files.is_there(path) else ()


def require_deviations(path: Path) -> tuple[Deviation, ...]:
    """Return the deviations in a file that a user names. Raises ContractError if there is none, or where
    one is incomplete.
    """
    from roomproof.contract.deviation import parse_deviations

    return parse_deviations(read_text(path), str(path))


def read_text(path: Path) -> str:
    """Return the text of a file. Raises ContractError, with the file's name, if it is missing, too large or
    no text.
    """
    try:
        return files.read(path, MAX_BYTES).decode()
    except OSError as error:
        raise ContractError(
            f"{path}: cannot be read ({error.strerror}); check the path and its permissions"
        ) from error
    except UnicodeDecodeError as error:
        raise ContractError(f"{path}: is not UTF-8 text (byte {error.start}); save it as UTF-8") from error


def find_mock(provider: str) -> Mock:
    """Return a provider's built-in mock. Raises UsageError if it has none."""
    from roomproof.mocks import Mock

    require_mock(provider)
    mock = _entry("roomproof.mocks", provider)
    if not isinstance(mock, Mock):
        raise UsageError(
            f"what the entry point roomproof.mocks offers as {provider!r} is no roomproof.mocks.Mock"
        )
    return mock


def require_mock(provider: str) -> None:
    """Raise UsageError if a provider has no built-in mock; nothing is imported."""
    known = [point.name for point in entry_points(group="roomproof.mocks")]
    if provider not in known:
        nearest = did_you_mean(provider, known)
        raise UsageError(
            f"provider {provider!r} has no built-in mock{nearest}; there are {', '.join(known)}, others "
            f"need --base-url"
        )


def find_faults(provider: str, extra: tuple[Path, ...] = ()) -> Mapping[str, Fault]:
    """Return the faults that a provider's mock can have, by id; none where it has no contract or no mock.

    The entry points `roomproof.faults` offer them: those that are named like the provider for it alone, those
    named `all` for every one. Each is a callable that takes the mock and the contract.
    """
    folders = contract_folders(extra)
    if provider not in folders or not entry_points(group="roomproof.mocks", name=provider):
        return {}
    mock, contract = find_mock(provider), load_contract(folders[provider] / "openapi.yaml")
    points = (
        *entry_points(group="roomproof.faults", name=provider),
        *entry_points(group="roomproof.faults", name="all"),
    )
    offered = (fault for point in points for fault in point.load()(mock, contract))
    found: dict[str, Fault] = {}
    for fault in offered:
        found.setdefault(fault.id, fault)
    return found


def find_fault(provider: str, fault_id: str, extra: tuple[Path, ...] = ()) -> Fault:
    """Return one of a mock's faults. Raises UsageError if it has no such fault."""
    faults = find_faults(provider, extra)
    if fault_id not in faults:
        known = f"`roomproof mock {provider} --list-faults` shows them"
        raise UsageError(
            f"the mock of {provider!r} has no fault {fault_id!r}{did_you_mean(fault_id, faults)}; {known}"
        )
    return faults[fault_id]


def find_special(provider: str) -> Any:
    """Return what a provider's payloads need beyond the generic strategies; a provider without any gets the
    neutral one.
    """
    from roomproof_strategies import Special

    return _entry("roomproof.strategies", provider) or Special()


def _entry(group: str, provider: str) -> Any:
    points: tuple[EntryPoint, ...] = tuple(entry_points(group=group, name=provider))
    return points[0].load() if points else None
