"""Whom a run asks: the provider, where it is, with which credentials; and what may never be shown of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from roomproof import __version__
from roomproof.cassettes.past import digest
from roomproof.cassettes.redaction import Redactor
from roomproof.contract.clause import Part
from roomproof.contract.model import Contract
from roomproof.contract.resource import Effect
from roomproof.engine.session import Subject
from roomproof.errors import UsageError
from roomproof.events import Listener, Remarked
from roomproof.legible import one_line
from roomproof.providers import find_special, require_mock
from roomproof.reports.secrets import cleaned, discreet
from roomproof.runs.destination import Destination
from roomproof.runs.journals import heading_of, kept_journal
from roomproof.targets.credentials import scheme_from, unscoped_from
from roomproof.targets.grammar import unnameable
from roomproof.targets.http import HttpTarget
from roomproof.targets.proxy import proxy_secrets
from roomproof.targets.serve import mock_process
from roomproof.targets.target import is_loopback
from roomproof_strategies import Special
from roomproof_strategies.own_texts import own_texts


@contextmanager
def subject_of(destination: Destination, tell: Listener) -> Iterator[Subject]:
    """Yield whom to ask: the server of a destination, else the provider's mock, served as long as the context
    lasts.

    No error that leaves the context says a secret. Raises UsageError for what is unknown or missing,
    UnreachableError if the mock does not start.
    """
    provider, room_id = destination.provider, destination.room_id
    if destination.base_url is None:
        require_mock(provider)
        with mock_process(provider) as serving:
            target = HttpTarget(serving.base_url)
            subject = _subject(destination, target, serving.environment)
            yield replace(subject, room_id=serving.room_id, ours=True)
        return
    if room_id is not None and (why := unnameable(room_id)):
        raise UsageError(f"--room-id {one_line(room_id)} is no id that a path can name: {why}")
    environment = destination.environment
    target = HttpTarget(destination.base_url, ca_bundle=destination.ca_bundle, environment=environment)
    subject = _subject(destination, target, environment)
    own = subject.scheme.secrets()

    def say(sentence: str) -> None:
        tell(Remarked(provider, one_line(cleaned(sentence, own))))

    heading = heading_of(
        subject.contract,
        target.base_url,
        room_id,
        destination.contracts,
        is_account=bool(destination.account),
    )
    journal = kept_journal(heading, subject.contract, environment, own, say, live=destination.live)
    with discreet(subject.secrets), journal as kept:
        yield replace(subject, journal=kept, tell=say)


def _subject(destination: Destination, target: HttpTarget, granted: Mapping[str, str]) -> Subject:
    """Return whom to ask, with the credentials that `granted` holds.

    The secrets of the run are those of the environment, too.
    """
    contract, environment = destination.contract, destination.environment
    scheme = scheme_from(contract.credentials, granted)
    unscoped = unscoped_from(contract.credentials, scheme, granted)
    named = (environment.get(name, "") for name in contract.credentials.environment.values())
    others = (*(unscoped.secrets() if unscoped else ()), *filter(None, named), *proxy_secrets(environment))
    special, secrets = find_special(destination.provider), (*scheme.secrets(), *others)
    if special == Special():  # Nobody has said what is special about its payloads but the contract.
        special = own_texts(dict(_unique_fields(contract)))
    who = (scheme, unscoped, destination.room_id)
    return Subject(contract, destination.deviations, special, target, *who, secrets=secrets)


def _unique_fields(contract: Contract) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the operations that make rooms with the schemas of the fields that no two rooms may share."""
    for operation in contract.operations:
        if operation.effect is Effect.CREATE:
            fields = operation.schema.get("properties", {})
            clauses = operation.by_rule.get((Part.BEHAVIOUR, "unique"), ())
            names = [one.path[0] for one in clauses if len(one.path) == 1 and "each" not in one.options]
            yield operation.id, {name: fields[name] for name in names if name in fields}


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


def redactor_of(subject: Subject) -> Redactor:
    """Return what takes a run's secrets out of its recordings; a live room's access codes are among them."""
    return Redactor(subject.secrets, live=not is_loopback(subject.target.base_url))
