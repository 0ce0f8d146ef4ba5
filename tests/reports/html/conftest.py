"""Real reports of a right and of a wrong provider, pages made of them, and a browser to look at these."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from roomproof.api import replay, verify
from roomproof.json_data import as_json
from roomproof.providers import bundled, find_fault, find_mock
from roomproof.report.document import report_from
from roomproof.reports.html import html

HERE = Path(__file__).parent
Json = Any
FAULTS = ("max-64", "recording-reset", "created-at-format")
"""Of each sort one: a limit, something that takes a sequence, a response."""


def _loaded(name: str) -> ModuleType:
    """Import a module of this folder, which is no package."""
    spec = importlib.util.spec_from_file_location(f"roomproof_tests_{name}", HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def right() -> Json:
    """What the shipped recordings of four providers say: nothing fails, and not everything is exercised."""
    report = replay(
        *(bundled("cassettes") / name / "mock" for name in ("azure", "carrierx", "signalwire", "telnyx"))
    )
    node = json.loads(as_json(report))
    for provider in node["providers"]:
        provider["started"] = "2026-01-02T03:04:05+00:00"
    return node


@pytest.fixture(scope="session")
def wrong(serving: Any) -> Json:
    """What a run against a provider with three faults says."""
    mock = find_mock("telnyx")
    app = mock.build()
    for fault in FAULTS:
        app = find_fault("telnyx", fault).around(app)
    with serving(app) as origin:
        where = {"base_url": origin + mock.prefix, "room_id": mock.room_id, "environment": mock.environment}
        report = verify("telnyx", **where, only=("telnyx.update-room.*",), max_examples=0, strict=True)
    return json.loads(as_json(report))


@pytest.fixture(scope="session")
def serving() -> Any:
    return _loaded("serving").serving


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Write a page about some reports and return its path."""

    def write(*reports: Json) -> Path:
        path = tmp_path_factory.mktemp("page") / "report.html"
        page = html([report_from(one) for one in reports])
        path.write_text(page, encoding="utf-8", errors="backslashreplace")
        return path

    return write


@pytest.fixture(scope="session")
def page(written: Callable[..., Path], right: Json, wrong: Json) -> Path:
    """A page about one run of four providers, one of which is wrong."""
    providers = [*wrong["providers"], *(node for node in right["providers"] if node["provider"] != "telnyx")]
    return written({**right, "providers": providers})


@pytest.fixture(scope="session")
def trend(written: Callable[..., Path], right: Json, wrong: Json) -> Path:
    """A page about two runs of one provider: it was right, and is wrong now."""
    return written(
        wrong, {**right, "providers": [node for node in right["providers"] if node["provider"] == "telnyx"]}
    )


@pytest.fixture(scope="session")
def _browser() -> Iterator[Any]:
    module = _loaded("browser")
    if module.found() is None:
        missing = (
            "no Chromium and chromedriver on this machine (Debian: apt-get install chromium chromium-driver)"
        )
        if os.environ.get("CI"):
            pytest.fail(f"{missing}: CI has to have them")
        pytest.skip(missing)
    with module.browser() as browser:
        yield browser


@pytest.fixture
def browser(_browser: Any) -> Any:
    """The browser, as it is at first."""
    _browser.plain()
    return _browser
