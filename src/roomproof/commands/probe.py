"""`roomproof probe`: ask a provider where its limits are and what it does where documents are silent, show and write the answers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from roomproof import files
from roomproof.cassettes.recorder import cassette_path
from roomproof.commands.live import announce
from roomproof.commands.subject import Ask, secrets_of, subject_of
from roomproof.commands.verify import EXPECTED_REQUESTS, chosen_providers, kept
from roomproof.errors import RoomproofError, UsageError
from roomproof.json_data import as_json
from roomproof.reports.console import open_console
from roomproof.reports.observations import Noted, observations_document, show_observations
from roomproof.reports.progress import progress
from roomproof.reports.report import write_text
from roomproof.verify.probing import Probed, probe
from roomproof.verify.session import Options, Progress


def run_probe(ask: Ask, options: Options, json: Path | None) -> int:
    """Probe the providers and return the exit code: 0 done, 3 cut short, 130 interrupted. What was seen until then is shown and written.

    Raises RoomproofError for the first provider that could not be asked, or the first file that could not be written.
    """
    console, noted, failures = open_console(), list[Noted](), list[RoomproofError]()
    chosen = chosen_providers(ask)
    announce(ask, chosen, options)
    with progress(console, dict.fromkeys(chosen, EXPECTED_REQUESTS)) as on_request:
        for provider in chosen:
            place = cassette_path(ask.record, provider, len(chosen), datetime.now(UTC)) if ask.record else None
            try:
                noted.append(_probe_one(provider, replace(ask, record=place), options, on_request, failures, partial(_write, json, noted)))
            except RoomproofError as error:
                failures.append(error)
                continue
            if noted[-1].probed.result.interrupted:
                break
    document = observations_document(noted)
    if noted:
        show_observations(console, document)
    if json is not None:
        write_text(json, as_json(document))
    if failures:
        raise failures[0]
    return _exit_code([item.probed for item in noted])


def _probe_one(
    provider: str, ask: Ask, options: Options, on_request: Progress, failures: list[RoomproofError], before: Callable[[Noted], None]
) -> Noted:
    with subject_of(provider, ask) as subject, kept(subject, ask, failures) as (recorded, _):
        secrets = secrets_of(subject, ask.environment)

        def seen_so_far(probed: Probed) -> None:
            if not subject.ours:
                before(Noted(probed, secrets))

        return Noted(probe(recorded, options, on_request, seen_so_far), secrets)


def _write(json: Path | None, earlier: list[Noted], last: Noted) -> None:
    """Write what was seen while a run still tidies up: whatever happens then, it is there. A pipe, or a full disk, can wait."""
    if json is not None and (files.is_file(json) or not files.is_there(json)):
        with suppress(UsageError):
            write_text(json, as_json(observations_document([*earlier, last])))


def _exit_code(probed: list[Probed]) -> int:
    if any(one.result.interrupted for one in probed):
        return 130
    return 3 if any(one.result.stopped for one in probed) else 0
