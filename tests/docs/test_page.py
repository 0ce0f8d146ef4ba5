"""The module that plays pages: what it takes for a command, and that a page which tells something wrong does
not pass.
"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest
import yaml


def play(page: ModuleType, folder: Path, environment: dict[str, str], text: str) -> None:
    """Play a page of this text."""
    path = folder / "page.md"
    path.write_text(text, encoding="utf-8")
    page.play(path, page.Stage(folder, environment))


def fenced(info: str, text: str) -> str:
    """A fenced block."""
    return f"```{info}\n{text}\n```\n"


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        ("one\ntwo", "one\ntwo\n"),
        ("\n  one\n\n", "  one   \n"),
        ("one\n...\nfour", "one\ntwo\nthree\nfour"),
        ("one\n...\ntwo", "one\ntwo"),
        ("took ... s, (all)", "took 0.25 s, (all)"),
        ("...", ""),
    ],
)
def test_an_output_that_is_as_the_page_says(page: ModuleType, expected: str, got: str) -> None:
    assert page.matches(expected, got)


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        ("one", "one\ntwo"),
        ("one\ntwo", "one"),
        ("one", "One"),
        ("one", " one"),
        ("took ... s", "took 0.25\ns"),
        ("one\n...", "two\none"),
        ("a.c", "abc"),
    ],
)
def test_an_output_that_is_not(page: ModuleType, expected: str, got: str) -> None:
    assert not page.matches(expected, got)


def test_a_page_goes_from_top_to_bottom_in_one_session(
    page: ModuleType, tmp_path: Path, environment: dict[str, str]
) -> None:
    parts = [
        fenced("sh", "# a comment\nmkdir there\ncd there\nexport WORD=\\\nhello"),
        fenced('json title="there/data.json"', '{"a": 1}'),
        fenced("console", "$ echo $WORD; ls\nhello\ndata.json\n$ (echo no; exit 1)\nno\n$ echo $?\n1"),
        fenced("console", "$ echo one \\\n> two\none two"),
    ]
    play(page, tmp_path, environment, "\nwords\n\n".join(parts))
    assert (tmp_path / "there" / "data.json").read_text(encoding="utf-8") == '{"a": 1}\n'


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (fenced("console", "$ echo one\ntwo"), "prints something else"),
        (fenced("console", "$ echo one\n..."), "says nothing"),
        (fenced("console", "$ false"), "exit code 1"),
        (fenced("sh", "true\nfalse\ntrue"), "exit code 1"),
        (fenced("sh", "no-such-command"), "not found"),
        (fenced("sh", "exit 0"), "ends the shell"),
        (fenced("sh", "curl https://example.com/"), "not on this machine"),
        (fenced("sh", "pip install 'roomproof[nothing]'"), "nothing that pyproject.toml"),
        (fenced("sh", "python -m pip install --group nothing"), "nothing that pyproject.toml"),
        (fenced("sh", "python -m tox -e nothing"), "nothing that pyproject.toml"),
        (fenced("yaml", "a: [1"), "line 2"),
        (fenced("yaml", "jobs: {one: {steps: [{run: 'exit 3'}]}}"), "exit code 3"),
        (fenced("json", "{"), "line 2"),
        (fenced("toml", "a ="), "line 2"),
        (fenced("python", "a ="), "line 2"),
        (fenced("", "anything"), "no language"),
        (fenced("console", "echo one"), "begins with"),
        (fenced('console title="Another terminal"', "$ echo one; sleep 60\ntwo"), "prints something else"),
        (fenced('console title="Another terminal"', "$ echo one\ntwo"), "prints something else"),
    ],
)
def test_a_page_that_is_wrong_does_not_pass(
    page: ModuleType,
    tmp_path: Path,
    environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    why: str,
) -> None:
    monkeypatch.setattr(page, "SECONDS", 2.0)
    with pytest.raises(page.PageError, match=why) as told:
        play(page, tmp_path, environment, text)
    assert "page.md, block at line 2" in str(told.value)


def test_what_a_workflow_runs_has_the_environment_of_its_job(
    page: ModuleType, tmp_path: Path, environment: dict[str, str]
) -> None:
    steps = [{"run": "pip install roomproof pytest"}, {"run": 'echo "$WORD" > said'}]
    workflow = yaml.safe_dump({"jobs": {"one": {"env": {"WORD": "two words"}, "steps": steps}}})
    play(page, tmp_path, environment, fenced("yaml", workflow))
    assert (tmp_path / "said").read_text(encoding="utf-8") == "two words\n"


def test_another_terminal_lasts_until_the_page_ends(
    page: ModuleType, tmp_path: Path, environment: dict[str, str]
) -> None:
    beside = fenced('console title="Another terminal"', "$ echo $$ > id; echo ready; exec sleep 60\nready")
    play(page, tmp_path, environment, beside + fenced("sh", 'kill -0 "$(cat id)"'))
    shell = fenced("console", '$ kill -0 "$(cat id)" 2>/dev/null; echo $?\n1')
    play(page, tmp_path, environment, shell)


def test_what_the_page_shows_stands_for_what_is_there(
    page: ModuleType, tmp_path: Path, environment: dict[str, str]
) -> None:
    path = tmp_path / "page.md"
    path.write_text(
        fenced(
            "console", "$ echo https://api.example.com/v2/rooms 8080\nhttps://api.example.com/v2/rooms 8080"
        ),
        encoding="utf-8",
    )
    pairs = [("https://api.example.com/v2", "http://127.0.0.1:4711/v2"), ("8080", "4712")]
    stage = page.Stage(tmp_path, environment, pairs)
    page.play(path, stage)
    assert stage.real("https://api.example.com/v2 8080 80801") == "http://127.0.0.1:4711/v2 4712 80801"
