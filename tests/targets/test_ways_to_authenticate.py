"""A contract says how requests prove who sends them, and a run does so: it is let in, and tells nobody how.

The keys stand where only the contract tells that something is secret.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from typer.testing import CliRunner

from roomproof.auth.api_key import ApiKey
from roomproof.auth.scheme import Carrier
from roomproof.cassettes.account import account_of
from roomproof.cli import app
from roomproof.errors import ContractError, UsageError
from roomproof.interaction import Request
from roomproof.providers import load_contract
from roomproof.reports.curl import curl
from roomproof.targets.credentials import scheme_from
from roomproof.targets.http import HttpTarget
from roomproof.targets.target import UnsentRequest

KEY = "kEy4f0c-Zz9w"
CONTRACT = """
openapi: 3.1.0
info: {title: Acme rooms, version: "1"}
servers: [{url: "https://api.acme.example"}]
x-provider: acme
x-source: {document: Acme, section: "", field: ""}
x-room: {parameter: room_id, id: id}
x-credentials: {environment: {PART: ACME_SECRET}}
security: [{way: []}]
paths:
  /rooms/{room_id}:
    patch:
      operationId: update-room
      parameters: [{name: room_id, in: path, required: true, schema: {type: string}}]
      requestBody:
        content: {application/json: {schema: {type: object, properties: {size: {type: integer}}}}}
      responses:
        "200": {description: The room, content: {application/json: {schema: {type: object}}}}
        "401": {description: No valid key, x-when: unauthenticated}
      x-behaviours:
        - {path: authentication, rule: missing-refused, demands: a request without a key is refused}
        - {path: authentication, rule: wrong-refused, demands: a request with a wrong key is refused}
components:
  securitySchemes:
    way: WAY
"""


def bearer(handler: BaseHTTPRequestHandler) -> str | None:
    return handler.headers.get("Authorization")


def in_header(handler: BaseHTTPRequestHandler) -> str | None:
    return handler.headers.get("X-Acme")


def in_query(handler: BaseHTTPRequestHandler) -> str | None:
    query = parse_qs(urlsplit(handler.path).query, keep_blank_values=True)
    return query["k"][0] if "k" in query else None


def in_cookie(handler: BaseHTTPRequestHandler) -> str | None:
    pairs = (pair.strip().partition("=") for pair in handler.headers.get("Cookie", "").split(";"))
    return {name: value for name, _, value in pairs}.get("who")


@dataclass
class Way:
    """A security scheme, the part of the credentials, what a provider reads and wants, what curl is told."""

    scheme: str
    part: str
    read: Callable[[BaseHTTPRequestHandler], str | None]
    wanted: str
    curl: str


X_ACME = "{type: apiKey, in: header, name: X-Acme}"
WAYS = {
    "header": Way(X_ACME, "key", in_header, KEY, '-H "X-Acme: $ACME_SECRET"'),
    "query": Way("{type: apiKey, in: query, name: k}", "key", in_query, KEY, '--url-query "k=$ACME_SECRET"'),
    "cookie": Way("{type: apiKey, in: cookie, name: who}", "key", in_cookie, KEY, '-b "who=$ACME_SECRET"'),
    "oauth2": Way(
        "{type: oauth2, flows: {clientCredentials: {tokenUrl: https://acme.example/token, scopes: {}}}}",
        "token",
        bearer,
        f"Bearer {KEY}",
        '-H "Authorization: Bearer $ACME_SECRET"',
    ),
}


def contract_in(folder: Path, way: Way) -> Path:
    path = folder / "acme" / "openapi.yaml"
    path.parent.mkdir()
    path.write_text(CONTRACT.replace("WAY", way.scheme).replace("PART", way.part), encoding="utf-8")
    return path


@contextmanager
def provider(way: Way, lets_in: Callable[[str | None], bool]) -> Iterator[str]:
    """Serve a provider that lets in whom it likes, and repeats all that was sent in its rejections."""

    class Provider(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_PATCH(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            told = way.read(self)
            if lets_in(told):
                self.response(200, {"id": "room-1", "size": 1})
            else:
                self.response(401, {"url": self.path, "sent": told})

        def response(self, status: int, value: Any) -> None:
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Provider) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def verified(folder: Path, base_url: str) -> tuple[dict[str, Any], str]:
    """Verify who is let in, and return the report and all that was printed and written."""
    whom = ["--contracts", str(folder / "acme"), "--base-url", base_url, "--room-id", "room-1"]
    files = ["--json", str(folder / "report.json"), "--record", str(folder / "tape.yaml")]
    only = ["--only", "acme.update-room.behaviour.authentication.*"]
    environment = {"ACME_SECRET": KEY, "ROOMPROOF_STATE": str(folder / "state")}
    result = CliRunner().invoke(app, ["verify", "acme", *whom, *only, *files], env=environment)
    written = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.*"))]
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return report["providers"][0], "\n".join((result.output, *written))


def verdicts(report: dict[str, Any]) -> dict[str, str]:
    told = {clause["id"].rpartition(".")[2]: clause["verdict"] for clause in report["clauses"]}
    return {rule: told[rule] for rule in ("missing-refused", "wrong-refused")}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_who_is_let_in_is_tested_and_no_key_is_told(way: Way, tmp_path: Path) -> None:
    contract_in(tmp_path, way)

    with provider(way, lambda told: told == way.wanted) as base_url:
        report, told = verified(tmp_path, base_url)

    assert verdicts(report) == {"missing-refused": "pass", "wrong-refused": "pass"}
    assert [text for text in (KEY, KEY[:-1], KEY[1:], KEY.swapcase()) if text in told] == []


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_provider_that_takes_any_key_is_found(way: Way, tmp_path: Path) -> None:
    contract_in(tmp_path, way)

    with provider(way, lambda told: told is not None) as base_url:
        report, told = verified(tmp_path, base_url)

    assert verdicts(report) == {"missing-refused": "pass", "wrong-refused": "fail"}
    (finding,) = report["findings"]
    assert "<wrong credentials>" in finding["curl"]
    assert [text for text in (KEY, KEY[:-1], KEY[1:], KEY.swapcase()) if text in told] == []


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_provider_that_asks_for_no_key_is_found(way: Way, tmp_path: Path) -> None:
    contract_in(tmp_path, way)

    with provider(way, lambda _: True) as base_url:
        report, _ = verified(tmp_path, base_url)

    assert verdicts(report) == {"missing-refused": "fail", "wrong-refused": "fail"}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_curl_line_names_the_variable_where_the_key_belongs(way: Way, tmp_path: Path) -> None:
    spec = load_contract(contract_in(tmp_path, way)).credentials
    url = f"https://api.acme.example/rooms/1?page=2&k={KEY}"
    headers = (("X-Acme", KEY), ("Cookie", f"who={KEY}"), ("Authorization", f"Bearer {KEY}"))

    line = curl(Request("PATCH", url, headers), spec)

    assert way.curl in line
    assert "page=2" in line
    # What is no credential of this contract stands as it was sent.
    elsewhere = {"k": "k=" + KEY, "X-Acme": f"X-Acme: {KEY}"}
    assert line.count(KEY) == len(elsewhere) - (spec.carrier.name in elsewhere)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_recorded_key_tells_the_account(way: Way, tmp_path: Path) -> None:
    contract = load_contract(contract_in(tmp_path, way))

    def account(key: str) -> str | None:
        headers = (("X-Acme", key), ("Cookie", f"lang=en; who={key}"), ("Authorization", f"Bearer {key}"))
        return account_of(Request("GET", f"https://api.acme.example/rooms/1?k={key}", headers), contract)

    assert account("one") == account("one") != account("other")
    assert None not in (account("one"), account("other"))


@pytest.mark.parametrize(
    ("way", "query", "headers"),
    [("query", f"?k={KEY}", []), ("header", "", [{"name": "X-Acme", "value": KEY}])],
    ids=["query", "header"],
)
def test_a_key_in_a_strange_recording_is_found(way: str, query: str, headers: Any, tmp_path: Path) -> None:
    folder = contract_in(tmp_path, WAYS[way]).parent
    request = {"method": "PATCH", "url": f"https://api.acme.example/rooms/1{query}", "headers": headers}
    response = {"status": 200, "headers": [], "content": {"mimeType": "application/json", "text": "{}"}}
    tape, log = tmp_path / "tape.har", {"entries": [{"request": request, "response": response}]}
    tape.write_text(json.dumps({"log": log}), encoding="utf-8")

    result = CliRunner().invoke(app, ["replay", str(tape), "--check-secrets", "--contracts", str(folder)])

    assert result.exit_code == 1, result.output
    assert "interaction 1" in result.output
    assert KEY not in result.output


def test_cookies_travel_in_one_header(hosts: Callable[[], Any]) -> None:
    host = hosts()
    target = HttpTarget(host.origin)
    scheme = ApiKey(KEY, Carrier("cookie", "who"))
    target.send(UnsentRequest("GET", "/rooms", headers=(("Cookie", "lang=en"),), scheme=scheme))
    target.close()
    cookies = [line for line in host.heads[0].splitlines() if line.startswith("Cookie")]
    assert cookies == [f"Cookie: lang=en; who={KEY}"]


@pytest.mark.parametrize("place", ["header", "query", "cookie"])
def test_no_wrong_key_is_the_right_one_and_what_gives_it_away_is_a_secret(place: str) -> None:
    right = ApiKey(KEY, Carrier(place, "k"))
    keys = {forged.key for forged in right.invalid_credentials().values() if isinstance(forged, ApiKey)}

    assert KEY not in keys
    assert {"", KEY[:-1], KEY[1:], KEY.swapcase(), KEY + "x"} <= keys
    telling = [key for key in keys if KEY[2:6] in key]
    assert [key for key in telling if not any(secret in key for secret in right.secrets())] == []


def test_a_key_that_is_the_same_in_either_case_is_not_sent_in_another() -> None:
    key = "0f8fad5b-d9cb-469f-a165-70867728950e"
    invalid_credentials = ApiKey(key, Carrier("header", "X-K")).invalid_credentials().values()
    assert (("X-K", key.swapcase()),) not in [
        forged.headers("GET", "", None) for forged in invalid_credentials
    ]


@pytest.mark.parametrize(
    ("scheme", "says"),
    [
        ("{type: apiKey, in: header, name: Host}", "no key is sent under the name 'Host'"),
        ("{type: apiKey, in: query, name: _method}", "no key is sent under the name '_method'"),
        ("{type: apiKey, in: body, name: k}", "needs a security scheme"),
        ('{type: apiKey, in: header, name: "a b"}', "needs a security scheme"),
        ("{type: http, scheme: digest}", "the security scheme says http digest; choose one of"),
        ("{type: mutualTLS}", "the security scheme says mutualTLS; choose one of"),
        ("{}", "the security scheme says nothing; choose one of"),
    ],
)
def test_what_says_no_way_to_send_a_key_is_rejected(scheme: str, says: str, tmp_path: Path) -> None:
    path = contract_in(tmp_path, Way(scheme, "key", in_header, KEY, ""))
    with pytest.raises((ContractError, UsageError), match=says):
        scheme_from(load_contract(path).credentials, {"ACME_SECRET": KEY})


UNSENDABLE = [("cookie", "a;b"), ("cookie", "a b"), ("header", "a\u20acb"), ("query", "a\nb")]


@pytest.mark.parametrize(("place", "key"), UNSENDABLE)
def test_a_key_that_its_place_cannot_carry_is_not_shown(place: str, key: str, tmp_path: Path) -> None:
    way = Way(f"{{type: apiKey, in: {place}, name: k}}", "key", in_query, key, "")
    spec = load_contract(contract_in(tmp_path, way)).credentials
    with pytest.raises(UsageError, match="ACME_SECRET holds ") as raised:
        scheme_from(spec, {"ACME_SECRET": key})
    assert key not in str(raised.value)
