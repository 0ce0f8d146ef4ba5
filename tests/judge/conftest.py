"""What the tests of the judge share: the miniature provider, its faults, and short ways to make
interactions.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from roomproof.contract.clause import Part
from roomproof.contract.model import Contract, Operation
from roomproof.contract.read import read_contract
from roomproof.contract.references import resolve
from roomproof.contract.yaml_text import parse_yaml
from roomproof.engine.run import Options, Result, Run, Subject
from roomproof.engine.session import CutShortError
from roomproof.events import Answered, Event
from roomproof.interaction import Credentials, Headers, Interaction, Request, Response, RoomKnowledge
from roomproof.judge import judge as judging
from roomproof.judge.classify import classify
from roomproof.judge.evidence import Evidence, Outcome
from roomproof.judge.judge import Judge
from roomproof.judge.judged_interaction import Classification
from roomproof.judge.options import FieldPlace
from roomproof.judge.register import rules
from roomproof.providers import bundled, find_contract
from roomproof.verdict import Verdict, Verdicts

HERE = Path(__file__).parent
NOW = datetime(2030, 6, 1, 12, tzinfo=UTC)
ROOM = "7b61621f-62e0-4aad-ab11-9fd19e272e73"
BASE = {"id": ROOM, "name": "first", "created": "2030-06-01T12:00:00Z", "owner": "nobody"}
_NO_BODY: Any = {"content": {"application/json": {"schema": {"properties": {}}}}}
PROVIDERS = sorted(path.parent.name for path in bundled("contracts").glob("*/openapi.yaml"))


def _loaded(path: str) -> ModuleType:
    """Import a module or a package of this folder, which is no package itself."""
    spec = importlib.util.spec_from_file_location(
        f"roomproof_tests_{path.partition('.')[0].partition('/')[0]}", HERE / path
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


MINIATURE = _loaded("miniature.py")
FAULTS = list(_loaded("faults/__init__.py").all_faults(MINIATURE.RULES))


def mini_document() -> Any:
    """The miniature's contract as it is read, to be changed at will."""
    path = HERE / "mini" / "openapi.yaml"
    return parse_yaml(path.read_text(encoding="utf-8"), str(path))


@cache
def mini_contract(*fields: str) -> Contract:
    """The contract of the miniature; with fields, bodies have only these and the required ones, so that a run
    is short.
    """
    raw = mini_document()
    for schema in _bodies(raw) if fields else ():
        kept = {*fields, *schema.get("required", ())}
        schema["properties"] = {name: field for name, field in schema["properties"].items() if name in kept}
    for operation in _operations(raw) if fields else ():
        operation["x-behaviours"] = list(_lines(raw, operation))
    return read_contract(raw)


def _operations(raw: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    return [
        item[method] for item in raw["paths"].values() for method in item if "x-behaviours" in item[method]
    ]


def _lines(raw: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    """What an operation's behaviours say of the fields that its body has still."""
    schema = operation.get("requestBody", _NO_BODY)["content"]["application/json"]["schema"]
    left = resolve(schema, raw)["properties"]
    for line in operation["x-behaviours"]:
        named = [name for name in line.get("fields", ()) if name in left]
        options = [line["with"][option] for option in ("from", "until") if line["rule"] == "window"]
        is_about_body = rules()[Part.BEHAVIOUR, line["rule"]].about is FieldPlace.BODY
        if line.get("fields", "all") == "all" or not is_about_body:
            if all(name in left for name in options):
                yield line
        elif named:
            yield {**line, "fields": named}


def _bodies(raw: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    yield raw["components"]["schemas"]["Changes"]
    for path, method in (("/rooms", "post"), ("/rooms/{room_id}", "put")):
        yield raw["paths"][path][method]["requestBody"]["content"]["application/json"]["schema"]


def verify(
    mini: Any,
    operation: str,
    fields: Iterable[str] = (),
    until: tuple[str, Verdict] | None = None,
    **options: Any,
) -> Result:
    """Run the plan of one operation against a miniature: all of it, or until a clause has a finding of a
    verdict.
    """
    whole = mini_contract(*fields)
    contract = replace(
        whole, operations=tuple(item for item in whole.operations if _is_asked(item, operation))
    )
    subject = Subject(
        contract, (), MINIATURE.SPECIAL, mini, MINIATURE.TOKEN, MINIATURE.WEAK, mini.first, ours=True
    )
    # What is made, listed and deleted needs no random bodies.
    told = {"max_examples": 1, **options} if "shel" in operation else options

    def stop_if_found(event: Event) -> None:
        if not isinstance(event, Answered):
            return
        if (
            until
            and until[0] in run.session.result.verdicts.records
            and until[1] in run.session.result.verdicts.records[until[0]].broken
        ):
            raise CutShortError("found")

    run = Run(subject, Options(**told), stop_if_found)
    return run.verify()


def _is_asked(item: Operation, operation: str) -> bool:
    """Whether a run of one operation has another one beside it: those of no document, and all about shelves
    for one about them.
    """
    return (
        item.id == operation
        or not item.is_documented
        or ("shel" in operation and item.path.startswith("/shelves"))
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "fault" in metafunc.fixturenames:
        metafunc.parametrize("fault", FAULTS, ids=[f"{fault.name} ({fault.clause})" for fault in FAULTS])
    if "provider" in metafunc.fixturenames:
        metafunc.parametrize("provider", PROVIDERS)


class Talk:
    """A conversation with the miniature provider, made up response by response and heard by one judge."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.judge = Judge(contract)
        self.verdicts = Verdicts(contract)
        self.heard: list[tuple[Evidence, Interaction]] = []

    def hear(self, interaction: Interaction) -> list[Evidence]:
        evidence = self.judge.see(interaction)
        for item in evidence:
            self.heard.append((item, interaction))
            self.verdicts.add(item, interaction)
        return evidence

    def say(
        self, method: str, path: str, body: Any = None, response: Any = None, status: int = 200, *,
            headers: Headers = (),
        credentials: Credentials = Credentials.VALID, room: RoomKnowledge = RoomKnowledge.UNKNOWN,
            at: datetime | None = NOW,
        answered: Headers = (),
    ) -> list[Evidence]:  # fmt: skip
        text = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        media = () if text is None else (("Content-Type", "application/json"),)
        request = Request(
            method, f"https://mini.example/api{path}?api=1", (*media, *headers), text, credentials, room
        )
        content = b"" if response is None else json.dumps(response).encode()
        return self.hear(
            Interaction(
                request, Response(status, (("Content-Type", "application/json"), *answered), content), at
            )
        )

    def patch(
        self,
        body: Any,
        response: Mapping[str, Any] | None = None,
        status: int = 200,
        room_id: str = ROOM,
        **more: Any,
    ) -> list[Evidence]:
        """Update a room; `response` are the fields of the room that the response has beside its id."""
        shown = None if response is None else {"room": {**BASE, "id": room_id, **response}}
        return self.say("PATCH", f"/rooms/{room_id}", body, shown, status, **more)

    def put(self, body: Any, response: Mapping[str, Any], room_id: str = ROOM) -> list[Evidence]:
        return self.say("PUT", f"/rooms/{room_id}", body, {"room": {**BASE, "id": room_id, **response}})

    def create(
        self, body: Any, response: Mapping[str, Any], status: int = 201, **more: Any
    ) -> list[Evidence]:
        return self.say("POST", "/rooms", body, {"room": {**BASE, **response}}, status, **more)

    def classified(self, body: Any, **more: Any) -> Classification:
        """What the judge makes of an update before it looks at the response."""
        kept: list[Classification] = []
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(judging, "classify", lambda *given: kept.append(classify(*given)) or kept[0])
            self.patch(body, {}, **more)
        return kept[0]


def found(evidence: Iterable[Evidence], outcome: Outcome = Outcome.FAIL) -> set[str]:
    """The clauses of some evidence with one outcome, without the provider and the operation."""
    return {item.clause.split(".", 2)[2] for item in evidence if item.outcome is outcome}


@pytest.fixture
def talk() -> Talk:
    return Talk(mini_contract())


@pytest.fixture
def mini_raw() -> Any:
    """The miniature's contract as it is read, for a test to change."""
    return mini_document()


@pytest.fixture(scope="session")
def talk_about() -> Callable[[Any], Talk]:
    return lambda raw: Talk(read_contract(raw))


@pytest.fixture(scope="session")
def broken() -> Callable[..., set[str]]:
    return found


@pytest.fixture(scope="session")
def miniature() -> ModuleType:
    return MINIATURE


@pytest.fixture(scope="session")
def faults() -> list[Any]:
    return FAULTS


@pytest.fixture(scope="session")
def mini() -> Contract:
    return mini_contract()


@pytest.fixture(scope="session")
def run() -> Callable[..., Result]:
    return verify


@pytest.fixture
def contract(provider: str) -> Contract:
    return find_contract(provider)[0]
