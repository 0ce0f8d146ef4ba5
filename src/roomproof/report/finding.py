"""What a report says of a broken clause: the interactions that show it, and where a limit really lies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from roomproof.contract.clause import Level, Source
from roomproof.json_data import Json
from roomproof.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class RequestReport:
    """A request; of a long body the beginning as text, and in `body_shown` how much that is."""

    method: str
    url: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Json
    body_shown: str = ""


@dataclass(frozen=True, kw_only=True)
class ResponseReport:
    """What came back, in the same way."""

    status: int
    headers: Mapping[str, str]
    body: Json
    body_shown: str = ""


@dataclass(frozen=True, kw_only=True)
class StepReport:
    """One of several requests that show something together, counted from 1."""

    step: int
    request: RequestReport
    response: ResponseReport | None
    curl: str


@dataclass(frozen=True, kw_only=True)
class TurnReport:
    """A value that was answered as no single border would have it."""

    value: float
    reply: str


@dataclass(frozen=True, kw_only=True)
class UnclearReport:
    """A value whose response says nothing, and why."""

    value: float
    why: str


@dataclass(frozen=True, kw_only=True)
class LimitReport:
    """Where a real limit lies, beside the documented one, None where none is; `requests` tells how many were
    needed to find out.
    """

    documented: float | None
    not_monotonous: tuple[TurnReport, ...] = ()
    accepted_up_to: float | None = None
    accepted_down_to: float | None = None
    refused_from: float | None = None
    server_error_from: float | None = None
    exact: bool = True
    unclear: tuple[UnclearReport, ...] = ()
    requests: int


@dataclass(frozen=True, kw_only=True)
class FindingReport:
    """A broken clause with the interaction that shows it, or the sequence; `kinds` are None in the reports of
    older versions.
    """

    clause: str
    operation: str
    field: str
    level: Level
    verdict: Verdict
    demands: str
    source: Source
    source_url: str = ""
    kinds: tuple[str, ...] | None = None
    reason: str
    at: str
    limit: LimitReport | None = None
    summary: str
    expected: str
    received: str
    request: RequestReport
    response: ResponseReport | None
    curl: str
    reproduce: str = ""
    sequence: tuple[StepReport, ...]

    @property
    def curl_lines(self) -> list[str]:
        """The line that sends the request again; of a finding that needs a sequence the numbered lines of its
        steps.
        """
        return [f"{step.step}. {step.curl}" for step in self.sequence] or [self.curl]

    @property
    def recipe(self) -> list[str]:
        """The lines that show it again: curl, then the run that finds it, where there was one."""
        return [*self.curl_lines, *([self.reproduce] if self.reproduce else [])]
