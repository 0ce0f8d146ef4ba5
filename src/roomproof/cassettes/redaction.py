"""Redaction: secrets are taken out of interactions before anything reaches a disk, and what stands in their
place is alike.

A replacement has the length of the secret, is of digits where it is, of letters and digits otherwise, and
keeps the shape of a UUID and the scheme of a URL, so that types, lengths, patterns and formats are judged as
before. Equal secrets get equal replacements, so that an echo stays an echo.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import replace
from urllib.parse import unquote

from roomproof.cassettes.telling import HeaderKind, Value, ValueKind, header_kind, may_tell, values
from roomproof.interaction import Credentials, Headers, Interaction, Response
from roomproof.readings import UnsearchableError
from roomproof.secrets import KnownSecrets, as_bytes, edited, edited_text, proofs

REDACTED = "REDACTED"
_ROUNDS = 8
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9-]{0,31}) +(?=\S)")
_SIGNED_HEADERS = re.compile(r"SignedHeaders=[\w;-]+")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,15}://(?=.)", re.DOTALL)
_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_UUID_BEGIN = "00000000-0000-4000-8000-"
_HEX = re.compile(r"(?:[0-9a-f]{16,}|[0-9A-F]{16,})")
_OURS = re.compile(r"(?:r(?:e(?:d(?:a(?:c(?:t(?:ed?)?)?)?)?)?)?|x+)[0-9]+", re.IGNORECASE)
_OTHERS = re.compile(
    r"[\[<{(*_]*(?:redacted|filtered|hidden|masked|removed|sanitized|scrubbed|dummy)[\]>})*_]*|[*x]{3,}",
    re.IGNORECASE,
)
_MANTISSA = re.compile(rb"[^eE]+")
_OUR_HEX = re.compile(r"f0{7,}[0-9]+", re.IGNORECASE)
_ONES = re.compile(r"-?[01]+(?:\.[01]+)?(?:[eE][+-]?[0-9]+)?")
_DIGITS = re.compile(r"[0-9]+")


def is_redacted(text: str) -> bool:
    """Whether a text is a replacement of a secret: one of those made here, or a usual placeholder of other
    recorders.

    Of numbers few digits are left to tell by: one that begins with 0 or 1 and zeros up to its middle counts
    as redacted, and so does a single letter.
    """
    text = text.removeprefix("-") if _DIGITS.fullmatch(text.removeprefix("-")) else text
    if _DIGITS.fullmatch(text):
        return len(text) == 1 or (text[0] in "01" and not text[1 : len(text) // 2].strip("0"))
    if url := _URL.match(text):
        text = text[url.end() :]
        return bool(_OURS.fullmatch(text) or _DIGITS.fullmatch(text))
    return (
        len(text) == 1
        or text.startswith(_UUID_BEGIN)
        or any(looks.fullmatch(text) for looks in (_OURS, _OUR_HEX, _OTHERS, _ONES))
    )


class Redactor:
    """Takes secrets out of interactions before anything reaches a disk.

    `secrets` are the values of credentials; `live` says that access codes of rooms are secrets, too. The same
    secret gets the same replacement for the life of the object.
    """

    def __init__(self, secrets: Iterable[str], *, live: bool) -> None:
        self._known = KnownSecrets(secrets)
        self._proven: tuple[frozenset[str], Redactor] = frozenset(), self
        self._codes = live
        self._replacements: dict[str, str] = {}
        self._numbers: Counter[int] = Counter()
        self._searched: set[bytes] = set()
        """The texts of the last interaction in which nothing was found; they need not be searched once more
        before they are written."""

    def redacted(self, interaction: Interaction) -> Interaction:
        """Return an interaction without secrets; parts that hold none stay the same objects.

        What the request proves with is a secret of this interaction, also where nobody has named it. A body
        of a response that has too many readings to be searched is left out; raises UnsearchableError where
        anything else has.
        """
        forged = interaction.request.credentials is Credentials.WRONG
        proven = frozenset(proofs(interaction.request.headers, forged=forged))
        if proven != self._proven[0]:
            knowing = copy(self)
            knowing._known = self._known.and_also(sorted(proven))
            self._proven = proven, knowing
        return self._proven[1]._redacted(interaction)

    def told(self, texts: Mapping[str, str]) -> dict[str, str]:
        """Return texts under their names, such as what a cassette says of itself, without secrets."""
        return {name: self._text(text, known=True) for name, text in texts.items()}

    def _redacted(self, interaction: Interaction) -> Interaction:
        request, response = interaction.request, interaction.response
        # One search over everything is quicker than one in each part, and nearly always finds nothing.
        texts = _texts(interaction, proofs=False)
        found = self._known.stand_in(b"\0".join(texts))
        known = bool(self._known.short) or found
        self._searched.clear()
        self._searched.update(() if found else texts)
        headers = self._headers(request.headers, known)
        url, body = self._url(request.url, known), request.body and self._bytes(request.body, known)
        if headers is not request.headers or url is not request.url or body is not request.body:
            request = replace(request, url=url, headers=headers, body=body)
        if response:
            headers, searched = self._headers(response.headers, known), self._response_body(response, known)
            response = searched if headers is response.headers else replace(searched, headers=headers)
        failure = self._text(interaction.failure, known)
        if (
            request is interaction.request
            and response is interaction.response
            and failure is interaction.failure
        ):
            return interaction
        return replace(interaction, request=request, response=response, failure=failure)

    def leaks(self, interaction: Interaction) -> bool:
        """Whether a known secret of at least four letters still stands in an interaction, in any form: the
        last check before writing.
        """
        texts = [text for text in _texts(interaction) if text not in self._searched]
        # All together may have more readings than anybody looks through, where none of them has.
        return self._known.stand_in(b"\0".join(texts)) and any(map(self._known.stand_in, texts))

    def _response_body(self, response: Response, known: bool) -> Response:
        try:
            body = self._bytes(response.body, known)
        except UnsearchableError:
            return response.cut(0)
        return response if body is response.body else replace(response, body=body)

    def _headers(self, headers: Headers, known: bool) -> Headers:
        """Return headers without secrets, the same object if nothing changes."""
        plain = b"\0".join(as_bytes(value) for name, value in headers if header_kind(name) is None)
        quiet = not known and not may_tell(plain, self._codes)
        cleaned = tuple(
            (self._text(name, known) if known else name, self._header(name, value, known, quiet))
            for name, value in headers
        )
        return headers if cleaned == headers else cleaned

    def _header(self, name: str, value: str, known: bool, quiet: bool) -> str:
        kind = header_kind(name)
        if kind is None:
            return value if quiet else self._text(value, known)
        if not value.strip():
            return value
        if kind is HeaderKind.PROOF:
            return self._proof(value)
        return REDACTED if kind is HeaderKind.WHOLE else self._replacement(value)

    def _proof(self, value: str) -> str:
        """Return the value of Authorization with its scheme (RFC 9110, 11.4), and what names the signed
        headers; no more of it.
        """
        scheme = _SCHEME.match(value)
        if (
            scheme is None
            or any(scheme[1] in secret for secret in self._known.texts)
            or self._known.stand_in(scheme[1].encode())
        ):
            return REDACTED
        signed = _SIGNED_HEADERS.search(value)
        return f"{scheme[1]} {signed[0]}&Signature={REDACTED}" if signed else f"{scheme[1]} {REDACTED}"

    def _url(self, url: str, known: bool) -> str:
        if self._known.short:
            path, mark, query = url.partition("?")
            url = "/".join(self._segment(segment) for segment in path.split("/")) + mark + query
        return self._text(url, known)

    def _segment(self, segment: str) -> str:
        text = unquote(segment)
        return self._replacement(text) if text in self._known.short else segment

    def _text(self, text: str, known: bool) -> str:
        return edited_text(text, lambda data: self._bytes(data, known)) if text else text

    def _bytes(self, data: bytes, known: bool) -> bytes:
        """Return a text without secrets, changed at the secrets only; the same object if it holds none.

        `known` says that a known secret may stand in it. Raises UnsearchableError.
        """
        if not known and not may_tell(data, self._codes):
            return data
        if (whole := data.decode("utf-8", "replace")) in self._known.short:
            return self._replacement(whole).encode()
        short = self._known.short
        found = (
            value for value in values(data) if value.tells(self._codes) or (short and value.text in short)
        )
        data = edited(
            data, [(value.start, value.end, self._in_place_of(value)) for value in found if value.raw]
        )
        # What stands beside a replacement can make a secret with it: look again until none is found.
        for _ in range(_ROUNDS if known else 0):
            places = self._known.places(data)
            if not places:
                break
            if not places[0].secret:
                raise UnsearchableError
            lost = (
                (place, place.secret if not place.coded else data[place.start : place.end].decode("latin-1"))
                for place in places
            )
            data = edited(
                data, [(place.start, place.end, self._replacement(text).encode()) for place, text in lost]
            )
        return data

    def _in_place_of(self, value: Value) -> bytes:
        text = value.text
        if value.kind is not ValueKind.NUMBER:
            return self._replacement(text).encode()
        digits = text.removeprefix("-")
        if not _DIGITS.fullmatch(digits):
            # The exponent says whether it is an integer, and zeros do, too.
            return _MANTISSA.sub(lambda match: re.sub(rb"[1-9]", b"1", match[0]), value.raw, count=1)
        return (text.removesuffix(digits) + self._replacement(digits)).encode()

    def _replacement(self, text: str) -> str:
        """Return what stands in the place of a text: always the same, another one for another text as far as
        its length allows.
        """
        if text not in self._replacements:
            self._replacements[text] = self._new_replacement(text)
        return self._replacements[text]

    def _new_replacement(self, text: str) -> str:
        new = ""
        for word, digit in ((REDACTED, "0"), ("X", "5")):
            for _ in range(100):
                self._numbers[len(text)] += 1
                new = _alike(text, self._numbers[len(text)], word, digit)
                if new != text and not self._known.stand_in(new.encode()):
                    return new
        return new


def _texts(interaction: Interaction, proofs: bool = True) -> list[bytes]:
    """Return every text of an interaction in which a secret can stand; without `proofs` no header made for
    secrets.
    """
    request, response = interaction.request, interaction.response
    headers = (*request.headers, *(response.headers if response else ()))
    values_ = (value for name, value in headers if proofs or header_kind(name) is None)
    texts = (
        as_bytes(text)
        for text in (request.url, interaction.failure, *(name for name, _ in headers), *values_)
    )
    return [*texts, request.body or b"", response.body if response else b""]


def _alike(text: str, number: int, word: str, digit: str) -> str:
    """Return a numbered text that is recognised as a redaction and has the length and the class of a text."""
    if text.isascii() and text.isdigit():
        return _digits(text, number, digit)
    if _UUID.fullmatch(text):
        return f"{_UUID_BEGIN}{number:012}"
    if url := _URL.match(text):
        return url[0] + _worded(len(text) - url.end(), number, word.lower(), digit)
    if _HEX.fullmatch(text):
        return ("f" if text.islower() else "F") + _digits("0" * (len(text) - 1), number, digit)
    return _worded(len(text), number, word.lower() if text.islower() else word, digit)


def _digits(text: str, number: int, digit: str) -> str:
    """Return digits; the first is 0 where that of the text is, or else a number would be none."""
    size = len(text)
    if size == 1:
        return str(number % 10)
    if size < 9 and text[0] != "0":
        return str((10 ** (size - 1) + number) % 10**size).zfill(size)
    return ("0" if text[0] == "0" else "1") + str(number % 10 ** min(size - 1, 9)).rjust(size - 1, digit)


def _worded(size: int, number: int, word: str, digit: str) -> str:
    """Return REDACTED0001, padded with digits or cut to so many letters; never of digits alone, which would
    be another class.
    """
    if size == 1:
        return chr(ord("a") + (number + 22) % 26)
    wanted = size - len(word) if size >= 12 else min(4, size // 2)
    digits = str(number % 10 ** min(size - 1, 9)).rjust(wanted, digit)
    return (word if size > 3 else "xx")[: size - len(digits)].ljust(size - len(digits), word[-1]) + digits
