"""What a Python program gets of roomproof: reports, typed errors, events in their order, and nothing
printed.
"""

from __future__ import annotations

import doctest
import inspect
import json
import os
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import roomproof
from roomproof import api, cli
from roomproof.api import (
    Answered,
    Concluded,
    Ended,
    Event,
    Found,
    Judged,
    Planned,
    Problem,
    Remarked,
    Sent,
    Started,
)
from roomproof.cassettes.recording import open_recording
from roomproof.contract import read
from roomproof.errors import ContractError, RecordingError, UnreachableError, UsageError
from roomproof.providers import bundled
from roomproof.report.document import report_from

CLAUSE = "telnyx.update-room.request.max_participants.maximum"
NOBODY = {
    "base_url": "http://127.0.0.1:9/v2",
    "room_id": "1",
    "environment": {"TELNYX_API_KEY": "key-of-nobody"},
}
FEW = {"max_examples": 0, "max_requests": 25}


# The report and the events.


def test_a_report_comes_back(heard: Any) -> None:
    (provider,) = heard.report.providers
    assert [finding.clause for finding in provider.findings] == [CLAUSE]
    assert provider.cassette == str(heard.cassette)
    assert report_from(json.loads(api.as_json(heard.report))) == heard.report


def test_a_run_is_told_from_its_plan_to_its_end(heard: Any) -> None:
    (concluded,) = (event for event in heard.events if isinstance(event, Concluded))
    assert [type(event) for event in (*heard.events[:2], heard.events[-1])] == [Planned, Started, Ended]
    assert concluded.report.providers[0].findings == heard.report.providers[0].findings
    assert heard.events[-1].report == heard.report
    assert not any(isinstance(event, Problem) for event in heard.events)


def test_each_request_is_sent_then_answered_then_judged(heard: Any) -> None:
    sent = [event.number for event in heard.events if isinstance(event, Sent) and event.number]
    answered = [event for event in heard.events if isinstance(event, Answered) and event.number]
    assert sent == [event.number for event in answered] == list(range(1, len(sent) + 1))
    for event in answered:
        place = heard.events.index(event)
        before = [one.number for one in heard.events[:place] if isinstance(one, Sent)]
        assert before[-1] == event.number
        judged = [
            one.interaction.request is event.interaction.request
            for one in heard.events[:place]
            if isinstance(one, Judged)
        ]
        assert not any(judged)


def test_evidence_of_the_finding_is_heard_when_it_is_judged(heard: Any) -> None:
    told = [item for event in heard.events if isinstance(event, Judged) for item in event.evidence]
    assert any(item.clause == CLAUSE and item.outcome == "fail" for item in told)


def test_what_is_put_back_is_told_after_all_is_judged_and_counts_for_no_request(heard: Any) -> None:
    place = next(number for number, event in enumerate(heard.events) if isinstance(event, Concluded))
    responses = [event for event in heard.events[place:] if isinstance(event, Answered)]
    assert responses, "the rooms of the run are deleted, the named one is put back"
    assert {event.number for event in responses} == {0}
    assert not any(isinstance(event, Answered) and not event.number for event in heard.events[:place])


def test_a_response_is_on_the_disk_when_a_listener_hears_of_it(heard: Any) -> None:
    assert heard.sizes == sorted(set(heard.sizes)), "each response makes the recording longer"
    recorded = list(open_recording(heard.cassette).interactions())
    assert len(recorded) == len(heard.sizes)


def test_a_replay_judges_what_was_recorded_in_the_same_order(heard: Any) -> None:
    events: list[Event] = []
    report = roomproof.replay(heard.cassette, listeners=[events.append])
    judged = [event for event in events if isinstance(event, Judged)]
    assert [type(events[0]), type(events[-1])] == [Found, Ended]
    assert events[-1].report == report  # type: ignore[attr-defined]
    assert len(judged) == len(heard.sizes)
    assert CLAUSE in [finding.clause for finding in report.providers[0].findings]


# Listeners that raise.


class Stop(Exception):  # noqa: N818 - what a program of somebody else's raises
    """What a listener raises."""


def raising(error: BaseException, at: int, heard: list[Event]) -> Callable[[Event], None]:
    def listen(event: Event) -> None:
        heard.append(event)
        if isinstance(event, Answered) and event.number == at:
            raise error

    return listen


def test_what_a_listener_raises_ends_the_run_after_the_room_is_put_back(where: dict[str, Any]) -> None:
    events: list[Event] = []
    with pytest.raises(Stop):
        roomproof.verify("telnyx", **where, max_examples=0, listeners=[raising(Stop(), 9, events)])
    responses = [event.number for event in events if isinstance(event, Answered)]
    assert max(responses) == 9, "nothing is sent any more but what puts back"
    assert responses[-1] == 0


def test_a_listener_that_raises_while_rooms_are_put_back_keeps_none_from_it(where: dict[str, Any]) -> None:
    # What nobody has changed before takes more requests to put back than what was put back once.
    roomproof.verify("telnyx", **where, **FEW)
    events: list[Event] = []
    with pytest.raises(Stop):
        roomproof.verify("telnyx", **where, **FEW, listeners=[raising(Stop(), 0, events)])
    calm: list[Event] = []
    roomproof.verify("telnyx", **where, **FEW, listeners=[calm.append])
    ends = [
        sum(isinstance(event, Answered) and not event.number for event in some) for some in (events, calm)
    ]
    assert ends[0] == ends[1] > 1


def test_a_listener_that_raises_at_what_is_said_after_ctrl_c_keeps_no_room_from_being_deleted(
    where: dict[str, Any],
) -> None:
    events: list[Event] = []

    def reject(event: Event) -> None:
        if isinstance(event, Remarked):
            raise Stop

    with pytest.raises(Stop):
        roomproof.verify("telnyx", **where, listeners=[raising(KeyboardInterrupt(), 7, events), reject])
    assert any(isinstance(event, Sent) and event.method == "DELETE" for event in events)


def test_a_probe_leaves_its_rooms_alone_until_it_has_asked_everything() -> None:
    events: list[Event] = []
    roomproof.probe("telnyx", listeners=[events.append])
    assert {event.method for event in events if isinstance(event, Sent) and event.number} == {
        "GET",
        "PATCH",
        "POST",
    }


def test_ctrl_c_ends_a_run_with_a_report(where: dict[str, Any]) -> None:
    events: list[Event] = []
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]

    report = roomproof.verify("telnyx", **where, listeners=[raising(KeyboardInterrupt(), 7, events)])

    assert report.providers[0].stopped == "interrupted by Ctrl-C"
    assert report.providers[0].requests == 7
    assert events[-1] == Ended(report, ("telnyx",), is_interrupted=True, is_cut_short=True)
    assert handlers == [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]


def test_a_listener_can_keep_a_run_from_sending_anything(where: dict[str, Any]) -> None:
    events: list[Event] = []

    def reject(event: Event) -> None:
        events.append(event)
        if isinstance(event, Planned):
            raise Stop

    with pytest.raises(Stop):
        roomproof.verify("telnyx", **where, listeners=[reject])
    assert [type(event) for event in events] == [Planned]


def test_a_recording_that_cannot_be_written_is_no_reason_not_to_judge(where: dict[str, Any]) -> None:
    events: list[Event] = []
    with pytest.raises(RecordingError):
        roomproof.verify(
            "telnyx", **where, **FEW, record=Path("/proc/no/telnyx.yaml"), listeners=[events.append]
        )
    assert [type(event.error) for event in events if isinstance(event, Problem)] == [RecordingError]
    assert isinstance(events[-1], Ended)
    assert events[-1].report.providers[0].requests == 25


# Errors.


@pytest.mark.parametrize(("call", "error", "says"), [
    (lambda: api.verify("telnix"), UsageError, "did you mean 'telnyx'"),
    (lambda: api.verify("telnyx", room_id="1"), UsageError, "--room-id names a room of a server"),
    (lambda: api.verify(base_url="http://127.0.0.1:9"), UsageError, "--base-url names one server"),
    (lambda: api.verify("telnyx", live=True, base_url="http://127.0.0.1:9"), UsageError, "give one of them"),
    (lambda: api.verify("telnyx", only=["telnyx.nothing"]), UsageError, "no such clause"),
    (lambda: api.verify("telnyx", max_examples=-1), UsageError, "--max-examples -1: must be 0 or more"),
    (lambda: api.verify("telnyx", rate=float("nan")), UsageError, "--rate nan"),
    (lambda: api.probe("telnyx", max_seconds=0), UsageError, "--max-seconds 0"),
    (lambda: api.verify("telnyx", fail_under=101), UsageError, "--fail-under 101"),
    (lambda: api.verify(Path("/nowhere")), ContractError, "/nowhere"),
    (lambda: api.verify("telnyx", **{**NOBODY, "environment": {}}), UsageError, "set TELNYX_API_KEY"),
    (lambda: api.verify("telnyx", **NOBODY), UnreachableError, "does not answer"),
    (lambda: api.probe("telnyx", **NOBODY), UnreachableError, "does not answer"),
    (lambda: api.replay(Path("/nowhere")), UsageError, "/nowhere"),
])  # fmt: skip
def test_errors_are_typed_and_nothing_is_printed(
    call: Callable[[], object], error: type[Exception], says: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(error, match=says.replace("(", r"\(")):
        call()
    assert capfd.readouterr() == ("", "")


def test_a_provider_that_cannot_be_verified_keeps_no_other_from_it() -> None:
    events: list[Event] = []
    with pytest.raises(UsageError, match="unknown provider"):
        roomproof.verify("telnix", "signalwire", **FEW, listeners=[events.append])
    assert isinstance(events[-1], Ended)
    assert events[-1].providers == ("signalwire",)
    assert [told.provider for told in events[-1].report.providers] == ["telnix", "signalwire"]


# Names, contracts, arguments.


def test_the_public_names_are_shown_and_there() -> None:
    assert {"verify", "probe", "replay", "load_contract"} <= set(dir(roomproof))
    assert all(getattr(roomproof, name) is not None for name in dir(roomproof))
    assert all(inspect.isfunction(getattr(roomproof, word)) for word in ("verify", "probe", "replay"))


@pytest.mark.parametrize("word", ["verify", "probe", "replay"])
def test_a_function_has_the_defaults_of_the_command(word: str) -> None:
    function, command = (inspect.signature(getattr(module, word)).parameters for module in (api, cli))
    shared = function.keys() & command.keys() - {
        "only",
        "account",
        "contracts",
        "deviations",
        "providers",
        "paths",
    }
    assert len(shared) > 5
    assert {name: function[name].default for name in shared} == {
        name: command[name].default for name in shared
    }


@pytest.mark.parametrize("name", ["azure", "carrierx", "signalwire", "telnyx"])
def test_a_bundled_contract_is_reached_by_its_name(name: str) -> None:
    by_name, folder = roomproof.load_contract(name), bundled("contracts") / name
    by_path = [
        roomproof.load_contract(path)
        for path in (folder, folder / "openapi.yaml", str(folder / "openapi.yaml"))
    ]
    assert [list(contract.clauses) for contract in by_path] == [list(by_name.clauses)] * 3


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files of contracts, one entry for each time that one is read."""
    files: list[str] = []
    parse = read.parse_contract

    def counting(text: str, file: str, beside: Any) -> Any:
        files.append(Path(file).parent.name)
        return parse(text, file, beside)

    monkeypatch.setattr(read, "parse_contract", counting)
    return files


def test_a_verification_reads_its_contract_once(counted: list[str], where: dict[str, Any]) -> None:
    roomproof.verify("telnyx", **where, **FEW, only=["telnyx.*"])
    assert counted == ["telnyx"]


def test_a_contract_that_is_there_is_not_read_again(counted: list[str], where: dict[str, Any]) -> None:
    contract = roomproof.load_contract("telnyx")
    report = roomproof.verify(contract, **where, **FEW)
    assert report.providers[0].provider == "telnyx"
    assert counted == ["telnyx"]


def test_the_commands_read_each_contract_once(
    counted: list[str], where: dict[str, Any], heard: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TELNYX_API_KEY", where["environment"]["TELNYX_API_KEY"])
    every = ["azure", "carrierx", "signalwire", "telnyx"]
    at = ("--base-url", where["base_url"], "--room-id", where["room_id"])
    verify = ("verify", "telnyx", *at, "--only", CLAUSE, "--max-requests", "20")
    for words, read_ in ((verify, ["telnyx"]), (("compare", *[str(heard.cassette)] * 2), every)):
        counted.clear()
        monkeypatch.setattr("sys.argv", ["roomproof", *words])
        with pytest.raises(SystemExit):
            cli.main()
        assert sorted(counted) == read_


def test_a_contract_in_a_file_is_verified_with_the_deviations_beside_it(
    where: dict[str, Any], tmp_path: Path
) -> None:
    for name in ("openapi.yaml", "deviations.yaml"):
        text = (bundled("contracts") / "telnyx" / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text, encoding="utf-8")
    events: list[Event] = []
    roomproof.verify(tmp_path / "openapi.yaml", **where, **FEW, listeners=[events.append])
    assert isinstance(events[0], Planned)
    (destination,) = events[0].destinations
    assert len(destination.deviations) > 0
    assert destination.contracts == (tmp_path,)


@pytest.mark.parametrize("word", ["verify", "probe", "replay"])
def test_the_examples_of_the_docstrings_hold(word: str) -> None:
    text = str(inspect.getdoc(getattr(api, word))).replace("PROVIDER", "signalwire")
    examples = doctest.DocTestParser().get_doctest(text, {}, word, None, None)
    assert examples.examples
    assert doctest.DocTestRunner().run(examples).failed == 0


def test_credentials_are_those_of_the_process_unless_others_are_given(
    where: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in where["environment"].items():
        monkeypatch.setitem(os.environ, name, value)
    elsewhere = {name: value for name, value in where.items() if name != "environment"}
    assert roomproof.verify("telnyx", **elsewhere, **FEW).providers[0].requests == 25


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"room_id": ""}, "room_id: is given but empty"),
        ({"live": "no"}, "live: is to be True or False, and is 'no'"),
        ({"max_examples": 1.5}, "max_examples: is to be a whole number"),
        ({"max_examples": None}, "max_examples: is to be a whole number"),
        ({"only": "telnyx.*"}, "only: is to be a sequence"),
        ({"contracts": "folder"}, "contracts: is to be a sequence"),
        ({"rate": "5/s"}, "rate: is to be a number"),
        ({"regressions": True}, "regressions: is to be a path"),
        ({"environment": {"TELNYX_API_KEY": 3}}, "environment: is to be a mapping of texts"),
        ({"listeners": print}, "listeners: is to be a sequence"),
        ({"listeners": [3]}, "listeners: is to be a function"),
    ],
)
def test_what_is_no_value_of_an_argument_is_told_before_anything_is_sent(
    given: dict[str, Any], told: str
) -> None:
    with pytest.raises(roomproof.RoomproofError, match=re.escape(told)):
        roomproof.verify("telnyx", **given)


def test_a_path_may_be_a_text_and_a_word_that_of_an_enumeration(tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    with pytest.raises(roomproof.RoomproofError, match="nothing"):
        roomproof.replay(str(tmp_path / "nothing"), client="fail")
    with pytest.raises(roomproof.RoomproofError, match="client"):
        roomproof.replay(str(tmp_path), client="nope")
