"""Pages of each layout, as they look when they are saved: text, HTML, Markdown."""

from __future__ import annotations

import pytest

from roomproof.derive.statements import StatedDocument, as_openapi, read
from roomproof.derive.statements.html import lines_of_html

MINTLIFY = """\
Skip to main content
Update room
Changes a room.

PATCH
/
rooms
/
{room_id}
Try it

Authorizations
\u200b
Authorization
string
header
required
Bearer authentication header of the form Bearer <token>.

Path Parameters
\u200b
room_id
string<uuid>
required
Which room.

Body
application/json
\u200b
seats
integer
default:10
How many may join.
Required range: 2 <= x <= 50
\u200b
kind
enum<string>
Available options: open, closed
\u200b
name
string
Maximum string length: 100

Response
200
application/json
The room.
\u200b
id
string<uuid>
Which room.
"""
FERN = """\
Update room

PATCH
https://api.example.com
/rooms/:room_id

Changes a room.

Path parameters

room_id string Required

Which room.

Request

This endpoint expects an object.

seats integer Optional >=2 <=50 Defaults to 10

How many may join.

name string Optional <=100 characters

Response

The room.

id string

Errors

404

Not Found Error
"""
GITBOOK = """\
Update room

PATCH /rooms/{room_id}

Changes a room.

Path parameters

room_id string \u00b7 uuid Required

Which room.

Body

seats integer \u00b7 min: 2 \u00b7 max: 50 Optional

How many may join.

Default: 10

Responses

200 OK

application/json

id string \u00b7 uuid Optional

404 Not found

Test it

HTTP

PATCH /rooms/{room_id} HTTP/1.1
Host: api.example.com

{
"seats": 10
}
"""
REDOC = """\
Update room

Changes a room.

Authorizations: BearerAuth

path Parameters

room_id
required
string <uuid>
Which room.

Request Body schema: application/json

seats
integer [ 2 .. 50 ]
Default: 10
How many may join.

kind
string
Enum: "open" "closed"

name
string [ 1 .. 100 ] characters

Responses

200 OK

404 Not found

patch/rooms/{room_id}

Request samples

Content type
application/json

{
"seats": 10
}

Response samples

{
"id": "7b61621f-62e0-4aad-ab11-9fd19e272e73"
}
"""
LEARN = """\
<html><head><title>Things - Update</title><style>p {}</style></head><body>
<nav>All things</nav><main><h1>Things - Update</h1>
<p>Update a thing with <b>given</b> changes.</p><p hidden>Not shown.</p>
<pre><code>PATCH {endpoint}/things/{id}?api-version=1</code></pre>
<h2>URI Parameters</h2>
<table><tr><th>Name</th><th>In</th><th>Required</th><th>Type</th><th>Description</th></tr>
<tr><td>id</td><td>path</td><td>True</td><td>string</td><td>Which thing.</td></tr></table>
<h2>Request Body</h2>
<table><tr><th>Name</th><th>Type</th><th>Description</th></tr>
<tr><td>seats</td><td>integer</td><td>How many. Maximum of 50.</td></tr></table>
<h2>Responses</h2>
<table><tr><th>Name</th><th>Type</th><th>Description</th></tr>
<tr><td>200 OK</td><td>Thing</td><td>The thing.</td></tr></table>
<h2>Definitions</h2>
<h3>Thing</h3><table><tr><th>Name</th><th>Type</th><th>Description</th></tr>
<tr><td>id</td><td>string</td><td>Its id.</td></tr></table>
<script>load()</script></main></body></html>
"""
MARKDOWN = """\
# Change a thing

Changes a thing.

`PATCH /things/{id}`

## Body

| Name | Type | Description |
|------|------|-------------|
| `seats` | integer | How many. Maximum of 50. |
| **name** | string | What it is called. |

## Sample request

```bash
curl -X PATCH 'https://api.example.com/things/7' \\
-d '{"seats": 4}'
```

## Sample response

```json
{
  "id": "7",
  "seats": 4
}
```
"""
PAGES = {
    "mintlify": MINTLIFY,
    "fern": FERN,
    "gitbook": GITBOOK,
    "redoc": REDOC,
    "microsoft-learn": LEARN,
    "prose": MARKDOWN,
}


def facts(page: StatedDocument, subject: str) -> dict[str, object]:
    return {
        name: value
        for one in page.statements
        if one.subject == subject and "way" not in one.facts
        for name, value in one.facts.items()
    }


@pytest.mark.parametrize("layout", PAGES)
def test_a_page_is_read_by_the_reader_of_its_layout(layout: str) -> None:
    assert read(PAGES[layout], "page").layout == layout


@pytest.mark.parametrize("layout", ["mintlify", "fern", "gitbook", "redoc"])
def test_no_line_is_skipped(layout: str) -> None:
    found = {line for one in read(PAGES[layout], "page").statements for line in one.lines}
    texts = PAGES[layout].replace("\u200b", "").splitlines()
    assert [number for number, line in enumerate(texts, 1) if line.strip()] == sorted(found)


@pytest.mark.parametrize("layout", ["mintlify", "fern", "gitbook", "redoc"])
def test_what_a_field_may_be(layout: str) -> None:
    said = facts(read(PAGES[layout], "page"), "seats")
    assert {name: said.get(name) for name in ("type", "minimum", "maximum", "default")} == {
        "type": "integer",
        "minimum": 2,
        "maximum": 50,
        "default": 10,
    }


@pytest.mark.parametrize("layout", ["mintlify", "redoc"])
def test_values_and_lengths(layout: str) -> None:
    page = read(PAGES[layout], "page")
    assert facts(page, "kind")["enum"] == ["open", "closed"]
    assert facts(page, "name")["maxLength"] == 100


@pytest.mark.parametrize("layout", ["mintlify", "fern", "gitbook", "redoc"])
def test_a_page_becomes_an_operation(layout: str) -> None:
    tree = as_openapi(read(PAGES[layout], "page"))
    operation = tree["paths"]["/rooms/{room_id}"]["patch"]
    (parameter,) = operation["parameters"]
    assert (parameter["name"], parameter["in"], parameter["required"]) == ("room_id", "path", True)
    (content,) = operation["requestBody"]["content"].values()
    assert content["schema"]["properties"]["seats"]["maximum"] == 50
    assert operation["responses"].keys() >= ({"404"} if layout != "mintlify" else {"200"})


def test_html_shows_what_a_reader_sees() -> None:
    page = read(LEARN, "page.html")
    assert page.title == "Things - Update"
    assert facts(page, "seats") == {"name": "seats", "type": "integer", "maximum": 50}
    assert not [one.text for one in page.statements if "Not shown" in one.text or "load()" in one.text]
    assert "Update a thing with given changes." in [one.text for one in page.statements]


@pytest.mark.parametrize(
    ("html", "texts"),
    [
        (
            "<header>Menu</header><main><header><h1>Change it</h1></header><p>It does.</p></main>",
            ["Change it", "It does."],
        ),
        (
            "<div role=tabpanel hidden><p>Not found, says the server.</p></div>",
            ["Not found, says the server."],
        ),
        ("<p hidden>Not shown.<p>It is shown to all.", ["It is shown to all."]),
        (
            "<p>One &amp; two<br>go on <!-- no -->here.</p><template><p>No.</p></template>",
            ["One & two go on here."],
        ),
        ("<pre>{\n  &quot;a&quot;: 1\n}</pre>", ["{", '"a": 1', "}"]),
        ("<ul><li>name<li>codes</ul>", ["name", "codes"]),
    ],
)
def test_what_html_shows(html: str, texts: list[str]) -> None:
    assert [line.text for line in lines_of_html(f"<html><body>{html}") if line.text] == texts


def test_markdown_has_tables_and_fenced_code() -> None:
    page = read(MARKDOWN, "page.md")
    assert facts(page, "seats") == {"name": "seats", "type": "integer", "maximum": 50}
    body = as_openapi(page)["paths"]["/things/{id}"]["patch"]["requestBody"]["content"]
    assert body["application/json"]["example"] == {"seats": 4}
