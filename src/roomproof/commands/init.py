"""`roomproof init`: a starting point for a provider of one's own."""

from __future__ import annotations

import re
from pathlib import Path

from roomproof import files
from roomproof.errors import UsageError

_START = Path(__file__).parents[1] / "start"
_WORDS_OF_YAML = ("false", "n", "no", "null", "off", "on", "true", "y", "yes")
"""YAML 1.1 takes these for something else than a text."""


def write_start(folder: Path) -> str:
    """Write a contract and an empty list of deviations, and return what to do next. Raises UsageError if the
    folder is in use.
    """
    name = files.real(folder).name
    if not re.fullmatch(r"[a-z][a-z0-9-]*", name) or name in _WORDS_OF_YAML:
        raise UsageError(
            f"{folder}: the folder's name becomes the provider's; use lower-case letters, digits and "
            f"'-', and no word of YAML"
        )
    if files.is_there(folder) and (not files.is_folder(folder) or any(folder.iterdir())):
        raise UsageError(f"{folder} is not empty; name a new folder, nothing is overwritten")
    variable = name.upper().replace("-", "_")
    made: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for template in sorted(_START.glob("*.yaml")):
            text = files.own_text(template).replace("PROVIDER", name).replace("VARIABLE", variable)
            files.keep(folder / template.name, text.encode())
            made.append(folder / template.name)
    except OSError as error:
        for path in made:
            path.unlink(missing_ok=True)
        raise UsageError(f"{folder} cannot be written ({error.strerror})") from error
    verify = f"roomproof verify {name} --contracts {folder} --base-url http://127.0.0.1:8000/v1 --room-id ID"
    return f"{folder}/openapi.yaml holds a small contract: edit it, then\n  {variable}_API_KEY=... {verify}"
