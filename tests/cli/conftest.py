"""The installed command in processes of its own, and providers on loopback sockets for it to talk to."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Json = Any


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def command() -> Path:
    """The console script of the environment that runs the tests."""
    return Path(sys.executable).parent / "roomproof"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """All that a command may know of the machine, and where its code is; credentials are for the test to
    add.
    """
    code = {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
    return {**code, "PATH": os.defpath, "HOME": str(tmp_path), "COLUMNS": "120", "PYTHONUTF8": "1"}


@pytest.fixture
def roomproof(command: Path, environment: Mapping[str, str], tmp_path: Path) -> Callable[..., Done]:
    """Run the command in a folder of its own and return how it ended. It never ends with a traceback."""

    def run(*words: object, env: Mapping[str, str] | None = None) -> Done:
        done = subprocess.run(
            [command, *map(str, words)],
            cwd=tmp_path,
            env={**environment, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Done(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def inside(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., Done]:
    """Run the command's entry point in this process, for the many cases that end before a request is sent."""
    from roomproof.cli import main

    def run(*words: object, env: Mapping[str, str] | None = None) -> Done:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("COLUMNS", "120")
        for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setattr(sys, "argv", ["roomproof", *map(str, words)])
        for name, value in (env or {}).items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit) as ended:
            main()
        shown = capsys.readouterr()
        return Done(int(ended.value.code or 0), shown.out, shown.err)

    return run


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """Serve an application from a thread and yield its origin."""
    # A socket made for TCP by name: asyncio turns Nagle's algorithm off for no other.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        server = uvicorn.Server(
            uvicorn.Config(app, lifespan="off", log_level="error", access_log=False, ws="none")
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def serve() -> Iterator[Callable[[ASGIApp], str]]:
    """Serve applications for the length of a test; each call returns an origin."""
    with ExitStack() as stack:
        yield lambda app: stack.enter_context(serving(app))


@pytest.fixture
def response_bytes() -> Iterator[Callable[[bytes], str]]:
    """Serve sockets that answer whatever they are asked with the same bytes; each call returns an origin."""
    with ExitStack() as stack:

        def start(response: bytes) -> str:
            listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            threading.Thread(target=_response, args=(listening, response), daemon=True).start()
            return f"http://127.0.0.1:{listening.getsockname()[1]}"

        yield start


def _response(listening: socket.socket, response: bytes) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        with connection:
            connection.settimeout(5)
            try:
                connection.recv(65_536)
                connection.sendall(response)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65_536):
                    pass
            except OSError:
                continue


@dataclass
class Tampered:
    """An application whose JSON responses pass through `change` (of the request's headers and the response).

    `seen` counts requests; `admit` is the Authorization that the application gets in place of `instead_of`;
    `echo` makes every response repeat its request's Authorization in a header.
    """

    app: ASGIApp
    change: Callable[[Mapping[str, str], dict[str, Json]], dict[str, Json]] = lambda _, body: body
    instead_of: str = ""
    admit: str = ""
    echo: bool = False
    seen: list[str] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sent = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        self.seen.append(scope["path"])
        parts: list[Message] = []

        async def altered(message: Message) -> None:
            parts.append(message)
            if message["type"] == "http.response.start" or message.get("more_body"):
                return
            head, *bodies = parts
            content = self._changed(sent, b"".join(part.get("body", b"") for part in bodies))
            headers = [(name, value) for name, value in head["headers"] if name != b"content-length"]
            if self.echo:
                headers.append((b"x-echo", sent.get("authorization", "").encode("latin-1")))
            await send({**head, "headers": [*headers, (b"content-length", str(len(content)).encode())]})
            await send({"type": "http.response.body", "body": content})

        headers = [(name, self._admitted(name, value)) for name, value in scope["headers"]]
        await self.app({**scope, "headers": headers}, receive, altered)

    def _admitted(self, name: bytes, value: bytes) -> bytes:
        return (
            self.admit.encode()
            if name == b"authorization" and self.admit and value.decode() == self.instead_of
            else value
        )

    def _changed(self, sent: Mapping[str, str], body: bytes) -> bytes:
        try:
            value = json.loads(body)
        except ValueError:
            return body
        return json.dumps(self.change(sent, value)).encode() if isinstance(value, dict) else body


@pytest.fixture(scope="session")
def tampered() -> type[Tampered]:
    """The class itself: this folder is no package to import it from."""
    return Tampered


@pytest.fixture
def bounded() -> Iterator[None]:
    """End a test that waits for somebody: a pipe that nobody opens would keep it for ever."""

    def end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a handler's form
        pytest.fail("still waiting after 20 seconds")

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(20)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def no_file(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Make what is no file: each call takes a kind and returns where it stands."""
    with ExitStack() as stack:

        def make(kind: str) -> Path:
            path = tmp_path / f"{kind.replace(' ', '-')}.json"
            match kind:
                case "pipe":
                    os.mkfifo(path)
                case "endless device":
                    path.symlink_to("/dev/zero")
                case "full device":
                    path.symlink_to("/dev/full")
                case "folder":
                    path.mkdir()
                case "socket":
                    listening = stack.enter_context(socket.socket(socket.AF_UNIX))
                    # Addresses of sockets are short, and the folders of tests are not.
                    here = os.open(tmp_path, os.O_RDONLY)
                    stack.callback(os.close, here)
                    listening.bind(f"/proc/self/fd/{here}/{path.name}")
                case "link to nowhere":
                    path.symlink_to("nowhere/at-all")
                case "link to itself":
                    path.symlink_to(path)
                case "unreadable file":
                    if os.geteuid() == 0:
                        pytest.skip("root may read everything")
                    path.write_text("{}", encoding="utf-8")
                    path.chmod(0)
            return path

        yield make


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report on a recording."""
    from roomproof.api import replay
    from roomproof.json_data import as_json
    from roomproof.providers import bundled

    told = replay(bundled("cassettes") / "telnyx" / "mock")
    path = tmp_path_factory.mktemp("report") / "report.json"
    path.write_text(as_json(told), encoding="utf-8")
    return path
