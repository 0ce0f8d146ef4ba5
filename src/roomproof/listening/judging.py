"""Judge what a client does in a block of a program, most often of a test."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from roomproof.listening.clients import listened
from roomproof.listening.contracts import known_contracts, known_secrets
from roomproof.listening.errors import BrokenClauseError, NothingJudgedError, nothing_judged, text_of
from roomproof.listening.stream import Hearing, Listening
from roomproof.listening.vcr_cassettes import noticed_cassettes
from roomproof.verdict import Finding, Verdict, Verdicts


@contextmanager
def judging(
    provider: str,
    client: Any,
    *,
    contracts: str | Path | Sequence[str | Path] = (),
    deviations: str | Path | Sequence[str | Path] = (),
    strict: bool = False,
) -> Iterator[Verdicts]:
    """Judge every exchange of a client while the context lasts, and yield the verdicts, which grow meanwhile.

    :param provider: whose contract it is judged by; requests that fit no operation of it do not count.
    :param client: an httpx.Client, httpx.AsyncClient, requests.Session or urllib3.PoolManager. Responses that
    are read as they come stay so, and count by their status and headers.
    :param contracts: folders with further contracts, as `--contracts` names them.
    :param deviations: files with known deviations of your own, as `--deviations` names them.
    :param strict: makes a fail of harmless leniency, too.

    At the end it raises BrokenClauseError if a clause fails, NothingJudgedError if no exchange tests a
    clause: both are AssertionErrors. An exception in the block goes on as it is, with the findings as a note.
    Raises UsageError for an unknown provider or client, ContractError for a contract that cannot be read.
    """
    listening = Listening(known_contracts(contracts, provider, deviations), provider, strict=strict)
    hearing = listening.hearing_of(provider)
    try:
        with listened(client, listening), noticed_cassettes():
            yield hearing.verdicts
    except BaseException as error:
        for text in _texts(hearing):
            error.add_note(text)
        raise
    fails = _fails(hearing)
    if fails:
        raise BrokenClauseError("\n\n".join(_texts(hearing)), fails)
    if why := nothing_judged(listening, provider, "in the block"):
        raise NothingJudgedError(why)


def _fails(hearing: Hearing) -> tuple[Finding, ...]:
    return tuple(finding for finding in hearing.verdicts.findings() if finding.verdict is Verdict.FAIL)


def _texts(hearing: Hearing) -> list[str]:
    secrets = known_secrets((hearing.contract,), os.environ)
    return [text_of(finding, hearing, secrets) for finding in _fails(hearing)]
