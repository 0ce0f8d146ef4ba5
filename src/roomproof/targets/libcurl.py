"""libcurl's binding itself, whatever stands in its place.

pytest-recording puts an object of its own into `sys.modules`, whose handles libcurl's binding does not
accept. Whether a run may use the network is not decided here: the pytest plugin asks before it starts one.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

__all__ = ["pycurl"]


def genuine(name: str) -> ModuleType:
    """Import a module; where another object stands in for it, import it all the same and leave that object in
    its place.
    """
    found = import_module(name)
    if type(found) is ModuleType:
        return found
    del sys.modules[name]
    try:
        return import_module(name)
    finally:
        sys.modules[name] = found


if TYPE_CHECKING:
    import pycurl
else:
    pycurl = genuine("pycurl")
