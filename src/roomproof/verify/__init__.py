"""Plans and sends the cases of a run. To call the package is to call `roomproof.api.verify`, which is
`roomproof.verify`.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any


class _Package(ModuleType):
    """Python gives `roomproof` this package as its `verify` once a module of it is imported; users mean the
    function.
    """

    def __call__(self, *providers: Any, **arguments: Any) -> Any:
        """Verify providers. By its name, since the API stands above this package."""
        return import_module("roomproof.api").verify(*providers, **arguments)


sys.modules[__name__].__class__ = _Package
