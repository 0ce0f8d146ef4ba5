"""An entry of a recording, whoever made it: an interaction, or one that cannot be read, with its place and
the reason.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlsplit

from roomproof.interaction import Headers, Interaction, header
from roomproof.judge.placeholder import is_placeholder

Known = TypeVar("Known", bound=StrEnum)
_BRACKETED = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://)(\[[\w -]+\])")


class EntryError(ValueError):
    """An entry cannot be read; the message says what is wrong with it, `url` whose it is as far as that can
    be read.
    """

    def __init__(self, what: str, url: str = "") -> None:
        super().__init__(what)
        self.url = url


@dataclass(frozen=True)
class Entry:
    """An interaction as a recording has it.

    `started` is when the recorder says that the request went out, and `took` how long it then took until the
    response was there: None where it does not say. `place` finds the entry in its file ("line 12",
    "interaction 3"). `bodies_missing`: the exchange had a body that the recording does not have, or has only
    in a coding that cannot be undone.
    """

    interaction: Interaction
    started: datetime | None = None
    took: timedelta | None = None
    place: str = ""
    bodies_missing: bool = False


@dataclass(frozen=True)
class Unreadable:
    """An entry that holds no interaction: its place, the reason, and its URL as far as that can be read, else
    an empty text.
    """

    place: str
    why: str
    url: str = ""


def answered_at(headers: Headers) -> datetime | None:
    """Return the time of a response's Date header (RFC 9110, 6.6.1), None where it has none that can be
    read.
    """
    try:
        return parsedate_to_datetime(header(headers, "date") or "").astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def moment(value: object) -> datetime | None:
    """Return a time (ISO 8601) with an offset, None for anything else; recorders that leave the offset out
    mean UTC.
    """
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is None or found.tzinfo else found.replace(tzinfo=UTC)


def url_of(text: str) -> str:
    """Return a URL as it is, but that a placeholder in brackets, which no host can be, is put into others.

    Raises EntryError, with the text, for one that cannot be taken apart as a URL.
    """
    try:
        urlsplit(text)
    except ValueError as error:
        bracketed = _BRACKETED.match(text)
        if bracketed is None or not is_placeholder(bracketed[2]):
            raise EntryError(f"the uri of a request is none ({error})", text) from error
        return f"{bracketed[1]}<{bracketed[2][1:-1]}>{text[bracketed.end() :]}"
    return text


def known(kind: type[Known], value: object, otherwise: Known) -> Known:
    """Return what roomproof has written of a sender, `otherwise` where it has written nothing that there
    is.
    """
    return kind(value) if isinstance(value, str) and value in set(kind) else otherwise
