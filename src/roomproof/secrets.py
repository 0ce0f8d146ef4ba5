"""Known secrets, and where they stand in a text: plain, or in any form in which a secret travels.

A text is read as somebody who looks for secrets would read it, see `readings`.
"""

from __future__ import annotations

import base64
import re
from binascii import Error, a2b_base64
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple
from urllib.parse import quote, quote_plus

from roomproof.readings import HALF, PLUS, SPELLINGS, Reading, Readings, Shortest, Span, UnsearchableError

SHORTEST = 4
"""A shorter secret stands in every other text by chance: it counts only where it is the whole value."""
_SHORTEST_REST = 6
"""Where a long text was cut inside a secret, so many bytes of it are still worth hiding."""
_SHORTEST_BEGINNING = 3
"""So many letters tell the beginning of a secret from any other letters."""
_LOST = 8
"""So many bytes before a cut may carry no whole letter any more: what is left of groups of Base64 and
digits.
"""
_LONGEST_RUN = Shortest(letters=16, pairs=8)
"""No run of Base64 or of digits has to be longer to be worth decoding: even what is compressed is as long."""
_REST_RUN = Shortest(letters=_SHORTEST_REST, pairs=_SHORTEST_REST // 2)

_PIECE = 512_000
"""So many bytes are searched at once."""
_OVERLAP = 8_000

Edit = tuple[int, int, bytes]
"""Put these bytes in place of those from start to end."""


class SecretPlace(NamedTuple):
    """Where a secret stands: the bytes from start to end that spell it, or, if it is `coded`, the letters
    that carry it.

    Without a secret it is a text that has too many readings to be searched: nobody may see it.
    """

    start: int
    end: int
    secret: str
    coded: bool


class Secret(str):
    """A text that shows itself only to who asks for it: no traceback, assertion or log that prints its repr
    gives it away.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "<hidden>"


class KnownSecrets:
    """Secrets whose values are known: tokens, passwords, keys. Empty ones are left out."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self.texts = tuple(Secret(secret) for secret in dict.fromkeys(secrets) if secret)
        needles = {
            needle: secret for secret in self.texts if len(secret) >= SHORTEST for needle in _needles(secret)
        }
        self._needles = dict(sorted(needles.items(), key=lambda item: len(item[0]), reverse=True))
        self._spellings = (*SPELLINGS, PLUS) if any(b" " in needle for needle in self._needles) else SPELLINGS
        shortest = min(map(len, self._needles), default=0)
        self._shortest = Shortest(
            min(_LONGEST_RUN.letters, -(-shortest * 4 // 3)), min(_LONGEST_RUN.pairs, shortest)
        )
        self.short = frozenset(
            form for secret in self.texts if len(secret) < SHORTEST for form in _forms(secret)
        )
        """The secrets too short to be looked for inside a text, in every form; compare them with whole
        values.
        """
        self.whole = self.short.union(self.texts)
        """What no whole value may be."""

    def and_also(self, secrets: Iterable[str]) -> KnownSecrets:
        """Return these and some more; the same object if there is no other among them."""
        more = [secret for secret in secrets if secret not in self.texts]
        return KnownSecrets((*self.texts, *more)) if more else self

    def stand_in(self, data: bytes) -> bool:
        """Whether a secret of at least SHORTEST letters stands in some bytes, in any form, or may: they have
        too many readings.
        """
        return any(self._stands_in(piece) is not False for piece in _pieces(data))

    def is_lost_on(self, data: bytes) -> bool:
        """Whether some bytes have too many readings to be searched, and nothing was found until then."""
        found = [self._stands_in(piece) for piece in _pieces(data)]
        return None in found and True not in found

    def _stands_in(self, data: bytes) -> bool | None:
        try:
            return any(True for _ in self._found(data, self._shortest, every=False))
        except UnsearchableError:
            return None

    def places(self, data: bytes, cut: bytes = b"") -> list[SecretPlace]:
        """Return where secrets stand, in order and without overlaps: of two that overlap the one that begins
        first, then the longer.

        With `cut`, the mark that follows a text cut short, the beginning of a secret right before the mark
        counts, too. What has too many readings to be searched is one place without a secret.
        """
        marks = (
            [(match.start(), match.end() - len(cut)) for match in re.finditer(HALF + re.escape(cut), data)]
            if cut
            else []
        )
        shortest = _REST_RUN if marks else self._shortest
        try:
            if not any(True for _ in self._found(data, shortest, marks, every=False)):
                return []
            found = sorted(
                self._found(data, shortest, marks, every=True), key=lambda place: (place.start, -place.end)
            )
        except UnsearchableError:
            return [SecretPlace(0, len(data), "", coded=False)]
        places: list[SecretPlace] = []
        for place in found:
            if not places or place.start >= places[-1].end:
                places.append(place)
        return places

    def _found(
        self, data: bytes, shortest: Shortest, marks: Sequence[Span] = (), *, every: bool
    ) -> Iterator[SecretPlace]:
        """Yield the places in every reading. Raises UnsearchableError."""
        for reading in Readings(data, self._spellings, shortest, every=every) if self._needles else ():
            yield from self._whole(reading)
            if marks:
                yield from self._cut(reading, marks)

    def _whole(self, reading: Reading) -> Iterator[SecretPlace]:
        for needle, secret in self._needles.items():
            at = reading.data.find(needle)
            while at >= 0:
                if span := reading.span(at, at + len(needle)):
                    yield SecretPlace(*span, secret, reading.coded > 0)
                at = reading.data.find(needle, at + len(needle))

    def _cut(self, reading: Reading, marks: Sequence[Span]) -> Iterator[SecretPlace]:
        """Yield where a secret begins and is cut off: what is left of it ends at a mark."""
        for needle, secret in self._needles.items():
            beginning = needle[:_SHORTEST_BEGINNING]
            at = reading.data.find(beginning)
            while at >= 0:
                span = reading.span(at, at + len(beginning))
                number = bisect_left(marks, (span[1],)) if span else len(marks)
                if span and number < len(marks) and self._is_left(reading, at, needle, marks[number]):
                    yield SecretPlace(span[0], marks[number][1], secret, reading.coded > 0)
                at = reading.data.find(beginning, at + 1)

    def _is_left(self, reading: Reading, at: int, needle: bytes, mark: Span) -> bool:
        """Whether a needle that begins somewhere goes on to a mark."""
        last, end = mark
        low, high = _SHORTEST_BEGINNING, min(len(needle), len(reading.data) - at) + 1
        # The letters up to the mark: the spans of longer and longer beginnings end later and later.
        while high - low > 1:
            middle = (low + high) // 2
            span = reading.span(at, at + middle)
            low, high = (middle, high) if span and span[1] <= last else (low, middle)
        span = reading.span(at, at + low)
        if span is None or not reading.data.startswith(needle[:low], at) or end - span[0] < _SHORTEST_REST:
            return False
        return last - span[1] <= (_LOST if reading.coded else 0)


_BASE64_TEXT = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")


def _pieces(data: bytes) -> Iterator[bytes]:
    """Yield a vast text in pieces that overlap by more than a secret takes up."""
    for start in range(0, max(1, len(data) - _OVERLAP), _PIECE - _OVERLAP):
        yield data[start : start + _PIECE] if len(data) > _PIECE else data


def _needles(secret: str) -> set[bytes]:
    """Return the bytes of a secret as texts carry them; of a secret that is Base64 itself in both alphabets,
    without padding.
    """
    spelled = {secret}
    if _BASE64_TEXT.fullmatch(secret):
        bare = secret.rstrip("=")
        spelled |= {
            bare,
            bare.translate(str.maketrans("+/", "-_")),
            bare.translate(str.maketrans("-_", "+/")),
        }
    needles = {text.encode("utf-8", "surrogatepass") for text in spelled}
    if not secret.isascii() and all(letter <= "\xff" for letter in secret):
        # What a header carries in UTF-8 is often taken for Latin-1 (RFC 9110, 5.5), and then encoded once
        # more.
        needles |= {secret.encode("latin-1"), secret.encode().decode("latin-1").encode()}
    if not secret.isascii():
        # What cannot be said in a narrower alphabet comes back as question marks.
        needles |= {secret.encode(narrow, "replace") for narrow in ("ascii", "latin-1")}
    return needles


def _forms(secret: str) -> set[str]:
    encoded = base64.b64encode(secret.encode("utf-8", "surrogatepass")).decode()
    return {
        secret,
        encoded,
        encoded.rstrip("="),
        quote(secret, safe="", errors="replace"),
        quote_plus(secret, errors="replace"),
    }


_SIGNATURE = re.compile(r"Signature=([^&,\s]+)")


def proofs(headers: Iterable[tuple[str, str]], *, forged: bool = False) -> Iterator[str]:
    """Yield what a request proves with who sends it: the credentials of its Authorization headers, or the
    signature in them.

    Of Basic credentials they are also user and password, together and, unless they are `forged`, each by
    itself; forged ones may be usual words. Sources: RFC 9110, 11.6.2; RFC 7617, 2.
    """
    for name, value in headers:
        if "authorization" not in name.lower().split("-"):
            continue
        scheme, _, credentials = value.strip().partition(" ")
        signature = _SIGNATURE.search(credentials)
        yield signature[1] if signature else credentials.strip() or scheme
        if scheme.lower() == "basic":
            yield from _login(credentials, forged)


def _login(credentials: str, forged: bool) -> Iterator[str]:
    try:
        pair = a2b_base64(credentials.strip()).decode()
    except (Error, ValueError):
        return
    user, _, password = pair.partition(":")
    yield from (pair,) if forged else (pair, user, password)


def without_login(url: str) -> str:
    """Return a URL, or what was meant as one, without the user and the password in it (RFC 3986, 3.2.1)."""
    before, at, after = url.rpartition("@")
    return f"{before[: before.find('//') + 2] if '//' in before else ''}<hidden>@{after}" if at else url


def as_bytes(text: str) -> bytes:
    """Return a text of a URL, a header or a message as bytes to search."""
    return text.encode("utf-8", "replace")


def edited(data: bytes, edits: Iterable[Edit]) -> bytes:
    """Return bytes with edits made; of two that overlap the first counts, then the longer; without edits the
    same object.
    """
    parts: list[bytes] = []
    last = 0
    for start, end, new in sorted(edits, key=lambda edit: (edit[0], -edit[1])):
        if start >= last:
            parts += (data[last:start], new)
            last = end
    return b"".join((*parts, data[last:])) if parts else data


def edited_text(text: str, edit: Callable[[bytes], bytes]) -> str:
    """Return a text whose bytes are edited; the same object where nothing changes."""
    data = as_bytes(text)
    changed = edit(data)
    return text if changed == data else changed.decode("utf-8", "replace")
