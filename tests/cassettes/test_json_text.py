"""A JSON text of any length is cut into its entries: what is wrong with one costs no other, and no length
costs memory.
"""

from __future__ import annotations

import json
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomproof.cassettes import json_text
from roomproof.cassettes.damage import DamageError
from roomproof.cassettes.entry import Entry, Unreadable
from roomproof.cassettes.json_text import JsonText
from roomproof.cassettes.recording import open_recording
from roomproof.errors import UsageError

URL = "https://api.example.com/v1/rooms/r-1"


def har_entry(**changes: Any) -> dict[str, Any]:
    response = {
        "status": 200,
        "headers": [],
        "content": {"size": 2, "mimeType": "application/json", "text": "{}"},
    }
    return {"request": {"method": "GET", "url": URL, "headers": []}, "response": response, **changes}


def document(*entries: str, after: str = "]}}") -> str:
    return '{"log": {"version": "1.2", "entries": [\n' + ",\n".join(entries) + "\n" + after


def read(path: Path, content: str | bytes) -> list[Entry | Unreadable]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    return list(open_recording(path).entries())


GOOD = json.dumps(har_entry())
ODD = {
    "no JSON between its brackets": GOOD.replace("200", "two hundred"),
    "a number that begins with 0": GOOD.replace("200", "0200"),
    "an escape that nobody knows": GOOD.replace("GET", "\\q"),
    "a comma too many": GOOD[:-1] + ",}",
    "deep brackets": GOOD[:-1] + ', "_x": ' + "[" * 50_000 + "]" * 50_000 + "}",
    "no object": "3",
    "more values than memory holds": GOOD[:-1] + ', "_x": [' + "1," * 1_000_001 + "1]}",
    "a number of 5,000 digits": GOOD.replace("200", "9" * 5_000),
}


@pytest.mark.parametrize("name", ODD)
def test_an_entry_that_is_no_json_costs_itself_alone(tmp_path: Path, name: str) -> None:
    first, odd, last = read(tmp_path / "a.har", document(GOOD, ODD[name], GOOD))

    assert (isinstance(first, Entry), isinstance(odd, Unreadable), isinstance(last, Entry)) == (
        True,
        True,
        True,
    )
    assert (odd.place, last.place) == ("line 3", "line 4")


LENIENT = {
    "not a number": (GOOD[:-1] + ', "time": NaN}').encode(),
    "infinity": (GOOD[:-1] + ', "time": -Infinity}').encode(),
    "a large number": (GOOD[:-1] + ', "time": 1e999, "x": 123456789012345678901234567890}').encode(),
    "half a letter": (GOOD[:-1] + ', "comment": "\\ud800"}').encode(),
    "a byte that is no UTF-8": GOOD[:-1].encode() + b', "comment": "\xff"}',
    "a raw line break in a text": (GOOD[:-1] + ', "comment": "a\nb"}').encode(),
    "a name twice": (GOOD[:-1] + ', "time": 1, "time": 2}').encode(),
}


@pytest.mark.parametrize("name", LENIENT)
def test_what_recorders_write_beyond_json_is_read(tmp_path: Path, name: str) -> None:
    found = read(tmp_path / "a.har", document("@", GOOD).encode().replace(b"@", LENIENT[name]))

    assert [isinstance(entry, Entry) for entry in found] == [True, True]


def test_a_body_with_half_a_letter_is_missing_and_its_status_is_not(tmp_path: Path) -> None:
    lost = GOOD.replace('"{}"', '"{\\"name\\": \\"\\ud800\\"}"')

    (found,) = read(tmp_path / "a.har", document(lost))
    assert isinstance(found, Entry)
    assert found.interaction.response is not None
    assert (found.interaction.response.status, found.interaction.response.body, found.bodies_missing) == (
        200,
        b"",
        True,
    )


@pytest.mark.parametrize("coding", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_a_byte_order_mark_tells_the_coding(tmp_path: Path, coding: str) -> None:
    mark = "\ufeff" if coding == "utf-16-le" else ""
    (found,) = read(tmp_path / "a.har", (mark + document(GOOD.replace("{}", "é"))).encode(coding))

    assert isinstance(found, Entry)
    assert found.interaction.response is not None
    assert found.interaction.response.body == "é".encode()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (document(GOOD, GOOD)[:-40], 3),
        (document(GOOD, after=""), 3),
        (document(GOOD, after="]}} more"), 3),
        (document(GOOD, after="}}"), 3),
        (document(GOOD, '{"request": "'), 3),
    ],
    ids=["within an entry", "between entries", "more behind its end", "the wrong bracket", "within a text"],
)
def test_what_stands_before_the_damage_is_read_and_the_damage_has_its_line(
    tmp_path: Path, text: str, line: int
) -> None:
    path = tmp_path / "a.har"
    path.write_text(text, encoding="utf-8")
    entries = open_recording(path).entries()

    assert isinstance(next(entries), Entry)
    with pytest.raises(UsageError, match=rf"a\.har, line {line}: is not readable as JSON"):
        list(entries)


def test_the_list_is_found_wherever_it_stands(tmp_path: Path) -> None:
    before = (
        '{"version": 1, "other": {"interactions": [1, {"log": []}]}, "log": {"pages": [{"id": '
        '"}"}], "entries": ['
    )
    found = read(tmp_path / "a.json", before + GOOD + ',]}, "roomproof": null}')

    assert [isinstance(entry, Entry) for entry in found] == [True]
    assert found[0].place == "interaction 1"


VALUES = st.recursive(
    # Larger integers are read as floats, here as everywhere.
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**63), 2**64 - 1),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=30),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(
    items=st.lists(VALUES, max_size=6),
    indent=st.sampled_from([None, 1]),
    plain=st.booleans(),
    part=st.integers(1, 60),
)
def test_items_are_what_a_parser_of_the_whole_finds(
    items: list[Any], indent: int | None, plain: bool, part: int
) -> None:
    content = json.dumps(items, indent=indent, ensure_ascii=plain).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_text, "_PART", part)
        text = JsonText(BytesIO(content))
        found = list(text.items())
        text.end()

    assert [item.parsed() for item in found] == items
    assert [content.split(b"\n")[item.line - 1].strip()[:1] for item in found if indent] == [
        (item.content or b"")[:1] for item in found if indent
    ]


@given(items=st.lists(st.text(max_size=80), min_size=1, max_size=6), part=st.integers(1, 30))
def test_long_texts_are_left_out_and_counted(items: list[str], part: int) -> None:
    content = json.dumps([{"text": item} for item in items]).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_text, "_PART", part)
        patch.setattr(json_text, "LONGEST_TEXT", 40)
        found = list(JsonText(BytesIO(content)).items())

    for item, one in zip(items, found, strict=True):
        assert (one.parsed()["text"], one.left_out) in [(item, 0), (None, len(json.dumps(item)))]
        assert one.left_out or len(json.dumps(item)) <= 40 + part


@given(content=st.binary(max_size=40).map(lambda noise: b"[" + noise), part=st.integers(1, 5))
def test_no_bytes_make_it_stumble(content: bytes, part: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_text, "_PART", part)
        try:
            for item in JsonText(BytesIO(content)).items():
                item.parsed()
        except (DamageError, json_text.BadJsonError) as error:
            told = str(error)
        else:
            told = "read"
    assert told


VAST = """
import re, sys
from pathlib import Path
from roomproof.cassettes.recording import open_recording
path, entry = Path(sys.argv[1]), sys.argv[2]
with path.open("w") as file:
    file.write('{"log": {"entries": [' + entry + "," + entry[:-len('{}"}}}')])
    for _ in range(40):
        file.write("x" * 1_000_000)
    file.write('"}}},' + entry + "]}}")
first, vast, last = open_recording(path).entries()
print(vast.interaction.response.left_out, vast.bodies_missing, last.interaction.response.body.decode())
print(int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for the memory")
def test_an_entry_with_a_body_of_40_mb_costs_its_beginning(tmp_path: Path) -> None:
    entry = json.dumps(har_entry(), separators=(",", ":"))
    assert entry.endswith('"{}"}}}')
    done = subprocess.run(
        [sys.executable, "-c", VAST, str(tmp_path / "a.har"), entry],
        capture_output=True,
        text=True,
        check=True,
    )

    left_out, missing, body, megabytes = done.stdout.split()
    assert (int(left_out) > 40_000_000, missing, body) == (True, "True", "{}")
    assert int(megabytes) < 100
