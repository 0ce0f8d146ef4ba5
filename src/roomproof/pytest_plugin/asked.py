"""What a run of pytest asks of roomproof, and what is known so far."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from roomproof.errors import UsageError

if TYPE_CHECKING:
    from roomproof.contract.clause import Clause

_NODE_ID = re.compile(r"(?:\.\./)*(roomproof::.+)")
_INTERRUPTED = 130


@dataclass
class Asked:
    """The options, and what they lead to.

    `providers` are those that the command line names, `clauses` what is collected of each provider, `only` the node ids on
    the command line, `told` the report on each provider; `turn` is the file that workers lock who share a server, empty
    where nobody shares one.
    """

    providers: tuple[str, ...]
    cassettes: tuple[Path, ...]
    base_url: str | None
    room_id: str | None
    contracts: tuple[Path, ...]
    clauses: dict[str, tuple[Clause, ...]] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    told: dict[str, dict[str, Any]] = field(default_factory=dict)
    turn: str = ""

    def report_on(self, provider: str) -> dict[str, Any]:
        """Return the report on a provider, which is verified when it is first asked for. Raises KeyboardInterrupt after Ctrl-C."""
        if provider not in self.told:
            self.told[provider] = _unheard(provider) if self.cassettes else self._verified(provider)
        return self.told[provider]

    def _verified(self, provider: str) -> dict[str, Any]:
        from roomproof.commands.subject import Ask
        from roomproof.commands.verify import verify
        from roomproof.verify.run import Options

        verified = verify(Ask((provider,), self.base_url, self.room_id, self.contracts, os.environ), Options(), lambda *_: None)
        if verified.exit_code == _INTERRUPTED:
            raise KeyboardInterrupt
        return {**verified.report["providers"][0], "seed": verified.report["seed"]}


ASKED = pytest.StashKey[Asked]()


def _unheard(provider: str) -> dict[str, Any]:
    """Return the report on a provider of which the recordings hold nothing."""
    return {"provider": provider, "target": "", "stopped": "", "clauses": [], "findings": []}


def dest(option: str) -> str:
    """Return the name under which pytest keeps one of our options."""
    return "roomproof_" + option.lstrip("-").replace("-", "_")


def asked_of(config: pytest.Config) -> Asked:
    """Read the options."""

    def given(option: str) -> Any:
        return config.getoption(dest(option), None)

    return Asked(
        providers=tuple(dict.fromkeys(given("--provider") or ())),
        cassettes=tuple(Path(path) for path in given("--cassette") or ()),
        base_url=config.getoption("--base-url") or None,
        room_id=given("--room-id"),
        contracts=tuple(Path(path) for path in given("--contracts") or ()),
    )


def prepare(config: pytest.Config, asked: Asked) -> None:
    """Check what is asked for, judge the recordings, list the clauses; nothing is sent.

    Raises RoomproofError for options that have no meaning, and for recordings that cannot be read.
    """
    mine = config.getoption(dest("--base-url"), None)
    if asked.base_url and len(asked.providers) != 1 and (mine or (asked.providers and not asked.cassettes)):
        raise UsageError("--base-url names one server: say with one --provider whose it is")
    if asked.cassettes:
        _listen(asked)
    read_contracts(config, asked, asked.providers or asked.told)
    if asked.clauses and not asked.cassettes and asked.base_url is None:
        from roomproof.providers import require_mock

        for provider in asked.clauses:
            require_mock(provider)


def _listen(asked: Asked) -> None:
    from roomproof.commands.replay import Listen, replayed

    report, problems = replayed(Listen(asked.cassettes, asked.contracts))
    if problems:
        raise problems[0]
    asked.told = {told["provider"]: told for told in report["providers"]}
    if not asked.providers and not asked.told:
        names = ", ".join(str(path) for path in asked.cassettes)
        raise UsageError(f"--cassette {names}: nothing there belongs to a provider that has a contract")


def read_contracts(config: pytest.Config, asked: Asked, providers: Iterable[str]) -> None:
    """List the clauses of some providers. Node ids of ours leave the command line, where pytest would take them for files.

    Raises UsageError for an unknown provider or node id.
    """
    wanted = list(providers)
    if not wanted:
        return
    from roomproof.providers import find_contract

    asked.clauses = {name: tuple(find_contract(name, asked.contracts)[0].clauses.values()) for name in wanted}
    asked.only = tuple(match[1] for match in map(_NODE_ID.fullmatch, config.args) if match)
    config.args[:] = [argument for argument in config.args if not _NODE_ID.fullmatch(argument)]
    known = [clause.id for clauses in asked.clauses.values() for clause in clauses]
    for node_id in asked.only:
        if not any(is_named(clause_id, node_id) for clause_id in known):
            raise UsageError(f"not found: {node_id}; there are clauses of {', '.join(wanted)}")


def is_named(clause_id: str, node_id: str) -> bool:
    """Whether a node id names a clause, or its provider."""
    provider, _, name = clause_id.partition(".")
    return node_id in (f"roomproof::{provider}", f"roomproof::{provider}::{name}")
