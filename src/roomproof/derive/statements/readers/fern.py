"""Fern: `This endpoint expects an object.`, fields as `name string Optional <=200 characters`, errors."""

from __future__ import annotations

import re
from collections.abc import Sequence

from roomproof.derive.statements.outline import TOP, Grammar, outline
from roomproof.derive.statements.page_lines import PageLine
from roomproof.derive.statements.reader import PageReader, share_of


def _recognises(lines: Sequence[PageLine]) -> float:
    return share_of(
        lines,
        lambda text: text.startswith(("This endpoint expects", "The request body")),
        lambda text: text in ("Path parameters", "Query parameters"),
        lambda text: text == "Response",
        lambda text: text == "Request",
        lambda text: text == "Errors" or text.startswith("Built with"),
        lambda text: re.search(r" (Optional|Required)( |$|[<>])", text) is not None,
    )


READER = PageReader(
    "fern",
    _recognises,
    lambda lines: outline(lines, Grammar(top=(*TOP, "path parameters", "query parameters", "headers"))),
)
