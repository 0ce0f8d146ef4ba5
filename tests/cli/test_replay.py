"""`verify --record` and `roomproof replay` as a user meets them: what was recorded says the same again, and
nothing is sent.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp

from roomproof.cassettes.recording import open_recording
from roomproof.providers import bundled, find_mock

Run = Callable[..., Any]
TELNYX = find_mock("telnyx")
ROOM = f"http://127.0.0.1:9/v2/rooms/{TELNYX.room_id}"
ECHO = "telnyx.update-room.behaviour.max_participants.echo"
ECHO_OF_NEW = "telnyx.create-room.behaviour.max_participants.echo"
MAXIMUM = "telnyx.update-room.request.max_participants.maximum"


def verdicts(path: Path) -> dict[str, dict[str, str]]:
    report = json.loads(path.read_text(encoding="utf-8"))
    return {
        one["provider"]: {clause["id"]: clause["verdict"] for clause in one["clauses"]}
        for one in report["providers"]
    }


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory, command: Path) -> Path:
    """One recording of each mock, and the report of the runs that made them."""
    folder = tmp_path_factory.mktemp("recorded")
    words = ("verify", "--max-examples", "5", "--record", "cassettes", "--json", "live.json")
    subprocess.run([command, *words], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture
def telnyx_cassette(recorded: Path, tmp_path: Path) -> Path:
    """A copy of the recording of one provider, with its verdicts, for a test to alter."""
    for path in (recorded / "cassettes").glob("telnyx-*"):
        shutil.copy(path, tmp_path / path.name)
    return next(tmp_path.glob("telnyx-*.yaml"))


def test_a_recording_says_what_the_run_said(recorded: Path, roomproof: Run, tmp_path: Path) -> None:
    done = roomproof("replay", recorded / "cassettes", "--json", "replay.json", "--junit", "replay.xml")

    assert (done.code, done.err) == (0, "")
    live = verdicts(recorded / "live.json")
    assert set(live) == {"azure", "carrierx", "signalwire", "telnyx"}
    assert verdicts(tmp_path / "replay.json") == live
    report = json.loads((tmp_path / "replay.json").read_text(encoding="utf-8"))
    assert report["unmatched"] == {"count": 0, "requests": {}}
    for provider in report["providers"]:
        assert provider["rejudged"] == []
        assert provider["recorded"]["from"] <= provider["recorded"]["to"]
        assert f"recorded {provider['recorded']['from']}" in done.out


@pytest.mark.parametrize(
    ("name", "entries_of"),
    [("one.json", lambda told: told["interactions"]), ("one.har", lambda told: told["log"]["entries"])],
)
def test_a_recording_in_json_says_what_the_run_said(
    roomproof: Run, tmp_path: Path, name: str, entries_of: Callable[[Any], Any]
) -> None:
    done = roomproof("verify", "telnyx", "--max-requests", 30, "--record", name, "--json", "live.json")
    assert done.code == 3, "--max-requests cuts the run short"
    assert len(entries_of(json.loads((tmp_path / name).read_text(encoding="utf-8")))) >= 30

    assert roomproof("replay", name, "--json", "replay.json").code == 0
    assert verdicts(tmp_path / "replay.json") == verdicts(tmp_path / "live.json")


def test_what_exists_is_not_recorded_over_and_the_verdicts_are_told_all_the_same(
    roomproof: Run, tmp_path: Path
) -> None:
    (tmp_path / "mine.yaml").write_text("precious", encoding="utf-8")
    done = roomproof(
        "verify", "carrierx", "--max-examples", 0, "--record", "mine.yaml", "--json", "report.json"
    )

    assert done.code == 3
    assert "mine.yaml" in done.err
    assert "clauses" in done.out
    assert (tmp_path / "mine.yaml").read_text(encoding="utf-8") == "precious"
    assert verdicts(tmp_path / "report.json")["carrierx"]


def test_a_place_that_cannot_be_written_to_ends_in_one_sentence_after_the_verdicts(
    roomproof: Run, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    done = roomproof("verify", "carrierx", "--max-examples", 0, "--record", "file/cassettes")
    assert done.code == 3
    assert "--record" in done.err
    assert len(done.err.splitlines()) == 1
    assert "clauses" in done.out


@pytest.mark.parametrize("requests", [1, 7, 60, 200])
def test_a_run_that_is_killed_leaves_a_recording_that_can_be_replayed(
    command: Path, environment: dict[str, str], inside: Run, tmp_path: Path, requests: int
) -> None:
    run = subprocess.Popen(
        [command, "verify", "telnyx", "--record", "killed.yaml"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    path = tmp_path / "killed.yaml"
    while not path.exists() or path.read_bytes().count(b"recorded_at") < requests:
        assert run.poll() is None
    os.kill(run.pid, signal.SIGKILL)
    run.wait()

    done = inside("replay", "killed.yaml", "--json", "report.json")
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert report["providers"][0]["requests"] >= requests
    # A run begins with a read of the named room, which proves something already.
    assert (done.code, done.err) == (0, "")


def test_one_file_cannot_hold_several_providers(inside: Run, tmp_path: Path) -> None:
    done = inside("verify", "telnyx", "carrierx", "--record", "both.yaml")
    assert done.code == 2
    assert "both.yaml" in done.err
    assert list(tmp_path.iterdir()) == []


def altered(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def test_an_altered_response_fails_and_the_cassette_is_suspected(
    telnyx_cassette: Path, inside: Run, tmp_path: Path
) -> None:
    text = telnyx_cassette.read_text(encoding="utf-8")
    at = text.index('            "max_participants": 27,')
    telnyx_cassette.write_text(text[:at] + text[at:].replace("27", "28", 1), encoding="utf-8")
    done = inside("replay", telnyx_cassette, "--json", "report.json")

    assert done.code == 1
    assert verdicts(tmp_path / "report.json")["telnyx"][ECHO_OF_NEW] == "fail"
    assert f"{ECHO_OF_NEW} was pass when recorded, is fail now, though the contract is the same" in done.out


def test_a_contract_that_has_changed_shows_in_old_traffic(
    telnyx_cassette: Path, inside: Run, tmp_path: Path
) -> None:
    contracts = tmp_path / "contracts" / "telnyx"
    shutil.copytree(bundled("contracts") / "telnyx", contracts)
    altered(contracts / "openapi.yaml", "maximum: 50", "maximum: 49")
    done = inside("replay", telnyx_cassette, "--contracts", contracts.parent, "--json", "report.json")

    assert done.code == 1
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    changed = {change["clause"]: change for change in report["providers"][0]["rejudged"]}
    assert (changed[MAXIMUM]["before"], changed[MAXIMUM]["now"], changed[MAXIMUM]["same_contract"]) == (
        "pass",
        "fail",
        False,
    )
    assert f"{MAXIMUM} was pass when recorded, is fail now, since the contract has changed" in done.out


def vcr(path: Path, *entries: tuple[str, str, Any, int, Any], date: datetime | None = None) -> Path:
    """A cassette as another tool writes it: no word on who sent it; credentials are filtered out, as is
    usual.
    """
    stamp = (date or datetime.now(UTC)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    media = {"Content-Type": ["application/json"]}
    interactions = [
        {
            "request": {"method": method, "uri": url, "body": json.dumps(body), "headers": media},
            "response": {
                "status": {"code": status, "message": ""}, "headers": {**media, "Date": [stamp]},
                "body": {"string": json.dumps(response)}
            },
        }
        for method, url, body, status, response in entries
    ]  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"version": 1, "interactions": interactions}), encoding="utf-8")
    return path


def room(**fields: Any) -> dict[str, Any]:
    known = {
        "id": TELNYX.room_id, "unique_name": "one", "max_participants": 10, "enable_recording": False,
        "webhook_event_url": "https://a.example/",
        "webhook_event_failover_url": "https://b.example/", "webhook_timeout_secs": 3,
        "active_session_id": TELNYX.room_id, "sessions": [],
        "created_at": "2026-11-21T10:00:00Z", "updated_at": "2026-11-21T10:00:00Z", "record_type": "room",
    }  # fmt: skip
    return {"data": {**known, **fields}}


def update(response: dict[str, Any], url: str = ROOM, status: int = 200) -> tuple[str, str, Any, int, Any]:
    return ("PATCH", url, {"max_participants": 12}, status, response)


def test_somebody_elses_cassette_is_judged_without_what_it_does_not_show(inside: Run, tmp_path: Path) -> None:
    vcr(tmp_path / "theirs.json", update(room(max_participants=12)))
    done = inside("replay", "theirs.json", "--json", "report.json")

    assert done.code == 0
    found = verdicts(tmp_path / "report.json")["telnyx"]
    assert found[ECHO] == "pass"
    assert found["telnyx.update-room.behaviour.authentication.missing-refused"] == "unexercised"
    assert found[MAXIMUM] == "unexercised"


def test_a_missing_recording_is_neither_a_pass_nor_a_fail(inside: Run, tmp_path: Path) -> None:
    vcr(tmp_path / "theirs.json", update({"error": "gone"}, status=404))
    inside("replay", "theirs.json", "--json", "report.json")
    found = verdicts(tmp_path / "report.json")["telnyx"]
    assert found[ECHO] == "unexercised"


def test_requests_of_nobody_are_counted_and_listed(inside: Run, tmp_path: Path) -> None:
    elsewhere = ("GET", "https://other.example/v1/users?page=2", None, 200, [])
    not_a_room = update(room(), url="https://other.example/rooms/5")
    vcr(tmp_path / "theirs.json", update(room(max_participants=12)), elsewhere, elsewhere, not_a_room)
    done = inside("replay", "theirs.json", "--json", "report.json")

    assert done.code == 0
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert report["unmatched"] == {
        "count": 3,
        "requests": {"GET https://other.example/v1/users": 2, "PATCH https://other.example/rooms/5": 1},
    }
    assert "3 requests belong to no operation" in done.out
    assert "2 x GET https://other.example/v1/users" in done.out


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("a.json", f"https://api.telnyx.com/v2/rooms/{TELNYX.room_id}"),
        ("a.json", f"http://gateway.example/telnyx-proxy/v2/rooms/{TELNYX.room_id}"),
        ("telnyx/a.json", f"http://gateway.example/rooms/{TELNYX.room_id}"),
    ],
    ids=["by the host", "by the server's path", "by the folder"],
)
def test_a_recording_finds_its_contract(inside: Run, tmp_path: Path, path: str, url: str) -> None:
    vcr(tmp_path / path, update(room(max_participants=12), url=url))
    assert inside("replay", path, "--json", "report.json").code == 0
    assert verdicts(tmp_path / "report.json")["telnyx"][ECHO] == "pass"


@pytest.mark.parametrize(("days", "verdict"), [(10, "pass"), (100, "warning")])
def test_a_recording_ages(inside: Run, tmp_path: Path, days: int, verdict: str) -> None:
    vcr(tmp_path / "a.json", update(room(max_participants=12)), date=datetime.now(UTC) - timedelta(days=days))
    done = inside("replay", "a.json", "--max-age", "90d", "--json", "report.json", "--verbose")
    assert done.code == 0
    assert verdicts(tmp_path / "report.json")["telnyx"][ECHO] == verdict
    assert ("--max-age 90d" in done.out) == (verdict == "warning")


def test_an_old_fail_is_a_warning_and_a_recent_word_counts_more(inside: Run, tmp_path: Path) -> None:
    old = datetime.now(UTC) - timedelta(days=400)
    vcr(tmp_path / "old" / "a.json", update(room(max_participants=13, webhook_timeout_secs="3")), date=old)
    assert inside("replay", "old").code == 1
    assert inside("replay", "old", "--max-age", "90d", "--json", "report.json").code == 0
    assert verdicts(tmp_path / "report.json")["telnyx"][ECHO] == "warning"

    vcr(tmp_path / "new" / "a.json", update(room(max_participants=12)))
    inside("replay", "old", "new", "--max-age", "90d", "--json", "report.json")
    found = verdicts(tmp_path / "report.json")["telnyx"]
    assert found[ECHO] == "pass"


@pytest.mark.parametrize("age", ["90", "d", "-1d", "1y", ""])
def test_an_age_that_means_nothing_is_explained(inside: Run, age: str) -> None:
    done = inside("replay", "a.json", "--max-age", age)
    assert done.code == 2
    assert "90d" in done.err


def test_a_damaged_cassette_is_named_and_the_others_are_judged(inside: Run, tmp_path: Path) -> None:
    vcr(tmp_path / "all" / "good.json", update(room(max_participants=12)))
    (tmp_path / "all" / "bad.yaml").write_text("interactions:\n- request: {\n", encoding="utf-8")
    done = inside("replay", "all")

    assert done.code == 2
    assert "bad.yaml, line " in done.err
    assert len(done.err.splitlines()) == 1
    assert "1 request in" in done.out


def test_damaged_verdicts_are_named(telnyx_cassette: Path, inside: Run) -> None:
    past = telnyx_cassette.with_name(telnyx_cassette.name + ".verdicts.json")
    past.write_text("{", encoding="utf-8")
    done = inside("replay", telnyx_cassette)
    assert done.code == 2
    assert past.name in done.err


NO_NETWORK = """
import pycurl, socket
def refused(*_, **__):
    raise AssertionError("the network was touched")
socket.socket.connect = socket.socket.connect_ex = socket.socket.bind = socket.socket.sendto = refused
socket.create_connection = socket.getaddrinfo = socket.gethostbyname = pycurl.Curl = refused
"""


def test_replay_touches_no_network(telnyx_cassette: Path, roomproof: Run, tmp_path: Path) -> None:
    (tmp_path / "guard").mkdir()
    (tmp_path / "guard" / "sitecustomize.py").write_text(NO_NETWORK, encoding="utf-8")
    guarded = {"PYTHONPATH": str(tmp_path / "guard")}

    assert roomproof("replay", telnyx_cassette, env=guarded).code == 0
    with pytest.raises(AssertionError, match="the network was touched"):
        roomproof(
            "verify",
            "telnyx",
            "--base-url",
            "http://127.0.0.1:9",
            "--room-id",
            "x",
            env={**guarded, **TELNYX.environment},
        )


def test_no_credential_reaches_the_disk(
    roomproof: Run, serve: Callable[[ASGIApp], str], tampered: Any, tmp_path: Path
) -> None:
    canary = "canary-9f3b77c1"
    app = tampered(
        TELNYX.build(),
        instead_of=f"Bearer {canary}",
        admit=f"Bearer {TELNYX.environment['TELNYX_API_KEY']}",
        echo=True,
    )
    words = (
        "--base-url",
        serve(app) + TELNYX.prefix,
        "--room-id",
        TELNYX.room_id,
        "--max-examples",
        0,
        "--record",
        "kept",
        "--json",
        "r.json",
    )
    done = roomproof("verify", "telnyx", *words, env={"TELNYX_API_KEY": canary})

    assert done.code == 0, done.err
    (cassette,) = (tmp_path / "kept").glob("*.yaml")
    assert len(list(open_recording(cassette).interactions())) > 100
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or canary.encode() not in path.read_bytes(), path


def test_check_secrets_finds_what_others_have_kept(inside: Run, telnyx_cassette: Path) -> None:
    clean = inside("replay", "--check-secrets", telnyx_cassette)
    assert (clean.code, clean.out) == (0, "no secrets found\n")

    text = telnyx_cassette.read_text(encoding="utf-8").replace(
        "Bearer REDACTED", "Bearer abcdef0123456789", 1
    )
    telnyx_cassette.write_text(text, encoding="utf-8")
    found = inside("replay", "--check-secrets", telnyx_cassette)
    assert found.code == 1
    assert f"{telnyx_cassette}, interaction 1" in found.out
    assert "abcdef0123456789" not in found.out


def test_a_secret_of_the_environment_is_known(inside: Run, tmp_path: Path) -> None:
    vcr(tmp_path / "a.json", update(room(unique_name="KEY-of-mine-123", max_participants=12)))
    assert inside("replay", "--check-secrets", "a.json").code == 0
    assert inside("replay", "--check-secrets", "a.json", env={"TELNYX_API_KEY": "KEY-of-mine-123"}).code == 1


def test_check_secrets_says_what_it_could_not_look_into(inside: Run, tmp_path: Path) -> None:
    path = vcr(tmp_path / "tapes" / "theirs.json", update(room(max_participants=12)))
    node = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(
        json.dumps({**node, "interactions": [{"request": 5}, *node["interactions"]]}), encoding="utf-8"
    )
    (tmp_path / "tapes" / "package.json").write_text('{"name": "x"}', encoding="utf-8")
    done = inside("replay", "--check-secrets", "tapes")

    assert done.code == 0, done.err
    assert "tapes/theirs.json, interaction 1: cannot be looked into (" in done.out
    assert "tapes/package.json: passed over (" in done.out
    assert done.out.endswith("no secrets found (not looked into: unreadable: 1, passed over: 1)\n")


@pytest.mark.parametrize("entries", [[], [{"request": 5}]])
def test_check_secrets_is_never_green_where_nothing_was_looked_into(
    inside: Run, tmp_path: Path, entries: list[Any]
) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"interactions": entries}), encoding="utf-8")
    done = inside("replay", "--check-secrets", "a.json")

    assert done.code == 2
    assert "nothing was looked into" in done.err


def test_a_damaged_file_does_not_hide_the_secrets_of_another(inside: Run, tmp_path: Path) -> None:
    vcr(tmp_path / "b.json", update(room(unique_name="KEY-of-mine-123")))
    (tmp_path / "a.json").write_text('{"interactions": [', encoding="utf-8")
    done = inside("replay", "--check-secrets", "a.json", "b.json", env={"TELNYX_API_KEY": "KEY-of-mine-123"})

    assert done.code == 1
    assert "b.json, interaction 1: a known secret" in done.out
    assert "a.json" in done.err
    assert (
        inside("replay", "--check-secrets", "a.json", "b.json", env={"TELNYX_API_KEY": "KEY-of-another"}).code
        == 2
    )


def test_the_end_says_what_became_of_the_entries(inside: Run, tmp_path: Path) -> None:
    path = vcr(
        tmp_path / "theirs.json",
        update(room(max_participants=12)),
        ("GET", "https://ads.example/x", None, 200, {}),
    )
    node = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(
        json.dumps({**node, "interactions": [*node["interactions"], {"request": 5}]}), encoding="utf-8"
    )
    done = inside("replay", "theirs.json", "--json", "report.json", "--markdown", "report.md")

    assert done.code == 0
    assert "interactions: 1 judged, 1 foreign, 1 unreadable\n" in done.out
    assert "unreadable: theirs.json, interaction 3: " in done.out
    assert "- interactions: 1 judged, 1 foreign, 1 unreadable\n" in (tmp_path / "report.md").read_text(
        encoding="utf-8"
    )
    told = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["recording"]
    assert {name: told[name] for name in ("judged", "learned", "foreign", "bodies_missing")} == {
        "judged": 1, "learned": 0, "foreign": 1, "bodies_missing": 0
    }  # fmt: skip
    assert told["unreadable"]["entries"][0]["file"] == "theirs.json"


def test_a_file_of_a_folder_that_is_no_recording_is_passed_over_and_told(inside: Run, tmp_path: Path) -> None:
    vcr(tmp_path / "client/theirs.json", update(room(max_participants=12)))
    (tmp_path / "client/package.json").write_text('{"name": "client"}', encoding="utf-8")
    done = inside("replay", "client", "--json", "report.json")

    assert done.code == 0
    assert "passed over: client/package.json: " in done.out
    told = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["recording"]
    assert (told["skipped"]["count"], told["skipped"]["files"][0]["file"]) == (1, "client/package.json")


def test_an_entry_that_cannot_be_read_is_told_where_nothing_else_was_judged(
    inside: Run, tmp_path: Path
) -> None:
    odd = {"request": {"method": "PATCH", "uri": ROOM}}
    (tmp_path / "theirs.json").write_text(json.dumps({"interactions": [odd, odd]}), encoding="utf-8")
    done = inside("replay", "theirs.json")
    assert done.code == 2
    assert done.err.startswith("roomproof: theirs.json, interaction 1: ")
    assert "1 more like it" in done.err


def test_files_of_one_account_are_one_stream_unless_each_is_to_be_one(inside: Run, tmp_path: Path) -> None:
    for name, number in (("a", 12), ("b", 13)):
        sent = "2026-11-28T10:00:00Z" if name == "a" else "2026-11-28T10:00:09Z"
        body = {"max_participants": 12} if name == "a" else {"enable_recording": True}
        headers = [
            {"name": "Content-Type", "value": "application/json"},
            {"name": "Authorization", "value": "Bearer KEY"},
        ]
        request = {"method": "PATCH", "url": ROOM, "headers": headers, "postData": {"text": json.dumps(body)}}
        shown = json.dumps(room(max_participants=number, enable_recording=name == "b"))
        response = {"status": 200, "headers": headers[:1], "content": {"size": len(shown), "text": shown}}
        entries = [{"startedDateTime": sent, "time": 1, "request": request, "response": response}]
        (tmp_path / f"{name}.har").write_text(json.dumps({"log": {"entries": entries}}), encoding="utf-8")

    assert "max_participants.unchanged" in inside("replay", "a.har", "b.har").out
    assert "max_participants.unchanged" not in inside("replay", "a.har", "b.har", "--stream-by", "name").out
    assert inside("replay", "a.har", "--stream-by", "nothing").code == 2
