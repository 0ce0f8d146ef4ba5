"""The counterexample of a finding is kept, and judged from then on: it fails as long as the provider is
wrong, and passes when it is mended.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp

from roomproof.cassettes.recording import open_recording
from roomproof.errors import UsageError
from roomproof.providers import find_mock
from roomproof.runs.regressions import check_regression

Run = Callable[..., Any]
Serve = Callable[[ASGIApp], str]
TELNYX, AZURE = find_mock("telnyx"), find_mock("azure")


class Forgetful:
    """A fault that needs two requests: an update without a name forgets the name."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __call__(self, _: Any, response: dict[str, Any]) -> dict[str, Any]:
        room = response.get("data")
        if isinstance(room, dict):
            if self.names and room["unique_name"] == self.names[-1]:
                room["unique_name"] = "forgotten"
            self.names.append(room["unique_name"])
        return response


def as_text(_: Any, response: dict[str, Any]) -> dict[str, Any]:
    if isinstance(response.get("data"), dict):
        response["data"]["max_participants"] = str(response["data"]["max_participants"])
    return response


def made_again(_: Any, response: dict[str, Any]) -> dict[str, Any]:
    """A fault of another provider: each response is about another room."""
    made_again.count += 1  # type: ignore[attr-defined]
    return {**response, "id": f"9944{made_again.count:013}"} if "createdAt" in response else response  # type: ignore[attr-defined]


made_again.count = 0  # type: ignore[attr-defined]

FAULTS = {
    "one response is enough": (TELNYX, as_text, "telnyx.update-room.response.data.max_participants.type"),
    "an earlier response is needed": (
        TELNYX,
        Forgetful(),
        "telnyx.update-room.behaviour.unique_name.unchanged",
    ),
    "the same request twice": (AZURE, made_again, "azure.create-room.behaviour.repeatability.replayed-once"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_finding_is_kept_and_judged_from_then_on(
    inside: Run, serve: Serve, tampered: Any, tmp_path: Path, name: str
) -> None:
    mock, change, clause = FAULTS[name]
    provider = clause.split(".")[0]
    wrong, right = serve(tampered(mock.build(), change)) + mock.prefix, serve(mock.build()) + mock.prefix
    room = ("--room-id", mock.room_id) if mock.room_id else ()
    # A regression is judged strictly; so are the runs, since what one update leaves alone is the word of a
    # standard.
    words = ("verify", provider, *room, "--max-examples", 0, "--strict", "--save-regressions", "--base-url")

    done = inside(*words, wrong, env=mock.environment)
    path = tmp_path / "cassettes" / "regressions" / f"{clause}.yaml"
    assert done.code == 1
    kept_here = (
        f"kept {path.relative_to(tmp_path)}: `pytest cassettes/regressions "
        f"--provider={provider} --base-url=URL` sends it again"
    )
    assert kept_here in done.out

    def checked(base_url: str | None) -> Any:
        return check_regression(path, base_url=base_url, room_id=mock.room_id, environment=mock.environment)

    assert (checked(wrong).verdict, checked(right).verdict, checked(None).verdict) == ("fail", "pass", "pass")
    assert "expected" in checked(wrong).text
    assert "curl" in checked(wrong).text


def test_a_regression_that_is_there_stays_as_it_is(
    inside: Run, serve: Serve, tampered: Any, tmp_path: Path
) -> None:
    path = (
        tmp_path / "cassettes" / "regressions" / "telnyx.update-room.response.data.max_participants.type.yaml"
    )
    path.parent.mkdir(parents=True)
    path.write_text("the first counterexample", encoding="utf-8")
    url = serve(tampered(TELNYX.build(), as_text)) + TELNYX.prefix
    words = (
        "verify",
        "telnyx",
        "--room-id",
        TELNYX.room_id,
        "--max-requests",
        40,
        "--save-regressions",
        "--base-url",
        url,
    )

    assert inside(*words, env=TELNYX.environment).code == 1
    assert path.read_text(encoding="utf-8") == "the first counterexample"


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
    [
        ("telnyx.update-room.request.gone.maximum", "no clause"),
        ("not-a-clause", "no clause"),
        ("nobody.do.request.x.type", "nobody"),
    ],
)
def test_a_regression_of_no_clause_is_explained(tmp_path: Path, clause: str, what: str) -> None:
    with pytest.raises(UsageError, match=what):
        check_regression(
            kept(tmp_path / f"{clause}.yaml", clause), base_url=None, room_id=None, environment={}
        )


def test_a_request_that_does_not_test_its_clause_proves_nothing(tmp_path: Path) -> None:
    clause = "telnyx.update-room.request.webhook_timeout_secs.maximum"
    found = check_regression(
        kept(tmp_path / f"{clause}.yaml", clause), base_url=None, room_id=None, environment={}
    )
    assert found.verdict == "unexercised"


def test_windows_are_moved_to_where_they_lay(
    inside: Run, serve: Serve, tampered: Any, tmp_path: Path
) -> None:
    """A request of last year about the coming month is sent again about the coming month."""

    def no_name(_: Any, response: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in response.items() if name != "validUntil"}

    url = serve(tampered(AZURE.build(), no_name)) + AZURE.prefix
    assert (
        inside(
            "verify",
            "azure",
            "--max-examples",
            0,
            "--save-regressions",
            "--base-url",
            url,
            env=AZURE.environment,
        ).code
        == 1
    )
    path = tmp_path / "cassettes" / "regressions" / "azure.create-room.behaviour.validUntil.echo.yaml"
    text = path.read_text(encoding="utf-8")
    (*_, last) = open_recording(path).interactions()
    assert last.at is not None
    for year in (last.at.year, last.at.year + 1):
        text = text.replace(f"{year}-", f"{year - 2}-")
    path.write_text(text, encoding="utf-8")

    assert (
        check_regression(path, base_url=None, room_id=None, environment=AZURE.environment).verdict == "pass"
    )
    assert check_regression(path, base_url=url, room_id=None, environment=AZURE.environment).verdict == "fail"


CLAUSE = "telnyx.update-room.request.max_participants.maximum"
URI = "http://127.0.0.1/v2/rooms/5e3b9c0e-2a3f-4a57-8f06-9d1c4f7ab210"


@pytest.fixture
def strange(tmp_path: Path) -> Callable[..., Path]:
    """Write the regression of CLAUSE with some texts replaced, under another name or in another folder if one
    is given.
    """

    def write(*changes: tuple[str, str], name: str = CLAUSE, folder: str = "regressions") -> Path:
        path = tmp_path / folder / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = kept(path, CLAUSE).read_text(encoding="utf-8")
        for before, after in changes:
            assert before in text
            text = text.replace(before, after)
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def silent(serve: Serve) -> tuple[str, list[str]]:
    """Return the URL of a server that is not to be asked, and the requests that it got."""
    seen: list[str] = []

    async def app(scope: Any, _: Any, send: Any) -> None:
        seen.append(f"{scope['method']} {scope['path']} {dict(scope['headers']).get(b'authorization')}")
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    return serve(app), seen


SAYS, TYPED, SENT = f"clause: {CLAUSE}", "Content-Type: [application/json]", '{"max_participants": 51}'
OTHERS = "carrierx.update-room.request.name.type"
DISAGREEING: dict[str, tuple[dict[str, str], dict[str, str], str]] = {
    "its clause is another provider's": ({SAYS: f"clause: {OTHERS}"}, {}, "named otherwise"),
    "its clause is another one": ({SAYS: SAYS.replace("maximum", "minimum")}, {}, "named otherwise"),
    "its name begins like another provider's": ({}, {"name": CLAUSE.replace("telnyx", "telnyx2")},
    "named otherwise"),
    "its name is in another case": ({}, {"name": CLAUSE.replace("telnyx", "Telnyx")}, "named otherwise"),
    "its name only looks like it": ({}, {"name": CLAUSE.replace("e", "\u0435", 1)}, "named otherwise"),
    "its provider is another one": ({SAYS: f"{SAYS}, provider: carrierx"}, {}, "says that it is carrierx's"),
    "it stands in another provider's folder": ({}, {"folder": "carrierx/regressions"},
    "stands in a folder of carrierx"),
    "its target is another server": ({SAYS: f"{SAYS}, target: 'http://127.0.0.2/v2'"}, {},
    "another server than the target"),
    "it was recorded at another provider's server": (
        {"method: PATCH": "method: PUT", URI: "https://api.carrierx.com/conference/v2/meeting_rooms/1"}, {},
        "server of carrierx",
    ),
    "a header holds a second request": (
        {TYPED: 'If-Match: ["x\\r\\n\\r\\nDELETE /v2/rooms/victim HTTP/1.1\\r\\nHost: a"]'}, {},
        "a header holds",
    ),
    "a header's name holds another header": ({TYPED: '"X: 1\\r\\nHost": [a]'}, {}, "a header holds"),
    "its method is none": ({"method: PATCH": 'method: "DELETE /v2/rooms/victim HTTP/1.1\\r\\nX:"'}, {},
    "the method is none"),
    "its path leads to another room": ({URI: "http://127.0.0.1/v2/rooms/x%2F..%2Fvictim"}, {},
    "several ways"),
    "its query is about another method": ({URI: f"{URI}?_method=DELETE"}, {}, "no query parameter '_method'"),
    "its body is about another method": ({SENT: '{"_method": "DELETE"}'}, {}, "another method"),
}  # fmt: skip


@pytest.mark.parametrize("name", DISAGREEING)
def test_a_regression_that_does_not_agree_with_itself_is_sent_nowhere(
    name: str, strange: Callable[..., Path], silent: tuple[str, list[str]]
) -> None:
    changes, place, why = DISAGREEING[name]
    base_url, seen = silent
    everybody = {**TELNYX.environment, **find_mock("carrierx").environment}

    with pytest.raises(UsageError, match=why):
        check_regression(
            strange(*changes.items(), **place),
            base_url=base_url,
            room_id=TELNYX.room_id,
            environment=everybody,
        )
    assert seen == []


def test_of_recorded_headers_only_what_the_contract_has_is_sent_again(
    strange: Callable[..., Path], serve: Serve, tampered: Any
) -> None:
    """Not the old connection's, not the old credentials, nothing that tells a server of another address or
    method.
    """
    heads: list[dict[bytes, bytes]] = []
    app = tampered(TELNYX.build())

    async def listening(scope: Any, receive: Any, send: Any) -> None:
        heads.append(dict(scope["headers"]))
        await app(scope, receive, send)

    hostile = (
        "Host: [victim.example], Content-Length: ['0'], Transfer-Encoding: [chunked], Connection: "
        "[close], Cookie: [a=b], "
        "X-HTTP-Method-Override: [DELETE], X-Forwarded-Host: [victim.example], X-Original-URL: "
        "[/v2/rooms/victim], "
        "Proxy-Authorization: [Basic eA==], X-Other: [x], Accept-Language: [de], Content-Type: "
        "[application/json]"
    )
    path = strange(("Content-Type: [application/json]", hostile))

    found = check_regression(
        path, base_url=serve(listening) + "/v2", room_id=TELNYX.room_id, environment=TELNYX.environment
    )

    assert found.verdict == "pass"
    sent = [head for head in heads if b"accept-language" in head]
    assert len(sent) == 2, "the recorded request is sent twice"
    usual = {
        b"host",
        b"user-agent",
        b"accept",
        b"authorization",
        b"accept-encoding",
        b"content-length",
        b"content-type",
    }
    assert {*sent[0]} - usual == {b"accept-language"}
    assert sent[0][b"host"].startswith(b"127.0.0.1:")
    assert sent[0][b"authorization"].decode() == f"Bearer {TELNYX.environment['TELNYX_API_KEY']}"
