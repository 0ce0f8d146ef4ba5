"""Which providers a run is about, and where each of them is asked. All of it is settled before anything is
sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from roomproof.contract.deviation import Deviation
from roomproof.contract.model import Contract
from roomproof.engine.run import Options
from roomproof.engine.selection import covers
from roomproof.errors import RoomproofError, UsageError, did_you_mean
from roomproof.providers import (
    contract_folders,
    contract_named,
    installed_contract,
    is_bundled,
    require_own_variables,
)
from roomproof.runs.accounts import (
    Account,
    read_accounts,
    require_none,
    told_at,
    variables_of,
    with_variables,
)
from roomproof.runs.own_deviations import with_own
from roomproof.secrets import without_login
from roomproof.targets.credentials import scheme_from
from roomproof.targets.http import HttpTarget
from roomproof.targets.place import is_one_server
from roomproof.targets.server import server_url

Known = tuple[Contract, tuple[Deviation, ...]]
"""A contract with its known deviations."""
BUILT_IN = "built-in mock"


@dataclass(frozen=True)
class ServerSettings:
    """What the user says of the server: its base URL or the contract's own one (`live`), which room, whom to
    trust.

    `contracts` are folders with further contracts, `allowed` environment variables that these may name
    although they are not their own, `deviations` files with the user's own.
    """

    base_url: str | None
    room_id: str | None
    live: bool
    ca_bundle: Path | None
    contracts: tuple[Path, ...]
    allowed: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)
    deviations: tuple[Path, ...] = ()
    accounts: Path | None = None
    chosen: tuple[str, ...] = ()


@dataclass(frozen=True)
class Destination:
    """A provider of a run: its contract, known deviations, and the server; without a base URL that is the
    built-in mock.

    `contracts` are the folders in which a later command finds the contract, `words` those of the command line
    that lead here again. `is_address` tells that the base URL is one that can be asked; what is wrong with
    it, the turn of the provider says.
    """

    contract: Contract
    deviations: tuple[Deviation, ...]
    base_url: str | None
    room_id: str | None
    live: bool
    ca_bundle: Path | None
    contracts: tuple[Path, ...]
    words: tuple[str, ...]
    is_address: bool
    environment: Mapping[str, str] = field(repr=False)
    account: str = ""
    rate: float | None = None

    @property
    def provider(self) -> str:
        """The provider's name."""
        return self.contract.provider

    @property
    def label(self) -> str:
        """Whose turn it is, with the account if one is named."""
        return f"{self.provider} {self.account}".rstrip()

    @property
    def target(self) -> str:
        """Where it is, for people, without a login."""
        return "live" if self.live else without_login(self.base_url or BUILT_IN)

    @property
    def needs_room(self) -> bool:
        """Whether no documented way makes a room, so that one has to be named."""
        return self.contract.maker is None


@dataclass(frozen=True)
class UnreadableProvider:
    """A provider whose contract cannot be read, and why: its turn says so, and keeps no other from its
    own.
    """

    provider: str
    target: str
    error: RoomproofError
    account: str = ""

    @property
    def label(self) -> str:
        """Whose turn it is."""
        return self.provider


def destinations(
    providers: Sequence[str | Path | Contract],
    whom: ServerSettings,
    only: tuple[str, ...] = (),
) -> tuple[Destination | UnreadableProvider, ...]:
    """Return the providers of a run, all by default, or of them those whose clauses were asked for.

    Each contract is read once. Raises UsageError for what has no meaning together, what is missing, and a
    clause that is none; ContractError for a broken contract where no other provider can have its turn before.
    """
    if whom.base_url is None and not whom.live and whom.room_id is not None:
        room = "--room-id names a room of a server: add its --base-url, or --live"
        raise UsageError(f"{room}; a built-in mock has a room of its own")
    if whom.base_url is not None and whom.live:
        raise UsageError("--live is the server of the contract, --base-url another one: give one of them")
    named = providers or tuple(contract_folders(whom.contracts))
    known = dict(_read(one, whom, only) for one in named)
    known = _with_own(_about(known, only) if only else known, whom.deviations)
    if whom.base_url is not None and len(known) != 1:
        server = "--base-url names one server: name the one provider that it is"
        raise UsageError(f"{server}, as in `roomproof verify PROVIDER --base-url URL`")
    found = tuple(
        one if isinstance(one, UnreadableProvider) else _destination(*one, whom) for one in known.values()
    )
    if whom.live:
        _require_one_owner([one for one in found if isinstance(one, Destination)], whom.room_id)
    return found


def _read(
    named: str | Path | Contract, whom: ServerSettings, only: tuple[str, ...]
) -> tuple[str, Known | UnreadableProvider]:
    try:
        contract, deviations = contract_named(named, whom.contracts)
    except RoomproofError as error:
        if whom.live or only:
            raise
        return str(named), UnreadableProvider(str(named), without_login(whom.base_url or BUILT_IN), error)
    return contract.provider, (contract, deviations)


def _with_own(
    known: Mapping[str, Known | UnreadableProvider], paths: tuple[Path, ...]
) -> dict[str, Known | UnreadableProvider]:
    """Return the providers with the user's own deviations, where a contract can be read."""
    read = {name: one for name, one in known.items() if not isinstance(one, UnreadableProvider)}
    return {**known, **with_own(read, paths)} if paths else {**known}


def _about(
    known: Mapping[str, Known | UnreadableProvider], only: tuple[str, ...]
) -> dict[str, Known | UnreadableProvider]:
    """Return those that have a clause that was asked for. Raises UsageError for a pattern that names no
    clause.
    """
    clauses = {
        name: tuple(one[0].clauses) for name, one in known.items() if not isinstance(one, UnreadableProvider)
    }
    every = [clause for some in clauses.values() for clause in some]
    for pattern in only:
        if not any(covers((pattern,), clause) for clause in every):
            none = f"there is no such clause of {', '.join(clauses)}{did_you_mean(pattern, every)}"
            raise UsageError(f"--only {pattern}: {none}; `roomproof clauses` lists them")
    return {
        name: known[name] for name, some in clauses.items() if any(covers(only, clause) for clause in some)
    }


def _destination(contract: Contract, deviations: tuple[Deviation, ...], whom: ServerSettings) -> Destination:
    is_listed = is_bundled(contract) or not contract.file
    folders = whom.contracts or (() if is_listed else (Path(contract.file).parent,))
    base_url, is_address = whom.base_url, whom.live or _is_address(whom.base_url)
    if is_address:
        require_own_variables(contract, whom.allowed)
    if whom.live:
        base_url = _own_server(contract, whom.environment)
        HttpTarget(base_url).close()
        scheme_from(contract.credentials, whom.environment)
    words, place = tuple(_words(whom, folders)), (base_url, whom.room_id, whom.live, whom.ca_bundle)
    return Destination(contract, deviations, *place, folders, words, is_address, whom.environment)


def _own_server(contract: Contract, environment: Mapping[str, str]) -> str:
    """Return where a contract says that its provider is.

    Raises UsageError as `server_url` does, and for a contract that gives the name of an installed one to
    another server: whoever means that one has to name it.
    """
    installed = installed_contract(contract)
    if installed is not None and _server(installed) != _server(contract):
        other = f"{contract.file} says {without_login(contract.server)}"
        raise UsageError(
            f"{contract.provider} is at {installed.server}, but {other}: name the server that you mean "
            f"with --base-url in place of --live"
        )
    return server_url(contract, environment)


def _server(contract: Contract) -> tuple[str, Mapping[str, str]]:
    return contract.server, contract.server_environment


def _is_address(base_url: str | None) -> bool:
    if base_url is None:
        return False
    try:
        HttpTarget(base_url).close()
    except UsageError:
        return False
    return True


def _require_one_owner(found: Sequence[Destination], room_id: str | None) -> None:
    """Raise UsageError where a room has to be named and is not, or one id would be that of several."""
    in_need = [one for one in found if one.needs_room]
    if in_need and room_id is None:
        raise UsageError(
            f"{in_need[0].provider}: no documented way makes a room; name one that may be changed with "
            f"--room-id"
        )
    if room_id is not None and len(found) > 1:
        names = ", ".join(one.provider for one in found)
        raise UsageError(
            f"--room-id names a room of one provider, and {names} would all be asked about it: verify them "
            f"one by one"
        )


def account_destinations(
    path: Path, providers: Sequence[str | Path | Contract], whom: ServerSettings, only: tuple[str, ...] = ()
) -> tuple[Destination, ...]:
    """Return the accounts in a file as destinations of a run, each with its own credentials.

    `whom` has what an account does not say of itself. Raises UsageError that tells all mistakes of the
    accounts, each with its line; ContractError for a contract that cannot be read.
    """
    named = {one.provider if isinstance(one, Contract) else str(one): one for one in providers}
    if whom.room_id is not None:
        raise UsageError("--room-id names a room of one account: give each account of the file its room_id")
    accounts = read_accounts(path, tuple(named), whom.chosen)
    known: dict[str, Known] = {}
    for provider in dict.fromkeys(one.provider for one in accounts):
        contract, deviations = contract_named(named.get(provider, provider), whom.contracts)
        require_own_variables(contract, whom.allowed)
        known[provider] = (contract, deviations)
    known = with_own(known, whom.deviations) if whom.deviations else known
    if only:
        _about(known, only)
    found: list[Destination] = []
    mistakes: list[str] = []
    for account in accounts:
        try:
            found.append(_account_destination(account, known[account.provider], whom))
        except RoomproofError as error:
            mistakes.append(told_at(account, error))
    require_none([*mistakes, *_one_twice(found)])
    return tuple(found)


def _account_destination(account: Account, known: Known, whom: ServerSettings) -> Destination:
    contract, deviations = known
    base_url, live = account.base_url, bool(account.live)
    if base_url is None and account.live is None:
        base_url, live = whom.base_url, whom.live
    if base_url is None and not live:
        raise UsageError("it is not said where it is: give base_url or live, or --base-url or --live")
    variables = variables_of(account, contract, whom.environment)
    contract = with_variables(contract, variables)
    room_id = account.room_id
    here = replace(whom, base_url=base_url, live=live, room_id=room_id)
    # The user's own file names the variables, which is to allow them.
    allowed = (*whom.allowed, *variables.values())
    made = _destination(contract, deviations, replace(here, allowed=allowed))
    scheme_from(contract.credentials, whom.environment)
    if made.needs_room and room_id is None:
        raise UsageError("no documented way makes a room; name one that may be changed with room_id")
    words = ("--accounts", str(whom.accounts), "--account", account.name, *_words(here, made.contracts))
    return replace(made, account=account.name, rate=account.rate, words=words)


def _one_twice(found: Sequence[Destination]) -> Iterator[str]:
    """Yield the accounts that have the credentials of another one at the same server: they would disturb each
    other.
    """
    seen: dict[tuple[str, tuple[str, ...]], list[Destination]] = {}
    for one in found:
        held = one.contract.credentials.environment
        values = tuple(one.environment[name] for part, name in sorted(held.items()) if part != "unscoped")
        same = seen.setdefault((one.provider, values), [])
        for other in same:
            if is_one_server(one.base_url or "", other.base_url or ""):
                yield f"accounts {other.account} and {one.account} have the same credentials at one server"
        same.append(one)


def _words(whom: ServerSettings, folders: Iterable[Path]) -> list[str]:
    """Return the words of the command line that lead to a server."""
    words = ["--base-url", whom.base_url] if whom.base_url else ["--live"] if whom.live else []
    words += ["--room-id", whom.room_id] if whom.room_id else []
    words += ["--ca-bundle", str(whom.ca_bundle)] if whom.ca_bundle else []
    words += [word for name in whom.allowed for word in ("--allow-variable", name)]
    words += [word for path in whom.deviations for word in ("--deviations", str(path))]
    return [*words, *(word for folder in folders for word in ("--contracts", str(folder)))]


def again(destination: Destination, options: Options) -> tuple[str, ...]:
    """Return what follows `roomproof verify PROVIDER --only CLAUSE` where a run is to find the same again."""
    words, count = ["--seed", str(options.seed)], options.max_examples
    words += ["--max-examples", str(count)] if count != Options().max_examples else []
    words += ["--fuzz", str(options.fuzz)] if options.fuzz else []
    words += ["--strict"] if options.strict else []
    words += ["--rate", f"{options.rate:g}/s"] if options.rate else []
    return (*words, *destination.words)
