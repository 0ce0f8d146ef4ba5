"""A regression: the smallest counterexample of a finding, with the few interactions before it that it needs,
kept as a cassette.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from roomproof import files
from roomproof.cassettes.file_name import file_name
from roomproof.cassettes.recorder import Recorder
from roomproof.cassettes.recording import REGRESSIONS
from roomproof.cassettes.redaction import Redactor
from roomproof.contract.clause import Clause, Part
from roomproof.contract.model import Contract
from roomproof.errors import RecordingError
from roomproof.interaction import Interaction, header

FOLDER = Path("cassettes", REGRESSIONS)
CLAUSE_ID = re.compile(r"[a-z0-9-]+\.[a-z0-9-]+\.(request|response|behaviour)\..+", re.DOTALL)


def story(
    contract: Contract, history: Sequence[Interaction], counterexample: Interaction, clause: Clause
) -> list[Interaction]:
    """Return what a counterexample needs to be understood, and the counterexample last.

    Before it come the last accepted request about its room, where `clause` is about what a room went through,
    and the first one with the same repeatability id. What a request or its response holds needs no other:
    whoever sends it again sets plain values first.
    """
    position = next(
        (index for index, item in enumerate(history) if item.request is counterexample.request), len(history)
    )
    before = [item for item in history[:position] if item.response is not None and item.response.status < 300]
    room, key = _room_of(contract, counterexample), _key_of(contract, counterexample)
    same_room = [item for item in before if room and _room_of(contract, item) == room]
    repeated = [item for item in before if key and _key_of(contract, item) == key]
    needed = [*(same_room[-1:] if clause.part is Part.BEHAVIOUR else ()), *repeated[:1]]
    return [*(item for item in before if any(item is one for one in needed)), counterexample]


def save(
    folder: Path,
    clause_id: str,
    told: Mapping[str, str],
    interactions: Sequence[Interaction],
    redactor: Redactor,
) -> Path | None:
    """Write a regression and return its file, None where there is one already. Raises RecordingError if it
    cannot be written.
    """
    path = folder / f"{file_name(clause_id)}.yaml"
    if files.is_there(path):
        return None
    try:
        files.own_folder(folder)
        with files.draft(path) as beside:
            recorder = Recorder(beside, {**told, "clause": clause_id}, redactor, shown=path)
            for interaction in interactions:
                recorder.keep(interaction)
            recorder.close()
            if not files.is_there(beside):
                return None
            beside.rename(path)
        files.settle(path)
    except OSError as error:
        raise RecordingError(f"{path}: the regression cannot be written ({error.strerror})") from error
    return path


def _room_of(contract: Contract, interaction: Interaction) -> str:
    matched = contract.match(interaction.request.method, interaction.request.path)
    return matched[1].get(contract.room.parameter, "") if matched else ""


def _key_of(contract: Contract, interaction: Interaction) -> str:
    matched = contract.match(interaction.request.method, interaction.request.path)
    names = matched[0].repeatability if matched else None
    return (header(interaction.request.headers, names[0]) or "") if names else ""
