"""What a run of pytest asks of roomproof, and what is known so far."""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from roomproof.errors import RoomproofError, UsageError

if TYPE_CHECKING:
    from roomproof.contract.clause import Clause
    from roomproof.contract.model import Contract
    from roomproof.report.provider import ProviderReport

_NODE_ID = re.compile(r"(?:\.\./)*(roomproof::.+)")
CLIENT = "roomproof_client"
"""The setting that says what becomes of what the client sent outside the contract."""
CLIENT_WORDS = ("fail", "warn", "off")
MOCK = "mock"
"""What `--base-url` says for the built-in mock."""


@dataclass
class PluginSettings:
    """The options, and what they lead to.

    `providers` are those that the command line names, `known` the contracts, `clauses` what is collected of
    each provider, `only` the node ids on the command line, `told` the report on each provider, `begun` whose
    verification has begun, `first` the first item that an error kept from being tested; `turn` is the file
    that workers lock who share a server, empty where nobody shares one; `seed` is that of the verifications,
    None where recordings are judged. `mock` tells that the built-in mock was named as the server; `allowed`
    are environment variables that contracts may name besides their own, `deviations` files with the user's
    own. `client` says what becomes of what
    the client sent outside the contract: `fail`, `warn` or `off`.
    """

    config: pytest.Config
    providers: tuple[str, ...]
    cassettes: tuple[Path, ...]
    base_url: str | None
    mock: bool
    room_id: str | None
    contracts: tuple[Path, ...]
    allowed: tuple[str, ...] = ()
    deviations: tuple[Path, ...] = ()
    client: str = "warn"
    known: dict[str, Contract] = field(default_factory=dict)
    clauses: dict[str, tuple[Clause, ...]] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    told: dict[str, ProviderReport] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)
    first: dict[str, str] = field(default_factory=dict)
    turn: str = ""
    seed: int | None = None

    def report_on(self, provider: str) -> ProviderReport:
        """Return the report on a provider, which is verified when it is first asked for, and only then.

        Raises KeyboardInterrupt after Ctrl-C, UnfinishedError where an error has ended the verification
        before.
        """
        if provider not in self.told:
            if provider in self.begun:
                raise UnfinishedError(
                    f"{provider} was not verified: an error has ended it, see the first of its clauses"
                )
            self.begun.add(provider)
            self.told[provider] = _untested(provider) if self.cassettes else self._verified(provider)
        return self.told[provider]

    def tells_of_client(self, provider: str) -> bool:
        """Whether recordings of a provider have something that the client sent outside the contract, and it
        is to be told.
        """
        return self.client != "off" and provider in self.told and bool(self.told[provider].client)

    def explained(self, node_id: str, problem: str) -> str:
        """Return what an item says of a problem that it may share with others: all of it is said by the first
        one only.
        """
        first = self.first.setdefault(problem, node_id)
        return problem if first == node_id else f"not tested, for the reason that {first} tells"

    def server(self) -> str:
        """Return where requests are sent, without credentials."""
        from roomproof.secrets import without_login

        return without_login(self.base_url or "the built-in mock")

    def place(self, provider: str) -> str:
        """Return a provider and where its responses come from."""
        if not self.cassettes:
            return f"{provider} at {self.server()}"
        told = self.told.get(provider) or _untested(provider)
        when = f", recorded {told.recorded.from_} to {told.recorded.to}" if told.recorded else ""
        return f"{provider} from {told.target or 'no recording'}{when}"

    def forbidden(self) -> str:
        """Return which plugin keeps requests from being sent, in a sentence; empty if none does."""
        from roomproof.pytest_plugin.network import forbidden
        from roomproof.targets.serve import LOOPBACK

        return forbidden(self.config, self.base_url or f"http://{LOOPBACK}")

    def _verified(self, provider: str) -> ProviderReport:
        if problem := self.forbidden():
            return _untested(provider, problem)
        from roomproof.api import Ended, Event, verify

        def heed(event: Event) -> None:
            if isinstance(event, Ended) and event.is_interrupted:
                raise KeyboardInterrupt

        try:
            report = verify(
                self.known[provider],
                base_url=self.base_url,
                room_id=self.room_id,
                contracts=self.contracts,
                allow_variables=self.allowed,
                deviations=self.deviations,
                listeners=[heed],
            )
        except RoomproofError as error:
            return _untested(provider, str(error))
        self.seed = report.seed
        return report.providers[0]


class UnfinishedError(RoomproofError):
    """A verification was ended by an error that has been shown already."""


ASKED = pytest.StashKey[PluginSettings]()


def _untested(provider: str, problem: str = "") -> ProviderReport:
    """Return the report on a provider of which the recordings hold nothing, or to which a problem lets
    nothing be sent.
    """
    from roomproof.report.provider import ProviderReport

    return ProviderReport(
        provider=provider,
        target="",
        requests=0,
        seconds=0.0,
        stopped=problem,
        clauses=(),
        findings=(),
    )


def hand_over(asked: PluginSettings) -> str:
    """Return what a worker of pytest-xdist has to know; the verdicts are there before one is started."""
    from roomproof.json_data import to_json

    told = to_json(tuple(asked.told.values()))
    known = {"providers": list(asked.clauses), "told": told, "turn": asked.turn, "seed": asked.seed}
    return json.dumps(known)


def take_over(asked: PluginSettings, text: str) -> list[str]:
    """Take what was handed over, and return the providers whose clauses are tested."""
    from roomproof.json_data import from_json
    from roomproof.report.provider import ProviderReport

    known = json.loads(text)
    asked.told = {told["provider"]: from_json(ProviderReport, told) for told in known["told"]}
    asked.turn, asked.seed = known["turn"], known["seed"]
    return list(known["providers"])


def dest(option: str) -> str:
    """Return the name under which pytest keeps one of our options."""
    return "roomproof_" + option.lstrip("-").replace("-", "_")


def asked_of(config: pytest.Config) -> PluginSettings:
    """Read the options. Raises UsageError for one that is given but empty, as an unset variable of CI makes
    it.
    """

    def given(option: str) -> Any:
        value = config.getoption(dest(option), None)
        for text in [value] if isinstance(value, str) else value or ():
            _require_text(option, text)
        return value

    providers = tuple(dict.fromkeys(given("--provider") or ()))
    given("--base-url")
    base_url = config.getoption("--base-url") or None
    if providers and _is_last_given_empty(config, "--base-url"):
        _require_text("--base-url", "")
    return PluginSettings(
        config=config,
        providers=providers,
        cassettes=tuple(Path(path) for path in given("--cassette") or ()),
        base_url=None if base_url == MOCK else base_url,
        mock=base_url == MOCK,
        room_id=given("--room-id"),
        contracts=tuple(Path(path) for path in given("--contracts") or ()),
        allowed=tuple(given("--allow-variable") or ()),
        deviations=tuple(Path(path) for path in given("--deviations") or ()),
        client=_choice(config, CLIENT, CLIENT_WORDS),
    )


def _choice(config: pytest.Config, name: str, words: tuple[str, ...]) -> str:
    """Return the word that a setting has. Raises UsageError for any other."""
    word: str = config.getini(name)
    if word not in words:
        raise UsageError(f"{name} = {word!r}: write {', '.join(words[:-1])} or {words[-1]}")
    return word


def _require_text(option: str, text: str) -> None:
    if not text.strip():
        raise UsageError(
            f"{option} is given but empty: give it a value or leave it out (a variable may be unset)"
        )


def _is_last_given_empty(config: pytest.Config, option: str) -> bool:
    """Whether an option of another plugin, which may take an empty value for none, was last given as an empty
    one.

    A setting or a variable of that plugin's own is none of ours.
    """
    in_variable = shlex.split(os.environ.get("PYTEST_ADDOPTS", ""))
    words = [*config.getini("addopts"), *in_variable, *map(str, config.invocation_params.args)]
    last = None
    for word, following in pairwise([*words, ""]):
        if word == option:
            last = following
        elif word.startswith(f"{option}="):
            last = word.partition("=")[2]
    return last is not None and not last.strip()


def prepare(config: pytest.Config, asked: PluginSettings) -> None:
    """Check what is asked for, judge the recordings, list the clauses; nothing is sent.

    Raises RoomproofError for options that have no meaning, and for recordings that cannot be read.
    """
    if asked.cassettes and asked.mock:
        raise UsageError(
            "--base-url=mock and --cassette: a recording is judged without a server; leave one of them out"
        )
    mine = config.getoption(dest("--base-url"), None)
    if asked.base_url and len(asked.providers) != 1 and (mine or (asked.providers and not asked.cassettes)):
        raise UsageError("--base-url names one server: say with one --provider whose it is")
    if (
        asked.providers
        and asked.room_id is not None
        and not asked.cassettes
        and (asked.mock or asked.base_url is None)
    ):
        raise UsageError(
            "--room-id names a room of a server: add its --base-url; a built-in mock has a room of its own"
        )
    if asked.cassettes:
        _listen(asked)
    read_contracts(config, asked, asked.providers or asked.told)
    if asked.clauses and not asked.cassettes and asked.base_url is None:
        from roomproof.providers import require_mock

        for provider in asked.clauses:
            require_mock(provider)


def _listen(asked: PluginSettings) -> None:
    from roomproof.api import replay

    report = replay(*asked.cassettes, contracts=asked.contracts, deviations=asked.deviations)
    asked.told = {told.provider: told for told in report.providers}
    if not asked.providers and not asked.told:
        names = ", ".join(str(path) for path in asked.cassettes)
        raise UsageError(f"--cassette {names}: nothing there belongs to a provider that has a contract")


def read_contracts(config: pytest.Config, asked: PluginSettings, providers: Iterable[str]) -> None:
    """List the clauses of some providers. Node ids of ours leave the command line, where pytest would take
    them for files.

    Raises UsageError for an unknown provider or node id.
    """
    wanted = list(providers)
    if not wanted:
        return
    from roomproof.providers import find_contract

    asked.known = {name: find_contract(name, asked.contracts)[0] for name in wanted}
    asked.clauses = {name: tuple(contract.clauses.values()) for name, contract in asked.known.items()}
    asked.only = tuple(match[1] for match in map(_NODE_ID.fullmatch, config.args) if match)
    config.args[:] = [argument for argument in config.args if not _NODE_ID.fullmatch(argument)]
    known = [clause.id for clauses in asked.clauses.values() for clause in clauses]
    known += [f"{name}.client" for name in wanted if asked.tells_of_client(name)]
    for node_id in asked.only:
        if not any(is_named(clause_id, node_id) for clause_id in known):
            raise UsageError(f"not found: {node_id}; there are clauses of {', '.join(wanted)}")


def is_named(clause_id: str, node_id: str) -> bool:
    """Whether a node id names a clause, or its provider."""
    provider, _, name = clause_id.partition(".")
    return node_id in (f"roomproof::{provider}", f"roomproof::{provider}::{name}")
