"""Canaries: credentials that look like no other text, a provider on loopback that repeats them in every form,
and a search that knows all.

The search shares no code with roomproof: it must find what roomproof's own reading of a text might overlook.
"""

from __future__ import annotations

import asyncio
import base64
import html
import importlib
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus, unquote, unquote_to_bytes

import pytest

KEY = bytes(range(0xBF, 0x100)) + b"canary"
ACCESS_KEY = base64.b64encode(KEY).decode()
CANARIES: Mapping[str, Mapping[str, str]] = {
    "azure": {"AZURE_COMMUNICATION_CONNECTION_STRING": f"endpoint=http://127.0.0.1/;accesskey={ACCESS_KEY}"},
    "carrierx": {
        "CARRIERX_USERNAME": "uSer8\"\\/+%c3&ü<'>zU5v",
        "CARRIERX_PASSWORD": "pAss9\"\\/ +%41&€漢<'>zP6w",
    },
    "signalwire": {
        "SIGNALWIRE_PROJECT_ID": "pRoj7\"\\/+%2F&ö<'>zJ4y",
        "SIGNALWIRE_API_TOKEN": "tOken6\"\\/+%41&\U0001f600<'>zT3k",
        "SIGNALWIRE_API_TOKEN_WITHOUT_SCOPE": "lEss5\"\\/+%41&é<'>zL2m",
    },
    "telnyx": {"TELNYX_API_KEY": "kEy4\"\\/+%41&é<'>zK1nQ8"},
}
"""Every one holds letters that change under each encoding."""
_ACCEPTED = {
    "azure": {"ACCESS_KEY": KEY},
    "carrierx": {"USERNAME": "CARRIERX_USERNAME", "PASSWORD": "CARRIERX_PASSWORD"},
    "signalwire": {
        "PROJECT_ID": "SIGNALWIRE_PROJECT_ID",
        "API_TOKEN": "SIGNALWIRE_API_TOKEN",
        "API_TOKEN_WITHOUT_SCOPE": "SIGNALWIRE_API_TOKEN_WITHOUT_SCOPE",
    },
    "telnyx": {"API_KEY": "TELNYX_API_KEY"},
}


def parts(provider: str) -> tuple[str, ...]:
    """The texts of a provider's credentials that nobody may see: of a connection string the key, too."""
    keys = (ACCESS_KEY,) if provider == "azure" else ()
    return (*CANARIES[provider].values(), *keys)


# Forms


def _units(text: str) -> list[int]:
    data = text.encode("utf-16-be")
    return [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2)]


def _base64(text: str, before: bytes = b"", after: bytes = b"") -> str:
    return base64.b64encode(before + text.encode() + after).decode()


def _in_lines(text: str, size: int, between: str) -> str:
    return between.join(text[at : at + size] for at in range(0, len(text), size))


Form = Callable[[str], str]
FORMS: Mapping[str, Form] = {
    "clear": lambda text: text,
    "Base64": _base64,
    "Base64, 1 before": lambda text: _base64(text, b"u"),
    "Base64, 2 before": lambda text: _base64(text, b"u:", b"tail"),
    "Base64, login": lambda text: _base64(text, b"user:"),
    "Base64 for URLs": lambda text: base64.urlsafe_b64encode(b"?" + text.encode()).decode().rstrip("="),
    "Base64 in lines": lambda text: _in_lines(_base64(text), 16, "\n"),
    "Base64, percent": lambda text: quote(_base64(text), safe=""),
    "percent": lambda text: quote(text, safe=""),
    "percent, lower": lambda text: re.sub("%..", lambda match: match[0].lower(), quote(text, safe="")),
    "percent, every letter": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "percent, twice": lambda text: quote(quote(text, safe=""), safe=""),
    "form": quote_plus,
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON, slash": lambda text: json.dumps(text, ensure_ascii=False)[1:-1].replace("/", "\\/"),
    "JSON, every letter": lambda text: "".join(f"\\u{unit:04x}" for unit in _units(text)),
    "JSON in JSON": lambda text: json.dumps(json.dumps(text))[1:-1],
    "HTML": html.escape,
    "HTML, numbers": lambda text: "".join(f"&#{ord(letter)};" for letter in text),
    "HTML, hex": lambda text: "".join(f"&#x{ord(letter):X};" for letter in text),
    "hex": lambda text: text.encode().hex(),
    "hex, upper": lambda text: text.encode().hex().upper(),
    "Python": lambda text: ascii(text)[1:-1],
    "Python bytes": lambda text: repr(text.encode())[2:-1],
    "YAML": lambda text: "".join(f"\\U{ord(letter):08x}" for letter in text),
    "in lines": lambda text: _in_lines(text, 7, "\n   "),
    "shell": lambda text: text.replace("'", "'\"'\"'"),
}


# The search

_RUN = re.compile(rb"[A-Za-z0-9+/_-]{8,}")
_HEX_RUN = re.compile(rb"[0-9A-Fa-f]{10,}")
_ESCAPE = re.compile(rb"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})|(.))", re.DOTALL)
_PAIR = re.compile(rb"\\u([Dd][89ABab]..)\\u([Dd][C-Fc-f]..)")
_PLAIN = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}


def _unescaped(data: bytes) -> bytes:
    def plain(match: re.Match[bytes]) -> bytes:
        if match[3]:
            return bytes.fromhex(match[3].decode())
        number = match[1] or match[2]
        return (
            chr(int(number, 16) % 0x110000).encode("utf-8", "surrogatepass")
            if number
            else _PLAIN.get(match[4], match[4])
        )

    paired = _PAIR.sub(
        lambda match: bytes.fromhex((match[1] + match[2]).decode()).decode("utf-16-be", "replace").encode(),
        data,
    )
    return _ESCAPE.sub(plain, paired)


def _html(data: bytes) -> bytes:
    return html.unescape(data.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


def _joined(data: bytes) -> bytes:
    return re.sub(rb"\s+", b"", data)


def _from_form(data: bytes) -> bytes:
    return unquote_to_bytes(data.replace(b"+", b" "))


def _unhexed(data: bytes) -> bytes:
    runs = (run[0][skip:] for run in _HEX_RUN.finditer(data) for skip in (0, 1))
    return b"\n".join(bytes.fromhex(run[: len(run) // 2 * 2].decode()) for run in runs)


def _from_base64(data: bytes) -> bytes:
    runs = (
        run[0].translate(bytes.maketrans(b"-_", b"+/"))[skip:]
        for run in _RUN.finditer(data)
        for skip in range(4)
    )
    return b"\n".join(base64.b64decode(run + b"A" * (-len(run) % 4)) for run in runs)


_UNDO: Mapping[str, Callable[[bytes], bytes]] = {
    "escapes": _unescaped, "percent": unquote_to_bytes, "HTML": _html, "lines": _joined,
}  # fmt: skip


def _readings(data: bytes) -> dict[bytes, str]:
    """The data, with one or two encodings undone, and what stands in Base64 or hexadecimal there."""
    found = {data: "clear"}
    for _ in range(2):
        for reading, name in list(found.items()):
            for what, undo in _UNDO.items():
                found.setdefault(undo(reading), f"{name}, {what}")
    for reading, name in list(found.items()):
        for what, undo in (("Base64", _from_base64), ("hex", _unhexed), ("form", _from_form)):
            inner = undo(reading)
            for once in (inner, _unescaped(inner), unquote_to_bytes(inner)) if what == "Base64" else (inner,):
                found.setdefault(once, f"{name}, {what}")
    return found


def found_in(data: bytes, secrets: Iterable[str]) -> list[str]:
    """Say where secrets stand in some bytes, in any form: whole, without white space, or their first half."""
    needles: dict[bytes, str] = {}
    for secret in secrets:
        for text in (
            secret,
            re.sub(r"\s", "", secret),
            secret[: max(8, len(secret) // 2)],
            secret.swapcase(),
        ):
            needles[text.encode()] = secret
            if all(letter <= "\xff" for letter in text):
                needles[text.encode("latin-1")] = secret
            if re.fullmatch("[A-Za-z0-9+/=]{16,}", text):
                needles[text.rstrip("=").translate(str.maketrans("+/", "-_")).encode()] = secret
                needles[text.rstrip("=").encode()] = secret
    return [
        f"{secret!r} ({name}): {reading[max(0, reading.find(needle) - 60) : reading.find(needle) + 80]!r}"
        for reading, name in _readings(data).items()
        for needle, secret in needles.items()
        if needle in reading
    ]


# The provider


@dataclass
class Parrot:
    """A provider's mock that accepts the canaries and repeats the credentials of each request wherever a
    response has room for them.

    `trouble` maps the number of a request to what goes wrong with it; from `dead_after` on every status line
    is broken.
    """

    provider: str
    trouble: Mapping[int, str] = field(default_factory=dict)
    dead_after: int | None = None
    requests: int = 0
    proofs: set[str] = field(default_factory=set)
    base_url: str = ""
    room_id: str = ""

    def __post_init__(self) -> None:
        module = importlib.import_module(f"roomproof.mocks.{self.provider}")
        self.room_id = module.MOCK.room_id or ""
        self._prefix = module.MOCK.prefix
        self._app = module.MOCK.build()
        self._loop = asyncio.new_event_loop()
        self._lock = threading.Lock()
        texts = parts(self.provider)
        self._forms = cycle([(form, text) for form in FORMS.values() for text in (None, *texts)])

    def secrets(self) -> tuple[str, ...]:
        """Everything that must stand nowhere: the credentials, and what was made of them for each request."""
        return (*parts(self.provider), *self.proofs)

    def serve(self) -> tuple[ThreadingHTTPServer, threading.Thread]:
        parrot = self

        class Handler(_Handler):
            owner = parrot

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        self.base_url = f"http://127.0.0.1:{server.server_address[1]}{self._prefix}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        return server, thread

    def response(
        self, method: str, target: str, headers: list[tuple[bytes, bytes]], body: bytes
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        """Ask the mock."""
        path, _, query = target.partition("?")
        scope = {
            "type": "http", "http_version": "1.1", "method": method, "scheme": "http", "path": unquote(path),
            "raw_path": path.encode(), "query_string": query.encode(), "root_path": "", "headers": headers,
            "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1),
        }  # fmt: skip
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        with self._lock:
            self._loop.run_until_complete(self._app(scope, receive, send))
        start = next(message for message in sent if message["type"] == "http.response.start")
        named = [
            (name.decode(), value.decode("latin-1"))
            for name, value in start["headers"]
            if name != b"content-length"
        ]
        return start["status"], named, b"".join(message.get("body", b"") for message in sent)

    def next_form(self, authorization: str) -> str:
        """A credential of this request in the next form."""
        form, text = next(self._forms)
        return form(authorization.rpartition(" ")[2].rpartition("Signature=")[2] if text is None else text)


class _Handler(BaseHTTPRequestHandler):
    owner: Parrot
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def log_message(self, *_: Any) -> None:
        pass

    def _one(self) -> None:
        parrot = self.owner
        parrot.requests += 1
        number = parrot.requests
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        authorization = self.headers.get("Authorization", "")
        if authorization:
            proof = authorization.rpartition(" ")[2].rpartition("Signature=")[2]
            if len(proof) > 8 and not proof.startswith("roomproof"):
                parrot.proofs.add(proof)
        headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in self.headers.items()]
        status, answered, content = parrot.response(self.command, self.path, headers, body)
        trouble = (
            "status line"
            if parrot.dead_after is not None and number > parrot.dead_after
            else parrot.trouble.get(number, "")
        )
        said = [parrot.next_form(authorization) for _ in range(6)]
        line = [_folded(text) for text in said]
        if trouble == "status line":
            self.wfile.write(f"HTTP/1.1 {line[0]}\r\n\r\n".encode("utf-8", "replace"))
            self.close_connection = True
            return
        if trouble == "redirect":
            status = 307
        content = _repeating(content, said, status, number)
        if status >= 400 and number % 3 == 0:
            content = f"<html><p>bad credentials {said[0]}</p><!-- {said[1]} --></html>".encode(
                "utf-8", "replace"
            )
            answered = [(name, value) for name, value in answered if name != "content-type"] + [
                ("content-type", "text/html")
            ]
        head = [f"HTTP/1.1 {status} {re.sub(chr(10), chr(32), said[2])}"]
        head += [f"{name}: {value}" for name, value in answered if name != "content-length"]
        head += [
            f"X-Echo: {line[3]}",
            f"X-Whole: {authorization}",
            f"Set-Cookie: sid={line[4]}; Path=/",
        ]
        if not any(name.lower() == "location" for name, _ in answered):
            head.append(f"Location: http://127.0.0.1/{line[5]}?t={line[0]}")
        head += [f"WWW-Authenticate: Bearer error={line[1]}"]
        if trouble == "header":
            head.insert(2, f"no colon {line[0]}")
        head.append(f"Content-Length: {len(content) + (40 if trouble == 'cut' else 0)}")
        wire = (
            "\r\n".join(head).encode("latin-1", "replace") + b"\r\n\r\n" + (b"" if status == 204 else content)
        )
        self.wfile.write(wire)
        self.close_connection = trouble in ("cut", "header")

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _one  # noqa: N815 - the names that the server looks for


def _folded(text: str) -> str:
    """A header's value in lines (RFC 9112, 5.2), which the client joins with spaces: long lines only."""
    return re.sub(r"\n +", "", text).replace("\n", "\r\n ")


def _repeating(content: bytes, said: list[str], status: int, number: int) -> bytes:
    """A JSON answer with credentials as values, as a name, as a number of its fields' values, and with
    escapes as they are.
    """
    try:
        body = json.loads(content)
    except ValueError:
        return content
    if not isinstance(body, dict):
        return content
    room = next((value for value in body.values() if isinstance(value, dict)), body)
    names = [
        name
        for name, value in room.items()
        if "id" not in name.lower() and isinstance(value, str | int | None)
    ]
    if status < 300 and names and number % 4 == 0:
        room[names[number // 4 % len(names)]] = f"long before {said[0]} and after" if number % 8 else said[0]
    body |= {
        "echo": said[1],
        said[2]: 1,
        "error": body.get("error") if status < 400 else {"message": f"bad token {said[3]}"},
    }
    body["login"] = {"one": said[4], "list": [said[5], f"{'x' * 90}{said[0]}"]}
    text = json.dumps(body, ensure_ascii=number % 2 == 0)
    # An escape is one in a body only if nobody escapes its backslash.
    return (text.replace("\\\\u", "\\u") if number % 5 == 0 else text).encode("utf-8", "replace")


Start = Callable[..., Parrot]


@pytest.fixture
def parrot(monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Serve parrots for the length of a test."""
    running: list[tuple[ThreadingHTTPServer, threading.Thread]] = []

    def start(provider: str, **how: Any) -> Parrot:
        for name, value in _ACCEPTED[provider].items():
            monkeypatch.setattr(
                f"roomproof.mocks.{provider}.{name}",
                CANARIES[provider][value] if isinstance(value, str) else value,
            )
        one = Parrot(provider, **how)
        running.append(one.serve())
        return one

    yield start
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()


# What was written


@dataclass(frozen=True)
class Ran:
    """How a command ended, what it printed, and where it could write."""

    code: int
    out: bytes
    err: bytes
    folder: Path

    def written(self) -> Iterator[tuple[str, bytes]]:
        """Everything that was written: what was printed, and every file with its name."""
        yield "stdout", self.out
        yield "stderr", self.err
        for path in sorted(self.folder.rglob("*")):
            yield "a name", str(path.relative_to(self.folder)).encode()
            if path.is_file():
                yield str(path.relative_to(self.folder)), path.read_bytes()


def leaks_of(secrets: Iterable[str], *runs: Ran) -> list[str]:
    """Where secrets stand in what some commands wrote, and what was written before and after it."""
    written = {data: name for run in runs for name, data in run.written()}
    known = tuple(secrets)
    # One search over everything is quicker; only what is found needs a name.
    if not found_in(b"\n\0\n".join(written), known):
        return []
    return [f"{name}: {leak}" for data, name in written.items() for leak in found_in(data, known)] or [
        "between two files"
    ]


@pytest.fixture
def ran(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Ran]:
    """Run a command of the environment in a folder that is its home, its working directory and its place for
    temporary files.
    """
    unicode_tables = tmp_path_factory.getbasetemp() / "hypothesis"

    def run(*words: object, env: Mapping[str, str] | None = None) -> Ran:
        (tmp_path / "tmp").mkdir(exist_ok=True)
        clean = {
            "PATH": os.defpath, "HOME": str(tmp_path), "TMPDIR": str(tmp_path / "tmp"),
            "XDG_STATE_HOME": str(tmp_path / "state"),
            "COLUMNS": "120", "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1",
            "HYPOTHESIS_STORAGE_DIRECTORY": str(unicode_tables),
            **{name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ},
        }  # fmt: skip
        command = [Path(sys.executable).parent / str(words[0]), *map(str, words[1:])]
        done = subprocess.run(
            command,
            cwd=tmp_path,
            env={**clean, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=40,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr, tmp_path)

    return run


@pytest.fixture(scope="session")
def forms() -> Mapping[str, Form]:
    """How a secret may be written."""
    return FORMS


@pytest.fixture(scope="session")
def canaries() -> Mapping[str, Mapping[str, str]]:
    """The credentials of each provider."""
    return CANARIES


@pytest.fixture(scope="session")
def search() -> Callable[[bytes, Iterable[str]], list[str]]:
    """Where secrets stand in some bytes."""
    return found_in


@pytest.fixture(scope="session")
def leaks() -> Callable[..., list[str]]:
    """Where secrets stand in what some commands wrote."""
    return leaks_of
