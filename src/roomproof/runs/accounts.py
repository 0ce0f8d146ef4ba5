"""Accounts of providers, as a file names them: which environment variables hold the credentials of each, and
where it is asked. No secret stands in the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from roomproof.contract.model import Contract
from roomproof.contract.yaml_text import nodes_of, parse_yaml
from roomproof.errors import ContractError, RoomproofError, UsageError
from roomproof.providers import read_text

_FIELDS: Mapping[str, tuple[type, ...]] = {
    "name": (str,),
    "provider": (str,),
    "credentials": (dict,),
    "base_url": (str,),
    "room_id": (str,),
    "rate": (int, float),
    "live": (bool,),
}
_KINDS = {str: "a text", dict: "a mapping", int: "a number of requests a second", bool: "true or false"}
_LAYOUT = "a list of accounts, each with name, provider, credentials, and base_url or live"
_MOST = 1000
"""So many accounts may stand in a file."""
_MOST_TOLD = 20


@dataclass(frozen=True)
class Account:
    """One account: `credentials` has, for each variable that the contract names, the variable that holds it
    here; `place` is the file and the line. What is None is as for the whole run.
    """

    name: str
    provider: str
    credentials: Mapping[str, str]
    place: str
    base_url: str | None = None
    room_id: str | None = None
    rate: float | None = None
    live: bool | None = None


def read_accounts(path: Path, providers: tuple[str, ...], chosen: tuple[str, ...]) -> tuple[Account, ...]:
    """Return the accounts in a file; of `providers` and with `chosen` names only, if any are given.

    One provider is that of each account which names none. Raises UsageError that tells all mistakes, each
    with its line.
    """
    text = read_text(path)
    told = parse_yaml(text, str(path))
    if not isinstance(told, list) or not 0 < len(told) <= _MOST:
        raise UsageError(f"{path}: is to be {_LAYOUT}; at least one, and at most {_MOST}")
    root = nodes_of(text)
    nodes = root.value if isinstance(root, yaml.SequenceNode) else []
    places = [f"{path}:{node.start_mark.line + 1}" for node in nodes]
    default = providers[0] if len(providers) == 1 else None
    mistakes = [
        f"{place}: {mistake}"
        for place, entry in zip(places, told, strict=True)
        for mistake in _mistakes(entry, default)
    ]
    names = Counter(name for entry in told if isinstance(name := _name_of(entry), str))
    mistakes += [
        f"{place}: another account has the name {name!r}, too"
        for place, entry in zip(places, told, strict=True)
        if isinstance(name := _name_of(entry), str) and names[name] > 1
    ]
    require_none(mistakes)
    accounts = tuple(
        Account(**{"provider": default, **entry, "place": place})
        for place, entry in zip(places, told, strict=True)
    )
    if unknown := [name for name in chosen if name not in names]:
        raise UsageError(f"--account {unknown[0]}: {path} has no account of that name")
    found = tuple(
        one
        for one in accounts
        if (not providers or one.provider in providers) and (not chosen or one.name in chosen)
    )
    if not found:
        raise UsageError(f"{path}: has no account of {', '.join(providers)}")
    return found


def _name_of(entry: Any) -> Any:
    return entry.get("name") if isinstance(entry, dict) else None


def require_none(mistakes: Iterable[str]) -> None:
    """Raise UsageError that tells some mistakes, if there are any."""
    found = list(mistakes)
    if found:
        more = [f"and {len(found) - _MOST_TOLD} more mistakes"] if len(found) > _MOST_TOLD else []
        raise UsageError("; ".join([*found[:_MOST_TOLD], *more]))


def _mistakes(entry: Any, default: str | None) -> Iterator[str]:
    """Yield what is wrong with an entry. No value is repeated: a secret may stand there by mistake."""
    if not isinstance(entry, dict):
        yield f"is no account; the file is to be {_LAYOUT}"
        return
    for name in entry:
        if name not in _FIELDS:
            yield f"has a field that is none of {', '.join(_FIELDS)}"
    for name, kinds in _FIELDS.items():
        value = entry.get(name)
        if name not in entry:
            if name in ("name", "credentials") or (name == "provider" and default is None):
                yield f"has no {name}"
        elif not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds) or value == "":
            yield f"{name} is to be {_KINDS[kinds[0]]}"
    rate, held = entry.get("rate"), entry.get("credentials")
    if isinstance(rate, int | float) and not 0 < rate < 1e9:
        yield "rate is to be more than 0"
    if isinstance(held, dict) and not all(isinstance(one, str) and one for one in held.values()):
        yield "credentials are to be names of environment variables"
    if entry.get("live") is True and "base_url" in entry:
        yield "live is the server of the contract, base_url another one: give one of them"


def with_variables(contract: Contract, variables: Mapping[str, str]) -> Contract:
    """Return a contract whose credentials are held by other variables, by part."""
    return replace(contract, credentials=replace(contract.credentials, environment=dict(variables)))


def variables_of(account: Account, contract: Contract, environment: Mapping[str, str]) -> Mapping[str, str]:
    """Return the variable that holds each part of an account's credentials. A part that the account does not
    name is nobody else's either: `unscoped` is then left out.

    Raises UsageError that tells all mistakes; values are never repeated.
    """
    own = contract.credentials.environment
    needed = {name for part, name in own.items() if part != "unscoped"}
    mistakes = [
        f"credentials lack {name}: say which environment variable holds it"
        for name in sorted(needed - {*account.credentials})
    ]
    if {*account.credentials} - {*own.values()}:
        mistakes.append(
            f"credentials name a variable that is none of the contract: {', '.join(own.values())}"
        )
    mistakes += [
        f"what credentials have for {name} is not the name of an environment variable that is set"
        for name, variable in account.credentials.items()
        if name in own.values() and not environment.get(variable, "").strip()
    ]
    require_none(f"{account.place}: account {account.name}: {mistake}" for mistake in mistakes)
    return {part: account.credentials[name] for part, name in own.items() if name in account.credentials}


def told_at(account: Account, error: RoomproofError) -> str:
    """Return an error of an account with its place."""
    where = f"{account.place}: account {account.name}: "
    text = str(error)
    return text if text.startswith(account.place) or isinstance(error, ContractError) else where + text
