from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from roomproof.contract.formats import FORMATS, is_http_date
from roomproof_strategies import formats, malformed

ANCHOR = datetime(2030, 5, 10, 12, 34, 56, tzinfo=UTC)


def _reject(word: str) -> Any:
    raise ValueError(word)


def _is_json(text: bytes) -> bool:
    try:
        json.loads(text.decode("utf-8"), parse_constant=_reject)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize(
    ("text", "note"), [case for case in malformed() if not case[1].startswith("parser's choice")]
)
def test_no_strict_parser_takes_it(text: bytes, note: str) -> None:
    try:
        assert not _is_json(text), note
    except RecursionError:
        assert len(text) >= 2000


def test_the_kinds_of_damage() -> None:
    notes = {note for _, note in malformed()}
    assert len(notes) == len(list(malformed()))
    for word in (
        "empty",
        "comma before",
        "single quotes",
        "NaN",
        "UTF-8",
        "two documents",
        "surrogate",
        "2000 levels",
        "byte order mark",
    ):
        assert any(word in note for note in notes), word


@pytest.mark.parametrize(
    ("name", "listed", "missed"),
    [
        ("date-time", formats.date_times(ANCHOR), formats.date_time_misses(ANCHOR)),
        ("date", formats.dates(ANCHOR), formats.date_misses(ANCHOR)),
        ("uuid", formats.uuids(), formats.uuid_misses()),
        ("http-date", formats.http_dates(ANCHOR), formats.http_date_misses(ANCHOR)),
        ("uri", [case for case in formats.urls() if "IRI" not in case[1]], formats.url_misses()),
    ],
)
def test_enumerations_are_on_the_right_side_of_their_format(name: str, listed: Any, missed: Any) -> None:
    for text, note in listed:
        assert FORMATS[name](text), note
    for text, note in missed:
        assert not FORMATS[name](text), note
    for texts in (listed, missed):
        assert len({text for text, _ in texts}) == len(texts)


@pytest.mark.parametrize("length", [1, 2, 3, 40, 199, 3000])
def test_words_have_their_length_in_code_points(length: int) -> None:
    for alphabet in formats.ALPHABETS:
        assert len(formats.words(alphabet, length)) == length
    assert len(formats.words("non-BMP", length).encode("utf-16-le")) == 4 * length
    if length >= 30:
        assert len(formats.url_of_length(length)) == length


def test_plain_forms_have_four_digits_of_year() -> None:
    assert formats.plain_date_time(datetime(33, 4, 3, tzinfo=UTC)) == "0033-04-03T00:00:00Z"
    assert is_http_date(formats.plain_http_date(ANCHOR))
