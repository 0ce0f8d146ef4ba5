"""Read a JSON report from a file: nothing of it is trusted before it has the form of one."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson

from roomproof.contract.clause import Level
from roomproof.errors import UsageError
from roomproof.judge.evidence import MAX_SHOWN
from roomproof.reports.report import REPORT_VERSION
from roomproof.verdict import Verdict

_TEXT = {"type": "string"}
_TEXTS = {"type": "object", "additionalProperties": _TEXT}
_TEXT_LIST = {"type": "array", "items": _TEXT}
_COUNT = {"type": "integer", "minimum": 0}
_ID = {"type": "string", "pattern": r"^[^.]+\.[^.]+\.(request|response|behaviour)\..+"}
_VERDICT = {"enum": list(Verdict)}
_LEVEL = {"enum": list(Level)}
_LIMITS = {"type": "object", "additionalProperties": {"type": "number"}}
_REQUEST = {
    "type": "object",
    "required": ["method", "url", "headers", "body"],
    "properties": {"method": _TEXT, "url": _TEXT, "path": _TEXT, "headers": _TEXTS, "query": {"type": "object"}},
}
_RESPONSE = {
    "type": ["object", "null"],
    "required": ["status", "headers", "body"],
    "properties": {"status": {"type": "integer"}, "headers": _TEXTS},
}
_EXCHANGE = {"request": _REQUEST, "response": _RESPONSE, "curl": _TEXT}
_CLAUSE = {
    "type": "object",
    "required": ["id", "operation", "level", "verdict", "cases", "source"],
    "properties": {
        "id": _ID, "operation": _TEXT, "level": _LEVEL, "verdict": _VERDICT, "cases": _COUNT, "source": _TEXTS,
        "demands": _TEXT, "why": _TEXT,
    },
}  # fmt: skip
_FINDING = {
    "type": "object",
    "required": ["clause", "level", "verdict", "summary", "request", "response", "curl"],
    "properties": {
        "clause": _ID, "level": _LEVEL, "verdict": _VERDICT, "summary": _TEXT, **_EXCHANGE, "source": _TEXTS,
        **dict.fromkeys(("operation", "field", "demands", "expected", "received", "reason", "at", "reproduce"), _TEXT),
        "sequence": {
            "type": "array", "items": {"type": "object", "required": ["step", "request", "response", "curl"], "properties": _EXCHANGE},
        },
    },
}  # fmt: skip
_BOUNDARY = {
    "type": "object",
    "required": ["operation", "field", "what", "documented", "tried"],
    "properties": {
        "operation": _TEXT, "field": _TEXT, "what": _TEXT, "documented": _LIMITS, "observed": _LIMITS,
        "clauses": _TEXT_LIST, "left_out": _COUNT,
        "tried": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["value", "accepted"],
                "properties": {"accepted": {"type": ["boolean", "null"]}, "why": _TEXT},
            },
        },
    },
}  # fmt: skip
_PROVIDER = {
    "type": "object",
    "required": ["provider", "target", "requests", "seconds", "clauses", "findings"],
    "properties": {
        **dict.fromkeys(("provider", "target", "contract_version", "started", "stopped", "cassette"), _TEXT),
        "requests": _COUNT, "seconds": {"type": "number"},
        "clauses": {"type": "array", "items": _CLAUSE}, "findings": {"type": "array", "items": _FINDING},
        "boundaries": {"type": "array", "items": _BOUNDARY},
        "stale_deviations": {"type": "array", "items": {**_TEXTS, "required": ["clause", "why", "expires"]}},
        "recorded": {"type": "object", "required": ["from", "to"], "properties": {"from": _TEXT, "to": _TEXT}},
        "rejudged": {
            "type": "array",
            "items": {
                "type": "object", "required": ["clause", "before", "now"], "properties": {"clause": _TEXT, "before": _TEXT, "now": _TEXT},
            },
        },
    },
}  # fmt: skip
SCHEMA = {
    "type": "object",
    "required": ["roomproof", "providers", "summary"],
    "properties": {
        "roomproof": _TEXT,
        "seed": {"type": "integer"},
        "providers": {"type": "array", "items": _PROVIDER},
        "baseline": {
            "type": "object", "required": ["path", "new", "known", "healed"],
            "properties": {"path": _TEXT, "new": _TEXT_LIST, "known": _TEXT_LIST, "healed": _TEXT_LIST},
        },
        "unmatched": {
            "type": "object", "required": ["count", "requests"],
            "properties": {"count": _COUNT, "requests": {"type": "object", "additionalProperties": _COUNT}},
        },
    },
}  # fmt: skip
"""What views of a report rely on; further members are taken as they come."""


def read_report(path: Path) -> dict[str, Any]:
    """Return the JSON report in a file. Raises UsageError if it cannot be read, or is none of this version."""
    try:
        node = orjson.loads(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path}: the report cannot be read ({error.strerror})") from error
    except orjson.JSONDecodeError as error:
        raise UsageError(f"{path}: is no JSON ({error}); write a report with `roomproof verify --json PATH`") from error
    if not isinstance(node, dict) or "report_version" not in node:
        raise UsageError(f"{path}: is no roomproof report; write one with `roomproof verify --json PATH`")
    if node["report_version"] != REPORT_VERSION or isinstance(node["report_version"], bool):
        version = ascii(node["report_version"])[:MAX_SHOWN]
        raise UsageError(f"{path}: is a report of version {version}, not {REPORT_VERSION}; write it again with this roomproof")
    wrong = next(_validator().iter_errors(node), None)
    if wrong is not None:
        where = "/".join(map(str, wrong.instance_path)) or "the whole"
        raise UsageError(f"{path}: is not as roomproof writes reports: {ascii(where)[1:-1]} {ascii(wrong.message)[1:-1][:MAX_SHOWN]}")
    return node


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(SCHEMA)
