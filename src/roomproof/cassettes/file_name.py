"""Names of files made of names that a contract, a recording or a server gives: they stay below their folder.

What today's clause ids are made of stands for itself; all else is written as in a URL (RFC 3986, 2.1), the
per cent sign, too, so that two names never become one.
"""

from __future__ import annotations

import re
from hashlib import sha256

LONGEST = 200
"""Bytes of a name, without what a caller puts behind it: file systems take 255."""
_DIGEST = 64
_OWN = re.compile(rb"[^A-Za-z0-9._-]")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9]|lpt[0-9])(?:\.|$)", re.IGNORECASE)
"""Names that are devices on Windows, whatever stands behind their first dot."""


def file_name(name: str) -> str:
    """Return a name as that of a file, without its suffix, on every system.

    One too long is cut, and ends in `~` and the SHA-256 of the whole.
    """
    raw = name.encode("utf-8", "surrogatepass")
    text = _OWN.sub(lambda match: b"%%%02X" % match[0][0], raw).decode("ascii")
    # A leading dot hides a file, Windows drops a trailing one, and two dots are another folder.
    if not text or text[0] == "." or _RESERVED.match(text):
        text = f"%{ord(text[0]):02X}{text[1:]}" if text else "%"
    if text[-1] == ".":
        text = f"{text[:-1]}%2E"
    return text if len(text) <= LONGEST else f"{text[: LONGEST - _DIGEST - 1]}~{sha256(raw).hexdigest()}"
