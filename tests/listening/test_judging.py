"""`with judging(...)`: what a client exchanges within a block is judged, and the client notices nothing of
it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
import urllib3
from urllib3.util import Retry

from roomproof import BrokenClauseError, NothingJudgedError, Verdict, Verdicts, judging
from roomproof.errors import UsageError
from roomproof.judge.evidence import Outcome
from roomproof.providers import bundled

GOOD, BROKEN = b'{"max_participants": 7}', b'{"max_participants": 51}'
MAXIMUM = "telnyx.update-room.request.max_participants.maximum"
NOWHERE = "http://127.0.0.1:9/v2/rooms/5e3b9c0e-2a3f-4a57-8f06-9d1c4f7ab210"


def cases(verdicts: Verdicts, clause: str = "update-room.response.200.status") -> dict[Outcome, int]:
    """How often each outcome was seen of a clause, by default of one of which every response to an update
    says something.
    """
    record = verdicts.records.get(f"telnyx.{clause}")
    return dict(record.counts) if record else {}


def fails(verdicts: Verdicts) -> list[str]:
    """The clauses that fail."""
    return [finding.clause.id for finding in verdicts.findings() if finding.verdict is Verdict.FAIL]


def test_a_block_in_which_every_clause_is_kept_ends_quietly(place: Any, use: Any) -> None:
    with judging("telnyx", use.client) as verdicts:
        use.patch(place.url())

    assert fails(verdicts) == []
    assert verdicts.verdicts()["telnyx.update-room.response.data.id.type"] is Verdict.PASS


def test_a_broken_clause_ends_the_block_with_the_finding(place: Any, use: Any) -> None:
    with pytest.raises(BrokenClauseError) as broken, judging("telnyx", use.client):
        use.patch(place.url(), BROKEN)

    assert [(finding.clause.id, finding.verdict) for finding in broken.value.findings] == [
        (MAXIMUM, Verdict.FAIL)
    ]
    text = str(broken.value)
    assert text.startswith(
        f"fail {MAXIMUM}\nmax_participants 51 is accepted, although max_participants is at most "
        f"50\nexpected  a rejection"
    )
    assert "source    Telnyx: Update a room, Body, max_participants" in text
    assert "\ncurl -i -X PATCH " in text
    assert place.headers["Authorization"] not in text


def test_the_client_is_afterwards_as_it_was_before(place: Any, use: Any) -> None:
    before = vars(use.client).keys() - {"send", "urlopen"}
    with judging("telnyx", use.client):
        use.patch(place.url())
    assert vars(use.client).keys() == before

    with pytest.raises(NothingJudgedError), judging("telnyx", use.client):
        pass
    assert vars(use.client).keys() == before


def test_what_is_sent_outside_of_the_block_is_not_judged(place: Any, use: Any) -> None:
    use.patch(place.url(), BROKEN)
    with judging("telnyx", use.client) as verdicts:
        use.patch(place.url())
    use.patch(place.url(), BROKEN)

    assert cases(verdicts) == {Outcome.PASS: 1}
    assert fails(verdicts) == []


def test_a_block_in_which_nothing_is_judged_is_not_green(place: Any, use: Any) -> None:
    block = judging("telnyx", use.client)
    with (
        pytest.raises(
            NothingJudgedError, match="nothing was judged: no request of telnyx was seen in the block"
        ),
        block,
    ):
        use.patch(place.url("/elsewhere"))


def test_a_failed_connection_is_no_response(use: Any) -> None:
    block = judging("telnyx", use.client)
    errors = (httpx.ConnectError, requests.ConnectionError, urllib3.exceptions.MaxRetryError)
    with pytest.raises(  # noqa: SIM117
        NothingJudgedError, match="the one request of telnyx that was seen tests no clause: no response came"
    ):
        with block, pytest.raises(errors):
            use.patch(NOWHERE)


def test_a_block_that_only_reads_says_what_the_clauses_are_about(place: Any, tmp_path: Path) -> None:
    """By a contract that tells of reading, and of no demand that a rejection could break."""
    text = (bundled("contracts") / "telnyx" / "openapi.yaml").read_text(encoding="utf-8")
    before, _, rest = text.partition("      operationId: get-room\n")
    silent = """      operationId: get-room
      x-source: {document: docs/observed.md, section: "1", field: get-room}
      parameters:
        - $ref: "#/components/parameters/RoomId"
      responses:
        "200": {description: The room}
        default: {description: An error}
"""
    contract = tmp_path / "telnyx" / "openapi.yaml"
    contract.parent.mkdir()
    contract.write_text(before + silent + rest[rest.index("    delete:\n") :], encoding="utf-8")
    client = httpx.Client()
    why = (
        r"the one request of telnyx that was seen tests no clause: the clauses are about .*PATCH "
        r"/rooms/\{room_id\}"
    )
    with pytest.raises(NothingJudgedError, match=why), judging("telnyx", client, contracts=tmp_path):
        client.get(place.url())


def test_a_redirect_is_an_exchange_of_its_own(place: Any, use: Any) -> None:
    before = place.provider.requests
    # Whether a provider may send somebody elsewhere is not what this is about.
    with suppress(BrokenClauseError), judging("telnyx", use.client) as verdicts:
        use.patch(place.url(way="/moved"))

    assert place.provider.requests - before == 2
    assert sum(cases(verdicts).values()) == 2


@pytest.mark.parametrize("kind", ["requests", "urllib3"])
def test_a_repeat_that_urllib3_makes_by_itself_is_an_exchange_of_its_own(place: Any, kind: str) -> None:
    again = Retry(total=2, status_forcelist=[503], allowed_methods=None, backoff_factor=0)
    client: Any = requests.Session() if kind == "requests" else urllib3.PoolManager(retries=again)
    if kind == "requests":
        client.mount("http://", requests.adapters.HTTPAdapter(max_retries=again))
    with judging("telnyx", client) as verdicts:
        client.request(
            "PATCH",
            place.url(way="/busy"),
            headers=place.headers,
            **{"data" if kind == "requests" else "body": GOOD},
        )

    assert cases(verdicts) == {Outcome.PASS: 1, Outcome.INCONCLUSIVE: 1}


def test_a_compressed_response_is_read(place: Any, use: Any) -> None:
    with judging("telnyx", use.client) as verdicts:
        use.patch(place.url(way="/coded"))

    assert verdicts.verdicts()["telnyx.update-room.response.data.id.type"] is Verdict.PASS


def test_a_stream_is_left_to_who_asked_for_it(place: Any, use: Any) -> None:
    with judging("telnyx", use.client) as verdicts:
        body = use.stream(place.url())

    assert body.startswith(b'{"data":{"id":')
    assert cases(verdicts) == {Outcome.PASS: 1}
    assert fails(verdicts) == []
    assert verdicts.verdicts()["telnyx.update-room.response.data.id.type"] is not Verdict.PASS


def test_an_exception_in_the_block_wins_and_is_told_what_was_found(place: Any, use: Any) -> None:
    with pytest.raises(ZeroDivisionError) as raised, judging("telnyx", use.client):  # noqa: PT012 - it is the second statement that raises
        use.patch(place.url(), BROKEN)
        raise ZeroDivisionError

    assert [note.split("\n")[0] for note in raised.value.__notes__] == [f"fail {MAXIMUM}"]


def test_a_response_that_a_hook_of_the_user_makes_an_error_is_judged(place: Any) -> None:
    def reject(response: Any, *_: Any, **__: Any) -> None:
        response.raise_for_status()

    client = httpx.Client(headers=place.headers, event_hooks={"response": [reject]})
    session = requests.Session()
    session.hooks["response"].append(reject)
    zero = b'{"max_participants": 0}'
    sends: list[tuple[Any, Callable[[], object]]] = [
        (client, lambda: client.patch(place.url(), content=zero)),
        (session, lambda: session.patch(place.url(), data=zero, headers=place.headers)),
    ]
    for one, send in sends:
        with judging("telnyx", one) as verdicts, pytest.raises((httpx.HTTPStatusError, requests.HTTPError)):
            send()
        assert cases(verdicts, "update-room.request.max_participants.minimum") == {Outcome.PASS: 1}


def test_blocks_may_stand_in_one_another(place: Any, use: Any) -> None:
    with judging("telnyx", use.client) as outer:
        use.patch(place.url())
        with judging("telnyx", use.client) as inner:
            use.patch(place.url())
        use.patch(place.url())

    assert cases(outer) == {Outcome.PASS: 3}
    assert cases(inner) == {Outcome.PASS: 1}


def test_a_method_that_was_put_over_it_meanwhile_stays(place: Any) -> None:
    client = httpx.Client(headers=place.headers)
    with judging("telnyx", client) as verdicts:
        below = client.send
        client.send = lambda *arguments, **options: below(*arguments, **options)  # type: ignore[method-assign]
        over = client.send
        client.patch(place.url(), content=GOOD)

    assert client.send is over
    client.patch(place.url(), content=BROKEN)
    assert fails(verdicts) == []


def test_calls_of_several_threads_prove_only_what_nobody_may_have_disturbed(place: Any) -> None:
    session = requests.Session()
    session.headers.update(place.headers)
    start = threading.Barrier(4)

    def patch(name: str) -> None:
        start.wait()
        for number in range(5):
            session.patch(place.url(), json={"unique_name": f"{name}{number}"})

    threads = [threading.Thread(target=patch, args=(name,)) for name in "abcd"]
    with judging("telnyx", session) as verdicts:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        session.patch(place.url(), data=GOOD)

    assert sum(cases(verdicts).values()) == 21
    assert fails(verdicts) == []


def test_of_calls_at_the_same_time_each_shows_what_it_shows_by_itself(place: Any) -> None:
    async def three() -> Verdicts:
        async with httpx.AsyncClient(headers=place.headers) as client:
            with judging("telnyx", client) as verdicts:
                await asyncio.gather(
                    *(client.patch(place.url(), json={"max_participants": number}) for number in (5, 6, 7))
                )
        return verdicts

    verdicts = asyncio.run(three())
    assert verdicts.verdicts()["telnyx.update-room.response.200.status"] is Verdict.PASS
    assert fails(verdicts) == []


@pytest.mark.parametrize(
    ("provider", "client", "says"),
    [
        ("telnix", httpx.Client(), r"unknown provider 'telnix' \(did you mean 'telnyx'\?\)"),
        (
            "telnyx",
            object(),
            "builtins.object is no client that can be listened to: hand over an httpx.Client",
        ),
    ],
)
def test_what_cannot_be_judged_is_rejected(provider: str, client: object, says: str) -> None:
    with pytest.raises(UsageError, match=says), judging(provider, client):
        pass


def test_a_contract_of_ones_own_counts(place: Any, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    text = (bundled("contracts") / "telnyx" / "openapi.yaml").read_text(encoding="utf-8")
    (folder / "openapi.yaml").write_text(
        text.replace("x-provider: telnyx", "x-provider: mine"), encoding="utf-8"
    )
    client = httpx.Client(headers=place.headers)

    with (
        pytest.raises(BrokenClauseError, match=r"^fail mine\.update-room"),
        judging("mine", client, contracts=tmp_path),
    ):
        client.patch(place.url(), content=BROKEN)
