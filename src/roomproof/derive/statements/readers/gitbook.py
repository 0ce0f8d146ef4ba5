"""GitBook: `Path parameters`, fields as `name string \u00b7 uuid Required`, `Test it`, samples of HTTP."""

from __future__ import annotations

import re
from collections.abc import Sequence

from roomproof.derive.statements.outline import TOP, Grammar, outline
from roomproof.derive.statements.page_lines import PageLine
from roomproof.derive.statements.reader import PageReader, share_of


def _recognises(lines: Sequence[PageLine]) -> float:
    return share_of(
        lines,
        lambda text: text in ("Test it", "Powered by GitBook"),
        lambda text: " \u00b7 " in text,
        lambda text: text in ("Path parameters", "Query parameters", "Authorizations"),
        lambda text: text == "Responses",
        lambda text: text == "Body",
        lambda text: re.search(r" HTTP/[\d.]+$", text) is not None,
    )


READER = PageReader(
    "gitbook",
    _recognises,
    lambda lines: outline(
        lines, Grammar(top=(*TOP, "path parameters", "query parameters", "header parameters", "body"))
    ),
)
