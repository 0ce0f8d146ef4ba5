"""Busy providers: status 429 (RFC 6585, 4) and 503 (RFC 9110, 15.6.4) reject nobody for what was sent, and
ask to come back later.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import inf

from roomproof.interaction import BUSY, Headers, Interaction, header

BACKOFF = (0.5, 1.0, 2.0)
"""Seconds to wait before each further try where the provider does not say how long."""
TRIES = 3
"""How often a request is sent again after the time that the provider named."""
LONGEST = 120.0
"""Seconds of one wait; a provider that asks for more ends the run."""
IN_VAIN = 3
"""After how many requests in a row that stay unanswered for business a run gives up; also how often a run
waits unasked.
"""


class RetryPolicy:
    """Decides how long to wait for a provider that is too busy. `backoff`: the waits where it does not say
    how long, in seconds.
    """

    def __init__(self, backoff: tuple[float, ...]) -> None:
        self._backoff = backoff
        self._unasked = IN_VAIN
        self._tries = 0
        self.in_vain = 0

    def pause(self, interaction: Interaction) -> float | None:
        """Return how many seconds to wait before the same request is sent again; None if the response
        stands.
        """
        response = interaction.response
        if response is None or response.status not in BUSY:
            self._tries = 0
            # No response at all says nothing of how busy the provider is.
            self.in_vain = self.in_vain if response is None else 0
            return None
        asked = retry_after(response.headers, datetime.now(UTC))
        waits = (asked,) * TRIES if asked is not None else self._backoff if self._unasked else ()
        if self._tries < len(waits):
            self._tries += 1
            return waits[self._tries - 1]
        self._unasked -= asked is None and self._unasked > 0
        self._tries = 0
        self.in_vain += 1
        return None


def retry_after(headers: Headers, now: datetime) -> float | None:
    """Return the seconds of Retry-After (RFC 9110, 10.2.3), None where there is none that can be read.

    A date counts from the Date of the same response, since clocks differ; without one from `now`.
    """
    value = (header(headers, "retry-after") or "").strip()
    if re.fullmatch(r"[0-9]+", value):
        return float(value) if len(value) < 10 else inf
    until, answered = _moment(value), _moment(header(headers, "date") or "")
    return None if until is None else max(0.0, (until - (answered or now)).total_seconds())


def _moment(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
