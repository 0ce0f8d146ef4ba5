"""The witness of a finding is kept, and judged from then on: it fails as long as the provider is wrong, and passes when it is mended."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp

from roomproof.cassettes.recording import open_recording
from roomproof.commands.regressions import check_regression
from roomproof.errors import UsageError
from roomproof.providers import find_mock

Run = Callable[..., Any]
Serve = Callable[[ASGIApp], str]
TELNYX, AZURE = find_mock("telnyx"), find_mock("azure")


class Forgetful:
    """A fault that needs two requests: an update without a name forgets the name."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __call__(self, _: Any, answer: dict[str, Any]) -> dict[str, Any]:
        room = answer.get("data")
        if isinstance(room, dict):
            if self.names and room["unique_name"] == self.names[-1]:
                room["unique_name"] = "forgotten"
            self.names.append(room["unique_name"])
        return answer


def as_text(_: Any, answer: dict[str, Any]) -> dict[str, Any]:
    if isinstance(answer.get("data"), dict):
        answer["data"]["max_participants"] = str(answer["data"]["max_participants"])
    return answer


def made_again(_: Any, answer: dict[str, Any]) -> dict[str, Any]:
    """A fault of another provider: each answer is about another room."""
    made_again.count += 1  # type: ignore[attr-defined]
    return {**answer, "id": f"9944{made_again.count:013}"} if "createdAt" in answer else answer  # type: ignore[attr-defined]


made_again.count = 0  # type: ignore[attr-defined]

FAULTS = {
    "one answer is enough": (TELNYX, as_text, "telnyx.update-room.response.data.max_participants.type"),
    "an earlier answer is needed": (TELNYX, Forgetful(), "telnyx.update-room.behaviour.unique_name.unchanged"),
    "the same request twice": (AZURE, made_again, "azure.create-room.behaviour.repeatability.replayed-once"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_finding_is_kept_and_judged_from_then_on(inside: Run, serve: Serve, tampered: Any, tmp_path: Path, name: str) -> None:
    mock, change, clause = FAULTS[name]
    provider = clause.split(".")[0]
    wrong, right = serve(tampered(mock.build(), change)) + mock.prefix, serve(mock.build()) + mock.prefix
    room = ("--room-id", mock.room_id) if mock.room_id else ()
    # A regression is judged strictly; so are the runs, since what one update leaves alone is the word of a standard.
    words = ("verify", provider, *room, "--max-examples", 0, "--strict", "--save-regressions", "--base-url")

    done = inside(*words, wrong, env=mock.environment)
    path = tmp_path / "cassettes" / "regressions" / f"{clause}.yaml"
    assert done.code == 1
    kept_here = f"kept {path.relative_to(tmp_path)}: `pytest cassettes/regressions --provider={provider} --base-url=URL` sends it again"
    assert kept_here in done.out

    def checked(base_url: str | None) -> Any:
        return check_regression(path, base_url=base_url, room_id=mock.room_id, environment=mock.environment)

    assert (checked(wrong).verdict, checked(right).verdict, checked(None).verdict) == ("fail", "pass", "pass")
    assert "expected" in checked(wrong).text
    assert "curl" in checked(wrong).text


def test_a_regression_that_is_there_stays_as_it_is(inside: Run, serve: Serve, tampered: Any, tmp_path: Path) -> None:
    path = tmp_path / "cassettes" / "regressions" / "telnyx.update-room.response.data.max_participants.type.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("the first witness", encoding="utf-8")
    url = serve(tampered(TELNYX.build(), as_text)) + TELNYX.prefix
    words = ("verify", "telnyx", "--room-id", TELNYX.room_id, "--max-requests", 40, "--save-regressions", "--base-url", url)

    assert inside(*words, env=TELNYX.environment).code == 1
    assert path.read_text(encoding="utf-8") == "the first witness"


def test_where_nothing_fails_nothing_is_kept(inside: Run, tmp_path: Path) -> None:
    assert inside("verify", "carrierx", "--max-examples", 0, "--save-regressions").code == 0
    assert not (tmp_path / "cassettes").exists()


def kept(path: Path, clause: str) -> Path:
    entry = """
interactions:
  - request:
      method: PATCH
      uri: http://127.0.0.1/v2/rooms/5e3b9c0e-2a3f-4a57-8f06-9d1c4f7ab210
      headers: {Content-Type: [application/json], Authorization: [Bearer REDACTED]}
      body: '{"max_participants": 51}'
    response: {status: {code: 200, message: OK}, headers: {}, body: {string: '{}'}}
    recorded_at: "2026-01-01T00:00:00+00:00"
    sender: {credentials: valid, room: exists}
"""
    path.write_text(f"roomproof: {{clause: {clause}}}{entry}", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("clause", "what"),
    [("telnyx.update-room.request.gone.maximum", "no clause"), ("not-a-clause", "no clause"), ("nobody.do.request.x.type", "nobody")],
)
def test_a_regression_of_no_clause_is_explained(tmp_path: Path, clause: str, what: str) -> None:
    with pytest.raises(UsageError, match=what):
        check_regression(kept(tmp_path / f"{clause}.yaml", clause), base_url=None, room_id=None, environment={})


def test_a_request_that_does_not_test_its_clause_proves_nothing(tmp_path: Path) -> None:
    clause = "telnyx.update-room.request.webhook_timeout_secs.maximum"
    found = check_regression(kept(tmp_path / f"{clause}.yaml", clause), base_url=None, room_id=None, environment={})
    assert found.verdict == "unexercised"


def test_windows_are_moved_to_where_they_lay(inside: Run, serve: Serve, tampered: Any, tmp_path: Path) -> None:
    """A request of last year about the coming month is sent again about the coming month."""

    def no_name(_: Any, answer: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in answer.items() if name != "validUntil"}

    url = serve(tampered(AZURE.build(), no_name)) + AZURE.prefix
    assert inside("verify", "azure", "--max-examples", 0, "--save-regressions", "--base-url", url, env=AZURE.environment).code == 1
    path = tmp_path / "cassettes" / "regressions" / "azure.create-room.behaviour.validUntil.echo.yaml"
    text = path.read_text(encoding="utf-8")
    (*_, last) = open_recording(path).interactions()
    assert last.at is not None
    for year in (last.at.year, last.at.year + 1):
        text = text.replace(f"{year}-", f"{year - 2}-")
    path.write_text(text, encoding="utf-8")

    assert check_regression(path, base_url=None, room_id=None, environment=AZURE.environment).verdict == "pass"
    assert check_regression(path, base_url=url, room_id=None, environment=AZURE.environment).verdict == "fail"
