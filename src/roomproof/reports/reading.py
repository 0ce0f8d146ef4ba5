"""Read a JSON report back, and the JSON Schema that it keeps."""

from __future__ import annotations

import json
from pathlib import Path

from roomproof import files
from roomproof.errors import UsageError
from roomproof.legible import one_line, shortened
from roomproof.report.document import REPORT_VERSION, Report, report_from
from roomproof.reports.last import MAX_BYTES

_SCHEMA = Path(__file__).parent / "report.schema.json"
_LONGEST = 300


def schema() -> str:
    """Return the JSON Schema (2020-12) of the report as JSON text. It leaves objects open: within a version
    fields may come.
    """
    return files.own_text(_SCHEMA)


def read_report(path: Path) -> Report:
    """Return the report in a file. Raises UsageError if it cannot be read, is no report, or one of another
    version.
    """
    try:
        node = json.loads(files.read(path, MAX_BYTES))
    except OSError as error:
        raise UsageError(
            f"{path}: cannot be read ({error.strerror}); `roomproof verify` writes reports, with "
            f"`--json PATH` there"
        ) from error
    except (ValueError, RecursionError) as error:
        raise UsageError(
            f"{path}: is no JSON ({_said(error)}); name a report that `roomproof verify` has written"
        ) from error
    if not isinstance(node, dict) or "report_version" not in node:
        raise UsageError(f"{path}: is no report of roomproof; name one that `roomproof verify` has written")
    if node["report_version"] != REPORT_VERSION or isinstance(node["report_version"], bool):
        version = _said(node["report_version"])
        raise UsageError(
            f"{path}: has report_version {version}, this roomproof reads {REPORT_VERSION}; use the one "
            f"that wrote it"
        )
    _reject_broken(node, path)
    return report_from(node)


def _reject_broken(node: object, path: Path) -> None:
    """Raise UsageError, with the place, for the first field that is not as the schema says."""
    import jsonschema_rs

    try:
        jsonschema_rs.Draft202012Validator(json.loads(schema())).validate(node)
    except jsonschema_rs.ValidationError as error:
        where = "/".join(map(str, error.instance_path)) or "the whole"
        raise UsageError(
            f"{path}: is a damaged report: {one_line(where)}: {_said(error.message)}; write it anew"
        ) from error
    except ValueError as error:
        raise UsageError(f"{path}: is a damaged report: {_said(error)}; write it anew") from error


def _said(what: object) -> str:
    return shortened(one_line(str(what)), _LONGEST)
