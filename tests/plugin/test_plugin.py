"""The pytest plugin as a user's project gets it: pytest in processes of its own, against mocks, servers on
loopback and recordings.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from sqlite3 import OperationalError
from typing import Any

import pytest

from roomproof.contract.clause import Clause
from roomproof.providers import find_contract, find_mock
from roomproof.pytest_plugin.regressions import turn

pytest_plugins = ["pytester"]

Run = Callable[..., pytest.RunResult]
OTHERS = (
    "schemathesis",
    "anyio",
    "recording",
    "socket",
    "randomly",
    "rerunfailures",
    "timeout",
    "allure_pytest",
    "pytest_cov",
)
"""Plugins that are installed beside ours; a test that is not about one runs without them."""
MAXIMUM = "roomproof::telnyx::update-room.request.max_participants.maximum"
ENABLE_RECORDING = "roomproof::telnyx::update-room.response.data.enable_recording.type"
RECORD_TYPE = "roomproof::telnyx::update-room.response.data.record_type.type"
UPDATED_AT = "roomproof::telnyx::update-room.response.data.updated_at.format"
ROOM = ("--room-id", str(find_mock("telnyx").room_id))
NOBODY = "http://127.0.0.1:9"
UPDATED, CLEAR = r'(?<=\n {14})"updated_at": "[^"]*"', r'"updated_at": "\u001b[2J"'
"""The room's own time; those of its sessions stand deeper."""
RECORDS, NO = '"enable_recording": (?:true|false)', '"enable_recording": "no"'
ROOM_TYPE, SEVEN = '"record_type": "room"', '"record_type": 7'
ACCEPTS_51 = (rb'("max_participants":)51\b', rb"\g<1>50")
ACCEPTS_51_AND_TEXTS = (rb'("max_participants":)(?:51\b|"\d+")', rb"\g<1>50")


def without(*plugins: str) -> str:
    """Words for pytest that switch plugins off; loading them all takes longer than what is tested here."""
    return " ".join(f"-p no:{plugin}" for plugin in plugins)


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run pytest in an empty project."""
    monkeypatch.setenv("PYTEST_ADDOPTS", without(*OTHERS, "hypothesispytest"))
    return lambda *words: pytester.runpytest_subprocess(*map(str, words), timeout=120)


@pytest.fixture
def verify(run: Run, small: Path) -> Run:
    """Run pytest with the clauses of the small contract of Telnyx at a server, at the built-in mock without
    one.
    """

    def start(server: Any, *words: object) -> pytest.RunResult:
        where = ("--base-url", server.base_url, *ROOM) if server else ()
        return run("--provider", "telnyx", f"--contracts={small}", *where, *words)

    return start


def clauses(provider: str, *folders: Path) -> list[str]:
    """The node ids of a provider's clauses in the order of the contract."""
    return [
        clause_id.replace(f"{provider}.", f"roomproof::{provider}::", 1)
        for clause_id in find_contract(provider, folders)[0].clauses
    ]


def outcomes(result: pytest.RunResult) -> dict[str, str]:
    """Node id and outcome of a run with -v, with or without workers, sorted by node id."""
    found: dict[str, str] = {}
    for line in result.outlines:
        words = line.split()
        node_id = next((word for word in words if word.startswith("roomproof::")), "")
        outcome = next((word for word in words if word in ("PASSED", "FAILED", "SKIPPED", "ERROR")), "")
        if node_id and outcome:
            found.setdefault(node_id, outcome)
    return dict(sorted(found.items()))


def test_a_clause_is_a_test(verify: Run, small: Path, pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_own(): pass")
    result = verify(None, "-v")
    result.stdout.fnmatch_lines(["roomproof: telnyx at the built-in mock"])
    assert outcomes(result) == dict.fromkeys(sorted(clauses("telnyx", small)), "PASSED")
    result.assert_outcomes(passed=len(clauses("telnyx", small)) + 1)
    result.stdout.fnmatch_lines(["roomproof: telnyx at the built-in mock: * of * clauses exercised"])
    assert result.ret == pytest.ExitCode.OK


def test_a_broken_clause_fails_with_its_finding_and_leniency_is_a_warning(verify: Run, serve: Any) -> None:
    server = serve(reads=ACCEPTS_51_AND_TEXTS)
    result = verify(server)
    counts = result.parseoutcomes()
    assert (counts["failed"], counts["warnings"]) == (1, 1)
    result.stdout.fnmatch_lines(
        [
            f"roomproof: telnyx at {server.base_url}",
            "*_ telnyx.update-room.request.max_participants.maximum _*",
            (
                "max_participants 51 is accepted, although max_participants is at most 50; documented "
                "maximum 50, accepted up to*"
            ),
            "expected  a rejection (status 4xx)",
            "received  status 200",
            "source    Telnyx: Update a room, Body, max_participants",
            "seed      0",
            f"curl -i -X PATCH {server.base_url}/rooms/*$TELNYX_API_KEY*'{{\"max_participants\":51}}'",
            (
                "*telnyx.update-room.request.max_participants.type:1: RoomproofWarning: max_participants "
                "*accepted*"
            ),
            f"FAILED {MAXIMUM}*",
        ]
    )
    result.stdout.no_fnmatch_line("*clauses.py:*")
    result.stdout.no_fnmatch_line("*Traceback*")


def test_warnings_can_be_made_failures(run: Run, altered: Any) -> None:
    cassette = f"--cassette={altered(ROOM_TYPE, SEVEN)}"
    run(cassette, RECORD_TYPE).assert_outcomes(passed=1, warnings=1)
    result = run(cassette, RECORD_TYPE, "-W", "error::roomproof.pytest_plugin.RoomproofWarning")
    result.assert_outcomes(failed=1)
    result.stdout.no_fnmatch_line("*warnings.warn_explicit*")


def test_workers_read_what_the_controller_has_verified(
    verify: Run, serve: Any, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone, shared = serve(reads=ACCEPTS_51), serve(reads=ACCEPTS_51)
    one = verify(alone, "-v")
    # Hypothesis warns of whoever draws before the session has started, which is where a controller prepares
    # its workers.
    monkeypatch.setenv("PYTEST_ADDOPTS", without(*OTHERS))
    two = verify(shared, "-v", "-n", "2")
    assert alone.requests == shared.requests > 100
    assert set(outcomes(one)) == set(clauses("telnyx", small))
    assert outcomes(one) == outcomes(two)
    assert outcomes(two)[MAXIMUM] == "FAILED"
    assert "HypothesisSideeffectWarning" not in two.stderr.str()
    two.stdout.fnmatch_lines(
        [
            "*2 workers *",
            (
                "max_participants 51 is accepted, although max_participants is at most 50; documented "
                "maximum 50, accepted up to*"
            ),
        ]
    )


@pytest.mark.parametrize(
    "words", [("--collect-only", "-q"), ("-k", "test_own")], ids=["collected only", "deselected"]
)
def test_nothing_is_sent_before_an_item_runs(
    verify: Run, serve: Any, small: Path, pytester: pytest.Pytester, words: tuple[str, ...]
) -> None:
    pytester.makepyfile("def test_own(): pass")
    server = serve()
    result = verify(server, *words)
    assert server.requests == 0
    assert result.ret == pytest.ExitCode.OK
    if "--collect-only" in words:
        assert [line for line in result.outlines if line.startswith("roomproof::")] == clauses(
            "telnyx", small
        )


def test_a_recording_is_judged(run: Run, recordings: Path) -> None:
    result = run(f"--cassette={recordings / 'telnyx.yaml'}", "-v", "-rP")
    result.stdout.fnmatch_lines([f"roomproof: telnyx from {recordings / 'telnyx.yaml'}, recorded 20*"])
    found = outcomes(result)
    assert set(found) == set(clauses("telnyx"))
    assert found[MAXIMUM] == "PASSED"
    assert found["roomproof::telnyx::update-room.request.webhook_event_url.format"] == "SKIPPED"
    assert set(found.values()) == {"PASSED", "SKIPPED"}
    result.stdout.fnmatch_lines(
        [
            "*Captured deviation call*",
            "*webhook_event_url is null*",
            "a room without a webhook address has null",
        ]
    )


def test_an_altered_recording_fails_its_clause_and_no_other(run: Run, altered: Any) -> None:
    cassette = f"--cassette={altered(RECORDS, NO)}"
    result = run(cassette, "-v")
    assert [node_id for node_id, outcome in outcomes(result).items() if outcome == "FAILED"] == [
        ENABLE_RECORDING
    ]
    result.stdout.fnmatch_lines(["recorded  20*"])
    run(cassette, "--lf").assert_outcomes(failed=1, deselected=len(clauses("telnyx")) - 1)


def test_what_a_provider_responses_cannot_steer_the_terminal(run: Run, altered: Any) -> None:
    cassette = f"--cassette={altered(UPDATED, CLEAR)}"
    result = run(cassette, UPDATED_AT)
    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines([r"*RoomproofWarning: *\x1b[[]2J*"])
    assert "\x1b" not in result.stdout.str()


def test_what_no_interaction_tested_is_skipped(run: Run, recordings: Path) -> None:
    result = run("--provider", "signalwire", f"--cassette={recordings}", "-rs")
    result.assert_outcomes(skipped=len(clauses("signalwire")))
    result.stdout.fnmatch_lines(
        ["roomproof: nothing was tested of signalwire: *", "*unexercised: no interaction tested it"]
    )
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_several_providers(run: Run, recordings: Path) -> None:
    result = run(f"--cassette={recordings}", "-v")
    found = outcomes(result)
    assert set(found) == {*clauses("telnyx"), *clauses("carrierx")}
    assert "FAILED" not in found.values()
    only = run(f"--cassette={recordings}", "--provider", "carrierx", "--collect-only", "-q")
    assert [line for line in only.outlines if line.startswith("roomproof::")] == clauses("carrierx")


@pytest.mark.parametrize(
    ("words", "chosen"),
    [
        ((MAXIMUM,), lambda clause: clause.id.endswith("update-room.request.max_participants.maximum")),
        (
            ("-k", "behaviour and sample"),
            lambda clause: clause.part == "behaviour" and clause.level == "sample",
        ),
        (("-m", "roomproof(level='observed')"), lambda clause: clause.level == "observed"),
        (
            ("--deselect", "roomproof::telnyx::update-room.re"),
            lambda clause: clause.part == "behaviour" or clause.operation != "update-room",
        ),
    ],
    ids=["node id", "keyword", "marker", "deselect"],
)
def test_clauses_are_chosen_as_tests_are(
    run: Run, words: tuple[str, ...], chosen: Callable[[Clause], bool]
) -> None:
    result = run("--provider", "telnyx", "--collect-only", "-q", *words)
    wanted = {clause.id for clause in find_contract("telnyx")[0].clauses.values() if chosen(clause)}
    found = [line for line in result.outlines if line.startswith("roomproof::")]
    assert wanted
    assert found == [
        node_id
        for node_id in clauses("telnyx")
        if node_id.removeprefix("roomproof::").replace("::", ".") in wanted
    ]


@pytest.mark.usefixtures("credentials")
def test_a_provider_that_nobody_reaches_is_an_error_of_every_clause(run: Run) -> None:
    result = run("--provider", "telnyx", "--base-url", NOBODY, *ROOM)
    count = len(clauses("telnyx"))
    result.assert_outcomes(errors=count)
    result.stdout.fnmatch_lines(
        [f"{NOBODY} does not answer *", f"roomproof: telnyx at * 0 of {count} clauses exercised"]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*asked.py*")
    assert sum(line.startswith(NOBODY) for line in result.outlines) == 1


def test_a_missing_secret_is_said_once(run: Run) -> None:
    result = run("--provider", "telnyx", "--base-url", NOBODY, *ROOM)
    count = len(clauses("telnyx"))
    result.assert_outcomes(errors=count)
    said = [
        line for line in result.outlines if line.startswith(("no credentials", "not tested, for the reason"))
    ]
    assert said[0] == "no credentials: set TELNYX_API_KEY in the environment"
    assert said[1:] == [f"not tested, for the reason that {clauses('telnyx')[0]} tells"] * (count - 1)


def test_a_verification_that_ends_in_an_error_is_not_tried_again(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        from roomproof import api

        def broken(*_, **others):
            print("verification begins")
            raise RuntimeError("a defect")

        api.verify = broken
        """
    )
    result = run("--provider", "telnyx", "-s")
    result.assert_outcomes(errors=len(clauses("telnyx")))
    assert sum("verification begins" in line for line in result.outlines) == 1
    result.stdout.fnmatch_lines(
        [
            "RuntimeError: a defect",
            "telnyx was not verified: an error has ended it, see the first of its clauses",
        ]
    )


INCONCLUSIVE = """
from roomproof.pytest_plugin.settings import PluginSettings
from roomproof.json_data import from_json
from roomproof.report.provider import ProviderReport

def told(self, provider):
    return from_json(ProviderReport, {{"provider": provider, "clauses": [{clause}]}})

PluginSettings._verified = told
"""


@pytest.mark.parametrize(
    ("level", "outcome"),
    [("documented", "failed"), ("observed", "skipped")],
)
def test_a_documented_clause_that_stays_open_fails_with_the_reason(
    run: Run, pytester: pytest.Pytester, level: str, outcome: str
) -> None:
    clause = next(item for item in find_contract("telnyx")[0].clauses.values() if item.level == level)
    open_ = {"id": clause.id, "verdict": "inconclusive", "why": "each response was a redirect"}
    pytester.makeconftest(INCONCLUSIVE.format(clause=open_))
    result = run("--provider", "telnyx", clause.id.replace("telnyx.", "roomproof::telnyx::", 1), "-rs")
    result.assert_outcomes(**{outcome: 1})
    result.stdout.fnmatch_lines(["*inconclusive: each response was a redirect"])
    result.stdout.fnmatch_lines([f"*0 of {len(clauses('telnyx'))} clauses exercised"])
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_a_run_that_is_cut_short_passes_nothing(verify: Run, serve: Any, small: Path) -> None:
    result = verify(serve(reads=ACCEPTS_51, ends_after=150), "-v")
    found = outcomes(result)
    assert found.pop(MAXIMUM) == "FAILED"
    assert set(found.values()) == {"ERROR"}
    assert len(found) == len(clauses("telnyx", small)) - 1
    result.stdout.fnmatch_lines(["*stopped answering*"])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--provider", "tellnyx"), "*unknown provider 'tellnyx' (did you mean 'telnyx'?)*"),
        (
            ("--provider", "telnyx", "--provider", "azure", "--base-url", NOBODY),
            "*--base-url names one server*",
        ),
        (("--base-url", NOBODY), "*--base-url names one server*"),
        (("--cassette", "none.yaml"), "*none.yaml: there is no such file*"),
        (("--cassette", "test_damaged.py"), "*test_damaged.py: is no cassette*"),
        (("--provider", "telnyx", "roomproof::telnyx::nothing"), "*not found: roomproof::telnyx::nothing*"),
        (("--provider=",), "*--provider is given but empty*"),
        (("--provider", "telnyx", "--base-url="), "*--base-url is given but empty*"),
        (("--provider", "telnyx", "--room-id", " "), "*--room-id is given but empty*"),
        (("--cassette=",), "*--cassette is given but empty*"),
        (("--provider", "telnyx", "--contracts="), "*--contracts is given but empty*"),
        (("--provider", "telnyx", "--allow-variable="), "*--allow-variable is given but empty*"),
        (("--provider", "telnyx", "-o", "addopts=--base-url="), "*--base-url is given but empty*"),
    ],
    ids=[
        *(
            "unknown provider",
            "two providers at one URL",
            "whose URL",
            "no cassette",
            "damaged cassette",
            "unknown clause",
        ),
        *(
            "empty provider",
            "empty URL",
            "empty room",
            "empty cassette",
            "empty contracts",
            "empty variable",
            "empty in a setting",
        ),
    ],
)
def test_wrong_options_end_pytest_at_once(
    run: Run, pytester: pytest.Pytester, words: tuple[str, ...], message: str
) -> None:
    pytester.makepyfile(test_damaged="def test_own(): pass")
    result = run(*words)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([message])
    assert "Traceback" not in result.stderr.str()


def test_where_it_is_not_used_it_costs_nothing(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_own():
            ours = {name for name in sys.modules if name.startswith("roomproof")}
            assert "roomproof.pytest_plugin" in ours
            others = {name for name in ours if "pytest_plugin" not in name}
            assert others == {"roomproof", "roomproof.errors", "roomproof.legible"}
        """
    )
    result = run()
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("roomproof: *")


def test_loading_it_imports_pytest_and_no_library_else() -> None:
    watch = (
        "import sys, pytest; before = set(sys.modules); import roomproof.pytest_plugin; "
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", watch], capture_output=True, encoding="utf-8", check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert loaded - sys.stdlib_module_names == {"roomproof"}
    assert "roomproof.judge" not in done.stdout.split()


def test_it_can_be_switched_off(run: Run) -> None:
    result = run("-p", "no:roomproof", "--provider", "telnyx")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*unrecognized arguments: --provider*"])


BASE_URL = "def pytest_addoption(parser): parser.addoption('--base-url', dest='base_url', default=None)"


@pytest.mark.usefixtures("credentials")
@pytest.mark.parametrize(
    ("file", "words"), [("conftest", ()), ("theirs", ("-p", "theirs"))], ids=["later", "earlier"]
)
def test_the_base_url_of_another_plugin_counts(
    run: Run, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, file: str, words: tuple[str, ...]
) -> None:
    pytester.makepyfile(
        **{file: BASE_URL},
        test_own="def test_own(request): assert request.config.getoption('base_url') == 'http://127.0.0.1:9'",
    )
    monkeypatch.setenv("PYTHONPATH", str(pytester.path))
    result = run(*words, "--provider", "telnyx", "--base-url", NOBODY, *ROOM)
    result.assert_outcomes(passed=1, errors=len(clauses("telnyx")))
    result.stdout.fnmatch_lines([f"roomproof: telnyx at {NOBODY}", f"{NOBODY} does not answer *"])
    run(*words, "--base-url", NOBODY).assert_outcomes(passed=1)
    empty = run(*words, "--provider", "telnyx", "--base-url", NOBODY, "--base-url=")
    assert empty.ret == pytest.ExitCode.USAGE_ERROR
    empty.stderr.fnmatch_lines(["*--base-url is given but empty*"])


def test_an_option_whose_name_is_taken_is_left_to_its_owner(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest("def pytest_addoption(parser): parser.addoption('--provider')")
    pytester.makepyfile("def test_own(request): assert request.config.getoption('--provider') == 'aws'")
    run("--provider", "aws").assert_outcomes(passed=1)


def test_a_regression_is_sent_again(verify: Run, serve: Any, small: Path, regressions: Path) -> None:
    held = verify(serve(), regressions, "-k", "regressions", "-v")
    held.assert_outcomes(passed=1, deselected=len(clauses("telnyx", small)))
    held.stdout.fnmatch_lines(
        [
            "*max_participants.maximum.yaml::holds PASSED*",
            "roomproof: 1 of 1 regressions sent to http://127.0.0.1:*",
        ]
    )
    broken = verify(serve(reads=ACCEPTS_51), regressions, "-k", "regressions")
    broken.assert_outcomes(failed=1, deselected=len(clauses("telnyx", small)))
    broken.stdout.fnmatch_lines(["max_participants 51 is accepted*", "expected  a rejection (status 4xx)"])


def test_a_regression_that_is_sent_to_nobody_fails_the_run(
    run: Run, regressions: Path, pytester: pytest.Pytester
) -> None:
    pytester.makepyfile("def test_own(): pass")
    nowhere = run(regressions, ".", "-q", "-rs")
    nowhere.assert_outcomes(passed=1, skipped=1)
    assert nowhere.ret == pytest.ExitCode.TESTS_FAILED
    nowhere.stdout.fnmatch_lines(
        [
            "*no regression was tested (1 skipped): *--provider=NAME --base-url=URL*",
            "*no server is named to send it to*",
        ]
    )
    mock = run(regressions, "--base-url=mock", "-q")
    mock.assert_outcomes(passed=1)
    assert mock.ret == pytest.ExitCode.OK
    mock.stdout.fnmatch_lines(["roomproof: 1 of 1 regressions sent to the built-in mock"])


def test_a_regression_that_cannot_be_sent_never_passes(run: Run, regressions: Path) -> None:
    whose = run(regressions, "--provider", "carrierx", "--base-url", NOBODY, "-k", "regressions")
    whose.assert_outcomes(skipped=1, deselected=len(clauses("carrierx")))
    assert whose.ret == pytest.ExitCode.TESTS_FAILED
    nobody = run(regressions, "--provider", "telnyx", "--base-url", NOBODY, *ROOM, "-k", "regressions")
    nobody.assert_outcomes(errors=1, deselected=len(clauses("telnyx")))
    nobody.stdout.fnmatch_lines([f"{NOBODY} does not answer *"])


def test_a_regression_that_says_that_it_is_another_providers_fails_and_is_not_sent(
    run: Run, pytester: pytest.Pytester, serve: Any
) -> None:
    path = pytester.mkdir("regressions") / "telnyx.update-room.request.max_participants.maximum.yaml"
    path.write_text(
        "roomproof: {clause: carrierx.update-room.request.name.type}\ninteractions: []\n", encoding="utf-8"
    )
    server = serve()
    result = run(path, "--provider", "telnyx", "--base-url", server.base_url, *ROOM, "-k", "regressions")
    result.assert_outcomes(errors=1, deselected=len(clauses("telnyx")))
    result.stdout.fnmatch_lines(["*says that it is about carrierx.update-room.request.name.type*"])
    assert server.requests == 0


def test_a_contract_of_others_is_given_a_variable_that_is_allowed(
    run: Run, serve: Any, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (small / "telnyx" / "openapi.yaml").read_text(encoding="utf-8")
    (tmp_path / "telnyx").mkdir()
    (tmp_path / "telnyx" / "openapi.yaml").write_text(
        text.replace("TELNYX_API_KEY", "SOMEBODYS_KEY"), encoding="utf-8"
    )
    server = serve()
    monkeypatch.setenv("SOMEBODYS_KEY", os.environ["TELNYX_API_KEY"])
    where = ("--provider", "telnyx", f"--contracts={tmp_path}", "--base-url", server.base_url, *ROOM)
    run(*where, "--allow-variable", "SOMEBODYS_KEY", "-k", "missing-refused").assert_outcomes(
        passed=1, deselected=len(clauses("telnyx", small)) - 1
    )
    assert server.requests


def test_workers_send_regressions_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roomproof.pytest_plugin.regressions.TURN_SECONDS", 0)
    shared = str(tmp_path / "turn")
    with turn(shared), pytest.raises(OperationalError, match="locked"), turn(shared):
        pytest.fail("two at the same time")
    with turn(shared):
        pass


def test_only_files_that_are_named_like_a_clause_are_regressions(run: Run, pytester: pytest.Pytester) -> None:
    folder = pytester.mkdir("regressions")
    (folder / "notes.yaml").write_text("text", encoding="utf-8")
    elsewhere = pytester.mkdir("elsewhere")
    (elsewhere / "telnyx.update-room.request.max_participants.maximum.yaml").write_text(
        "text", encoding="utf-8"
    )
    assert run().ret == pytest.ExitCode.NO_TESTS_COLLECTED
