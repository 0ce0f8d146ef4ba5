"""`roomproof check`: all mistakes of contracts, with what stands beside them."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict
from pathlib import Path

from roomproof.checking.check import Checked, check
from roomproof.legible import one_line
from roomproof.providers import contract_files
from roomproof.reports.console import open_console, say


def run_check(named: Sequence[Path], allowed: Collection[str], *, as_json: bool) -> int:
    """Print every mistake of some contracts, one a line; return 2 if there is one, else 0.

    Raises UsageError where there is no contract, ContractError where a file cannot be read.
    """
    found = {path: folder for one in named for path, folder in contract_files(one).items()}
    checked = [check(path, allowed, folder) for path, folder in found.items()]
    if as_json:
        print(json.dumps([_row(one) for one in checked], indent=1))
    else:
        console = open_console()
        for one in checked:
            for mistake in one.mistakes:
                say(console, one_line(str(mistake)))
            say(console, one_line(_end(one)))
    return 0 if all(one.is_right for one in checked) else 2


def _end(checked: Checked) -> str:
    remarks = sum(one.is_remark for one in checked.mistakes)
    wrong = len(checked.mistakes) - remarks
    told = [] if checked.is_right else [_counted(wrong, "mistake")]
    told += [_counted(remarks, "remark")] if remarks else []
    if not checked.is_right:
        rest = (
            "" if checked.clauses else "; what stands behind them was not read: mend these, then check again"
        )
        return f"{checked.file} has {' and '.join(told)}{rest}"
    return f"{checked.file} has {', '.join([_counted(checked.clauses, 'clause'), *told])}; no mistakes"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _row(checked: Checked) -> dict[str, object]:
    return {
        "file": checked.file,
        "clauses": checked.clauses,
        "mistakes": [asdict(one) for one in checked.mistakes],
    }
