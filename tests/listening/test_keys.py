"""A key under a name that only its contract tells is kept out of a cassette, which is played all the same."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import vcr

from roomproof.auth.scheme import Carrier
from roomproof.listening.contracts import known_contracts
from roomproof.listening.stream import Listening
from roomproof.listening.vcr_cassettes import listened_cassettes

KEY = "kEy4f0c-Zz9w"


def listening() -> Listening:
    """Listen to a provider that wants its key in the query."""
    contract, deviations = known_contracts((), "telnyx")["telnyx"]
    spec = replace(contract.credentials, scheme="api-key", carrier=Carrier("query", "k"))
    return Listening({"telnyx": (replace(contract, credentials=spec), deviations)}, "telnyx")


@dataclass
class Ear:
    root: Path
    listening: Listening = field(default_factory=listening)
    problems: list[str] = field(default_factory=list)
    played: dict[object, Any] = field(default_factory=dict)

    def secrets(self) -> tuple[str, ...]:
        return tuple(self.listening.keys)


def test_a_key_that_only_the_contract_tells_stays_out_of_the_cassette(place: Any, tmp_path: Path) -> None:
    client, path = httpx.Client(headers=place.headers), tmp_path / "keyed.yaml"
    url = f"{place.url()}?k={KEY}&page=1"
    for mode in ("once", "none"):
        ear = Ear(tmp_path)
        with listened_cassettes(lambda ear=ear: ear), vcr.use_cassette(path, record_mode=mode):  # type: ignore[misc]
            assert client.patch(url, content=b'{"max_participants": 7}').status_code == 200
        assert ear.problems == []
    text = path.read_text(encoding="utf-8")
    assert KEY not in text
    assert "page=1" in text
