"""A recording is a vcrpy cassette that loads at any moment, whatever ends the run."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import vcr
import yaml
from hypothesis import given
from hypothesis import strategies as st
from vcr.serialize import deserialize
from vcr.serializers import jsonserializer, yamlserializer

from roomproof.cassettes import recorder as recording_module
from roomproof.cassettes.formats.vcrpy import entry, entry_of
from roomproof.cassettes.recorder import Recorder
from roomproof.cassettes.recording import open_recording
from roomproof.cassettes.redaction import Redactor
from roomproof.cassettes.writing import json_entry, yaml_entry
from roomproof.errors import RecordingError
from roomproof.interaction import Credentials, Interaction, Request, Response, RoomKnowledge

NOW = datetime(2026, 11, 21, 12, 30, 15, 250000, tzinfo=UTC)
TOLD = {"provider": "mini", "started": "2026-11-21T12:30:00+00:00"}
SERIALIZERS: dict[str, Any] = {".yaml": yamlserializer, ".json": jsonserializer}
JSON_HEADERS = (("Content-Type", "application/json"),)


def update(body: bytes, response: bytes, status: int = 200) -> Interaction:
    request = Request(
        "PATCH",
        "http://localhost:1/v1/rooms/r-1?x=a%20b",
        JSON_HEADERS,
        body,
        Credentials.VALID,
        RoomKnowledge.EXISTS,
    )
    return Interaction(
        request, Response(status, (*JSON_HEADERS, ("Set-X", "1"), ("Set-X", "2")), response), NOW
    )


def recorder_at(path: Path) -> Recorder:
    return Recorder(path, TOLD, Redactor((), live=False))


def read(path: Path) -> list[Interaction]:
    return list(open_recording(path).interactions())


def loaded_by_vcrpy(path: Path) -> list[tuple[bytes, bytes]]:
    """What plain vcrpy makes of a file: the bodies of each request and response."""
    requests, responses, *_ = deserialize(path.read_text(encoding="utf-8"), SERIALIZERS[path.suffix])
    return [
        (request.body, response["body"]["string"])
        for request, response in zip(requests, responses, strict=True)
    ]


@pytest.mark.parametrize("suffix", [".yaml", ".json"])
def test_what_is_recorded_is_read_back_as_it_was(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"one{suffix}"
    told = [
        update(b'{"size":1.0,"size":2}', '{"name":"Zoë"}'.encode()),
        update(b"\xff\x00{", b"<html>\r\n"),
        update(b"", b"", 204),
    ]
    recorder = recorder_at(path)
    for interaction in told:
        recorder.keep(interaction)
    recorder.close()

    found = read(path)
    assert [item.response for item in found] == [item.response for item in told]
    assert [(item.at, item.request.url, item.request.credentials, item.request.room) for item in found] == [
        (item.at, item.request.url, item.request.credentials, item.request.room) for item in told
    ]
    assert found[1].request.body == b"\xff\x00{"
    assert open_recording(path).told == TOLD


def test_json_is_laid_out_for_review_and_keeps_every_token(tmp_path: Path) -> None:
    path = tmp_path / "one.yaml"
    recorder = recorder_at(path)
    recorder.keep(update(b'{"size":1.50,"size":1e2,"list":[],"deep":{"a":"x,]"}}', b"{}"))
    recorder.close()

    assert '          "size": 1.50,\n          "size": 1e2,\n          "list": [],\n' in path.read_text(
        encoding="ascii"
    )
    (found,) = read(path)
    assert found.request.body == b'{"size":1.50,"size":1e2,"list":[],"deep":{"a":"x,]"}}'


@pytest.mark.parametrize("suffix", [".yaml", ".json"])
def test_the_file_loads_in_plain_vcrpy_after_every_interaction(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"one{suffix}"
    recorder = recorder_at(path)
    for number in range(3):
        recorder.keep(update(b"[%d]" % number, b"ok %d" % number))
        assert [response for _, response in loaded_by_vcrpy(path)] == [
            b"ok %d" % done for done in range(number + 1)
        ]
    recorder.close()


def test_vcrpy_plays_what_roomproof_has_recorded(tmp_path: Path) -> None:
    import urllib3

    path = tmp_path / "one.yaml"
    recorder = recorder_at(path)
    recorder.keep(update(b'{"size":1}', b'{"size":1}'))
    recorder.close()

    with vcr.use_cassette(str(path), record_mode="none", match_on=["method", "uri", "body"]):
        response = urllib3.PoolManager().request(
            "PATCH",
            "http://localhost:1/v1/rooms/r-1?x=a%20b",
            body=b'{"size": 1}',
            headers={"Content-Type": "application/json"},
        )
    assert (response.status, json.loads(response.data)) == (200, {"size": 1})
    assert response.headers.getlist("Set-X") == ["1", "2"]


texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)
fields = st.dictionaries(texts, texts | st.lists(st.integers(), max_size=3), max_size=3)
spaces = st.sampled_from([(",", ":"), (", ", ": "), (" ,", ":\t"), (",\n", " : ")])
laid_out_anyhow = st.builds(
    lambda value, separators, indent, end: (json.dumps(value, separators=separators,
    indent=indent) + end).encode(),
    fields, spaces, st.sampled_from([None, 0, 1, 2, 4]), st.sampled_from(["", "\n", " "]),
)  # fmt: skip


@given(
    body=st.one_of(st.none(), st.binary(max_size=60), texts.map(str.encode), laid_out_anyhow),
    name=texts,
)
def test_any_body_and_header_survives_both_forms(body: bytes | None, name: str) -> None:
    request = Request(
        "PUT", f"http://localhost/{name.encode().hex()}", (("X-Name", name), ("no", name)), body
    )
    told = Interaction(request, Response(200, (("yes", name),), body or b""), NOW)

    for text, read_text in (
        (f"[\n{json_entry(entry(told))}]", json.loads),
        (yaml_entry(entry(told)), yaml.safe_load),
    ):
        found = entry_of(read_text(text)[0]).interaction
        assert found.request.headers == request.headers
        assert found.response is not None
        assert found.request.body == body
        assert found.response.body == (body or b"")


class KilledError(BaseException):
    """Stands for SIGKILL: nothing runs after it."""


@pytest.mark.parametrize("before", [1, 2])
def test_a_run_that_is_killed_after_any_byte_leaves_a_cassette_that_loads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: int
) -> None:
    responses = [b'{"number": %d}' % number for number in range(before + 1)]
    allowed = 0

    def torn(file: Any, at: int, content: bytes) -> None:
        nonlocal allowed
        file.seek(at)
        file.write(content[: max(allowed, 0)])
        allowed -= len(content)
        if allowed < 0:
            raise KilledError

    for stop in range(2000):
        path = tmp_path / f"{stop}.yaml"
        recorder = recorder_at(path)
        for response in responses[:-1]:
            recorder.keep(update(b"{}", response))
        with monkeypatch.context() as patched:
            patched.setattr(recording_module, "_write", torn)
            allowed = stop
            try:
                recorder.keep(update(b"{}", responses[-1]))
            except KilledError:
                pass
            else:
                break
        found = [item.response.body for item in read(path) if item.response]
        assert [json.loads(body) for body in found] in (
            [json.loads(a) for a in responses[:-1]],
            [json.loads(a) for a in responses],
        )
        assert len(loaded_by_vcrpy(path)) == len(found)
    assert stop > 500, "every byte of an entry was a last one"


RUN = """
import itertools, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_recorder import recorder_at, update
recorder = recorder_at(Path(sys.argv[1]))
for number in itertools.count():
    text = b"x" * (number * 977 % 20_000)
    recorder.keep(update(b'{"number": %d}' % number, b'{"number": %d, "text": "%s"}' % (number, text)))
    print(number, flush=True)
"""


@pytest.mark.parametrize("moment", range(12))
def test_kill_9_at_a_random_moment_loses_nothing_that_was_judged(tmp_path: Path, moment: int) -> None:
    path = tmp_path / "killed.yaml"
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, str(path), str(Path(__file__).parent)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    judged = 0
    for _ in range(random.Random(moment).randrange(300)):
        judged = int(process.stdout.readline())
    os.kill(process.pid, signal.SIGKILL)
    judged = max([judged, *(int(line) for line in process.stdout if line.endswith("\n"))])
    process.wait()

    numbers = [json.loads(item.response.body)["number"] for item in read(path) if item.response]
    assert numbers == list(range(len(numbers)))
    assert len(numbers) > judged
    assert len(loaded_by_vcrpy(path)) == len(numbers)


def test_an_existing_file_is_never_written_to(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("precious", encoding="utf-8")

    for _ in range(2):
        with pytest.raises(RecordingError, match="already"):
            recorder_at(path)
    assert path.read_text(encoding="utf-8") == "precious"
    assert [file.name for file in tmp_path.iterdir()] == ["mine.yaml"]


FULL = """
import resource, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_recorder import recorder_at, update
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
recorder = recorder_at(Path(sys.argv[1]))
for number in range(50):
    recorder.keep(update(b"{}", b'{"number": %d}' % number))
try:
    recorder.close()
except Exception as error:
    print(type(error).__name__, error)
"""


@pytest.mark.parametrize("suffix", [".yaml", ".json"])
def test_a_full_disk_ends_the_recording_and_leaves_what_it_holds(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"full{suffix}"
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(path), str(Path(__file__).parent)],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.startswith("RecordingError")
    assert str(path) in done.stdout
    found = read(path)
    assert 3 < len(found) < 50
    assert len(loaded_by_vcrpy(path)) == len(found)


def test_an_interaction_that_would_leak_is_not_written_and_the_run_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "one.yaml"
    redactor = Redactor(("topsecret",), live=False)
    monkeypatch.setattr(redactor, "redacted", lambda interaction: interaction)
    recorder = Recorder(path, TOLD, redactor)
    recorder.keep(update(b'{"a": "topsecret"}', b"{}"))
    recorder.keep(update(b'{"a": "harmless"}', b"{}"))

    with pytest.raises(RecordingError, match="1 interactions were not written"):
        recorder.close()
    assert "topsecret" not in path.read_text(encoding="utf-8")
    assert len(read(path)) == 1
