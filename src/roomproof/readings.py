"""Readings of a text: the bytes as they came, and what they say once the ways in which texts travel are
undone.

Spellings write one letter otherwise: percent-encoding (RFC 3986, 2.1), escapes of JSON (RFC 8259, 7), Python
and YAML, references of HTML, folded lines, quotation marks of shells, the plus of forms. Up to three of them
are undone one after the other.

Codings write the whole otherwise: Base64 in either alphabet (RFC 4648, 4 and 5), wherever in a longer one a
secret begins; hexadecimal digits, with or without separators; UTF-16 in either order; gzip and zlib
(RFC 1952, RFC 1950). Up to three are undone one inside the other, and one spelling inside each.

Every step costs time that grows with the length of the text and no more, and all of them together are
bounded: see `budget`.
"""

from __future__ import annotations

import html
import re
import zlib
from binascii import a2b_base64, a2b_hex
from bisect import bisect_right
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from functools import cache, cached_property
from itertools import accumulate
from typing import NamedTuple

MOST_SPELLINGS = 3
MOST_CODINGS = 3
LARGEST_BUDGET = 4_000_000
"""Bytes that all readings of one text may have together, however long it is: to read as many takes some
tenths of a second."""

Span = tuple[int, int]


class UnsearchableError(Exception):
    """A text has more readings than anybody looks through: nobody knows whether a secret stands in it."""


def budget(size: int) -> int:
    """Return how many bytes the readings of a text of so many bytes may have together."""
    return min(64_000 + 64 * size, LARGEST_BUDGET)


class Shortest(NamedTuple):
    """How long a run must be to be worth decoding: Base64 letters, pairs of hexadecimal digits."""

    letters: int
    pairs: int


class Reading:
    """Some bytes as they came, or another reading with one more step undone.

    `spelled` counts the spellings undone since the last coding, `coded` the codings.
    """

    def __init__(self, data: bytes, spelled: int = 0, coded: int = 0) -> None:
        self.data = data
        self.spelled = spelled
        self.coded = coded

    def span(self, start: int, end: int) -> Span | None:
        """Return which of the bytes as they came spell or carry those from start to end here; None where none
        do.
        """
        return start, end


class _SpellingReading(Reading):
    """A reading with one spelling undone wherever it stands."""

    def __init__(self, data: bytes, parent: Reading, spelling: Spelling) -> None:
        super().__init__(data, parent.spelled + 1, parent.coded)
        self._parent = parent
        self._spelling = spelling

    @cached_property
    def _origins(self) -> tuple[list[int], list[int]]:
        return self._spelling.origins(self._parent.data)

    def span(self, start: int, end: int) -> Span | None:
        starts, ends = self._origins
        return self._parent.span(starts[start], ends[end - 1])


class _DecodedReading(Reading):
    """What runs of Base64 letters and of digits carry, one after the other, from whichever letter on a secret
    may begin.
    """

    def __init__(self, parent: Reading, shares: Sequence[_Share]) -> None:
        super().__init__(_SEAM.join(share.data for share in shares), 0, parent.coded + 1)
        self._parent = parent
        self._shares = shares

    @cached_property
    def _begins(self) -> list[int]:
        return [0, *accumulate(len(share.data) + len(_SEAM) for share in self._shares)]

    def span(self, start: int, end: int) -> Span | None:
        number = bisect_right(self._begins, start) - 1
        share, begin = self._shares[number], self._begins[number]
        span = share.span(start - begin, end - begin)
        return span and self._parent.span(*span)


class _WideReading(Reading):
    """A reading whose UTF-16 code units are taken for letters, from the first or the second byte on."""

    def __init__(self, parent: Reading, begin: int, end: int, codec: str) -> None:
        self._text = parent.data[begin:end].decode(codec, "replace")
        super().__init__(self._text.encode(), 0, parent.coded + 1)
        self._parent = parent
        self._begin = begin
        self._codec = codec

    def span(self, start: int, end: int) -> Span | None:
        first, last = (
            self._begin + len(self.data[:at].decode("utf-8", "ignore").encode(self._codec))
            for at in (start, end)
        )
        return self._parent.span(first, min(last, len(self._parent.data)))


class _InflatedReading(Reading):
    """What compressed members carry, side by side; every byte of one carries the whole of it."""

    def __init__(self, parent: Reading, members: Sequence[tuple[Span, bytes]]) -> None:
        super().__init__(_SEAM.join(plain for _, plain in members), 0, parent.coded + 1)
        self._parent = parent
        self._fields = members

    @cached_property
    def _begins(self) -> list[int]:
        return [0, *accumulate(len(plain) + len(_SEAM) for _, plain in self._fields)]

    def span(self, start: int, end: int) -> Span | None:
        first, last = (bisect_right(self._begins, at) - 1 for at in (start, end - 1))
        return self._parent.span(self._fields[first][0][0], self._fields[last][0][1])


class Spelling(NamedTuple):
    """A way to write bytes otherwise: a sign that stands wherever it is used, what it looks like and what it
    stands for.
    """

    sign: bytes
    looks: re.Pattern[bytes]
    plain: Callable[[re.Match[bytes]], bytes] | bytes

    def undone(self, data: bytes) -> bytes:
        """Return bytes with the spelling undone; the same object where it is not used."""
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
            size = len(self.plain if isinstance(self.plain, bytes) else self.plain(match)) if match else 0
            starts += [start] * size
            ends += [end] * size
            last = end
        return starts, ends


class _LetterRun:
    """A run of letters or digits: where it starts, as it stands there, and without what is only between its
    units.
    """

    def __init__(self, start: int, raw: bytes, kind: _Kind) -> None:
        self.start = start
        self.raw = raw
        self.units = kind.bare(raw)
        self._kind = kind

    @cached_property
    def offsets(self) -> Sequence[int]:
        """Where in the run each unit stands."""
        return self._kind.offsets(self.raw)


class _Kind(NamedTuple):
    """A coding of bytes by letters: so many units carry so many bytes; zeros in it, to stand between runs."""

    units: int
    size: int
    seam: bytes
    offsets: Callable[[bytes], Sequence[int]]
    bare: Callable[[bytes], bytes]
    runs: Callable[[bytes, Shortest], Iterator[re.Match[bytes]]]
    decode: Callable[[bytes], bytes]


class _Share:
    """What all runs of one coding carry, side by side; `skip` units were left out at the beginning of all."""

    def __init__(self, kind: _Kind, runs: Sequence[_LetterRun], skip: int) -> None:
        self.data = kind.decode(kind.seam.join(run.units for run in runs)[skip:])
        self._kind = kind
        self._runs = runs
        self._skip = skip

    @cached_property
    def _begins(self) -> list[int]:
        return [0, *accumulate(len(run.units) + len(self._kind.seam) for run in self._runs)]

    def span(self, start: int, end: int) -> Span | None:
        """Return where the letters stand that carry the bytes from start to end, None where some of these are
        of no run.
        """
        units, size = self._kind.units, self._kind.size
        first, last = self._skip + start * units // size, self._skip - (-end * units // size)
        number = bisect_right(self._begins, first) - 1
        if number >= len(self._runs):
            return None
        run, begin = self._runs[number], self._begins[number]
        if last - begin > len(run.units):
            return None
        offsets = run.offsets
        return run.start + offsets[first - begin], run.start + offsets[last - begin - 1] + 1


def _wide_stretches(data: bytes) -> Iterator[Span]:
    """Yield where letters of ASCII stand with zeros between them, and what is near: of random bytes a few
    look so, which is no reason to read all of them otherwise.
    """
    begin = end = 0
    for match in _IN_UTF_16.finditer(data):
        if match.start() > end + _NEAR and end:
            yield max(0, begin - _NEAR), end + _NEAR
            begin = match.start()
        elif not end:
            begin = match.start()
        end = match.end()
    if end:
        yield max(0, begin - _NEAR), end + _NEAR


class Readings:
    """The readings of one text, the bytes themselves first. Raises UnsearchableError once they have more
    bytes than is allowed.

    Without `every` what a run of letters carries is read only once, however many readings have the run:
    enough to know whether anything stands in the text, not where.
    """

    def __init__(
        self, data: bytes, spellings: Sequence[Spelling], shortest: Shortest, *, every: bool
    ) -> None:
        self._spellings = spellings
        self._shortest = shortest
        self._every = every
        self._left = budget(len(data)) * (_EVERY if every else 1)
        self._met: set[bytes] = {data}
        self._runs: defaultdict[int, set[bytes]] = defaultdict(set)
        self._unread = deque([Reading(data)])

    def __iter__(self) -> Iterator[Reading]:
        # Those with few steps undone come first: one that is met again with more of them leads no further.
        while self._unread:
            reading = self._unread.popleft()
            yield reading
            for further in self._further(reading):
                if further.data not in self._met:
                    self._charge(len(further.data))
                    self._met.add(further.data)
                    self._unread.append(further)

    def _charge(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise UnsearchableError

    def _further(self, reading: Reading) -> Iterator[Reading]:
        """Yield the readings that one more step makes different."""
        if reading.spelled < (1 if reading.coded else MOST_SPELLINGS):
            for spelling in self._spellings:
                if (undone := spelling.undone(reading.data)) != reading.data:
                    yield _SpellingReading(undone, reading, spelling)
        if reading.coded < MOST_CODINGS:
            if shares := [*self._carried(reading, _BASE64), *self._carried(reading, _HEXADECIMAL)]:
                yield _DecodedReading(reading, shares)
            yield from (
                _WideReading(reading, begin + skip, end, codec)
                for begin, end in _wide_stretches(reading.data)
                for skip in (0, 1)
                for codec in ("utf-16-le", "utf-16-be")
            )
            if members := list(self._inflated(reading.data)):
                yield _InflatedReading(reading, members)

    def _carried(self, reading: Reading, kind: _Kind) -> Iterator[_Share]:
        """Yield what the runs of a coding carry, once for each unit of a group with which a secret may
        begin.
        """
        met = self._runs[kind.units]
        found = kind.runs(reading.data, self._shortest)
        runs = [_LetterRun(run.start(), run[0], kind) for run in found if self._every or run[0] not in met]
        if runs:
            met.update(run.raw for run in runs)
            yield from (_Share(kind, runs, skip) for skip in range(kind.units))

    def _inflated(self, data: bytes) -> Iterator[tuple[Span, bytes]]:
        """Yield the compressed members in some bytes, with what they carry; of a damaged one what can be
        had.
        """
        last = 0
        for match in _COMPRESSED.finditer(data) if b"x" in data or b"\x1f\x8b" in data else ():
            if match.start() >= last:
                self._charge(_ATTEMPT)
                plain, end, is_whole = _inflate(data, match.start(), self._left + 1)
                self._charge(len(plain) + end - match.start())
                # What only looks like a member may lie over the beginning of one.
                last = end if is_whole else last
                if plain:
                    yield (match.start(), end), plain


def _inflate(data: bytes, start: int, most: int) -> tuple[bytes, int, bool]:
    """Return what a compressed member that starts somewhere carries, where it ends, and whether it is whole.

    Of one that carries more than so many bytes little more than these are returned.

    It is fed in small pieces, so that only what belongs to it costs time; what stands before damage is had
    byte by byte.
    """
    worker, plain, at, step = zlib.decompressobj(zlib.MAX_WBITS | 32), bytearray(), start, _PIECE
    while at < len(data) and len(plain) < most and not worker.eof:
        before = worker.copy()
        try:
            plain += worker.decompress(data[at : at + step], most)
        except zlib.error:
            if step == 1:
                break
            worker, step = before, 1
            continue
        at += min(step, len(data) - at)
    return bytes(plain), at - len(worker.unused_data), worker.eof


def _plain_escape(match: re.Match[bytes]) -> bytes:
    """Return what an escape of JSON stands for, or one of those that only Python and YAML have: \\x41 (a
    byte), \\U00000041, \\'.
    """
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


def _base64_runs(data: bytes, shortest: Shortest) -> Iterator[re.Match[bytes]]:
    return _maximal(_BASE64_LETTER, shortest.letters).finditer(data)


def _hexadecimal_runs(data: bytes, shortest: Shortest) -> Iterator[re.Match[bytes]]:
    # A pattern for all that digits may stand among is much quicker than one that tells what they look like.
    for match in _maximal(rb"0-9A-Fa-fxX :,;-", 2 * shortest.pairs).finditer(data):
        yield from _pairs(shortest.pairs).finditer(data, *match.span())


@cache
def _maximal(letters: bytes, shortest: int) -> re.Pattern[bytes]:
    """Return what finds runs of some letters: each is looked at from its beginning only."""
    return re.compile(rb"(?<![%b])[%b]{%d,}" % (letters, letters, shortest))


@cache
def _pairs(shortest: int) -> re.Pattern[bytes]:
    """Return what finds pairs of digits; one digit more may follow, where a run begins with the last one of a
    pair.
    """
    return re.compile(rb"(?:(?i:0x)?HH[ :,;-]{0,2}){%d,}H?".replace(b"H", _HEX) % shortest)


def _in_base64(letters: bytes) -> bytes:
    return a2b_base64(letters + b"A" * (-len(letters) % 4))


def _in_hex(digits: bytes) -> bytes:
    return a2b_hex(digits[: len(digits) // 2 * 2])


def _digits_only(raw: bytes) -> bytes:
    return raw.replace(b"0x", b"").replace(b"0X", b"").translate(None, b" :,;-")


_SEAM = b"\0"
_EVERY = 4
"""So many times the budget is there where every place counts, which is so only for a text in which
something stands."""
_ATTEMPT = 256
"""Bytes that an attempt to inflate is worth at least."""
_PIECE = 1024
_LETTERS_ESCAPED = {b"\\b": b"\b", b"\\f": b"\f", b"\\n": b"\n", b"\\r": b"\r", b"\\t": b"\t"}
_HEX = rb"[0-9A-Fa-f]"
_ESCAPES = (
    rb"""\\u[Dd][89ABab]XX\\u[Dd][C-Fc-f]XX|\\uXXXX|\\U00(?:0X|10)XXXX|\\xXX|\\["'\\/bfnrt\x80-\xff]"""
).replace(b"X", _HEX)
"""The last letters are no escapes of JSON: a text that was escaped twice and read once has such."""
HALF = rb"(?:%X?|&#?\w{0,7}|\\(?:[uU]X{0,7}|xX?)?)?".replace(b"X", _HEX)
"""What may be left of an escape where a text is cut."""
_REFERENCES = rb"&(?:#[0-9]{1,7}|#(?i:x)X{1,6}|quot|amp|lt|gt|apos);".replace(b"X", _HEX)
SPELLINGS = (
    Spelling(b"%", re.compile(rb"%(" + _HEX + rb"{2})"), lambda match: bytes.fromhex(match[1].decode())),
    Spelling(b"\\", re.compile(_ESCAPES), _plain_escape),
    Spelling(b"&", re.compile(_REFERENCES), _plain_reference),
    Spelling(b"\n", re.compile(rb"(?:(?<![ \t])[ \t]++)?\r?\n[ \t]*+"), b""),
    Spelling(b" ", re.compile(rb"(?<=[\w+/=-]{16}) (?=[\w+/=-])"), b""),
    Spelling(b"'\"'\"'", re.compile(b"'\"'\"'"), b"'"),
)
PLUS = Spelling(b"+", re.compile(rb"\+"), b" ")
_BASE64_LETTER = rb"A-Za-z0-9+/_-"
_FOR_URLS = bytes.maketrans(b"-_", b"+/")
_DIGIT = re.compile(rb"0[xX]|(" + _HEX + b")")
_BASE64 = _Kind(
    4, 3, b"AAAA", lambda raw: range(len(raw)), lambda raw: raw.translate(_FOR_URLS), _base64_runs, _in_base64
)
_HEXADECIMAL = _Kind(
    2,
    1,
    b"0000",
    lambda raw: [match.start() for match in _DIGIT.finditer(raw) if match[1]],
    _digits_only,
    _hexadecimal_runs,
    _in_hex,
)
_IN_UTF_16 = re.compile(rb"\0[\t\n\r -~]\0+[\t\n\r -~]\0")
"""Letters of ASCII with zeros between them: which of the two begins a unit is not known."""
_NEAR = 1_024
"""So many bytes beside letters in UTF-16 are read as such, too: a secret may have other letters."""
_COMPRESSED = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]")
