"""The pytest plugin: every clause of a provider as a test, regressions that are sent again, and the user's
own tests judged.

pytest loads this package wherever roomproof is installed. So it imports nothing of the engine before a run
asks for it, adds its options after everybody else has, and leaves out those whose name is taken; `--base-url`
then is the other plugin's.
"""

from __future__ import annotations

import tempfile
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

import pytest

from roomproof.errors import RoomproofError
from roomproof.pytest_plugin.clauses import ClauseItem, Provider
from roomproof.pytest_plugin.client import ClientItem
from roomproof.pytest_plugin.own_tests import (
    MODES,
    PLUGIN,
    SETTING,
    OwnTests,
    is_wanted,
    mode_of,
    roomproof_judging,
)
from roomproof.pytest_plugin.regressions import RegressionFile, RegressionItem, is_regression
from roomproof.pytest_plugin.settings import (
    ASKED,
    CLIENT,
    asked_of,
    dest,
    hand_over,
    prepare,
    read_contracts,
    take_over,
)
from roomproof.pytest_plugin.tally import SessionTally
from roomproof.pytest_plugin.warning import RoomproofWarning

__all__ = ["RoomproofWarning", "roomproof_judging"]

_OPTIONS: Mapping[str, Mapping[str, str]] = {
    "--provider": {
        "action": "append",
        "metavar": "NAME",
        "help": "test every clause of this provider; may be given more than once",
    },
    "--base-url": {
        "metavar": "URL",
        "help": "the server of the one provider, path prefix included; its built-in mock (`mock`) by default",
    },
    "--room-id": {
        "metavar": "ID",
        "help": "the room that may be changed, where no document says how to make one",
    },
    "--cassette": {
        "action": "append",
        "metavar": "PATH",
        "help": "judge this recording, or a folder of them, and send nothing",
    },
    "--allow-variable": {
        "action": "append",
        "metavar": "NAME",
        "help": "an environment variable that a contract of --contracts may name, though it is not its own",
    },
    "--deviations": {
        "action": "append",
        "metavar": "PATH",
        "help": "a file with known deviations of your own, beside those of the provider",
    },
    "--contracts": {
        "action": "append",
        "metavar": "DIR",
        "help": "a folder with further contracts (DIR/PROVIDER/openapi.yaml)",
    },
}
_ABSENT = object()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the one setting; its name is ours alone."""
    parser.addini(
        SETTING,
        f"what a broken clause does to a test that is marked vcr: {', '.join(MODES)}",
        default=MODES[0],
    )


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser
) -> Generator[None, Any, Any]:
    """Add the options when every plugin and conftest.py has added its own."""
    result = yield
    group = parser.getgroup("roomproof", "roomproof: clauses of meeting-room APIs as tests")
    for name, attributes in _OPTIONS.items():
        if early_config.getoption(name, _ABSENT) is _ABSENT:
            group.addoption(name, dest=dest(name), **attributes)
    about = (
        "what the client sent outside the contract, in --cassette and in judged tests: fail, warn "
        "(the default) or off"
    )
    parser.addini(CLIENT, about, default="warn")
    return result


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known that every item of roomproof bears, and that asks for a test of the user's to be
    judged.
    """
    marker = (
        "roomproof(provider, contracts=None, strict=False, client=...): judge what the test "
        "exchanges with the provider"
    )
    config.addinivalue_line(
        "markers", f"{marker}; roomproof's own items bear it, too, with operation and level"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Find out what is asked for; nothing is sent before an item needs it."""
    config = session.config
    handed = getattr(config, "workerinput", {}).get("roomproof")
    try:
        asked = config.stash[ASKED] = asked_of(config)
        if handed is None:
            prepare(config, asked)
            config.pluginmanager.register(SessionTally(asked), "roomproof-tally")
        else:
            read_contracts(config, asked, take_over(asked, handed))
    except RoomproofError as error:
        raise pytest.UsageError(str(error)) from error


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Give a worker of pytest-xdist the verdicts.

    None is started before they are there, so each provider is verified once, and never by two at the same
    time.
    """
    config = node.config
    asked = config.stash[ASKED]
    for provider in asked.clauses:
        asked.report_on(provider)
    if asked.base_url is not None and not asked.turn:
        folder = tempfile.TemporaryDirectory(prefix="roomproof-")
        config.add_cleanup(folder.cleanup)
        asked.turn = str(Path(folder.name, "turn"))
    node.workerinput["roomproof"] = hand_over(asked)


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say in one line who is tested, and where."""
    asked = config.stash[ASKED]
    if not asked.clauses:
        return []
    if asked.cassettes:
        return [f"roomproof: {'; '.join(map(asked.place, asked.clauses))}"]
    return [f"roomproof: {', '.join(asked.clauses)} at {asked.server()}"]


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Put the providers beside the files of the session."""
    report = yield
    if isinstance(collector, pytest.Session):
        providers = collector.config.stash[ASKED].clauses
        nodes = [
            Provider.from_parent(collector, name=name, nodeid=f"roomproof::{name}") for name in providers
        ]
        report.result = [*report.result, *nodes]
    return report


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> RegressionFile | None:
    """Collect regressions: files in a folder `regressions` that are named like a clause."""
    return RegressionFile.from_parent(parent, path=file_path) if is_regression(file_path) else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Look for tests of the user's that are to be judged; without any nothing listens."""
    mode = mode_of(config)
    if any(is_wanted(item, mode) for item in items):
        config.pluginmanager.register(OwnTests(mode), PLUGIN)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show a defect of ours with Python's own traceback: pytest's has the values of arguments in it, and
    credentials are among them.
    """
    told = (pytest.fail.Exception, pytest.skip.Exception, RoomproofWarning)
    defect = call.excinfo
    if (
        not isinstance(item, ClauseItem | ClientItem | RegressionItem)
        or defect is None
        or isinstance(defect.value, told)
    ):
        return (yield)
    # pytest spells out what it is not to show, too, which takes long where everything is asked for.
    defect.traceback = defect.traceback[-1:]
    report = yield
    report.longrepr = defect.getrepr(style="native")
    return report
