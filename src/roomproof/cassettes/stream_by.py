"""Which files of recordings are one stream of calls."""

from __future__ import annotations

from enum import StrEnum


class StreamBy(StrEnum):
    """What makes the files of somebody else's recordings one stream of an account.

    `NAME`: nothing, each file is one by itself. `FOLDER`: that they stand in one folder. `HEADER`: that their
    requests carry the credentials of one account and say when they were sent; any other file is one by
    itself.
    """

    NAME = "name"
    FOLDER = "folder"
    HEADER = "header"
