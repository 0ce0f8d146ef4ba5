"""Wide fuzzing: what Schemathesis makes of the same contract goes the same way as our own cases, to the same
judge.

Schemathesis is an extra, and imported only where it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from hypothesis import given, seed, settings
from hypothesis import strategies as st

from roomproof.contract.model import Contract, Operation
from roomproof.engine.bodies import CaseParts
from roomproof.engine.case import Case, Seat
from roomproof.engine.session import Session
from roomproof.engine.turns import ANCHOR
from roomproof.errors import ContractError, UsageError
from roomproof.interaction import Headers
from roomproof.judge.validators import validator
from roomproof.targets.grammar import is_field, leads_elsewhere
from roomproof_strategies import Sample, valid
from roomproof_strategies.drawing import RANDOM

if TYPE_CHECKING:
    import schemathesis
    from schemathesis import APIOperation

    Api = APIOperation[Any, Any, Any, Any]
    Generated = schemathesis.Case[Any]

_NOWHERE = "http://127.0.0.1"
"""A request is only written out for this address, never sent there."""
_NO_OTHER_METHODS: dict[str, Any] = {"phases": {"coverage": {"unexpected-methods": []}}}
"""Cases about methods that no document has are left out: no clause speaks of them, and a DELETE would take
the room away.
"""


def require_schemathesis() -> None:
    """Raise UsageError if Schemathesis is not installed; nothing is imported."""
    if find_spec("schemathesis") is None:
        raise UsageError(
            "--fuzz needs Schemathesis, which is not installed: python -m pip install 'roomproof[fuzz]'"
        )


def fuzz(session: Session, bench: CaseParts) -> None:
    """Send the cases of Schemathesis' coverage phase for an operation, then as many random ones as the
    options say. An operation that no document has it does not see.

    Raises ContractError if Schemathesis cannot read the contract.
    """
    if not session.options.fuzz or not bench.operation.is_documented:
        return
    from schemathesis import GenerationMode

    operation = _operation(session, bench.operation)
    for generated in _coverage(operation):
        session.offer(as_case(session.contract, bench, generated))

    @seed(session.options.seed)
    @settings(RANDOM, max_examples=session.options.fuzz)
    @given(st.one_of([operation.as_strategy(generation_mode=mode) for mode in GenerationMode]))
    def every_case(generated: Generated) -> None:
        session.offer(as_case(session.contract, bench, generated))

    every_case()


def _operation(session: Session, operation: Operation) -> Api:
    import schemathesis
    from schemathesis.errors import SchemathesisError

    # No webhook may reach a stranger, so hosts are those of our own strategies.
    anchor = session.setting(Seat.MAIN).now + ANCHOR
    schemathesis.openapi.format("uri", valid({"type": "string", "format": "uri"}, anchor=anchor))
    try:
        schema = schemathesis.openapi.from_dict(
            deepcopy(dict(session.contract.raw)), config=schemathesis.Config.from_dict(_NO_OTHER_METHODS)
        )
        found: Api = schema[operation.path][operation.method]
    except SchemathesisError as error:
        raise ContractError(
            f"--fuzz: Schemathesis cannot read the contract of {session.contract.provider}: {error}"
        ) from error
    return found


def _coverage(operation: Api) -> Iterator[Generated]:
    generation = operation.schema.config.generation_for(operation=operation, phase="coverage")
    cases: Iterator[Generated] = operation.schema.iter_coverage_cases(
        operation, generation_modes=generation.modes, generation_config=generation
    )
    return cases


def as_case(contract: Contract, bench: CaseParts, generated: Generated) -> Case:
    """Return the case that sends what Schemathesis generated: its body, query and headers, to a room of this
    run.

    The room in the path stays only where the contract rejects it. A valid body gets what the provider needs
    besides, as ours do; any other goes out byte by byte. Credentials are the run's own.
    """
    import requests

    request = requests.Request(**generated.as_transport_kwargs(base_url=_NOWHERE)).prepare()
    query = dict(parse_qsl(urlsplit(request.url or "").query, keep_blank_values=True))
    note = (
        f"by Schemathesis: {generated.meta.phase.data.description}" if generated.meta else "by Schemathesis"
    )
    if isinstance(generated.body, dict) and generated.meta and generated.meta.generation.mode.is_positive:
        case = bench.case(Sample(generated.body, (), "accepted", True, note))
    else:
        body = request.body.encode() if isinstance(request.body, str) else request.body
        media_type = request.headers.get("Content-Type")
        case = Case(
            bench.operation,
            note,
            body if body and isinstance(body, bytes) else None,
            str(media_type) if media_type else None,
        )
    return replace(
        case,
        path_id=_rejected_room(contract, bench.operation, generated),
        query=query,
        without=frozenset(
            ("query", parameter.name)
            for parameter in bench.operation.parameters
            if parameter.place == "query"
        ),
        headers=tuple(_headers(bench, generated)),
    )


def _rejected_room(contract: Contract, operation: Operation, generated: Generated) -> str | None:
    """Return the generated room id if no room can have it."""
    text = unquote(str(generated.path_parameters.get(contract.room.parameter, "")))
    schemas = [
        parameter.schema for parameter in operation.parameters if parameter.name == contract.room.parameter
    ]
    return text if text and not all(validator(schema).is_valid(text) for schema in schemas) else None


def _headers(bench: CaseParts, generated: Generated) -> Iterator[tuple[str, str]]:
    """Yield the generated headers that can be sent, without those that the case or the credentials set
    themselves.
    """
    proof: Headers = bench.scheme.headers(bench.operation.method, _NOWHERE, None)
    taken = {"content-type", *(name.lower() for name, _ in proof)}
    for name, value in generated.headers.items():
        if name.lower() not in taken and is_field(name, str(value)) and not leads_elsewhere(name):
            yield name, str(value)
