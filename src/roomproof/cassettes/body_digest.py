"""A body as it was sent: what a cassette keeps of one that it shows laid out anew, and the way back to the
exact bytes.

White space counts where bytes are signed or measured, so beside a body that is laid out for review stand the
digest and the length of the bytes themselves, as they were recorded: with secrets replaced.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from roomproof.cassettes.layout import layouts
from roomproof.interaction import LARGEST_BODY

FIELD = "as_sent"
"""The field of an entry, beside `recorded_at`: `{request: {sha256, bytes}, response: {sha256, bytes}}`, each
where it is needed.
"""


def digest_of(body: bytes) -> dict[str, Any]:
    """Return what is kept of a body."""
    return {"sha256": hashlib.sha256(body).hexdigest(), "bytes": len(body)}


def restored(shown: bytes | None, told: Any) -> bytes | None:
    """Return the bytes that a digest is of, if a layout of a shown body has them; the shown body if none
    does, as after an edit.
    """
    if shown is None or not isinstance(told, Mapping) or len(shown) > LARGEST_BODY:
        return shown
    size, digest = told.get("bytes"), told.get("sha256")
    for text in layouts(shown.decode("utf-8", "surrogateescape")):
        body = text.encode("utf-8", "surrogateescape")
        if len(body) == size and hashlib.sha256(body).hexdigest() == digest:
            return body
    return shown
