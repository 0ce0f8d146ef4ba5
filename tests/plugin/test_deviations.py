"""`--deviations` of the plugin: known deviations of the user's own excuse a clause."""

from __future__ import annotations

import re

import pytest

from roomproof.providers import bundled

pytest_plugins = ["pytester"]
CLAUSE = "telnyx.get-room.response.data.enable_recording.type"
OWN = f"""\
- clause: {CLAUSE}
  witness:
    /response/body/data/enable_recording: {{type: string}}
  reason: it is a word
  evidence: seen
  seen: 2026-01-01
  expires: 2036-01-01
  occurs: sometimes
"""


def test_an_entry_excuses_a_clause_in_a_recording(pytester: pytest.Pytester) -> None:
    text = (bundled("cassettes") / "telnyx" / "mock" / "get-room.yaml").read_text(encoding="utf-8")
    bad = re.sub(r'("enable_recording": )(true|false)', r'\1"no"', text)
    (pytester.path / "recording.yaml").write_text(bad, encoding="utf-8")
    (pytester.path / "ours.yaml").write_text(OWN, encoding="utf-8")
    node = "roomproof::telnyx::get-room.response.data.enable_recording.type"
    words = ("--cassette=recording.yaml", "-q", node)
    assert pytester.runpytest_subprocess(*words, timeout=120).parseoutcomes() == {"failed": 1}
    excused = pytester.runpytest_subprocess(*words, "--deviations=ours.yaml", timeout=120)
    assert "failed" not in excused.parseoutcomes()
    (pytester.path / "ours.yaml").write_text(OWN.replace("get-room", "got-room"), encoding="utf-8")
    wrong = pytester.runpytest_subprocess(*words, "--deviations=ours.yaml", timeout=120)
    assert "ours.yaml, entry 1: clause 'telnyx.got-room" in wrong.stderr.str() + wrong.stdout.str()
