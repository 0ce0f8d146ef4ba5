"""A probe: where the limits of providers are, and what they do where documents are silent."""

from __future__ import annotations

from pathlib import Path

from roomproof.engine.probing import ProbeResult, probe
from roomproof.errors import RoomproofError
from roomproof.events import to_each
from roomproof.reports.observations import Observations, observations_document
from roomproof.runs.destination import Destination, UnreadableProvider
from roomproof.runs.events import Concluded
from roomproof.runs.provider_turn import TurnEnd
from roomproof.runs.recording import recorded
from roomproof.runs.subject import subject_of
from roomproof.runs.turns import Turns


def observed(turns: Turns) -> Observations:
    """Probe each provider and return the observations.

    Raises what kept a provider from being asked, or a recording from being written, when everything else is
    done.
    """
    every: list[ProbeResult] = []
    for destination, cassette in turns.each():
        try:
            every.append(_turn(turns, destination, cassette, every))
        except RoomproofError as error:
            turns.trouble(destination.provider)(error)
    return turns.end(observations_document(every))


def _turn(
    turns: Turns,
    destination: Destination | UnreadableProvider,
    cassette: Path | None,
    earlier: list[ProbeResult],
) -> ProbeResult:
    if isinstance(destination, UnreadableProvider):
        raise destination.error
    provider = destination.provider
    with (
        subject_of(destination, turns.tell) as subject,
        recorded(cassette, subject, turns.trouble(provider)) as keep,
    ):

        def concluded(probed: ProbeResult) -> None:
            if not subject.ours:
                told = observations_document([*earlier, probed])
                turns.tell(Concluded(provider, told))

        probed = probe(subject, turns.options, to_each((keep, turns.tell)), concluded)
        turns.done(TurnEnd.of(probed.result))
        return probed
