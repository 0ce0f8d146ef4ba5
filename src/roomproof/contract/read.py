"""Build a Contract from an OpenAPI document with its x- fields."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any

from roomproof.auth.registry import authentication, carrier_of, name_of
from roomproof.contract.ambiguities import ambiguities
from roomproof.contract.clause import Clause, Level, Part, Path, Source, path_of, spoken
from roomproof.contract.contradictions import contradictions
from roomproof.contract.dialect import in_one_dialect
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
)
from roomproof.contract.references import Reader, resolve, with_files
from roomproof.contract.register import (
    SchemaPlace,
    behaviour_clauses,
    concepts,
    keywords_to,
    read_level,
    read_source,
    reject_bad_schema,
    schema_clauses,
)
from roomproof.contract.resource import Effect, Listing, PageNumbering, Resource, effect_of
from roomproof.contract.shape import METHODS, require_shape
from roomproof.contract.support import OBSERVED, with_operations
from roomproof.contract.yaml_text import parse_yaml
from roomproof.errors import ContractError, did_you_mean, raise_first

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
            f"{name}: a field is missing or of the wrong kind ({type(error).__name__}: {error}); "
            f"compare it with a bundled contract"
        ) from error


def read_contract(raw: Any) -> Contract:
    """Return the contract that a document of OpenAPI 3.1 or 3.0 describes."""
    if isinstance(raw, dict) and "swagger" in raw:
        raise ContractError("is a document of Swagger 2.0; convert it to OpenAPI 3.0 or 3.1 first")
    if not isinstance(raw, dict):
        raise ContractError(_NO_OPENAPI)
    raise_first(_missing(raw))
    root = in_one_dialect(resolve(raw, raw))
    require_shape(root)
    root = with_operations(root)
    raise_first(chain(ambiguities(root), contradictions(root)))
    provider, resources = root["x-provider"], tuple(_resources(root))
    operations = tuple(_operations(root, provider, resources, _Weight()))
    _reject_duplicates(operations)
    _reject_bad_schemas(operations)
    server, top, room = root["servers"][0], read_source(root.get("x-source"), NOWHERE), resources[0]
    if not any(room.step in operation.path for operation in operations):
        message = (
            f"x-resource: no path has the parameter {room.parameter!r}; it is the one that names "
            f"a {room.name}"
        )
        raise ContractError(message, (*room.pointer, "parameter"))
    _reject_unknown_operations(operations)
    for operation in operations:
        require_known_fields(operation, operation.resource or room)
    return Contract(
        provider=provider,
        version=str(root["info"]["version"]),
        server=server["url"],
        server_environment=server.get("x-environment", {}),
        resources=resources,
        credentials=_credentials(root, top),
        operations=operations,
        raw=raw,
        server_level=read_level(server, Level.DOCUMENTED),
        server_source=read_source(server.get("x-source"), top),
    )


_NO_OPENAPI = "is no document of OpenAPI 3.0 or 3.1; it must start with 'openapi: 3.1.0'"


def _missing(raw: Mapping[str, Any]) -> Iterator[ContractError]:
    """Yield what every contract has and this one lacks."""
    if not str(raw.get("openapi", "")).startswith(("3.0", "3.1")):
        yield ContractError(_NO_OPENAPI, ("openapi",))
    wanted = ("x-provider", "x-credentials", "paths", "servers", "x-resource")
    for field in wanted:
        if field not in raw and not (field == "x-resource" and "x-room" in raw):
            message = f"has no {field}; `roomproof init` writes a contract that has everything"
            yield ContractError(message, (field,))


def _resources(root: Mapping[str, Any]) -> Iterator[Resource]:
    """Yield the resources of a contract, the one that it is about first."""
    field = "x-resource" if "x-resource" in root else "x-room"
    node = root[field]
    is_one = isinstance(node.get("id"), str)
    named = {node.get("name", "room"): node} if is_one else node
    for name, told in named.items():
        shown = {path_of(sent): path_of(seen) for sent, seen in told.get("shown-as", {}).items()}
        entries = tuple(told["entries"]) if "entries" in told else None
        yield Resource(
            told.get("parameter", ""), tuple(told.get("at", ())), told["id"], told.get("created"), name,
            entries,
            told.get("path", "").rstrip("/"), shown, (field,) if is_one else (field, name),
        )  # fmt: skip


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
        said = ("scheme",) if told.get("scheme") else ()
        raise ContractError(str(error), ("x-credentials", *said)) from error
    missing = [part for part in parts if part not in environment]
    if missing:
        message = f"x-credentials: {name} needs the environment variables of {', '.join(parts)}"
        raise ContractError(f"{message}; {missing[0]} is missing", ("x-credentials", "environment"))
    level, source = read_level(node, Level.DOCUMENTED), read_source(node.get("x-source"), top)
    return CredentialsSpec(name, environment, level, source, carrier)


class TooLargeError(ContractError):
    """A contract makes more clauses, or longer ones, than any provider needs."""


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
                raise TooLargeError(
                    f"makes more than {MOST_CLAUSES} clauses by then; leave some out", clause.pointer
                )
            if self._characters > _MOST_CHARACTERS:
                message = (
                    f"the ids and demands of its clauses have more than {_MOST_CHARACTERS} "
                    f"characters by then; shorten them"
                )
                raise TooLargeError(message, clause.pointer)
            yield clause


def _operations(
    root: Mapping[str, Any], provider: str, resources: tuple[Resource, ...], weight: _Weight
) -> Iterator[Operation]:
    top = read_source(root.get("x-source"), NOWHERE)
    levels = {"paths": Level.DOCUMENTED, OBSERVED: Level.OBSERVED}
    paths = [path for where in levels for path in root.get(where, {})]
    for where, path, item in ((part, *entry) for part in levels for entry in root.get(part, {}).items()):
        for method in (method for method in METHODS if method in item):
            node, way = item[method], (where, path, method)
            place = SchemaPlace(
                provider, node["operationId"], Part.REQUEST, (), levels[where], top, pointer=way
            ).within(node)
            parameters = _all_parameters(item, node, way)
            operation = _operation(node, method, path, parameters, place, weight)
            effect, resource = _effect(node, operation, resources, paths, way)
            listing = _listing(node, effect, resource, way)
            _reject_unknown_pages(operation, listing, way)
            yield replace(operation, effect=effect, resource=resource, listing=listing)


def _reject_unknown_pages(operation: Operation, listing: Listing | None, way: Path) -> None:
    """Reject a documented list that is asked for by a parameter which it does not have."""
    if listing is None or not operation.is_documented:
        return
    known = [one.name for one in operation.parameters if one.place == "query"]
    page = listing.page.parameter if listing.page else ""
    for word, name in (("page", page), ("size", listing.size), ("cursor", listing.cursor)):
        if name and name not in known:
            message = (
                f"{operation.id}: x-list: {word}: there is no query parameter "
                f"{name!r}{did_you_mean(name, known)}"
            )
            raise ContractError(f"{message}; known are {', '.join(known) or 'none'}", (*way, "x-list", word))


def _effect(
    node: Mapping[str, Any],
    operation: Operation,
    resources: tuple[Resource, ...],
    paths: Iterable[str],
    way: Path,
) -> tuple[Effect, Resource | None]:
    """Return what an operation does to which resource: as `x-effect` and `x-about` say, else what can be
    told.

    A list that says itself what names its entries is one of something else than its path names.
    """
    schema = operation.success.schema
    inferred, resource = effect_of(operation.method, operation.path, schema, resources, paths)
    effect = Effect(node.get("x-effect", inferred))
    if "x-about" in node:
        named = {one.name: one for one in resources}
        if node["x-about"] not in named:
            message = (
                f"{operation.id}: x-about: no resource is called "
                f"{node['x-about']!r}{did_you_mean(node['x-about'], named)}"
            )
            raise ContractError(f"{message}; known are {', '.join(named)}", (*way, "x-about"))
        return effect, named[node["x-about"]]
    if effect is Effect.LIST and inferred is not Effect.LIST and "key" in node.get("x-list", {}):
        return effect, None
    return effect, resources[0] if resource is None and effect is not Effect.ACTION else resource


def _listing(node: Mapping[str, Any], effect: Effect, resource: Resource | None, way: Path) -> Listing | None:
    """Return how an operation shows the entries of a list, and by what it finds one; None where it does
    neither.
    """
    told = node.get("x-list", {})
    if effect is not Effect.LIST and not told:
        return None
    # What shows one thing, found by its name, shows it where every response does.
    kept = () if resource is None else (resource.entries or ()) if effect is Effect.LIST else resource.at
    entries = told.get("entries", kept)
    page = told.get("page")
    if "cursor" in told and ("next" in told) is ("last" in told):
        message = "x-list: cursor: write either next, the way to what it has to be, or last, that in an entry"
        raise ContractError(message, (*way, "x-list", "cursor"))
    return Listing(
        tuple(entries),
        told.get("key", resource.id if resource is not None else ""),
        told.get("query", {}),
        tuple(told["next"]) if "next" in told else None,
        PageNumbering(page["parameter"], page.get("first", 1), page.get("step", 1)) if page else None,
        told.get("size", ""),
        told.get("find", {}),
        told.get("by", ""),
        frozenset(
            line["with"]["parameter"]
            for line in node.get("x-behaviours", ())
            if line.get("rule") in ("filter", "days") and "parameter" in line.get("with", {})
        ),
        told.get("cursor", ""),
        tuple(told["last"]) if "last" in told else None,
    )


def _all_parameters(item: Mapping[str, Any], node: Mapping[str, Any], way: Path) -> list[tuple[Path, Any]]:
    """Return the parameters of an operation: those of its path, where it has none of that name and place
    itself (OpenAPI 3.1, Operation Object), and its own.
    """
    own = [*_parameters(node, way)]
    named = {(one["in"], one["name"]) for _, one in own}
    shared = _parameters(item, way[:-1])
    return [*((place, one) for place, one in shared if (one["in"], one["name"]) not in named), *own]


def _parameters(node: Mapping[str, Any], pointer: Path) -> Iterator[tuple[Path, Any]]:
    return (
        ((*pointer, "parameters", str(index)), item) for index, item in enumerate(node.get("parameters", ()))
    )


def _operation(
    node: Mapping[str, Any],
    method: str,
    path: str,
    parameters: list[tuple[Path, Any]],
    place: SchemaPlace,
    weight: _Weight,
) -> Operation:
    if not any(str(status).startswith("2") for status in node["responses"]):
        message = f"{place.operation}: needs a 2xx response, that of a request which is accepted"
        raise ContractError(message, (*place.pointer, "responses", "200"))
    body = _body(node["requestBody"]) if "requestBody" in node else None
    schema = body.schema if body is not None else {}
    if body is not None:
        _reject_shared_concepts(schema, place.at("requestBody", "content", body.media_type, "schema"))
    fields = [name for name, field in schema.get("properties", {}).items() if not field.get("writeOnly")]
    behaviours = replace(place, part=Part.BEHAVIOUR)
    clauses = weight.counted(
        chain(
            _parameter_clauses(parameters, place),
            _body_clauses(node["requestBody"], body, place.at("requestBody")) if body is not None else (),
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
        tuple(
            _response(status, response, place.within(response))
            for status, response in node["responses"].items()
        ),
        tuple(clauses),
        place.source,
        level=place.level,
    )


def _body(node: Mapping[str, Any]) -> Body:
    """Return a request body; of several media types a run sends one that it can write, JSON before forms."""
    content: Mapping[str, Any] = node["content"]
    media = next(filter(is_json, content), next(filter(is_form, content), next(iter(content))))
    schema, example = content[media]["schema"], content[media].get("x-body")
    alike = tuple(
        one
        for one in content
        if one != media and is_json(one) and is_json(media) and content[one]["schema"] == schema
    )
    return Body(media, bool(node.get("required")), schema, tuple(content), example, alike)


def _parameter(node: Mapping[str, Any], place: SchemaPlace) -> Parameter:
    return Parameter(
        node["name"], node["in"], bool(node.get("required")), node["schema"], place.level, place.source
    )


def _response(status: str, node: Mapping[str, Any], place: SchemaPlace) -> ResponseSpec:
    contents: Mapping[str, Any] = node.get("content", {})
    media = next(iter(contents), None)
    schema = contents[media].get("schema") if media is not None else None
    when = node.get("x-when", "success" if status.startswith("2") else "refused")
    headers = tuple(node.get("headers", {}))
    return ResponseSpec(
        _status(status), when, media, schema, headers, place.level, place.source, tuple(contents)
    )


def _parameter_clauses(parameters: list[tuple[Path, Any]], place: SchemaPlace) -> Iterator[Clause]:
    """Yield what is said of parameters; of a call that no document has it is known that it may carry one, not
    that it must.
    """
    for pointer, item in parameters:
        here = replace(place.below(item["name"]).within(item), carrier=item["in"], pointer=pointer)
        values, level = (
            tuple(schema_clauses(item["schema"], here.at("schema"))),
            read_level(item, here.level, "required"),
        )
        if item.get("required") and item["in"] != "path" and (values or level is not Level.OBSERVED):
            yield here.at("required").clause("required", f"{item['name']} must be sent", level=level)
        yield from values


def _body_clauses(node: Mapping[str, Any], body: Body, place: SchemaPlace) -> Iterator[Clause]:
    """Yield what is said of a body; of a call that no document has, whose fields nobody knows, nothing: one
    body does, others may.
    """
    here = place.within(node)
    if here.level is Level.OBSERVED and not body.schema.get("properties"):
        return
    if node.get("required"):
        level = read_level(node, here.level, "required")
        yield here.at("required").clause(
            "required", "a body must be sent", level=level, options={"in": "body"}
        )
    media, media_node = body.media_type, node["content"][body.media_type]
    here = here.at("content", media)
    typed = here.within(media_node)
    level = read_level(media_node, here.level, "media-type")
    demands = (
        f"the body is sent as {' or '.join((media, *(one for one in body.media_types if one != media)))}"
    )
    yield typed.clause("media-type", demands, level=level, options={"media-type": media})
    yield from schema_clauses(media_node["schema"], here.at("schema"))


def _response_clauses(responses: Mapping[str, Any], place: SchemaPlace) -> Iterator[Clause]:
    first = next(status for status in responses if status.startswith("2"))
    for status, node in responses.items():
        here = replace(place.at(status).within(node), status=_status(status), is_first=status == first)
        if status != "default":
            yield here.clause("status", f"the status is {status}: {node['description']}", level=here.level)
        for name, item in node.get("headers", {}).items():
            header = replace(
                here.below(name).within(item), carrier="header", pointer=(*here.pointer, "headers", name)
            )
            if item.get("required"):
                level = read_level(item, header.level, "required")
                yield header.at("required").clause(
                    "present", f"the header {name} is in the response", level=level
                )
            yield from schema_clauses(item["schema"], header.at("schema"))
        if node.get("content"):
            yield from _content_clauses(node["content"], here)


def _content_clauses(content: Mapping[str, Any], here: SchemaPlace) -> Iterator[Clause]:
    """Yield what is said of a response's body. Of several media types the first has the plain ids; each is
    held against its own schema.
    """
    first = next(iter(content))
    typed = here.at("content", first).within(content[first])
    level = read_level(content[first], typed.level, "media-type")
    yield typed.clause(
        "media-type",
        f"the response is sent as {' or '.join(content)}",
        level=level,
        options={"media-type": first},
    )
    for media, node in content.items():
        typed = replace(
            here.at("content", media).within(node), medium="" if media == first else medium_of(media)
        )
        if is_json(media):
            text = (
                "the body is JSON that every parser reads alike: no byte order mark, no name twice "
                "in an object"
            )
            yield replace(typed, source=RFC_8259).clause("json", text, level=Level.STANDARD)
        if "schema" in node and (is_json(media) or media == first):
            yield from schema_clauses(node["schema"], typed.at("schema"))


def _status(word: str) -> str:
    """Return a status code, a range in capitals (`2XX`), or `default`."""
    return word if word == "default" else word.upper()


def medium_of(media_type: str) -> str:
    """Return a media type as a word of a clause id: `application/problem+json` becomes `problem-json`."""
    return re.sub(r"[^a-z0-9]+", "-", media_type.split(";", 1)[0].rpartition("/")[2].lower()).strip("-")


def is_json(media_type: str) -> bool:
    """Whether a media type's bodies are JSON: its own name, or the suffix +json (RFC 6839, 3.1)."""
    return media_type.split(";", 1)[0].strip().lower().endswith(("/json", "+json"))


def is_form(media_type: str) -> bool:
    """Whether a media type's bodies are forms: the fields of an object, as HTML sends them (URL Living
    Standard, 5).
    """
    return media_type.split(";", 1)[0].strip().lower() == "application/x-www-form-urlencoded"


def _reject_duplicates(operations: tuple[Operation, ...]) -> None:
    seen: set[str] = set()
    for operation in operations:
        for clause in operation.clauses:
            if clause.id in seen:
                raise ContractError(
                    f"clause id {clause.id} stands twice; ids are unique for ever, so rename or remove one",
                    clause.pointer,
                )
            seen.add(clause.id)


def _reject_shared_concepts(schema: Any, place: SchemaPlace) -> None:
    """Raise ContractError if two fields of a body mean the same, so that nobody could say which one a reader
    is to compare.
    """
    found: dict[str, str] = {}
    for path, concept in concepts(schema, pointer=place.pointer):
        if concept in found:
            message = (
                f"{place.operation}: x-concept {concept!r} is that of {found[concept]} and of "
                f"{spoken(path)}; give it to one"
            )
            raise ContractError(message, (*place.pointer, *keywords_to(path), "x-concept"))
        found[concept] = spoken(path)


def _reject_unknown_operations(operations: tuple[Operation, ...]) -> None:
    """Raise ContractError if a clause names an operation that is not there: one that lists, or any."""
    lists = {one.id for one in operations if one.listing is not None and one.listing.key}
    for clause in (clause for operation in operations for clause in operation.clauses):
        if "call" in clause.options:
            option, known = "call", lists
            what, advice = "list", "; it needs an operation that lists, with a key"
        elif clause.rule == "issued" and isinstance(clause.options.get("by"), str):
            option, known, what, advice = "by", {one.id for one in operations}, "operation", ""
        else:
            continue
        if (name := str(clause.options[option])) not in known:
            message = f"{clause.id}: there is no {what} {name!r}{did_you_mean(name, known)}{advice}"
            raise ContractError(message, (*clause.pointer, "with", option))


def _reject_bad_schemas(operations: tuple[Operation, ...]) -> None:
    for clause in (
        clause for operation in operations for clause in operation.clauses if clause.schema is not None
    ):
        reject_bad_schema(clause.schema, clause.id, clause.pointer)
