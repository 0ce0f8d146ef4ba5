"""Docusaurus with its OpenAPI plug-in: a method, a path as `/rooms/:id`, then Request, Responses, samples."""

from __future__ import annotations

import re
from collections.abc import Sequence

from roomproof.derive.statements.calls import request_line_at
from roomproof.derive.statements.outline import Grammar, outline
from roomproof.derive.statements.page_lines import Mark, PageLine
from roomproof.derive.statements.reader import PageReader, share_of

_SECTIONS = ("path parameters", "query parameters", "header parameters", "body", "schema")


def _recognises(lines: Sequence[PageLine]) -> float:
    texts = {line.text.lower() for line in lines}
    calls = [request_line_at(lines, at) for at in range(len(lines)) if lines[at].mark is not Mark.CODE]
    split = any(call and call[2] - 1 > at and call[1].get("path") for at, call in enumerate(calls))
    named = ("request" in texts) + ("responses" in texts) + bool(texts & set(_SECTIONS))
    glued = share_of(
        lines, lambda text: bool(re.search(r"^[\w.]+ [a-z0-9<>\[\]-]+(required|nullable)?$", text))
    )
    return 0.3 * split + 0.2 * named + 0.1 * glued if named else 0.0


READER = PageReader("docusaurus", _recognises, lambda lines: outline(lines, Grammar()))
