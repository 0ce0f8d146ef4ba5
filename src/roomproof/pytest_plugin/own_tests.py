"""The user's own tests, judged: what a test with the marker, or with a cassette, exchanges with a provider
decides on that very test.

| what | where |
|---|---|
| who is to be judged, and how | `wanted_of`: the marker `roomproof`, `roomproof_vcr`, `roomproof_client` |
| what is heard of a test | `JudgedTest`, from its setup to its teardown, through roomproof.listening |
| what becomes of it | `OwnTests`, whose hooks turn findings into the outcome of the test |

Nothing of the engine, and nothing of vcrpy, is imported before a test wants it.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from unittest import SkipTest

import pytest

from roomproof.errors import RoomproofError, UsageError
from roomproof.legible import one_line
from roomproof.pytest_plugin.clauses import ClauseItem
from roomproof.pytest_plugin.client import ClientItem
from roomproof.pytest_plugin.regressions import RegressionItem
from roomproof.pytest_plugin.settings import ASKED, CLIENT_WORDS
from roomproof.pytest_plugin.warning import RoomproofWarning

if TYPE_CHECKING:
    from roomproof.listening.stream import Contracts, Listening
    from roomproof.listening.vcr_cassettes import Playback

Client = TypeVar("Client")
SETTING = "roomproof_vcr"
MODES = ("off", "fail", "warn")
_MARKER = "roomproof"
_ARGUMENTS = ("provider", "contracts", "strict", "client")


@dataclass(frozen=True)
class JudgingMark:
    """How a test is to be judged: by whose contract (None: each request by its own), with which further
    contracts and deviations of the user's own, how strictly.

    `warns` makes warnings of what would fail; `must` fails a test of which nothing can be judged. `client`
    says what becomes of what the test's own client sends outside the contract: `fail`, `warn` or `off`.
    """

    provider: str | None = None
    contracts: tuple[Path, ...] = ()
    deviations: tuple[Path, ...] = ()
    strict: bool = False
    warns: bool = False
    must: bool = False
    client: str = "warn"


def mode_of(config: pytest.Config) -> str:
    """Return the setting. Raises pytest.UsageError for a value that it does not have."""
    mode = str(config.getini(SETTING)).strip().lower() or MODES[0]
    if mode not in MODES:
        raise pytest.UsageError(f"{SETTING} = {mode}: it is one of {', '.join(MODES)}")
    return mode


def is_wanted(item: pytest.Item, mode: str) -> bool:
    """Whether a test of the user's is to be judged: it bears our marker, or that of pytest-recording where
    the setting says so.
    """
    if isinstance(item, ClauseItem | ClientItem | RegressionItem):
        return False
    markers = (_MARKER,) if mode == MODES[0] else (_MARKER, "vcr")
    return any(item.get_closest_marker(marker) is not None for marker in markers)


def wanted_of(item: pytest.Item, mode: str) -> JudgingMark:
    """Return how a test is to be judged. Raises UsageError for a marker that has no meaning."""
    asked = item.config.stash[ASKED]
    marker = item.get_closest_marker(_MARKER)
    if marker is None:
        return JudgingMark(
            contracts=asked.contracts, deviations=asked.deviations, warns=mode == "warn", client=asked.client
        )
    given = {**dict(zip(_ARGUMENTS, marker.args, strict=False)), **marker.kwargs}
    unknown = [*(name for name in given if name not in _ARGUMENTS), *map(str, marker.args[len(_ARGUMENTS) :])]
    provider, strict, client = (
        given.get("provider"),
        given.get("strict", False),
        given.get("client", asked.client),
    )
    folders = given.get("contracts", ())
    named = [folders] if isinstance(folders, str | Path) else folders
    are_folders = isinstance(named, list | tuple) and all(isinstance(folder, str | Path) for folder in named)
    are_choices = isinstance(strict, bool) and client in CLIENT_WORDS
    if unknown or not isinstance(provider, str) or not are_choices or not are_folders:
        needs = (
            "names one provider as a text, folders, strict as True or False, and client as fail, warn or off"
        )
        why = f"has no {unknown[0]!r}" if unknown else needs
        raise UsageError(f"the marker roomproof(provider, contracts=..., strict=..., client=...) {why}")
    own = (item.config.rootpath / folder for folder in named)
    return JudgingMark(provider, (*asked.contracts, *own), asked.deviations, strict, must=True, client=client)


@dataclass(eq=False)
class JudgedTest:
    """A test of the user's while it lasts: what is heard of it, and which findings it has been told."""

    wanted: JudgingMark
    root: Path
    listening: Listening
    contracts: Contracts = field(repr=False)
    problems: list[str] = field(default_factory=list)
    played: dict[object, Playback] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    beside: str = ""
    is_skipped: bool = False
    _secrets: dict[str, None] = field(default_factory=dict, repr=False)
    _held: tuple[str, ...] = field(default=(), repr=False)

    @cached_property
    def _variables(self) -> tuple[str, ...]:
        specs = (contract.credentials for contract, _ in self.contracts.values())
        return tuple(name for spec in specs for name in spec.environment.values())

    def secrets(self) -> tuple[str, ...]:
        """Return the credentials that the environment holds, or has held while the test lasts."""
        from roomproof.listening.contracts import known_secrets

        held = tuple(os.environ.get(name, "") for name in self._variables)
        if held != self._held:
            self._held = held
            contracts = [contract for contract, _ in self.contracts.values()]
            self._secrets |= dict.fromkeys(known_secrets(contracts, os.environ))
        return (*self._secrets, *self.listening.keys)

    def found(self) -> tuple[list[str], list[str]]:
        """Return what the test has not been told yet: what fails it, and what it is only warned of."""
        from roomproof.listening.errors import text_of

        fails: list[str] = []
        warned: list[str] = []
        for hearing in self.listening.heard.values():
            for finding in hearing.verdicts.findings():
                key = f"{finding.verdict} {finding.clause.id}"
                if key in self.told:
                    continue
                self.told.add(key)
                if finding.verdict == "fail":
                    fails.append(text_of(finding, hearing, self.secrets()))
                elif finding.verdict == "warning":
                    warned.append(text_of(finding, hearing, self.secrets()))
        for text, is_error in self._found_of_client():
            (fails if is_error and self.wanted.client == "fail" else warned).append(text)
        fails += self.problems
        self.problems.clear()
        return fails, warned

    def _found_of_client(self) -> Iterator[tuple[str, bool]]:
        from roomproof.listening.errors import client_texts

        if self.wanted.client == "off":
            return
        for hearing in self.listening.heard.values():
            for text, is_error in client_texts(hearing, self.secrets()):
                # How often it was sent may grow until the teardown.
                clause, what = text.split("\n")[:2]
                if (key := f"{clause} {what}") not in self.told:
                    self.told.add(key)
                    yield text, is_error

    def nothing_judged(self) -> str:
        """Return in a sentence why nothing was judged, an empty text if something was, or if nothing had to
        be.
        """
        from roomproof.listening.errors import nothing_judged

        if not self.wanted.must or self.wanted.provider is None:
            return ""
        where = "in a cassette of vcrpy or from a client that roomproof_judging was given"
        return nothing_judged(self.listening, self.wanted.provider, where)


def _test_of(item: pytest.Item, mode: str) -> JudgedTest:
    """Return a test of which nothing was heard yet. Raises RoomproofError for what is wrong with its marker
    or its contracts.
    """
    from roomproof.listening.contracts import known_contracts
    from roomproof.listening.stream import Listening

    wanted = wanted_of(item, mode)
    contracts = known_contracts(wanted.contracts, wanted.provider, wanted.deviations)
    listening = Listening(contracts, wanted.provider, strict=wanted.strict)
    return JudgedTest(wanted, item.config.rootpath, listening, contracts)


class OwnTests:
    """Registered with pytest where at least one test wants to be judged."""

    def __init__(self, mode: str) -> None:
        self._mode = mode
        self.current: JudgedTest | None = None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self) -> Generator[None, Any, Any]:
        """Listen to the cassettes of vcrpy, if it is there, as long as tests run."""
        try:
            import_module("vcr.cassette")
        except ImportError:
            return (yield)
        from roomproof.listening.vcr_cassettes import listened_cassettes

        with listened_cassettes(lambda: self.current):
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, None, None]:
        """Begin to listen to a test; one that is run again begins anew."""
        self.current, problem = None, ""
        if is_wanted(item, self._mode):
            try:
                self.current = _test_of(item, self._mode)
            except RoomproofError as error:
                problem = one_line(error)
        yield
        if problem:
            pytest.fail(problem, pytrace=False)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, None, None]:
        """Fail a test that passes although a clause is broken, or although nothing was judged."""
        test = self.current
        try:
            yield
        except BaseException as error:
            _tell_beside(test, error)
            raise
        # unittest's tests keep for later what has failed them, or why they are skipped.
        kept = getattr(item, "_excinfo", None)
        if kept:
            _tell_beside(test, kept[0].value)
        elif test is not None:
            _decide(test, item, test.nothing_judged())

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, None, None]:
        """Decide on what a test has done in its teardown."""
        yield
        test, self.current = self.current, None
        if test is not None and not test.is_skipped:
            _decide(test, item, "")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self,
        call: pytest.CallInfo[None],
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Tell a test that fails by itself what was found, too."""
        report = yield
        test = self.current
        if test is None or not report.failed:
            return report
        if call.when == "setup" and call.excinfo is not None:
            _tell_beside(test, call.excinfo.value)
        if test.beside:
            add = getattr(report.longrepr, "addsection", None)
            if add is None:
                report.sections.append(("roomproof", test.beside))
            else:
                add("roomproof", test.beside)
        return report


def _tell_beside(test: JudgedTest | None, error: BaseException) -> None:
    """Keep what was found for the report of a test that does not pass anyway."""
    if test is not None:
        test.is_skipped = isinstance(error, pytest.skip.Exception | SkipTest)
        fails, warned = test.found()
        test.beside = "\n\n".join((*fails, *warned))


def _decide(test: JudgedTest, item: pytest.Item, nothing: str) -> None:
    """Raise pytest.fail.Exception where a clause is broken, or for `nothing`, which says that nothing was
    judged.
    """
    fails, warned = test.found()
    if test.wanted.warns:
        fails, warned = [], [*fails, *warned]
    for text in warned:
        try:
            warnings.warn_explicit(RoomproofWarning(text), None, item.nodeid, 1)
        except RoomproofWarning:
            # `-W error` wants it so.
            fails.append(text)
    if fails or nothing:
        pytest.fail("\n\n".join(fails or [nothing]), pytrace=False)


@pytest.fixture
def roomproof_judging(request: pytest.FixtureRequest) -> Iterator[Callable[[Client], Client]]:
    """A function that has a client judged for the rest of the test, as its marker `roomproof` says, and
    returns the client.
    """
    plugin = request.config.pluginmanager.get_plugin(PLUGIN)
    test = plugin.current if isinstance(plugin, OwnTests) else None
    if test is None:
        pytest.fail(
            (
                "roomproof_judging needs to know whom to judge: mark the test with "
                "@pytest.mark.roomproof(provider=...)"
            ),
            pytrace=False,
        )
    from roomproof.listening.clients import listened

    with ExitStack() as stack:

        def judged(client: Client) -> Client:
            try:
                stack.enter_context(listened(client, test.listening))
            except RoomproofError as error:
                pytest.fail(one_line(error), pytrace=False)
            return client

        yield judged


PLUGIN = "roomproof-own-tests"
