"""Content codings (RFC 9110, 8.4.1): recorders keep a body as it came over the wire; the judge reads what it carried."""

from __future__ import annotations

import zlib

MAX_DECODED = 8_000_000
"""Bytes that a body may have after decoding; as much as is read from a live provider."""
_PLAIN = frozenset(("", "identity"))
_WINDOWS = {"gzip": (zlib.MAX_WBITS | 16,), "x-gzip": (zlib.MAX_WBITS | 16,), "deflate": (zlib.MAX_WBITS, -zlib.MAX_WBITS)}


def decoded(body: bytes, coding: str | None) -> bytes | str:
    """Return a body without its content coding, or, as text, why it cannot be had.

    Many recorders decode the body and keep the header: what does not look coded is taken as it is.
    """
    name = (coding or "").strip().lower()
    if name in _PLAIN or not body or _is_text(body):
        return body
    for window in _WINDOWS.get(name, ()):
        worker = zlib.decompressobj(window)
        try:
            plain = worker.decompress(body, MAX_DECODED + 1)
        except zlib.error:
            continue
        return plain if len(plain) <= MAX_DECODED else f"the recorded body is larger than {MAX_DECODED} bytes when decoded"
    return f"the recorded body is in the content coding {name[:20]!r}, which is not read"


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True
