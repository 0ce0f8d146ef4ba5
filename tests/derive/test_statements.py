"""What a page says, statement by statement."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from roomproof.derive.statements import StatedDocument, read
from roomproof.errors import UsageError

SAVED = Path("/work/shared/documents")
GENERATED = """\
Skip to main content

Update a thing

PATCH

/things/:id

Changes a thing.

Request

Path Parameters

    id uuidrequired

    Which thing.

Body

required

    size integer

    Possible values: >= 2 and <= 50

    Default value: 10

    How large it is. Overridable by token.

    note stringnullable

    Maximum of 200 characters.

Responses

200: The thing.

404: No such thing
"""
PROSE = """\
Change a Thing

This request changes a thing.

patch/things/{id}

Sample Request

curl -X PATCH \\
'https://api.example.com/v2/things/7' \\
-H 'Content-Type: application/json' \\
--data-binary '{"name":"New"}' \\
-u 'me:secret'

Sample Response

{
"id": "7",
"codes": [
{
"code": "1"
},
{
"code": "2"
}
],
"name": "New"
}

Fields that can be modified are:

  \u2022 name
  \u2022 codes
"""
TABLES = """\
Things - Update
Update a thing with given changes.
PATCH {endpoint}/things/{id}?api-version=1
URI Parameters
| Name | In | Required | Type | Description |
|---|---|---|---|---|
|
endpoint
|
path | True |
string (url) |
Where it is. |
Request Body
| Name | Type | Description |
|---|---|---|
| open |
boolean |
(Optional) By default, this flag is set to false. |
| from |
string (date-time) |
From when it is open. |
Responses
| Name | Type | Description |
|---|---|---|
| 200 OK |
Request successful. |
|
Definitions
| Name | Description |
|---|---|
|
Thing |
A thing. |
Thing
A thing.
| Name | Type | Description |
|---|---|---|
| id |
string |
This id is server generated. |
"""
FLAT = """\
Things - Create

POST {endpoint}/things?api-version=1

URI Parameters

Name In Required Type Description
endpoint
path True

string (url)

Where it is.

Request Body

Name Type Description
role

Role

What it may do.

from

string (date-time)

The default value is the current date time.

Responses

Name Type Description
201 Created

Thing

Request successful.

Definitions

Name Description
Role

What it may do.

Thing

Role

What it may do.

Value Description
Reader
Writer

Thing

Name Type Description
id

string

Its id.
"""
PAGES = {"generated": GENERATED, "prose": PROSE, "tables": TABLES, "flat": FLAT}


def pages() -> list[object]:
    saved = sorted(SAVED.glob("*.txt")) if SAVED.is_dir() else []
    return [
        *(pytest.param(text, id=name) for name, text in PAGES.items()),
        *(pytest.param(path.read_text(), id=path.name) for path in saved),
    ]


def said(page: StatedDocument, place: str) -> list[tuple[str, object]]:
    return [(str(one.form), one.facts) for one in page.statements if one.place == place]


def test_a_generated_page() -> None:
    page = read(GENERATED, "page.txt")
    assert (page.layout, page.title) == ("docusaurus", "Update a thing")
    assert said(page, "Request > Path Parameters > id") == [
        ("field", {"name": "id"}),
        ("type", {"type": "string", "format": "uuid"}),
        ("required", {"required": True}),
        ("sentence", {}),
    ]
    assert [facts for _, facts in said(page, "Request > Body > size")] == [
        {"name": "size"},
        {"type": "integer"},
        {"minimum": 2, "maximum": 50},
        {"default": 10},
        {},
        {},
    ]
    assert {"nullable": True} in [facts for _, facts in said(page, "Request > Body > note")]
    assert {"maxLength": 200} in [facts for _, facts in said(page, "Request > Body > note")]
    assert said(page, "Responses > 404") == [("status", {"status": "404", "description": "No such thing"})]


def test_prose_with_a_call_and_samples() -> None:
    page = read(PROSE, "page.txt")
    assert page.layout == "prose"
    assert ("request-line", {"method": "PATCH", "path": "/things/{id}"}) in said(page, "top")
    assert ("sample", {"credentials": "basic"}) in said(page, "Sample Request")
    assert said(page, "Sample Response > codes.items.code") == [
        ("sample", {"way": ["codes", "items", "code"], "value": "1"}),
        ("sample", {"way": ["codes", "items", "code"], "value": "2"}),
    ]


def test_tables_that_are_broken_over_lines() -> None:
    page = read(TABLES, "page.txt")
    assert page.layout == "microsoft-learn"
    assert [form for form, _ in said(page, "URI Parameters > endpoint")] == [
        "field",
        "value",
        "required",
        "type",
        "sentence",
    ]
    assert said(page, "Request Body > open")[1:] == [
        ("type", {"type": "boolean"}),
        ("sentence", {"default": False, "required": False}),
    ]
    assert said(page, "Responses > 200 OK") == [("status", {"status": "200"}), ("sentence", {})]


def test_tables_that_were_flattened() -> None:
    page = read(FLAT, "page.txt")
    assert said(page, "Request Body > role")[:2] == [("field", {"name": "role"}), ("type", {"ref": "Role"})]
    assert said(page, "Request Body > from")[2] == ("sentence", {"default-now": 0})
    assert said(page, "Definitions > Role > Writer") == [("value", {"value": "Writer"})]
    assert said(page, "Definitions > Thing > id")[1] == ("type", {"type": "string"})


@pytest.mark.parametrize("text", pages())
def test_no_line_is_skipped(text: str) -> None:
    found = {line for one in read(text, "page").statements for line in one.lines}
    assert [number for number, line in enumerate(text.splitlines(), 1) if line.strip()] == sorted(found)


@pytest.mark.parametrize("text", pages())
def test_keys_tell_statements_apart_and_do_not_depend_on_white_space(text: str) -> None:
    keys = [one.key for one in read(text, "page").statements]
    assert len(keys) == len(set(keys))
    other = re.sub(r"(\w) (?=\w)", "\\1\u00a0", text).replace("'s ", "\u2019s ").replace("\n", "\r\n")
    assert [one.key for one in read(other, "page").statements] == keys


def test_a_text_of_no_layout_is_rejected() -> None:
    with pytest.raises(UsageError, match=r"notes\.txt: no layout is known of it"):
        read("Some notes of mine.\n\nNothing about calls.\n", "notes.txt")


@pytest.mark.parametrize("text", ["", "{" * 5000, "|" * 1000, "curl '" + "x" * 5000, "# a\n" * 3000])
def test_hostile_texts_end(text: str) -> None:
    for page in (PROSE + text, TABLES + text, FLAT + text, GENERATED + text):
        assert read(page, "page").statements
