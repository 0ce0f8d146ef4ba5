"""The pages of the lists of the Azure mock: each says where the next one is (RoomsCollection and
ParticipantsCollection, nextLink).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from starlette.requests import Request

from roomproof.mocks.lateness import Lateness
from roomproof.mocks.wire import Reason, RejectedError

PAGE_SIZE = 50
_CURSOR = "continuationToken"

Document = Mapping[str, object]


@dataclass
class Collection:
    """What a list shows, in the order in which it came: `key` is the field that names an entry.

    A page begins behind the entry on which the one before it ended, whatever came or went meanwhile:
    therefore each entry has a number, which is given once.
    """

    key: str
    lateness: Lateness
    newest_first: bool = False
    size: int = PAGE_SIZE
    _numbers: dict[str, int] = field(default_factory=dict)

    def number(self, names: Iterable[str]) -> None:
        """Give a number to each of these that has none yet."""
        for name in names:
            self._numbers.setdefault(name, len(self._numbers) + 1)

    def note(self, documents: Callable[[], Iterable[Document]]) -> None:
        """Tell what there is from now on: at the start, and after each change."""
        if self.lateness.seconds:
            self.lateness.note({str(document[self.key]): document for document in documents()})

    def page(self, request: Request, documents: Iterable[Document]) -> dict[str, object]:
        """Return the page that a request asks for of what there is."""
        shown = self.lateness.shown({str(document[self.key]): document for document in documents})
        numbered = sorted((self._numbers[str(entry[self.key])], dict(entry)) for entry in shown)
        if self.newest_first:
            numbered.reverse()
        if (after := _cursor(request)) is not None:
            numbered = [one for one in numbered if (one[0] < after if self.newest_first else one[0] > after)]
        page: dict[str, object] = {"value": [entry for _, entry in numbered[: self.size]]}
        if len(numbered) > self.size:
            page["nextLink"] = _link(request, numbered[self.size - 1][0])
        return page


def _cursor(request: Request) -> int | None:
    """The number of the last entry of the page before, None where the first page is asked for."""
    text = request.query_params.get(_CURSOR)
    if text is None:
        return None
    if len(text) > 10 or not (text.isascii() and text.isdigit()):
        raise RejectedError(Reason.MALFORMED, f"{_CURSOR} is none that a nextLink has")
    return int(text)


def _link(request: Request, last: int) -> str:
    """The link to the page behind an entry: absolute, with the version (docs/observed.md, more facts)."""
    query = {"api-version": request.query_params["api-version"], _CURSOR: str(last)}
    return str(request.url.replace(query=urlencode(query)))
