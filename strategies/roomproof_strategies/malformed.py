"""Bodies that are no JSON text (RFC 8259), or that a careless parser falls over."""

from __future__ import annotations

from collections.abc import Iterator

DEPTH = 2000


def malformed() -> Iterator[tuple[bytes, str]]:
    """Yield (body, note): bytes that no strict JSON parser takes (RFC 8259, 2, 7, 8.1).

    A note that starts with `parser's choice` marks a body that the grammar allows and that parsers may reject
    (RFC 8259, 8.1, 8.2 and 9).
    """
    yield b"", "empty body"
    yield b" \n", "only white space"
    yield b'{"a": 1', "closing brace missing"
    yield b'{"a": ', "cut off after a colon"
    yield b'{"a', "cut off inside a name"
    yield b'{"a": 1,}', "comma before the closing brace"
    yield b'{"a": [1, 2,]}', "comma before the closing bracket"
    yield b"{'a': 1}", "single quotes"
    yield b"{a: 1}", "name without quotes"
    yield b'{"a" 1}', "colon missing"
    yield b'{"a": 1 "b": 2}', "comma missing"
    yield b'{"a": NaN}', "NaN"
    yield b'{"a": Infinity}', "Infinity"
    yield b'{"a": -Infinity}', "minus infinity"
    yield b'{"a": 01}', "number with a leading zero"
    yield b'{"a": +1}', "number with a plus sign"
    yield b'{"a": .5}', "number without an integer part"
    yield b'{"a": 1.}', "number with a bare point"
    yield b'{"a": 0x10}', "hexadecimal number"
    yield b'{"a": True}', "capital letter in true"
    yield b'{"a": undefined}', "undefined"
    yield b'{"a": 1} // note', "comment"
    yield b'{"a": 1}}', "one closing brace too many"
    yield b'{"a": [1}', "brackets crossed"
    yield b'{"a": 1}{"b": 2}', "two documents"
    yield b'{"a": "line\nline"}', "bare newline in a string"
    yield b'{"a": "\\x41"}', "unknown escape"
    yield b'{"a": "\\u12"}', "cut off escape"
    yield b'{"a": "\xff\xfe"}', "invalid UTF-8"
    yield b'{"a": "\xc0\xaf"}', "overlong UTF-8"
    yield b'{"a": "\xed\xa0\x80"}', "surrogate in UTF-8"
    yield '{"a": 1}'.encode("utf-16"), "UTF-16"
    yield b"a=1&b=2", "form data"
    yield b"<a>1</a>", "XML"
    yield b"\xef\xbb\xbf{}", "parser's choice: byte order mark"
    yield b'{"a": "\\ud800"}', "parser's choice: escape of a lone surrogate"
    yield b'{"a": 1, "a": 2}', "parser's choice: a name twice"
    yield b'{"a": 1e400}', "parser's choice: number beyond double precision"
    yield b'{"a": ' * DEPTH + b"1" + b"}" * DEPTH, f"parser's choice: {DEPTH} levels deep"
    yield b"[" * DEPTH, f"{DEPTH} brackets never closed"
