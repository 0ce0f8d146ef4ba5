"""What the tests of the documentation share: the module that plays pages, and a stage for them on
loopback.
"""

from __future__ import annotations

import importlib.util
import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from roomproof.targets.serve import mock_process

ROOT = Path(__file__).parents[2]
LIVE = {"https://api.telnyx.com/v2": "telnyx", "https://staging.example.com/v2": "telnyx"}
"""The addresses of real providers on the pages, and whose mock stands in for each."""
PORTS = ("8000", "8080", "8081", "8082")
"""The ports on the pages; each is a free one where the page is played."""
ROOM = "5e3b9c0e-2a3f-4a57-8f06-9d1c4f7ab210"
GIVEN = {
    "${{ secrets.TELNYX_API_KEY }}": "mock-telnyx-key",
    "${{ secrets.STAGING_KEY }}": "mock-telnyx-key",
    "your-key": "mock-telnyx-key",
    "${{ vars.ROOM }}": ROOM,
    "your-room": ROOM,
    "--rate 5/s": "--rate 500/s --max-examples 5",
}
"""What stands for a reader's own key and room; and nobody here has to be spared, nor is a run to last."""


def _loaded() -> ModuleType:
    """Import page.py, which is in no package."""
    spec = importlib.util.spec_from_file_location("roomproof_tests_page", Path(__file__).parent / "page.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


PAGE = _loaded()


@pytest.fixture(scope="session")
def page() -> ModuleType:
    """The module that plays pages."""
    return PAGE


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """All that a page may know of the machine."""
    found = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}",
        "HOME": str(tmp_path),
        "COLUMNS": "100",
        "NO_COLOR": "1",
    }
    # The pages show tests in the order of the contract, also where a plugin that shuffles them happens to be
    # installed.
    found |= {"PYTHONUTF8": "1", "LC_ALL": "C.UTF-8", "TERM": "dumb", "PYTEST_ADDOPTS": "-p no:randomly"}
    # First what the page installs; then, where the checkout is tested and not the wheel, the checkout.
    return found | {
        "PYTHONPATH": os.pathsep.join(
            [str(tmp_path / ".site"), *filter(None, [os.environ.get("PYTHONPATH")])]
        )
    }


@pytest.fixture
def stage(tmp_path: Path, environment: dict[str, str]) -> Iterator[Callable[[str], Any]]:
    """Make the stage of a page, given its text: a folder with the contracts, free ports, mocks in place of
    live providers.
    """
    with ExitStack() as stack:

        def build(text: str) -> Any:
            (tmp_path / "contracts").symlink_to(ROOT / "contracts")
            pairs = [
                (url, stack.enter_context(mock_process(provider)).base_url)
                for url, provider in LIVE.items()
                if url in text
            ]
            ports = [(port, _free_port()) for port in PORTS if port in text]
            return PAGE.Stage(tmp_path, environment, [*pairs, *ports], list(GIVEN.items()))

        yield build


def _free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return str(listening.getsockname()[1])
