"""`roomproof probe` as a user runs it: a table a provider, a JSON document, and never a verdict."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp

from roomproof.providers import find_mock

Run = Callable[..., Any]
Serve = Callable[[ASGIApp], str]
TELNYX = find_mock("telnyx")
AGAINST_TELNYX = ("probe", "telnyx", "--room-id", TELNYX.room_id)
KEYS = {"provider", "operation", "field", "what", "documented", "observed", "requests", "at"}
SEEN = {
    "azure": [("create-room", "participants", "maximum number of fields", None, "no limit found up to 5000"),
              ("create-room", "validFrom to validUntil", "maximum of days", None,
              "accepted up to 180, rejected from 181"),
              ("update-room", "validUntil", "null", None, "accepted, the old value stays")],
    "carrierx": [("update-room", "name", "empty string", None, 'accepted, stored as ""'),
                 ("replace-room", "access_codes", "null", None, "rejected (status 422)"),
                 ("replace-room", "body", "unknown field", None, "accepted, ignored")],
    "signalwire": [("update-room", "remove_after_seconds_elapsed", "maximum", 2**31 - 1,
    "accepted up to 200000, rejected from 200001"),
                   ("update-room", "remove_after_seconds_elapsed", "minimum", -(2**31),
                   "accepted down to 1, rejected from 0"),
                   ("update-room", "display_name", "maximum length", 200,
                    "accepted up to 200, rejected from 201 (characters beyond U+FFFF)")],
    "telnyx": [("update-room", "unique_name", "maximum length", None, "no limit found up to 1000000"),
               ("update-room", "max_participants", "maximum", 50, "accepted up to 50, rejected from 51"),
               ("update-room", "webhook_timeout_secs", "minimum", None,
               "accepted down to 0, rejected from -1")],
}  # fmt: skip
"""What the built-in mocks do, which keep the documents and, where these are silent, do as real providers were
seen to do.
"""


@pytest.mark.parametrize("provider", SEEN)
def test_a_built_in_mock(provider: str, roomproof: Run, tmp_path: Path) -> None:
    done = roomproof("probe", provider, "--json", "seen.json")

    assert (done.code, done.err) == (0, "")
    document = json.loads((tmp_path / "seen.json").read_text(encoding="utf-8"))
    (told,) = document["providers"]
    rows = [
        (item["operation"], item["field"], item["what"], item["documented"], item["observed"])
        for item in told["observations"]
    ]
    assert [row for row in SEEN[provider] if row not in rows] == []
    assert all(set(item) - {"limit"} == KEYS for item in told["observations"])
    assert {item["provider"] for item in told["observations"]} == {told["provider"]} == {provider}
    lines = ["".join(line.split()) for line in done.out.splitlines()]
    for *texts, documented, observed in SEEN[provider]:
        row = "".join([*texts, "-" if documented is None else str(documented), observed])
        assert any(line.startswith("".join(row.split())) for line in lines), row
    assert done.out.splitlines()[-1].startswith(f"{len(rows)} observations")
    assert re.search(r"\b(fail|pass|clauses)\b", done.out) is None


def test_limits_are_told_as_numbers_too(roomproof: Run, tmp_path: Path) -> None:
    roomproof("probe", "signalwire", "--json", "seen.json")

    observations = json.loads((tmp_path / "seen.json").read_text(encoding="utf-8"))["providers"][0][
        "observations"
    ]
    item = next(item for item in observations if item["field"] == "max_members" and item["what"] == "maximum")
    assert item["limit"] == {
        "documented": 300,
        "accepted_up_to": 300,
        "refused_from": 301,
        "requests": item["requests"],
    }


def test_a_provider_that_breaks_its_contract_gets_no_verdict(
    roomproof: Run, serve: Serve, tampered: Any
) -> None:
    def wrong(_: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
        return {"data": {**body["data"], "enable_recording": "yes"}} if "data" in body else body

    base_url = serve(tampered(TELNYX.build(), wrong)) + TELNYX.prefix
    done = roomproof(*AGAINST_TELNYX, "--base-url", base_url, env=TELNYX.environment)

    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"telnyx at {base_url}, ")


def test_a_run_that_is_cut_short_shows_what_it_saw(roomproof: Run, tmp_path: Path) -> None:
    done = roomproof("probe", "telnyx", "--max-requests", 40, "--json", "seen.json")

    assert done.code == 3
    (told,) = json.loads((tmp_path / "seen.json").read_text(encoding="utf-8"))["providers"]
    assert told["requests"] <= 40
    assert told["stopped"] == "--max-requests 40 reached"
    assert told["observations"]
    assert "telnyx stopped early: --max-requests 40 reached" in done.out


def test_a_recording_of_a_probe_can_be_replayed(roomproof: Run, tmp_path: Path) -> None:
    assert roomproof("probe", "signalwire", "--record", "kept.yaml").code == 0

    done = roomproof("replay", tmp_path / "kept.yaml")
    assert done.code == 0
    assert "0 fail" not in done.out
    assert done.out.startswith("signalwire from ")


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("nobody",), 2, "unknown provider 'nobody'"),
        (("--base-url", "http://127.0.0.1:1"), 2, "name the one provider"),
        (("carrierx", "--base-url", "http://127.0.0.1:1"), 2, "--room-id"),
        (("telnyx", "--base-url", "http://127.0.0.1:1", "--room-id", "1"), 3, "does not answer"),
        (("telnyx", "--rate", "fast"), 2, "--rate"),
        (("telnyx", "--max-requests", "8", "--json", "/dev/null/seen.json"), 2, "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    words: tuple[str, ...], code: int, says: str, inside: Run
) -> None:
    done = inside("probe", *words, env={**TELNYX.environment, **find_mock("carrierx").environment})

    assert done.code == code
    assert says in done.err
    assert len(done.err.splitlines()) == 1


def test_no_secret_is_shown(roomproof: Run, serve: Serve, tampered: Any, tmp_path: Path) -> None:
    key = TELNYX.environment["TELNYX_API_KEY"]
    numbers = count()

    def telltale(sent: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
        return (
            {"data": {**body["data"], "unique_name": f"{sent['authorization']} {next(numbers)}"}}
            if "data" in body
            else body
        )

    base_url = serve(tampered(TELNYX.build(), telltale)) + TELNYX.prefix
    done = roomproof(*AGAINST_TELNYX, "--base-url", base_url, "--json", "seen.json", env=TELNYX.environment)

    assert 'accepted, stored as "<hidden>' in done.out.replace("Bearer ", "")
    assert key not in done.out + (tmp_path / "seen.json").read_text(encoding="utf-8")
