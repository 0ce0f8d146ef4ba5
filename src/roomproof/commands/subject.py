"""Whom a command asks: the provider, where it is, with which credentials; and what may never be shown of them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from roomproof import __version__
from roomproof.auth.scheme import Scheme
from roomproof.cassettes.past import digest
from roomproof.cassettes.redaction import Redactor
from roomproof.commands.bookkeeping import heading_of, kept_books
from roomproof.contract.model import Contract
from roomproof.errors import UsageError
from roomproof.legible import one_line
from roomproof.providers import find_contract, find_special, installed_contract, require_mock, require_own_variables
from roomproof.reports.secrets import cleaned, discreet
from roomproof.secrets import without_login
from roomproof.targets.credentials import scheme_from, unscoped_from
from roomproof.targets.grammar import unnameable
from roomproof.targets.http import HttpTarget
from roomproof.targets.proxy import proxy_secrets
from roomproof.targets.serve import mock_process
from roomproof.targets.server import server_url
from roomproof.targets.target import is_loopback
from roomproof.verify.session import Subject


@dataclass(frozen=True)
class Ask:
    """What the user asked for: whom, where, which room, with which contracts, environment and certificates, recorded where.

    `live` is the contract's own server, `yes` the user's word that requests may be sent there. `allowed` are environment variables
    that contracts may name although they are not their own.
    """

    providers: tuple[str, ...]
    base_url: str | None
    room_id: str | None
    contracts: tuple[Path, ...]
    environment: Mapping[str, str] = field(repr=False)
    record: Path | None = None
    regressions: Path | None = None
    ca_bundle: Path | None = None
    live: bool = False
    yes: bool = False
    allowed: tuple[str, ...] = ()


def base_url_of(contract: Contract, ask: Ask) -> str:
    """Return where a provider is asked that is no built-in mock.

    Raises UsageError as `server_url` does, for variables that the contract has no right to, and for a contract that gives the name of
    an installed one to another server: whoever means that one has to name it.
    """
    require_own_variables(contract, ask.allowed)
    if ask.base_url is not None:
        return ask.base_url
    installed = installed_contract(contract)
    if installed is not None and _server(installed) != _server(contract):
        raise UsageError(
            f"{contract.provider} is at {installed.server}, but {contract.file} says {without_login(contract.server)}: name the server "
            "that you mean with --base-url in place of --live"
        )
    return server_url(contract, ask.environment)


def _server(contract: Contract) -> tuple[str, Mapping[str, str]]:
    return contract.server, contract.server_environment


@contextmanager
def subject_of(provider: str, ask: Ask) -> Iterator[Subject]:
    """Yield whom to ask: the server at the base URL or the live one, else the provider's mock, served as long as the context lasts.

    No error that leaves the context says a secret. Raises UsageError for what is unknown or missing, UnreachableError if the mock
    does not start.
    """
    contract, deviations = find_contract(provider, ask.contracts)
    special = find_special(provider)
    if ask.live or ask.base_url is not None:
        if ask.room_id is not None and (why := unnameable(ask.room_id)):
            raise UsageError(f"--room-id {one_line(ask.room_id)} is no id that a path can name: {why}")
        target = HttpTarget(base_url_of(contract, ask), ca_bundle=ask.ca_bundle, environment=ask.environment)
        scheme = scheme_from(contract.credentials, ask.environment)
        unscoped = unscoped_from(contract.credentials, scheme, ask.environment)
        heading = heading_of(contract, target.base_url, ask.room_id, ask.contracts)
        with kept_books(heading, contract, ask.environment, scheme.secrets(), live=ask.live) as books:
            subject = Subject(contract, deviations, special, target, scheme, unscoped, ask.room_id, books, tell=partial(_tell, scheme))
            with discreet(secrets_of(subject, ask.environment)):
                yield subject
        return
    require_mock(provider)
    with mock_process(provider) as serving:
        scheme = scheme_from(contract.credentials, serving.environment)
        unscoped = unscoped_from(contract.credentials, scheme, serving.environment)
        yield Subject(contract, deviations, special, HttpTarget(serving.base_url), scheme, unscoped, serving.room_id, ours=True)


def _tell(scheme: Scheme, sentence: str) -> None:
    """Say a sentence to the user at once, without the secrets that a value of a room may repeat."""
    print(f"roomproof: {one_line(cleaned(sentence, scheme.secrets()))}", file=sys.stderr)


def told_of(subject: Subject) -> dict[str, str]:
    """Return what a cassette says of itself."""
    return {
        "provider": subject.contract.provider,
        "contract_version": subject.contract.version,
        "contract": digest(subject.contract, subject.deviations),
        "target": cleaned(subject.target.base_url, subject.scheme.secrets()),
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "version": __version__,
    }


def secrets_of(subject: Subject, environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the credentials of a run in every part: keys, passwords, user names, those without the scope, those for proxies."""
    named = (environment.get(name, "") for name in subject.contract.credentials.environment.values())
    unscoped = subject.unscoped.secrets() if subject.unscoped else ()
    return (*subject.scheme.secrets(), *unscoped, *(value for value in named if value), *proxy_secrets(environment))


def redactor_of(subject: Subject, environment: Mapping[str, str]) -> Redactor:
    """Return what takes a run's secrets out of its recordings; a live room's access codes are among them."""
    return Redactor(secrets_of(subject, environment), live=not is_loopback(subject.target.base_url))
