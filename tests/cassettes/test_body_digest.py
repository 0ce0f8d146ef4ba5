"""A body that a cassette shows laid out anew comes back byte by byte; one that somebody edits there counts as
it is edited.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from roomproof.cassettes.recorder import Recorder
from roomproof.cassettes.recording import open_recording
from roomproof.cassettes.redaction import Redactor
from roomproof.interaction import Credentials, Interaction, Request, Response

COMPACT = b'{"size":1.50,"size":1e2,"list":[],"a":{"b":"x: , y"}}'


def recorded(path: Path, body: bytes, *secrets: str) -> Path:
    recorder = Recorder(path, {"provider": "mini"}, Redactor(secrets, live=False))
    request = Request(
        "PATCH",
        "http://localhost:1/rooms/1",
        (("Content-Type", "application/json"),),
        body,
        Credentials.VALID,
    )
    recorder.keep(Interaction(request, Response(200, (), body), datetime(2026, 11, 30, tzinfo=UTC)))
    recorder.close()
    return path


def read(path: Path) -> tuple[bytes | None, bytes]:
    (found,) = open_recording(path).interactions()
    assert found.response is not None
    return found.request.body, found.response.body


@pytest.mark.parametrize(
    "body",
    [
        COMPACT,
        b'{"size": 1.50, "list": [], "a": {"b": "x: , y"}}',
        b'{"size": 1}\n',
        b'{\n  "size": 1,\n  "list": [\n    1\n  ]\n}',
        b'{\n    "size": 1\n}\n',
        b'{ "size":1 ,\t"list":[ ] }',
        b'[\r\n 1 ]',
        b'{"name":"Zo\xc3\xab"}',
    ],
    ids=["compact", "spaced", "line's end", "two in", "four in", "anyhow", "CR LF", "beyond ASCII"],
)  # fmt: skip
@pytest.mark.parametrize("suffix", [".yaml", ".json"])
def test_the_bytes_come_back(body: bytes, suffix: str, tmp_path: Path) -> None:
    assert read(recorded(tmp_path / f"one{suffix}", body)) == (body, body)


def test_what_is_laid_out_has_its_digest_beside_it_where_vcrpy_overlooks_it(tmp_path: Path) -> None:
    text = recorded(tmp_path / "one.yaml", b'{"size":1}').read_text(encoding="ascii")
    assert '        {\n          "size": 1\n        }\n' in text
    (entry,) = yaml.safe_load(text)["interactions"]
    digest = {"sha256": hashlib.sha256(b'{"size":1}').hexdigest(), "bytes": 10}
    assert entry["as_sent"] == {"request": digest, "response": digest}


def test_what_stands_there_as_it_was_has_none(tmp_path: Path) -> None:
    for name, body in (("text", b"text"), ("laid out", b'{\n  "size": 1\n}'), ("anyhow", b'{ "size":1}')):
        assert "as_sent" not in recorded(tmp_path / f"{name}.yaml", body).read_text(encoding="ascii")


def test_an_edited_body_counts_as_it_is_edited(tmp_path: Path) -> None:
    path = recorded(tmp_path / "one.yaml", b'{"size":1}')
    path.write_text(path.read_text(encoding="ascii").replace('"size": 1', '"size": 2'), encoding="ascii")
    assert read(path) == (b'{\n  "size": 2\n}', b'{\n  "size": 2\n}')


@pytest.mark.parametrize("digest", ["7", "[1]", "{sha256: 1, bytes: x}", "{}", "null"])
def test_a_digest_that_is_none_costs_nothing(digest: str, tmp_path: Path) -> None:
    path = recorded(tmp_path / "one.yaml", b'{"size":1}')
    text = path.read_text(encoding="ascii")
    kept = [
        line if not line.startswith("      request: {sha256") else f"      request: {digest}"
        for line in text.splitlines()
    ]
    path.write_text("\n".join(kept), encoding="ascii")
    assert read(path) == (b'{\n  "size": 1\n}', b'{"size":1}')


def test_a_digest_is_of_what_was_recorded_and_tells_no_secret(tmp_path: Path) -> None:
    """Of a short secret a digest would be found by trying."""
    secret = b'{"pin":"k9xQ77-2wPm"}'
    texts = [recorded(tmp_path / f"{name}.yaml", body, "k9xQ77-2wPm",
        "k9xQ77-2wPn").read_text(encoding="ascii") for name, body in (
        ("one", secret), ("two", secret.replace(b"Pm", b"Pn")),
    )]  # fmt: skip
    assert "as_sent" in texts[0]
    assert texts[0] == texts[1]
