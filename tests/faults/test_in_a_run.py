"""Faults in a run: what is recorded of the faultless mocks is sent again, and each fault shows; how they are
served.
"""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit
from uuid import UUID

import pytest
import urllib3
from starlette.types import ASGIApp, Message

from roomproof.auth.scheme import Scheme
from roomproof.engine.run import Options, Result, Run, Subject
from roomproof.errors import UsageError
from roomproof.interaction import Credentials, Interaction, Request, Response
from roomproof.providers import find_contract, find_fault, find_faults, find_mock, find_special
from roomproof.targets.credentials import scheme_from, unscoped_from
from roomproof.targets.http import HttpTarget
from roomproof.targets.serve import mock_process
from roomproof.targets.target import UnsentRequest
from roomproof_faults import Fault, FaultKind
from roomproof_faults.border.exchange import FaultyRequest, FaultyResponse, Handle

PROVIDERS = ("azure", "carrierx", "signalwire", "telnyx")

ALSO_SENT: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "azure": [
        ("POST", {"validFrom": "2031-01-01T00:00:00Z", "validUntil": "2031-05-01T00:00:00Z"}),
        ("POST", {"participants": {"someone": {}}}),
        ("POST", {"participants": {f"8:acs:{UUID(int=1)}_{UUID(int=number)}": {} for number in range(21)}}),
    ],
    "telnyx": [],
    "signalwire": [("PUT", {"name": "another"})],
    "carrierx": [
        (
            "PUT",
            {
                "access_codes": [{"access_code": "111222", "role": "host"}],
                "account_sid": "6d0a7c1f-93a4-4f1e-8a55-0c9d3f6b2e17",
                "properties": {},
                "did_group_sid": None,
                "meeting_room_sid": "c0b6f9a2-4d3e-4b7a-9e21-7a5f8d1c3b64",
                "name": "Replaced",
            },
        ),
        ("PATCH", {"name": "Updated"}),
    ],
}
"""Requests that make a room, or about the one that is there from the start, to trigger what a run does
not.
"""


class Direct:
    """A target that calls an application without a socket."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self.app, self.base_url = app, f"http://127.0.0.1:1{prefix}"
        self.loop = asyncio.new_event_loop()

    def send(self, unsent: UnsentRequest) -> Interaction:
        url = self.base_url + unsent.path + (f"?{urlencode(unsent.query)}" if unsent.query else "")
        proof = unsent.scheme.headers(unsent.method, url, unsent.body) if unsent.scheme else ()
        request = Request(
            unsent.method, url, (*unsent.headers, *proof), unsent.body, unsent.credentials, unsent.room
        )
        return Interaction(request, self.response(request), datetime.now(UTC))

    def response(self, request: Request) -> Response:
        parts = urlsplit(request.url)
        scope = {
            "type": "http",
            "method": request.method,
            "path": unquote(parts.path),
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "root_path": "",
            "headers": [
                (b"host", parts.netloc.encode()),
                *((name.lower().encode(), value.encode()) for name, value in request.headers),
            ],
        }
        answered: list[Message] = []

        async def give() -> Message:
            return {"type": "http.request", "body": request.body or b""}

        async def take(message: Message) -> None:
            answered.append(message)

        self.loop.run_until_complete(self.app(scope, give, take))
        start, *bodies = answered
        headers = tuple((name.decode(), value.decode()) for name, value in start["headers"])
        return Response(start["status"], headers, b"".join(body.get("body", b"") for body in bodies))

    def close(self) -> None:
        self.loop.close()


class Recorded(Direct):
    """A target that keeps what it sent and got."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        super().__init__(app, prefix)
        self.sent: list[Interaction] = []

    def send(self, unsent: UnsentRequest) -> Interaction:
        self.sent.append(super().send(unsent))
        return self.sent[-1]


@cache
def traffic(provider: str) -> Sequence[Interaction]:
    """A whole run against the faultless mock, and what else is sent."""
    mock, (contract, deviations) = find_mock(provider), find_contract(provider)
    scheme = scheme_of(provider)
    target = Recorded(mock.build(), mock.prefix)
    path = contract.operations[0].path.partition("{")[0] + (mock.room_id or "")
    known: dict[str, Any] = {
        "query": {"api-version": "2025-03-13"},
        "headers": (("Content-Type", "application/json"),),
        "scheme": scheme,
    }
    for method, fields in ALSO_SENT[provider]:
        target.send(UnsentRequest(method, path, body=json.dumps(fields).encode(), **known))
    unscoped = unscoped_from(contract.credentials, scheme, mock.environment)
    Run(
        Subject(contract, deviations, find_special(provider), target, scheme, unscoped, mock.room_id),
        Options(max_examples=5),
        lambda *_: None,
    ).verify()
    return target.sent


@cache
def scheme_of(provider: str) -> Scheme:
    """The credentials that a provider's mock accepts."""
    return scheme_from(find_contract(provider)[0].credentials, find_mock(provider).environment)


class Watched:
    """A faulty mock to which a recorded run is sent again, and whether its fault has shown."""

    def __init__(self, provider: str, fault: Fault) -> None:
        mock = find_mock(provider)
        self.id = find_contract(provider)[0].room.id
        self.scheme = scheme_of(provider)
        self.asked: list[FaultyRequest] = []
        self.said: list[FaultyResponse] = []
        self.own: dict[str, str] = {}
        watched = replace(fault, wrap=lambda handle: fault.wrap(self._watching(handle)))
        self.target = Direct(watched.around(mock.build()), mock.prefix)

    def _watching(self, handle: Handle) -> Handle:
        async def watched(call: FaultyRequest) -> FaultyResponse:
            self.asked.append(call)
            self.said.append(await handle(call))
            return self.said[-1]

        return watched

    def again(self, recorded: Interaction) -> tuple[Request, Response]:
        """Send a recorded request again, about the rooms of this mock, with the tokens of this mock."""
        assert recorded.response is not None
        self.asked.clear()
        self.said.clear()
        request = self._about_own(recorded.request)
        response = self.target.response(request)
        if request.method == "POST" and response.status == recorded.response.status:
            self._remember(recorded.response.body, response.body)
        return request, response

    def differs(self, recorded: Interaction) -> bool:
        """Whether the mock was asked something else and took it, or something else was answered for it."""
        assert recorded.response is not None
        request, response = self.again(recorded)
        # A fault may read a room before it changes it; that shows nobody anything.
        exchanges = [
            (call, reply)
            for call, reply in zip(self.asked, self.said, strict=True)
            if call.method == request.method
        ]
        if response.status != recorded.response.status or len(exchanges) != 1:
            return True
        asked, said = exchanges[0]
        answered = {
            (name.encode(), value.encode()) for name, value in response.headers if name != "content-length"
        }
        if response.body != said.body or answered != {
            pair for pair in said.headers if pair[0] != b"content-length"
        }:
            return True
        sent = {(name.lower().encode(), value.encode()) for name, value in request.headers}
        same = (asked.method, asked.path, asked.body) == (
            request.method,
            urlsplit(request.url).path,
            request.body or b"",
        )
        return said.ok and not (same and sent <= set(asked.headers))

    def _remember(self, recorded: bytes, answered: bytes) -> None:
        for name in (self.id, "refresh_token"):
            found = [re.search(f'"{name}": ?"([^"]+)"', body.decode()) for body in (recorded, answered)]
            if found[0] and found[1]:
                self.own[found[0][1]] = found[1][1]

    def _about_own(self, request: Request) -> Request:
        """The request with the ids and tokens of this mock, signed anew if it was signed well."""
        url, body = request.url, request.body
        for recorded, own in self.own.items():
            url, body = url.replace(recorded, own), body and body.replace(recorded.encode(), own.encode())
        proof = (
            self.scheme.headers(request.method, url, body) if request.credentials is Credentials.VALID else ()
        )
        renewed = {name for name, _ in proof}
        headers = (*(pair for pair in request.headers if pair[0] not in renewed), *proof)
        return replace(request, url=url, body=body, headers=headers)


def shown_at(provider: str, fault: Fault) -> int | None:
    """The number of the first request of a run at which a fault shows, or None."""
    watched = Watched(provider, fault)
    try:
        return next(
            (
                number
                for number, interaction in enumerate(traffic(provider), 1)
                if watched.differs(interaction)
            ),
            None,
        )
    finally:
        watched.target.close()


def named(provider: str) -> dict[str, Fault]:
    """The faults that have a short name."""
    return {
        id: fault for id, fault in find_faults(provider).items() if "." not in id and isinstance(fault, Fault)
    }


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_wrapper_without_a_fault_changes_nothing(provider: str) -> None:
    some = next(iter(named(provider).values()))
    watched = Watched(provider, replace(some, wrap=lambda handle: handle))

    responses = [(watched.again(recorded)[1], recorded.response) for recorded in traffic(provider)]

    assert [
        (again, before) for again, before in responses if before is None or lasting(again) != lasting(before)
    ] == []


def lasting(response: Response) -> tuple[int, list[tuple[str, str]], bytes]:
    """What two runs have in common of a response: neither the times nor the ids of rooms nor tokens, nor how
    long a session has lasted, nor a length that depends on them.
    """
    body = re.sub(rb"[0-9-]{10}T[0-9:.]+(Z|[+]00:00)|[0-9a-f-]{36}|99[0-9]{13,16}", b"", response.body)
    body = re.sub(rb'"duration":[0-9]+|(?<=token":)"[0-9A-Za-z_-]{64}"', b"", body)
    return (
        response.status,
        [pair for pair in response.headers if pair[0] not in ("content-length", "location")],
        body,
    )


@pytest.mark.parametrize("provider", PROVIDERS)
def test_faults_of_every_kind_show_in_a_run(provider: str) -> None:
    # A few of each kind: benchmarks/power.py tries all of them.
    of_kind: dict[FaultKind, list[Fault]] = {}
    for fault in named(provider).values():
        of_kind.setdefault(fault.kind, []).append(fault)
    tried = [fault for faults in of_kind.values() for fault in faults[::8]]

    assert [fault.id for fault in tried if shown_at(provider, fault) is None] == []


@pytest.fixture
def ask_served() -> Iterator[Callable[..., Any]]:
    """Send a request to Telnyx' mock with a fault, from a child process, and return the status and the
    document.
    """
    with ExitStack() as stack, urllib3.PoolManager() as pool:
        served: dict[str, str] = {}

        def ask(fault: str, method: str, **fields: Any) -> tuple[int, Any]:
            if fault not in served:
                serving = stack.enter_context(mock_process("telnyx", fault))
                served[fault] = f"{serving.base_url}/rooms/{serving.room_id}"
            headers = {"Authorization": "Bearer mock-telnyx-key"}
            response = pool.request(
                method, served[fault], headers=headers, **({"json": fields} if fields else {})
            )
            return response.status, response.json()

        yield ask


def test_a_limit_that_is_too_wide_is_kept_to_ever_after(ask_served: Callable[..., Any]) -> None:
    assert ask_served("max-51", "PATCH", max_participants=51)[0] == 200
    assert ask_served("max-51", "PATCH", enable_recording=True)[1]["data"]["max_participants"] == 51
    assert ask_served("max-51", "GET")[1]["data"]["max_participants"] == 51
    assert ask_served("max-51", "PATCH", max_participants=52)[0] == 422


def test_what_is_forgotten_is_forgotten_after_the_response(ask_served: Callable[..., Any]) -> None:
    assert ask_served("name-not-stored", "PATCH", unique_name="new")[1]["data"]["unique_name"] == "new"
    assert ask_served("name-not-stored", "GET")[1]["data"]["unique_name"] is None


def test_a_changed_body_does_not_let_in_who_has_signed_another() -> None:
    target = Direct(find_fault("azure", "dial-out-number").around(find_mock("azure").build()), "")
    headers = (
        ("Authorization", "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=x"),
        ("Content-Type", "application/json"),
    )

    response = target.response(
        Request(
            "POST", "http://127.0.0.1:1/rooms?api-version=2025-03-13", headers, b'{"pstnDialOutEnabled": 1}'
        )
    )

    assert response.status == 401


def test_an_unknown_fault_is_named_with_its_nearest_neighbour() -> None:
    with pytest.raises(UsageError, match="did you mean 'max-51'"), mock_process("telnyx", "max-52"):
        pass


def test_a_provider_of_another_package_has_no_faults() -> None:
    assert find_faults("nobody") == {}


def test_the_command_lists_faults_and_rejects_others() -> None:
    command = Path(sys.executable).parent / "roomproof"

    listed = subprocess.run(
        [command, "mock", "telnyx", "--list-faults"], capture_output=True, text=True, check=True
    )
    unknown = subprocess.run(
        [command, "mock", "telnyx", "--fault", "max-52"], capture_output=True, text=True, check=False
    )

    assert [line.split()[0] for line in listed.stdout.splitlines()] == list(find_faults("telnyx"))
    assert unknown.returncode == 2
    assert unknown.stdout == ""
    assert "max-51" in unknown.stderr


def verified(provider: str, fault: str, only: tuple[str, ...] = ()) -> Result:
    """What a run comes to against a mock with a fault, the room named that is there from the start."""
    contract, deviations = find_contract(provider)
    with mock_process(provider, fault) as serving:
        scheme = scheme_from(contract.credentials, serving.environment)
        subject = Subject(
            contract,
            deviations,
            find_special(provider),
            HttpTarget(serving.base_url),
            scheme,
            None,
            serving.room_id,
        )
        return Run(subject, Options(max_examples=24, only=only), lambda *_: None).verify()


@pytest.mark.parametrize(
    ("provider", "fault", "only"),
    [
        ("telnyx", "update-room.response.data.present.absent", ("telnyx.update-room.*",)),
        ("azure", "create-id-null", ("azure.create-room.*", "azure.update-room.*")),
    ],
)
def test_a_provider_that_does_not_show_what_it_makes_is_verified_to_the_end(
    provider: str, fault: str, only: tuple[str, ...]
) -> None:
    result = verified(provider, fault, only)

    assert result.stopped == ""
    assert result.verdicts.findings()


def test_where_nobody_can_name_what_is_made_few_rooms_are_made_and_their_names_are_theirs() -> None:
    result = verified("telnyx", "data-absent")

    assert result.stopped == "no room could be made, so nothing else could be tried"
    assert result.requests <= 6
    # That a name is rejected which a create has taken before is right.
    assert [finding.clause.id for finding in result.verdicts.findings()] == [
        "telnyx.create-room.response.data.present",
        "telnyx.get-room.response.data.present",
    ]
    assert "a room may have been left behind, whose id nobody knows" in " ".join(result.remarks)
