"""docs/architecture.md and its drawings speak of what is there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "architecture.md"
IMAGES = sorted((ROOT / "docs" / "images").glob("architecture-*.svg"))
CODE = (ROOT / "src" / "roomproof", ROOT)
FILE = re.compile(r"(?<![\w./-])(?:[\w-]+/)*\w+\.(?:py|yaml|md)\b")
FOLDER = re.compile(r"(?<![\w./-])(?:[\w.-]+/)+(?![\w/.*-])")


def drawn(image: Path) -> list[str]:
    """Return the texts of a drawing."""
    return [node.text or "" for node in ElementTree.parse(image).iter() if node.tag.endswith("}text")]


def text_of(path: Path) -> str:
    """Return what a page or a drawing says, a provider's name in the place of PROVIDER."""
    text = "\n".join(drawn(path)) if path.suffix == ".svg" else path.read_text(encoding="utf-8")
    return re.sub(r"\]\([^)]*\)", "]", text).replace("PROVIDER", "telnyx")


def is_there(name: str) -> bool:
    """Whether a file or folder is there; a drawing may leave out the folders that stand beside it already."""
    return any((root / name).exists() for root in CODE) or ("/" not in name and any(CODE[0].rglob(name)))


@pytest.mark.parametrize("path", [PAGE, *IMAGES], ids=lambda path: path.name)
def test_what_is_named_is_there(path: Path) -> None:
    text = text_of(path)
    named = {*FILE.findall(text), *FOLDER.findall(text)} - {""}
    assert named or path.name == "architecture-shape.svg"
    assert [name for name in sorted(named) if not is_there(name)] == []


def test_each_drawing_is_shown_with_words_for_those_who_do_not_see_it() -> None:
    shown = dict(re.findall(r"!\[(.*?)\]\(images/(.*?)\)", PAGE.read_text(encoding="utf-8")))
    assert {path.name for path in IMAGES} == set(shown.values())
    assert all(len(words.split()) > 5 for words in shown)


def test_the_drawn_layers_are_those_that_are_held() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    held = next(
        item["layers"] for item in settings["tool"]["importlinter"]["contracts"] if item["type"] == "layers"
    )
    modules = [name.strip() for layer in held for name in layer.split("|")]
    shape = drawn(ROOT / "docs" / "images" / "architecture-shape.svg")
    assert [text for text in shape if text in modules] == modules


def test_what_the_code_cites_as_design_is_a_section() -> None:
    decisions = PAGE.read_text(encoding="utf-8").partition("## Design decisions")[2]
    headings = {heading.lower() for heading in re.findall(r"^### (.+)$", decisions, re.MULTILINE)}
    files = [
        path
        for folder in ("src", "strategies", "tests", "contracts")
        for path in (ROOT / folder).rglob("*.*")
    ]
    texts = [
        path.read_text(encoding="utf-8")
        for path in files
        if path.suffix in (".py", ".yaml") and path != Path(__file__)
    ]
    cited = {section for text in texts for section in re.findall(r"\bDESIGN, (\w[\w ]*)", text)}
    assert cited, "nothing is cited, so nothing was tested"
    assert cited - headings == set()
