"""What is written is there whole or not at all, where it was wanted and nowhere else."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomproof import files
from roomproof.cassettes.recorder import Recorder
from roomproof.cassettes.redaction import Redactor
from roomproof.cassettes.regression import save
from roomproof.commands.outputs import keep
from roomproof.errors import RecordingError, UsageError
from roomproof.interaction import Interaction, Request, Response
from roomproof.providers import bundled
from roomproof.reports.report import write_text
from roomproof.targets.serve import mock_process

Run = Callable[..., Any]
MAXIMUM = "telnyx.update-room.request.max_participants.maximum"
Make = Callable[[str], Path]
pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="pipes and devices as Linux has them"),
    pytest.mark.usefixtures("bounded"),
]
OLD, NEW = b"old\n" * 1000, b"new\n" * 100_000
VIEWS = ("--json", "--junit", "--html", "--sarif", "--markdown", "--badge")


def names(folder: Path) -> list[str]:
    """Everything in a folder, hidden files too."""
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(scope="module")
def one_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for all examples of a property."""
    return tmp_path_factory.mktemp("full")


@given(room=st.integers(0, len(NEW) - 1))
def test_a_disk_that_is_full_keeps_what_was_there(room: int, one_folder: Path) -> None:
    place = one_folder / "report.json"
    place.write_bytes(OLD)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "write", _with_room_for(room))
        with pytest.raises(
            UsageError, match=r"\(No space left on device\); what was written there before stays"
        ):
            write_text(place, NEW.decode())
    assert (place.read_bytes(), names(one_folder)) == (OLD, ["report.json"])


def _with_room_for(room: int) -> Callable[[int, Any], int]:
    """Return what writes as a disk does that has so many bytes left: the last part shorter, then nothing."""
    genuine, left = os.write, [room]

    def write(descriptor: int, content: Any) -> int:
        part = bytes(content)[: left[0]]
        if not part:
            raise OSError(28, "No space left on device")
        left[0] -= len(part)
        return genuine(descriptor, part)

    return write


def test_a_run_that_is_killed_leaves_the_old_content_or_the_new(tmp_path: Path) -> None:
    """One process after the other is killed at any moment while it does nothing but write, all with what the
    last one left.
    """
    place, random = tmp_path / "report.json", Random(13)
    place.write_bytes(OLD)
    program = (
        "import sys, pathlib; from roomproof import files\nprint(flush=True)\n"
        f"while True: [files.write(pathlib.Path({str(place)!r}), text * 100_000) for text in (b'new', "
        f"b'old')]"
    )
    for _ in range(12):
        with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            child.stdout.readline()
            try:
                child.wait(timeout=random.uniform(0.001, 0.03))
            except subprocess.TimeoutExpired:
                child.send_signal(signal.SIGKILL)
        assert place.read_bytes() in (OLD, b"new" * 100_000, b"old" * 100_000)
    assert all(
        name == "report.json" or (name[0] == "." and name.endswith(".tmp")) for name in names(tmp_path)
    )


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666])
def test_a_report_keeps_its_mode(mode: int, tmp_path: Path) -> None:
    place = tmp_path / "report.json"
    place.write_bytes(OLD)
    place.chmod(mode)
    files.write(place, NEW)
    assert (stat.S_IMODE(place.stat().st_mode), place.read_bytes()) == (mode, NEW)


@pytest.mark.parametrize("number", [errno.EBUSY, errno.EROFS, errno.EACCES])
def test_a_file_that_nothing_can_be_put_in_the_place_of_is_written_over(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a container mounts one file, or in a folder that is read-only."""
    place = tmp_path / "report.json"
    place.write_bytes(OLD)

    def reject(*_: object) -> Path:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "replace", reject)
    files.write(place, NEW)
    assert (place.read_bytes(), names(tmp_path)) == (NEW, ["report.json"])
    with pytest.raises(OSError, match=os.strerror(number)):
        files.write(tmp_path / "new.json", NEW)


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o000])
def test_a_new_report_has_the_mode_that_the_user_wants(mask: int, tmp_path: Path) -> None:
    before = os.umask(mask)
    try:
        files.write(tmp_path / "new" / "report.json", NEW)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new" / "report.json").stat().st_mode) == 0o666 & ~mask


def test_a_link_that_the_user_names_leads_to_the_file_that_is_written(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "report.json").write_bytes(OLD)
    (tmp_path / "link.json").symlink_to("shared/report.json")
    write_text(tmp_path / "link.json", "new")
    assert (tmp_path / "link.json").is_symlink()
    assert (
        (tmp_path / "shared" / "report.json").read_text(encoding="utf-8"),
        names(tmp_path / "shared"),
    ) == ("new", ["report.json"])


def test_a_link_that_nobody_named_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("precious").write_bytes(OLD)
    Path(".roomproof").mkdir()
    Path(".roomproof", "last.json").symlink_to("../precious")
    Path(".roomproof", ".gitignore").symlink_to("../nowhere")
    assert keep({"report_version": 1}).startswith("report in .roomproof/last.json")
    assert (Path("precious").read_bytes(), Path("nowhere").exists()) == (OLD, False)
    assert orjson.loads(Path(".roomproof", "last.json").read_bytes()) == {"report_version": 1}


@pytest.mark.parametrize("kind", ["pipe", "full device", "folder", "socket"])
def test_the_last_report_is_not_kept_where_no_file_can_be(
    kind: str, no_file: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(".roomproof").mkdir()
    no_file(kind).rename(".roomproof/last.json")
    told = keep({"report_version": 1})
    if kind == "full device":
        assert told.startswith("report in"), "a link is replaced, wherever it leads"
    else:
        assert told.startswith(".roomproof/last.json: the report cannot be written (it is a")


@pytest.mark.parametrize("folder", [".roomproof", "cassettes", "cassettes/regressions"])
def test_a_folder_that_nobody_named_is_no_link(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A checkout of somebody else's can hold such links: what is written there would land in any folder."""
    monkeypatch.chdir(tmp_path)
    Path("elsewhere").mkdir()
    Path(folder).parent.mkdir(exist_ok=True)
    Path(folder).symlink_to(tmp_path / "elsewhere")
    if folder == ".roomproof":
        assert ".roomproof is a link, no folder" in keep({})
    else:
        with pytest.raises(RecordingError, match=f"{folder} is a link, no folder"):
            save(Path("cassettes/regressions"), "some.clause", {}, [interaction()], Redactor((), live=False))
    assert names(Path("elsewhere")) == []


def interaction() -> Interaction:
    """A request with its response."""
    return Interaction(Request("GET", "https://example.com/rooms", (), None), Response(200, (), b"{}"), None)


def test_a_regression_is_there_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its first interaction only it would show something else."""
    genuine = Recorder.keep

    def killed(recorder: Recorder, item: Interaction) -> None:
        genuine(recorder, item)
        raise KeyboardInterrupt

    monkeypatch.setattr(Recorder, "keep", killed)
    with pytest.raises(KeyboardInterrupt):
        save(
            tmp_path / "regressions",
            "some.clause",
            {},
            [interaction(), interaction()],
            Redactor((), live=False),
        )
    assert names(tmp_path / "regressions") == []
    monkeypatch.setattr(Recorder, "keep", genuine)
    save(
        tmp_path / "regressions", "some.clause", {}, [interaction(), interaction()], Redactor((), live=False)
    )
    assert names(tmp_path / "regressions") == ["some.clause.yaml"]


@pytest.mark.parametrize("kind", ["pipe", "full device", "folder", "socket", "link to itself"])
def test_a_place_that_cannot_be_written_to(kind: str, no_file: Make) -> None:
    path = no_file(kind)
    with pytest.raises(UsageError, match=rf"{path.name}: the report cannot be written \([^()]+\)$"):
        write_text(path, "report")


def test_what_is_no_file_is_written_to_as_it_is(tmp_path: Path) -> None:
    """As `--json >(jq .)` and `--json /dev/stdout` want it; the folder of a device is none to write
    beside.
    """
    end, begin = os.pipe()
    os.mkfifo(tmp_path / "pipe")
    heard: list[bytes] = []
    reader = threading.Thread(target=lambda: heard.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    while not heard and reader.is_alive():
        try:
            write_text(tmp_path / "pipe", "report" * 100_000)
            break
        except UsageError:
            continue  # the reader has not opened it yet
    reader.join()
    write_text(Path(f"/dev/fd/{begin}"), "report")
    write_text(Path("/dev/null"), "report")
    assert (heard, os.read(end, 100)) == ([b"report" * 100_000], b"report")
    os.close(end)
    os.close(begin)


def test_standard_output_that_is_a_file_gets_the_report_between_its_lines(
    command: Path, report: Path, tmp_path: Path
) -> None:
    with (tmp_path / "out").open("wb") as out:
        words = [str(command), "report", str(report), "--markdown", "/dev/stdout", "--badge", "/dev/fd/1"]
        assert subprocess.run(words, stdout=out, check=False).returncode == 0
    text = (tmp_path / "out").read_text(encoding="utf-8")
    assert text.startswith("#")
    assert text.rstrip().endswith("</svg>")


def test_a_start_that_is_not_whole_is_none(
    inside: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder is new or empty again, so that the same command works once the disk has room."""
    genuine = files.keep

    def full(path: Path, content: bytes) -> None:
        if path.name == "openapi.yaml":
            raise OSError(28, "No space left on device")
        genuine(path, content)

    monkeypatch.setattr(files, "keep", full)
    done = inside("init", "mine")
    assert (done.code, done.err) == (2, "roomproof: mine cannot be written (No space left on device)\n")
    assert names(tmp_path / "mine") == []
    monkeypatch.setattr(files, "keep", genuine)
    assert inside("init", "mine").code == 0


@pytest.mark.parametrize("view", VIEWS[1:])
def test_every_view_is_written_so(view: str, inside: Run, report: Path, tmp_path: Path) -> None:
    (tmp_path / "place").write_bytes(OLD)
    done = inside("report", report, view, "/dev/full")
    assert (done.code, done.err) == (
        2,
        "roomproof: /dev/full: the report cannot be written (No space left on device)\n",
    )
    before = (tmp_path / "place").stat().st_ino
    assert inside("report", report, view, "place").code == 0
    assert (tmp_path / "place").stat().st_ino != before, "another file, put in its place when it was whole"


def test_a_step_summary_is_added_to(inside: Run, report: Path, tmp_path: Path, no_file: Make) -> None:
    (tmp_path / "summary.md").write_bytes(b"before\n")
    done = inside("report", report, "--github", env={"GITHUB_STEP_SUMMARY": "summary.md"})
    assert (done.code, done.err) == (0, "")
    assert (tmp_path / "summary.md").read_bytes().startswith(b"before\n#")
    done = inside("report", report, "--github", env={"GITHUB_STEP_SUMMARY": str(no_file("pipe"))})
    assert (done.code, "the summary of the step cannot be written" in done.err) == (0, True)


def test_no_output_takes_the_place_of_an_input_or_of_another_output(
    inside: Run, report: Path, tmp_path: Path
) -> None:
    cassette = tmp_path / "mine.yaml"
    cassette.write_bytes((bundled("cassettes") / "telnyx" / "mock" / "update-room.yaml").read_bytes())
    content = (cassette.read_bytes(), report.read_bytes())
    for words in (
        ("replay", cassette, "--json", cassette),
        ("replay", tmp_path, "--html", tmp_path / "." / "mine.yaml"),
        ("replay", cassette, "--json", "one", "--junit", tmp_path / "one"),
        ("report", report, "--markdown", report),
        ("compare", report, report, "--json", report),
    ):
        done = inside(*words)
        assert (done.code, "would overwrite" in done.err) == (2, True), words
    assert (cassette.read_bytes(), report.read_bytes()) == content
    assert inside("replay", cassette, "--json", os.devnull, "--junit", os.devnull).code in (0, 1, 3)


def test_what_could_not_be_written_is_told_beside_a_clause_that_fails(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with mock_process("telnyx", "max-51") as serving:
        words = (
            "verify",
            "telnyx",
            "--base-url",
            serving.base_url,
            "--room-id",
            serving.room_id,
            "--only",
            MAXIMUM,
        )
        done = inside(*words, "--json", "file/run.json", env=dict(serving.environment))
    assert done.code == 1
    assert "file/run.json" in done.err
