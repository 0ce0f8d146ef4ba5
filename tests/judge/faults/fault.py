"""A fault: a miniature provider that is wrong in one way, and the finding that it must lead to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from roomproof.verdict import Verdict

FAIL, WARNING = Verdict.FAIL, Verdict.WARNING
LEVELS = {"observed-maximum": WARNING, "sample-minimum": WARNING}


@dataclass(frozen=True)
class Fault:
    """One wrong provider: `bend` turns a right one into it; `clause` and `verdict` are the finding, `says`
    stands in its summary.

    The provider is asked about one operation whose body has only `fields`.
    """

    name: str
    clause: str
    bend: Callable[[Any], None]
    verdict: Verdict = FAIL
    says: str = ""
    fields: tuple[str, ...] = ()

    @property
    def operation(self) -> str:
        return self.clause.split(".")[0]

    @property
    def asked(self) -> tuple[str, ...]:
        return self.fields or tuple(self.clause.split(".")[2:-1])

    @property
    def told(self) -> str:
        return self.says or self.clause.split(".")[-2].replace("values", "guests").replace(
            "keys", "guests"
        ).replace("items", "")
