"""The target that tells of each request: what comes of it is told before anybody judges it."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from roomproof.events import Answered, Event, Listener, Sent
from roomproof.interaction import Interaction
from roomproof.targets.target import Target, UnsentRequest


class ObservedTarget:
    """A target whose requests and answers a listener hears of.

    What the listener raises is held until `release`: it must not come between a response and the journal, nor
    keep a room from being put back.
    """

    def __init__(self, target: Target, provider: str, listener: Listener) -> None:
        self.base_url = target.base_url
        self._target = target
        self._provider = provider
        self._listener = listener
        self._raised: BaseException | None = None

    def send(self, unsent: UnsentRequest) -> Interaction:
        """Send one request."""
        number, note = unsent.number, unsent.note
        self.tell(Sent(self._provider, number, unsent.method, unsent.path, note))
        began = perf_counter()
        interaction = self._target.send(unsent)
        seconds = perf_counter() - began
        self.tell(Answered(self._provider, number, note, interaction, seconds, unsent.housekeeping))
        return interaction

    def close(self) -> None:
        """Let go of connections."""
        self._target.close()

    def tell(self, event: Event) -> None:
        """Tell the listener of an event."""
        self.hold(lambda: self._listener(event))

    def hold(self, tell: Callable[[], None]) -> None:
        """Have something told, and hold what that raises."""
        try:
            tell()
        except BaseException as error:
            self._raised = self._raised or error

    def release(self) -> None:
        """Raise what the listener has raised, if it has."""
        error, self._raised = self._raised, None
        if error is not None:
            raise error
