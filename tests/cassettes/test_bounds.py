"""A recording has bounds: what is cut says so, plain vcrpy loads it all the same, and nothing is judged as if
it were whole."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from vcr.serialize import deserialize
from vcr.serializers import jsonserializer, yamlserializer

from roomproof.cassettes import recorder as recording
from roomproof.cassettes.entry import EntryError
from roomproof.cassettes.formats.vcrpy import entry, entry_of
from roomproof.cassettes.recorder import Recorder
from roomproof.cassettes.recording import open_recording
from roomproof.cassettes.redaction import Redactor
from roomproof.errors import RecordingError
from roomproof.interaction import LARGEST_BODY, SHOWN_BODY, Interaction, Request, Response, bounded
from roomproof.judge.judged_interaction import NoJson, response_json

URL = "http://127.0.0.1/rooms/1"
SECRET = "kEy4-canary-of-the-recorder"
MANY_FORMS = b"%25&amp;\\u0041\n  '\"'\"'+ aaaaaaaaaaaaaaaaaaa a" * 5_000
SERIALIZERS: dict[str, Any] = {".yaml": yamlserializer, ".json": jsonserializer}


def answered(body: bytes, url: str = URL) -> Interaction:
    return Interaction(Request("GET", url), Response(200, (("Content-Type", "application/json"),), body))


def recorded(path: Path, *interactions: Interaction) -> Recorder:
    recorder = Recorder(path, {"provider": "mini"}, Redactor((SECRET,), live=False))
    for interaction in interactions:
        recorder.keep(interaction)
    return recorder


def read(path: Path) -> list[Response]:
    return [item.response for item in open_recording(path).interactions() if item.response]


@pytest.mark.parametrize("suffix", [".yaml", ".json"])
@pytest.mark.parametrize("letter", ["x", "é", "漢", "\x00"])
def test_of_a_vast_body_the_beginning_is_kept_and_how_much_there_was(
    tmp_path: Path, suffix: str, letter: str
) -> None:
    path = tmp_path / f"one{suffix}"
    body = f'{{"a": "{letter * LARGEST_BODY}"}}'.encode()
    recorder = recorded(path, answered(body), answered(b"{}"))
    recorder.close()

    (cut, whole) = read(path)
    assert SHOWN_BODY - 3 <= len(cut.body) <= SHOWN_BODY
    assert cut.body == body[: len(cut.body)]
    assert len(cut.body) + cut.left_out == len(body)
    assert whole == Response(200, (("Content-Type", "application/json"),), b"{}")
    assert recorder.note.startswith(f"{path}: of 1 bodies larger than {LARGEST_BODY} bytes")
    _, played, *_ = deserialize(path.read_text(encoding="utf-8"), SERIALIZERS[suffix])
    assert [one["body"]["string"] for one in played] == [cut.body, b"{}"]


def test_what_is_cut_is_no_json_that_anybody_judges() -> None:
    vast = answered(b"[" + b"1," * LARGEST_BODY + b"1]")
    cut = bounded(vast).response

    assert cut is not None
    assert response_json(vast.request, cut) is NoJson.VAST
    # A cut after a whole value would look like one.
    assert response_json(vast.request, Response(200, (), b"{}", left_out=1)) is NoJson.VAST
    assert response_json(vast.request, Response(200, (), b"{}")) == {}


def test_a_body_that_is_not_too_large_is_recorded_byte_by_byte(tmp_path: Path) -> None:
    path = tmp_path / "one.yaml"
    body = b'{"list": [' + b"1," * (LARGEST_BODY // 2 - 10) + b"1]}"
    recorder = recorded(path, answered(body))
    recorder.close()

    assert read(path)[0].body == body
    assert recorder.note == ""


@pytest.mark.parametrize(
    "form", [str, lambda text: base64.b64encode(text.encode()).decode()], ids=["plain", "Base64"]
)
def test_a_secret_on_the_edge_of_what_is_kept_leaves_nothing(form: Any, tmp_path: Path) -> None:
    secret = form(SECRET)
    for inside in range(1, len(secret)):
        path = tmp_path / f"{inside}.yaml"
        before = b"." * (SHOWN_BODY - inside)
        recorded(path, answered(before + secret.encode() + b"." * LARGEST_BODY)).close()

        (cut,) = read(path)
        assert not cut.body.endswith(secret[:inside].encode()) or inside < 4


def test_a_body_that_cannot_be_searched_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "one.yaml"
    recorder = recorded(path, answered(MANY_FORMS), answered(b"{}"))
    recorder.close()

    assert read(path)[0] == Response(
        200, (("Content-Type", "application/json"),), b"", left_out=len(MANY_FORMS)
    )
    assert "written in more ways than can be searched for secrets" in recorder.note


def test_a_request_that_cannot_be_searched_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "one.yaml"
    recorder = recorded(
        path, Interaction(Request("PUT", URL, (), MANY_FORMS), Response(200)), answered(b"{}")
    )

    with pytest.raises(
        RecordingError, match="1 interactions were not written, since their headers or requests"
    ):
        recorder.close()
    assert len(read(path)) == 1


@pytest.mark.parametrize("suffix", [".yaml", ".json"])
def test_a_recording_ends_before_it_fills_the_disk(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"one{suffix}"
    monkeypatch.setattr(recording, "MOST_BYTES", 10_000)
    recorder = recorded(path, *(answered(b"{%d}" % number + b"x" * 1_000) for number in range(100)))

    with pytest.raises(
        RecordingError, match="recording stopped at 10000 bytes; what it holds by then can be replayed"
    ):
        recorder.close()
    assert 10_000 < path.stat().st_size < 12_000
    assert [one.body[:3] for one in read(path)][:3] == [b"{0}", b"{1}", b"{2}"]


@pytest.mark.parametrize("value", ["7", -1, True, None])
def test_a_wrong_count_of_what_was_left_out_is_no_entry(value: Any) -> None:
    node = {**entry(answered(b"{}")), "left_out": value}

    with pytest.raises(EntryError, match="left_out"):
        entry_of(node)
