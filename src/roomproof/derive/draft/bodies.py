"""The bodies and responses of an operation as a contract has them: of the media types that are read, JSON and
forms.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from roomproof.contract.clause import Path
from roomproof.contract.contradictions import fits
from roomproof.contract.read import is_form, is_json
from roomproof.derive.draft.operations import Described
from roomproof.derive.draft.order import unsettled_order
from roomproof.derive.draft.remarks import Node, Remarks, followed
from roomproof.derive.draft.schemas import Schema, Schemas

_STATUS = re.compile(r"[1-5]([0-9]{2}|XX)|default")
_ANY = "*/*"
_BODIES = ("object", "array", "string")
_WHEN = {
    "401": "unauthenticated",
    "403": "unauthenticated",
    "404": "unknown-room",
    "400": "invalid",
    "422": "invalid",
}
"""What a status answers (RFC 9110, 15.5)."""
_LONGEST = 80
_MOST_EXAMPLE = 4_000


class Bodies:
    """Rewrites bodies of requests and responses."""

    def __init__(self, root: Node, schemas: Schemas, remarks: Remarks) -> None:
        self._root = root
        self._schemas = schemas
        self._remarks = remarks

    def request(self, described: Described, *, makes: bool) -> tuple[Schema | None, str]:
        """Return the body of a request, and why the operation cannot be sent: empty where it can.

        That of one that `makes` something has the specification's example as `x-body`.
        """
        raw = described.node.get("requestBody")
        if raw is None:
            return None, ""
        place = (*described.place, "requestBody")
        if described.method in ("get", "delete"):
            self._remarks.left_out(place, f"the body of a {described.method.upper()}, which has no meaning")
            return None, ""
        node = followed(raw, self._root)
        content = self._content(node, place)
        is_needed = node.get("required") is True
        media = next(filter(is_json, content), next(filter(is_form, content), None))
        if media is None and not content:
            self._remarks.defect(place, "the body has no content that can be read; it is left out")
            return None, ""
        if media is None:
            told = f"its body is sent as {', '.join(content)}, and JSON and forms are sent only"
            return (None, told) if is_needed else self._without(place, told)
        self._tell_others(content, media, place)
        way = (*place, "content", media)
        schema, told = self._body_schema(content[media], way)
        if told:
            return None, told
        if order := unsettled_order(self._schemas.fields(schema)):
            whole = self._schemas.view_of_component(schema)
            whole |= order
        kept: Schema = {"schema": schema, **self._told(content[media], way)}
        if makes and (example := self._example(content[media], schema)) is not None:
            kept["x-body"] = example
        source = {"section": self._schemas.pointer(place), "field": "requestBody"}
        return {
            **({"required": True} if is_needed else {}),
            "x-source": source,
            "content": {_bare(media): kept},
        }, ""

    def _without(self, place: Path, told: str) -> tuple[None, str]:
        self._remarks.left_out(place, told)
        return None, ""

    def _content(self, node: Node, place: Path) -> dict[str, Node]:
        """Return what stands under the media types of a body; any is read as JSON."""
        content = node.get("content")
        found: dict[str, Node] = {}
        for media, one in content.items() if isinstance(content, dict) else ():
            held = followed(one, self._root)
            if media.strip() in (_ANY, "application/*", ""):
                self._remarks.guess(
                    (*place, "content", media), "any media type is allowed; the draft has JSON"
                )
                found.setdefault("application/json", held)
            elif media.strip().lower() in ("json", "text/json"):
                found[media] = held
            else:
                found[media] = held
        return found

    def _tell_others(self, content: Mapping[str, Node], media: str, place: Path) -> None:
        for other in content:
            if other != media:
                self._remarks.left_out(
                    (*place, "content", other), f"bodies of {other}: the draft has {media}"
                )

    def _body_schema(self, node: Node, way: Path) -> tuple[Schema, str]:
        """Return the schema of a body, whose type a contract has to know, and why there is none."""
        schema = self._schemas.of_body(node.get("schema", {}), (*way, "schema"))
        kind = self._schemas.view(schema).get("type")
        if kind is None:
            self._remarks.guess((*way, "schema"), "the type of the body is not told; the draft has an object")
            if "$ref" in schema:
                self._schemas.view_of_component(schema)["type"] = "object"
            return {**({} if "$ref" in schema else {"type": "object"}), **schema}, ""
        view = self._schemas.view(schema)
        kinds = [one for one in ([kind] if isinstance(kind, str) else kind) if one != "null"]
        if kind in _BODIES and view.get("nullable") is not True:
            return schema, ""
        if kinds and kinds[0] in _BODIES:
            self._remarks.left_out((*way, "schema"), "whether a body may be null, or of another type")
            return {**{key: held for key, held in view.items() if key != "nullable"}, "type": kinds[0]}, ""
        return {}, f"its body is of type {kind}, and objects, lists and texts are sent only"

    def _example(self, node: Node, schema: Schema) -> Any:
        """Return the example of a body that its schema allows; None where there is none."""
        shown = [node.get("example")]
        examples = node.get("examples")
        for one in examples.values() if isinstance(examples, dict) else ():
            held = followed(one, self._root)
            shown.append(held.get("value"))
        raw = followed(node.get("schema", {}), self._root)
        shown.append(raw.get("example"))
        listed = raw.get("examples")
        shown += listed if isinstance(listed, list) else []
        for example in shown:
            if (
                isinstance(example, dict)
                and example
                and len(json.dumps(example, default=str)) < _MOST_EXAMPLE
            ) and fits(example, _open(self._schemas.whole(schema))):
                return example
        return None

    def responses(self, described: Described) -> dict[str, Schema]:
        """Return the responses of an operation by status; one that is accepted is always among them."""
        raw, place = described.node.get("responses"), (*described.place, "responses")
        found: dict[str, Schema] = {}
        for told, node in raw.items() if isinstance(raw, dict) else ():
            status = str(told).strip().upper() if str(told).lower() != "default" else "default"
            here = (*place, str(told))
            if not _STATUS.fullmatch(status):
                self._remarks.defect(here, f"{told!r} is no status; it is left out")
                continue
            if status.startswith("5"):
                self._remarks.left_out(here, "no request asks for an error of the server")
                continue
            found[status] = self._response(followed(node, self._root), status, here)
        if not any(status.startswith("2") for status in found):
            told = "no response with a status 2xx is described; the draft has one that may hold anything"
            self._remarks.defect(place, told)
            made = {"description": "The request is accepted", "x-level": "observed"}
            found = {
                "2XX": {**made, "x-source": {"section": self._schemas.pointer(place), "field": "responses"}},
                **found,
            }
        # The first response of an accepted request counts where one is looked for.
        bodies = [status for status in found if status.startswith("2") and "content" in found[status]]
        return {status: found[status] for status in [*bodies, *(one for one in found if one not in bodies)]}

    def _response(self, node: Node, status: str, here: Path) -> Schema:
        described = node.get("description")
        if not isinstance(described, str) or not described.strip():
            if node:
                self._remarks.defect(
                    here, "the response has no description; the draft has the name of its status"
                )
            else:
                self._remarks.defect(here, "the response cannot be read; the draft allows anything")
            described = _phrase(status)
        response: Schema = {
            "description": _short(described),
            "x-source": {"section": self._schemas.pointer(here[:-1]), "field": status},
        }
        response |= self._remarks.marked(node, here)
        if status in _WHEN:
            response["x-when"] = _WHEN[status]
        for word in ("links",):
            if node.get(word):
                self._remarks.left_out((*here, word), f"{word} of a response make no clause")
        if headers := self._headers(node, here):
            response["headers"] = headers
        content = self._content(node, here)
        media = next(filter(is_json, content), None)
        if media is None and content:
            self._remarks.left_out((*here, "content"), f"bodies of {', '.join(content)}: JSON is read only")
        elif media is not None:
            self._tell_others(content, media, here)
            schema = self._schemas.of_body(
                content[media].get("schema", {}), (*here, "content", media, "schema")
            )
            response["content"] = {_bare(media): {"schema": schema, **self._told(content[media], here)}}
        return response

    def _told(self, media: Node, place: Path) -> Schema:
        """Return that a media type is guessed, where a page does not state it."""
        marked = self._remarks.marked(media, place)
        return {"x-levels": {"media-type": "observed"}, "x-confirm": marked["x-confirm"]} if marked else {}

    def _headers(self, node: Node, here: Path) -> Schema:
        found: Schema = {}
        listed = node.get("headers")
        for name, one in listed.items() if isinstance(listed, dict) else ():
            header, way = followed(one, self._root), (*here, "headers", str(name))
            if str(name).lower() == "content-type" or not isinstance(header.get("schema"), dict):
                self._remarks.left_out(way, "the header has no schema, or the media type tells it")
                continue
            schema = self._schemas.of_body(header["schema"], (*way, "schema"))
            found[str(name)] = {
                **({"required": True} if header.get("required") is True else {}),
                "x-source": {"section": self._schemas.pointer(way[:-1]), "field": str(name)},
                "schema": schema,
            }
        return found


def _bare(media: str) -> str:
    """Return a media type without parameters."""
    return media.split(";", 1)[0].strip().lower()


def _phrase(status: str) -> str:
    try:
        return HTTPStatus(int(status)).phrase
    except ValueError:
        return "Any other response" if status == "default" else f"A response of status {status}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 3].rstrip()}..."


def _open(schema: Any) -> Any:
    """Return a schema without our own fields and annotations that a validator does not know."""
    if isinstance(schema, list):
        return [_open(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _open(one) for key, one in schema.items() if not key.startswith("x-")}
    if found.pop("nullable", False) is True:
        return {"anyOf": [{"type": "null"}, found]}
    return found
