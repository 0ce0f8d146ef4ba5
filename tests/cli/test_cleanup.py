"""`roomproof cleanup` believes only the user's own journals, asks before it sends, and comes to an end with
each of them.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from roomproof.commands import cleanup
from roomproof.commands.cleanup import CleanupSettings, run_cleanup
from roomproof.errors import UsageError
from roomproof.journal.journal import Heading, headed
from roomproof.providers import bundled, find_mock

Json = Any
Serve = Callable[[ASGIApp], str]
MOCK = find_mock("telnyx")
AZURE = find_mock("azure")
FAR = "https://203.0.113.7/v2"
"""An address for documentation (RFC 5737): nobody answers there."""


class Heard:
    """A mock that notes each request: method, path, Authorization."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.requests: list[tuple[str, str, str]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        self.requests.append((scope["method"], scope["path"], headers.get(b"authorization", b"").decode()))
        await self.app(scope, receive, send)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    folder = tmp_path / "state" / "ledger"
    folder.mkdir(parents=True, mode=0o700)
    return folder


def journal_file(
    folder: Path, base_url: str, *entries: Json, provider: str = "telnyx", contracts: tuple[str, ...] = ()
) -> Path:
    """The journal of a run that was killed when it had made a room `mine`, unless told otherwise."""
    path = folder / f"{provider}.jsonl"
    heading = Heading("2026-01-01T00:00:00+00:00", 1, provider, base_url, MOCK.room_id, contracts)
    lines = [headed(heading), *(entries or [{"entry": "made", "room": "mine", "number": None}])]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    path.chmod(0o600)
    return path


def cleaned(folder: Path, *, environment: dict[str, str] | None = None, **agreed: Any) -> int:
    told = {
        "ROOMPROOF_STATE": str(folder.parent),
        **(MOCK.environment if environment is None else environment),
    }
    return run_cleanup(CleanupSettings(agreed.pop("contracts", ()), told, **agreed), dry_run=False)


@pytest.fixture
def heard(serve: Serve) -> tuple[Heard, str]:
    app = Heard(MOCK.build())
    return app, serve(app) + MOCK.prefix


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have servers on this machine count as others do."""
    monkeypatch.setattr(cleanup, "is_loopback", lambda _: False)


def by_a_link(path: Path) -> None:
    path.rename(path.with_suffix(".real"))
    path.symlink_to(path.with_suffix(".real"))


def by_a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def by_its_mode(path: Path) -> None:
    path.chmod(0o666)


def by_its_group(path: Path) -> None:
    path.chmod(0o620)


@pytest.mark.parametrize("strange", [by_a_link, by_a_pipe, by_its_mode, by_its_group])
def test_a_file_that_others_may_have_written_is_not_believed(
    strange: Callable[[Path], None], heard: tuple[Heard, str], state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app, base_url = heard
    strange(journal_file(state, base_url))
    assert cleaned(state) == 3
    assert "is not believed to be a journal of yours" in capsys.readouterr().out
    assert app.requests == []


def test_a_folder_that_others_may_write_to_is_not_believed(heard: tuple[Heard, str], state: Path) -> None:
    app, base_url = heard
    journal_file(state, base_url)
    state.chmod(0o777)
    with pytest.raises(UsageError, match="others may write to it"):
        cleaned(state)
    assert app.requests == []


def test_a_journal_of_another_user_is_not_believed(
    heard: tuple[Heard, str], state: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    app, base_url = heard
    journal_file(state, base_url)
    somebody = os.geteuid() + 1
    monkeypatch.setattr("roomproof.journal.file.distrust_of", lambda _: "")
    monkeypatch.setattr(cleanup, "distrust_of", lambda _: "")
    monkeypatch.setattr(os, "geteuid", lambda: somebody)
    assert cleaned(state) == 3
    assert "it belongs to another user" in capsys.readouterr().out
    assert app.requests == []


def test_nothing_is_sent_elsewhere_without_somebody_to_ask(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal_file(state, FAR)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(
        UsageError, match=r"cleanup asks before it sends to https://203\.0\.113\.7/v2.*add --yes"
    ):
        cleaned(state)


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize(("word", "is_sent"), [("y", True), ("yes", True), ("", False), ("n", False)])
def test_the_user_is_asked_about_host_and_credentials(
    word: str,
    is_sent: bool,
    heard: tuple[Heard, str],
    state: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    app, base_url = heard
    journal_file(state, base_url)
    response = io.StringIO(word + "\n")
    monkeypatch.setattr(response, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", response)

    code = cleaned(state)

    shown = capsys.readouterr()
    assert "to delete    mine" in shown.out
    assert (
        f"Send that to {base_url}, which is NOT the server of the contract, with TELNYX_API_KEY?" in shown.err
    )
    assert [method for method, *_ in app.requests] == (["DELETE"] if is_sent else [])
    assert code == (0 if is_sent else 3)


@pytest.mark.usefixtures("elsewhere")
def test_yes_agrees_to_the_contracts_own_server_alone(
    serve: Serve, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own, other = Heard(AZURE.build()), Heard(AZURE.build())
    own_url, other_url = serve(own), serve(other)
    key = AZURE.environment["AZURE_COMMUNICATION_CONNECTION_STRING"].partition(";")[2]
    environment = {"AZURE_COMMUNICATION_CONNECTION_STRING": f"endpoint={own_url}/;{key}"}

    made = {"entry": "made", "room": "99123456789012345", "number": None}
    journal_file(state, other_url, made, provider="azure")
    assert cleaned(state, environment=environment, yes=True) == 3
    assert other.requests == []
    assert "is not the server of the contract: name it with --base-url" in capsys.readouterr().out
    assert cleaned(state, environment=environment, yes=True, base_url=own_url) == 3
    assert other.requests == []
    assert (
        cleaned(
            state,
            environment=environment,
            yes=True,
            base_url=other_url.replace("127.0.0.1", "localhost") + "/",
        )
        == 0
    )
    assert [method for method, *_ in other.requests] == ["DELETE"]

    journal_file(state, own_url, made, provider="azure")
    assert cleaned(state, environment=environment, yes=True) == 0
    assert [method for method, *_ in own.requests] == ["DELETE"]


def test_no_contract_is_taken_from_a_journal(
    heard: tuple[Heard, str], state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app, base_url = heard
    for name in ("telnyx", "foreign"):
        folder = tmp_path / "evil" / name
        folder.mkdir(parents=True)
        text = (bundled("contracts") / "telnyx" / "openapi.yaml").read_text(encoding="utf-8")
        text = text.replace("TELNYX_API_KEY", "AWS_SECRET_ACCESS_KEY").replace(
            "x-provider: telnyx", f"x-provider: {name}"
        )
        (folder / "openapi.yaml").write_text(text, encoding="utf-8")
        journal_file(state, base_url, provider=name, contracts=(str(tmp_path / "evil"),))

    assert cleaned(state, environment={**MOCK.environment, "AWS_SECRET_ACCESS_KEY": "a-secret-of-aws"}) == 3

    assert (
        "the contract of 'foreign' is not known: name its folder with --contracts" in capsys.readouterr().out
    )
    assert app.requests
    assert not [sent for *_, sent in app.requests if "a-secret-of-aws" in sent]


@pytest.mark.parametrize("room_id", [MOCK.room_id, "", "..", "../rooms"])
def test_what_is_never_deleted_is_told_of_once(
    room_id: str, heard: tuple[Heard, str], state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app, base_url = heard
    entries = [{"entry": "made", "room": room, "number": None} for room in (room_id, "mine")]
    journal_file(state, base_url, *entries, {"entry": "found", "members": {"max_participants": 7}})

    assert cleaned(state) == 3

    told = capsys.readouterr().out
    assert "1 room could not be deleted" in told
    assert [path.rpartition("/")[2] for method, path, _ in app.requests if method == "DELETE"] == ["mine"]
    assert "PATCH" in [method for method, *_ in app.requests], "the named room is put back all the same"
    assert cleaned(state) == 0
    assert "nothing to clean up" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["", "{}\n",
    '{"entry":"run","ledger":1,"started":"today","process":1,"provider":"telnyx","base_url":'
                                  '"http://127.0.0.1:1","room_id":null}\n'])  # fmt: skip
def test_what_is_no_journal_says_what_to_do_with_it(
    text: str, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = state / "x.jsonl"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    assert cleaned(state) == 3
    assert "remove it once you know what it was" in capsys.readouterr().out


def test_a_room_that_may_be_somebody_elses_is_told_of_and_left_alone(
    state: Path, heard: tuple[Heard, str], capsys: Any
) -> None:
    app, url = heard
    journal_file(state, url, {"entry": "strange", "room": "theirs", "why": "there was such a room before"})
    assert cleaned(state) == 0
    assert (
        "left alone   theirs, since it may be somebody else's (there was such a room before)"
        in capsys.readouterr().out
    )
    assert app.requests == []


def test_a_named_room_that_no_path_can_name_is_not_asked_for(
    state: Path, heard: tuple[Heard, str], capsys: Any
) -> None:
    app, url = heard
    path = journal_file(state, url)
    path.write_text(
        path.read_text(encoding="utf-8").replace(json.dumps(MOCK.room_id), '".."', 1), encoding="utf-8"
    )
    assert cleaned(state) == 3
    assert "room .. is no id that a path can name" in capsys.readouterr().out
    assert app.requests == []
