"""Known secrets, and where they stand in a text: plain, or in any form in which a secret travels.

A text is read as somebody who looks for secrets would read it: as it is, with percent-encoding (RFC 3986, 2.1), escapes of
JSON (RFC 8259, 7), Python, YAML, HTML and shells, folded lines and the plus of forms undone, up to three deep, and each of
these with its Base64 undone (RFC 4648, 4 and 5), wherever in a longer Base64 text the secret begins; hexadecimal digits, too.
"""

from __future__ import annotations

import base64
import html
import re
from binascii import Error, a2b_base64
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import NamedTuple
from urllib.parse import quote, quote_plus

SHORTEST = 4
"""A shorter secret stands in every other text by chance: it counts only where it is the whole value."""
_SHORTEST_REST = 6
"""Where a long text was cut inside a secret, so many letters of it are still worth hiding."""
_DEPTH = 3

Span = tuple[int, int]
Edit = tuple[int, int, bytes]
"""Put these bytes in place of those from start to end."""


class Place(NamedTuple):
    """Where a secret stands: the bytes from start to end that spell it; in Base64 the letters that carry it."""

    start: int
    end: int
    secret: str
    in_base64: bool


class Secret(str):
    """A text that shows itself only to who asks for it: no traceback, assertion or log that prints its repr gives it away."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<hidden>"


class KnownSecrets:
    """Secrets whose values are known: tokens, passwords, keys. Empty ones are left out."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self.texts = tuple(Secret(secret) for secret in dict.fromkeys(secrets) if secret)
        needles = {needle: secret for secret in self.texts if len(secret) >= SHORTEST for needle in _needles(secret)}
        self._needles = dict(sorted(needles.items(), key=lambda item: len(item[0]), reverse=True))
        self._steps = (*_SPELLINGS, _PLUS) if any(b" " in needle for needle in self._needles) else _SPELLINGS
        self.short = frozenset(form for secret in self.texts if len(secret) < SHORTEST for form in _forms(secret))
        """The secrets too short to be looked for inside a text, in every form; compare them with whole values."""

    def and_also(self, secrets: Iterable[str]) -> KnownSecrets:
        """Return these and some more; the same object if there is no other among them."""
        more = [secret for secret in secrets if secret not in self.texts]
        return KnownSecrets((*self.texts, *more)) if more else self

    def stand_in(self, data: bytes) -> bool:
        """Whether a secret of at least SHORTEST letters stands in some bytes, in any form."""
        for reading in self._readings(data):
            for needle in self._needles:
                # What looks like Base64 across a punctuation mark is none: only the exact search tells.
                if needle in reading.data and (reading.parent is None or any(self._whole(reading))):
                    return True
        return False

    def places(self, data: bytes, cut: bytes = b"") -> list[Place]:
        """Return where secrets stand, in order and without overlaps: of two that overlap the one that begins first, then the longer.

        With `cut`, the mark that follows a text cut short, the beginning of a secret right before the mark counts, too.
        """
        marks = [(match.start(), match.end() - len(cut)) for match in re.finditer(_HALF + re.escape(cut), data)] if cut else []
        found = chain.from_iterable((*self._whole(reading), *self._cut(reading, marks)) for reading in self._readings(data))
        places: list[Place] = []
        for place in sorted(found, key=lambda place: (place.start, -place.end)):
            if not places or place.start >= places[-1].end:
                places.append(place)
        return places

    def _readings(self, data: bytes) -> Iterator[_Reading]:
        """Yield every reading of some bytes, the bytes themselves first."""
        unread = [_Reading(data)] if self._needles else []
        read: set[bytes] = set()
        while unread:
            reading = unread.pop()
            if reading.data in read:
                continue
            read.add(reading.data)
            yield reading
            if reading.depth < _DEPTH:
                unread += reading.undone(self._steps)
            for decoded in reading.undone(_BASE64):
                yield decoded
                yield from decoded.undone(self._steps)

    def _whole(self, reading: _Reading) -> Iterator[Place]:
        for needle, secret in self._needles.items():
            at = reading.data.find(needle)
            while at >= 0:
                if span := reading.span(at, at + len(needle)):
                    yield Place(*span, secret, reading.in_base64)
                at = reading.data.find(needle, at + len(needle))

    def _cut(self, reading: _Reading, marks: list[Span]) -> Iterator[Place]:
        for last, mark in marks:
            upto = reading.before(last)
            for needle, secret in self._needles.items():
                for length in range(min(len(needle) - 1, upto), 0, -1):
                    if reading.data.endswith(needle[:length], 0, upto):
                        span = reading.span(upto - length, upto)
                        if span and mark - span[0] >= _SHORTEST_REST:
                            yield Place(span[0], mark, secret, reading.in_base64)
                        break


class _Spelling(NamedTuple):
    """A way to write bytes otherwise: a sign that stands wherever it is used, what it looks like and what it stands for."""

    sign: bytes
    looks: re.Pattern[bytes]
    plain: Callable[[re.Match[bytes]], bytes]

    def undone(self, data: bytes) -> bytes:
        return self.looks.sub(self.plain, data) if self.sign in data else data

    def origins(self, data: bytes) -> tuple[list[int], list[int]]:
        """Return where the spelling of each byte that comes out starts and where it ends."""
        starts: list[int] = []
        ends: list[int] = []
        last = 0
        for match in (*self.looks.finditer(data), None):
            start, end = match.span() if match else (len(data), len(data))
            starts += range(last, start)
            ends += range(last + 1, start + 1)
            size = len(self.plain(match)) if match else 0
            starts += [start] * size
            ends += [end] * size
            last = end
        return starts, ends


class _Base64(NamedTuple):
    """Base64 in either alphabet, in groups of four letters that begin so many letters after the first; other bytes count as zeros."""

    skip: int

    def undone(self, data: bytes) -> bytes:
        letters = data.translate(_LETTERS)[self.skip :]
        return a2b_base64(letters + b"A" * (-len(letters) % 4))


@dataclass(frozen=True)
class _Reading:
    """Some bytes as they came, or another reading with one more step undone."""

    data: bytes
    parent: _Reading | None = None
    step: _Spelling | _Base64 | None = None
    depth: int = 0

    def undone(self, steps: Iterable[_Spelling | _Base64]) -> Iterator[_Reading]:
        """Yield the readings that one more step makes different."""
        for step in steps:
            if (undone := step.undone(self.data)) != self.data:
                yield _Reading(undone, self, step, self.depth + 1)

    @property
    def in_base64(self) -> bool:
        return isinstance(self.step, _Base64) or (self.parent is not None and self.parent.in_base64)

    @cached_property
    def _origins(self) -> tuple[list[int], list[int]]:
        return self.step.origins(self.parent.data) if self.parent and isinstance(self.step, _Spelling) else ([], [])

    def span(self, start: int, end: int) -> Span | None:
        """Return which of the bytes as they came spell those from start to end here; None where they are no Base64 after all."""
        if self.parent is None:
            return start, end
        if isinstance(self.step, _Base64):
            first, last = self.step.skip + start * 4 // 3, self.step.skip - (-end * 4 // 3)
            return self.parent.span(first, last) if _BASE64_LETTERS.fullmatch(self.parent.data, first, last) else None
        starts, ends = self._origins
        return self.parent.span(starts[start], ends[end - 1])

    def before(self, offset: int) -> int:
        """Return how many bytes here are spelled before an offset in the bytes as they came."""
        if self.parent is None:
            return offset
        offset = self.parent.before(offset)
        if isinstance(self.step, _Base64):
            return max(0, offset - self.step.skip) * 3 // 4
        return bisect_right(self._origins[1], offset)


def _plain_escape(match: re.Match[bytes]) -> bytes:
    """Return what an escape of JSON stands for, or one of those that only Python and YAML have: \\x41 (a byte), \\U00000041, \\'."""
    escape = match[0]
    match escape[1:2]:
        case b"u":
            digits = escape.replace(b"\\u", b"").decode()
            return bytes.fromhex(digits).decode("utf-16-be", "surrogatepass").encode("utf-8", "surrogatepass")
        case b"U":
            return chr(int(escape[2:], 16)).encode("utf-8", "surrogatepass")
        case b"x":
            return bytes.fromhex(escape[2:].decode())
    return _LETTERS_ESCAPED.get(escape, escape[1:])


def _plain_reference(match: re.Match[bytes]) -> bytes:
    return html.unescape(match[0].decode()).encode("utf-8", "surrogatepass")


_LETTERS_ESCAPED = {b"\\b": b"\b", b"\\f": b"\f", b"\\n": b"\n", b"\\r": b"\r", b"\\t": b"\t"}
_HEX = rb"[0-9A-Fa-f]"
_PERCENT = _Spelling(b"%", re.compile(rb"%(" + _HEX + rb"{2})"), lambda match: bytes.fromhex(match[1].decode()))
_ESCAPES = rb"""\\u[Dd][89ABab]XX\\u[Dd][C-Fc-f]XX|\\uXXXX|\\U00(?:0X|10)XXXX|\\xXX|\\["'\\/bfnrt]""".replace(b"X", _HEX)
_HALF = rb"(?:%X?|&#?\w{0,7}|\\(?:[uU]X{0,7}|xX?)?)?".replace(b"X", _HEX)
"""What may be left of an escape where a text is cut."""
_REFERENCES = rb"&(?:#[0-9]{1,7}|#(?i:x)X{1,6}|quot|amp|lt|gt|apos);".replace(b"X", _HEX)
_SPELLINGS = (
    _PERCENT,
    _Spelling(b"\\", re.compile(_ESCAPES), _plain_escape),
    _Spelling(b"&", re.compile(_REFERENCES), _plain_reference),
    _Spelling(b"\n", re.compile(rb"[ \t]*\r?\n[ \t]*"), lambda _: b""),
    _Spelling(b" ", re.compile(rb"(?<=[\w+/=-]{16}) (?=[\w+/=-])"), lambda _: b""),
    _Spelling(b"'\"'\"'", re.compile(b"'\"'\"'"), lambda _: b"'"),
)
_PLUS = _Spelling(b"+", re.compile(rb"\+"), lambda _: b" ")
_BASE64 = tuple(_Base64(skip) for skip in range(4))
_BASE64_LETTERS = re.compile(rb"[A-Za-z0-9+/_-]+")
_LETTERS = bytes(
    (byte if _BASE64_LETTERS.fullmatch(bytes((byte,))) else ord("A")) if chr(byte) not in "-_" else ord("+" if chr(byte) == "-" else "/")
    for byte in range(256)
)
_BASE64_TEXT = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")


def _needles(secret: str) -> set[bytes]:
    """Return the bytes of a secret as texts carry them; of a secret that is Base64 itself in both alphabets, without padding."""
    spelled = {secret}
    if _BASE64_TEXT.fullmatch(secret):
        bare = secret.rstrip("=")
        spelled |= {bare, bare.translate(str.maketrans("+/", "-_")), bare.translate(str.maketrans("-_", "+/"))}
    needles = {text.encode("utf-8", "surrogatepass") for text in spelled}
    if not secret.isascii() and all(letter <= "\xff" for letter in secret):
        # What a header carries in UTF-8 is often taken for Latin-1 (RFC 9110, 5.5), and then encoded once more.
        needles |= {secret.encode("latin-1"), secret.encode().decode("latin-1").encode()}
    if not secret.isascii():
        # What cannot be said in a narrower alphabet comes back as question marks.
        needles |= {secret.encode(narrow, "replace") for narrow in ("ascii", "latin-1")}
    digits = {needle.hex() for needle in needles}
    return needles | {text.encode() for text in digits} | {text.upper().encode() for text in digits}


def _forms(secret: str) -> set[str]:
    encoded = base64.b64encode(secret.encode("utf-8", "surrogatepass")).decode()
    return {secret, encoded, encoded.rstrip("="), quote(secret, safe="", errors="replace"), quote_plus(secret, errors="replace")}


_SIGNATURE = re.compile(r"Signature=([^&,\s]+)")


def proofs(headers: Iterable[tuple[str, str]], *, forged: bool = False) -> Iterator[str]:
    """Yield what a request proves with who sends it: the credentials of its Authorization headers, or the signature in them.

    Of Basic credentials they are also user and password, together and, unless they are `forged`, each by itself; forged ones
    may be usual words. Sources: RFC 9110, 11.6.2; RFC 7617, 2.
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
    """Return bytes with edits made; of two that overlap the first counts, then the longer; without edits the same object."""
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
