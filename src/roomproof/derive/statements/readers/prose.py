"""Plain prose: headings in capitals, calls, command lines of curl, samples of JSON, lists."""

from __future__ import annotations

import re
from collections.abc import Sequence

from roomproof.derive.statements.calls import is_curl, request_line_at
from roomproof.derive.statements.outline import Grammar, outline
from roomproof.derive.statements.page_lines import PageLine
from roomproof.derive.statements.reader import PageReader
from roomproof.derive.statements.samples import begins_sample

_HEADING = re.compile(r"[A-Z0-9][\w'-]*(?: (?:[A-Z0-9][\w'()-]*|a|an|the|of|and|or|for|to|in|with|by)){0,7}")


def _recognises(lines: Sequence[PageLine]) -> float:
    """As sure as it can be where a page has a call and a sample, but less than any layout that is known."""
    calls = any(
        call and call[1].get("path") for at in range(len(lines)) if (call := request_line_at(lines, at))
    )
    shown = any(is_curl(line.text) or begins_sample(line.text) for line in lines)
    return 0.5 if calls and shown else 0.0


def _heading(lines: Sequence[PageLine], at: int, _section: tuple[str, ...]) -> int:
    line = lines[at]
    alone = (at == 0 or not lines[at - 1].text) and (at + 1 == len(lines) or not lines[at + 1].text)
    return 2 if alone and line.indent == 0 and _HEADING.fullmatch(line.text) else 0


READER = PageReader("prose", _recognises, lambda lines: outline(lines, Grammar(heading=_heading)))
