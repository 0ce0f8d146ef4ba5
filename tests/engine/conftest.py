"""Mocks on real sockets, right ones and ones with a fault, and runs against them."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any, Protocol

import pytest
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from roomproof.engine.run import Options, Result, Run, Subject
from roomproof.providers import find_contract, find_fault, find_mock, find_special
from roomproof.targets.credentials import scheme_from, unscoped_from
from roomproof.targets.http import HttpTarget
from roomproof.targets.serve import LOOPBACK, listen
from roomproof.verdict import Finding, Verdict

Json = Any


class Exchange:
    """One request and its response as a fault sees them: it may change both bodies, the status and the
    headers.
    """

    def __init__(self, method: str, path: str, headers: dict[str, str], body: bytes) -> None:
        self.method, self.path, self.headers, self.body = method, path, headers, body
        self.status = 0
        self.response = b""
        self.response_headers: list[tuple[bytes, bytes]] = []

    @property
    def sent(self) -> dict[str, Json]:
        """The fields of the request's body; none if it is no JSON object."""
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return value if isinstance(value, dict) else {}

    @property
    def room(self) -> dict[str, Json]:
        """The room in the response, or an empty object."""
        try:
            value = json.loads(self.response)
        except ValueError:
            return {}
        inner = value.get("data", value) if isinstance(value, dict) else {}
        return inner if isinstance(inner, dict) else {}

    def respond_with(self, **fields: Json) -> None:
        """Put fields into the room of the response; a list has none."""
        value = json.loads(self.response)
        inner = value.get("data", value)
        if isinstance(inner, dict):
            inner.update(fields)
            self.response = json.dumps(value).encode()


class Fault(Protocol):
    """A fault: `before` may change the request, `after` the response."""

    def before(self, exchange: Exchange) -> None: ...
    def after(self, exchange: Exchange) -> None: ...


class Faulty:
    """An ASGI application with a fault put around it."""

    def __init__(self, app: ASGIApp, fault: Fault) -> None:
        self._app, self._fault = app, fault

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = b""
        while (message := await receive()).get("more_body") or message["type"] == "http.request":
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        exchange = Exchange(scope["method"], scope["path"], headers, body)
        self._fault.before(exchange)
        changed = [(b"content-length", str(len(exchange.body)).encode())] if exchange.body else []
        kept = [
            (name.encode("latin-1"), value.encode("latin-1"))
            for name, value in exchange.headers.items()
            if name != "content-length"
        ]

        async def give() -> Message:
            return {"type": "http.request", "body": exchange.body, "more_body": False}

        async def take(message: Message) -> None:
            if message["type"] == "http.response.start":
                exchange.status, exchange.response_headers = message["status"], list(message["headers"])
            else:
                exchange.response += message.get("body", b"")

        await self._app({**scope, "headers": [*kept, *changed]}, give, take)
        self._fault.after(exchange)
        without = [
            (name, value) for name, value in exchange.response_headers if name.lower() != b"content-length"
        ]
        length = (b"content-length", str(len(exchange.response)).encode())
        await send({"type": "http.response.start", "status": exchange.status, "headers": [*without, length]})
        await send({"type": "http.response.body", "body": exchange.response})


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """Serve an application from a thread and yield its origin."""
    listening = listen(LOOPBACK, 0)
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="error", access_log=False, lifespan="off", ws="none")
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        while not server.started:
            time.sleep(0.005)
        yield f"http://{LOOPBACK}:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)


Verify = Callable[..., Result]
Ask = Callable[..., Subject]


@pytest.fixture
def ask() -> Iterator[Ask]:
    """Serve a provider's mock, with or without a fault, and return whom a run is to ask."""
    with ExitStack() as stack:

        def of(provider: str, fault: Fault | None = None) -> Subject:
            mock = find_mock(provider)
            app: ASGIApp = mock.build() if fault is None else Faulty(mock.build(), fault)
            origin = stack.enter_context(served(app))
            contract, deviations = find_contract(provider)
            scheme = scheme_from(contract.credentials, mock.environment)
            unscoped = unscoped_from(contract.credentials, scheme, mock.environment)
            target = HttpTarget(origin + mock.prefix)
            return Subject(
                contract, deviations, find_special(provider), target, scheme, unscoped, mock.room_id
            )

        yield of


@pytest.fixture
def verify(ask: Ask) -> Verify:
    """Verify a provider's mock, with or without a fault, and return what came of it."""

    def run(provider: str, fault: Fault | None = None, **options: Any) -> Result:
        chosen = Options(**{"max_examples": 20, **options})
        return Run(ask(provider, fault), chosen, lambda *_: None).verify()

    return run


@pytest.fixture
def findings() -> Callable[..., list[Finding]]:
    """Verify a provider's mock with one of its faults, without random cases, and return what is a fail."""

    def found(provider: str, fault_id: str, *only: str) -> list[Finding]:
        mock, (contract, deviations) = find_mock(provider), find_contract(provider)
        scheme = scheme_from(contract.credentials, mock.environment)
        fault = find_fault(provider, fault_id)
        # What a run about these operations finds, a whole one finds as well: test_selection.py.
        about = {contract.clauses[clause].operation for clause in fault.clauses}
        only = only or tuple(f"{provider}.{operation}.*" for operation in sorted(about))
        with served(fault.around(mock.build())) as origin:
            target = HttpTarget(origin + mock.prefix)
            subject = Subject(
                contract, deviations, find_special(provider), target, scheme, None, mock.room_id
            )
            result = Run(subject, Options(max_examples=0, only=only, strict=True), lambda *_: None).verify()
        return [finding for finding in result.verdicts.findings() if finding.verdict is Verdict.FAIL]

    return found


@pytest.fixture
def serve() -> Callable[[ASGIApp], AbstractContextManager[str]]:
    """Serve an application while a context lasts, which is its origin."""
    return served
