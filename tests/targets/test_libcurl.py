"""Requests are sent by libcurl's own binding, whatever another package has put in its place, and whoever was
imported first.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

EXCHANGE = "from roomproof.targets import exchange, failure, way"
STAND_IN = (
    "import sys, pycurl; stand_in = type('StandIn', (), {'Curl': object})(); sys.modules['pycurl'] = stand_in"
)
CHECK = """
import sys
assert exchange.pycurl.Curl is not object, "the handles are the stand-in's"
exchange.Exchange({}).close()
assert sys.modules["pycurl"] is stand_in, "what somebody put there is gone"
"""


@pytest.mark.parametrize(
    "order", [(STAND_IN, EXCHANGE), (EXCHANGE, STAND_IN)], ids=["stand-in first", "roomproof first"]
)
def test_another_object_in_the_place_of_libcurl_is_seen_through_and_left_there(
    order: tuple[str, str],
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "\n".join((*order, CHECK))], capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
