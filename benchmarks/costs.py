"""What a long body costs: `python -m benchmarks.costs`. Every figure is a ratio, measured side by side in one
run.

For each thing that is done to a body, the time for a body of one size and for one of eight times that, of
whichever bodies grow worst. The seconds beside it are the most that any body of the largest size cost: a
signal waits no longer.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Mapping
from random import Random
from statistics import median

from roomproof.cassettes.redaction import Redactor
from roomproof.interaction import Credentials, Interaction, Request, Response
from roomproof.judge.deviation_match import document
from roomproof.judge.judge import Judge
from roomproof.providers import find_contract, find_mock
from roomproof.reports.secrets import cleaned
from roomproof.secrets import KnownSecrets

SIZES = (16_000, 128_000)
TIMES = 3
LEAST = 0.002
"""Seconds below which nothing is said of a ratio: it would be that of the clock."""
SECRET = "kEy4-canary/+%41zK1nQ8"
KNOWN = KnownSecrets([SECRET])
PROVIDER = "telnyx"
CONTRACT, _ = find_contract(PROVIDER)
URL = f"https://api.example.com/v2/rooms/{find_mock(PROVIDER).room_id}"
PIECES = (
    *(".", " ", "\\", r"\u0041", "%41", "%25252541", "&amp;", '"', "+", "\n", " \n"),
    *("QUFB", "[", "1", "a=", "41:", "A\0", "x\x9c", "kEy4..."),
)


def bodies(size: int) -> Mapping[str, bytes]:
    """Return bodies of a size that are made of one piece, and some others."""
    same = {piece: (piece.encode() * size)[:size] for piece in PIECES}
    return {
        **same,
        "a room": (b'{"data": {"id": "%s"}}' % (b"x" * size)),
        "random Base64": base64.b64encode(Random(1).randbytes(size * 3 // 4)),
        "all at once": (b"%25&amp;\\u0041\n  '\"'\"'+ aaaaaaaaaaaaaaaaaaa a" * size)[:size],
    }


def interaction(body: bytes) -> Interaction:
    """Return an answer with a body to an update."""
    headers = (("Content-Type", "application/json"),)
    return Interaction(Request("PATCH", URL, headers, b"{}", Credentials.VALID), Response(200, headers, body))


DONE: Mapping[str, Callable[[bytes], object]] = {
    "the search for secrets, places and beginnings": lambda body: KNOWN.places(body, b"..."),
    "a body for a recording": lambda body: Redactor([SECRET], live=True).redacted(interaction(body)),
    "a body for a report": lambda body: cleaned(document(interaction(body)), [SECRET]),
    "judging": lambda body: Judge(CONTRACT).see(interaction(body)),
}


def timed(work: Callable[[bytes], object], body: bytes) -> float:
    """Return the median of some runs, in seconds of this process."""
    taken = []
    for _ in range(TIMES):
        began = time.process_time()
        work(body)
        taken.append(time.process_time() - began)
    return median(taken)


def main() -> None:
    """Print the table."""
    print(f"| {SIZES[1]:,} bytes : {SIZES[0]:,} | measured | goal | most seconds |\n|---|---|---|---|")
    small, large = (bodies(size) for size in SIZES)
    for what, work in DONE.items():
        times = {name: (timed(work, small[name]), timed(work, large[name])) for name in small}
        name = max(times, key=lambda name: times[name][1] / max(times[name][0], LEAST))
        ratio = times[name][1] / max(times[name][0], LEAST)
        print(
            f"| {what} (worst of {len(times)}: {name!r}) | {ratio:.1f} | at most 14 | "
            f"{max(more for _, more in times.values()):.2f} |"
        )


if __name__ == "__main__":
    main()
