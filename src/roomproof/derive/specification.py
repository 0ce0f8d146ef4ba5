"""Read a specification of Swagger 2.0, OpenAPI 3.0 or OpenAPI 3.1, with the files that it refers to."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from roomproof.contract.references import NAMING, Reader, with_files
from roomproof.contract.yaml_text import parse_yaml
from roomproof.derive.swagger import as_openapi_3
from roomproof.errors import ContractError

MOST_CHARACTERS = 30_000_000
"""The largest specification of a vendor that was met has some 12,000,000."""
MOST_NODES = 3_000_000
_MOST_LEVELS = 200
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_KEPT = frozenset(("x-nullable",))
"""The only extension that is read: how Swagger 2.0 says `nullable`."""
_INTO_EXTENSION = re.compile(r"""["']#/(x-[^/"'\s]+)""")
_VERSION_LATE = re.compile(r"""^["']?(?:openapi|swagger)["']?[ \t]*:[ \t]*["']?[23]\.\d""", re.MULTILINE)
"""The version in a YAML whose fields are sorted: it stands behind all components."""
_DATA = frozenset(("const", "default", "enum", "example", "examples"))
"""Keywords whose values are data, in which a name that begins with x- is no extension."""


@dataclass(frozen=True)
class Specification:
    """What a vendor publishes of an API.

    `dialect` is what it calls itself ("Swagger 2.0", "OpenAPI 3.1.0"), `root` the document as OpenAPI 3 has
    it, with every `$ref` leading into it and without extensions to which none does; one into a file that is
    not there, which `missing` names, leads nowhere.
    """

    name: str
    dialect: str
    root: Mapping[str, Any]
    missing: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What the API is called; empty where it does not say."""
        return self._info("title")

    @property
    def version(self) -> str:
        """The version of the API; empty where it does not say."""
        return self._info("version")

    def _info(self, field: str) -> str:
        info = self.root.get("info")
        return str(info.get(field) or "") if isinstance(info, Mapping) else ""


def is_specification(text: str) -> bool:
    """Whether a text looks like a specification: its root has the field `openapi` or `swagger`."""
    return bool(
        re.search(r"""^\s*(?:\{\s*)?["']?(?:openapi|swagger)["']?\s*:""", text[:200_000], re.MULTILINE)
        or _VERSION_LATE.search(text)
        or (
            text.lstrip("\ufeff \n\r\t").startswith("{") and re.search(r'"(?:openapi|swagger)"\s*:\s*"', text)
        )
    )


def read_specification(text: str, name: str, read: Reader | None = None) -> Specification:
    """Return the specification in a text of JSON or YAML; `read` reads the files that it refers to.

    Raises ContractError, with the text's name, for what is none, and for one that is too large.
    """
    if len(text) > MOST_CHARACTERS:
        raise ContractError(
            f"{name}: has more than {MOST_CHARACTERS} characters; keep the paths that you need"
        )
    parsed = _parsed(text, name)
    raw = _plain(parsed, name)
    if isinstance(raw, dict):
        raw |= _referred_to(parsed, text, name)
    if not isinstance(raw, dict) or not ("openapi" in raw or "swagger" in raw):
        raise ContractError(
            f"{name}: is no specification; it has neither `openapi:` nor `swagger:` at its root"
        )
    missing: list[str] = []

    def found(file: str) -> tuple[str, str]:
        """Return a file's text, that of an empty one in the place of one that nobody can read."""
        assert read is not None
        try:
            return read(file)
        except ContractError:
            missing.append(file)
            return "{}", file

    if read is not None:
        try:
            raw = with_files(raw, found, outside=True, prepare=lambda node: _plain(node, name))
        except ContractError as error:
            raise ContractError(f"{name}: {error}", error.pointer) from error
    if "swagger" in raw:
        return Specification(name, f"Swagger {raw['swagger']}", as_openapi_3(raw), tuple(missing))
    if not str(raw["openapi"]).startswith("3."):
        told = f"is of OpenAPI {raw['openapi']}, and 2.0, 3.0 and 3.1 are read"
        raise ContractError(f"{name}: {told}; convert it to one of them")
    return Specification(name, f"OpenAPI {raw['openapi']}", raw, tuple(missing))


def _parsed(text: str, name: str) -> Any:
    text = text.removeprefix("\ufeff")
    if text.lstrip().startswith("{"):
        try:
            return json.loads(text)
        except RecursionError as error:
            raise ContractError(f"{name}: is nested too deeply; specifications are flat") from error
        except ValueError:
            pass  # YAML has braces, too, and says on which line something is wrong.
    return parse_yaml(text, name, most_nodes=MOST_NODES, checked=False)


def _plain(node: Any, name: str, level: int = 0, names: bool = False) -> Any:
    """Return a document without extensions, and without what JSON and terminals do not have."""
    if level > _MOST_LEVELS:
        raise ContractError(
            f"{name}: is nested more than {_MOST_LEVELS} levels deep; specifications are flat"
        )
    if isinstance(node, dict):
        fields = ((key if isinstance(key, str) else _word(key), value) for key, value in node.items())
        return {
            _CONTROL.sub("", key): value
            if key in _DATA and not names
            else _plain(value, name, level + 1, key in NAMING and not names)
            for key, value in fields
            if names or not key.startswith("x-") or key in _KEPT
        }
    if isinstance(node, list):
        return [_plain(item, name, level + 1) for item in node]
    if isinstance(node, str):
        return _CONTROL.sub("", node)
    if isinstance(node, float) and not math.isfinite(node):
        return None
    return node


def _referred_to(parsed: Mapping[Any, Any], text: str, name: str) -> dict[str, Any]:
    """Return the extensions at the root of a document that a `$ref` leads into: bundlers put there what paths
    have in common.
    """
    names = set(_INTO_EXTENSION.findall(text)) - {"x-files"}
    return {key: _plain(value, name, 1) for key, value in parsed.items() if key in names}


def _word(key: object) -> str:
    """Return a name that YAML reads as something else: a status is a number, and `on` is true."""
    return str(key).lower() if isinstance(key, bool) else str(key)
