"""Redoc: `path Parameters`, `Request Body schema: application/json`, `Response samples`."""

from __future__ import annotations

from collections.abc import Sequence

from roomproof.derive.statements.outline import CHROME, TOP, Grammar, outline
from roomproof.derive.statements.page_lines import PageLine
from roomproof.derive.statements.reader import PageReader, share_of

_PREFIXES = ("request body schema", "response schema", "authorizations")


def _recognises(lines: Sequence[PageLine]) -> float:
    return share_of(
        lines,
        lambda text: text.startswith("Request Body schema"),
        lambda text: text in ("path Parameters", "query Parameters", "header Parameters"),
        lambda text: text.startswith("Response Schema") or text == "Content type",
        lambda text: text == "Response samples",
        lambda text: text == "Responses",
        lambda text: text.startswith("Authorizations"),
    )


READER = PageReader(
    "redoc",
    _recognises,
    lambda lines: outline(
        lines,
        Grammar(
            top=(*TOP, "path parameters", "query parameters", "header parameters"),
            prefixes=_PREFIXES,
            chrome=(*CHROME, "payloadcurl", "payload"),
        ),
    ),
)
