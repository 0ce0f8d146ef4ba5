"""Recordings are read whoever made them; what is damaged is named with its place, what is hostile is rejected
within bounds.
"""

from __future__ import annotations

import base64
import gzip
import json
import subprocess
import sys
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roomproof.cassettes import damage, yaml_file
from roomproof.cassettes.entry import Entry
from roomproof.cassettes.recording import found_in, open_recording
from roomproof.errors import UsageError
from roomproof.interaction import Credentials, Interaction, Response

URL = "https://api.example.com/v1/rooms/r-1"


def vcr_entry(**changes: Any) -> dict[str, Any]:
    """An entry as vcrpy writes it."""
    response = {
        "status": {"code": 200, "message": "OK"},
        "headers": {"Date": ["Sat, 21 Nov 2026 12:00:00 GMT"]},
        "body": {"string": "{}"},
    }
    request = {
        "method": "PATCH",
        "uri": URL,
        "body": '{"size": 3}',
        "headers": {"Content-Type": ["application/json"]},
    }
    return {
        "request": {**request, **changes.get("request", {})},
        "response": {**response, **changes.get("response", {})},
    }


def written(path: Path, entries: list[Any], dump: Callable[[Any], str] = yaml.dump) -> Path:
    path.write_text(dump({"version": 1, "interactions": entries}), encoding="utf-8")
    return path


def read(path: Path) -> list[Interaction]:
    return list(open_recording(path).interactions())


def flow(node: Any) -> str:
    return yaml.dump(node, default_flow_style=True)


@pytest.mark.parametrize(
    ("name", "dump"), [("a.yaml", yaml.dump), ("a.yaml", flow), ("a.json", json.dumps), ("a.yaml",
    json.dumps)],
    ids=["vcrpy's YAML", "YAML in brackets", "JSON", "JSON by another name"],
)  # fmt: skip
def test_a_cassette_of_vcrpy_is_read_in_every_layout(
    tmp_path: Path, name: str, dump: Callable[[Any], str]
) -> None:
    first, second = read(
        written(
            tmp_path / name,
            [vcr_entry(), vcr_entry(response={"status": {"code": 404, "message": "no"}})],
            dump,
        )
    )

    assert (first.request.method, first.request.url, first.request.body) == ("PATCH", URL, b'{"size": 3}')
    assert first.at == datetime(2026, 11, 21, 12, tzinfo=UTC), "the Date header tells when"
    assert first.request.credentials is Credentials.UNKNOWN
    assert second.response is not None
    assert second.response.status == 404


def test_entries_that_share_their_headers_by_an_anchor_are_read(tmp_path: Path) -> None:
    headers = {"Content-Type": ["application/json"]}
    entries = [vcr_entry(request={"headers": headers}) for _ in range(400)]
    path = written(tmp_path / "a.yaml", entries)
    assert "*id001" in path.read_text(encoding="utf-8")
    assert path.stat().st_size > yaml_file.BATCH

    assert [item.request.headers for item in read(path)] == [(("Content-Type", "application/json"),)] * 400


def test_a_text_that_begins_a_line_like_an_item_does_not_mislead(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    text = yaml.dump({"interactions": [vcr_entry()], "version": 1}).replace(
        "'{\"size\": 3}'", "'one\n\n- request: two'"
    )
    path.write_text(text, encoding="utf-8")

    (found,) = read(path)
    assert found.request.body == b"one\n- request: two"


@pytest.mark.parametrize(
    ("coding", "encode"), [("gzip", gzip.compress), ("deflate", zlib.compress), ("deflate",
    lambda body: zlib.compress(body)[2:-4])],
    ids=["gzip", "deflate", "raw deflate"],
)  # fmt: skip
def test_a_body_that_was_kept_in_its_coding_is_decoded(
    tmp_path: Path, coding: str, encode: Callable[[bytes], bytes]
) -> None:
    response = {
        "headers": {"Content-Encoding": [coding]},
        "body": {"string": encode(b'{"size":3,"name":"\xc3\xa9"}')},
    }
    (found,) = read(written(tmp_path / "a.yaml", [vcr_entry(response=response)]))
    assert found.response is not None
    assert found.response.body == '{"size":3,"name":"é"}'.encode()


@pytest.mark.parametrize(
    "body",
    [b"\xce\xb2\xcf\x81\xff\xfe brotli", gzip.compress(b"x" * 30_000_000)],
    ids=["unknown coding", "bomb"],
)
def test_of_a_body_that_cannot_be_decoded_the_status_is_known_and_nothing_else(
    tmp_path: Path, body: bytes
) -> None:
    coding = "gzip" if body[:2] == b"\x1f\x8b" else "br"
    headers = {"content-encoding": coding, "Content-Length": "99", "X-A": "1"}
    path = written(tmp_path / "a.yaml", [vcr_entry(response={"headers": headers, "body": {"string": body}})])

    (found,) = open_recording(path).entries()
    assert isinstance(found, Entry)
    assert found.interaction.response == Response(200, (("X-A", "1"),))
    assert found.bodies_missing


def har(*entries: dict[str, Any]) -> str:
    return json.dumps(
        {
            "log": {
                "version": "1.2",
                "creator": {"name": "a browser", "version": "1"},
                "entries": list(entries),
            }
        }
    )


def har_entry(status: int = 200, **content: Any) -> dict[str, Any]:
    return {
        "startedDateTime": "2026-11-21T12:00:00.5+01:00", "time": 3,
        "request": {
            "method": "PATCH", "url": URL, "httpVersion": "h2", "headers": [{"name": ":path", "value": "/"},
            {"name": "X-A", "value": "1"}],
            "queryString": [], "cookies": [], "headersSize": -1, "bodySize": 2,
            "postData": {"mimeType": "application/json", "text": "{}"},
        },
        "response": {"status": status, "headers": [{"name": "Content-Type", "value": "application/json"}],
        "content": content},
    }  # fmt: skip


def test_a_har_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.har"
    encoded = base64.b64encode(b"\xff").decode()
    path.write_text(
        har(
            har_entry(text='{"a":1}'),
            har_entry(encoding="base64", text=encoded),
            har_entry(204),
            har_entry(0),
            har_entry(size=5),
        ),
        encoding="utf-8",
    )
    plain, binary, empty, blocked, dropped = read(path)

    assert (plain.request.headers, plain.request.body) == ((("X-A", "1"),), b"{}")
    assert plain.at == datetime(2026, 11, 21, 11, 0, 0, 500000, tzinfo=UTC)
    assert [item.response and item.response.body for item in (plain, binary, empty)] == [
        b'{"a":1}',
        b"\xff",
        b"",
    ]
    assert (blocked.response, blocked.failure) == (None, "the recording has no response to this request")
    assert dropped.response is not None
    assert (dropped.response.status, dropped.response.body) == (200, b""), (
        "the status is evidence without the body"
    )


def cut(text: str) -> str:
    return text[: text.rindex("status")]


DAMAGED = {
    "no YAML": ("a.yaml", "interactions:\n- request: {\n  ]", 3),
    "cut off": ("a.yaml", cut(yaml.dump({"interactions": [vcr_entry()] * 2})), 2),
    "an entry without a response": (
        "a.yaml",
        "interactions:\n- request: {method: GET, uri: 'http://a/'}\n- response: 3\n",
        2,
    ),
    "a list of something": ("a.yaml", "interactions:\n- 1\n", 2),
    "garbage behind the list": ("a.yaml", yaml.dump({"interactions": [vcr_entry()]}) + "%%%\n", 18),
    "a status that is a word": (
        "a.yaml",
        yaml.dump({"interactions": [vcr_entry(response={"status": "OK"})]}),
        2,
    ),
    "no JSON": ("a.json", '{"interactions": [\n{},\n', 2),
    "JSON without its end": (
        "a.json",
        '{"version": 1, "interactions": [\n' + json.dumps(vcr_entry()) + "\n",
        3,
    ),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_cassette_is_named_with_its_line(tmp_path: Path, name: str) -> None:
    file, text, line = DAMAGED[name]
    path = tmp_path / file
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=rf"{file}, line {line}: "):
        read(path)


@pytest.mark.parametrize(
    "text",
    ["", "a: 1\n", "- 1\n", "just text", "interactions: 3\n", "[]", "{}", '{"log": {}}', "\x00"],
    ids=repr,
)
def test_a_file_that_is_no_recording_is_said_to_be_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"a\.yaml"):
        read(path)


HEAD = "interactions:\n- request: "
BOMB = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9) if n else 'x'}]\n" for n in range(40))
MERGES = "".join(
    f"m{n}: &m{n} {{<<: [{', '.join([f'*m{n - 1}'] * 9)}]}}\n" if n else "m0: &m0 {a: 1}\n" for n in range(40)
)
HOSTILE = {
    "python objects": HEAD + "!!python/object/apply:os.system ['true']\n",
    "deep brackets": HEAD + "[" * 200_000,
    "deep maps": HEAD + "{a: " * 200_000,
    "deep lists": HEAD + "- " * 200_000,
    "exploding anchors": BOMB + "interactions: *l39\n",
    "exploding merges": MERGES + "interactions: [*m39]\n",
    "a number to the base of 60": HEAD + "{method: " + ":".join(["59"] * 200_000) + "}\n",
    "a number to the base of 60, by its tag": HEAD + "{method: !!int " + ":".join(["59"] * 200_000) + "}\n",
    "a long number": HEAD + "{method: " + "9" * 1_000_000 + "}\n",
    "deep JSON": '{"interactions": ' + "[" * 500_000,
    "a reference to itself": "interactions: &a [*a]\n",
    "headers of headers": "a: &a {x: [[y]]}\n"
    + yaml.dump({"interactions": [vcr_entry(request={"headers": {"a": [["b"]]}})]}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_rejected(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(HOSTILE[name], encoding="utf-8")
    with pytest.raises(UsageError, match=r"a\.yaml"):
        read(path)


@pytest.mark.parametrize("opening", ["[", "{a: "])
def test_what_is_nested_too_deeply_is_said_in_our_words_whoever_notices(tmp_path: Path, opening: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(HEAD + opening * 200_000, encoding="utf-8")
    with pytest.raises(UsageError, match="nested more than 100 levels deep"):
        read(path)


HUGE = """
import re, sys
from pathlib import Path
from roomproof.cassettes.recording import open_recording
from roomproof.errors import UsageError
path, kind = Path(sys.argv[1]), sys.argv[2]
HEADS = {
    "line": "interactions:\\n- request: '", "lines": "interactions:\\n- request: |\\n ",
    "head": "a: |\\n ", "json": '{"interactions": ["',
    "rest": "interactions:\\n- 1\\nb: |\\n ",
}
with path.open("w") as file:
    file.write(HEADS[kind])
    for _ in range(100):
        file.write("x" * 999_998 + "\\n " if kind in ("lines", "head", "rest") else "x" * 1_000_000)
try:
    list(open_recording(path).interactions())
except UsageError as error:
    # Of this program alone: what getrusage tells begins with the size of the process that has started it.
    print("refused", int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) // 1024)
"""


@pytest.mark.parametrize("kind", ["line", "lines", "head", "rest", "json"])
def test_a_scalar_of_100_mb_is_rejected_within_300_mb_of_memory(tmp_path: Path, kind: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", HUGE, str(tmp_path / "a.yaml"), kind],
        capture_output=True,
        text=True,
        check=True,
    )
    word, megabytes = done.stdout.split()
    assert word == "refused"
    assert int(megabytes) < 300


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_text_makes_a_reader_stumble(tmp_path: Path, data: st.DataObject) -> None:
    whole = data.draw(
        st.sampled_from(
            [
                yaml.dump({"interactions": [vcr_entry()] * 2}),
                har(har_entry(text="{}")),
                json.dumps({"interactions": []}),
            ]
        )
    )
    start, end = sorted(data.draw(st.tuples(st.integers(0, len(whole)), st.integers(0, len(whole)))))
    noise = data.draw(
        st.one_of(
            st.text(max_size=8), st.sampled_from(["- ", "{", "&a ", "*a", "!!int ", "\n", "null", "[", "'"])
        )
    )
    path = tmp_path / "a.yaml"
    path.write_text(whole[:start] + noise + whole[end:], encoding="utf-8", errors="surrogatepass")
    try:
        read(path)
    except UsageError as error:
        told = str(error)
    else:
        told = str(path)
    assert told.startswith(str(path))


def test_a_long_cassette_is_not_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_file, "MAX_WHOLE", 10)
    assert damage.MAX_WHOLE > 10
    path = written(tmp_path / "a.yaml", [vcr_entry() for _ in range(500)])
    assert len(read(path)) == 500


def test_a_folder_stands_for_the_recordings_in_it(tmp_path: Path) -> None:
    for name in (
        "b/two.yaml",
        "one.json",
        "b/c/three.har",
        "notes.md",
        "one.json.verdicts.json",
        ".hidden.yaml",
        "regressions/x.yaml",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert list(found_in(tmp_path).files) == [
        tmp_path / "b/c/three.har",
        tmp_path / "b/two.yaml",
        tmp_path / "one.json",
    ]
    assert list(found_in(tmp_path / "regressions").files) == [tmp_path / "regressions" / "x.yaml"]
    assert list(found_in(tmp_path / "notes.md").files) == [tmp_path / "notes.md"]


@pytest.mark.parametrize("name", ["nothing", "empty"])
def test_where_there_is_no_recording_the_user_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match=name):
        list(found_in(tmp_path / name).files)


@pytest.mark.parametrize("before", ["interactions: [", "roomproof: ["])
def test_more_values_than_memory_holds_are_rejected_with_their_line(before: str, tmp_path: Path) -> None:
    """Each of two letters in a file costs half a kilobyte once it is read: a file of 30 MB took ten
    thousand.
    """
    path = tmp_path / "wide.yaml"
    path.write_text(f"version: 1\n{before}{'a,' * 1_000_100}a]\n", encoding="utf-8")
    with pytest.raises(
        UsageError, match=r"wide\.yaml, line 2: is not readable as YAML \(more than 1000000 values"
    ):
        list(open_recording(path).interactions())
