"""Statements against clauses: what is unclaimed, what no statement says, what became of a document."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from roomproof.contract.claims import ListedStatement
from roomproof.contract.documents import Document, parse_documents
from roomproof.contract.model import Contract
from roomproof.contract.read import read_contract
from roomproof.derive.listing import documents_yaml, listed_anew
from roomproof.derive.saved_copies import assigned
from roomproof.derive.statement_changes import Fate
from roomproof.derive.statements import read
from roomproof.derive.trace import DocumentTrace, trace
from roomproof.providers import contract_folders, load_contract

SAVED = Path("/work/shared/documents")
PAGE = """\
Change a room

PATCH

/rooms/:id

Request

Path Parameters

    id stringrequired

    Which room.

Body

    seats integer

    Possible values: >= 2 and <= 50

    How many may join. What a seat is, nobody says.

Responses

200: The room.
"""
CONTRACT = """
openapi: 3.1.0
info: {title: Meet, version: "1"}
servers: [{url: "https://meet.example"}]
x-provider: meet
x-resource: {parameter: id, at: [], id: id}
x-source: {document: "Meet: Change a room", section: "", field: ""}
x-credentials: {scheme: bearer, environment: {token: MEET_TOKEN}}
paths:
  /rooms/{id}:
    patch:
      operationId: update-room
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      requestBody:
        content:
          application/json:
            x-levels: {media-type: observed}
            schema:
              type: object
              x-levels: {type: observed}
              properties:
                seats: {type: integer, minimum: 2, maximum: 50}
      responses:
        "200": {description: The room}
"""
UPDATE = "meet.update-room"
SEATS = "Request > Body > seats"
CLAIMS = {
    ("Request > Path Parameters > id", "field"): "waived",
    ("Request > Path Parameters > id", "type"): "waived",
    ("Request > Path Parameters > id", "required"): "waived",
    ("Request > Path Parameters > id", "sentence"): "waived",
    ("top", "request-line"): f"{UPDATE}.response.200.status",
    (SEATS, "field"): f"{UPDATE}.request.seats.accepted",
    (SEATS, "type"): f"{UPDATE}.request.seats.type",
    (SEATS, "limit"): f"{UPDATE}.request.seats.m*",
    (SEATS, "sentence"): "waived",
    ("Responses > 200", "status"): f"{UPDATE}.response.200.status",
}


def contract(claims: dict[tuple[str, str], str] = CLAIMS) -> Contract:
    document, _ = listed_anew(Document("Meet: Change a room"), read(PAGE, "page.txt"))
    settled = tuple(claimed(one, claims) for one in document.statements)
    plain = read_contract(yaml.safe_load(CONTRACT))
    return replace(plain, documents=(replace(document, statements=settled),))


def claimed(one: ListedStatement, claims: dict[tuple[str, str], str]) -> ListedStatement:
    claim = claims.get((one.place, one.form), "")
    return (
        replace(one, waived="it demands nothing")
        if claim == "waived"
        else replace(one, claims=(claim,) if claim else ())
    )


def traced(page: str | None = None, claims: dict[tuple[str, str], str] = CLAIMS) -> DocumentTrace:
    ours = contract(claims)
    present = {} if page is None else {"Meet: Change a room": read(page, "page.txt")}
    (found,) = trace(ours, present).documents
    return found


def test_a_page_as_it_was_is_no_finding() -> None:
    found = traced(PAGE)
    assert not found.has_findings
    assert found.counts == {"statements": 11, "claimed": 5, "waived": 6, "unclaimed": 0, "not understood": 0}


@pytest.mark.parametrize(
    ("gone", "unsettled", "unstated"),
    [
        (
            (SEATS, "limit"),
            [f"{SEATS} limit"],
            [f"{UPDATE}.request.seats.{end}imum" for end in ("min", "max")],
        ),
        ((SEATS, "sentence"), [f"{SEATS} sentence"] * 2, []),
        (("Responses > 200", "status"), ["Responses > 200 status"], []),
    ],
)
def test_what_is_neither_claimed_nor_waived(
    gone: tuple[str, str], unsettled: list[str], unstated: list[str]
) -> None:
    found = traced(claims={name: claim for name, claim in CLAIMS.items() if name != gone})
    assert [f"{one.place} {one.form}" for one in found.unsettled] == unsettled
    assert [one.id for one in found.unstated] == unstated


def test_a_claim_that_names_no_clause() -> None:
    found = traced(claims=CLAIMS | {(SEATS, "limit"): f"{UPDATE}.request.chairs.*"})
    assert [one.claim for one in found.idle] == [f"{UPDATE}.request.chairs.*"]


@pytest.mark.parametrize(
    ("old", "new", "fates", "clauses"),
    [
        (">= 2 and <= 50", ">= 2 and <= 60", {Fate.CHANGED}, {"minimum", "maximum"}),
        ("seats integer", "seats number", {Fate.CHANGED}, {"type"}),
        ("    Possible values: >= 2 and <= 50\n", "", {Fate.VANISHED}, {"minimum", "maximum"}),
        (
            "seats integer",
            "chairs integer",
            {Fate.MOVED, Fate.VANISHED, Fate.NEW},
            {"type", "minimum", "maximum", "accepted"},
        ),
        (
            "nobody says.",
            "nobody says. It may be null.",
            {Fate.NEW},
            {"type", "minimum", "maximum", "accepted"},
        ),
        ("Body\n", "", {Fate.MOVED, Fate.VANISHED}, {"type", "minimum", "maximum", "accepted"}),
    ],
)
def test_what_changed_is_told_with_the_clauses_that_rest_on_it(
    old: str, new: str, fates: set[Fate], clauses: set[str]
) -> None:
    assert PAGE.count(old) == 1
    found = traced(PAGE.replace(old, new))
    assert {one.change.fate for one in found.changes} == fates
    named = {clause for one in found.changes for clause in one.clauses}
    assert named == {f"{UPDATE}.request.seats.{rule}" for rule in clauses}


def test_white_space_is_no_change() -> None:
    other = PAGE.replace("How many may join.", "How  many\n    may join.").replace(
        "Request\n", "Request\n\n\n"
    )
    assert not traced(other).has_findings


@pytest.mark.parametrize("number", [at for at, line in enumerate(PAGE.splitlines()) if line.strip()])
@pytest.mark.parametrize("instead", [[], ["Something else."]], ids=["cut", "edited"])
def test_each_line_that_is_cut_or_edited_is_told(number: int, instead: list[str]) -> None:
    lines = PAGE.splitlines()
    assert traced("\n".join([*lines[:number], *instead, *lines[number + 1 :]])).changes


def saved() -> list[object]:
    """Each saved page with each change of one line, by number of the line and by kind."""
    return [
        pytest.param(path, kind, id=f"{path.name} {kind}")
        for path in (sorted(SAVED.glob("*.txt")) if SAVED.is_dir() else [])
        for kind in ("cut", "edited")
    ]


@pytest.mark.skipif(not SAVED.is_dir(), reason="the saved documents are not here")
@pytest.mark.parametrize(("path", "kind"), saved())
def test_each_line_of_the_saved_pages(path: Path, kind: str) -> None:
    """At least 98 of 100 changes are told; this holds all of them, with the clauses that are claimed."""
    text = path.read_text()
    ours = next(
        one for one in map(load_contract, contract_folders()) if assigned(one, [read(text, path.name)])
    )
    (title,) = assigned(ours, [read(text, path.name)])
    listed = {one.key: one for one in next(one for one in ours.documents if one.title == title).statements}
    lines, untold, unnamed = text.split("\n"), [], []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        instead = [] if kind == "cut" else [altered(line)]
        page = read("\n".join([*lines[: number - 1], *instead, *lines[number:]]), path.name)
        found = next(one for one in trace(ours, {title: page}).documents if one.document.title == title)
        gone = listed.keys() - {one.key for one in page.statements}
        named = {clause for one in found.changes for clause in one.clauses}
        if not found.changes or title not in assigned(ours, [page]):
            untold.append(number)
        for key in gone:
            if listed[key].claims and not any(listed[key].claims_clause(clause) for clause in named):
                unnamed.append(number)
    assert (untold, unnamed) == ([], [])


def altered(line: str) -> str:
    """A line with one number or word in it changed."""
    if found := re.search(r"\d+", line):
        return f"{line[: found.start()]}{int(found[0]) + 1}{line[found.end() :]}"
    return f"{line}q"


def test_files_are_told_apart_by_what_they_say() -> None:
    ours = contract()
    other = read(PAGE.replace("/rooms/:id", "/things/:id").replace("seats", "size"), "a.txt")
    same = read(PAGE.replace("50", "60"), "b.txt")
    assert {title: page.name for title, page in assigned(ours, [other, same]).items()} == {
        "Meet: Change a room": "b.txt"
    }


def test_a_document_without_statements_is_found_by_title_and_call() -> None:
    ours = replace(contract(), documents=(Document("Meet: Change a room"),))
    assert list(assigned(ours, [read(PAGE, "a.txt")])) == ["Meet: Change a room"]
    assert not assigned(ours, [read(PAGE.replace("PATCH", "PUT"), "a.txt")])
    assert not assigned(ours, [read(PAGE.replace("Change a room", "Make a thing"), "a.txt")])


def test_what_is_written_is_read_again() -> None:
    (document,) = contract().documents
    text = documents_yaml([document], "# Mine")
    assert text.startswith("# Mine\ndocuments:\n")
    assert set(parse_documents(text, "documents.yaml")[0].statements) == set(document.statements)
    assert not [line for line in text.splitlines() if "How many may join" in line]


def test_a_changed_statement_has_to_be_claimed_anew() -> None:
    (document,) = contract().documents
    now, before = listed_anew(document, read(PAGE.replace("50", "60"), "page.txt"))
    (open_one,) = [one for one in now.statements if not one.is_settled]
    assert open_one.place == SEATS
    assert f"# before: {UPDATE}.request.seats.m*" in documents_yaml([now], "", before)
