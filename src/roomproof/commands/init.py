"""`roomproof init`: a starting point for a provider of one's own, or a draft of its contract."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from roomproof import files
from roomproof.errors import ContractError, UsageError
from roomproof.legible import one_line

if TYPE_CHECKING:
    from roomproof.derive.draft.draft import Draft
    from roomproof.derive.specification import Specification

_START = Path(__file__).parents[1] / "start"
_WORDS_OF_YAML = ("false", "n", "no", "null", "off", "on", "true", "y", "yes")
"""YAML 1.1 takes these for something else than a text."""
_MOST_BYTES = 40_000_000
_MOST_SHOWN = 12
"""So many remarks of a kind are shown; the draft has all of them as comments."""


def write_start(folder: Path) -> str:
    """Write a contract and an empty list of deviations, and return what to do next. Raises UsageError if the
    folder is in use.
    """
    name = _provider(folder)
    variable = name.upper().replace("-", "_")
    texts = {
        template.name: files.own_text(template).replace("PROVIDER", name).replace("VARIABLE", variable)
        for template in sorted(_START.glob("*.yaml"))
    }
    _write(folder, texts)
    verify = f"roomproof verify {name} --contracts {folder} --base-url http://127.0.0.1:8000/v1 --room-id ID"
    return f"{folder}/openapi.yaml holds a small contract: edit it, then\n  {variable}_API_KEY=... {verify}"


def write_draft(folder: Path, sources: Sequence[Path], operations: Sequence[str], resource: str) -> str:
    """Write the draft of a contract, made of a provider's documents, and return what it is and what is next.

    Raises UsageError if the folder is in use, or the documents have not what is asked for, ContractError if
    one cannot be read.
    """
    from roomproof.derive.draft.draft import Wish, draft

    name = _provider(folder)
    texts = [(source, _text(source)) for source in sources]
    documents = [_read(source, text) for source, text in texts]
    today = datetime.now(UTC).date().isoformat()
    made = draft(documents, name, Wish(tuple(operations), resource), today)
    deviations = files.own_text(_START / "deviations.yaml")
    _write(
        folder,
        {"openapi.yaml": made.openapi, "documents.yaml": made.documents, "deviations.yaml": deviations},
    )
    return "\n".join(map(one_line, _told(made, folder, name, documents)))


def _provider(folder: Path) -> str:
    """Return the name of the provider for whom a folder is. Raises UsageError if it is in use."""
    name = files.real(folder).name
    if not re.fullmatch(r"[a-z][a-z0-9-]*", name) or name in _WORDS_OF_YAML:
        raise UsageError(
            f"{folder}: the folder's name becomes the provider's; use lower-case letters, digits and "
            f"'-', and no word of YAML"
        )
    if files.is_there(folder) and (not files.is_folder(folder) or any(folder.iterdir())):
        raise UsageError(f"{folder} is not empty; name a new folder, nothing is overwritten")
    return name


def _write(folder: Path, texts: Mapping[str, str]) -> None:
    made: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            files.keep(folder / name, text.encode())
            made.append(folder / name)
    except OSError as error:
        for path in made:
            path.unlink(missing_ok=True)
        raise UsageError(f"{folder} cannot be written ({error.strerror})") from error


def _read(path: Path, text: str) -> Specification:
    from roomproof.derive.specification import Specification, is_specification, read_specification

    if not is_specification(text):
        from roomproof.derive.statements import as_openapi, read

        page = read(text, path.name)
        return Specification(path.name, f"a saved page of {page.layout}", as_openapi(page))
    folder = path.parent

    def beside(name: str) -> tuple[str, str]:
        place = Path(posixpath.normpath(str(folder / name)))
        # A file that is not there leaves references that lead nowhere, which the draft tells.
        return _text(place) if files.is_there(place) else "{}", str(place)

    return read_specification(text, path.name, beside)


def _text(path: Path) -> str:
    try:
        return files.read(path, _MOST_BYTES).decode()
    except OSError as error:
        raise ContractError(
            f"{path}: cannot be read ({error.strerror}); check the path and its permissions"
        ) from error
    except UnicodeDecodeError as error:
        raise ContractError(f"{path}: is not UTF-8 text (byte {error.start}); save it as UTF-8") from error


def _told(made: Draft, folder: Path, name: str, documents: Sequence[Specification]) -> Iterator[str]:
    """Yield the lines that tell what was drafted, of which, and what to do next."""
    from roomproof.derive.draft.remarks import Kind, grouped

    of = ", ".join(f"{one.name} ({one.dialect})" for one in documents)
    yield f"{folder}/openapi.yaml is a draft with {made.clauses} clauses, of {of}"
    others = f"; others by --resource: {', '.join(made.others[:_MOST_SHOWN])}" if made.others else ""
    yield f"It is about the resource {made.resource!r}{others}"
    for called, call in made.operations:
        yield f"  {call}  {called}"
    if made.left_out:
        more = f" and {len(made.left_out) - _MOST_SHOWN} more" if len(made.left_out) > _MOST_SHOWN else ""
        yield f"Operations left out, to be had by --operation: {', '.join(made.left_out[:_MOST_SHOWN])}{more}"
    for kind in (Kind.DEFECT, Kind.LEFT_OUT, Kind.GUESS):
        told = grouped(one for one in made.remarks if one.kind is kind)
        if told:
            yield f"{kind.value.capitalize()}, {len(told)}:"
        yield from (f"  {line}" for line in told[:_MOST_SHOWN])
        if len(told) > _MOST_SHOWN:
            yield f"  and {len(told) - _MOST_SHOWN} more, which stand at the end of openapi.yaml"
    if made.edits:
        yield f"First {'; '.join(made.edits)}: its comment in openapi.yaml begins with confirm"
    variables = " ".join(f"{variable}=..." for variable in made.credentials.environment.values())
    room = "" if made.makes_rooms else " --room-id ID"
    yield f"Next: {variables} roomproof verify {name} --contracts {folder} --base-url URL{room}"
