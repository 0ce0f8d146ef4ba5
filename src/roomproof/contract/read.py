"""Build a Contract from an OpenAPI document with its x- members."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any

from roomproof.auth.registry import authentication, carrier_of, name_of
from roomproof.contract.clause import Clause, Level, Part, Path, Source, spoken
from roomproof.contract.dialect import in_one_dialect
from roomproof.contract.document import parse_yaml
from roomproof.contract.fields import require_known_fields
from roomproof.contract.lines import line_at, marks
from roomproof.contract.model import (
    NOWHERE,
    Body,
    Contract,
    CredentialsSpec,
    Operation,
    Parameter,
    ResponseSpec,
    Room,
    SupportCall,
)
from roomproof.contract.references import Reader, resolve, with_files
from roomproof.contract.register import Place, behaviour_clauses, concepts, read_level, read_source, refuse_bad_schema, schema_clauses
from roomproof.contract.shape import METHODS, require_shape
from roomproof.errors import ContractError, did_you_mean

RFC_8259 = Source("RFC 8259", "4, 8.1 and 8.2", "JSON text")
MOST_CLAUSES = 20_000
"""Bundled contracts have some 200 each."""
_MOST_CHARACTERS = 20_000_000


def parse_contract(text: str, name: str, read: Reader | None = None) -> Contract:
    """Return the contract in a YAML text; `read` reads the files that it refers to.

    Raises ContractError, with the text's name and the line, for what has no meaning.
    """
    raw = parse_yaml(text, name)
    try:
        whole = raw if read is None else with_files(raw, read)
        return replace(read_contract(whole), text=text, file=name)
    except ContractError as error:
        line = f", line {line_at(marks(text), error.pointer)}" if error.pointer else ""
        raise ContractError(f"{name}{line}: {error}", error.pointer) from error
    except (LookupError, TypeError, AttributeError, ValueError, RuntimeError, StopIteration) as error:
        raise ContractError(
            f"{name}: a member is missing or of the wrong kind ({type(error).__name__}: {error}); compare it with a bundled contract"
        ) from error


def read_contract(raw: Any) -> Contract:
    """Return the contract that a document of OpenAPI 3.1 or 3.0 describes."""
    if isinstance(raw, dict) and "swagger" in raw:
        raise ContractError("is a document of Swagger 2.0; convert it to OpenAPI 3.0 or 3.1 first")
    if not isinstance(raw, dict) or not str(raw.get("openapi", "")).startswith(("3.0", "3.1")):
        raise ContractError("is no document of OpenAPI 3.0 or 3.1; it must start with 'openapi: 3.1.0'")
    for member in ("x-provider", "x-room", "x-credentials", "paths", "servers"):
        if member not in raw:
            raise ContractError(f"has no {member}; `roomproof init` writes a contract that has everything")
    root = in_one_dialect(resolve(raw, raw))
    require_shape(root)
    provider = root["x-provider"]
    operations = tuple(_operations(root, provider, _Weight()))
    _refuse_duplicates(operations)
    _refuse_bad_schemas(operations)
    server, room, top = root["servers"][0], root["x-room"], read_source(root.get("x-source"), NOWHERE)
    if not any("{" + str(room["parameter"]) + "}" in operation.path for operation in operations):
        message = f"x-room: no path has the parameter {room['parameter']!r}; it is the one that names a room"
        raise ContractError(message, ("x-room", "parameter"))
    support = {name: _support(name, call, top) for name, call in root.get("x-support", {}).items()}
    _refuse_unknown_calls(operations, support)
    _refuse_calls_about_no_room(support, room["parameter"])
    shown = Room(room["parameter"], tuple(room.get("at", ())), room["id"], room.get("created"))
    for operation in operations:
        require_known_fields(operation, shown)
    return Contract(
        provider=provider,
        version=str(root["info"]["version"]),
        server=server["url"],
        server_environment=server.get("x-environment", {}),
        room=shown,
        credentials=_credentials(root, top),
        operations=operations,
        support=support,
        raw=raw,
        server_level=read_level(server, Level.DOCUMENTED),
        server_source=read_source(server.get("x-source"), top),
    )


def _credentials(root: Mapping[str, Any], top: Source) -> CredentialsSpec:
    """Return how a request proves who sends it: see the first of `security`, or the only security scheme.

    `x-credentials` names the environment variables, and the scheme where OpenAPI has no word for it.
    """
    told, schemes = root["x-credentials"], root.get("components", {}).get("securitySchemes", {})
    environment, only = told["environment"], next(iter(schemes)) if len(schemes) == 1 else None
    node = schemes.get(next(iter(next(iter(root.get("security", ())), {})), only), {})
    try:
        name = told.get("scheme") or name_of(node)
        carrier, parts = carrier_of(name, node), authentication(name).parts
    except ContractError as error:
        raise ContractError(str(error), ("x-credentials",)) from error
    missing = [part for part in parts if part not in environment]
    if missing:
        message = f"x-credentials: {name} needs the environment variables of {', '.join(parts)}"
        raise ContractError(f"{message}; {missing[0]} is missing", ("x-credentials", "environment"))
    level, source = read_level(node, Level.DOCUMENTED), read_source(node.get("x-source"), top)
    return CredentialsSpec(name, environment, level, source, carrier)


def _support(name: str, call: Mapping[str, Any], top: Source) -> SupportCall:
    return SupportCall(
        name,
        call["method"],
        call["path"],
        call.get("body"),
        call.get("media-type", "application/json"),
        call.get("with", {}),
        read_source(call.get("source"), top),
    )


class _Weight:
    """Counts the clauses of a contract: a few lines can make any number of them."""

    def __init__(self) -> None:
        self._clauses = self._characters = 0

    def counted(self, clauses: Iterable[Clause]) -> Iterator[Clause]:
        """Yield clauses. Raises ContractError where they are more, or longer, than in any contract."""
        for clause in clauses:
            self._clauses += 1
            self._characters += len(clause.id) + len(clause.demands)
            if self._clauses > MOST_CLAUSES:
                raise ContractError(f"makes more than {MOST_CLAUSES} clauses by then; leave some out", clause.pointer)
            if self._characters > _MOST_CHARACTERS:
                message = f"the ids and demands of its clauses have more than {_MOST_CHARACTERS} characters by then; shorten them"
                raise ContractError(message, clause.pointer)
            yield clause


def _operations(root: Mapping[str, Any], provider: str, weight: _Weight) -> Iterator[Operation]:
    top = read_source(root.get("x-source"), NOWHERE)
    for path, item in root["paths"].items():
        for method in METHODS:
            if method in item:
                node = item[method]
                way = ("paths", path, method)
                place = Place(provider, node["operationId"], Part.REQUEST, (), Level.DOCUMENTED, top, pointer=way).within(node)
                parameters = [*_parameters(item, ("paths", path)), *_parameters(node, way)]
                yield _operation(node, method, path, parameters, place, weight)


def _parameters(node: Mapping[str, Any], pointer: Path) -> Iterator[tuple[Path, Any]]:
    return (((*pointer, "parameters", str(index)), item) for index, item in enumerate(node.get("parameters", ())))


def _operation(
    node: Mapping[str, Any], method: str, path: str, parameters: list[tuple[Path, Any]], place: Place, weight: _Weight
) -> Operation:
    if sum(str(status).startswith("2") for status in node["responses"]) != 1:
        raise ContractError(f"{place.operation}: needs exactly one 2xx response, that of a request which is carried out")
    content = node["requestBody"]["content"]
    media, media_node = next(iter(content.items()))
    body = Body(media, bool(node["requestBody"].get("required")), media_node["schema"])
    _refuse_shared_concepts(body.schema, place.operation)
    members = body.schema.get("properties", {}).items()
    fields = [name for name, member in members if not member.get("writeOnly")]
    behaviours = replace(place, part=Part.BEHAVIOUR)
    clauses = weight.counted(
        chain(
            _parameter_clauses(parameters, place),
            _body_clauses(node["requestBody"], media, media_node, place.at("requestBody")),
            _response_clauses(node["responses"], replace(place, part=Part.RESPONSE).at("responses")),
            behaviour_clauses(node.get("x-behaviours"), fields, behaviours.at("x-behaviours")),
        )
    )
    return Operation(
        place.operation,
        method.upper(),
        path,
        tuple(_parameter(item, place.below(item["name"]).within(item)) for _, item in parameters),
        body,
        tuple(_response(status, response, place.within(response)) for status, response in node["responses"].items()),
        tuple(clauses),
        place.source,
    )


def _parameter(node: Mapping[str, Any], place: Place) -> Parameter:
    return Parameter(node["name"], node["in"], bool(node.get("required")), node["schema"], place.level, place.source)


def _response(status: str, node: Mapping[str, Any], place: Place) -> ResponseSpec:
    contents: Mapping[str, Any] = node.get("content", {})
    media = next(iter(contents), None)
    schema = contents[media].get("schema") if media is not None else None
    when = node.get("x-when", "success" if status.startswith("2") else "refused")
    return ResponseSpec(status, when, media, schema, tuple(node.get("headers", {})), place.level, place.source)


def _parameter_clauses(parameters: list[tuple[Path, Any]], place: Place) -> Iterator[Clause]:
    for pointer, item in parameters:
        here = replace(place.below(item["name"]).within(item), carrier=item["in"], pointer=pointer)
        if item.get("required") and item["in"] != "path":
            yield here.at("required").clause("required", f"{item['name']} must be sent", level=read_level(item, here.level, "required"))
        yield from schema_clauses(item["schema"], here.at("schema"))


def _body_clauses(node: Mapping[str, Any], media: str, media_node: Mapping[str, Any], place: Place) -> Iterator[Clause]:
    here = place.within(node)
    if node.get("required"):
        level = read_level(node, here.level, "required")
        yield here.at("required").clause("required", "a body must be sent", level=level, options={"in": "body"})
    here = here.at("content", media)
    typed = here.within(media_node)
    level = read_level(media_node, here.level, "media-type")
    yield typed.clause("media-type", f"the body is sent as {media}", level=level, options={"media-type": media})
    yield from schema_clauses(media_node["schema"], here.at("schema"))


def _response_clauses(responses: Mapping[str, Any], place: Place) -> Iterator[Clause]:
    for status, node in responses.items():
        here = replace(place.at(status).within(node), status=status)
        if status != "default":
            yield here.clause("status", f"the status is {status}: {node['description']}", level=here.level)
        for name, item in node.get("headers", {}).items():
            header = replace(here.below(name).within(item), carrier="header", pointer=(*here.pointer, "headers", name))
            if item.get("required"):
                level = read_level(item, header.level, "required")
                yield header.at("required").clause("present", f"the header {name} is in the answer", level=level)
            yield from schema_clauses(item["schema"], header.at("schema"))
        for media, media_node in node.get("content", {}).items():
            typed = here.at("content", media).within(media_node)
            level = read_level(media_node, typed.level, "media-type")
            yield typed.clause("media-type", f"the answer is sent as {media}", level=level, options={"media-type": media})
            if is_json(media):
                text = "the body is JSON that every parser reads alike: no byte order mark, no name twice in an object"
                yield replace(typed, source=RFC_8259).clause("json", text, level=Level.STANDARD)
            yield from schema_clauses(media_node["schema"], typed.at("schema"))


def is_json(media_type: str) -> bool:
    """Whether a media type's bodies are JSON: its own name, or the suffix +json (RFC 6839, 3.1)."""
    return media_type.split(";", 1)[0].strip().lower().endswith(("/json", "+json"))


def _refuse_duplicates(operations: tuple[Operation, ...]) -> None:
    seen: set[str] = set()
    for operation in operations:
        for clause in operation.clauses:
            if clause.id in seen:
                raise ContractError(f"clause id {clause.id} stands twice; ids are unique for ever, so rename or remove one", clause.pointer)
            seen.add(clause.id)


def _refuse_shared_concepts(schema: Any, operation: str) -> None:
    """Raise ContractError if two members of a body mean the same, so that nobody could say which one a reader is to compare."""
    found: dict[str, str] = {}
    for path, concept in concepts(schema):
        if concept in found:
            raise ContractError(f"{operation}: x-concept {concept!r} is that of {found[concept]} and of {spoken(path)}; give it to one")
        found[concept] = spoken(path)


def _refuse_unknown_calls(operations: tuple[Operation, ...], support: Mapping[str, SupportCall]) -> None:
    for clause in (clause for operation in operations for clause in operation.clauses if "call" in clause.options):
        call = support.get(clause.options["call"])
        if call is None or not {"at", "key"} <= set(call.options):
            named = f"{clause.options['call']!r}{did_you_mean(str(clause.options['call']), support)}"
            message = f"{clause.id}: x-support has no list {named}; it needs a call with at and key"
            raise ContractError(message, (*clause.pointer, "with", "call"))


_METHODS = {"create": "POST", "delete": "DELETE"}
"""What a supporting call does, by its name; every other one only asks, and is a GET (RFC 9110, 9.2.1)."""


def _refuse_calls_about_no_room(support: Mapping[str, SupportCall], parameter: str) -> None:
    """Raise ContractError for a call that does something else than its name says, or about one room that its path does not name."""
    for name, call in support.items():
        if call.method != (wanted := _METHODS.get(name, "GET")):
            raise ContractError(f"x-support, {name}: its method is {call.method}; it has to be {wanted}", ("x-support", name, "method"))
    for name in ("read", "delete"):
        if name in support and "{" + parameter + "}" not in support[name].path:
            message = f"x-support, {name}: its path names no room; it has to hold {{{parameter}}}, the parameter of x-room"
            raise ContractError(message, ("x-support", name, "path"))


def _refuse_bad_schemas(operations: tuple[Operation, ...]) -> None:
    for clause in (clause for operation in operations for clause in operation.clauses if clause.schema is not None):
        refuse_bad_schema(clause.schema, clause.id)
