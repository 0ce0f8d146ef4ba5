"""Real exchanges, where they are at hand: the judge must not find fault with the real provider. They may not
be committed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from roomproof.interaction import Credentials, Interaction, Request, Response, RoomKnowledge, header
from roomproof.judge.judge import Judge
from roomproof.providers import find_contract
from roomproof.verdict import Verdict, Verdicts

RECORDINGS = Path(__file__).parents[3] / "shared" / "recordings"
BLANK = "Sanitized"
STREAMS = sorted(RECORDINGS.glob("acs_*/*.json"))
TUTORIALS = sorted(RECORDINGS.glob("telnyx/real_create_room_*.json"))
only_where_present = pytest.mark.skipif(
    not RECORDINGS.is_dir(), reason="the recordings are not part of the checkout"
)


def headers_of(node: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """The headers as they were; what the publisher has made unreadable counts as left out, but the sender had
    signed.
    """
    found = [(name, value if isinstance(value, str) else ",".join(value)) for name, value in node.items()]
    return tuple(
        (name, value)
        for name, value in found
        if value.lower() != "sanitized" or name.lower() == "authorization"
    )


def body_of(node: Any) -> bytes:
    return b"" if node is None else node.encode() if isinstance(node, str) else json.dumps(node).encode()


def restored(entry: dict[str, Any]) -> dict[str, Any] | None:
    """An entry in which the publisher's blanks are filled in from the response; none where the response does
    not tell.
    """
    response = entry["ResponseBody"] if isinstance(entry["ResponseBody"], dict) else {}
    body = entry["RequestBody"]
    blanks = [name for name, value in body.items() if value == BLANK] if isinstance(body, dict) else []
    if any(name not in response for name in blanks) or (
        f"/{BLANK}?" in entry["RequestUri"] and "id" not in response
    ):
        return None
    uri = entry["RequestUri"].replace(f"/{BLANK}?", f"/{response.get('id')}?")
    return {
        **entry,
        "RequestUri": uri,
        "RequestBody": {**body, **{name: response[name] for name in blanks}} if blanks else body,
    }


def interactions(path: Path) -> Iterator[Interaction]:
    """The exchanges of one file in the test-proxy form of the official clients."""
    for entry in filter(None, map(restored, json.loads(path.read_text(encoding="utf-8-sig"))["Entries"])):
        request = Request(
            entry["RequestMethod"],
            entry["RequestUri"],
            headers_of(entry["RequestHeaders"]),
            body_of(entry["RequestBody"]) or None,
        )
        response = Response(
            entry["StatusCode"], headers_of(entry["ResponseHeaders"]), body_of(entry["ResponseBody"])
        )
        yield Interaction(request, response, sent_at(request, response))


def sent_at(request: Request, response: Response) -> datetime | None:
    for value in (header(response.headers, "date"), header(request.headers, "x-ms-date")):
        try:
            return parsedate_to_datetime(value).astimezone(UTC) if value else None
        except ValueError:
            continue
    return None


def judged(provider: str, streams: list[list[Interaction]]) -> Verdicts:
    contract, deviations = find_contract(provider)
    verdicts = Verdicts(contract, deviations)
    for stream in streams:
        judge = Judge(contract)
        for interaction in stream:
            for item in judge.see(interaction):
                verdicts.add(item, interaction)
    return verdicts


def fails(verdicts: Verdicts) -> list[tuple[str, str]]:
    return [
        (item.clause.id, item.counterexample.evidence.summary)
        for item in verdicts.findings()
        if item.verdict is Verdict.FAIL
    ]


@only_where_present
@pytest.mark.parametrize("path", STREAMS, ids=lambda path: path.stem)
def test_no_recorded_stream_of_the_real_provider_fails(path: Path) -> None:
    assert fails(judged("azure", [list(interactions(path))])) == []


@only_where_present
def test_the_recorded_streams_exercise_both_operations() -> None:
    verdicts = judged("azure", [list(interactions(path)) for path in STREAMS]).verdicts()
    passed = {name.removeprefix("azure.") for name, verdict in verdicts.items() if verdict is Verdict.PASS}
    assert passed >= {
        "create-room.response.201.status", "create-room.response.createdAt.format",
        "create-room.response.id.observed-pattern",
        "create-room.behaviour.validFrom.echo", "create-room.behaviour.pstnDialOutEnabled.echo",
        "create-room.behaviour.validUntil.default-now", "create-room.behaviour.id.server-generated",
        "create-room.request.pstnDialOutEnabled.default",
        "update-room.response.200.status", "update-room.response.validUntil.format",
        "update-room.behaviour.validUntil.echo",
        "update-room.behaviour.pstnDialOutEnabled.unchanged",
        "update-room.behaviour.pstnDialOutEnabled.null-unchanged",
        "update-room.behaviour.id.constant", "update-room.behaviour.createdAt.constant",
        "update-room.response.default.error.code.type",
    }  # fmt: skip
    known = {name for name, verdict in verdicts.items() if verdict is Verdict.DEVIATION}
    assert known >= {
        "azure.update-room.request.validFrom.null",
        "azure.create-room.response.default.x-ms-error-code.present",
    }


@only_where_present
@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_the_bodies_of_real_rooms_do_not_fail_as_answers_to_an_update(path: Path) -> None:
    body = json.loads(path.read_text(encoding="utf-8"))
    # The tutorial writes words where the id was.
    room_id = "7b61621f-62e0-4aad-ab11-9fd19e272e73"
    body["data"]["id"] = room_id
    request = Request(
        "PATCH", f"https://api.telnyx.com/v2/rooms/{room_id}", (("Content-Type", "application/json"),
        ("Authorization", "hidden")),
        json.dumps({"enable_recording": body["data"]["enable_recording"]}).encode(), Credentials.VALID,
        RoomKnowledge.EXISTS,
    )  # fmt: skip
    response = Response(200, (("Content-Type", "application/json"),), json.dumps(body).encode())
    verdicts = judged("telnyx", [[Interaction(request, response, datetime(2022, 7, 29, tzinfo=UTC))]])
    assert fails(verdicts) == []
    found = verdicts.verdicts()
    assert found["telnyx.update-room.behaviour.enable_recording.echo"] is Verdict.PASS
    assert found["telnyx.update-room.response.data.created_at.format"] is Verdict.PASS
    assert found["telnyx.update-room.response.data.active_session_id.null"] is Verdict.DEVIATION
    assert found["telnyx.update-room.response.data.sessions.present"] is Verdict.DEVIATION
