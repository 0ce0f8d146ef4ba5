"""`--deviations`: known deviations of the user's own, beside those of a built-in provider."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import roomproof as package
from roomproof.errors import ContractError
from roomproof.providers import bundled
from roomproof.runs.destination import Destination, ServerSettings, destinations

Run = Callable[..., Any]
CLAUSE = "telnyx.get-room.response.data.enable_recording.type"
OWN = """\
- clause: {clause}
  witness:
    /response/body/data/enable_recording: {{type: string}}
  reason: it is a word
  evidence: seen
  seen: 2026-01-01
  expires: 2036-01-01
  occurs: sometimes
"""


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A recording of a provider that answers a text for a flag."""
    text = (bundled("cassettes") / "telnyx" / "mock" / "get-room.yaml").read_text(encoding="utf-8")
    path = tmp_path / "recording.yaml"
    path.write_text(re.sub(r'("enable_recording": )(true|false)', r'\1"no"', text), encoding="utf-8")
    return path


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "ours.yaml"
    path.write_text(OWN.format(clause=CLAUSE), encoding="utf-8")
    return path


def verdicts(report: dict[str, Any]) -> dict[str, str]:
    (provider,) = report["providers"]
    return {finding["clause"]: finding["verdict"] for finding in provider["findings"]}


def test_an_entry_excuses_what_it_is_about(recording: Path, own: Path, inside: Run) -> None:
    bare = inside("replay", recording, "--json", "bare.json")
    assert bare.code == 1
    excused = inside("replay", recording, "--deviations", own, "--json", "excused.json")
    before, after = (
        verdicts(json.loads((recording.parent / f"{name}.json").read_text(encoding="utf-8")))
        for name in ("bare", "excused")
    )
    assert before[CLAUSE] == "fail"
    assert after.get(CLAUSE) == "deviation"
    assert {name: word for name, word in after.items() if name != CLAUSE} == {
        name: word for name, word in before.items() if name != CLAUSE
    }
    assert excused.err == bare.err


@pytest.mark.parametrize(
    "command", [["verify", "telnyx", "--max-examples", "0"], ["replay", "recording.yaml"]]
)
@pytest.mark.usefixtures("recording")
def test_an_entry_that_names_no_clause_is_told(command: list[str], inside: Run, tmp_path: Path) -> None:
    wrong = OWN.format(clause=CLAUSE) + OWN.format(clause=CLAUSE.replace("recording", "recordings"))
    (tmp_path / "ours.yaml").write_text(wrong, encoding="utf-8")
    done = inside(*command, "--deviations", "ours.yaml")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(
        "roomproof: ours.yaml, entry 2: clause 'telnyx.get-room.response.data.enable_recordings"
    )
    assert f"did you mean '{CLAUSE}'?" in done.err


def test_an_entry_about_another_provider_waits_for_it(own: Path) -> None:
    only = ["carrierx.create-room.request.body.media-type"]
    report = package.verify("carrierx", max_examples=0, only=only, deviations=[own])
    assert report.providers[0].provider == "carrierx"


def test_a_file_that_is_not_there_is_told(recording: Path) -> None:
    with pytest.raises(ContractError, match=r"none\.yaml: cannot be read"):
        package.replay(recording, deviations=[Path("none.yaml")])


def test_the_line_that_finds_the_same_again_names_the_file(own: Path) -> None:
    (telnyx,) = destinations(("telnyx",), ServerSettings(None, None, False, None, (), (), {}, (own,)))
    assert isinstance(telnyx, Destination)
    assert telnyx.words == ("--deviations", str(own))
    assert telnyx.deviations[-1].clause == CLAUSE
