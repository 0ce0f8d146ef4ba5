"""The engine and the generic strategies know no provider by name, and no header of one.

Only contracts, mocks, ways to authenticate, and strategies of one provider do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMES = ("azure", "telnyx", "carrierx", "signalwire")
VENDOR = re.compile(rf"{'|'.join(NAMES)}|(?<![a-z])acs(?![a-z])|x-ms-", re.IGNORECASE)


def sources() -> Iterator[Path]:
    """Every text of the engine but its mocks, every strategy and every fault but those of one provider or one
    scheme.
    """
    for path in (ROOT / "src" / "roomproof").rglob("*"):
        if path.is_file() and path.suffix != ".pyc" and "mocks" not in path.parts:
            yield path
    others = (path for folder in ("strategies", "faults") for path in (ROOT / folder).rglob("*.py"))
    yield from (path for path in others if path.stem not in (*NAMES, "hmac_signature"))


def test_the_engine_names_no_vendor() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in sources()
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if VENDOR.search(line)
    ]
    assert found == []


def test_the_search_for_vendors_sees_the_engine() -> None:
    names = {path.name for path in sources()}
    assert {"judge.py", "run.py", "boundary.py", "openapi.yaml"} <= names
    assert VENDOR.search("an ACS room")
    assert VENDOR.search('"X-Ms-Date"')
    assert not VENDOR.search("brackets, facsimiles")
