"""Exposure: secrets that stand in a recording as they are, whoever recorded it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from roomproof.cassettes.redaction import is_redacted
from roomproof.cassettes.telling import HeaderKind, Value, ValueKind, header_kind, may_tell, values
from roomproof.interaction import Headers, Interaction
from roomproof.secrets import KnownSecrets, as_bytes
from roomproof.targets.target import is_loopback

_NAME = re.compile(r"[\w.\[\]-]{1,64}", re.ASCII)
_SIGNATURE = re.compile(r"Signature=([^&,\s]*)")


def exposed(interaction: Interaction, secrets: Iterable[str] = ()) -> Iterator[str]:
    """Yield one short phrase per secret that stands unredacted in a (recorded) interaction: where it stands,
    never its value.

    `secrets` are known values. Access codes of rooms count only where the URL's host is not this machine.
    """
    known, codes = KnownSecrets(secrets), not is_loopback(interaction.request.url)
    request, response = interaction.request, interaction.response
    yield from _in_text("URL", as_bytes(request.url), known, codes)
    yield from _in_headers("request", request.headers, known, codes)
    yield from _in_text("request body", request.body or b"", known, codes)
    if response:
        yield from _in_headers("response", response.headers, known, codes)
        yield from _in_text("response body", response.body, known, codes)
    yield from _in_text("failure", as_bytes(interaction.failure), known, codes)


def _in_headers(side: str, headers: Headers, known: KnownSecrets, codes: bool) -> Iterator[str]:
    for name, value in headers:
        kind = header_kind(name)
        if kind and value.strip() and not _is_redacted_header(kind, name, value):
            yield f"the {side} header {name}"
        else:
            yield from _in_text(f"{side} header {name}", as_bytes(value), known, codes)


def _in_text(place: str, data: bytes, known: KnownSecrets, codes: bool) -> Iterator[str]:
    last = 0
    rest = []
    for value in (
        sorted(values(data), key=lambda value: (value.start, -value.end))
        if known.short or may_tell(data, codes)
        else ()
    ):
        told = value.tells(codes) or value.text in known.short
        if value.start >= last and value.raw and told and not is_redacted(value.text):
            yield f"{_told(value)} in the {place}"
            rest.append(data[last : value.start])
            last = value.end
    unnamed = b"\0".join((*rest, data[last:]))
    if known.stand_in(unnamed):
        what = (
            "more encodings than can be searched for a known secret"
            if known.is_lost_on(unnamed)
            else "a known secret"
        )
        yield f"{what} in the {place}"


def _is_redacted_header(kind: HeaderKind, name: str, value: str) -> bool:
    value = value.strip()
    if kind is HeaderKind.PROOF:
        scheme, _, proof = value.partition(" ")
        signature = _SIGNATURE.search(value)
        return is_redacted(signature[1] if signature else proof.strip() or scheme)
    if name.lower() in ("cookie", "set-cookie"):
        cookies = [value.partition(";")[0]] if name.lower() == "set-cookie" else value.split(";")
        return all(
            not text or is_redacted(text)
            for text in (cookie.rpartition("=")[2].strip() for cookie in cookies)
        )
    return is_redacted(value)


def _told(value: Value) -> str:
    if value.kind is ValueKind.JWT:
        return "a JWT"
    if value.kind is ValueKind.LOGIN:
        return "a login"
    name = value.name if _NAME.fullmatch(value.name) else "of another name"
    return f"the {'parameter' if value.kind is ValueKind.PARAMETER else 'field'} {name}"
