"""The command line as a whole: whatever stands where a file is expected, it ends with one sentence and exit
code 2 or 3.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from roomproof.cli import main

CONTENTS = {
    "empty": b"",
    "spaces": b" \n\t\n",
    "binary": bytes(range(256)) * 8,
    "utf-16": "interactions: []".encode("utf-16"),
    "null": b"null",
    "list": b"[]",
    "text": b"just a text",
    "deep": b"[" * 100_000,
    "brace": b"{",
    "number": b"1" * 10_000,
    "aliases": b"a: &a [x]\n" + b"".join(b"a%d: &a%d [*a, *a]\n" % (one, one) for one in range(20)),
    "merge": b"<<: [{a: 1}]\ninteractions: 5\n",
    "two documents": b"---\n{}\n---\n{}\n",
    "report without providers": b'{"report_version": 1}',
    "escapes": b'{"interactions": "\\u001b[2J"}',
}


def one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str | Path
) -> None:
    monkeypatch.setattr(sys, "argv", ["roomproof", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        main()
    told = capsys.readouterr().err
    assert ended.value.code in (2, 3), words
    (line,) = told.splitlines()
    assert line.startswith("roomproof: ")
    assert line.isprintable()


COMMANDS = [
    ("replay", "{}"),
    ("replay", "--check-secrets", "{}"),
    ("compare", "{}", "{}"),
    ("verify", "telnyx", "--contracts", "{}", "--max-requests", "1"),
    ("probe", "telnyx", "--contracts", "{}", "--max-requests", "1"),
    ("clauses", "telnyx", "--contracts", "{}"),
    ("matrix", "--contracts", "{}"),
    ("init", "{}"),
]


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words[:2]))
@pytest.mark.parametrize("what", ["missing", "file", "null character"])
def test_no_such_thing(
    words: tuple[str, ...],
    what: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`init` makes what is missing, so for it a name that is none is asked for."""
    place = {
        "missing": tmp_path / "No such",
        "file": tmp_path / "file.yaml",
        "null character": tmp_path / "a\0b",
    }[what]
    (tmp_path / "file.yaml").write_bytes(CONTENTS["binary"])
    one_sentence(capsys, monkeypatch, *(word.format(place) for word in words))


@pytest.mark.parametrize("suffix", [".yaml", ".json", ".har"])
@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS.keys())
@pytest.mark.parametrize("words", COMMANDS[:3], ids=lambda words: " ".join(words[:2]))
def test_a_file_of_something_else(
    words: tuple[str, ...],
    content: bytes,
    suffix: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (path := tmp_path / f"any{suffix}").write_bytes(content)
    one_sentence(capsys, monkeypatch, *(word.format(path) for word in words))


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS.keys())
@pytest.mark.parametrize("name", ["openapi.yaml", "deviations.yaml"])
def test_a_contract_of_something_else(
    name: str,
    content: bytes,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path / "mine"
    monkeypatch.setattr(sys, "argv", ["roomproof", "init", str(folder)])
    with pytest.raises(SystemExit):
        main()
    capsys.readouterr()
    (folder / name).write_bytes(content)
    harmless = name == "deviations.yaml" and content.strip() in (b"", b"[]", b"null")
    if not harmless:
        one_sentence(capsys, monkeypatch, "clauses", "mine", "--contracts", folder)


def test_folders_where_files_are_expected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine" / "openapi.yaml").mkdir(parents=True)
    (tmp_path / "tapes" / "a.yaml").mkdir(parents=True)
    one_sentence(capsys, monkeypatch, "clauses", "mine", "--contracts", tmp_path)
    one_sentence(capsys, monkeypatch, "replay", tmp_path / "tapes")
    one_sentence(capsys, monkeypatch, "replay", "/dev/null")


def test_a_pipe_that_nobody_writes_to_is_no_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    one_sentence(capsys, monkeypatch, "replay", tmp_path / "pipe.yaml")


def test_what_a_tool_keeps_in_a_hidden_folder_is_no_recording(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".tool").mkdir()
    (tmp_path / ".tool" / "last.json").write_text("{}", encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["roomproof", "replay", "--check-secrets", str(tmp_path)])
    own = (
        "interactions:\n- request: {method: GET, uri: 'http://localhost/x'}\n  response: {status: "
        "{code: 200}}\n"
    )
    (tmp_path / "own.yaml").write_text(own, encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main()
    assert (ended.value.code, capsys.readouterr().err) == (0, "")
