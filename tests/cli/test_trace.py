"""`roomproof trace`: exit codes, which file was taken for which document, JSON, and `--write`."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from roomproof.providers import bundled

Run = Callable[..., Any]
PAGE = """\
Update a room.

PATCH

/rooms/:room_id

Synchronously update a Room.

Request

Body

    max_participants integer

    Possible values: >= 2 and <= 50

Responses

200: Update room response.
"""
MAXIMUM = "telnyx.update-room.request.max_participants.maximum"


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A contract whose documents list no statements, and a saved page beside it."""
    shutil.copytree(bundled("contracts") / "telnyx", tmp_path / "mine" / "telnyx")
    listed = tmp_path / "mine" / "telnyx" / "documents.yaml"
    listed.write_text('# Ours.\ndocuments:\n  - title: "Telnyx: Update a room"\n')
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "page.txt").write_text(PAGE)
    return listed


def test_the_bundled_claims_need_no_documents(inside: Run) -> None:
    done = inside("trace", "telnyx", "carrierx")
    assert (done.code, "72 statements, 66 claimed, 6 waived" in done.out) == (0, True), done


def test_a_page_from_first_to_last(inside: Run, mine: Path, tmp_path: Path) -> None:
    words = ("trace", "telnyx", "--contracts", "mine")
    nothing = inside(*words)
    assert (nothing.code, "no document lists its statements" in nothing.err) == (2, True)

    written = inside(*words, "--documents", "saved", "--write")
    assert (written.code, "unclaimed: Request > Body > max_participants" in written.out) == (1, True), written
    text = mine.read_text()
    assert text.startswith("# Ours.\n")

    claimed = [
        line + ' "telnyx.*"' if line.endswith(":") and line.startswith(" " * 8) else line
        for line in text.splitlines()
    ]
    mine.write_text("\n".join(claimed))
    done = inside(*words, "--documents", "saved", "--json", "trace.json")
    assert (done.code, "read from saved/page.txt" in done.out) == (0, True), done

    (tmp_path / "saved" / "page.txt").write_text(PAGE.replace("50", "60"))
    changed = inside(*words, "--documents", "saved", "--json", "trace.json")
    assert (changed.code, "says now: Possible values: >= 2 and <= 60" in changed.out) == (1, True), changed
    (provider,) = json.loads((tmp_path / "trace.json").read_text())["providers"]
    (change,) = provider["documents"][0]["changes"]
    assert (change["change"], change["after"]["line"], MAXIMUM in change["clauses"]) == ("changed", 15, True)


def test_a_document_without_a_file_is_never_green(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "notes.txt").write_text("Some notes of mine.\n")
    done = inside("trace", "telnyx", "--documents", "saved")
    assert (done.code, "is a document of telnyx" in done.err) == (3, True), done
    assert "not traced: no file of --documents is this document" in done.out
    assert "saved/notes.txt: it is none of these documents" in done.out


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--documents", "nowhere"), "nowhere is no folder of saved documents"),
        (("--write",), "name their folder with --documents"),
    ],
)
def test_wrong_usage(words: tuple[str, ...], complaint: str, inside: Run) -> None:
    done = inside("trace", "telnyx", *words)
    assert (done.code, complaint in done.err) == (2, True), done
