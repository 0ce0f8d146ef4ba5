"""`roomproof explain`, the last verdict, suggestions, and what a shell is offered at Tab."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from roomproof.reports.last import last_report_path, last_words

Run = Callable[..., Any]
CLAUSE = "telnyx.update-room.request.max_participants.maximum"


def rows_of(shown: str) -> dict[str, str]:
    """Return what is told of a clause, by heading."""
    return {line[:12].strip(): line[12:].strip() for line in shown.splitlines()[1:]}


def test_a_clause_is_told_from_its_source_to_its_test(inside: Run) -> None:
    done = inside("explain", CLAUSE)
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[0] == CLAUSE
    rows = rows_of(done.out)
    assert rows["demands"] == "max_participants is at most 50"
    assert rows["level"] == "documented: the document says it; broken means fail"
    assert rows["source"] == "Telnyx: Update a room, section Body, max_participants"
    assert rows["said at"] == "Telnyx: Update a room: Request > Body > max_participants"
    assert "rejected with 4xx" in rows["tested"]
    assert rows["kept by"].startswith('{"max_participants": 50}')
    assert rows["broken by"].startswith('{"max_participants": 51}')
    assert rows["verdict"] == "not known here; `roomproof verify telnyx` finds out"
    path, _, line = rows["contract"].rpartition(", line ")
    assert "maximum: 50" in Path(path).read_text(encoding="utf-8").splitlines()[int(line) - 1]


def test_known_deviations_are_told(inside: Run) -> None:
    rows = rows_of(inside("explain", "telnyx.update-room.response.data.unique_name.null").out)
    assert "a room without a name has null" in rows["deviation"]
    assert "broken means warning" in rows["level"]


def test_a_server_error_is_told_to_fail_although_only_a_standard_forbids_it(inside: Run) -> None:
    rows = rows_of(inside("explain", "telnyx.update-room.behaviour.any-input.no-server-error").out)
    assert (
        rows["level"]
        == "standard: a standard that the document invokes says it; broken means fail, by the rule itself"
    )
    assert rows["source"] == "RFC 9110, section 15.6, Server Error 5xx"


def test_the_last_verdict_is_read_from_the_last_report(inside: Run, tmp_path: Path) -> None:
    finding = {"clause": CLAUSE, "verdict": "fail", "summary": "51 is \x1b[31maccepted"}
    provider = {
        "target": "http://there",
        "started": "2026-01-02",
        "clauses": [{"id": CLAUSE, "verdict": "fail", "cases": 7}],
        "findings": [finding],
    }
    last_report_path(tmp_path).parent.mkdir()
    last_report_path(tmp_path).write_text(json.dumps({"providers": [provider]}), encoding="utf-8")
    assert (
        rows_of(inside("explain", CLAUSE).out)["verdict"]
        == r"fail over 7 cases on 2026-01-02, http://there: 51 is \x1b[31maccepted"
    )
    assert json.loads(inside("explain", CLAUSE, "--json").out)[0]["last"]["cases"] == 7


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no JSON",
        "[]",
        "null",
        '{"providers": 3}',
        '{"providers": [{"clauses": [1, {"id": 2}]}]}',
        "[" * 200_000,
    ],
)
def test_a_last_report_that_is_none_says_nothing(text: str, tmp_path: Path) -> None:
    (tmp_path / "last.json").write_text(text, encoding="utf-8")
    assert last_words(tmp_path / "last.json") == {}
    assert last_words(tmp_path / "missing") == {}


def test_a_pattern_lists_what_it_names(inside: Run) -> None:
    lines = inside("explain", "telnyx.*.maximum").out.splitlines()
    assert len(lines) == 1 + int(lines[-1].split()[0])
    assert all(".maximum " in line for line in lines[:-1])
    assert CLAUSE in " ".join(lines)
    rows = json.loads(inside("explain", "telnyx.*.maximum", "--json").out)
    assert CLAUSE in {row["id"] for row in rows}
    assert set(rows[0]) == {
        "id",
        "operation",
        "level",
        "demands",
        "source",
        "source_url",
        "disagreement",
        "tested",
        "checks",
        "deviations",
        "last",
        "statements",
    }


@pytest.mark.parametrize(
    ("words", "suggestion"),
    [
        (("explain", CLAUSE.replace("maximum", "maximun")), CLAUSE),
        (("explain", CLAUSE.replace("telnyx", "telnix")), "'telnyx'"),
        (("explain", "max_participants.maximum"), CLAUSE),
        (("explain", "telnyx.update-room"), "'telnyx.update-room*'"),
        (("verify", "telnix"), "'telnyx'"),
        (("clauses", "azur"), "'azure'"),
        (("mock", "telnix"), "'telnyx'"),
        (("mock", "telnyx", "--fault", "max-66"), "'max-64'"),
        (("replai",), "replay"),
        (("verify", "--max-example", "3"), "--max-examples"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_slip_is_answered_with_what_was_meant(words: tuple[str, ...], suggestion: str, inside: Run) -> None:
    done = inside(*words)
    assert (done.code, done.out) == (2, "")
    (line,) = done.err.splitlines()
    assert suggestion in line


@pytest.fixture
def offered(command: Path, environment: Mapping[str, str], tmp_path: Path) -> Callable[[str], list[str]]:
    """What bash is offered at the end of a line."""

    def offer(line: str) -> list[str]:
        asked = {
            "_ROOMPROOF_COMPLETE": "complete_bash",
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(line.split(" ")) - 1),
        }
        done = subprocess.run(
            [command],
            env={**environment, **asked},
            cwd=tmp_path,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.stderr == ""
        return done.stdout.split()

    return offer


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("roomproof exp", {"explain"}),
        ("roomproof verify ", {"azure", "carrierx", "signalwire", "telnyx"}),
        ("roomproof verify telnyx a", {"azure"}),
        ("roomproof verify --max-e", {"--max-examples"}),
        ("roomproof mock te", {"telnyx"}),
        ("roomproof mock telnyx --fault max-6", {"max-64"}),
        ("roomproof explain ", {"azure.", "carrierx.", "signalwire.", "telnyx."}),
        (f"roomproof explain {CLAUSE[:-3]}", {CLAUSE}),
        ("roomproof explain nobody.", set()),
        ("roomproof verify --contracts missing t", set()),
    ],
)
def test_what_a_shell_is_offered(line: str, expected: set[str], offered: Callable[[str], list[str]]) -> None:
    assert set(offered(line)) == expected


def test_zsh_is_told_what_a_fault_does(command: Path, environment: Mapping[str, str]) -> None:
    asked = {
        "_ROOMPROOF_COMPLETE": "complete_zsh",
        "_TYPER_COMPLETE_ARGS": "roomproof mock telnyx --fault max-64",
    }
    done = subprocess.run(
        [command], env={**environment, **asked}, capture_output=True, encoding="utf-8", check=False
    )
    assert '"max-64":"accepts up to 64 participants"' in done.stdout


def test_bash_completes_with_the_script_that_is_shown(command: Path, environment: Mapping[str, str]) -> None:
    script = (
        'eval "$(roomproof --show-completion bash)"; COMP_WORDS=(roomproof verify tel); COMP_CWORD=2;'
        '_roomproof_completion roomproof; echo "${COMPREPLY[@]}"'
    )
    told = {**environment, "PATH": f"{command.parent}:{environment['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", script], env=told, capture_output=True, encoding="utf-8", check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("telnyx", "")


def test_completion_imports_nothing_heavy() -> None:
    """Whoever presses Tab waits; providers and options need none of what a run needs."""
    code = (
        "import sys, roomproof.cli; from types import SimpleNamespace as Names;"
        "from roomproof.commands.completion import complete_provider;"
        "assert complete_provider(Names(params={}), 'tel') == ['telnyx']; print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    heavy = {
        "hypothesis",
        "schemathesis",
        "starlette",
        "uvicorn",
        "pycurl",
        "yaml",
        "jsonschema_rs",
        "roomproof.judge",
        "roomproof.engine",
    }
    assert heavy & set(done.stdout.split()) == set()
