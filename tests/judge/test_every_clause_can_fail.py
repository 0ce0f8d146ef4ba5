"""No clause of the shipped contracts is beyond the judge's reach: some wrong provider breaks each of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count, cycle
from typing import Any

import pytest

from roomproof.auth.basic import Basic
from roomproof.auth.bearer import Bearer
from roomproof.contract.clause import Part
from roomproof.contract.model import Contract, Operation
from roomproof.contract.resource import PageNumbering
from roomproof.engine import plan, run
from roomproof.engine.run import Options, Run, Subject
from roomproof.interaction import Credentials, Interaction, Request, Response, RoomKnowledge
from roomproof.judge.evidence import Outcome
from roomproof.judge.judge import Judge
from roomproof.providers import find_contract, find_special
from roomproof.targets.target import UnsentRequest
from roomproof_strategies import Setting, Special, boundary, invalid

NOW = datetime.now(UTC).replace(microsecond=0)
ANCHOR = NOW + timedelta(days=20)
SETTING = Setting(NOW, "serial", {}, "")
LONG_AGO = "Sun, 06 Nov 1994 08:49:37 GMT"
ROOM_ID = "7b61621f-62e0-4aad-ab11-9fd19e272e73"
EMPTY = object()
# What no real provider accepts or responses, by the keyword that says so.
UNOBSERVED: dict[str, Any] = {"pattern": "someone", "enum": "6up", "minimum": -5, "maximum": 10**9}
BAD = {Outcome.FAIL, Outcome.WARN}
SHOWN_ELSEWHERE = {
    # A PUT carries every field, so no first rejection can be laid to one of them; the null it must accept is
    # `nullable`.
    "carrierx.replace-room.request.did_group_sid.accepted",
    # Its one value that is not left open is null, which only the sample shows: rejected, it breaks
    # `nullable`.
    "carrierx.update-room.request.did_group_sid.accepted",
    "carrierx.create-room.request.did_group_sid.accepted",
    # All that can be wrong is the form of a parameter: a status that is documented for nothing breaks 400.
    "signalwire.get-room.response.422.status",
    # Whether a create accepts null one document denies and another one suggests: either will do.
    "telnyx.create-room.request.webhook_event_failover_url.nullable",
    "telnyx.create-room.request.webhook_timeout_secs.nullable",
    # It is listed, and no document says what it answers.
    "telnyx.create-client-token.response.403.status",
    "telnyx.refresh-client-token.response.403.status",
    # One end of a window is certain only beside a known other end, which these made-up streams do not show.
    "azure.update-room.request.validFrom.accepted",
    "azure.update-room.request.validUntil.accepted",
}


# Interactions, made up from the contract.


def exchange(
    operation: Operation, body: Any, status: int, response: Any, room_id: str = ROOM_ID
) -> Interaction:
    query = "&".join(
        f"{item.name}={item.schema.get('enum', [''])[0]}"
        for item in operation.parameters
        if item.place == "query" and item.required
    )
    url = f"https://provider.example{re.sub('{[^}]*}', room_id, operation.path)}?{query}"
    typed = (("Content-Type", operation.body.media_type),) if operation.body else ()
    text = json.dumps(body).encode() if operation.body else None
    request = Request(
        operation.method,
        url,
        (*typed, ("Authorization", "known")),
        text,
        Credentials.VALID,
        RoomKnowledge.EXISTS,
    )
    content = b"" if response is EMPTY else json.dumps(response).encode()
    return Interaction(
        request, Response(status, (("Content-Type", "application/json"), ("Date", LONG_AGO)), content), NOW
    )


def accepted(operation: Operation, body: Any, response: Any) -> Interaction:
    return exchange(operation, body, int(operation.success.status), response)


def whole(schema: Any) -> Any:
    """A valid value with every field."""
    return _whole(json.dumps(schema))


@cache
def _whole(schema: str) -> Any:
    return next(boundary(json.loads(schema), anchor=ANCHOR)).value


def parts(value: Any) -> list[tuple[Any, Any]]:
    return list(
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )


def put(value: Any, key: Any, field: Any) -> Any:
    return (
        {**value, key: field}
        if isinstance(value, dict)
        else [field if index == key else other for index, other in enumerate(value)]
    )


def nulls(value: Any) -> Iterator[Any]:
    """Yield the value with null in one place each."""
    yield None
    for key, field in parts(value):
        yield from (put(value, key, wrong) for wrong in nulls(field))


def without(value: Any) -> Iterator[Any]:
    """Yield the value with one field taken away each."""
    for key, field in parts(value):
        if isinstance(value, dict):
            yield {name: other for name, other in value.items() if name != key}
        yield from (put(value, key, less) for less in without(field))


def unobserved(schema: Any, value: Any) -> Iterator[Any]:
    """Yield the value with one part each that no real provider accepts or responses."""
    yield from (UNOBSERVED[keyword] for keyword in schema.get("x-observed", {}).keys() & UNOBSERVED)
    for name in unobserved(schema["propertyNames"], "") if "propertyNames" in schema else ():
        yield {name: next(iter(value.values()))}
    for key, field in parts(value):
        below = (
            schema.get("properties", {}).get(key) or schema.get("additionalProperties") or schema.get("items")
        )
        yield from (put(value, key, wrong) for wrong in unobserved(below or {}, field))


def wrong(schema: Any) -> tuple[Any, ...]:
    """Bodies that break one keyword each."""
    return _wrong(json.dumps(schema))


@cache
def _wrong(text: str) -> tuple[Any, ...]:
    schema = json.loads(text)
    good = whole(schema)
    broken = (sample.value for sample in invalid(schema, anchor=ANCHOR))
    return (*broken, *nulls(good), *without(good), *unobserved(schema, good))


def another(value: Any) -> Any:
    """A value of the same kind that is not the same."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return value.replace("20", "19", 1) if value[:2] == "20" else f"{value}x"
    return [] if isinstance(value, list) else "x" if value is None else {**value, "other": 1}


def in_response(contract: Contract, room: Any) -> Any:
    for step in reversed(contract.room.at):
        room = {step: room}
    return room


# Providers that are wrong in every way at once.


def answers_anything(operation: Operation) -> Iterator[Interaction]:
    """Every response breaks some keyword of its schema."""
    for spec in operation.responses:
        if spec.schema is not None:
            for body in (EMPTY, *wrong(spec.schema)):
                response = exchange(
                    operation, {}, 400 if spec.status in ("default", "4XX") else int(spec.status), body
                )
                yield response
            yield replace(response, response=replace(response.response, body=b'{"twice": 1, "twice": 2}'))
            page = (("Content-Type", "text/html"),)
            yield replace(response, response=replace(response.response, headers=page))


def takes_and_rejects_the_wrong_ones(contract: Contract, operation: Operation) -> Iterator[Interaction]:
    """Every body outside the limits is accepted, every body on them rejected."""
    special, schema = find_special(contract.provider), operation.body.schema
    response = whole(operation.success.schema) if operation.success.schema else EMPTY
    yield from (accepted(operation, body, response) for body in wrong(schema))
    for sample in boundary(schema, special.fields(SETTING), anchor=ANCHOR):
        yield exchange(operation, special.adapt(operation.id, sample, SETTING).value, 422, EMPTY)


def never_accepts(contract: Contract, operation: Operation, name: str) -> Iterator[Interaction]:
    """No value of one field is ever accepted: neither alone nor, where others are required, among them."""
    special, schema = find_special(contract.provider), operation.body.schema
    if name not in schema.get("required", ()) and operation is contract.maker:
        # What is accepted without the field is rejected with it.
        needed = {one: whole(operation.body.schema)[one] for one in schema.get("required", ())}
        yield accepted(operation, needed, whole(operation.success.schema))
    for sample in boundary(schema, special.fields(SETTING), anchor=ANCHOR):
        body = special.adapt(operation.id, sample, SETTING).value
        if name in body and set(body) <= {name, *schema.get("required", ())}:
            yield exchange(operation, body, 422, EMPTY)


def rejects_one_of_all_fields(
    contract: Contract, operation: Operation, body: Any, name: str
) -> Iterator[Interaction]:
    """A body with every field is accepted, and rejected when one field has another value, the only one that
    was not accepted before.
    """
    room = {**(contract.room.representation(whole(operation.success.schema)) or {}), **body}
    taken, room_id = in_response(contract, room), str(room[contract.room.id])
    yield exchange(
        operation, {**body, name: another(body[name])}, int(operation.success.status), taken, room_id
    )
    yield exchange(operation, body, 422, EMPTY, room_id)


def responses_oddly(operation: Operation) -> Iterator[Interaction]:
    """No request is answered with the documented status."""
    yield exchange(operation, {}, 299, EMPTY)


def takes_what_is_malformed(operation: Operation) -> Iterator[Interaction]:
    """A request is accepted whatever its path and its query hold, and whatever its body is."""
    yield exchange(operation, {}, int(operation.success.status), EMPTY, "no-such-id")
    good = exchange(operation, {}, int(operation.success.status), EMPTY)
    yield replace(good, request=replace(good.request, url=good.request.url.partition("?")[0]))
    if operation.body is not None and not operation.is_documented:
        for body in (b"null", b"[]"):
            yield replace(good, request=replace(good.request, body=body))
        yield replace(good, request=replace(good.request, headers=(("Content-Type", "text/plain"),)))


def remembers_nothing(contract: Contract, operation: Operation) -> Iterator[Interaction]:
    """No response agrees with the one before, nor with what was sent."""
    room = contract.room.representation(whole(operation.success.schema)) or {}
    changed = {name: another(value) for name, value in room.items()}
    body = whole(operation.body.schema)
    times = {
        clause.path[0]: "2030-06-21" for clause in operation.by_rule.get((Part.BEHAVIOUR, "date-only"), ())
    }
    for sent in (
        {},
        {**body, **times},
        {name: another(value) for name, value in body.items()},
        *({name: None} for name in body),
    ):
        yield accepted(operation, {}, in_response(contract, room))
        yield accepted(operation, sent, in_response(contract, changed))


def reads_something_else(contract: Contract, operation: Operation) -> Iterator[Interaction]:
    """A read, long after an update, shows another room than the update's response did."""
    room = {
        **(contract.room.representation(whole(operation.success.schema)) or {}),
        contract.room.id: ROOM_ID,
    }
    path = contract.reading.path.replace(contract.room.step, ROOM_ID)
    looking = Request("GET", f"https://provider.example{path}", credentials=Credentials.VALID)
    other = in_response(contract, {name: another(value) for name, value in room.items()})
    yield accepted(operation, {}, in_response(contract, room))
    for minutes in (1, 2):
        yield Interaction(
            looking, Response(200, (), json.dumps(other).encode()), NOW + timedelta(minutes=minutes)
        )


def makes_odd_rooms(contract: Contract, operation: Operation) -> Iterator[Interaction]:
    """New rooms have no documented default, an id that the sender chose or that was given before, and lists
    of nobody.
    """
    room = contract.room.representation(whole(operation.success.schema)) or {}
    odd = {name: another(value) for name, value in room.items()}
    for clause in operation.by_rule.get((Part.REQUEST, "default"), ()):
        odd[clause.path[0]] = another(clause.options["default"])
    for clause in operation.by_rule.get((Part.BEHAVIOUR, "default-value"), ()):
        outer, name = clause.path
        odd[outer] = {**odd[outer], name: another(clause.options["default"])}
    if operation is contract.maker:
        for name in contract.room.id, "other":
            yield accepted(operation, {name: odd[contract.room.id]}, in_response(contract, odd))
    for clause in operation.clauses:
        if "call" in clause.options:
            call = contract.by_id(clause.options["call"])
            yield accepted(operation, {clause.path[0]: {"someone": {}}}, in_response(contract, room))
            path = call.path.replace(contract.room.step, str(room[contract.room.id]))
            yield Interaction(
                Request(call.method, f"https://provider.example{path}"), Response(200, (), b"{}"), NOW
            )
    maker = None if contract.maker else contract.creating
    made = (
        Request(maker.method, f"https://provider.example{maker.path}", credentials=Credentials.VALID)
        if maker
        else None
    )
    if made:
        for _ in range(2):
            yield Interaction(made, Response(200, (), json.dumps(in_response(contract, odd)).encode()), NOW)
    else:
        first = contract.maker
        yield accepted(first, {}, in_response(contract, {**odd, contract.room.id: "1"}))
        yield exchange(
            operation,
            {},
            int(operation.success.status),
            in_response(contract, {**odd, contract.room.id: "1"}),
            "1",
        )


def page_of(operation: Operation, *entries: Any, linked: bool = False) -> Interaction:
    """A page of a list, with a link to the next one or without."""
    listing = operation.listing
    body: Any = {}
    for way, value in ((listing.entries, list(entries)), (listing.next if linked else (), "?page=2")):
        for step in reversed(way or ()):
            value = {step: value}
        body |= value if way else {}
    return exchange(operation, None, int(operation.success.status), body)


def behind(page: Interaction, numbering: PageNumbering | None = None) -> Interaction:
    """The same page as the one after a page of one entry: where the link leads, or of the next number."""
    url = page.request.url
    query = f"{numbering.parameter}={numbering.first + 1}" if numbering else "page=2"
    return replace(page, request=replace(page.request, url=f"{url}{'&' if '?' in url else '?'}{query}"))


def live_oddly(contract: Contract) -> Iterator[list[Interaction]]:
    """Lists and reads show neither what was made nor what was changed; what was deleted is still there."""
    maker, listing, reading = contract.creating, contract.listing, contract.reading
    if maker is None or listing is None or reading is None or not maker.success.schema:
        return
    room = {**contract.room.representation(whole(maker.success.schema)), contract.room.id: ROOM_ID}
    other_room = {**room, contract.room.id: ROOM_ID.replace("7", "8")}
    other = {name: value if name == contract.room.id else another(value) for name, value in room.items()}
    made = accepted(maker, {}, in_response(contract, room))
    read, read_otherwise = (accepted(reading, None, in_response(contract, one)) for one in (room, other))
    yield [made, page_of(listing)]
    for operation in contract.telling:
        told = accepted(operation, {}, in_response(contract, room))
        yield [made, told, read, page_of(listing, other)]
    assert listing.listing is not None
    # A link is followed, and so is a number where there are no links.
    numbering = listing.listing.page if listing.listing.next is None else None
    yield [page_of(listing, room, linked=True), behind(page_of(listing, room, other_room), numbering)]
    yield [made, read, read, read_otherwise]
    yield [made, read, page_of(listing, room), read_otherwise]
    if contract.deleting is not None:
        deleted = exchange(contract.deleting, None, int(contract.deleting.success.status), EMPTY)
        again = replace(deleted, response=replace(deleted.response, status=299))
        yield [made, deleted, read, page_of(listing, room), again]


def shows_what_was_not_asked_for(contract: Contract) -> Iterator[list[Interaction]]:
    """Whatever a query asks for, all that there is is shown; whatever a room is called, it is not found."""
    nobody = {"from": "2099-01-01", "until": "2001-01-01", "in": "2001-01-01"}
    for operation in contract.operations:
        shown = (
            accepted(operation, None, whole(operation.success.schema)) if operation.success.schema else None
        )
        for clause in operation.behaviours if shown else ():
            asked = {
                "included": lambda _: "false",
                "filter": lambda _: "nobody",
                "days": lambda options: nobody[options["lies"]],
            }.get(clause.rule)
            if asked is not None:
                url = shown.request.url.partition("?")[0]
                query = f"{clause.options['parameter']}={asked(clause.options)}"
                yield [replace(shown, request=replace(shown.request, url=f"{url}?{query}"))]
            if clause.rule == "found-by":
                room = {
                    **contract.room.representation(whole(operation.success.schema)),
                    contract.room.id: ROOM_ID,
                }
                name = str(room[clause.path[0]])
                made = accepted(contract.maker, {}, in_response(contract, room))
                yield [made, exchange(operation, None, 404, EMPTY, name)]


def changes_nothing_inside(contract: Contract) -> Iterator[list[Interaction]]:
    """Lists inside a room show an entry twice, and nothing of what a request told of them."""
    for operation in contract.operations:
        if operation.listing is not None and contract.is_inside(operation):
            one, two = ({operation.listing.key: name} for name in ("someone", "another"))
            yield [page_of(operation, one, linked=True), behind(page_of(operation, one, two))]
        if operation.listing is not None and operation.listing.page is not None:
            one, two = ({operation.listing.key: name} for name in ("one", "another"))
            yield [page_of(operation, one), behind(page_of(operation, one, two), operation.listing.page)]
        for clause in operation.behaviours:
            if "call" in clause.options and operation not in contract.telling:
                fields = find_special(contract.provider).fields(SETTING)
                body = next(boundary(operation.body.schema, fields, anchor=ANCHOR)).value
                told = exchange(operation, body, int(operation.success.status), {})
                room = {**whole(contract.maker.success.schema), contract.room.id: ROOM_ID}
                page = page_of(contract.by_id(clause.options["call"]))
                yield [accepted(contract.maker, {}, in_response(contract, room)), told, page, page]


def asking(interaction: Interaction, name: str, value: str) -> Interaction:
    """The same with a query parameter."""
    url = interaction.request.url
    query = f"{'&' if '?' in url else '?'}{name}={value}"
    return replace(interaction, request=replace(interaction.request, url=url + query))


def answers_whatever_is_asked(contract: Contract, operation: Operation) -> Iterator[Interaction]:
    """Whoever asks, and for whatever, gets something else."""
    if operation.method != "GET":
        return
    good = exchange(operation, None, int(operation.success.status), EMPTY)
    for parameter in operation.parameters:
        if parameter.place == "query":
            yield from (asking(good, parameter.name, text) for text in ("text", "0", "251"))
    for credentials in (Credentials.MISSING, Credentials.WRONG):
        yield replace(good, request=replace(good.request, credentials=credentials))
    yield replace(good, request=replace(good.request, room=RoomKnowledge.NONE))
    yield exchange(operation, None, 500, EMPTY)
    for clause in operation.behaviours:
        name = clause.options.get("parameter", "")
        if clause.rule in ("filter", "days"):
            odd, asked = "2001-02-03T04:05:06Z", "2020-02-03"
            if clause.options.get("lies") == "until":
                odd = "2039-02-03T04:05:06Z"
            yield asking(page_of(operation, {clause.options["field"]: odd}), name, asked)
            yield asking(page_of(operation, {clause.options["field"]: False}), name, "true")
        elif clause.rule == "included":
            shown = {clause.options["field"]: ["someone"]}
            page = page_of(operation, shown) if operation.listing is not None else None
            one = accepted(operation, None, in_response(contract, shown))
            yield asking(page or one, name, "false")


def gives_for_nothing(contract: Contract, operation: Operation) -> Iterator[Interaction]:
    """What one response gives the next request cannot use, nor does it last as long as it is to."""
    for clause in operation.by_rule.get((Part.BEHAVIOUR, "issued"), ()):
        giving = contract.by_id(clause.options["by"])
        given = whole(giving.success.schema)
        yield accepted(giving, {}, given)
        value = given
        for step in clause.options["field"].split("."):
            value = value[step]
        body = {clause.path[0]: value}
        fields = {name: value for name, value in whole(operation.schema).items() if name not in body}
        yield accepted(operation, body, whole(operation.success.schema))
        yield exchange(operation, body, 422, EMPTY)
        for name in fields:
            yield exchange(operation, {**body, name: fields[name]}, 422, EMPTY)


def by_the_minute(interactions: list[Interaction]) -> Iterator[Interaction]:
    for minute, one in enumerate(interactions):
        yield replace(one, at=NOW + timedelta(minutes=minute))


def gives_what_is_unique_to_two_rooms(contract: Contract, operation: Operation) -> Iterator[Interaction]:
    body, room = (
        whole(operation.body.schema),
        contract.room.representation(whole(operation.success.schema)) or {},
    )
    for room_id in (ROOM_ID, ROOM_ID.replace("7", "8")):
        response = in_response(contract, {**room, **body, contract.room.id: room_id})
        yield exchange(operation, body, int(operation.success.status), response, room_id)


def rejects_oddly(operation: Operation) -> Iterator[Interaction]:
    """Whatever is rejected gets a status that the document does not have for it."""
    good = whole(operation.body.schema)
    for body in (good, *wrong(operation.body.schema)[:20]):
        first = exchange(operation, body, 418, EMPTY)
        for credentials in (Credentials.VALID, Credentials.MISSING):
            for room in (RoomKnowledge.EXISTS, RoomKnowledge.NONE):
                yield replace(first, request=replace(first.request, credentials=credentials, room=room))


def knows_no_unknown_rooms(operation: Operation) -> Iterator[Interaction]:
    """A request about a room that does not exist, or of a stranger, gets a status that is documented for
    nothing.
    """
    first = exchange(operation, None, 418, EMPTY)
    yield replace(first, request=replace(first.request, room=RoomKnowledge.NONE))
    yield replace(first, request=replace(first.request, credentials=Credentials.MISSING))


class Zoo:
    """A provider that answers everything with the next of its statuses and another room."""

    base_url = "https://zoo.example"

    def __init__(self, contract: Contract, *statuses: int) -> None:
        self.contract = contract
        self.statuses = cycle(statuses)
        self.left = 4
        self.serials = count(10_000_000)
        room = contract.room.representation(whole(contract.telling[0].success.schema)) or {}
        self.room = {**room, "value": []}

    def close(self) -> None:
        """Nothing is open."""

    def send(self, unsent: UnsentRequest) -> Interaction:
        query = "&".join(f"{name}={value}" for name, value in unsent.query.items())
        url = f"{self.base_url}{unsent.path}?{query}"
        request = Request(unsent.method, url, unsent.headers, unsent.body, unsent.credentials, unsent.room)
        matched = self.contract.match(unsent.method, request.path)
        room = {
            **self.room,
            self.contract.room.id: f"{next(self.serials)}{self.room[self.contract.room.id][8:]}",
        }
        body = json.dumps(in_response(self.contract, room)).encode()
        if matched is None:
            return Interaction(request, Response(200, (), body), datetime.now(UTC))
        self.left -= 1
        status = int(matched[0].success.status) if self.left >= 0 else next(self.statuses)
        return Interaction(
            request, Response(status, (("Content-Type", "text/html"),), body), datetime.now(UTC)
        )


def broken_by(
    contract: Contract, interactions: Iterator[Interaction], *, forgetting: bool = False
) -> set[str]:
    judge, found = Judge(contract), set()
    for interaction in interactions:
        found |= {item.clause for item in judge.see(interaction) if item.outcome in BAD}
        if forgetting:
            judge.rooms.states.clear()
            judge.rooms.existing.clear()
    return found


def broken_in_zoo(contract: Contract) -> set[str]:
    found: set[str] = set()
    for statuses in ((int(contract.telling[0].success.status),), (500, 299, 302, 418)):
        subject = Subject(
            contract,
            (),
            Special(),
            Zoo(contract, *statuses),
            Bearer("token"),
            Basic("weak", "weak"),
            ROOM_ID,
            ours=True,
        )
        records = Run(subject, Options(), lambda *_: None).verify().verdicts.records
        found |= {name for name, record in records.items() if record.counts.keys() & BAD}
    return found


@pytest.fixture
def only_special_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs without the bodies of the plan, which are judged by themselves: senders, rooms, carriers, repeats
    are left.
    """
    monkeypatch.setattr(run, "explore", lambda *_: None)
    for family in ("_with_other", "_alone_and_among_others"):
        monkeypatch.setattr(plan, family, lambda *_: iter(()))


@pytest.mark.usefixtures("only_special_cases")
def test_every_clause_can_be_broken(contract: Contract) -> None:
    broken = broken_in_zoo(contract)
    for operation in contract.operations:
        broken |= broken_by(contract, answers_anything(operation), forgetting=True)
        broken |= broken_by(contract, responses_oddly(operation))
        broken |= broken_by(contract, takes_what_is_malformed(operation))
        if operation.names_one and operation.body is None:
            broken |= broken_by(contract, knows_no_unknown_rooms(operation))
    for operation in contract.operations:
        if operation in contract.telling or (operation.body is not None and operation.is_documented):
            wrong_ones = takes_and_rejects_the_wrong_ones(contract, operation)
            broken |= broken_by(contract, wrong_ones, forgetting=True)
    for operation in contract.telling:
        special_body = next(
            boundary(operation.body.schema, find_special(contract.provider).fields(SETTING), anchor=ANCHOR)
        ).value
        special_body |= {contract.room.id: ROOM_ID} if contract.room.id in special_body else {}
        for name in special_body:
            broken |= broken_by(contract, rejects_one_of_all_fields(contract, operation, special_body, name))
            broken |= broken_by(contract, never_accepts(contract, operation, name), forgetting=True)
        broken |= broken_by(contract, remembers_nothing(contract, operation))
        broken |= broken_by(contract, reads_something_else(contract, operation))
        broken |= broken_by(contract, makes_odd_rooms(contract, operation))
        broken |= broken_by(contract, gives_what_is_unique_to_two_rooms(contract, operation))
        broken |= broken_by(contract, rejects_oddly(operation))
    for operation in contract.operations:
        broken |= broken_by(contract, answers_whatever_is_asked(contract, operation), forgetting=True)
        broken |= broken_by(contract, gives_for_nothing(contract, operation))
    for stream in (
        *live_oddly(contract),
        *changes_nothing_inside(contract),
        *shows_what_was_not_asked_for(contract),
    ):
        broken |= broken_by(contract, by_the_minute(stream))
    assert contract.clauses.keys() - broken == SHOWN_ELSEWHERE & contract.clauses.keys()


def test_an_end_of_a_window_that_is_never_accepted_is_blamed_beside_a_known_window() -> None:
    contract, _ = find_contract("azure")
    operation = next(item for item in contract.operations if item.id == "update-room")
    judge, now = Judge(contract), datetime.now(UTC)
    room = {
        "id": ROOM_ID,
        "createdAt": _days(now, 0),
        "validFrom": _days(now, 10),
        "validUntil": _days(now, 60),
        "pstnDialOutEnabled": False,
    }
    judge.see(replace(exchange(operation, {"pstnDialOutEnabled": False}, 200, room), at=now))

    for name, days in (("validFrom", 20), ("validUntil", 50)):
        evidence = judge.see(replace(exchange(operation, {name: _days(now, days)}, 422, EMPTY), at=now))
        assert f"azure.update-room.request.{name}.accepted" in {
            item.clause for item in evidence if item.outcome in BAD
        }


def _days(now: datetime, days: int) -> str:
    return (now + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
