"""The user's own tests beside pytest-recording and vcrpy: judged while they record and while they play, each
in its own name.
"""

from __future__ import annotations

import re
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn

from roomproof.cassettes.exposure import exposed
from roomproof.cassettes.recording import found_in, open_recording
from roomproof.providers import find_fault, find_mock
from roomproof.targets.serve import LOOPBACK, listen

pytest_plugins = ["pytester"]

AZURE, TELNYX = find_mock("azure"), find_mock("telnyx")
ENVIRONMENT = {**TELNYX.environment, **AZURE.environment}
_SLOW = ("schemathesis", "anyio", "hypothesispytest", "allure_pytest", "pytest_cov")
OFF = (*_SLOW, "socket", "timeout", "randomly", "rerunfailures", "xdist")
"""Plugins that are installed beside; a run that is not about one goes without it."""
MAXIMUM = "fail telnyx.update-room.request.max_participants.maximum"
PROJECT = """
import asyncio, os, unittest
import httpx, pytest, requests, vcr
from vcr.unittest import VCRMixin

ORIGIN = os.environ["ORIGIN"]
ROOM = ORIGIN + "/v2/rooms/5e3b9c0e-2a3f-4a57-8f06-9d1c4f7ab210"
HEADERS = {"Authorization": "Bearer " + os.environ["TELNYX_API_KEY"]}
GOOD, BROKEN = {"max_participants": 7}, {"max_participants": 51}
telnyx = pytest.mark.roomproof(provider="telnyx")

def patch(json, **headers):
    return httpx.patch(ROOM, json=json, headers={**HEADERS, **headers})
"""
OWN = (
    PROJECT
    + """
@pytest.fixture
def broken_at_the_end():
    yield
    patch(BROKEN)

@pytest.mark.vcr
@telnyx
def test_kept():
    assert patch(GOOD).json()["data"]["max_participants"] == 7

@pytest.mark.vcr
@telnyx
def test_broken():
    assert patch(BROKEN).status_code == 200

@pytest.mark.vcr
@telnyx
def test_both():
    patch(BROKEN)
    assert "a" == "b"

@pytest.mark.vcr
@telnyx
def test_both_and_no_traceback():
    patch(BROKEN)
    pytest.fail("for a reason of its own", pytrace=False)

@pytest.mark.vcr
@telnyx
def test_skipped(broken_at_the_end):
    patch(BROKEN)
    pytest.skip("for a reason of its own")

@pytest.mark.vcr
@telnyx
@pytest.mark.xfail(strict=True)
def test_known():
    patch(BROKEN)

@pytest.mark.vcr
@telnyx
def test_end(broken_at_the_end):
    patch(GOOD)

@pytest.mark.vcr
@telnyx
def test_nothing():
    pass

@telnyx
def test_by_hand():
    with vcr.use_cassette("cassettes/first.yaml"):
        patch(GOOD)
    with vcr.use_cassette("cassettes/second.yaml"):
        patch(BROKEN)

@pytest.mark.default_cassette("other.yaml")
@pytest.mark.vcr
@telnyx
def test_default_cassette(vcr):
    patch(BROKEN)
    assert len(vcr.responses) == 1

@pytest.mark.vcr
@telnyx
def test_async():
    async def patch():
        async with httpx.AsyncClient(headers=HEADERS) as client:
            await client.patch(ROOM, json=BROKEN)
    asyncio.run(patch())

@pytest.mark.vcr
@telnyx
def test_judged_client(roomproof_judging):
    session = roomproof_judging(requests.Session())
    session.patch(ROOM, json=BROKEN, headers=HEADERS)

@telnyx
class TestUnittest(VCRMixin, unittest.TestCase):
    def test_kept(self):
        patch(GOOD)

    def test_broken(self):
        patch(BROKEN)

    def test_both(self):
        patch(BROKEN)
        self.fail("for a reason of its own")

    def test_skipped(self):
        patch(BROKEN)
        self.skipTest("for a reason of its own")

@pytest.mark.vcr
@pytest.mark.roomproof("azure")
def test_sdk_of_azure():
    from azure.communication.rooms import RoomsClient
    def plain(request):
        request.http_request.url = request.http_request.url.replace("https://", "http://", 1)
    text = os.environ["AZURE_COMMUNICATION_CONNECTION_STRING"].replace("http://127.0.0.1", ORIGIN)
    with RoomsClient.from_connection_string(text, raw_request_hook=plain, retry_total=0) as client:
        room = client.create_room(pstn_dial_out_enabled=True)
        client.update_room(room_id=room.id, pstn_dial_out_enabled=False)
        client.delete_room(room.id)

@pytest.mark.roomproof(provider="telnix")
def test_unknown(): pass

@pytest.mark.roomproof(provider="telnyx", contract=".")
def test_misspelt(): pass

@pytest.mark.roomproof
def test_nobody(): pass

def test_unmarked(roomproof_judging): pass
"""
)
JUDGED = {
    "test_kept": "passed",
    "test_broken": "failed",
    "test_both": "failed",
    "test_both_and_no_traceback": "failed",
    "test_skipped": "skipped",
    "test_known": "xfailed",
    "test_end": "error",
    "test_nothing": "failed",
    "test_by_hand": "failed",
    "test_default_cassette": "failed",
    "test_async": "failed",
    "test_judged_client": "failed",
    "TestUnittest::test_kept": "passed",
    "TestUnittest::test_broken": "failed",
    "TestUnittest::test_both": "failed",
    "TestUnittest::test_skipped": "skipped",
    "test_sdk_of_azure": "passed",
    "test_unknown": "error",
    "test_misspelt": "error",
    "test_nobody": "error",
    "test_unmarked": "error",
}


class Providers:
    """The mocks of Telnyx, which accepts 51 participants, and of Azure, on one port, until they are told to
    be gone.
    """

    def __init__(self) -> None:
        self.requests = 0
        telnyx, azure = find_fault("telnyx", "max-64").around(TELNYX.build()), AZURE.build()

        async def app(scope, receive, send):  # type: ignore[no-untyped-def]
            self.requests += 1
            await (telnyx if scope["path"].startswith("/v2/") else azure)(scope, receive, send)

        listening = listen(LOOPBACK, 0)
        self.origin = f"http://{LOOPBACK}:{listening.getsockname()[1]}"
        self._server = uvicorn.Server(
            uvicorn.Config(app, log_level="critical", access_log=False, lifespan="off", ws="none")
        )
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listening]})
        self._thread.start()
        while not self._server.started:
            time.sleep(0.005)

    def go(self) -> None:
        """Serve nobody any more."""
        self._server.should_exit = True
        self._thread.join(timeout=10)


@pytest.fixture(scope="module")
def providers() -> Iterator[Providers]:
    there = Providers()
    yield there
    there.go()


Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, providers: Providers) -> Run:
    """Run pytest in a project, with pytest-recording and the plugins that are named; `inside` of this process
    it is quicker.
    """
    for name, value in {**ENVIRONMENT, "ORIGIN": providers.origin}.items():
        monkeypatch.setenv(name, value)

    def start(*words: str, beside: tuple[str, ...] = (), inside: bool = False) -> pytest.RunResult:
        monkeypatch.setenv(
            "PYTEST_ADDOPTS", " ".join(f"-p no:{plugin}" for plugin in OFF if plugin not in beside)
        )
        if inside:
            return pytester.runpytest_inprocess("-v", "-rA", *words)
        return pytester.runpytest_subprocess("-v", "-rA", *words, timeout=120)

    return start


def outcomes(result: pytest.RunResult) -> dict[str, str]:
    """What became of each test: failed or error where any part of it was."""
    found: dict[str, str] = {}
    for line in result.outlines:
        if match := re.match(r"(PASSED|FAILED|ERROR|XFAIL) \S+?\.py::(\S+)", line):
            word = {"XFAIL": "xfailed"}.get(match[1], match[1].lower())
            found[match[2]] = word if word == "error" or found.get(match[2]) != "error" else "error"
        elif match := re.match(r"\S+?\.py::(\S+) SKIPPED", line):
            found[match[1]] = "skipped"
    return found


def told(result: pytest.RunResult, test: str) -> str:
    """What the report says below the heading of a test."""
    text = "\n".join(result.outlines)
    part = re.search(
        rf"^_+ (?:ERROR at \w+ of )?{re.escape(test.replace('::', '.'))} _+$(.*?)^(?:_{{5,}}|={{5,}}) ",
        text,
        re.M | re.S,
    )
    assert part is not None, test
    return part[1]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cassettes of the first run, which the tests after it play."""
    return tmp_path_factory.mktemp("recorded") / "cassettes"


def test_each_test_is_judged_while_it_records(run: Run, pytester: pytest.Pytester, recorded: Path) -> None:
    path = pytester.makepyfile(test_own=OWN)
    result = run("--record-mode=once", str(path))

    assert outcomes(result) == JUDGED
    for test in (
        "test_broken",
        "test_both",
        "test_both_and_no_traceback",
        "test_by_hand",
        "test_end",
        "TestUnittest::test_both",
    ):
        text = told(result, test)
        assert (
            f"\n{MAXIMUM}\nmax_participants 51 is accepted, although max_participants is at most 50\n" in text
        )
        assert "\nsource    Telnyx: Update a room, Body, max_participants\n" in text
        assert "\ncurl -i -X PATCH " in text
    assert "'a' == 'b'" in told(result, "test_both")
    assert "for a reason of its own" in told(result, "test_both_and_no_traceback")
    assert "nothing was judged: no request of telnyx was seen in a cassette" in told(result, "test_nothing")
    assert "unknown provider 'telnix' (did you mean 'telnyx'?)" in told(result, "test_unknown")
    assert "the marker roomproof(provider, contracts=..., strict=..., client=...) has no 'contract'" in told(
        result, "test_misspelt"
    )
    assert "names one provider as a text" in told(result, "test_nobody")
    assert "mark the test with @pytest.mark.roomproof(provider=...)" in told(result, "test_unmarked")
    assert not any(secret in result.stdout.str() for secret in TELNYX.environment.values())
    shutil.copytree(pytester.path / "cassettes", recorded)


def test_no_secret_was_recorded(recorded: Path) -> None:
    connection = AZURE.environment["AZURE_COMMUNICATION_CONNECTION_STRING"]
    secrets = (*ENVIRONMENT.values(), connection.partition("accesskey=")[2])
    files = found_in(recorded).files
    assert len(files) >= 15
    for file in files:
        for interaction in open_recording(file).interactions():
            assert list(exposed(interaction, secrets)) == []


def test_each_test_is_judged_while_it_plays(
    run: Run, pytester: pytest.Pytester, recorded: Path, providers: Providers
) -> None:
    path = pytester.makepyfile(test_own=OWN)
    shutil.copytree(recorded, pytester.path / "cassettes")
    before = providers.requests
    result = run("--block-network", str(path))

    assert outcomes(result) == JUDGED
    assert providers.requests == before
    assert f"\n{MAXIMUM}\n" in told(result, "test_broken")


MODES = (
    PROJECT
    + """
@pytest.fixture(scope="module")
def vcr_config():
    return {"filter_headers": ["user-agent"], "match_on": ["method", "uri", "body"]}

CASES = [pytest.param(mode, marks=pytest.mark.vcr("extra.yaml", record_mode=mode)) for mode in MODES]

@pytest.mark.parametrize("mode", CASES)
@telnyx
def test_several(mode):
    patch(GOOD)
    patch(BROKEN)

@pytest.mark.vcr("extra.yaml")
@telnyx
def test_rewritten():
    patch(GOOD)
    patch(BROKEN)

@pytest.mark.vcr
def test_no_marker_of_ours():
    patch(BROKEN)
""".replace("MODES", "('all', 'new_episodes')")
)


def test_every_mode_of_recording_judges(run: Run, pytester: pytest.Pytester, recorded: Path) -> None:
    path = pytester.makepyfile(test_modes=MODES)
    folder = pytester.mkdir("cassettes") / "test_modes"
    folder.mkdir()
    shutil.copy(recorded / "test_own" / "test_kept.yaml", folder / "extra.yaml")
    result = run("--record-mode=rewrite", "-W", "error::roomproof.pytest_plugin.RoomproofWarning", str(path))

    several = {
        "test_several[all]": "failed",
        "test_several[new_episodes]": "failed",
        "test_rewritten": "failed",
    }
    assert outcomes(result) == {**several, "test_no_marker_of_ours": "passed"}
    assert all(f"\n{MAXIMUM}\n" in told(result, test) for test in several)
    written = {test: (folder / f"{test}.yaml").read_text(encoding="utf-8") for test in several}
    assert all(
        "51" in text and "Bearer REDACTED" in text and "user-agent" not in text for text in written.values()
    )


ALL = (
    PROJECT
    + """
@pytest.mark.vcr
def test_broken():
    patch(BROKEN)

@pytest.mark.vcr("test_broken.yaml")
@pytest.mark.filterwarnings("error")
def test_broken_where_warnings_are_errors():
    patch(BROKEN)

@pytest.mark.vcr
def test_of_nobody():
    pass

@telnyx
def test_marked():
    pass
"""
)


@pytest.mark.parametrize(("setting", "outcome"), [("fail", "failed"), ("warn", "passed")])
def test_a_setting_judges_every_test_with_a_cassette(
    run: Run, pytester: pytest.Pytester, recorded: Path, setting: str, outcome: str
) -> None:
    path = pytester.makepyfile(test_own=ALL)
    shutil.copytree(recorded, pytester.path / "cassettes")
    result = run("-o", f"roomproof_vcr={setting}", "--block-network", str(path))

    told_errors = {
        "test_broken_where_warnings_are_errors": "failed",
        "test_of_nobody": "passed",
        "test_marked": "failed",
    }
    assert outcomes(result) == {"test_broken": outcome, **told_errors}
    assert f"\n{MAXIMUM}\n" in told(result, "test_broken_where_warnings_are_errors")
    if setting == "warn":
        result.stdout.fnmatch_lines([f"*RoomproofWarning: {MAXIMUM}", "*max_participants 51 is accepted*"])


OF_CLIENT = (
    PROJECT
    + """
def client(word):
    return pytest.mark.roomproof(provider="telnyx", client=word)

@pytest.mark.vcr("test_kept.yaml")
@telnyx
def test_as_the_setting_says():
    patch({"max_participants": "7", "max_participant": os.environ["TELNYX_API_KEY"]})

@pytest.mark.vcr("test_kept.yaml")
@client("warn")
def test_warned():
    patch(BROKEN)

@pytest.mark.vcr("test_kept.yaml")
@client("warn")
@pytest.mark.filterwarnings("error")
def test_warned_where_warnings_are_errors():
    patch(BROKEN)

@pytest.mark.vcr("test_kept.yaml")
@client("off")
@pytest.mark.filterwarnings("error")
def test_off():
    patch(BROKEN)

@pytest.mark.vcr("test_broken.yaml")
@client("warn")
@pytest.mark.filterwarnings("error")
@pytest.mark.xfail(strict=True)
def test_mended_since():
    patch(GOOD)

@pytest.mark.vcr("test_kept.yaml")
@client("fail")
def test_within():
    patch(GOOD)

@pytest.mark.vcr("test_kept.yaml")
def test_of_every_cassette():
    patch(BROKEN)

@client("no")
def test_wrong_word(): pass
"""
)


def test_what_the_client_sends_outside_the_contract_is_told(
    run: Run, pytester: pytest.Pytester, recorded: Path
) -> None:
    path = pytester.makepyfile(test_own=OF_CLIENT)
    shutil.copytree(recorded, pytester.path / "cassettes")
    result = run("--block-network", "-o", "roomproof_client=fail", "-o", "roomproof_vcr=warn", str(path))

    assert outcomes(result) == {
        "test_as_the_setting_says": "failed",
        "test_warned": "passed",
        "test_warned_where_warnings_are_errors": "failed",
        "test_off": "passed",
        "test_mended_since": "xfailed",
        "test_within": "passed",
        "test_of_every_cassette": "passed",
        "test_wrong_word": "error",
    }
    title, clause = "Sent by the client outside the contract:", "telnyx.update-room.request.max_participants"
    text = told(result, "test_as_the_setting_says")
    assert (
        f'\n{title} {clause}.type\nmax_participants "7"\nsent      body /max_participants, once\nexpected  '
        in text
    )
    assert f"\n{title} {clause}.accepted\nmax_participant is no documented field" in text
    warned = result.stdout.str().partition("warnings summary")[2]
    assert all(f"test_own.py::{test}" in warned for test in ("test_warned", "test_of_every_cassette"))
    assert "test_off" not in warned.partition("short test summary")[0]
    assert warned.count(f"RoomproofWarning: {title} {clause}.maximum") == 2
    assert "client as fail, warn or off" in told(result, "test_wrong_word")
    assert TELNYX.environment["TELNYX_API_KEY"] not in result.stdout.str()


def test_beside_plugins_that_shuffle_repeat_and_spread(
    run: Run, pytester: pytest.Pytester, recorded: Path
) -> None:
    path = pytester.makepyfile(test_own=OWN)
    shutil.copytree(recorded, pytester.path / "cassettes")
    chosen = "TestUnittest or test_broken"
    result = run("-k", chosen, "-n1", "--reruns=1", str(path), beside=("xdist", "randomly", "rerunfailures"))

    assert result.parseoutcomes() == {"passed": 1, "failed": 3, "skipped": 1, "rerun": 3, "warnings": 4}
    assert f"\n{MAXIMUM}\n" in told(result, "test_broken")


def test_a_setting_that_has_no_meaning_is_a_wrong_usage(run: Run, pytester: pytest.Pytester) -> None:
    path = pytester.makepyfile("def test_own(): pass")
    result = run("-p", "no:recording", "-o", "roomproof_vcr=yes", str(path), inside=True)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*roomproof_vcr = yes: it is one of off, fail, warn"])


def test_a_skipped_test_that_bears_the_marker_is_no_clause(run: Run, pytester: pytest.Pytester) -> None:
    path = pytester.makepyfile(
        "import pytest\n@pytest.mark.roomproof(provider='telnyx')\ndef test_own(): pytest.skip()"
    )
    result = run("-p", "no:recording", str(path), inside=True)

    assert result.ret == pytest.ExitCode.OK
    result.stdout.no_fnmatch_line("roomproof: *")


def test_without_vcrpy_a_client_can_be_judged(
    run: Run, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "vcr", None)
    path = pytester.makepyfile(
        test_live="""
        import os, httpx, pytest

        @pytest.mark.roomproof(provider="telnyx")
        def test_live(roomproof_judging):
            headers = {"Authorization": "Bearer " + os.environ["TELNYX_API_KEY"]}
            client = roomproof_judging(httpx.Client(headers=headers))
            url = os.environ["ORIGIN"] + "/v2/rooms/5e3b9c0e-2a3f-4a57-8f06-9d1c4f7ab210"
            client.patch(url, json={"max_participants": 51})
        """
    )
    result = run("-p", "no:recording", str(path), inside=True)

    assert outcomes(result) == {"test_live": "failed"}
    assert f"\n{MAXIMUM}\n" in told(result, "test_live")
