"""One version of what a vendor publishes, or of a contract, as a document of OpenAPI 3 to compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from roomproof.contract.clause import Level
from roomproof.contract.model import Contract
from roomproof.contract.references import NAMING, Reader
from roomproof.derive.drift.change import ChangePlace
from roomproof.derive.drift.location import in_swagger, location, written
from roomproof.derive.drift.shape import NULL_OPEN
from roomproof.derive.specification import read_specification
from roomproof.derive.statements import as_openapi, read

_NOT_OF_DOCUMENTS = frozenset((Level.STANDARD, Level.SAMPLE, Level.OBSERVED))


@dataclass(frozen=True)
class Version:
    """A document to compare. `is_whole` says that it tells everything, as a specification does: what a page
    or a contract leaves out may be there all the same. `missing` are files that it refers to and
    that are not there. `is_swagger` says that the document is one of Swagger 2.0, and `root` its conversion;
    `has_places` that a pointer into it means something to who has the document.
    """

    name: str
    root: Mapping[str, Any]
    is_whole: bool = True
    missing: tuple[str, ...] = ()
    is_swagger: bool = False
    has_places: bool = True

    def location(self, place: ChangePlace) -> str:
        """Return a JSON pointer to what stands nearest to a place, empty where nothing does."""
        pointer = location(self.root, place) if self.has_places else ()
        return written(in_swagger(pointer) if self.is_swagger else pointer)


def of_specification(text: str, name: str, read: Reader) -> Version:
    """Return the version that the text of a specification is. Raises ContractError as its reading does."""
    specification = read_specification(text, name, read)
    is_swagger = specification.dialect.startswith("Swagger")
    return Version(name, specification.root, missing=specification.missing, is_swagger=is_swagger)


def of_page(text: str, name: str) -> Version:
    """Return what a saved page says. Raises UsageError where no layout is known of it."""
    return Version(name, as_openapi(read(text, name)), is_whole=False, has_places=False)


def of_contract(contract: Contract, name: str) -> Version:
    """Return what a contract says that documents say: what a sample, a standard or an observation tells is no
    word of them.
    """
    return Version(name, _documented(contract.raw), is_whole=False)


def _documented(node: Any, names: bool = False) -> Any:
    if isinstance(node, list):
        return [_documented(item) for item in node if not _is_left_out(item)]
    if not isinstance(node, Mapping):
        return node
    levels = {} if names else node.get("x-levels", {})
    open_null = {NULL_OPEN: True} if levels.get("nullable") in _NOT_OF_DOCUMENTS else {}
    return open_null | {
        key: _documented(value, not names and key in NAMING)
        for key, value in node.items()
        if (names or not key.startswith("x-") or key == "x-files")
        and levels.get(key) not in _NOT_OF_DOCUMENTS
        and not _is_left_out(value)
    }


def _is_left_out(node: Any) -> bool:
    return isinstance(node, Mapping) and node.get("x-level") in _NOT_OF_DOCUMENTS
