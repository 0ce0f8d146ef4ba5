"""A run from its first request to the last room that is put back, whatever it is about."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from roomproof.engine.account_guard import ForeignRoomError
from roomproof.engine.rooms import clean_up, ended_by
from roomproof.engine.session import CutShortError, Result, Session
from roomproof.events import Started


def whole_run(session: Session, exercise: Callable[[], None], concluded: Callable[[Result], None]) -> Result:
    """Do what a run is about, restore the account after it, and return what came of it.

    `concluded` hears of that when everything is judged and before anything is restored. Raises
    UnreachableError or UsageError where nothing can even start, and what a listener has raised.
    """
    began, result, subject = monotonic(), session.result, session.subject

    def timed(_: Result) -> None:
        result.seconds = monotonic() - began
        concluded(result)

    try:
        provider, base_url = subject.contract.provider, subject.target.base_url
        session.telling.tell(Started(provider, base_url, result.verdicts, subject.secrets))
        exercise()
        session.judging.catch_up()
        session.telling.release()
    except (CutShortError, ForeignRoomError) as error:
        result.stopped = str(error)
    except KeyboardInterrupt as stop:
        result.stopped, result.interrupted = ended_by(stop), True
    except BaseException:
        clean_up(session)
        session.target.close()
        raise
    clean_up(session, timed)
    session.target.close()
    result.seconds = monotonic() - began
    try:
        session.telling.release()
    except CutShortError as error:
        result.stopped = result.stopped or str(error)
    except KeyboardInterrupt as stop:
        result.stopped, result.interrupted = result.stopped or ended_by(stop), True
    return result
