"""Names that tell a secret: of headers, of fields of JSON, of parameters in URLs and forms; and the values
below them.
"""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from enum import Enum, StrEnum
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote_plus

from roomproof.cassettes.layout import is_json

_SECRETS = (
    *(
        "token",
        "secret",
        "password",
        "passwd",
        "passphrase",
        "apikey",
        "accesskey",
        "secretkey",
        "privatekey",
        "connectionstring",
    ),
    *("subscriptionkey", "functionskey", "authkey"),
)
_CODES = ("accesscode", "passcode", "pincode", "joincode")
_SIGNATURES = ("signature", "hmac", "contentsha256")
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_HINTS = (b"token", b"secret", b"pass", b"key", b"connection", b"signature", b"hmac", b"sig=", b"eyj")
_CODE_HINTS = (b"access", b"join", b"pin")


class HeaderKind(Enum):
    """How a header carries a secret."""

    PROOF = "a scheme and a proof"
    WHOLE = "the whole value"
    NAMED = "a value under a telling name"


class ValueKind(StrEnum):
    """How a value stands in a text."""

    FIELD = "member"
    NUMBER = "number"
    PARAMETER = "parameter"
    LOGIN = "login"
    JWT = "JWT"


class Value(NamedTuple):
    """A value in a text, the bytes from start to end without quotation marks, and the name that it stands
    under.
    """

    kind: ValueKind
    name: str
    start: int
    end: int
    raw: bytes

    @property
    def text(self) -> str:
        """The value with its escapes undone."""
        text = self.raw.decode("utf-8", "surrogateescape")
        if self.kind is ValueKind.FIELD:
            return _unescaped(text)
        return unquote_plus(text, errors="surrogateescape") if self.kind is ValueKind.PARAMETER else text

    def tells(self, codes: bool) -> bool:
        """Whether this is a secret by its name or its form; `codes`: access codes of rooms, too."""
        if self.kind in (ValueKind.LOGIN, ValueKind.JWT):
            return True
        return is_telling(self.name, codes) or (self.kind is ValueKind.PARAMETER and is_signature(self.name))


_LONG = 200
"""Names of more characters are not remembered: nothing bounds their length."""


def is_telling(name: str, codes: bool) -> bool:
    """Whether a name in snake, kebab or camel case ends in the word for a secret; `codes`: for a room's
    access code, too.
    """
    return _remembered(name, codes) if len(name) <= _LONG else _is_telling(name, codes)


def _is_telling(name: str, codes: bool) -> bool:
    letters = re.sub("[^a-z]", "", name.lower())
    if letters.endswith(_SECRETS):
        return True
    return codes and (
        letters.endswith(_CODES) or [word.lower() for word in _WORDS.findall(name)][-1:] == ["pin"]
    )


_remembered = lru_cache(4096)(_is_telling)


@lru_cache(4096)
def is_signature(name: str) -> bool:
    """Whether a parameter or header of this name carries a signature or what was signed."""
    letters = re.sub("[^a-z0-9]", "", name.lower())
    return letters == "sig" or letters.endswith(_SIGNATURES)


@lru_cache(4096)
def header_kind(name: str) -> HeaderKind | None:
    """Return how a header of this name carries a secret, None if it carries none (RFC 9110, 11.6 and 11.7;
    RFC 6265, 4).
    """
    lowered = name.lower()
    if "authorization" in lowered.split("-"):
        return HeaderKind.PROOF
    if lowered in ("cookie", "set-cookie") or is_signature(lowered):
        return HeaderKind.WHOLE
    return HeaderKind.NAMED if is_telling(lowered, codes=False) else None


def may_tell(data: bytes, codes: bool) -> bool:
    """Whether a text can hold a value that tells a secret; quick, and wrong on the safe side only."""
    lowered = data.lower()
    hints = (*_HINTS, *_CODE_HINTS) if codes else _HINTS
    # An escaped letter can stand for any letter of a name.
    escaped = b"\\u" in data or (b"%" in data and b"=" in data)
    return escaped or (b"@" in data and b"://" in data) or any(hint in lowered for hint in hints)


def values(data: bytes) -> Iterator[Value]:
    """Yield the values under names in JSON or any other text, damaged or not, and what looks like a secret;
    not in order.
    """
    yield from _fields(data) if is_json(data) else _quoted(data)
    for match in _PARAMETER.finditer(data):
        yield Value(ValueKind.PARAMETER, unquote_plus(match[1].decode("latin-1")), *match.span(2), match[2])
    yield from (Value(ValueKind.LOGIN, "", *match.span(1), match[1]) for match in _LOGIN.finditer(data))
    yield from _jwts(data)


# A value ends where the next parameter begins, also one of a URL inside it and one of a connection string.
_PARAMETER = re.compile(
    rb"(?<!NAME)(NAME{1,64})=(?!=)(PLAIN*+(?:(?:[;?#](?!NAME{1,64}=)|\\(?!u0026|[\"'nrt]).)PLAIN*+)*+)".replace(
        b"NAME", rb"[\w.%+\[\]-]"
    ).replace(b"PLAIN", rb"""[^&\s"'<>\\;?#]"""),
    re.DOTALL,
)
_LOGIN = re.compile(rb"""://(?:[^/?#@:\s"'<>\\]*:)?([^/?#@\s"'<>\\]+)@""")
_DOTTED = re.compile(rb"(?<![\w.-])[\w-]++(?:\.[\w-]++)++")
_TOKENS = re.compile(
    rb'(?P<name>"[^"\\]*+(?:\\.[^"\\]*+)*+"(?=\s*:))|(?P<text>"[^"\\]*+(?:\\.[^"\\]*+)*+")|'
    rb"(?P<number>-?[0-9][0-9.eE+-]*)"
    rb"|(?P<open>[\[{])|(?P<close>[\]}])",
    re.DOTALL,
)
_QUOTED = re.compile(rb"""(["'])([^"'\\=:,{}\[\]]{1,64})\1\s*[:=]\s*""")
_QUOTED_VALUE = re.compile(
    rb"""(?:"([^"\\]*+(?:\\.[^"\\]*+)*+)|'([^'\\]*+(?:\\.[^'\\]*+)*+)|(-?[0-9]+)(?![\w.])|([^\s"'\[\]{},:]+))""",
    re.DOTALL,
)
_LITERALS = (b"null", b"true", b"false", b"None", b"True", b"False")


def _fields(data: bytes) -> Iterator[Value]:
    """Yield the texts and numbers of valid JSON; those in an array stand under the array's name without the s
    of a plural.
    """
    names = [""]
    for token in _TOKENS.finditer(data):
        match token.lastgroup:
            case "name":
                names[-1] = _unescaped(token[0][1:-1].decode())
            case "open":
                names.append(names[-1].removesuffix("s") if token[0] == b"[" else "")
            case "close":
                names.pop()
            case "text":
                yield Value(ValueKind.FIELD, names[-1], token.start() + 1, token.end() - 1, token[0][1:-1])
            case _:
                yield Value(ValueKind.NUMBER, names[-1], *token.span(), token[0])


def _quoted(data: bytes) -> Iterator[Value]:
    """Yield what follows a name in quotation marks in a text that is no JSON, or no longer."""
    for match in _QUOTED.finditer(data):
        value = _QUOTED_VALUE.match(data, match.end())
        if value and value.lastindex and value[0] not in _LITERALS:
            kind = ValueKind.NUMBER if value.lastindex == 3 else ValueKind.FIELD
            yield Value(
                kind, match[2].decode("latin-1"), *value.span(value.lastindex), value[value.lastindex]
            )


def _jwts(data: bytes) -> Iterator[Value]:
    """Yield JSON Web Tokens (RFC 7519, 3): Base64 parts with dots between them, of which the first is a JSON
    object.
    """
    if b"eyJ" not in data:
        return
    for match in _DOTTED.finditer(data):
        at = match[0].find(b"eyJ")
        header = match[0][at:].partition(b".")[0]
        # Words have these letters in them, too, but no object in Base64.
        if (
            at >= 0
            and header != match[0][at:]
            and b'":' in urlsafe_b64decode(header[: len(header) // 4 * 4]).replace(b" ", b"")
        ):
            yield Value(ValueKind.JWT, "", match.start() + at, match.end(), match[0][at:])


def _unescaped(text: str) -> str:
    try:
        return str(json.loads(f'"{text}"', strict=False)) if "\\" in text else text
    except ValueError:
        return text
