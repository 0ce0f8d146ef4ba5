"""What the statements of a page say, as a tree of OpenAPI 3.1."""

from __future__ import annotations

from typing import Any

from roomproof.derive.statements.statement import StatedDocument


def as_openapi(document: StatedDocument) -> dict[str, Any]:
    """Return an OpenAPI 3.1 tree of what a page says; each guess is marked with `x-guess`."""
    raise NotImplementedError(document.name)
