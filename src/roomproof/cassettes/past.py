"""The verdicts that a recording was given when it was made, kept beside it: the traffic stays, so a later
change is the contract's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson

from roomproof import files
from roomproof.cassettes.recording import VERDICTS
from roomproof.contract.deviation import Deviation
from roomproof.contract.model import Contract
from roomproof.errors import RecordingError, UsageError
from roomproof.judge.evidence import Outcome, severity
from roomproof.report.provider import VerdictChange
from roomproof.verdict import Verdict, Verdicts

GONE = "no such clause"
_MAX_BYTES = 20_000_000
"""A larger file is not read; the verdicts on 1,000 clauses have some 100,000 bytes."""
_SILENT = frozenset((Verdict.INCONCLUSIVE.value, Verdict.UNEXERCISED.value))


def digest(contract: Contract, deviations: Iterable[Deviation]) -> str:
    """Return a short hash of all that verdicts depend on beside the traffic; until when a deviation is good
    is none of it.
    """
    known = {"contract": contract.raw, "deviations": [_lasting(deviation) for deviation in deviations]}
    text = orjson.dumps(known, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    return hashlib.sha256(text).hexdigest()[:16]


def _lasting(deviation: Deviation) -> dict[str, Any]:
    return {name: value for name, value in asdict(deviation).items() if name not in ("expires", "occurs")}


def write_past(cassette: Path, told: Mapping[str, str], contract: Contract, verdicts: Verdicts) -> None:
    """Write the verdicts of a recording beside it. Raises RecordingError if that cannot be done."""
    document = {**told, "verdicts": _plain(contract, verdicts.verdicts())}
    try:
        files.keep(verdicts_beside(cassette), orjson.dumps(document, option=orjson.OPT_INDENT_2) + b"\n")
    except OSError as error:
        raise RecordingError(
            f"{verdicts_beside(cassette)}: cannot be written ({error.strerror}); later verdicts cannot be "
            f"compared"
        ) from error


def has_past(cassette: Path) -> bool:
    """Whether a recording was given verdicts when it was made."""
    return files.is_there(verdicts_beside(cassette))


def changes(
    cassette: Path, contract: Contract, deviations: Iterable[Deviation], verdicts: Verdicts
) -> tuple[VerdictChange, ...] | None:
    """Return what a recording says otherwise than when it was made, None where nobody knows what it said
    then.

    Raises UsageError if the file of its verdicts is damaged.
    """
    past = _read(verdicts_beside(cassette))
    if past is None or past.get("provider") != contract.provider:
        return None
    before: dict[str, str] = past["verdicts"]
    now = _plain(contract, verdicts.verdicts())
    same = past.get("contract") == digest(contract, deviations)
    pairs = ((clause, before.get(clause, GONE), now.get(clause, GONE)) for clause in {**before, **now})
    return tuple(
        VerdictChange(str(cassette), *pair, same)
        for pair in pairs
        if pair[1] != pair[2] and not {*pair[1:]} <= _SILENT
    )


def verdicts_beside(cassette: Path) -> Path:
    """Return the file in which the verdicts of a recording stand, if there is one."""
    return cassette.with_name(cassette.name + VERDICTS)


def _plain(contract: Contract, verdicts: Mapping[str, Verdict]) -> dict[str, str]:
    """Return verdicts as they are without --strict, so that only the contract and the traffic make a
    difference.
    """
    return {
        clause: "warning"
        if verdict is Verdict.FAIL and severity(contract.clauses[clause]) is not Outcome.FAIL
        else verdict.value
        for clause, verdict in verdicts.items()
    }


def _read(path: Path) -> dict[str, Any] | None:
    try:
        node = orjson.loads(files.read(path, _MAX_BYTES))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(
            f"{path}: cannot be read ({error.strerror}); check its permissions, or remove it"
        ) from error
    except orjson.JSONDecodeError as error:
        raise UsageError(
            f"{path}, line {error.lineno}: is not readable as JSON ({error.msg}); remove it, the "
            f"cassette stands by itself"
        ) from error
    verdicts = node.get("verdicts") if isinstance(node, dict) else None
    if not isinstance(verdicts, dict) or not all(isinstance(verdict, str) for verdict in verdicts.values()):
        raise UsageError(f"{path}: holds no verdicts; remove it, the cassette stands by itself")
    return dict(node)
