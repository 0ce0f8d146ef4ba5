"""What can stand where a file is expected is rejected in one sentence and at once, by everything that
reads.
"""

from __future__ import annotations

import ast
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from typer.models import ArgumentInfo

from roomproof import files
from roomproof.cli import app
from roomproof.providers import bundled

Run = Callable[..., Any]
Make = Callable[[str], Path]
pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="pipes and devices as Linux has them"),
    pytest.mark.usefixtures("bounded"),
]
SOURCE = Path(files.__file__).parent
KINDS = ("pipe", "endless device", "folder", "socket", "link to nowhere", "unreadable file")
WRITES = {"json_path", "junit_path", "html_path", "sarif_path", "markdown_path", "badge_path", "record"}
"""Parameters of paths that are written to."""
TLS = ("--base-url", "https://127.0.0.1:9/v2", "--room-id", "1")
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")
BESIDE: dict[tuple[str, str], tuple[str, ...]] = {
    ("verify", "ca_bundle"): ("telnyx", *TLS),
    ("probe", "ca_bundle"): ("telnyx", *TLS),
    ("verify", "accounts"): ("telnyx",),
    ("replay", "baseline"): ("cassettes/telnyx.yaml",),
    ("replay", "contracts"): ("cassettes/telnyx.yaml",),
    ("replay", "deviations"): ("cassettes/telnyx.yaml",),
    ("compare", "before"): ("cassettes/telnyx.yaml",),
    ("compare", "after"): ("cassettes/telnyx.yaml",),
    ("compare", "contracts"): ("cassettes/telnyx.yaml", "cassettes/telnyx.yaml"),
    ("mock", "contracts"): ("telnyx", "--list-faults"),
    ("init", "source"): ("mine",),
    ("init", "more"): ("mine", "--from", "cassettes/telnyx.yaml"),
    ("drift", "versions"): ("telnyx",),
    ("drift", "traffic"): ("telnyx", "telnyx"),
    ("drift", "contracts"): ("telnyx", "telnyx"),
    ("explain", "contracts"): ("telnyx.update-room.request.name.max-length",),
}
"""What else a command needs to come to reading the file of a parameter."""
ONLY_IF_NEEDED = {("cleanup", "ca_bundle"), ("cleanup", "contracts")}
"""Read where something is left to clean up only; the same functions read those of verify."""


def readers() -> list[Any]:
    """Every command with each of its parameters that names something to read, and the option's name if it is
    one.
    """
    found = []
    for registered in app.registered_commands:
        command: Any = registered.callback
        for name, kind in get_type_hints(command, include_extras=True).items():
            if (
                "pathlib" in repr(kind)
                and name not in WRITES
                and (command.__name__, name) not in ONLY_IF_NEEDED
            ):
                (told,) = kind.__metadata__
                # What is said within Annotated counts as the default until the command is made.
                said = told.param_decls or ((told.default,) if isinstance(told.default, str) else ())
                option = (said or (f"--{name.replace('_', '-')}",))[0]
                words = () if isinstance(told, ArgumentInfo) else (option,)
                found.append(pytest.param(command.__name__, name, words, id=f"{command.__name__} {name}"))
    return found


@pytest.fixture
def cassettes(tmp_path: Path) -> None:
    """A recording to stand beside what is no file."""
    (tmp_path / "cassettes").mkdir()
    shipped = next(bundled("cassettes").glob("telnyx/mock/*.yaml"))
    (tmp_path / "cassettes" / "telnyx.yaml").write_bytes(shipped.read_bytes())


def test_the_walk_finds_the_readers() -> None:
    found = {str(parameter.id) for parameter in readers()}
    assert {
        "replay paths",
        "report runs",
        "compare after",
        "verify baseline",
        "verify ca_bundle",
        "clauses contracts",
    } <= found


@pytest.mark.parametrize(("command", "name", "option"), readers())
@pytest.mark.usefixtures("cassettes")
def test_a_command_that_reads(
    command: str, name: str, option: tuple[str, ...], inside: Run, no_file: Make
) -> None:
    beside, path = BESIDE.get((command, name), ()), no_file("pipe")
    done = inside(command, *beside, *option, path, env={"TELNYX_API_KEY": "a-key-of-a-test"})
    *_, line = done.err.splitlines()
    assert (done.code in (2, 3), line.startswith("roomproof: "), path.name in line) == (True, True, True), (
        done
    )


@pytest.mark.parametrize("kind", [*KINDS, "link to itself"])
@pytest.mark.parametrize("words", ["report", "replay", "verify telnyx --baseline", "clauses --contracts"])
def test_each_kind(words: str, kind: str, inside: Run, no_file: Make) -> None:
    path = no_file(kind)
    done = inside(*words.split(), path)
    assert (done.code, done.err.startswith("roomproof: "), path.name in done.err) == (2, True, True), done
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["openapi.yaml", "deviations.yaml"])
def test_the_files_of_a_contract(name: str, kind: str, inside: Run, no_file: Make, tmp_path: Path) -> None:
    folder = tmp_path / "mine" / "telnyx"
    folder.mkdir(parents=True)
    (folder / "openapi.yaml").write_bytes((bundled("contracts") / "telnyx" / "openapi.yaml").read_bytes())
    (folder / name).unlink(missing_ok=True)
    no_file(kind).rename(folder / name)
    done = inside("clauses", "telnyx", "--contracts", "mine")
    assert (done.code, done.err.startswith(f"roomproof: mine/telnyx/{name}: cannot be read (")) == (
        2,
        True,
    ), done


@pytest.mark.parametrize("kind", KINDS[:2])
@pytest.mark.usefixtures("cassettes")
def test_one_of_a_folder_of_recordings_is_not_left_out_in_silence(
    kind: str, inside: Run, no_file: Make, tmp_path: Path
) -> None:
    no_file(kind).rename(tmp_path / "cassettes" / "second.yaml")
    done = inside("replay", "cassettes")
    assert (done.code, "second.yaml: cannot be read (it is a" in done.err) == (2, True), done


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.usefixtures("cassettes")
def test_the_verdicts_beside_a_recording(kind: str, inside: Run, no_file: Make, tmp_path: Path) -> None:
    if kind == "link to nowhere":
        pytest.skip("what leads nowhere is no verdicts, and none are needed")
    no_file(kind).rename(tmp_path / "cassettes" / "telnyx.yaml.verdicts.json")
    done = inside("replay", "cassettes/telnyx.yaml")
    assert (done.code, "telnyx.yaml.verdicts.json: cannot be read (" in done.err) == (2, True), done


@pytest.mark.parametrize("kind", KINDS)
def test_the_last_report_is_looked_at_if_it_is_one(
    kind: str, inside: Run, no_file: Make, tmp_path: Path
) -> None:
    (tmp_path / ".roomproof").mkdir()
    no_file(kind).rename(tmp_path / ".roomproof" / "last.json")
    done = inside("explain", "telnyx.update-room.request.max_participants.maximum")
    assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize("kind", ["pipe", "folder", "socket", "link to nowhere"])
def test_journals_that_are_none(kind: str, inside: Run, no_file: Make, tmp_path: Path) -> None:
    (tmp_path / "state" / "ledger").mkdir(parents=True)
    no_file(kind).rename(tmp_path / "state" / "ledger" / "telnyx-20261129T000000Z-1.jsonl")
    done = inside("cleanup", "--dry-run", env={"ROOMPROOF_STATE": "state"})
    assert "Traceback" not in done.err
    assert done.code in (0, 3)


@pytest.mark.parametrize("kind", ["pipe", "endless device"])
@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"])
def test_certificates_that_a_variable_names(
    variable: str, kind: str, inside: Run, no_file: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    for other in BUNDLES:
        monkeypatch.delenv(other, raising=False)
    done = inside(
        "verify", "telnyx", *TLS, env={"TELNYX_API_KEY": "a-key-of-a-test", variable: str(no_file(kind))}
    )
    assert (done.code, f"{variable} " in done.err.splitlines()[-1]) == (2, True), done


def test_a_file_that_is_too_large_is_not_read(inside: Run, tmp_path: Path) -> None:
    with (tmp_path / "huge.json").open("wb") as file:
        file.truncate(1 << 40)
    done = inside("report", "huge.json")
    assert (done.code, "more than 50000000 bytes" in done.err) == (2, True), done


def test_what_the_shell_hands_over_may_be_a_pipe(tmp_path: Path) -> None:
    end, begin = os.pipe()
    writer = threading.Thread(target=lambda: os.fdopen(begin, "wb").write(b"{}"))
    writer.start()
    (tmp_path / "link").symlink_to(f"/dev/fd/{end}")
    assert files.read(tmp_path / "link", 10) == b"{}"
    writer.join()
    os.close(end)


@pytest.mark.parametrize("sent", [b"x" * 11, b""], ids=["more than is read", "nothing for ever"])
def test_a_pipe_is_bounded(sent: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LONGEST_WAIT", 0.05)
    end, begin = os.pipe()
    os.write(begin, sent)
    with pytest.raises(OSError, match=r"more than 10 bytes|did not come to its end"):
        files.read(Path(f"/dev/fd/{end}"), 10)
    os.close(begin)
    os.close(end)


OPENERS = {"open", "read_text", "read_bytes", "write_text", "write_bytes", "fdopen", "create_default_context"}
OURS = {"files.py", "streams.py", "targets/way.py", "cassettes/formats/har_zip.py"}
"""The module itself, that of the standard streams, the one that has OpenSSL read what it has looked at, and
the one that looks into an archive which the module has opened.
"""


def test_nobody_else_opens_a_file() -> None:
    """`open` on a path, a built-in or of os: whatever has an own word of that name does not take a path or a
    mode.
    """
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        if path.relative_to(SOURCE).as_posix() in OURS:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", "")
            if getattr(node.func, "id", "") == "open" or (name in OPENERS and not _is_of_a_room(node)):
                found.append(f"{path.relative_to(SOURCE)}:{node.lineno} {ast.unparse(node.func)}")
    assert found == []


def _is_of_a_room(call: ast.Call) -> bool:
    """Whether `open` is that of a register of rooms or of requests, which the judge has."""
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    return isinstance(owner, ast.Attribute) and owner.attr in ("rooms", "_rooms", "requests")
