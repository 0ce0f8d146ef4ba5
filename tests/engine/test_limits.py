"""Where the limits of a provider really are: the search itself, findings that tell the place, and what a
probe observes.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from roomproof.engine.probing import UNKNOWN, ProbeResult, probe
from roomproof.engine.run import Options, Result, Subject
from roomproof.errors import UnreachableError
from roomproof.json_data import as_json
from roomproof.limit import BUDGET, Border, Limit, LimitReply, TriedValue, find_border
from roomproof.providers import find_contract
from roomproof.report.finding import LimitReport
from roomproof.reports.limits import limit_of
from roomproof.reports.report import ProviderResult, report
from roomproof.targets.credentials import scheme_from
from roomproof.targets.http import HttpTarget
from roomproof.verdict import Finding
from roomproof_strategies import Special

Verify = Callable[..., Result]
Serve = Callable[[ASGIApp], AbstractContextManager[str]]
UNBOUNDED = 10**9


def accepts(
    test: Callable[[int], bool], otherwise: LimitReply = LimitReply.REJECTED
) -> Callable[[int], TriedValue]:
    """Return the provider that accepts the positions which pass a test."""
    return lambda position: TriedValue(LimitReply.ACCEPTED if test(position) else otherwise)


@st.composite
def ranges(draw: st.DrawFn) -> tuple[int, int, int, int]:
    """Draw a range of any width, a documented limit in it, and the last accepted position, which may be
    outside on the inner side.
    """
    width = 2 ** draw(st.integers(0, 64))
    inner = draw(st.integers(-(2**64), 2**64))
    start, accepted = draw(st.integers(0, width)), draw(st.integers(-1, width))
    return inner, inner + width, inner + start, inner + accepted


class TestSearch:
    @given(ranges())
    def test_the_border_is_exact_after_a_number_of_questions_that_grows_with_the_digits_of_the_range(
        self, drawn: tuple[int, int, int, int]
    ) -> None:
        inner, outer, start, accepted = drawn

        border = find_border(
            accepts(lambda position: position <= accepted), start, inner, outer, budget=UNBOUNDED
        )

        assert border.accepted == (accepted if accepted >= inner else None)
        assert border.beyond == (
            accepted + 1 if inner <= accepted < outer else inner if accepted < inner else None
        )
        assert border.exact
        assert border.turns == ()
        assert len(border.known) <= (outer - inner).bit_length() + 25

    @given(ranges(), st.integers(0, BUDGET), st.sets(st.integers(-100, 100)))
    def test_nothing_is_asked_twice_or_outside_the_range_or_beyond_the_budget(
        self, drawn: tuple[int, int, int, int], budget: int, exceptions: set[int]
    ) -> None:
        inner, outer, start, accepted = drawn
        asked: list[int] = []

        def ask(position: int) -> TriedValue:
            asked.append(position)
            return TriedValue(
                LimitReply.ACCEPTED
                if (position <= accepted) != (position - accepted in exceptions)
                else LimitReply.REJECTED
            )

        find_border(ask, start, inner, outer, checks=[2 * start], budget=budget)

        assert len(asked) == len(set(asked)) <= budget
        assert all(inner <= position <= outer for position in asked)

    @given(ranges(), st.integers(1, BUDGET))
    def test_what_is_told_is_true_however_few_questions_there_were(
        self, drawn: tuple[int, int, int, int], budget: int
    ) -> None:
        inner, outer, start, accepted = drawn

        border = find_border(
            accepts(lambda position: position <= accepted), start, inner, outer, budget=budget
        )

        assert border.turns == ()
        assert border.accepted is None or border.accepted <= accepted
        assert border.beyond is None or border.beyond > accepted
        assert border.exact == (
            border.accepted is None or border.beyond is None or border.beyond - border.accepted == 1
        )

    @pytest.mark.parametrize(
        "limit", [50, 64, 100, 255, 256, 4095, 65_535, 1_000_000, 2**31 - 1, 2**31, 2**63 - 1]
    )
    def test_a_limit_that_people_would_choose_is_found_within_the_budget(self, limit: int) -> None:
        border = find_border(accepts(lambda position: position <= limit), 50, 1, 2**63, checks=[100])

        assert (border.accepted, border.beyond) == (limit, limit + 1)

    def test_the_documented_limit_and_the_neighbours_of_the_border_are_always_asked(self) -> None:
        border = find_border(accepts(lambda position: position <= 64), 50, 1, 2**63)

        assert {50, 63, 64, 65, 66} <= set(border.known)


def upper(known: dict[int, LimitReply | str], documented: int | None = 50, **others: Any) -> Limit:
    responses = {
        at: TriedValue(reply) if isinstance(reply, LimitReply) else TriedValue(None, reply)
        for at, reply in known.items()
    }
    return Limit("maximum", documented, Border(responses), **others)


YES, NO, CRASH = LimitReply
SENTENCES = [
    (upper({50: YES, 64: YES, 65: NO}), "documented maximum 50, accepted up to 64, rejected from 65"),
    (upper({49: YES, 50: NO}), "documented maximum 50, accepted up to 49, rejected from 50"),
    (upper({50: YES, 900: YES}), "documented maximum 50, no limit found up to 900"),
    (upper({50: YES, 64: YES, 65: NO, 100: YES}),
    "documented maximum 50, not monotonous: accepted 64, rejected 65, accepted 100"),
    (upper({49: NO, 50: YES, 51: NO}),
    "documented maximum 50, not monotonous: rejected 49, accepted 50, rejected 51"),
    (upper({4095: YES, 4096: CRASH}), "documented maximum 50, accepted up to 4095, server error from 4096"),
    (upper({64: YES, 65: NO, 900: CRASH}),
    "documented maximum 50, accepted up to 64, rejected from 65, server error at 900"),
    (upper({50: YES, 60: "status 429"}), "documented maximum 50, no limit found up to 50, status 429 at 60"),
    (upper({50: YES, 60: YES, 80: NO}),
    "documented maximum 50, accepted up to at least 60, rejected from 80 at the latest"),
    (upper({20: NO, 50: NO}), "documented maximum 50, rejected at all that was tried, 20 to 50"),
    (upper({50: "no response"}), "documented maximum 50, no response at 50"),
    (upper({50: YES, 51: NO}, None), "no maximum documented, accepted up to 50, rejected from 51"),
    (upper({60: YES, 61: NO}, stored="51 is stored as 50", made_of="characters beyond U+FFFF"),
     ("documented maximum 50, accepted up to 60, rejected from 61, 51 is stored as 50 (characters beyond "
         "U+FFFF)")),
    (Limit("minimum", 2, Border({-2: TriedValue(YES), -1: TriedValue(YES), 0: TriedValue(NO)}), outward=-1),
     "documented minimum 2, accepted down to 1, rejected from 0"),
    (Limit("maximum", 9.5, Border({19: TriedValue(YES), 20: TriedValue(NO)}), unit=Fraction(1, 2),
    level="sample"),
     "sample maximum 9.5, accepted up to 9.5, rejected from 10"),
]  # fmt: skip


@pytest.mark.parametrize(("limit", "sentence"), SENTENCES, ids=[sentence for _, sentence in SENTENCES])
def test_a_limit_is_told_in_one_sentence(limit: Limit, sentence: str) -> None:
    assert limit.sentence == sentence


def test_a_limit_is_told_as_json() -> None:
    told = [json.loads(as_json(limit_of(limit))) for limit, _ in SENTENCES]

    assert told[0] == {"documented": 50, "accepted_up_to": 64, "refused_from": 65, "requests": 3}
    assert told[3]["not_monotonous"][-1] == {"value": 100, "reply": "accepted"}
    assert told[5] == {"documented": 50, "accepted_up_to": 4095, "server_error_from": 4096, "requests": 2}
    assert told[7]["unclear"] == [{"value": 60, "why": "status 429"}]
    assert told[8]["exact"] is False
    assert {"accepted_down_to": 1, "refused_from": 0}.items() <= told[-2].items()
    assert json.loads(json.dumps(told)) == told


@dataclass
class Moved:
    """A mock whose rule for one field is another one: values that pass `accepts` are accepted, all other ones
    rejected.
    """

    name: str
    accepts: Callable[[Any], bool]
    right: Any
    hidden: dict[int, Any] = field(default_factory=dict)

    def before(self, exchange: Any) -> None:
        """Hide a value from the mock: behind a right one, or behind one that is rejected everywhere."""
        if exchange.method in ("PATCH", "PUT") and self._is_judged(exchange.sent.get(self.name)):
            self.hidden[id(exchange)] = value = exchange.sent[self.name]
            exchange.body = json.dumps(
                {**exchange.sent, self.name: self.right if self.accepts(value) else []}
            ).encode()

    def after(self, exchange: Any) -> None:
        """Show the value that was accepted."""
        value = self.hidden.pop(id(exchange), None)
        if value is not None and exchange.status == 200:
            exchange.respond_with(**{self.name: value})

    def _is_judged(self, value: Any) -> bool:
        return isinstance(value, type(self.right)) and not isinstance(value, bool)


def finding_of(result: Result, clause: str) -> Finding:
    return next(
        finding
        for finding in result.verdicts.findings()
        if finding.clause.id.endswith(clause) and finding.limit
    )


class TestFindings:
    def test_a_limit_that_is_too_wide(self, verify: Verify) -> None:
        result = verify(
            "telnyx", Moved("max_participants", lambda value: 2 <= value <= 64, 10), max_examples=0
        )

        finding = finding_of(result, "max_participants.maximum")
        assert finding.limit is not None
        assert finding.limit.sentence == "documented maximum 50, accepted up to 64, rejected from 65"
        judged = ProviderResult(result.subject.contract, result.verdicts, "", 0, 0, datetime.now(UTC))
        (provider,) = report([judged], 0).providers
        told = next(item for item in provider.findings if item.clause == finding.clause.id)
        asked = len(finding.limit.border.known)
        assert told.limit == LimitReport(documented=50, accepted_up_to=64, refused_from=65, requests=asked)
        assert asked <= BUDGET
        assert told.summary.endswith("; documented maximum 50, accepted up to 64, rejected from 65")

    def test_a_limit_that_is_too_narrow(self, verify: Verify) -> None:
        result = verify(
            "telnyx", Moved("max_participants", lambda value: 2 <= value <= 49, 10), max_examples=0
        )

        limit = finding_of(result, "max_participants.maximum").limit
        assert limit is not None
        assert limit.sentence == "documented maximum 50, accepted up to 49, rejected from 50"

    def test_a_length_that_is_counted_in_something_else_is_measured_with_the_characters_of_the_counterexample(
        self, verify: Verify
    ) -> None:
        counts_utf16 = Moved("display_name", lambda text: len(text.encode("utf-16-le")) <= 400, "x")

        limit = finding_of(
            verify("signalwire", counts_utf16, max_examples=0), "display_name.max-length"
        ).limit

        assert limit is not None
        assert limit.sentence == (
            "documented maximum length 200, accepted up to 100, rejected from 101 (characters beyond U+FFFF)"
        )

    def test_a_provider_that_keeps_its_limits_is_asked_nothing_more(self, verify: Verify) -> None:
        assert verify("telnyx", max_examples=0).verdicts.limits == {}

    def test_a_run_that_is_nearly_over_keeps_to_its_requests(self, verify: Verify) -> None:
        moved = Moved("max_participants", lambda value: 2 <= value <= 64, 10)
        whole = verify("telnyx", moved, max_examples=0).requests

        result = verify("telnyx", moved, max_examples=0, max_requests=whole - 1)

        assert result.requests <= whole - 1


MINI = """
openapi: 3.1.0
info: {title: Mini rooms, version: "1"}
servers: [{url: "https://api.example.com"}]
x-provider: mini
x-source: {document: Mini, section: Body, field: body}
x-room: {parameter: room_id, at: [], id: id}
x-credentials: {scheme: bearer, environment: {token: MINI_TOKEN}}
paths:
  /rooms/{room_id}:
    patch:
      operationId: update-room
      parameters: [{name: room_id, in: path, required: true, schema: {type: string}}]
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              properties:
                seats: {type: integer, minimum: 2, maximum: 50}
                volume: {type: number, exclusiveMinimum: 0, maximum: 10}
                dozens: {type: integer, maximum: 120, multipleOf: 12}
                label: {type: string, minLength: 3, maxLength: 40}
                code: {type: string, pattern: "^[0-9]+$", maxLength: 6}
                hook: {type: string, format: uri}
                tags: {type: array, items: {type: string}, minItems: 1, maxItems: 5}
                notes: {type: object, additionalProperties: {type: string}, maxProperties: 4}
                nick: {type: string}
                count: {type: integer}
                opens: {type: string, format: date-time}
                closes: {type: string, format: date-time}
      responses:
        "200": {description: the room, content: {application/json: {schema: {type: object}}}}
      x-behaviours:
        - {path: any-input, rule: no-server-error, demands: no server error}
        - path: window
          rule: window
          with: {from: opens, until: closes, max-days: 30}
          demands: at most 30 days
"""


FIELDS = (
    "seats",
    "volume",
    "dozens",
    "label",
    "code",
    "hook",
    "tags",
    "notes",
    "nick",
    "count",
    "opens",
    "closes",
)


class Mini:
    """A provider of one room. `judge` says what becomes of a field: a status other than 200 rejects, a value
    is stored.
    """

    def __init__(self, name: str = "", judge: Callable[[Any], Any] = lambda value: value) -> None:
        self.name, self.judge = name, judge
        self.room: dict[str, Any] = {"id": "1"}
        self.bodies: list[dict[str, Any]] = []

    async def update(self, request: Request) -> Response:
        sent = await request.json()
        self.bodies.append(sent)
        if self.name in sent:
            kept = self.judge(sent[self.name])
            if isinstance(kept, Response):
                return kept
            sent = {**sent, self.name: kept}
        self.room |= {name: value for name, value in sent.items() if not name.startswith("roomproof")}
        return JSONResponse(self.room)

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/rooms/1", self.update, methods=["PATCH"])])


def only(test: Callable[[Any], bool], status: int = 422) -> Callable[[Any], Any]:
    """Return the judge that keeps what passes a test; what it cannot be asked about it keeps, too."""

    def judge(value: Any) -> Any:
        return value if value is None or test(value) else Response(status_code=status)

    return judge


Probe = Callable[..., ProbeResult]


@pytest.fixture
def probe_mini(serve: Serve, tmp_path: Path) -> Probe:
    """Probe a miniature provider with the named fields, all by default, and return what was observed."""

    def run(mini: Mini, *names: str, max_requests: int | None = None) -> ProbeResult:
        document = yaml.safe_load(MINI)
        operation = document["paths"]["/rooms/{room_id}"]["patch"]
        body = operation["requestBody"]["content"]["application/json"]["schema"]
        body["properties"] = {
            name: field_name for name, field_name in body["properties"].items() if name in names or not names
        }
        if "opens" not in body["properties"]:
            operation["x-behaviours"] = [
                line for line in operation["x-behaviours"] if line["rule"] != "window"
            ]
        (tmp_path / "mini").mkdir()
        (tmp_path / "mini" / "openapi.yaml").write_text(yaml.safe_dump(document))
        contract, deviations = find_contract("mini", (tmp_path,))
        scheme = scheme_from(contract.credentials, {"MINI_TOKEN": "t"})
        with serve(mini.app()) as origin:
            subject = Subject(contract, deviations, Special(), HttpTarget(origin), scheme, None, "1")
            return probe(subject, Options(max_requests=max_requests), lambda *_: None)

    return run


OBSERVED = [
    ("seats", "maximum", only(lambda value: value <= 64), "accepted up to 64, rejected from 65"),
    ("seats", "maximum", only(lambda value: value <= 49), "accepted up to 49, rejected from 50"),
    ("seats", "maximum", only(lambda _: True), f"no limit found up to {2**63}"),
    ("seats", "maximum", only(lambda value: value <= 64 or value == 100),
     "not monotonous: accepted 64, rejected 65, accepted 100, rejected 101"),
    ("seats", "maximum", only(lambda value: value % 2**32 <= 50),
     f"not monotonous: accepted 50, rejected 51, accepted {2**32 + 50}"),
    ("seats", "maximum", only(lambda value: value <= 187_654),
    "accepted up to at least 187500, rejected from 187695 at the latest"),
    ("seats", "maximum", lambda value: min(value, 50), f"no limit found up to {2**63}, 51 is stored as 50"),
    ("seats", "minimum", only(lambda value: value >= 3), "accepted down to 3, rejected from 2"),
    ("seats", "minimum", only(lambda value: value >= -1), "accepted down to -1, rejected from -2"),
    ("volume", "maximum", only(lambda value: value <= 12.5), "accepted up to 12.5, rejected from 13"),
    ("volume", "exclusive minimum", only(lambda value: value >= 0), "accepted down to 0, rejected from -0.5"),
    ("dozens", "maximum", only(lambda value: value <= 240), "accepted up to 240, rejected from 252"),
    ("label", "minimum length", only(lambda value: len(value) >= 5), "accepted down to 5, rejected from 4"),
    ("label", "minimum length", only(lambda value: len(value) >= 0), "no limit found down to 0"),
    ("label", "maximum length", only(lambda value: len(value) <= 64), "accepted up to 64, rejected from 65"),
    ("label", "maximum length", only(lambda value: len(value.encode()) <= 40),
     "accepted up to 10, rejected from 11 (characters beyond U+FFFF)"),
    ("code", "maximum length", only(lambda value: value.isdigit() and len(value) <= 8),
    "accepted up to 8, rejected from 9"),
    ("hook", "maximum length", only(lambda value: value.startswith("https://") and len(value) <= 2048),
     "accepted up to 2048, rejected from 2049"),
    ("tags", "maximum number of items", only(lambda value: len(value) <= 8),
    "accepted up to 8, rejected from 9"),
    ("tags", "minimum number of items", only(lambda value: len(value) >= 0), "no limit found down to 0"),
    ("notes", "maximum number of fields", only(lambda value: len(value) <= 6),
    "accepted up to 6, rejected from 7"),
    ("nick", "maximum length", only(lambda value: len(value) < 4096, 500),
    "accepted up to 4095, server error from 4096"),
    ("nick", "maximum length", only(lambda value: len(value) < 100, 429),
    "no limit found up to 64, status 429 at 511"),
    ("nick", "maximum length", lambda value: value and value[:255],
    "no limit found up to 1000000, 511 is stored as 255"),
    ("count", "maximum", only(lambda value: value < 2**31),
    f"accepted up to {2**31 - 1}, rejected from {2**31}"),
    ("count", "minimum", only(lambda value: value >= 0), "accepted down to 0, rejected from -1"),
    ("nick", "null", only(lambda _: True), "accepted, stored as null"),
    ("nick", "empty string", only(bool), "rejected (status 422)"),
    ("nick", "empty string", lambda value: value or "Untitled", 'accepted, stored as "Untitled"'),
    ("tags", "null", lambda value: Response(status_code=500) if value is None else value,
    "server error (status 500)"),
]  # fmt: skip


def untimed(room: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that do not depend on the time of the request."""
    return {name: value for name, value in room.items() if name not in ("opens", "closes")}


def found(probed: ProbeResult, name: str, what: str) -> list[str]:
    return [item.observed for item in probed.observations if (item.field, item.what) == (name, what)]


class TestProbe:
    @pytest.mark.parametrize(
        ("name", "what", "judge", "observed"), OBSERVED, ids=[f"{row[0]} {row[3]}" for row in OBSERVED]
    )
    def test_a_response(
        self, name: str, what: str, judge: Callable[[Any], Any], observed: str, probe_mini: Probe
    ) -> None:
        assert observed in found(probe_mini(Mini(name, judge), name), name, what)

    def test_a_window_is_measured_in_days(self, probe_mini: Probe) -> None:
        class Windows(Mini):
            async def update(self, request: Request) -> Response:
                sent = await request.json()
                opens, closes = (
                    datetime.fromisoformat(sent.get(name) or "2000-01-01") for name in ("opens", "closes")
                )
                return (
                    JSONResponse({}, 422)
                    if {"opens", "closes"} <= set(sent) and (closes - opens).days > 45
                    else JSONResponse(self.room)
                )

        probed = probe_mini(Windows(), "opens", "closes")

        (observed,) = found(probed, "opens to closes", "maximum of days")
        assert observed == "accepted up to 45, rejected from 46"

    @pytest.mark.parametrize(
        ("judge", "observed"),
        [
            (lambda _: Response(status_code=422), "rejected (status 422)"),
            (lambda value: value, "accepted, ignored"),
        ],
    )
    def test_an_unknown_field_is_rejected_or_ignored(
        self, judge: Callable[[Any], Any], observed: str, probe_mini: Probe
    ) -> None:
        assert found(probe_mini(Mini(UNKNOWN, judge), "count"), "body", "unknown field") == [observed]

    @pytest.mark.parametrize(
        ("stores", "observed"),
        [(True, "accepted, stored"), (False, "accepted, shown in the response, not stored")],
    )
    def test_an_unknown_field_that_comes_back(self, stores: bool, observed: str, probe_mini: Probe) -> None:
        class Accepting(Mini):
            async def update(self, request: Request) -> Response:
                sent = await request.json()
                self.room |= sent if stores else {}
                return JSONResponse({**self.room, **sent})

        assert found(probe_mini(Accepting(), "count"), "body", "unknown field") == [observed]

    def test_the_room_is_left_with_plain_values(self, probe_mini: Probe) -> None:
        mini = Mini()

        probed = probe_mini(mini)

        assert probed.result.stopped == ""
        assert set(mini.bodies[-1]) == set(FIELDS)
        assert untimed(mini.bodies[-1]) == untimed(mini.bodies[0])
        assert untimed(mini.room).items() >= untimed(mini.bodies[0]).items()

    @pytest.mark.parametrize("most", range(1, 60, 7))
    def test_no_more_requests_than_allowed_are_sent_and_the_last_one_sets_plain_values(
        self, most: int, probe_mini: Probe
    ) -> None:
        mini = Mini()

        probed = probe_mini(mini, max_requests=most)

        assert len(mini.bodies) == probed.result.requests <= most
        assert probed.result.stopped == f"--max-requests {most} reached"
        assert untimed(mini.bodies[-1]) == untimed(mini.bodies[0])

    def test_the_count_of_requests_is_that_of_the_provider(self, probe_mini: Probe) -> None:
        mini = Mini()

        probed = probe_mini(mini, "seats", "label")

        # Beside them: plain values at the beginning and at the end.
        assert sum(item.requests for item in probed.observations) == len(mini.bodies) - 2
        assert all(item.requests <= BUDGET for item in probed.observations)

    def test_a_provider_that_rejects_the_sender_is_not_measured(self, probe_mini: Probe) -> None:
        mini = Mini("seats", lambda _: Response(status_code=401))

        with pytest.raises(UnreachableError, match="credentials are rejected"):
            probe_mini(mini, "seats")
