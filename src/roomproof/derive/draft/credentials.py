"""How a request proves who sends it, as the security schemes of a specification tell it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from roomproof.auth.registry import authentication, carrier_of, name_of
from roomproof.contract.clause import Path
from roomproof.derive.draft.remarks import Node, Remarks, followed
from roomproof.errors import ContractError

_WORDS = {"token": "TOKEN", "key": "API_KEY", "username": "USERNAME", "password": "PASSWORD"}
_KEPT = ("type", "scheme", "in", "name", "bearerFormat")


@dataclass(frozen=True)
class Credentials:
    """The security scheme of a draft: its name and node, the way to authenticate, its variables.

    `is_told` tells that the specification says it.
    """

    name: str
    node: Mapping[str, Any]
    scheme: str
    environment: Mapping[str, str]
    is_told: bool = True


def read_credentials(
    root: Node, securities: list[tuple[Path, object]], provider: str, remarks: Remarks
) -> Credentials:
    """Return the credentials that the operations of a draft need: the first ones that can be sent.

    `securities` are the `security` fields that count for them, with their places.
    """
    components = root.get("components")
    schemes = components.get("securitySchemes") if isinstance(components, dict) else None
    known = {name: followed(one, root) for name, one in schemes.items()} if isinstance(schemes, dict) else {}
    beside: dict[str, Path] = {}
    found: Credentials | None = None
    for place, needed in _needed(securities):
        for name in needed:
            if name not in known:
                remarks.defect(place, f"the security scheme {name!r} is declared nowhere")
            elif found is None:
                found = _of_scheme(name, known[name], provider, remarks)
            elif name != found.name:
                beside[name] = place
    for name, place in beside.items():
        remarks.left_out(
            place, f"the security scheme {name!r}: a contract has one; the draft sends {_named(found)}"
        )
    if found is None and not securities:
        found = next(filter(None, (_of_scheme(*one, provider, remarks) for one in known.items())), None)
        if found is not None:
            remarks.guess(
                (),
                f"no operation says `security`; the draft takes the scheme {found.name!r} that is declared",
            )
    if found is not None:
        return found
    variable = _variable(provider, "token")
    remarks.guess((), f"no credentials are told that can be sent; the draft sends a bearer token, {variable}")
    return Credentials(
        "bearer", {"type": "http", "scheme": "bearer"}, "bearer", {"token": variable}, is_told=False
    )


def _named(found: Credentials | None) -> str:
    return repr(found.name) if found is not None else "none of them"


def _needed(securities: list[tuple[Path, object]]) -> Iterator[tuple[Path, list[str]]]:
    """Yield the names of schemes, those first that stand alone."""
    listed = [
        (place, [str(name) for name in one])
        for place, security in securities
        if isinstance(security, list)
        for one in security
        if isinstance(one, dict) and one
    ]
    yield from sorted(listed, key=lambda entry: len(entry[1]))


def _of_scheme(name: str, node: Node, provider: str, remarks: Remarks) -> Credentials | None:
    try:
        scheme = name_of(node)
        carrier_of(scheme, node)
        parts = authentication(scheme).parts
    except ContractError:
        place = ("components", "securitySchemes", name)
        told = f"{node.get('type')} {node.get('scheme', '')}".strip()
        remarks.left_out(
            place, f"the draft cannot send credentials of {told}; x-credentials.scheme names what it can"
        )
        return None
    environment = {part: _variable(provider, part) for part in parts}
    kept = {key: node[key] for key in _KEPT if isinstance(node.get(key), str)}
    return Credentials(name, kept, scheme, environment)


def _variable(provider: str, part: str) -> str:
    return f"{provider.upper().replace('-', '_')}_{_WORDS.get(part, part.upper().replace('-', '_'))}"
