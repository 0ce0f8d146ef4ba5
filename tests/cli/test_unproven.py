"""Nothing tested is never green: nothing to judge ends with 2, what was asked for and could not be judged
with 3, each with a sentence.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from roomproof.providers import bundled, find_mock

Run = Callable[..., Any]
TELNYX, AZURE = find_mock("telnyx"), find_mock("azure")
ROOM = f"/rooms/{TELNYX.room_id}"
UNSEEN = "telnyx.create-room.response.data.active_session_id.type"
MAXIMUM = "telnyx.update-room.request.max_participants.maximum"
Json = Any
Entry = tuple[str, str, Json, int, Json]


def har(path: Path, *entries: Entry) -> Path:
    """A HAR file as a browser writes it; status 0 is a request without a response."""
    media = [{"name": "Content-Type", "value": "application/json"}]
    told = [
        {
            "startedDateTime": "2026-11-28T10:00:00Z",
            "request": {
                "method": method,
                "url": url,
                "headers": media,
                "postData": {"text": json.dumps(body)},
            },
            "response": {"status": status, "headers": media, "content": {"text": json.dumps(response)}},
        }
        for method, url, body, status, response in entries
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"log": {"version": "1.2", "entries": told}}), encoding="utf-8")
    return path


def update(origin: str = "https://api.telnyx.com/v2", status: int = 200) -> Entry:
    return (
        "PATCH",
        origin + ROOM,
        {"max_participants": 3},
        status,
        {"data": {"id": TELNYX.room_id, "max_participants": 3}},
    )


ELSEWHERE: Entry = ("GET", "https://other.example/v1/users?page=2", None, 200, [])
READ: Entry = ("GET", f"https://api.telnyx.com/v2{ROOM}", None, 200, {"data": {"id": TELNYX.room_id}})
WITHOUT_VERSION: Entry = (
    "PATCH",
    "https://gw.example/rooms/123",
    {"pstnDialOutEnabled": True},
    200,
    {"id": "123"},
)
MADE: Entry = ("POST", "https://x.communication.azure.com/rooms?api-version=2025-03-13", {}, 503, {})
CHANGED: Entry = (
    "PATCH", "https://x.communication.azure.com/rooms/1?api-version=2025-03-13", {"pstnDialOutEnabled": True},
    200,
    {"id": "1", "createdAt": "2026-11-28T10:00:00Z", "validFrom": "2026-11-28T10:00:00Z",
    "validUntil": "2026-12-28T10:00:00Z",
     "pstnDialOutEnabled": True},
)  # fmt: skip


def require_sentence(done: Any, code: int, *words: str) -> None:
    """The exit code is right, and one line says why with all of the words."""
    assert done.code == code, done
    (line,) = done.err.splitlines()
    assert line.startswith("roomproof: ")
    assert [word for word in words if word not in line] == [], line


NOTHING = {
    "no entry": ((), ("no interaction there", "--record")),
    "somebody else's": (
        (ELSEWHERE,),
        (
            "the one request there belongs to no operation",
            "azure, carrierx, signalwire, telnyx",
            "--contracts",
        ),
    ),
    "twice somebody else's": ((ELSEWHERE, ELSEWHERE), ("none of the 2 requests there",)),
    "a required query is missing": (
        (WITHOUT_VERSION,),
        ("PATCH /rooms/123 on gw.example", "azure.update-room", "has no api-version"),
    ),
    "another prefix": (
        (update("https://gw.example/vendor"),),
        (
            "telnyx.update-room",
            "the host is not api.telnyx.com, the path has no /v2/",
            "folder named like a provider",
        ),
    ),
}


@pytest.mark.parametrize(("entries", "words"), NOTHING.values(), ids=NOTHING)
def test_recordings_in_which_nothing_is_to_judge(
    entries: tuple[Entry, ...], words: tuple[str, ...], inside: Run, tmp_path: Path
) -> None:
    har(tmp_path / "traffic.har", *entries)
    done = inside("replay", "traffic.har", "--json", "report.json", "--junit", "report.xml")
    require_sentence(done, 2, "traffic.har: ", "nothing was judged", *words)
    assert (tmp_path / "report.json").is_file(), "reports that were asked for are written all the same"
    assert (tmp_path / "report.xml").is_file()
    require_sentence(inside("compare", "traffic.har", "traffic.har"), 2, "nothing was judged", *words)


def test_recordings_of_what_no_clause_is_about(inside: Run, tmp_path: Path) -> None:
    """A contract that tells of an operation, and of no demand that a rejection could break."""
    text = (bundled("contracts") / "telnyx" / "openapi.yaml").read_text(encoding="utf-8")
    before, _, rest = text.partition("      operationId: get-room\n")
    silent = """      operationId: get-room
      x-source: {document: docs/observed.md, section: "1", field: get-room}
      parameters:
        - $ref: "#/components/parameters/RoomId"
      responses:
        "200": {description: The room}
        default: {description: An error}
"""
    contract = tmp_path / "mine" / "telnyx" / "openapi.yaml"
    contract.parent.mkdir(parents=True)
    contract.write_text(before + silent + rest[rest.index("    delete:\n") :], encoding="utf-8")
    forbidden = (*READ[:3], 403, {})
    har(tmp_path / "traffic.har", forbidden, forbidden)
    reports = ("--json", "report.json", "--junit", "report.xml")
    done = inside("replay", "traffic.har", "--contracts", "mine", *reports)
    words = ("traffic.har: ", "no request there tests a clause of telnyx", "nothing was judged")
    require_sentence(done, 2, *words)
    assert (tmp_path / "report.json").is_file(), "reports that were asked for are written all the same"
    assert (tmp_path / "report.xml").is_file()


def test_an_empty_cassette(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "empty.yaml").write_text("interactions: []\nversion: 1\n", encoding="utf-8")
    require_sentence(
        inside("replay", "empty.yaml"), 2, "empty.yaml: no interaction there, so nothing was judged"
    )


def test_the_way_out_of_a_hint_works(inside: Run, tmp_path: Path) -> None:
    """What a hint says is done: the recording stands in a folder named like the provider."""
    har(tmp_path / "telnyx" / "traffic.har", update("https://gw.example/vendor"))
    har(tmp_path / "azure" / "traffic.har", WITHOUT_VERSION)
    assert inside("replay", "telnyx/traffic.har").code == 0
    assert "azure from azure/traffic.har, 1 request in" in inside("replay", "azure/traffic.har").out


def test_what_is_judged_in_part_stays_judged_and_the_hint_is_told(inside: Run, tmp_path: Path) -> None:
    har(tmp_path / "traffic.har", update(), update("https://gw.example/vendor"), ELSEWHERE)
    done = inside("replay", "traffic.har", "--json", "report.json")
    assert (done.code, done.err) == (0, "")
    assert "2 requests belong to no operation" in done.out
    assert "looks like azure.update-room (the query has no api-version) or telnyx.update-room" in done.out
    (hint,) = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["hints"]
    assert hint.startswith(f"PATCH /vendor{ROOM} on gw.example looks like ")


@pytest.mark.parametrize("status", [0, 429, 503])
def test_recordings_without_a_usable_response(status: int, inside: Run, tmp_path: Path) -> None:
    har(tmp_path / "traffic.har", update(status=status), update(status=status))
    done = inside("replay", "traffic.har", "--json", "report.json")
    require_sentence(done, 3, "telnyx: no request got a usable response")
    assert "2 requests without a usable response" in done.out
    (provider,) = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["providers"]
    (clause,) = (clause for clause in provider["clauses"] if clause["verdict"] == "inconclusive")
    assert clause["why"] == next(iter(provider["unanswered"]))


def test_a_provider_without_a_usable_response_is_not_hidden_by_another(inside: Run, tmp_path: Path) -> None:
    har(tmp_path / "traffic.har", CHANGED, update(status=503))
    require_sentence(inside("replay", "traffic.har"), 3, "telnyx: no request got a usable response")


def test_a_documented_clause_that_is_inconclusive_keeps_a_run_from_being_green(
    inside: Run, tmp_path: Path
) -> None:
    har(tmp_path / "traffic.har", CHANGED, MADE)
    told = (
        "azure: 1 documented clause is inconclusive: azure.create-room.response.201.status",
        "status 503: too busy to answer",
    )
    done = inside("replay", "traffic.har", "--json", "report.json")
    require_sentence(done, 3, *told)
    assert f"not judged {told[0]}" in done.out

    require_sentence(inside("replay", "traffic.har", "--baseline", "report.json"), 3, *told)


def test_a_fail_counts_more_than_what_could_not_be_judged(inside: Run, tmp_path: Path) -> None:
    wrong = (*CHANGED[:4], {**CHANGED[4], "pstnDialOutEnabled": False})
    har(tmp_path / "traffic.har", wrong, MADE)
    done = inside("replay", "traffic.har")
    assert (done.code, done.err) == (1, "")


def test_a_clause_that_was_asked_for_and_is_not_exercised(inside: Run) -> None:
    done = inside("verify", "--only", UNSEEN, "--max-examples", 0)
    require_sentence(
        done,
        3,
        f"telnyx: --only {UNSEEN} asks for what was not exercised",
        "data.active_session_id was null in every response",
    )
    done = inside("verify", "--only", UNSEEN, "--only", MAXIMUM, "--max-examples", 0)
    require_sentence(done, 3, f"--only {UNSEEN}")
    assert "1 pass" in done.out


def test_a_pattern_that_is_exercised_in_part_was_judged(inside: Run) -> None:
    done = inside("verify", "telnyx", "--only", "telnyx.*.data.*", "--max-examples", 0)
    assert (done.code, done.err) == (0, "")
    assert "unexercised" in done.out


@pytest.mark.parametrize(("percent", "code"), [("0", 0), ("97.4", 0), ("97.5", 3), ("100", 3)])
def test_a_share_of_the_documented_clauses_can_be_demanded_of_a_run(
    percent: str, code: int, inside: Run, tmp_path: Path
) -> None:
    """Of the 77 documented clauses on making rooms a run exercises 75: a new room has no session."""
    some = ("--only", "telnyx.create-room.*", "--max-examples", 0)
    done = inside("verify", "telnyx", *some, "--fail-under", percent, "--json", "report.json")
    sentence = f"97.4 % of the documented clauses were exercised, --fail-under asks for {percent} %"
    assert (done.code, done.err) == (code, f"roomproof: {sentence}\n" if code else "")
    assert "75 of 77 documented clauses exercised (97.4 %)" in done.out
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert (
        report["summary"]["exercised"] == report["providers"][0]["exercised"] == {"documented": 75, "of": 77}
    )


def test_a_share_can_be_demanded_of_recordings(inside: Run, tmp_path: Path) -> None:
    har(tmp_path / "traffic.har", update())
    assert inside("replay", "traffic.har").code == 0
    done = inside("replay", "traffic.har", "--fail-under", 50)
    require_sentence(done, 3, "--fail-under asks for 50 %")
    assert "documented clauses exercised (1.9 %), which proves little\n" in done.out


@pytest.mark.parametrize("percent", ["-1", "100.1", "nan", "inf", "many", "80%"])
def test_a_share_that_is_none(percent: str, inside: Run) -> None:
    require_sentence(inside("verify", "telnyx", "--fail-under", percent), 2, "--fail-under")


def test_with_only_the_share_is_of_what_was_asked_for(inside: Run) -> None:
    assert inside("verify", "--only", MAXIMUM, "--max-examples", 0, "--fail-under", 100).code == 0


def test_two_files_of_different_providers_are_no_comparison(inside: Run, tmp_path: Path) -> None:
    har(tmp_path / "one.har", update())
    har(tmp_path / "two.har", CHANGED)
    for name in ("one", "two"):
        assert inside("replay", f"{name}.har", "--json", f"{name}.json").code == 0
    require_sentence(
        inside("compare", "one.har", "two.har"), 2, "one.har and two.har", "nothing was compared"
    )
    require_sentence(
        inside("compare", "one.json", "two.json"), 2, "one.json and two.json", "nothing was compared"
    )


def test_a_report_in_which_nobody_was_judged(inside: Run, tmp_path: Path) -> None:
    har(tmp_path / "traffic.har", ELSEWHERE)
    inside("replay", "traffic.har", "--json", "report.json")
    done = inside("report", "report.json", "--markdown", "report.md")
    require_sentence(done, 2, "report.json", "no provider was judged")
    assert (tmp_path / "report.md").is_file()


@pytest.mark.parametrize(
    "words",
    [("verify", "telnyx"), ("replay", "x.har"), ("matrix",), ("clauses",), ("explain", MAXIMUM)],
    ids=str,
)
def test_a_folder_of_contracts_without_any(words: tuple[str, ...], inside: Run, tmp_path: Path) -> None:
    har(tmp_path / "x.har", update())
    (tmp_path / "mine").mkdir()
    done = inside(*words, "--contracts", "mine")
    assert (done.code, done.err.startswith("roomproof: mine holds no contract")) == (2, True), done
