"""What is wrong with the text of a recording, and where."""

from __future__ import annotations

MAX_WHOLE = 64_000_000
"""Characters of a text that has to be read at once; one that is read entry by entry may have any length."""
MAX_ENTRY = 32_000_000
"""Characters of one entry: a body as large as is read from a live provider, every byte of it escaped."""


class DamageError(ValueError):
    """A text is no recording, or none any more; `line` counts from 1, None where it is not known."""

    def __init__(self, what: str, line: int | None = None) -> None:
        super().__init__(what)
        self.line = line


class NoRecordingError(DamageError):
    """A text is whole, and no recording in any format that is read."""
