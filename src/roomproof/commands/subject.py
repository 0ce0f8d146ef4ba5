"""Whom a command asks: the provider, where it is, with which credentials; and what may never be shown of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from roomproof import __version__
from roomproof.cassettes.past import digest
from roomproof.cassettes.redaction import Redactor
from roomproof.providers import find_contract, find_special, require_mock
from roomproof.reports.secrets import cleaned, discreet
from roomproof.targets.credentials import scheme_from, unscoped_from
from roomproof.targets.http import HttpTarget
from roomproof.targets.serve import mock_process
from roomproof.targets.target import is_loopback
from roomproof.verify.session import Subject


@dataclass(frozen=True)
class Ask:
    """What the user asked for: whom, where, which room, with which contracts and environment, recorded where."""

    providers: tuple[str, ...]
    base_url: str | None
    room_id: str | None
    contracts: tuple[Path, ...]
    environment: Mapping[str, str] = field(repr=False)
    record: Path | None = None
    regressions: Path | None = None


@contextmanager
def subject_of(provider: str, ask: Ask) -> Iterator[Subject]:
    """Yield whom to ask: the server at the base URL, else the provider's mock, which is served as long as the context lasts.

    No error that leaves the context says a secret. Raises UsageError for what is unknown or missing, UnreachableError if the mock
    does not start.
    """
    contract, deviations = find_contract(provider, ask.contracts)
    special = find_special(provider)
    if ask.base_url is not None:
        scheme = scheme_from(contract.credentials, ask.environment)
        unscoped = unscoped_from(contract.credentials, scheme, ask.environment)
        subject = Subject(contract, deviations, special, HttpTarget(ask.base_url), scheme, unscoped, ask.room_id)
        with discreet(secrets_of(subject, ask.environment)):
            yield subject
        return
    require_mock(provider)
    with mock_process(provider) as serving:
        scheme = scheme_from(contract.credentials, serving.environment)
        unscoped = unscoped_from(contract.credentials, scheme, serving.environment)
        yield Subject(contract, deviations, special, HttpTarget(serving.base_url), scheme, unscoped, serving.room_id)


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
    """Return the credentials of a run in every part: keys, passwords, user names, those without the scope."""
    named = (environment.get(name, "") for name in subject.contract.credentials.environment.values())
    unscoped = subject.unscoped.secrets() if subject.unscoped else ()
    return (*subject.scheme.secrets(), *unscoped, *(value for value in named if value))


def redactor_of(subject: Subject, environment: Mapping[str, str]) -> Redactor:
    """Return what takes a run's secrets out of its recordings; a live room's access codes are among them."""
    return Redactor(secrets_of(subject, environment), live=not is_loopback(subject.target.base_url))
