"""What holds for everything that pytest runs here: no test sees the credentials of a real account."""

from __future__ import annotations

import os

PREFIXES = ("AZURE_COMMUNICATION_", "CARRIERX_", "SIGNALWIRE_", "TELNYX_")

for _name in [name for name in os.environ if name.startswith(PREFIXES)]:
    del os.environ[_name]
