"""The journal of a run: what it says after any number of entries, where it is, who may take it up."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from roomproof.errors import UsageError
from roomproof.journal.file import JournalFile, journal_folder, journal_paths, left_journals, new_journal_file
from roomproof.journal.journal import Heading, Journal, JournalError, Repeatable, headed, read_journal
from roomproof.providers import find_contract
from roomproof.runs.journals import kept_journal

HEADING = Heading("2026-01-01T00:00:00+00:00", 1, "mini", "http://127.0.0.1:1", "named", ("/contracts",))


def text_of(entries: list[Any]) -> str:
    return "".join(json.dumps(entry) + "\n" for entry in (headed(HEADING), *entries))


@pytest.fixture
def kept() -> tuple[Journal, list[Any]]:
    """The journal, and the entries that it writes."""
    entries: list[Any] = []
    return Journal(entries.append), entries


def test_what_is_read_is_what_was_written(kept: tuple[Journal, list[Any]]) -> None:
    journal, entries = kept
    first, second, third = (journal.intend("12:00", mark) for mark in ("a", "b", ""))
    journal.made("one", first)
    journal.made("two", second)
    journal.gone("one")
    journal.find({"name": "as it was"})

    told = read_journal(text_of(entries))

    assert told is not None
    heading, read = told
    assert heading == HEADING
    assert (list(read.rooms), read.ever, list(read.lost), read.found) == (
        ["two"],
        {"one", "two"},
        [third],
        {"name": "as it was"},
    )
    assert not read.settled


def test_books_are_settled_when_nothing_is_left(kept: tuple[Journal, list[Any]]) -> None:
    journal, entries = kept
    assert journal.settled
    journal.made("one", journal.intend("12:00", ""))
    assert not journal.settled
    journal.gone("one")
    assert journal.settled
    number = journal.intend("12:01", "")
    assert not journal.settled
    journal.came_to_nothing(number)
    journal.find({})
    assert not journal.settled
    journal.put_back()
    assert journal.settled
    assert read_journal(text_of(entries))[1].settled  # type: ignore[index] # it was just written


def test_an_intent_is_written_before_it_counts_or_not_at_all() -> None:
    def full(_: object) -> None:
        raise JournalError("no space left")

    journal = Journal(full)
    with pytest.raises(JournalError):
        journal.intend("12:00", "")
    assert journal.settled
    journal.made("one")
    assert list(journal.rooms) == ["one"], "what cannot be written is remembered all the same"


@pytest.mark.parametrize("cut", range(1, 40, 6))
def test_the_line_that_was_written_when_the_run_was_killed_is_left_out(
    kept: tuple[Journal, list[Any]], cut: int
) -> None:
    journal, entries = kept
    journal.made("one", journal.intend("12:00", ""))
    journal.made("two")
    told = read_journal(text_of(entries)[:-cut])
    assert told is not None
    assert list(told[1].rooms) == ["one"]


@pytest.mark.parametrize(
    "text",
    ["", "\n", "{}\n", "[]\n", "no json\n", '{"entry":"run","ledger":2}\n', text_of([{"no": "entry"}])],
)
def test_what_is_no_journal_is_none(text: str) -> None:
    assert read_journal(text) is None


@pytest.mark.parametrize(
    "odd", [{"room_id": 7}, {"provider": ["telnyx"]}, {"base_url": None}, {"contracts": [1]}]
)
def test_whatever_a_heading_holds_it_is_text(odd: dict[str, Any]) -> None:
    told = read_journal(json.dumps({**headed(HEADING), **odd}) + "\n")
    assert told is not None
    heading = told[0]
    assert all(
        isinstance(text, str)
        for text in (heading.room_id, heading.provider, heading.base_url, *heading.contracts)
    )


@pytest.mark.parametrize("odd", [{"process": "many"}, {"started": 7}, {"started": "today"}, {"contracts": 7}])
def test_a_heading_that_no_run_writes_is_of_no_journal(odd: dict[str, Any]) -> None:
    assert read_journal(json.dumps({**headed(HEADING), **odd}) + "\n") is None


def test_fields_with_secrets_are_remembered_and_not_written(kept: tuple[Journal, list[Any]]) -> None:
    journal, entries = kept
    journal.find({"name": "x", "url": "https://token@example.com"}, unwritten=["url"])
    assert journal.found == {"name": "x", "url": "https://token@example.com"}
    assert entries == [{"entry": "found", "members": {"name": "x"}}]


def test_every_entry_is_on_the_disk_at_once_and_for_the_user_alone(tmp_path: Path) -> None:
    journal_file = new_journal_file(tmp_path / "deep" / "ledger", "mini")
    journal_file.append({"entry": "one"})
    assert journal_file.path.read_text(encoding="utf-8") == '{"entry":"one"}\n'
    assert journal_file.path.stat().st_mode & 0o077 == 0
    journal_file.close(done=False)


def test_two_runs_have_two_journals_and_neither_can_be_taken_up(tmp_path: Path) -> None:
    one, two = new_journal_file(tmp_path, "mini"), new_journal_file(tmp_path, "mini")
    assert one.path != two.path
    assert list(left_journals(tmp_path)) == sorted((one.path, two.path))

    one.close(done=False)
    (taken,) = (each for each in left_journals(tmp_path) if isinstance(each, JournalFile))
    assert taken.path == one.path
    taken.close(done=True)
    assert journal_paths(tmp_path) == [two.path]
    two.close(done=True)
    assert journal_paths(tmp_path) == []


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"HOME": "/home/me"}, "/home/me/.local/state/roomproof/ledger"),
        ({"HOME": "/home/me", "XDG_STATE_HOME": "/state"}, "/state/roomproof/ledger"),
        ({"HOME": "/home/me", "XDG_STATE_HOME": "relative"}, "/home/me/.local/state/roomproof/ledger"),
        ({"HOME": "/home/me", "XDG_STATE_HOME": "/state", "ROOMPROOF_STATE": "/mine"}, "/mine/ledger"),
    ],
)
def test_where_journals_are(environment: dict[str, str], folder: str) -> None:
    assert journal_folder(environment) == Path(folder)


def test_an_id_that_repeats_the_credentials_is_not_written(tmp_path: Path) -> None:
    contract = find_contract("telnyx")[0]
    environment = {"ROOMPROOF_STATE": str(tmp_path)}
    with kept_journal(HEADING, contract, environment, ("the-api-key",), print, live=True) as journal:
        journal.made("id-of-the-api-key", journal.intend("12:00", "a name"))
        assert list(journal.rooms) == ["id-of-the-api-key"]
    (path,) = journal_paths(tmp_path / "ledger")
    text = path.read_text(encoding="utf-8")
    assert "a name" in text
    assert "the-api-key" not in text


@pytest.mark.parametrize(("base_url", "room_id"), [
    ("http://127.0.0.1:1", "named"), ("http://localhost:1/", "named"), ("http://[::1]:1", "NAMED"),
    ("http://LOCALHOST.:1", "Named"),
])  # fmt: skip
def test_a_room_is_locked_under_every_name_of_its_server(base_url: str, room_id: str, tmp_path: Path) -> None:
    contract, environment = find_contract("telnyx")[0], {"ROOMPROOF_STATE": str(tmp_path)}
    second = Heading(HEADING.started, 2, "telnyx", base_url, room_id)
    with kept_journal(HEADING, contract, environment, (), print, live=False):
        with (
            pytest.raises(UsageError, match="is at work in room"),
            kept_journal(second, contract, environment, (), print, live=False),
        ):
            pass
        with kept_journal(replace(second, room_id="another"), contract, environment, (), print, live=False):
            pass


def test_rooms_that_stay_and_rooms_of_others_are_remembered_and_no_longer_to_do(
    kept: tuple[Journal, list[Any]],
) -> None:
    journal, entries = kept
    journal.met(["theirs"])
    for room in ("stays", "strange"):
        journal.made(room)
    journal.leave("stays")
    journal.disown("strange")
    journal.doubt("another", "its name is another one")
    told = read_journal(text_of(entries))
    assert told is not None
    for each in (journal, told[1]):
        assert (each.settled, list(each.left), each.ever, each.there) == (
            True,
            ["stays"],
            {"stays"},
            {"theirs"},
        )
        assert each.strange == {"another": "its name is another one"}


def test_a_request_in_which_a_secret_stands_is_not_written_but_its_intent_is(tmp_path: Path) -> None:
    contract, environment = find_contract("telnyx")[0], {"ROOMPROOF_STATE": str(tmp_path)}
    request = Repeatable(
        "POST", "/rooms", {}, (("Content-Type", "application/json"),), '{"name": "the-api-key"}'
    )
    with kept_journal(HEADING, contract, environment, ("the-api-key",), print, live=True) as journal:
        journal.intend("2026-01-01T00:00:00+00:00", "", request)
    (path,) = journal_paths(tmp_path / "ledger")
    told = read_journal(path.read_text(encoding="utf-8"))
    assert told is not None
    assert [intent.request for intent in told[1].lost.values()] == [None]


def test_a_folder_that_others_may_write_to_holds_no_journal(tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    folder.mkdir()
    folder.chmod(0o777)
    with pytest.raises(OSError, match="others may write to it"):
        new_journal_file(folder, "mini")


def test_what_is_written_after_half_a_line_is_not_lost_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal_file = new_journal_file(tmp_path, "mini")
    journal_file.append(headed(HEADING))
    write = os.write
    with monkeypatch.context() as full:
        full.setattr(os, "write", lambda descriptor, line: write(descriptor, line[:7]))
        with pytest.raises(JournalError, match="no space left"):
            journal_file.append({"entry": "made", "room": "lost", "number": None})
    journal_file.append({"entry": "made", "room": "one", "number": None})
    journal_file.close(done=False)
    with journal_file.path.open("a", encoding="utf-8") as cut:
        cut.write('{"entry":"ma')

    (taken,) = (each for each in left_journals(tmp_path) if isinstance(each, JournalFile))
    taken.append({"entry": "made", "room": "two", "number": None})

    told = read_journal(taken.text())
    taken.close(done=True)
    assert told is not None
    assert list(told[1].rooms) == ["one", "two"]


def test_a_user_without_a_home_has_no_journal_and_can_still_verify_on_this_machine(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def unknown() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", unknown)
    contract = find_contract("telnyx")[0]
    with kept_journal(HEADING, contract, {}, (), print, live=False) as journal:
        journal.intend("12:00", "")
    assert "no journal can be written" in capsys.readouterr().out
    with (
        pytest.raises(UsageError, match="set ROOMPROOF_STATE"),
        kept_journal(HEADING, contract, {}, (), print, live=True),
    ):
        pass
