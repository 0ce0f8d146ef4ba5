"""Our judge as a check of Schemathesis:
`SCHEMATHESIS_HOOKS=roomproof.schemathesis_hooks st run contracts/PROVIDER/openapi.yaml ...`.

Every interaction goes to one judge, in the order of the stream. The check fails with the clause's id and the
finding's text; what a deviation covers, warnings and what is uncertain are no failures.
`--exclude-checks Roomproof` switches it off.
"""

from __future__ import annotations

import threading
from dataclasses import astuple, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import schemathesis
from schemathesis.core.failures import Failure
from schemathesis.errors import FailureGroup

from roomproof.auth.basic import Basic
from roomproof.auth.scheme import Carrier
from roomproof.contract.deviation import Deviation
from roomproof.contract.model import Contract
from roomproof.errors import UsageError
from roomproof.interaction import Credentials, Interaction, Request, Response, header
from roomproof.judge.evidence import Evidence
from roomproof.judge.judge import Judge
from roomproof.providers import find_contract
from roomproof.reports.secrets import cleaned
from roomproof.secrets import proofs
from roomproof.verdict import Verdict, Verdicts

_BESIDE_ANOTHER = "another request was under way at the same time"
_Case = schemathesis.Case[Any]


@dataclass
class _Flight:
    """A request from its sending until it is judged."""

    at: datetime
    alone: bool


@dataclass
class _Sky:
    """The requests under way, one at most in each thread: of two that overlap, nobody knows which the
    provider served first.
    """

    flights: dict[threading.Thread, _Flight] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> None:
        """Note that this thread sends a request; one that it sent before and that was never judged is
        forgotten.
        """
        me = threading.current_thread()
        with self.lock:
            self.flights = {
                thread: flight
                for thread, flight in self.flights.items()
                if thread.is_alive() and thread is not me
            }
            for other in self.flights.values():
                other.alone = False
            self.flights[me] = _Flight(datetime.now(UTC), alone=not self.flights)

    def land(self) -> _Flight | None:
        """Return the request that this thread sent last, None if nobody noted it."""
        with self.lock:
            return self.flights.pop(threading.current_thread(), None)


_SKY = _Sky()


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: _Case, kwargs: dict[str, Any]) -> None:  # noqa: ARG001 - a hook's form
    """Note when a request is sent, and beside which others."""
    _SKY.start()


@schemathesis.hook
def after_load_schema(context: schemathesis.HookContext, schema: schemathesis.BaseSchema) -> None:  # noqa: ARG001 - a hook's form
    """Raise UsageError or ContractError at once if the schema is none that can be judged."""
    _contract_of(schema)


@dataclass
class _Stream:
    """What a run has shown of one provider so far. `proven`: whether the credentials that the run was given
    have let it in.
    """

    contract: Contract
    judge: Judge
    verdicts: Verdicts
    proven: bool = False

    @classmethod
    def of(cls, contract: Contract, deviations: tuple[Deviation, ...]) -> _Stream:
        """Return the stream of a run that has shown nothing yet."""
        return cls(contract, Judge(contract), Verdicts(contract, deviations))

    def see(self, request: Request, response: Response, flight: _Flight) -> list[Evidence]:
        """Judge an interaction and return what makes clauses fail by itself. One that overlaps with another
        says nothing.
        """
        interaction = (
            Interaction(request, response, flight.at)
            if flight.alone
            else Interaction(request, None, flight.at, _BESIDE_ANOTHER)
        )
        evidence = self.judge.see(interaction)
        for item in evidence:
            self.verdicts.add(item, interaction)
        return [item for item in evidence if self.verdicts.blames(item, interaction)]

    def unexplained(self) -> list[Evidence]:
        """Return what made clauses fail that no other fail explains: nothing that one interaction proves by
        itself.
        """
        fails = (
            finding.counterexample.evidence
            for finding in self.verdicts.findings()
            if finding.verdict is Verdict.FAIL
        )
        return [evidence for evidence in fails if evidence.suspects]

    def credentials(self, request: Request, status: int, given: str | None) -> Credentials:
        """Return what is known of a request's credentials; `given` is the header that the run was given.

        That is valid once it has let a request in, and where a rejection cannot be about a room that nobody
        has seen. Without any, the credentials are missing; of generated ones nobody knows that no account has
        them.
        """
        matched = self.contract.match(request.method, request.path)
        sent = next(self.contract.credentials.carrier.values(request), None)
        if given is None or matched is None or sent not in (None, given):
            return Credentials.UNKNOWN
        if sent is None:
            return Credentials.MISSING
        accepted = 200 <= status < 300
        self.proven = self.proven or accepted
        operation, parameters = matched
        named = [
            one for one in (self.contract.room, operation.resource) if one and one.parameter in parameters
        ]
        seen = all(self.judge.learning.state(one, request, parameters) is not None for one in named)
        return Credentials.VALID if accepted or (self.proven and seen) else Credentials.UNKNOWN


class BrokenClause(Failure):
    """A clause that an interaction breaks. Schemathesis shows each once an operation."""

    __slots__ = ()

    @property
    def _unique_key(self) -> str:
        return self.title


@schemathesis.check
class Roomproof:
    """Judges the interactions of one run, one after the other: Schemathesis makes one of these a run, and
    locks it.
    """

    def __init__(self) -> None:
        self._stream: _Stream | None = None

    def after_response(
        self,
        ctx: schemathesis.CheckContext,  # noqa: ARG002 - a check's form
        response: schemathesis.Response,
        case: _Case,
    ) -> None:
        """Judge one interaction. Raises BrokenClause for each clause that it breaks."""
        flight = _SKY.land() or _Flight(datetime.now(UTC) - timedelta(seconds=response.elapsed), alone=True)
        stream = self._stream = self._stream or _Stream.of(*_contract_of(case.operation.schema))
        given, request = _given(case, stream.contract.credentials.carrier), _request(response)
        request = replace(request, credentials=stream.credentials(request, response.status_code, given))
        answered = Response(
            response.status_code,
            tuple((name, value) for name, values in response.headers.items() for value in values),
            response.content,
        )
        broken = stream.see(request, answered, flight)
        if broken:
            raise FailureGroup(
                [_failure(item, stream.contract, case.operation.label, given) for item in broken]
            )

    def after_run(self, ctx: schemathesis.CheckContext) -> None:  # noqa: ARG002 - a check's form
        """Raise BrokenClause for what only the whole run shows."""
        left = self._stream.unexplained() if self._stream else []
        if self._stream and left:
            raise FailureGroup([_failure(item, self._stream.contract, None, None) for item in left])


def _contract_of(schema: schemathesis.BaseSchema) -> tuple[Contract, tuple[Deviation, ...]]:
    provider = schema.raw_schema.get("x-provider") if isinstance(schema.raw_schema, dict) else None
    if not isinstance(provider, str):
        raise UsageError(
            "the schema has no x-provider, so it is no contract of roomproof; unset SCHEMATHESIS_HOOKS, "
            "or take another schema"
        )
    place = urlsplit(schema.location or "")
    return find_contract(provider, (Path(unquote(place.path)).parent,) if place.scheme == "file" else ())


def _given(case: _Case, carrier: Carrier) -> str | None:
    """Return the header with credentials that the run was given, with -H, --auth or in the configuration.

    None for a key that stands elsewhere.
    """
    config = case.operation.schema.config
    headers = tuple(config.headers_for(operation=case.operation).items())
    pair = config.auth_for(operation=case.operation)
    given = header(headers, carrier.name) if carrier.place == "header" else None
    return given or (header(Basic(*pair).headers("", "", None), carrier.name) if pair else None)


def _request(response: schemathesis.Response) -> Request:
    """Return the request as it went out."""
    sent = response.request
    body = sent.body.encode() if isinstance(sent.body, str) else sent.body
    headers = tuple(
        (name, value if isinstance(value, str) else value.decode("latin-1"))
        for name, value in sent.headers.items()
    )
    return Request(sent.method or "", sent.url or "", headers, body if isinstance(body, bytes) else None)


def _failure(
    evidence: Evidence, contract: Contract, operation: str | None, given: str | None
) -> BrokenClause:
    source = ", ".join(part for part in astuple(contract.clauses[evidence.clause].source) if part)
    text = (
        f"{evidence.summary}\nexpected  {evidence.expected}\nreceived  {evidence.received}\nsource   "
        f" {source}"
    )
    secrets = (given, *proofs((("authorization", given),))) if given else ()
    return BrokenClause(operation=operation, title=evidence.clause, message=cleaned(text, secrets))
