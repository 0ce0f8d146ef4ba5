"""Which files of a folder are recordings: the same on every Python, links followed, what is none passed over
and told.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from roomproof.cassettes.recording import found_in
from roomproof.errors import UsageError

CASSETTE = json.dumps({"interactions": []})


def tree(root: Path, **files: str) -> Path:
    for name, content in files.items():
        path = root / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return root


def names(root: Path) -> list[str]:
    return [path.relative_to(root).as_posix() for path in list(found_in(root).files)]


def test_linked_folders_are_followed_and_loops_end(tmp_path: Path) -> None:
    elsewhere = tree(tmp_path / "elsewhere", a_json=CASSETTE, deep__b_json=CASSETTE)
    root = tree(tmp_path / "tree", own_json=CASSETTE, x__y_json=CASSETTE)
    (root / "linked").symlink_to(elsewhere)
    (root / "x" / "loop").symlink_to(root)
    (elsewhere / "back").symlink_to(root)
    (elsewhere / "self").symlink_to(elsewhere)

    assert names(root) == ["linked/a.json", "linked/deep/b.json", "own.json", "x/y.json"]


def test_a_link_to_what_the_folder_lies_in_is_passed_over_and_told(tmp_path: Path) -> None:
    tree(tmp_path, beside_json=CASSETTE)
    root = tree(tmp_path / "tree", own_json=CASSETTE)
    (root / "up").symlink_to(tmp_path)
    (root / "top").symlink_to("/")

    found = found_in(root)
    assert found.files == (root / "own.json",)
    assert [path.name for path in found.skipped] == ["top", "up"]


def test_a_file_is_judged_once_by_the_path_without_links(tmp_path: Path) -> None:
    root = tree(tmp_path / "tree", z__own_json=CASSETTE)
    (root / "a.json").symlink_to(root / "z" / "own.json")
    (root / "b").symlink_to(root / "z")
    (root / "c.json").hardlink_to(root / "z" / "own.json")

    assert names(root) == ["c.json"]
    (root / "c.json").unlink()
    assert names(root) == ["z/own.json"]


def test_a_link_to_nowhere_is_told_when_it_is_read_and_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").symlink_to(tmp_path / "nowhere")

    assert names(tmp_path) == ["a.yaml"]


def test_a_folder_that_is_a_link_itself_is_looked_into(tmp_path: Path) -> None:
    tree(tmp_path / "tree", a_json=CASSETTE)
    (tmp_path / "link").symlink_to(tmp_path / "tree")

    assert names(tmp_path / "link") == ["a.json"]


def test_suffixes_are_known_in_any_case(tmp_path: Path) -> None:
    for name in ("test_a[https-x].YAML", "b.Yml", "c.HAR", "d.JSON", "e.Flows", "f.txt", "g.zip"):
        (tmp_path / name).write_text("interactions:\n", encoding="utf-8")
    (tmp_path / "h.har.ZIP").write_bytes(b"PK\x03\x04 log.entries: cut off")

    assert names(tmp_path) == ["b.Yml", "c.HAR", "d.JSON", "e.Flows", "h.har.ZIP", "test_a[https-x].YAML"]


NO_RECORDINGS = {
    "package.json": '{"name": "a", "version": "1"}',
    "tsconfig.json": '{\n  // comments are no JSON\n  "compilerOptions": {}, }',
    "list.json": "[1, 2]",
    "openapi.yaml": "openapi: 3.1.0\npaths: {}\n",
    "openapi.json": '{"openapi": "3.1.0"}',
    "compose.yml": "services:\n  web: {image: x}\n",
    "broken.yaml": "a: [1\n",
    "entries.yaml": "entries:\n- a\nscope: x\n",
    "report.json": '{"roomproof": "1", "providers": []}',
    "pact.json": '{"consumer": {}, "provider": {}, "interactions": []}',
}


def test_what_is_no_recording_is_passed_over_and_told(tmp_path: Path) -> None:
    for name, content in NO_RECORDINGS.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    tree(tmp_path, a_json=CASSETTE, b_yaml="interactions: []\n", empty_yaml="")

    found = found_in(tmp_path)
    assert [path.name for path in found.files] == ["a.json", "b.yaml", "empty.yaml"]
    assert {path.name for path in found.skipped} == NO_RECORDINGS.keys()
    assert found.skipped[tmp_path / "openapi.json"].startswith("is an OpenAPI description")


DAMAGED = (
    '{"interactions": [{"request"',
    '{"x": , "log": {"entries": [',
    "interactions:\n- request: {\n  ]",
    "x: [\nhttp_interactions:\n",
    "log:\n  entries:\n  - [\n",
    '[{"scope": "https://api.example.com", "pa',
    '{"item": [{"response": [{"originalRequest": {',
)


@pytest.mark.parametrize("content", DAMAGED)
def test_a_damaged_recording_is_not_passed_over(tmp_path: Path, content: str) -> None:
    tree(tmp_path, a_json=content, b_json=CASSETTE)

    assert names(tmp_path) == ["a.json", "b.json"]


def test_a_file_that_is_named_stands_for_itself(tmp_path: Path) -> None:
    tree(tmp_path, package_json="{}")

    assert list(found_in(tmp_path / "package.json").files) == [tmp_path / "package.json"]
    with pytest.raises(UsageError, match=r"holds no cassette \(.*package\.json: is no recording"):
        list(found_in(tmp_path).files)


def test_hidden_files_and_regressions_are_left_out_below_links_too(tmp_path: Path) -> None:
    hidden = (".a.json", ".git/b.json", "regressions/c.json", "x/regressions/d.json")
    for name in (*hidden, "e.json"):
        (tmp_path / "else" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "else" / name).write_text(CASSETTE, encoding="utf-8")
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "linked").symlink_to(tmp_path / "else")

    assert names(tmp_path / "tree") == ["linked/e.json"]
    assert found_in(tmp_path / "tree").skipped == {}
    assert names(tmp_path / "else" / "regressions") == ["c.json"]
