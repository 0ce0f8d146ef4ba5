"""Whatever a field, a clause or a provider is called: its file stays below its folder, and is nobody
else's.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomproof.cassettes.file_name import LONGEST, file_name
from roomproof.cassettes.recorder import cassette_path
from roomproof.cassettes.recording import open_recording
from roomproof.cassettes.redaction import Redactor
from roomproof.cassettes.regression import save
from roomproof.interaction import Interaction, Request, Response

KNOWN = Path(__file__).parents[1].joinpath("contract", "clause_ids.txt").read_text(encoding="utf-8").split()
NAMES = st.one_of(
    st.text(),
    st.text(st.sampled_from("./\\:%~ \0\naA\u0130\ud800")),
    st.sampled_from(("con", "CON.x", "nul", "Com1.a", "lpt9", "aux.yaml", "conin$")),
)


def test_clauses_of_today_keep_their_files() -> None:
    # But for the brackets in the names of some parameters.
    written = {clause: clause.replace("[", "%5B").replace("]", "%5D") for clause in KNOWN}
    assert [clause for clause in KNOWN if file_name(clause) != written[clause]] == []


@given(NAMES)
def test_a_name_is_one_name_in_one_folder(name: str) -> None:
    made = f"{file_name(name)}.yaml"
    assert made.isascii()
    assert made.isprintable()
    assert not {*made} & {*'/\\:*?"<>| '}
    assert not made.startswith(".")
    assert len(made) <= LONGEST + len(".yaml")
    assert not PureWindowsPath(made).is_reserved()
    assert Path("folder", made).resolve().parent == Path("folder").resolve()


@given(NAMES, NAMES)
def test_two_names_are_two_files(one: str, other: str) -> None:
    assert (file_name(one) == file_name(other)) is (one == other)


def test_long_names_are_cut_and_still_two() -> None:
    one, other = (file_name(f"telnyx.{'x' * 5_000}.{end}") for end in "ab")
    assert one != other
    assert len(one) == len(other) == LONGEST


@pytest.mark.parametrize(
    "field",
    ["../../../evil", "..\\..\\evil", "/etc/evil", "a:b", "a\0b", "a\nb", "x" * 3_000, "é", "a b", "%2F"],
)
def test_a_field_of_any_name_leaves_nothing_outside_the_folder(field: str, tmp_path: Path) -> None:
    clause, folder = f"acme.update-room.request.{field}.type", tmp_path / "a" / "b" / "c" / "regressions"
    answered = Interaction(Request("PATCH", "http://127.0.0.1:1/rooms/1"), Response(200))

    path = save(folder, clause, {"provider": "acme"}, [answered], Redactor((), live=False))

    assert path is not None
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == [path]
    assert path.parent == folder
    assert open_recording(path).told["clause"] == clause


def test_a_recording_of_a_provider_of_any_name_stands_in_its_folder(tmp_path: Path) -> None:
    assert cassette_path(tmp_path, "../../evil", 1, datetime.now(UTC)).parent == tmp_path
