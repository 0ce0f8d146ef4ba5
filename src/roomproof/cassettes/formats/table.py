"""Which formats of recordings in JSON are read, and which are known and rejected by name.

| format | its entries stand in | module |
|---|---|---|
| HAR 1.2, Polly.js | log.entries | har |
| vcrpy, roomproof, go-vcr | interactions | vcrpy |
| VCR (Ruby, R), betamax, Schemathesis | http_interactions | vcrpy |
| nock | the root | nock |
| test-proxy (of many SDKs) | Entries | test_proxy |
| Postman collection | item | postman |

Flows of mitmproxy and HAR in a ZIP archive are no JSON: the modules mitmproxy and har_zip read whole files.
To add a format in JSON, write a module with a Format and name it here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from roomproof.cassettes.formats import har, nock, postman, test_proxy, vcrpy
from roomproof.cassettes.formats.format import Format, one

FORMATS = (
    har.FORMAT,
    Format("vcrpy", ("interactions",), one(vcrpy.entry_of)),
    Format("VCR", ("http_interactions",), one(vcrpy.entry_of)),
    nock.FORMAT,
    test_proxy.FORMAT,
    postman.FORMAT,
)
EXPORT = "export the traffic as HAR"


@dataclass(frozen=True)
class UnsupportedFormat:
    """A format that holds no recorded interactions, or that only its own program reads, and what to do.

    An object is one if it has fields of all these names.
    """

    name: str
    names: tuple[str, ...]
    advice: str

    def __str__(self) -> str:
        return f"is {self.name}, which is no recording that is read: {self.advice}"


REJECTED = (
    UnsupportedFormat("an OpenAPI description", ("openapi",), "it describes an API and records nothing"),
    UnsupportedFormat("a Swagger description", ("swagger",), "it describes an API and records nothing"),
    UnsupportedFormat(
        "a Pact file", ("consumer", "interactions"), "it says what is expected, not what was answered"
    ),
    UnsupportedFormat(
        "a Postman environment",
        ("_postman_variable_scope",),
        "save the responses as examples and export the collection",
    ),
    UnsupportedFormat("an Insomnia export", ("_type", "__export_format"), "in Insomnia, export as HAR"),
    UnsupportedFormat("an Insomnia export", ("type", "collection"), "in Insomnia, export as HAR"),
    UnsupportedFormat("stub mappings of WireMock", ("mappings",), f"they say what to answer; {EXPORT}"),
    UnsupportedFormat(
        "a report of Schemathesis in NDJSON",
        ("Initialize",),
        "have `st run` write one with --report har or --report vcr",
    ),
    UnsupportedFormat(
        "a report of roomproof", ("roomproof", "providers"), "name the recording that it was made from"
    ),
    UnsupportedFormat("verdicts of roomproof", ("provider", "verdicts"), "name the recording beside it"),
)
_CHARLES = frozenset(("scheme", "host", "request", "response"))


def rejected(names: frozenset[str], first: Any) -> UnsupportedFormat | None:
    """Return the format of a document that is no recording, from the names of its fields and its first item
    if it is a list.
    """
    if isinstance(first, dict) and first.keys() >= _CHARLES:
        return UnsupportedFormat(
            "a session of Charles", (), "in Charles, choose File, Export Session, HTTP Archive (.har)"
        )
    return next((item for item in REJECTED if names.issuperset(item.names)), None)
