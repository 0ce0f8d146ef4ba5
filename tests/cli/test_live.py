"""`--live`: the contract's own server, only after what will be sent was shown and somebody said yes; and the
journal that it needs.

The contract's own server is a loopback one here: that of a contract in a folder of the user's.
"""

from __future__ import annotations

import json
import os
import pty
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from roomproof.engine.account_guard import MOST_KEPT
from roomproof.providers import bundled, find_contract, find_mock
from roomproof.targets.server import server_url

Run = Callable[..., Any]
Serve = Callable[[ASGIApp], str]
TELNYX, AZURE = find_mock("telnyx"), find_mock("azure")
ACME = {"ACME_API_KEY": TELNYX.environment["TELNYX_API_KEY"]}
ROOM = ("--room-id", str(TELNYX.room_id))
FEW = ("--max-examples", "0", "--max-requests", "40")
LIVE = ("--live", "--contracts", "mine")


@pytest.fixture
def live(serve: Serve, tampered: Any, tmp_path: Path) -> Any:
    """A provider, like Telnyx, whose contract, in the folder `mine`, says that it is on this machine."""
    app = tampered(TELNYX.build())
    folder = tmp_path / "mine" / "acme"
    folder.mkdir(parents=True)
    theirs = {
        "https://api.telnyx.com/v2": serve(app) + TELNYX.prefix,
        "x-provider: telnyx": "x-provider: acme",
        "TELNYX_API_KEY": "ACME_API_KEY",
        "telnyx.": "acme.",
    }
    for name in ("openapi.yaml", "deviations.yaml"):
        text = (bundled("contracts") / "telnyx" / name).read_text(encoding="utf-8")
        for before, after in theirs.items():
            text = text.replace(before, after)
        folder.joinpath(name).write_text(text, encoding="utf-8")
    return app


def test_a_live_provider_is_verified_after_yes(live: Any, roomproof: Run) -> None:
    done = roomproof("verify", "acme", *LIVE, "--yes", *ROOM, *FEW, "--rate", "200/s", env=ACME)
    assert done.code == 3, "cut short by --max-requests"
    assert len(live.seen) > 40
    first, rooms, requests, credentials = done.err.splitlines()
    assert first.startswith("acme at http://127.0.0.1:")
    assert str(TELNYX.room_id) in rooms
    assert "new rooms are made, and deleted at the end" in rooms
    assert "at most 40" in requests
    assert "200 a second" in requests
    assert credentials.split() == ["credentials", "ACME_API_KEY"]
    assert ACME["ACME_API_KEY"] not in done.err


@pytest.mark.parametrize("word", ["verify", "probe"])
def test_without_a_terminal_and_without_yes_nothing_is_sent(word: str, live: Any, roomproof: Run) -> None:
    done = roomproof(word, "acme", *LIVE, *ROOM, env=ACME)
    assert done.code == 2
    assert "no bound; name one with --max-requests" in done.err
    assert "add --yes" in done.err.splitlines()[-1]
    assert live.seen == []


@pytest.mark.parametrize(
    ("response", "code"), [("y\n", 3), ("Yes\n", 3), ("\n", 2), ("n\n", 2), ("yesterday\n", 2)]
)
def test_a_terminal_is_asked(
    response: str, code: int, live: Any, command: Path, environment: Mapping[str, str], tmp_path: Path
) -> None:
    master, slave = pty.openpty()
    words = [str(command), "verify", "acme", *LIVE, *ROOM, *FEW]
    with subprocess.Popen(
        words,
        cwd=tmp_path,
        env={**environment, **ACME},
        stdin=slave,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as child:
        os.write(master, response.encode())
        _, err = child.communicate(timeout=60)
    os.close(slave)
    os.close(master)
    assert child.returncode == code
    assert b"Send it?" in err
    assert bool(live.seen) is (code == 3)


@pytest.mark.parametrize(("words", "missing", "why"), [
    (("telnyx", "--live", "--base-url", "http://127.0.0.1:9", *ROOM), "", "give one of them"),
    (("telnyx", "--yes", *ROOM), "", "--yes answers the question of --live"),
    (("carrierx", "--live", "--yes"), "", "--room-id"),
    (("telnyx", "signalwire", "--live", "--yes", *ROOM), "", "verify them one by one"),
    (("telnyx", "--live", "--yes", *ROOM), "TELNYX_API_KEY", "set TELNYX_API_KEY"),
    (("azure", "--live", "--yes"), "AZURE_COMMUNICATION_CONNECTION_STRING",
    "set AZURE_COMMUNICATION_CONNECTION_STRING"),
    (("signalwire", "--live", "--yes", *ROOM), "SIGNALWIRE_SPACE", "set SIGNALWIRE_SPACE"),
])  # fmt: skip
def test_what_has_no_meaning_is_rejected_before_anything_is_sent(
    words: tuple[str, ...], missing: str, why: str, inside: Run
) -> None:
    known = {
        name: value
        for provider in ("azure", "carrierx", "signalwire", "telnyx")
        for name, value in find_mock(provider).environment.items()
    }
    done = inside("verify", *words, env={name: value for name, value in known.items() if name != missing})
    assert done.code == 2
    assert why in done.err


def test_where_the_contracts_say_that_the_providers_are() -> None:
    environment = {
        "SIGNALWIRE_SPACE": "mine",
        "AZURE_COMMUNICATION_CONNECTION_STRING": "endpoint=https://r.example.com/;accesskey=eA==",
    }
    told = {
        name: server_url(find_contract(name)[0], environment)
        for name in ("azure", "carrierx", "signalwire", "telnyx")
    }
    assert told == {
        "azure": "https://r.example.com",
        "carrierx": "https://api.carrierx.com/conference/v2",
        "signalwire": "https://mine.signalwire.com/api/video",
        "telnyx": "https://api.telnyx.com/v2",
    }


def test_a_live_run_without_a_journal_makes_nothing(live: Any, roomproof: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    nowhere = {**ACME, "ROOMPROOF_STATE": str(tmp_path / "file")}
    done = roomproof("verify", "acme", *LIVE, "--yes", *ROOM, env=nowhere)
    assert done.code == 2
    assert "set ROOMPROOF_STATE" in done.err
    assert live.seen == []


def test_a_test_provider_without_a_journal_is_verified_all_the_same(
    serve: Serve, roomproof: Run, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    nowhere = {**TELNYX.environment, "XDG_STATE_HOME": str(tmp_path / "file")}
    done = roomproof(
        "verify",
        "telnyx",
        "--base-url",
        serve(TELNYX.build()) + TELNYX.prefix,
        *ROOM,
        "--max-examples",
        0,
        env=nowhere,
    )
    assert done.code == 0
    assert done.err.count("no journal can be written") == 1


def test_a_built_in_mock_needs_no_journal(roomproof: Run, tmp_path: Path) -> None:
    done = roomproof("verify", "telnyx", *FEW, env={"HOME": "/proc"})
    assert (done.code, done.err) == (3, "")
    assert not (tmp_path / ".local").exists()


def test_two_runs_at_once_do_not_disturb_each_other(
    serve: Serve, command: Path, environment: Mapping[str, str], tmp_path: Path
) -> None:
    """One account, rooms made and deleted by both, in one working folder."""
    base_url = serve(AZURE.build())
    runs = [
        subprocess.Popen(
            [command, "verify", "azure", "--base-url", base_url, "--max-examples", "5", "--record", "kept",
            "--json", f"{name}.json"],
            cwd=tmp_path, env={**environment, **AZURE.environment}, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, encoding="utf-8",
        )
        for name in ("one", "two")
    ]  # fmt: skip
    told = [child.communicate(timeout=120)[1] for child in runs]
    assert told == ["", ""]
    assert [child.returncode for child in runs] == [0, 0]
    for name in ("one", "two"):
        report = json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8"))
        assert (report["summary"]["fail"], report["summary"]["warning"]) == (0, 0)
        assert report["providers"][0]["left_behind"] == report["providers"][0]["remarks"] == []
    assert len(list((tmp_path / "kept").glob("*.yaml"))) == 2
    assert list((tmp_path / ".local/state/roomproof/ledger").iterdir()) == []


@pytest.fixture
def keeping(tmp_path: Path) -> Path:
    """A folder with the contract of a provider that makes rooms, and tells of no way to delete one."""
    text = (bundled("contracts") / "azure" / "openapi.yaml").read_text(encoding="utf-8")
    before, _, rest = text.partition("    delete:\n")
    folder = tmp_path / "keeping" / "azure"
    folder.mkdir(parents=True)
    folder.joinpath("openapi.yaml").write_text(
        before + rest[rest.index("  /rooms/{roomId}/participants:\n") :], encoding="utf-8"
    )
    return folder.parent


def test_rooms_that_will_stay_are_told_before_they_are_made_and_bounded(
    keeping: Path, serve: Serve, inside: Run, tmp_path: Path
) -> None:
    words = (
        "--contracts",
        keeping,
        "--base-url",
        serve(AZURE.build()),
        "--max-examples",
        5,
        "--json",
        "report.json",
    )
    done = inside("verify", "azure", *words, env=AZURE.environment)
    assert f"at most {MOST_KEPT} new rooms are made, and they stay" in done.err
    (told,) = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["providers"]
    assert 0 < len(told["left_behind"]) <= MOST_KEPT
    assert any(
        "requests were not sent, since each makes a room, nothing deletes rooms" in remark
        for remark in told["remarks"]
    )
    tested = {clause["id"]: clause["verdict"] for clause in told["clauses"]}
    assert tested["azure.create-room.request.pstnDialOutEnabled.type"] == "pass"
    assert tested["azure.create-room.behaviour.authentication.wrong-refused"] == "pass"


def test_a_faulty_provider_makes_no_more_rooms_than_were_told(
    keeping: Path, serve: Serve, inside: Run
) -> None:
    """Whatever it is sent it takes for a request to make a room."""
    rooms: list[str] = []

    async def generous(scope: Scope, _: Receive, send: Send) -> None:
        if scope["method"] == "POST":
            rooms.append(f"{len(rooms):017}")
        content = json.dumps({"id": rooms[-1]}).encode()
        await send(
            {
                "type": "http.response.start",
                "status": 201,
                "headers": [(b"content-type", b"application/json")],
            }
        )
        await send({"type": "http.response.body", "body": content})

    words = ("--contracts", keeping, "--base-url", serve(generous), "--max-examples", 10)
    assert inside("verify", "azure", *words, env=AZURE.environment).code == 1
    assert len(rooms) <= MOST_KEPT


@pytest.mark.parametrize(("words", "code"), [((), 2), (("--yes",), 3)])
def test_rooms_are_left_at_another_machine_only_after_yes(
    words: tuple[str, ...], code: int, keeping: Path, inside: Run
) -> None:
    """The name is one that is never resolved (RFC 6761, 6.4)."""
    ask = (
        "--contracts",
        keeping,
        "--base-url",
        "http://rooms.invalid",
        "--max-requests",
        30,
        "--max-examples",
        0,
    )
    done = inside("verify", "azure", *ask, *words, env=AZURE.environment)
    assert done.code == code
    assert "at most 30 new rooms are made, and they stay" in done.err
    assert ("add --yes" in done.err) is (code == 2)
