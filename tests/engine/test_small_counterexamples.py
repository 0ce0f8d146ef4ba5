"""What a person has to read of a finding is small: a long value that the room held when it was seen does not
ride along.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from roomproof.engine.rooms import clean_up, open_rooms
from roomproof.engine.run import Options, Subject
from roomproof.engine.sequences import follow
from roomproof.engine.session import Session
from roomproof.errors import RoomproofError
from roomproof.runs.regressions import save_regressions
from roomproof.verdict import Verdict

CLAUSE = "telnyx.update-room.request.max_participants.maximum"
LONG = "\N{GRINNING FACE}" * 30_000
Ask = Callable[..., Subject]


class Generous:
    """One more participant than is allowed."""

    def before(self, exchange: Any) -> None:
        """Make the request one that is accepted."""
        if exchange.sent.get("max_participants") == 51:
            exchange.body = exchange.body.replace(b"51", b"50")

    def after(self, exchange: Any) -> None:
        """The response is left as it is, but for a room with a long name."""
        if exchange.room.get("unique_name") == "long":
            exchange.respond_with(unique_name=LONG)


def test_a_counterexample_is_told_in_a_room_with_plain_values(ask: Ask, tmp_path: Path) -> None:
    session = Session(ask("telnyx", Generous()), Options(max_examples=0), lambda *_: None)
    open_rooms(session)
    (updating,) = (one for one in session.contract.telling if one.id == "update-room")
    bench = session.bench(updating)
    seen = [
        session.send(bench.exact(body, "seen"))[0]
        for body in ({"unique_name": "long"}, {"max_participants": 51})
    ]
    assert len(seen[-1].response.body if seen[-1].response else b"") > len(LONG), "it shows the long name"

    follow(session)

    (finding,) = (
        one for one in session.findings() if one.clause.id == CLAUSE and one.verdict is Verdict.FAIL
    )
    assert finding.counterexample.interaction.request.body == b'{"max_participants":51}'
    problems: list[RoomproofError] = []
    saved = list(save_regressions(tmp_path, session.subject, [finding], seen, problems.append))
    clean_up(session)
    assert problems == []
    assert [path.stat().st_size < 4096 for path in saved] == [True]
