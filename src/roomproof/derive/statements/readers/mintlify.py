"""Mintlify: the path in pieces, `Try it`, fields with name, type and flags on lines of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from roomproof.derive.statements.outline import TOP, Grammar, outline
from roomproof.derive.statements.page_lines import PageLine
from roomproof.derive.statements.reader import PageReader, share_of


def _recognises(lines: Sequence[PageLine]) -> float:
    return share_of(
        lines,
        lambda text: text.startswith(
            ("Required range:", "Available options:", "Maximum string length:", "default:")
        ),
        lambda text: (
            text
            in ("Try it", "Show child attributes", "Hide child attributes", "Ask AI", "Powered by Mintlify")
        ),
        lambda text: text == "Authorizations",
        lambda text: text in ("Body", "Path Parameters", "Query Parameters"),
        lambda text: text == "Response",
        lambda text: re.fullmatch(r"string<[\w-]+>|/", text) is not None,
    )


READER = PageReader(
    "mintlify",
    _recognises,
    lambda lines: outline(
        lines, Grammar(top=(*TOP, "authorizations", "body", "headers", "path parameters", "query parameters"))
    ),
)
