"""The documents say what the files do."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from roomproof import __version__

ROOT = Path(__file__).parents[2]
TESTS = "python -m pip install tox && python -m tox"


@pytest.mark.parametrize("name", ["README.md", ".ci/run", ".github/workflows/ci.yml"])
def test_one_line_runs_the_tests_everywhere(name: str) -> None:
    assert TESTS in (ROOT / name).read_text(encoding="utf-8")


def test_the_documentation_names_every_variable_that_a_contract_names() -> None:
    page = (ROOT / "docs" / "live.md").read_text(encoding="utf-8")
    for path in sorted((ROOT / "contracts").glob("*/openapi.yaml")):
        contract = yaml.safe_load(path.read_text(encoding="utf-8"))
        names = [
            *contract["x-credentials"]["environment"].values(),
            *contract["servers"][0].get("x-environment", {}).values(),
        ]
        assert [name for name in names if f"`{name}`" not in page] == [], path


def test_the_page_explains_every_extension_of_the_contracts() -> None:
    guide = (ROOT / "docs" / "contract.md").read_text(encoding="utf-8")
    used: set[str] = set()
    for path in (
        *(ROOT / "contracts").glob("*/openapi.yaml"),
        ROOT / "src" / "roomproof" / "start" / "openapi.yaml",
    ):
        used |= set(re.findall(r"(?<![\w/-])(x-[a-z-]+):", path.read_text(encoding="utf-8"))) - {
            "x-ms-error-code"
        }
    assert [name for name in sorted(used) if f"`{name}`" not in guide] == []


def test_the_package_and_its_metadata_have_one_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == __version__


def test_the_changelog_knows_the_version() -> None:
    headings = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert __version__ == "0.1.0" or __version__ in headings
