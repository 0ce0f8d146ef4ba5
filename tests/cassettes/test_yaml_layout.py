"""A cassette in YAML is read some entries at a time in whatever layout a recorder or a hand gives it; what is
broken costs itself.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from roomproof.cassettes import yaml_file
from roomproof.cassettes.entry import Entry, Unreadable
from roomproof.cassettes.recording import open_recording
from roomproof.errors import UsageError


def item(name: str) -> str:
    """An entry of vcrpy's, as an item that is not indented."""
    request = {"method": "GET", "uri": f"http://localhost/{name}", "body": None, "headers": {"A": ["- b"]}}
    response = {
        "status": {"code": 200, "message": "OK"},
        "headers": {},
        "body": {"string": "- request:\n\n# no comment\n---\n"},
    }
    return yaml.safe_dump([{"request": request, "response": response}])


def indented(text: str, by: int = 4) -> str:
    return "".join(" " * by + line if line.strip() else line for line in text.splitlines(keepends=True))


def names(path: Path) -> list[str]:
    """The last part of each entry's path, `!` and the reason in place of one that cannot be read."""
    found = open_recording(path).entries()
    return [
        f"!{one.why}" if isinstance(one, Unreadable) else one.interaction.request.path[1:] for one in found
    ]


ONE, TWO = item("1"), item("2")
LIST = f"interactions:\n{ONE}{TWO}"
LAYOUTS = {
    "as vcrpy writes it": f"{LIST}version: 1\n",
    "the other way round": f"version: 1\n{LIST}",
    "fields on both sides": (
        f"recorded_with: 'x'\ncommand: |\n  interactions\n{LIST}seed: 1\nnotes:\n- interactions\n"
    ),
    "indented": f"version: 1\ninteractions:\n{indented(ONE)}{indented(TWO)}",
    "indented, another field behind": f"interactions:\n{indented(ONE, 2)}{indented(TWO, 2)}version: 1\n",
    "the other name": f"http_interactions:\n{ONE}{TWO}recorded_with: VCR\n",
    "a quoted name": f"\"interactions\" :\n{ONE}{TWO}'version': 1\n",
    "marks": f"---\n{LIST}...\n",
    "marks with comments": f"# a\n--- # b\n{LIST}... # c\n# d\n\n",
    "directives": f"%YAML 1.1\n%TAG ! tag:example.com,2000:\n---\n{LIST}...\n",
    "comments": f"# a\ninteractions: # b\n\n# c\n{ONE}# d\n\n   # e\n{TWO}\n# f\nversion: 1 # g\n",
    "items on lines of their own": f"interactions:\n-\n  {ONE[2:]}- # b\n  {TWO[2:]}",
    "spaces and tabs at the ends": LIST.replace(":\n", ": \t\n"),
    "the line ends of Windows": LIST.replace("\n", "\r\n"),
    "a byte order mark": f"\ufeff{LIST}",
    "no line end": LIST.rstrip("\n"),
    "two lists": f"interactions:\n{ONE}version: 1\ninteractions:\n{TWO}",
    "two documents": f"---\ninteractions:\n{ONE}---\ninteractions:\n{TWO}...\n",
    "the list alone": f"# a\n---\n{ONE}{TWO}",
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_is_read_some_entries_at_a_time(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yaml_file, "MAX_WHOLE", 10)
    path = tmp_path / "a.yaml"
    path.write_bytes(LAYOUTS[name].encode())
    assert names(path) == ["1", "2"]


WHOLE = {
    "brackets": yaml.safe_dump(yaml.safe_load(LIST), default_flow_style=True),
    "a tag": LIST.replace("interactions:", "interactions: !!seq"),
    "a tuple": LIST.replace("interactions:", "interactions: !!python/tuple"),
    "an anchor": "a: &a\n" + indented(ONE) + indented(TWO) + "interactions: *a\n",
    "the list alone, in brackets": yaml.safe_dump(yaml.safe_load(ONE + TWO), default_flow_style=True),
}


@pytest.mark.parametrize("name", WHOLE)
def test_what_lines_do_not_show_is_read_whole(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(WHOLE[name], encoding="utf-8")
    assert names(path) == ["1", "2"]


BROKEN = {
    "a bracket": "- request: {method: GET\n",
    "a quote": "- request: 'GET\n",
    "an anchor of nothing": "- *nowhere\n",
    "a tab": "- request:\n\t\tmethod: GET\n",
    "a key of a list": "- ? [a]\n  : b\n",
    "an unknown tag": "- request: !!python/name:os.system ''\n",
    "a tag in it": ONE.replace("method: GET", "method: !!python/object/apply:os.getcwd []"),
    "no interaction": "- 5\n",
    "nothing": "-\n",
}


@pytest.mark.parametrize("most", [64_000_000, 10], ids=["short enough to be read whole", "too long"])
@pytest.mark.parametrize("lay", [str, lambda text: indented(text, 2)], ids=["at the margin", "indented"])
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_item_costs_itself(
    name: str, lay: Callable[[str], str], most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yaml_file, "MAX_WHOLE", most)
    path = tmp_path / "a.yaml"
    path.write_text(f"interactions:\n{lay(ONE + BROKEN[name] + TWO)}version: 1\n", encoding="utf-8")

    first, broken, last = names(path)
    assert (first, last) == ("1", "2")
    assert broken.startswith("!")


def test_of_a_broken_item_the_line_and_the_url_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(
        f"interactions:\n{ONE}- request:\n    uri: 'https://api.example.com/v1?a=b'\n    body: {{]\n{TWO}",
        encoding="utf-8",
    )

    _, broken, _ = open_recording(path).entries()
    assert isinstance(broken, Unreadable)
    assert broken.place == f"line {2 + ONE.count(chr(10)) + 2}"
    assert broken.url == "https://api.example.com/v1?a=b"


def test_what_is_broken_behind_the_list_costs_nothing_before_it(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(f"{LIST}%%%\n", encoding="utf-8")
    found = open_recording(path).entries()
    assert isinstance(next(found), Entry)
    assert isinstance(next(found), Entry)
    with pytest.raises(UsageError, match=rf"line {LIST.count(chr(10)) + 1}"):
        next(found)


@pytest.mark.parametrize(
    "text", ["interactions:\n- {\n- [\n", "interactions: {\n", "a: b\n- c\n", "interactions:\n  a: {\n"]
)
def test_a_text_of_which_nothing_can_be_read_is_damaged(text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="is not readable as YAML"):
        names(path)


@pytest.mark.parametrize("end", range(0, len(LIST), 7))
def test_a_cassette_that_was_cut_off_holds_what_stands_before(end: int, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(f"version: 1\n{LIST}"[: 11 + end], encoding="utf-8")
    found: list[str] = []
    try:
        found += names(path)
    except UsageError:
        assert end < len("interactions:\n" + ONE)
    whole = [name for name in found if not name.startswith("!")]
    assert whole == ["1", "2"][: len(whole)]
    assert len(whole) >= (end >= len("interactions:\n" + ONE))


@pytest.mark.parametrize(
    "text", ["- hosts: all\n  tasks: []\n", "- a: 1\n- b: 2\n", "a: 1\n", "log: {}\n", "log: {entries: {}}\n"]
)
def test_other_yaml_is_no_cassette(text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="is no cassette"):
        names(path)
