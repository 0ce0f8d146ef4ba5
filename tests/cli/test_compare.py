"""`roomproof compare` as a user meets it: the same provider twice has not changed, a provider that changed is
told what.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp

from roomproof.providers import find_mock

Run = Callable[..., Any]
Serve = Callable[[ASGIApp], str]
TELNYX = find_mock("telnyx")


def renamed(_: Mapping[str, str], response: dict[str, Any]) -> dict[str, Any]:
    """What a vendor does without notice: a field gets another name, another one another type."""
    room = response.get("data")
    if isinstance(room, dict):
        room["record"] = room.pop("record_type")
        room["max_participants"] = str(room["max_participants"])
    return response


@pytest.fixture(scope="module")
def recorded(command: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two recorded runs against the mock as it is, `one` and `two`, and their reports."""
    folder = tmp_path_factory.mktemp("recorded")
    for name, seed in (("one", "1"), ("two", "2")):
        words = ("--max-examples", "10", "--seed", seed, "--record", f"{name}.yaml", "--json", f"{name}.json")
        subprocess.run([command, "verify", "telnyx", *words], cwd=folder, check=True, capture_output=True)
    return folder


def test_the_same_provider_twice_has_not_changed(inside: Run, recorded: Path) -> None:
    for ending in ("yaml", "json"):
        done = inside("compare", recorded / f"one.{ending}", recorded / f"two.{ending}")
        assert (done.code, done.err) == (0, "")
        assert "none changed" in done.out
    assert "changes in responses: 0" in inside("compare", recorded / "one.yaml", recorded / "two.yaml").out


def test_a_provider_that_changed_is_told_what(
    inside: Run, serve: Serve, tampered: Any, recorded: Path, tmp_path: Path
) -> None:
    url = serve(tampered(TELNYX.build(), renamed)) + TELNYX.prefix
    words = ("--base-url", url, "--room-id", TELNYX.room_id, "--max-examples", 10, "--seed", 1)
    inside("verify", "telnyx", *words, "--record", "now.yaml", "--json", "now.json", env=TELNYX.environment)
    done = inside("compare", recorded / "one.yaml", "now.yaml", "--json", "changes.json")

    assert done.code == 1
    broken = "telnyx.update-room.response.data.max_participants.type"
    assert broken in done.out
    told = json.dumps(json.loads((tmp_path / "changes.json").read_text(encoding="utf-8")))
    for word in (broken, "data.record", "data.record_type", "data.max_participants", "appeared", "vanished"):
        assert f'"{word}"' in told, word
    assert inside("compare", "now.yaml", recorded / "one.yaml").code == 0, "what healed is no reason to fail"
    assert inside("compare", recorded / "one.json", "now.json").code == 1


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        ("one.json", "one.yaml", "one.yaml is not"),
        ("nothing.yaml", "one.yaml", "nothing.yaml"),
        ("bad.yaml", "one.yaml", "bad.yaml, line 2"),
    ],
    ids=["a report and a cassette", "no file", "a damaged file"],
)
def test_what_cannot_be_compared_is_explained(
    inside: Run, recorded: Path, tmp_path: Path, before: str, after: str, what: str
) -> None:
    for name in ("one.yaml", "one.json"):
        shutil.copy(recorded / name, tmp_path)
    (tmp_path / "bad.yaml").write_text("interactions:\n- 1\n", encoding="utf-8")
    done = inside("compare", before, after)
    assert done.code == 2
    assert what in done.err
    assert len(done.err.splitlines()) == 1
