"""How a list is turned, page by page, as names of parameters and of fields tell it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from roomproof.contract.clause import Path
from roomproof.derive.draft.schemas import Schema, Schemas
from roomproof.derive.draft.shown import fields_at

_SIZES = (
    *("limit", "pagesize", "perpage", "maxpagesize", "maxresults", "size", "top", "pagelimit", "count"),
    *("resultsperpage", "maxitems", "first", "maxkeys"),
)
_PAGES = ("pagenumber", "page", "pageno", "pagenum", "pageindex", "currentpage", "p")
_OFFSETS = ("offset", "skip", "start", "startindex", "pageoffset", "from")
_LINKS = (
    *("next", "nextlink", "nextpageuri", "nextpageurl", "nexturl", "nexturi", "nexthref", "nextpagelink"),
    *("nextpage", "odatanextlink"),
)
_TOKENS = (
    *("nextpagetoken", "nextcursor", "nexttoken", "next", "nextpage", "cursor", "pagetoken", "endcursor"),
    *("continuationtoken", "after", "nextafter", "marker", "nextmarker"),
)
_OF_CURSORS = (
    "pagetoken",
    "cursor",
    "nextpagetoken",
    "nexttoken",
    "continuationtoken",
    "after",
    "startingafter",
)
_LAST_SEEN = ("startingafter", "startafter", "startafterid", "afterid", "lastid", "lastseenid")
"""Names of parameters that take what names the last entry of a page."""
_BACKWARDS = ("endingbefore", "endbefore", "endbeforeid", "beforeid", "before", "previouscursor")
_EITHER = ("next", "next_page", "nextPage")
"""Names of a link, or of a cursor where a parameter takes one."""
_OF_PAGES = ("links", "_links", "paging", "pagination", "meta", "metadata", "pageinfo", "page_info")
_USUAL_SIZE = 20


def paging(
    body: Schema, schemas: Schemas, query: Mapping[str, Schema], entries: Path, key: str
) -> tuple[dict[str, Any], str]:
    """Return what `x-list` says of the pages of a list, and a word on what it cannot say.

    `body` is the schema of its response, `query` those of its query parameters, `key` the field that names an
    entry, empty where none does.
    """
    told: dict[str, Any] = {}
    size = _named(query, _SIZES)
    if size:
        told["size"] = size
    cursor = _named(query, _OF_CURSORS)
    if (link := _way(body, schemas, entries, _LINKS)) and not (cursor and link[-1] in _EITHER):
        return {**told, "next": [*link]}, ""
    if page := _named(query, _PAGES):
        least = query[page].get("minimum", query[page].get("default", 1))
        return {**told, "page": {"parameter": page, "first": 0 if least == 0 else 1}}, ""
    if offset := _named(query, _OFFSETS):
        step = _size_of(query.get(size, {}))
        asked = {"query": {size: str(step)}} if size else {}
        return {**asked, "page": {"parameter": offset, "first": 0, "step": max(step, 2)}, **told}, ""
    if cursor and (token := _way(body, schemas, entries, _TOKENS)):
        return {**told, "next": [*token], "cursor": cursor}, ""
    if key and (seen := _named(query, _LAST_SEEN)):
        return {**told, "last": [key], "cursor": seen}, ""
    if cursor:
        return (
            told,
            f"pages are asked for by {cursor!r}, and no field of a response is known to tell it: one is read",
        )
    return told, ""


def left_open(query: Mapping[str, object]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the query parameters by which pages are asked for, each with what no specification settles: what
    a page beyond the last one is answered with, and a cursor that no response has given.
    """
    for words in (_PAGES, _OFFSETS):
        if name := _named(query, words):
            reason = "past the end there may be an empty page or none"
            yield name, {"reason": reason, "schema": {"type": "integer", "minimum": 2}}
    for words in (_OF_CURSORS, _LAST_SEEN, _BACKWARDS):
        if name := _named(query, words):
            yield name, {"reason": "a cursor is what a response has given, and nothing else", "schema": {}}


def _named(query: Mapping[str, object], words: tuple[str, ...]) -> str:
    """Return the query parameter that is called by one of some words, the likeliest one first."""
    plain = {re.sub(r"[^a-z]", "", name.lower()): name for name in query}
    return next((plain[word] for word in words if word in plain), "")


def _size_of(schema: Schema) -> int:
    """Return how many entries of a page to ask for."""
    most, least = schema.get("maximum"), schema.get("minimum")
    size = schema.get("default", most)
    size = size if isinstance(size, int) and not isinstance(size, bool) and 2 <= size <= 1000 else _USUAL_SIZE
    size = min(size, most) if isinstance(most, int) else size
    return int(max(size, least)) if isinstance(least, int) else int(size)


def _way(body: Schema, schemas: Schemas, entries: Path, words: tuple[str, ...]) -> Path:
    """Return the way to a text beside the entries that is called by one of some words; empty without one."""
    around = entries[:-1]
    ways: list[Path] = [(), *([around] if around else [])]
    for way in [*ways]:
        fields = fields_at(body, way, schemas)
        ways += [(*way, name) for name in fields if name.lower() in _OF_PAGES]
    for way in ways:
        for name, field in fields_at(body, way, schemas).items():
            if re.sub(r"[^a-z]", "", name.lower()) not in words:
                continue
            if "href" in schemas.fields(field):
                return (*way, name, "href")
            kinds = field.get("type", "string")
            if "string" in ([kinds] if isinstance(kinds, str) else kinds):
                return (*way, name)
    return ()
