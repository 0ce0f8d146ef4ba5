"""What runs of pytest are pointed at: a provider on loopback that may have faults, and recordings of the
mocks.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import uvicorn
import yaml
from starlette.types import Message, Receive, Scope, Send

from roomproof.judge.register import rules
from roomproof.providers import bundled, find_mock
from roomproof.targets.serve import LOOPBACK, listen

TELNYX = find_mock("telnyx")
ROOMPROOF = Path(sys.executable).parent / "roomproof"
rules()
"""Known before the first run of pytest inside of this one, which forgets the modules that it imports."""


class Server:
    """Telnyx's mock, which counts its requests, reads one text in their bodies as another, and ends after so
    many of them.
    """

    def __init__(self, reads: tuple[bytes, bytes] = (b"$^", b""), ends_after: int | None = None) -> None:
        self.requests, self.reads, self.ends_after = 0, reads, ends_after
        self.base_url = ""
        self._app = TELNYX.build()
        self._listening = listen(LOOPBACK, 0)
        self._server = uvicorn.Server(
            uvicorn.Config(self, log_level="critical", access_log=False, lifespan="off", ws="none")
        )

    @contextmanager
    def running(self) -> Iterator[Server]:
        """Serve from a thread while the context lasts."""
        thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._listening]})
        thread.start()
        try:
            while not self._server.started:
                time.sleep(0.005)
            self.base_url = f"http://{LOOPBACK}:{self._listening.getsockname()[1]}{TELNYX.prefix}"
            yield self
        finally:
            self._server.should_exit = True
            thread.join(timeout=10)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.requests += 1
        self._server.should_exit |= self.requests == self.ends_after
        message = await receive()
        body: bytes = message["body"]
        while message.get("more_body"):
            message = await receive()
            body += message["body"]
        body = re.sub(*self.reads, body)
        headers = [(name, value) for name, value in scope["headers"] if name != b"content-length"]

        async def give() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(
            {**scope, "headers": [*headers, (b"content-length", str(len(body)).encode())]}, give, send
        )


Serve = Callable[..., Server]
ACCEPTS_51 = (rb'("max_participants":)51\b', rb"\g<1>50")
"""A room for 51 is made for 50."""


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the credentials that Telnyx's mock accepts into the environment."""
    for name, value in TELNYX.environment.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def serve(credentials: None) -> Iterator[Serve]:  # noqa: ARG001 - who serves it wants to be let in
    """Serve Telnyx with or without a fault for the length of a test."""
    with ExitStack() as stack:
        yield lambda **faults: stack.enter_context(Server(**faults).running())


@pytest.fixture(scope="session", autouse=True)
def _one_store_for_hypothesis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """In an empty folder it would work out the tables of Unicode again for each process, a second each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HYPOTHESIS_STORAGE_DIRECTORY", str(tmp_path_factory.mktemp("hypothesis")))
        yield


def roomproof(folder: Path, *words: str, **environment: str) -> None:
    """Run the command in a folder."""
    clean = {
        "PATH": os.defpath,
        "HOME": str(folder),
        "HYPOTHESIS_STORAGE_DIRECTORY": os.environ["HYPOTHESIS_STORAGE_DIRECTORY"],
    }
    done = subprocess.run(
        [ROOMPROOF, *words],
        cwd=folder,
        env=clean | environment,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode in (0, 1, 3), done.stderr


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a contract of Telnyx that is about one operation and one field of it only, for runs that
    take no second.
    """
    folder = tmp_path_factory.mktemp("contracts")
    contract = yaml.safe_load((bundled("contracts") / "telnyx" / "openapi.yaml").read_text(encoding="utf-8"))
    schemas = contract["components"]["schemas"]
    participants = schemas["UpdateRoom"]["properties"]["max_participants"]
    del participants["default"]  # seen in a new room only, which no operation of this contract makes
    schemas["UpdateRoom"]["properties"] = {"max_participants": participants}
    room = schemas["RoomEnvelope"]["properties"]["data"]
    room["properties"] = {name: room["properties"][name] for name in ("id", "max_participants")}
    room["required"] = ["id"]
    update = contract["paths"]["/rooms/{room_id}"]["patch"]
    update["x-behaviours"] = [
        item
        for item in update["x-behaviours"]
        if item["rule"] in ("echo", "missing-refused", "unknown-refused")
    ]
    contract["paths"] = {"/rooms/{room_id}": {"patch": update}}
    (folder / "telnyx").mkdir()
    (folder / "telnyx" / "openapi.yaml").write_text(yaml.safe_dump(contract), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def recordings(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with recordings of two mocks: telnyx.yaml, about one field, and carrierx.yaml, the beginning
    of a run.
    """
    folder = tmp_path_factory.mktemp("recordings")
    roomproof(
        folder,
        "verify",
        "telnyx",
        "--contracts",
        str(small),
        "--max-examples",
        "0",
        "--record",
        "telnyx.yaml",
    )
    roomproof(folder, "verify", "carrierx", "--max-requests", "40", "--record", "carrierx.yaml")
    return folder


Alter = Callable[[str, str], Path]


@pytest.fixture
def altered(recordings: Path, tmp_path: Path) -> Alter:
    """Copy telnyx.yaml with a text, found by a pattern, of its first response to an update replaced."""

    def alter(pattern: str, new: str) -> Path:
        text = (recordings / "telnyx.yaml").read_text(encoding="utf-8")
        before, update, after = text.partition('method: "PATCH"')
        asked, response, answered = after.partition("    response:\n")
        reply, following, others = answered.partition("  - request:")
        reply, count = re.subn(pattern, lambda _: new, reply)
        assert count == 1
        path = tmp_path / "altered.yaml"
        path.write_text(
            "".join((before, update, asked, response, reply, following, others)), encoding="utf-8"
        )
        return path

    return alter


@pytest.fixture
def regressions(serve: Serve, small: Path, tmp_path: Path) -> Path:
    """A folder with the regression of a server that accepts 51 participants."""
    server = serve(reads=ACCEPTS_51)
    ask = (
        "verify",
        "telnyx",
        "--contracts",
        str(small),
        "--base-url",
        server.base_url,
        "--room-id",
        str(TELNYX.room_id),
    )
    roomproof(tmp_path, *ask, "--max-examples", "0", "--save-regressions", **TELNYX.environment)
    return tmp_path / "cassettes" / "regressions"
