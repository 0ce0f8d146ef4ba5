"""What vcrpy writes today and what is read cannot part: each client that it has a stub for is recorded
against a mock, and read.

What really went over the wire is what the mock's server has seen; that is held against the entries. vcrpy
patches the clients in this process only while a cassette is in use.
"""

from __future__ import annotations

import asyncio
import gzip
import http.client
import io
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import httplib2
import httpx
import pytest
import requests
import tornado.httpclient
import urllib3
import uvicorn
import vcr
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from roomproof.cassettes.entry import Entry
from roomproof.cassettes.recording import open_recording
from roomproof.cassettes.replay import Register, replay
from roomproof.interaction import Headers, header, media_type
from roomproof.providers import find_contract, find_mock
from roomproof.targets.serve import LOOPBACK, listen
from roomproof.verdict import Verdict

MOCK = find_mock("telnyx")
ROOM = f"/v2/rooms/{MOCK.room_id}"
JSON = {"Authorization": "Bearer mock-telnyx-key", "Content-Type": "application/json"}
WITHOUT_TYPE = {"Authorization": JSON["Authorization"]}
BODY = json.dumps({"max_participants": 12, "unique_name": "Raum für Ünïcode 漢"}, ensure_ascii=False).encode()
SERIALIZERS = ["yaml", "json"]


@dataclass
class Seen:
    """An exchange as the server saw it, both bodies without their codings."""

    method: str
    path: str
    sent: bytes = b""
    sent_type: str | None = None
    status: int = 0
    received: bytes = b""
    received_type: str | None = None


@dataclass
class Counterexample:
    """Lets a mock response, and notes what goes in and out of it; what a client has compressed is
    decompressed for the mock.
    """

    app: ASGIApp
    seen: list[Seen] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers: Headers = tuple((name.decode(), value.decode("latin-1")) for name, value in scope["headers"])
        query = scope["query_string"].decode()
        noted = Seen(
            scope["method"], scope["path"] + (f"?{query}" if query else ""), sent_type=media_type(headers)
        )
        while True:
            message = await receive()
            noted.sent += message.get("body", b"")
            if not message.get("more_body"):
                break
        if header(headers, "content-encoding") == "gzip":
            noted.sent = gzip.decompress(noted.sent)
        self.seen.append(noted)

        async def hear() -> Message:
            return {"type": "http.request", "body": noted.sent, "more_body": False}

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                pairs = tuple((name.decode(), value.decode()) for name, value in message["headers"])
                noted.status, noted.received_type = message["status"], media_type(pairs)
            noted.received += message.get("body", b"")
            await send(message)

        await self.app(
            {**scope, "headers": [pair for pair in scope["headers"] if pair[0] != b"content-encoding"]},
            hear,
            tell,
        )


@contextmanager
def served() -> Iterator[tuple[str, Counterexample]]:
    """Serve the mock on loopback, compressing whatever a client takes compressed."""
    counterexample = Counterexample(MOCK.build())
    listening = listen(LOOPBACK, 0)
    config = uvicorn.Config(
        GZipMiddleware(counterexample, minimum_size=1), log_level="error", lifespan="off", ws="none"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{listening.getsockname()[1]}", counterexample
    finally:
        server.should_exit = True
        thread.join()


def chunks() -> Iterator[bytes]:
    yield BODY[:20]
    yield BODY[20:]


async def later_chunks() -> AsyncIterator[bytes]:
    for chunk in chunks():
        yield chunk


def with_http_client(base: str, method: str, path: str, body: Any, headers: dict[str, str]) -> None:
    address = urlsplit(base)
    connection = http.client.HTTPConnection(address.hostname or "", address.port)
    connection.request(method, path, body, headers)
    connection.getresponse().read()
    connection.close()


def with_urllib3(base: str, **more: Any) -> None:
    with urllib3.PoolManager(retries=False) as pool:
        assert pool.request("PATCH", base + ROOM, **more).data


def with_requests(base: str, headers: dict[str, str] | None = None, **more: Any) -> None:
    with requests.Session() as session:
        assert session.request("PATCH", base + ROOM, headers=headers or JSON, **more).content


def with_httpx(base: str, **more: Any) -> None:
    with httpx.Client(headers=JSON, trust_env=False) as client:
        assert client.request("PATCH", base + ROOM, **more).content


def with_async_httpx(base: str, **more: Any) -> None:
    async def send() -> None:
        async with httpx.AsyncClient(headers=JSON, trust_env=False) as client:
            assert (await client.request("PATCH", base + ROOM, **more)).content

    asyncio.run(send())


def with_aiohttp(base: str, headers: dict[str, str] | None = None, **more: Any) -> None:
    async def send() -> None:
        async with (
            aiohttp.ClientSession() as session,
            session.patch(base + ROOM, headers=headers or JSON, **more) as response,
        ):
            assert await response.read()

    asyncio.run(send())


def with_tornado(base: str, body: Any) -> None:
    async def send() -> None:
        client = tornado.httpclient.AsyncHTTPClient(force_instance=True)
        await client.fetch(base + ROOM, method="PATCH", headers=JSON, body=body, raise_error=False)
        client.close()

    asyncio.run(send())


def with_httplib2(base: str, body: Any) -> None:
    httplib2.Http().request(base + ROOM, "PATCH", body, headers=JSON)


FORM = {"unique_name": "form"}
CLIENTS: dict[str, Callable[[str], None]] = {
    "http.client, bytes": lambda base: with_http_client(base, "PATCH", ROOM, BODY, JSON),
    "http.client, text": lambda base: with_http_client(base, "PATCH", ROOM, '{"max_participants": 51}', JSON),
    "http.client, no body": lambda base: with_http_client(
        base, "GET", f"{ROOM}?include_sessions=true", None, WITHOUT_TYPE
    ),
    "urllib3, bytes": lambda base: with_urllib3(base, body=BODY, headers={**JSON, "Accept-Encoding": "gzip"}),
    "urllib3, value": lambda base: with_urllib3(base, json={"enable_recording": True}, headers=WITHOUT_TYPE),
    "requests, value": lambda base: with_requests(base, json={"unique_name": "Ü", "max_participants": 50}),
    "requests, form": lambda base: with_requests(base, headers=WITHOUT_TYPE, data=FORM),
    "httpx, value": lambda base: with_httpx(base, json={"webhook_timeout_secs": None}),
    "httpx, async": lambda base: with_async_httpx(base, content=BODY),
    "aiohttp, value": lambda base: with_aiohttp(
        base, headers=WITHOUT_TYPE, json={"unique_name": "aio", "max_participants": 3}
    ),
    "aiohttp, text": lambda base: with_aiohttp(base, data=BODY.decode()),
    "tornado, text": lambda base: with_tornado(base, BODY.decode()),
    "httplib2, text": lambda base: with_httplib2(base, BODY.decode()),
}
"""Clients whose bodies both serializers of vcrpy can write."""
OF_BYTES: dict[str, Callable[[str], None]] = {
    "http.client, generator": lambda base: with_http_client(base, "PATCH", ROOM, chunks(), JSON),
    "http.client, file": lambda base: with_http_client(base, "PATCH", ROOM, io.BytesIO(BODY), JSON),
    "requests, generator": lambda base: with_requests(base, data=chunks()),
    "requests, file": lambda base: with_requests(base, data=io.BytesIO(BODY)),
    "requests, gzip": lambda base: with_requests(
        base, data=gzip.compress(BODY), headers={**JSON, "Content-Encoding": "gzip"}
    ),
    "httpx, generator": lambda base: with_httpx(base, content=chunks()),
    "httpx, async generator": lambda base: with_async_httpx(base, content=later_chunks()),
}
"""Clients whose bodies only its YAML can write."""
if int(vcr.__version__.partition(".")[0]) >= 9:  # Before, vcrpy could not copy such a body.
    OF_BYTES["aiohttp, generator"] = lambda base: with_aiohttp(base, data=later_chunks())


@dataclass(frozen=True)
class Recorded:
    """Recordings of one client each, and what the server saw meanwhile."""

    folder: Path
    base: str
    seen: dict[Path, Seen]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    folder = tmp_path_factory.mktemp("stubs") / "telnyx"
    seen: dict[Path, Seen] = {}
    with served() as (base, counterexample):
        for serializer in SERIALIZERS:
            for name, send in {**CLIENTS, **(OF_BYTES if serializer == "yaml" else {})}.items():
                path = folder / f"{name}.{serializer}"
                # JSON has no bytes, so who writes it has vcrpy decompress the responses.
                options = {"serializer": serializer, "decode_compressed_response": serializer == "json"}
                with vcr.use_cassette(str(path), record_mode="all", **options):
                    send(base)
                (seen[path],) = counterexample.seen
                counterexample.seen.clear()
    return Recorded(folder, base, seen)


def value(body: bytes | None) -> Any:
    """The JSON value of a body, the body itself where it has none."""
    try:
        return json.loads(body or b"null")
    except ValueError:
        return body


@pytest.mark.parametrize(
    "name",
    [f"{name}.{one}" for one in SERIALIZERS for name in (*CLIENTS, *(OF_BYTES if one == "yaml" else ()))],
)
def test_what_was_sent_and_what_came_is_what_is_read(recorded: Recorded, name: str) -> None:
    path = recorded.folder / name
    seen = recorded.seen[path]

    (entry,) = open_recording(path).entries()

    assert isinstance(entry, Entry)
    request, response = entry.interaction.request, entry.interaction.response
    assert response is not None
    assert not entry.bodies_missing
    assert (request.method, request.url) == (seen.method, recorded.base + seen.path)
    assert value(request.body) == value(seen.sent)
    # aiohttp's own header is not in what its stub records.
    assert media_type(request.headers) in (seen.sent_type, None)
    assert response.status == seen.status
    assert value(response.body) == value(seen.received)
    assert media_type(response.headers) == seen.received_type


def test_a_mock_that_is_right_is_right_whichever_client_was_recorded(recorded: Recorded) -> None:
    register = Register({"telnyx": find_contract("telnyx")})
    replayed = replay(sorted(recorded.seen), register)

    assert replayed.problems == []
    assert replayed.heard["telnyx"].interactions == len(recorded.seen)
    verdicts = replayed.heard["telnyx"].verdicts.verdicts()
    assert [
        clause for clause, verdict in verdicts.items() if verdict in (Verdict.FAIL, Verdict.WARNING)
    ] == []
    for clause in ("request.max_participants.maximum", "behaviour.unique_name.echo"):
        assert verdicts[f"telnyx.update-room.{clause}"] is Verdict.PASS
