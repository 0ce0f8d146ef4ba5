"""The workflows: what they may do, what they take from others, and that they run on what is promised."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
FORMS = sorted((GITHUB / "ISSUE_TEMPLATE").glob("*.yml"))
TOX = "python -m pip install tox && python -m tox -e "


def read(path: Path) -> Any:
    """Return a file in YAML; its `on` is True there, as YAML 1.1 has it."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def steps(workflow: Any) -> list[Any]:
    """Return all steps of a workflow."""
    return [step for job in workflow["jobs"].values() for step in job.get("steps", ())]


@pytest.fixture(scope="module")
def ci() -> Any:
    return read(GITHUB / "workflows" / "ci.yml")


@pytest.fixture(scope="module")
def release() -> Any:
    return read(GITHUB / "workflows" / "release.yml")


@pytest.fixture(scope="module")
def settings() -> Any:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_an_action_of_others_is_pinned_by_digest_with_its_version_beside_it(path: Path) -> None:
    used = re.findall(r"uses: (.+)", path.read_text(encoding="utf-8"))
    assert used
    others = [line for line in used if not line.startswith("./")]
    assert [
        line for line in others if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)
    ] == []


def test_an_action_has_one_digest_everywhere() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in WORKFLOWS)
    pins = dict(re.findall(r"uses: ([\w-]+/[\w-]+)@(.+)", text))
    assert [
        found for found in re.findall(r"uses: ([\w-]+/[\w-]+)@(.+)", text) if pins[found[0]] != found[1]
    ] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_what_is_run_holds_no_text_of_others(path: Path) -> None:
    workflow = read(path)
    filled = {
        name
        for step in steps(workflow)
        for name in re.findall(r"\$\{\{\s*(\S+?)\s*\}\}", step.get("run", ""))
    }
    assert {name for name in filled if not name.startswith("matrix.")} == set()
    checkouts = [step for step in steps(workflow) if step.get("uses", "").startswith("actions/checkout@")]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_ci_can_only_read(ci: Any) -> None:
    assert ci["permissions"] == {"contents": "read"}
    assert not any("permissions" in job for job in ci["jobs"].values())


def test_ci_runs_each_python_that_the_package_promises_on_each_system(ci: Any, settings: Any) -> None:
    prefix = "Programming Language :: Python :: 3."
    promised = {
        line.removeprefix(prefix) for line in settings["project"]["classifiers"] if line.startswith(prefix)
    }
    linux, elsewhere = (ci["jobs"][name]["strategy"]["matrix"] for name in ("test", "elsewhere"))
    assert {"11", "12", "13", "14"} <= promised
    assert {version.removeprefix("3.") for version in linux["python"]} == promised
    assert set(elsewhere["minor"]) == promised
    assert {system.partition("-")[0] for system in elsewhere["os"]} == {"macos", "windows"}


def test_what_ci_runs_by_name_is_a_part_of_tox(ci: Any) -> None:
    commands = [step["run"] for step in steps(ci) if TOX in step.get("run", "")]
    named = {
        command.partition(TOX)[2].split(" -")[0].replace("${{ matrix.minor }}", "{11,12,13,14}")
        for command in commands
    }
    assert named == {"py3{11,12,13,14}-quick", "coverage"}
    tox = (ROOT / "tox.ini").read_text(encoding="utf-8")
    assert [name for name in named if f"[testenv:{name}]" not in tox] == []


def test_a_release_is_tested_before_it_is_published_and_published_before_it_is_announced(
    ci: Any, release: Any
) -> None:
    jobs = release["jobs"]
    assert jobs["test"]["uses"] == "./.github/workflows/ci.yml"
    assert "workflow_call" in ci[True]
    assert set(jobs["publish"]["needs"]) == {"test", "build"}
    assert jobs["announce"]["needs"] == "publish"
    assert release[True]["push"] == {"tags": ["v*"]}


def test_only_who_publishes_gets_a_token_and_only_who_announces_writes(release: Any) -> None:
    assert release["permissions"] == {}
    granted = {name: job.get("permissions", {}) for name, job in release["jobs"].items()}
    assert granted == {
        "test": {"contents": "read"},
        "build": {"contents": "read"},
        "publish": {"id-token": "write"},
        "announce": {"contents": "write"},
    }
    assert "secrets." not in (GITHUB / "workflows" / "release.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "path", [path for path in FORMS if path.name != "config.yml"], ids=lambda path: path.name
)
def test_a_form_for_issues_is_one_that_github_shows(path: Path) -> None:
    form = read(path)
    assert {"name", "description", "body"} <= form.keys()
    asked = [part for part in form["body"] if part["type"] != "markdown"]
    assert {part["type"] for part in form["body"]} <= {"markdown", "input", "textarea", "dropdown"}
    assert len({part["id"] for part in asked}) == len(asked)
    assert all(part["attributes"]["label"] for part in asked)
    assert any(part.get("validations", {}).get("required") for part in asked)
