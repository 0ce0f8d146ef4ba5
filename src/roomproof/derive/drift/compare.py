"""Compare two specifications: what a client would notice, operation by operation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from roomproof.derive.drift.change import WHOLE, Change, ChangePlace, ChangeSide, Completeness, Impact
from roomproof.derive.drift.endpoints import (
    Alternative,
    Endpoint,
    EndpointParameter,
    EndpointResponse,
    endpoints,
)
from roomproof.derive.drift.paths import paired
from roomproof.derive.drift.presence import needed
from roomproof.derive.drift.schemas import SchemaComparison
from roomproof.derive.drift.shape import Shapes
from roomproof.derive.drift.stated import Schema

_BY_IMPACT = list(Impact)
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Differences:
    """What is different in another version, and how many operations are in both."""

    changes: tuple[Change, ...]
    operations: int


def differences(
    old: Mapping[str, Any], new: Mapping[str, Any], completeness: Completeness = WHOLE
) -> Differences:
    """Return what is different in another version of a document of OpenAPI 3, in the order of its
    operations.
    """
    shapes = Shapes(old), Shapes(new)
    olds, news = (list(endpoints(root, one)) for root, one in zip((old, new), shapes, strict=True))
    schemas = SchemaComparison(*shapes, completeness)
    texts = SchemaComparison(*shapes, completeness, is_text=True)
    by_old, by_new, moved = paired(olds, news)
    found: list[Change] = list(moved)
    for key, one in by_old.items():
        if key in by_new:
            found += _Operation(one, by_new[key], schemas, texts, completeness).changes()
        elif completeness.new:
            place = _place_of(one)
            found.append(Change(place, "removed", Impact.SENDERS, "the operation is gone", True, None))
    for key, one in by_new.items():
        if key not in by_old and completeness.old:
            place = _place_of(one)
            found.append(Change(place, "added", Impact.HARMLESS, "the operation is new", None, True))
    both = len(by_old.keys() & by_new.keys())
    return Differences(tuple(_worst_of_each(found)), both)


def _worst_of_each(changes: list[Change]) -> Iterator[Change]:
    """Yield each change once: alternatives that have a field in common change it together."""
    found: dict[str, Change] = {}
    for change in changes:
        before = found.get(change.id)
        if before is None or _BY_IMPACT.index(change.impact) < _BY_IMPACT.index(before.impact):
            found[change.id] = change
    yield from found.values()


def _place_of(endpoint: Endpoint) -> ChangePlace:
    return ChangePlace(endpoint.method, endpoint.path, ChangeSide.OPERATION, shown_path=endpoint.shown_path)


class _Operation:
    """The comparison of one operation."""

    def __init__(
        self,
        old: Endpoint,
        new: Endpoint,
        schemas: SchemaComparison,
        texts: SchemaComparison,
        completeness: Completeness,
    ) -> None:
        self._old = old
        self._new = new
        self._schemas = schemas
        self._texts = texts
        self._tells = completeness.tells
        self._states = completeness.states

    def changes(self) -> Iterator[Change]:
        """Yield what is different."""
        yield from self._security()
        yield from self._parameters(
            self._old.parameters, self._new.parameters, self._place(ChangeSide.REQUEST)
        )
        yield from self._body()
        yield from self._responses()
        if self._new.deprecated and not self._old.deprecated:
            place = self._place(ChangeSide.OPERATION)
            yield Change(place, "deprecated", Impact.HARMLESS, "the operation is deprecated", False, True)

    def _place(self, side: ChangeSide, status: str = "", carrier: str = "") -> ChangePlace:
        return replace(_place_of(self._new), side=side, status=status, carrier=carrier)

    def _security(self) -> Iterator[Change]:
        was, now = self._old.security, self._new.security
        if was is None or now is None or was == now or not self._states(was, now):
            return
        narrows = not all(any(_is_enough(one, other) for other in now) for one in was or {frozenset()})
        impact = Impact.SENDERS if narrows and now else Impact.HARMLESS
        text = f"the ways to prove who asks were {_ways(was)} and are {_ways(now)}"
        place = self._place(ChangeSide.OPERATION)
        yield Change(place, "security", impact, text, _ways(was), _ways(now))

    def _parameters(
        self,
        olds: Mapping[Any, EndpointParameter],
        news: Mapping[Any, EndpointParameter],
        place: ChangePlace,
    ) -> Iterator[Change]:
        """Yield what is different in parameters, or in the headers of a response."""
        is_request = place.side is ChangeSide.REQUEST
        for key in dict.fromkeys((*olds, *news)):
            old, new = olds.get(key), news.get(key)
            one = new or old
            assert one is not None
            here = replace(place, carrier=one.carrier, way=(one.name,), label=one.label)
            if old is None or new is None:
                # A part of the path is there, whether it is described or not.
                if one.carrier != "path" and self._tells(old, new):
                    yield _appeared(here, new, is_request)
                continue
            if old.required != new.required and self._states(old.required, new.required):
                yield needed(here, new.required, "the parameter" if is_request else "the header")
            if old.style and new.style and old.style != new.style:
                text = "lists and objects in it are written in another way"
                impact = Impact.SENDERS if is_request else Impact.READERS
                yield Change(here, "style", impact, text, list(old.style), list(new.style))
            yield from self._texts.changes(old.schema, new.schema, here)

    def _body(self) -> Iterator[Change]:
        old, new = self._old, self._new
        place = self._place(ChangeSide.REQUEST, carrier="body")
        if not old.body or not new.body:
            if bool(old.body) != bool(new.body) and self._tells(old.body, new.body):
                is_new = bool(new.body)
                impact = Impact.SENDERS if not is_new or new.body_required else Impact.HARMLESS
                text = "a body can be sent now" if is_new else "no body is sent any more"
                yield Change(
                    place, "body-added" if is_new else "body-removed", impact, text, not is_new, is_new
                )
            return
        if old.body_required != new.body_required and self._states(old.body_required, new.body_required):
            yield needed(place, new.body_required, "a body")
        yield from self._content(old.body, new.body, place)

    def _content(
        self, old: Mapping[str, Schema], new: Mapping[str, Schema], place: ChangePlace
    ) -> Iterator[Change]:
        is_request = place.side is ChangeSide.REQUEST
        for media in sorted(old.keys() - new.keys()) if self._tells(True, False) else ():
            impact = Impact.SENDERS if is_request else Impact.READERS
            if _is_covered(media, new) or (not is_request and any(_is_covered(one, (media,)) for one in new)):
                impact = Impact.HARMLESS
            yield Change(place, f"media-type {media}", impact, f"{media} is gone", media, None)
        for media in sorted(new.keys() - old.keys()) if self._tells(False, True) else ():
            yield Change(place, f"media-type {media}", Impact.HARMLESS, f"{media} is new", None, media)
        both = [media for media in old if media in new]
        for media in both:
            schemas = self._texts if media == _FORM else self._schemas
            yield from schemas.changes(old[media], new[media], place)
        for one, other in _renamed(old, new) if not both else ():
            yield from self._schemas.changes(one, other, place)

    def _responses(self) -> Iterator[Change]:
        olds, news = self._old.responses, self._new.responses
        if not olds or not news:
            return  # An operation without responses, which 3.1 allows, says nothing of them.
        for status in dict.fromkeys((*olds, *news)):
            place = self._place(ChangeSide.RESPONSE, status=status, carrier="body")
            old, new = _response_for(olds, status), _response_for(news, status)
            if old is not None and new is not None:
                yield from self._response(old, new, place)
            elif _is_listed_by_itself(status, news if status in olds else olds):
                continue
            elif self._tells(status in olds, status in news):
                is_gone = status in olds
                breaks = is_gone and status.startswith("2")
                text = f"the status {status} is {'gone' if is_gone else 'new'}"
                impact = Impact.READERS if breaks else Impact.HARMLESS
                yield Change(replace(place, carrier=""), "status", impact, text, is_gone, not is_gone)

    def _response(self, old: EndpointResponse, new: EndpointResponse, place: ChangePlace) -> Iterator[Change]:
        if old.content and new.content:
            yield from self._content(old.content, new.content, place)
        elif old.content and self._tells(True, False):
            yield Change(
                place, "body-removed", Impact.READERS, "the response has no body any more", True, False
            )
        elif new.content and self._tells(False, True):
            yield Change(place, "body-added", Impact.HARMLESS, "the response has a body now", False, True)
        yield from self._parameters(old.headers, new.headers, place)


def _response_for(responses: Mapping[str, EndpointResponse], status: str) -> EndpointResponse | None:
    """Return the response of a status: that of the code, else that of its range."""
    return responses.get(status) or (responses.get(f"{status[0]}XX") if status != "default" else None)


def _renamed(old: Mapping[str, Schema], new: Mapping[str, Schema]) -> Iterator[tuple[Schema, Schema]]:
    """Yield the schemas of two media types that are one format by two names: both JSON, or whatever it is."""
    json_of = [[media for media in some if "json" in media or "*" in media] for some in (old, new)]
    if all(json_of):
        yield old[json_of[0][0]], new[json_of[1][0]]


def _is_listed_by_itself(status: str, responses: Mapping[str, EndpointResponse]) -> bool:
    """Whether responses have some status of a range: each is compared with that of the range."""
    return status.endswith("XX") and any(one.startswith(status[0]) for one in responses)


def _is_covered(media: str, others: Iterable[str]) -> bool:
    """Whether a media type is one of a range, such as `*/*` (RFC 9110, 12.5.1)."""
    return any(one in ("*/*", media.partition("/")[0] + "/*") for one in others)


def _is_enough(one: Alternative, other: Alternative) -> bool:
    """Whether what proves who asks in one way does so in another one."""
    return all(
        any(_is_alike(known, scheme) and set(asked.split()) <= set(scopes.split()) for known, scopes in one)
        for scheme, asked in other
    )


def _is_alike(one: str, other: str) -> bool:
    """Whether two schemes can be one: that a key is the header Authorization does not tell what is in it."""
    return one == other or any(
        key == "apikey header authorization" and scheme.startswith("http ")
        for key, scheme in ((one, other), (other, one))
    )


def _appeared(place: ChangePlace, new: EndpointParameter | None, is_request: bool) -> Change:
    what = "parameter" if is_request else "header"
    if new is None:
        impact = Impact.SENDERS if is_request else Impact.READERS
        return Change(place, "removed", impact, f"the {what} is gone", True, None)
    is_demanded = is_request and new.required
    text = f"the {what} is new" + (", and must be sent" if is_demanded else "")
    return Change(place, "added", Impact.SENDERS if is_demanded else Impact.HARMLESS, text, None, True)


def _ways(alternatives: frozenset[Alternative]) -> str:
    told = (
        " with ".join(sorted(f"{scheme} ({scopes})" if scopes else scheme for scheme, scopes in one))
        for one in alternatives
    )
    return " or ".join(sorted(one or "none" for one in told)) or "none"
