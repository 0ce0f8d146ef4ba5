"""Paragraphs of a page: their sentences, each with the lines that it takes up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from roomproof.derive.statements.page_lines import PageLine
from roomproof.derive.statements.sentences import facts_of, sentences
from roomproof.derive.statements.statement import Form, Statement

_FEW = 3
"""So many words without an end are no sentence."""


def is_sentence(text: str) -> bool:
    """Whether some words are meant as a sentence: they end like one, or there are several."""
    return text.rstrip("\"')").endswith((".", "!", "?", ":", ";")) or len(text.split()) > _FEW


def paragraph_statements(
    lines: Sequence[PageLine], section: tuple[str, ...], subject: str, form: Form = Form.SENTENCE
) -> Iterator[Statement]:
    """Yield the sentences of a paragraph as statements of a form; words that are no sentence are not
    understood.
    """
    whole = " ".join(line.text for line in lines)
    at = 0
    for one in sentences(whole):
        start = whole.index(one, at)
        at = start + len(one)
        known = form if is_sentence(one) or form is not Form.SENTENCE else Form.NOT_UNDERSTOOD
        facts = facts_of(one) if known is not Form.NOT_UNDERSTOOD else {}
        yield Statement(section, subject, known, one, tuple(_within(lines, start, at)), facts)


def _within(lines: Sequence[PageLine], start: int, end: int) -> Iterator[int]:
    at = 0
    for line in lines:
        if at < end and start < at + len(line.text) + 1:
            yield line.number
        at += len(line.text) + 1
