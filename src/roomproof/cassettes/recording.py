"""Open a recording, whoever made it: a vcrpy cassette in YAML or JSON, or a HAR file. Interactions are read one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TextIO

from roomproof import files
from roomproof.cassettes import json_file, yaml_file
from roomproof.cassettes.damage import DamageError
from roomproof.cassettes.entry import Entry, Unreadable
from roomproof.errors import UsageError
from roomproof.interaction import Interaction

SUFFIXES = frozenset((".yaml", ".yml", ".json", ".har"))
REGRESSIONS = "regressions"
"""The folder of the witnesses of past findings."""
VERDICTS = ".verdicts.json"
"""Ends the name of the file that a recording's verdicts stand in."""


@dataclass(frozen=True)
class Recording:
    """A file of interactions; `told` is what it says of itself, `provider` among it, where roomproof has recorded it."""

    path: Path
    told: Mapping[str, str]

    def entries(self) -> Iterator[Entry | Unreadable]:
        """Yield the entries in their order. Raises UsageError, naming the line, where the file is damaged."""
        with _opened(self.path) as file:
            yield from (json_file if _is_json(file) else yaml_file).entries(file)

    def readable(self) -> Iterator[Entry]:
        """Yield the entries in their order. Raises UsageError, naming the place, where one has no interaction."""
        for entry in self.entries():
            if isinstance(entry, Unreadable):
                raise UsageError(f"{self.path}, {entry.place}: {entry.why}; mend it, or leave the file out")
            yield entry

    def interactions(self) -> Iterator[Interaction]:
        """Yield the interactions of `readable`."""
        return (entry.interaction for entry in self.readable())


def open_recording(path: Path) -> Recording:
    """Return a file as a recording. Raises UsageError if it cannot be read or begins like none."""
    with _opened(path) as file:
        told: Any = (json_file if _is_json(file) else yaml_file).told(file)
    # Texts only: a few anchors can stand for a value that has no end as a text.
    return Recording(path, {str(name): value for name, value in told.items() if isinstance(value, str)} if isinstance(told, dict) else {})


def recordings(path: Path) -> list[Path]:
    """Return the files of a folder and its folders that may be recordings, in order; a file stands for itself.

    Regressions are left out, unless their folder is the one that is named: they hold what a provider did wrong once.

    Raises UsageError if there is nothing.
    """
    if not files.is_there(path):
        raise UsageError(f"{path}: there is no such file or folder; name a cassette, a HAR file or a folder of them")
    if not files.is_folder(path):
        return [path]
    # Whatever is no file there is told when it is opened: a recording that is left out without a word would be green.
    found = sorted(file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES and not files.is_folder(file))
    kept = [file for file in found if not file.name.endswith(VERDICTS) and not _is_apart(file.relative_to(path))]
    if not kept:
        raise UsageError(f"{path}: holds no cassette; `roomproof verify PROVIDER --record {path}` makes one")
    return kept


def _is_apart(file: Path) -> bool:
    """Whether a file below a folder stands among regressions, or is hidden or in a hidden folder: what tools keep for themselves."""
    return REGRESSIONS in file.parts[:-1] or any(part.startswith(".") for part in file.parts)


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    """Open a recording as text; whatever is wrong with it while it is open becomes a UsageError that names the place."""
    try:
        with TextIOWrapper(files.opened(path), encoding="utf-8-sig") as file:
            yield file
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); check the path and its permissions") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is no UTF-8 text, so no cassette; check that it is the right file") from error
    except DamageError as damage:
        where = f"{path}, line {damage.line}" if damage.line else str(path)
        raise UsageError(f"{where}: {damage}; mend it, or leave the file out") from damage


def _is_json(file: TextIO) -> bool:
    """Whether a text begins like a JSON object; YAML in braces seldom quotes its names."""
    start = file.read(200).lstrip()
    file.seek(0)
    return start[:1] == "{" and start[1:].lstrip()[:1] in ('"', "}", "")
