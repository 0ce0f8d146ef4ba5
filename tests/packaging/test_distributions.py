"""What the wheel and the sdist hold."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both, built by the backend itself, which takes well under a second."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-t", "sdist", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return folder


def files_below(*folders: str, suffixes: tuple[str, ...]) -> set[str]:
    """Return the files of the checkout below some folders."""
    found = (
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.suffix in suffixes or path.name in suffixes
    )
    return {path.relative_to(ROOT).as_posix() for path in found}


def test_the_wheel_holds_the_packages_the_templates_the_contracts_and_the_cassettes(built: Path) -> None:
    (path,) = built.glob("*.whl")
    names = {name for name in zipfile.ZipFile(path).namelist() if ".dist-info/" not in name}
    suffixes = (".py", ".yaml", ".json", "py.typed", ".html", ".css", ".js")
    modules = files_below("src", "strategies", "faults", "auth", suffixes=suffixes)
    expected = {name.partition("/")[2] for name in modules}
    expected |= {
        f"roomproof/_contracts/{name.partition('/')[2]}"
        for name in files_below("contracts", suffixes=(".yaml",))
    }
    expected |= {
        f"roomproof/_cassettes/{name.partition('/')[2]}"
        for name in files_below("cassettes", suffixes=(".yaml", ".md"))
    }
    assert names == expected
    assert {
        f"{name}/py.typed"
        for name in ("roomproof", "roomproof_faults", "roomproof_strategies", "roomproof_auth")
    } <= names
    assert "roomproof/start/openapi.yaml" in names
    assert {
        f"roomproof/reports/html/{name}" for name in ("page.html", "parts.html", "style.css", "script.js")
    } <= names
    assert "roomproof/_cassettes/telnyx/mock/update-room.yaml" in names


def test_the_wheel_holds_licence_and_entry_points(built: Path) -> None:
    (path,) = built.glob("*.whl")
    wheel = zipfile.ZipFile(path)
    (points,) = (name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    text = wheel.read(points).decode()
    assert "roomproof = roomproof.cli:main" in text
    assert "[roomproof.auth]" in text
    assert "[roomproof.mocks]" in text
    assert "[roomproof.strategies]" in text
    assert "[roomproof.faults]" in text
    assert any(name.endswith("licenses/LICENSE") for name in wheel.namelist())


def test_the_sdist_holds_everything_that_building_and_testing_take(built: Path) -> None:
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    folders = ("src", "strategies", "faults", "auth", "contracts", "cassettes", "tests")
    wanted = files_below(*folders, suffixes=(".py", ".yaml", "py.typed"))
    wanted |= {"LICENSE", "README.md", "conftest.py", "pyproject.toml", "tox.ini"}
    assert wanted - names == set()
