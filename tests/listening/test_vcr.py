"""Cassettes of vcrpy that somebody listens to: what they record and play is judged, and no secret of it
reaches the disk.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
import telnyx
import vcr
from hypothesis import given
from hypothesis import strategies as st
from vcr.matchers import headers, raw_body, requests_match, uri
from vcr.request import Request as VcrRequest

from roomproof import Redactor, Request, Verdict, judging, open_recording
from roomproof.cassettes.exposure import exposed
from roomproof.cassettes.redaction import is_redacted
from roomproof.interaction import Interaction, Response
from roomproof.judge.evidence import Outcome
from roomproof.listening.clients import listened
from roomproof.listening.contracts import known_contracts
from roomproof.listening.stream import Listening
from roomproof.listening.vcr_cassettes import listened_cassettes
from roomproof.listening.vcr_matching import Mask

GOOD, BROKEN = b'{"max_participants": 7}', b'{"max_participants": 51}'
MAXIMUM = "telnyx.update-room.request.max_participants.maximum"
KEY = "mock-telnyx-key"
HOOK = "https://hooks.example/?token=hunter2-of-the-hook"


@dataclass
class Ear:
    """A test that listens."""

    root: Path
    listening: Listening = field(default_factory=lambda: Listening(known_contracts((), "telnyx"), "telnyx"))
    problems: list[str] = field(default_factory=list)
    played: dict[object, Any] = field(default_factory=dict)

    def secrets(self) -> tuple[str, ...]:
        return (KEY,)

    @property
    def requests(self) -> int:
        """How many requests were judged."""
        return self.listening.hearing_of("telnyx").requests

    @property
    def fails(self) -> list[str]:
        """The clauses that fail."""
        found = self.listening.hearing_of("telnyx").verdicts.findings()
        return [finding.clause.id for finding in found if finding.verdict is Verdict.FAIL]

    @property
    def of_client(self) -> list[tuple[str, int]]:
        """What the client sent outside the contract, and how often."""
        listed = self.listening.hearing_of("telnyx").client.listed()
        return [(one.violation.what, one.times) for one in listed]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[list[Ear]]:
    """Listen, for whoever is the last on the stage, while a test lasts."""
    ears = [Ear(tmp_path)]
    with listened_cassettes(lambda: ears[-1]):
        yield ears


@pytest.fixture
def client(place: Any) -> httpx.Client:
    return httpx.Client(headers=place.headers)


def test_what_is_recorded_is_judged_and_so_is_what_is_played(
    stage: list[Ear],
    place: Any,
    client: httpx.Client,
    tmp_path: Path,
) -> None:
    for _ in ("recording", "playing"):
        stage.append(Ear(tmp_path))
        with vcr.use_cassette(tmp_path / "one.yaml"):
            client.patch(place.url(), content=GOOD)
            client.patch(place.url(), content=BROKEN)
        assert stage[-1].requests == 2
        assert stage[-1].fails == [MAXIMUM]


def test_no_secret_reaches_the_disk_and_the_test_sees_the_response_as_it_came(
    stage: list[Ear],
    place: Any,
    client: httpx.Client,
    tmp_path: Path,
) -> None:
    before = place.provider.requests
    url, body = place.url() + f"?api_key={KEY}&page=1", json.dumps({"webhook_event_url": HOOK}).encode()
    for serializer in ("yaml", "json"):
        path = tmp_path / f"secrets.{serializer}"
        with vcr.use_cassette(path, serializer=serializer, match_on=["method", "uri", "body"]):
            assert client.patch(url, content=body).json()["data"]["webhook_event_url"] == HOOK
        text = path.read_text(encoding="utf-8")
        assert KEY not in text
        assert "hunter2" not in text
        recorded = list(open_recording(path).interactions())
        assert [what for interaction in recorded for what in exposed(interaction, (KEY,))] == []
        assert place.headers["Content-Type"] in text

        with vcr.use_cassette(
            path, serializer=serializer, match_on=["method", "uri", "body"], record_mode="none"
        ):
            played = client.patch(url, content=body).json()["data"]["webhook_event_url"]
        assert is_redacted(played.partition("token=")[2])
        assert len(played) == len(HOOK)
    assert place.provider.requests - before == 2
    assert stage[-1].problems == []


def test_a_compressed_response_is_searched_and_stays_readable(
    stage: list[Ear],
    place: Any,
    client: httpx.Client,
    tmp_path: Path,
) -> None:
    client.patch(place.url(), content=json.dumps({"webhook_event_url": HOOK}))
    for _ in ("recording", "playing"):
        with vcr.use_cassette(tmp_path / "coded.yaml"):
            response = client.patch(place.url(way="/coded"), content=GOOD)
            assert response.json()["data"]["max_participants"] == 7
    [recorded] = open_recording(tmp_path / "coded.yaml").interactions()
    assert recorded.response is not None
    assert b"hunter2" not in recorded.response.body
    assert b"?token=redacted" in recorded.response.body
    assert stage[-1].requests == 2


def test_what_was_recorded_before_stays_as_it_was(
    stage: list[Ear],
    place: Any,
    client: httpx.Client,
    tmp_path: Path,
) -> None:
    path = tmp_path / "more.yaml"
    with vcr.use_cassette(path):
        client.patch(place.url(), content=json.dumps({"webhook_event_url": HOOK}))
    [first] = open_recording(path).interactions()
    with vcr.use_cassette(path, record_mode="new_episodes", match_on=["method", "body"]):
        client.patch(
            place.url(), content=json.dumps({"webhook_event_url": HOOK[:-1] + "s", "max_participants": 8})
        )
    again, other = open_recording(path).interactions()

    assert again == first
    hooks = [json.loads(one.request.body or b"")["webhook_event_url"] for one in (again, other)]
    assert hooks[0] != hooks[1]
    assert "hunter2" not in str(hooks)
    assert len(stage) == 1


def test_without_anybody_who_listens_nothing_is_changed(
    stage: list[Any],
    place: Any,
    client: httpx.Client,
    tmp_path: Path,
) -> None:
    stage.append(None)
    with vcr.use_cassette(tmp_path / "plain.yaml"):
        client.patch(place.url(), content=GOOD)
    assert KEY in (tmp_path / "plain.yaml").read_text(encoding="utf-8")


def test_filters_and_persisters_of_the_users_own_go_on_working(
    stage: list[Ear],
    place: Any,
    client: httpx.Client,
    tmp_path: Path,
) -> None:
    from vcr.persisters.filesystem import FilesystemPersister

    written = []

    class Counting(FilesystemPersister):  # type: ignore[misc, unused-ignore]
        @staticmethod
        def save_cassette(cassette_path: Any, cassette_dict: Any, serializer: Any) -> None:
            written.append(cassette_path)
            FilesystemPersister.save_cassette(cassette_path, cassette_dict, serializer)

    def without_server(response: dict[str, Any]) -> dict[str, Any]:
        return {
            **response,
            "headers": {
                name: value for name, value in response["headers"].items() if name.lower() != "server"
            },
        }

    mine = vcr.VCR(filter_headers=["user-agent", ("x-mine", "hidden")], before_record_response=without_server)
    mine.register_persister(Counting)
    for _ in ("recording", "playing"):
        with mine.use_cassette(str(tmp_path / "mine.yaml")):
            client.patch(place.url(), content=BROKEN, headers={"X-Mine": "text"})
    text = (tmp_path / "mine.yaml").read_text(encoding="utf-8")

    assert len(written) == 1
    assert "hidden" in text
    assert "user-agent" not in text
    assert "uvicorn" not in text
    assert "Bearer REDACTED" in text
    assert stage[-1].fails == [MAXIMUM]


def test_a_played_response_is_judged_by_the_request_that_got_it(
    stage: list[Ear],
    place: Any,
    client: httpx.Client,
    tmp_path: Path,
) -> None:
    with vcr.use_cassette(tmp_path / "stale.yaml"):
        client.patch(place.url(), content=GOOD)
    stage.append(Ear(tmp_path))
    with vcr.use_cassette(tmp_path / "stale.yaml"), listened(client, stage[-1].listening):
        client.patch(place.url(), content=BROKEN)

    assert stage[-1].requests == 1
    assert stage[-1].fails == []


def test_a_client_is_judged_by_what_it_sends_now_and_not_by_what_was_recorded(
    stage: list[Ear],
    place: Any,
    client: httpx.Client,
    tmp_path: Path,
) -> None:
    with vcr.use_cassette(tmp_path / "mended.yaml"):
        client.patch(place.url(), content=BROKEN)
    assert stage[-1].of_client == [("max_participants 51", 1)]
    for body, found in ((GOOD, []), (b'{"max_participants": "10"}', [('max_participants "10"', 2)])):
        stage.append(Ear(tmp_path))
        with (
            vcr.use_cassette(tmp_path / "mended.yaml", allow_playback_repeats=True),
            listened(client, stage[-1].listening),
        ):
            for _ in range(2):
                client.patch(place.url(), content=body)
        assert stage[-1].of_client == found
        assert stage[-1].fails == [MAXIMUM]


@pytest.mark.parametrize(
    "options",
    [
        {"filter_post_data_parameters": ["max_participants"]},
        {
            "before_record_request": lambda request: VcrRequest(
                request.method, request.uri, b"gone", request.headers
            )
        },
    ],
    ids=["a field", "the body"],
)
def test_what_a_filter_takes_out_of_a_body_was_sent_all_the_same(
    options: dict[str, Any],
    stage: list[Ear],
    place: Any,
    client: httpx.Client,
    tmp_path: Path,
) -> None:
    for _ in ("recording", "playing"):
        stage.append(Ear(tmp_path))
        with vcr.use_cassette(tmp_path / "filtered.yaml", **options):
            for size in (5, 6):
                client.patch(place.url(), json={"max_participants": size, "enable_recording": True})
        hearing = stage[-1].listening.hearing_of("telnyx")
        assert hearing.telling == 2
        assert {
            finding.clause.id for finding in hearing.verdicts.findings() if finding.verdict is Verdict.WARNING
        } == set()


def test_what_a_client_sends_in_pieces_is_no_fault_of_it(
    stage: list[Ear], place: Any, client: httpx.Client
) -> None:
    with listened(client, stage[-1].listening):
        client.patch(
            place.url(), content=iter((GOOD[:9], GOOD[9:])), headers={"content-type": "application/json"}
        )
        client.patch(place.url(), content=BROKEN)

    assert stage[-1].of_client == [("max_participants 51", 1)]


def test_what_is_played_in_another_order_is_judged_in_that_of_the_file(
    stage: list[Ear],
    place: Any,
    client: httpx.Client,
    tmp_path: Path,
) -> None:
    named, plain, renamed = b'{"unique_name": "Blue"}', GOOD, b'{"unique_name": "Red"}'
    with vcr.use_cassette(tmp_path / "order.yaml"):
        for body in (named, plain, renamed):
            client.patch(place.url(), content=body)
    stage.append(Ear(tmp_path))
    with vcr.use_cassette(tmp_path / "order.yaml", record_mode="none", match_on=["method", "body"]):
        client.patch(place.url(), content=renamed)
        assert client.patch(place.url(), content=plain).json()["data"]["unique_name"] == "Blue"

    assert stage[-1].requests == 2
    unchanged = (
        stage[-1]
        .listening.hearing_of("telnyx")
        .verdicts.records["telnyx.update-room.behaviour.unique_name.unchanged"]
    )
    assert dict(unchanged.counts) == {Outcome.PASS: 1}


def test_what_is_played_again_counts_once(
    stage: list[Ear],
    place: Any,
    client: httpx.Client,
    tmp_path: Path,
) -> None:
    with vcr.use_cassette(tmp_path / "again.yaml"):
        client.patch(place.url(), content=GOOD)
    stage.append(Ear(tmp_path))
    with vcr.use_cassette(tmp_path / "again.yaml", allow_playback_repeats=True):
        for _ in range(3):
            client.patch(place.url(), content=GOOD)

    assert stage[-1].requests == 1


def test_what_another_test_has_recorded_under_the_same_cassette_is_judged_once(
    stage: list[Ear],
    place: Any,
    client: httpx.Client,
    tmp_path: Path,
) -> None:
    with vcr.use_cassette(tmp_path / "module.yaml", allow_playback_repeats=True):
        client.patch(place.url(), content=BROKEN)
        client.patch(place.url(), content=BROKEN)
        assert stage[-1].requests == 1
        stage.append(Ear(tmp_path))
        client.patch(place.url(), content=BROKEN)
        client.patch(place.url(), content=BROKEN)

    assert stage[-1].requests == 1
    assert stage[-1].fails == [MAXIMUM]


def test_a_client_that_is_listened_to_below_a_cassette_is_heard_once(
    stage: list[Ear],
    place: Any,
    tmp_path: Path,
) -> None:
    session = requests.Session()
    session.headers.update(place.headers)
    for number in (1, 2):
        with vcr.use_cassette(tmp_path / "both.yaml"), listened(session, stage[-1].listening):
            session.patch(place.url(), data=GOOD)
        assert stage[-1].requests == number


def test_a_block_judges_what_a_cassette_plays_as_it_was_recorded(
    place: Any,
    client: httpx.Client,
    tmp_path: Path,
) -> None:
    before = vars(vcr.cassette.Cassette)["play_response"]
    bodies = (b'{"max_participants": 21}', GOOD)
    with vcr.use_cassette(tmp_path / "plain.yaml"):
        for body in bodies:
            client.patch(place.url(), content=body)
    with (
        vcr.use_cassette(tmp_path / "plain.yaml", match_on=["method", "body"]),
        judging("telnyx", client) as verdicts,
    ):
        for body in reversed(bodies):
            client.patch(place.url(), content=body)
    with vcr.use_cassette(tmp_path / "plain.yaml"), judging("telnyx", client) as stale:
        client.patch(place.url(), content=BROKEN)

    for judged, cases in ((verdicts, 2), (stale, 1)):
        assert judged.records["telnyx.update-room.response.200.status"].cases == cases
        assert [finding.clause.id for finding in judged.findings() if finding.verdict is Verdict.FAIL] == []
    assert vars(vcr.cassette.Cassette)["play_response"] is before


def test_a_recording_does_not_go_on_where_another_ended_long_ago(
    stage: list[Ear],
    place: Any,
    client: httpx.Client,
    tmp_path: Path,
) -> None:
    path = tmp_path / "old.yaml"
    with vcr.use_cassette(path):
        client.patch(place.url(), content=b'{"unique_name": "Then"}')
    path.write_text(path.read_text(encoding="utf-8").replace(" 2026 ", " 2025 "), encoding="utf-8")
    client.patch(place.url(), content=b'{"unique_name": "Now"}')
    stage.append(Ear(tmp_path))
    with vcr.use_cassette(path, record_mode="new_episodes", match_on=["method", "body"]):
        client.patch(place.url(), content=b'{"unique_name": "Then"}')
        response = client.patch(place.url(), content=GOOD).json()["data"]

    assert response["unique_name"] == "Now"
    assert stage[-1].requests == 2
    assert stage[-1].fails == []


def test_a_vendors_own_client_is_judged_while_it_records_and_plays(
    stage: list[Ear],
    place: Any,
    tmp_path: Path,
) -> None:
    before = place.provider.requests
    for _ in ("recording", "playing"):
        stage.append(Ear(tmp_path))
        with (
            vcr.use_cassette(tmp_path / "sdk.yaml"),
            telnyx.Telnyx(api_key=KEY, base_url=place.url(""), max_retries=0) as client,
        ):
            created = client.rooms.create(unique_name="Green").data
            assert created is not None
            assert created.id is not None
            client.rooms.update(created.id, max_participants=51)
            client.rooms.delete(created.id)
        assert stage[-1].requests == 3
        assert stage[-1].fails == [MAXIMUM]
    assert place.provider.requests - before == 3


_LETTERS = st.text("abcXYZ019-_.~", min_size=4, max_size=40)


@given(token=_LETTERS, other=_LETTERS, secret=_LETTERS, page=st.integers(0, 99))
def test_a_request_finds_its_exchange_although_secrets_were_taken_out(
    token: str,
    other: str,
    secret: str,
    page: int,
) -> None:
    @dataclass
    class Owner:
        def secrets(self) -> tuple[str, ...]:
            return (secret,)

    url = f"https://rooms.example/{secret}/rooms?token={token}&page={page}&api_key={other}"
    redactor = Redactor((secret,), live=True)
    redactor.redacted(Interaction(Request("GET", f"https://rooms.example/?token={other}x"), Response(200)))
    written = redactor.redacted(Interaction(Request("GET", url), Response(200))).request.url
    matcher = Mask(Owner).matcher(uri)
    asked, recorded, another = (
        VcrRequest("GET", one, None, {}) for one in (url, written, url.replace("page=", "page=1"))
    )

    assert requests_match(asked, recorded, [matcher])
    assert not requests_match(another, recorded, [matcher])


@given(secret=st.text("ghXYZ-_.~", min_size=6, max_size=40), other=_LETTERS, size=st.integers(0, 98))
def test_headers_match_although_a_secret_stands_in_them_or_in_the_body(
    secret: str, other: str, size: int
) -> None:
    @dataclass
    class Owner:
        def secrets(self) -> tuple[str, ...]:
            return (secret,)

    def sent(size: int) -> Request:
        body = f'{{"name":"{secret}","size":{size:02}}}'.encode()
        plain = {
            "X-Mine": secret,
            "Cookie": other,
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
        }
        return Request("POST", "https://rooms.example/rooms", tuple(plain.items()), body)

    clean = Redactor((secret,), live=True).redacted(Interaction(sent(size), Response(200))).request
    asked, recorded, another = (
        VcrRequest(one.method, one.url, one.body, dict(one.headers))
        for one in (sent(size), clean, sent(size + 1))
    )
    matchers = [Mask(Owner).matcher(one) for one in (headers, raw_body)]

    assert requests_match(asked, recorded, matchers)
    assert not requests_match(another, recorded, matchers)
