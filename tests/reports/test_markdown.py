"""Markdown for people: what is broken comes first, and nothing that a provider said is markup."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from roomproof.report.document import report_from
from roomproof.reports.markdown import code, fenced, markdown

Report = dict[str, Any]


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a Markdown text: CommonMark with HTML, and tables as GitHub adds them."""
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        yield from (token, *(token.children or ()))


def structure(text: str) -> list[tuple[str, str]]:
    return [(token.type, token.tag) for token in tokens(text)]


def test_a_person_finds_what_is_broken_and_where_it_stands(of_a_faulty_provider: Report) -> None:
    text = markdown(report_from(of_a_faulty_provider))
    assert text.startswith("# roomproof: 1 fail, ")
    assert "| telnyx | 1 | 0 |" in text
    assert "## fail `telnyx.update-room.request.max_participants.maximum`" in text
    assert "expected  a rejection (status 4xx)" in text
    assert "contract  contracts/telnyx/openapi.yaml:" in text
    assert "\ncurl -i -X PATCH " in text
    assert text.index("## fail") < text.index("## Known deviations")


def test_rooms_that_stayed_behind_are_told(calm: Report) -> None:
    told = {**calm, "providers": [{**calm["providers"][0], "remarks": ["room 7 could not be deleted"]}]}
    assert "room 7 could not be deleted" in markdown(report_from(told))


def test_steps_of_a_sequence_are_numbered(of_sequences: Report) -> None:
    assert "\n1. curl " in markdown(report_from(of_sequences))
    assert "\n2. curl " in markdown(report_from(of_sequences))


def test_a_run_that_could_not_start_says_why(of_no_run: Report) -> None:
    text = markdown(report_from(of_no_run))
    assert text.startswith("# roomproof: nothing was judged")
    assert "stopped early" in text
    assert "TELNYX_API_KEY" in text


def test_hostile_texts_change_nothing_but_texts(hostile: Report, calm_but_stopped: Report) -> None:
    text = markdown(report_from(hostile))
    expected = structure(markdown(report_from(calm_but_stopped)))
    empty = hostile["providers"][0]["target"] == ""
    found = structure(text)
    if empty:  # A deviation without a reason has no line for it.
        found, expected = (
            [pair for pair in pairs if pair[0] not in ("hardbreak", "text", "code_inline")]
            for pairs in (found, expected)
        )
    assert found == expected
    assert not {"html_block", "html_inline", "link_open", "image"} & {name for name, _ in found}
    assert all(letter.isprintable() or letter == "\n" for letter in text)


def test_a_provider_named_like_a_table_does_not_break_the_table(calm: Report) -> None:
    for name in ("a|b", "a\\|b", "a\n|---|", "<b>", "`", "[x](y)"):
        calm["providers"][0]["provider"] = name
        found = tokens(markdown(report_from(calm)))
        (cell, *_) = [token for token in found if token.type == "inline" and token.map == [4, 5]]
        shown = "".join(child.content for child in cell.children or ())
        assert shown == name.replace("\n", "\\n"), markdown(report_from(calm))


def test_code_is_what_was_put_in() -> None:
    for text in ("plain", "`", "``", "a `b` ``c``", " a", "a ", "<b>", "\\", "`a", "&amp;"):
        (span,) = (token for token in tokens(f"- x {code(text)} y") if token.type == "code_inline")
        assert span.content == text
    for text in ("plain", "```", "~~~\n````\n```sh", "    a\n\n# b", "</details>"):
        (block,) = (token for token in tokens(fenced(text, "text")) if token.type == "fence")
        assert block.content == text + "\n"


def test_a_long_curl_line_is_left_out_and_never_cut(handmade: Any) -> None:
    text = markdown(report_from(handmade("y" * 5_000)))
    assert "curl -d" not in text
    assert "the JSON report only" in text
    assert "(3000 more characters)" in text
