"""Read clauses off a contract: one for each keyword of a schema, one for each line of `x-behaviours`.

The x- fields of a schema: `x-source` {document, section, field} and `x-level` are inherited downwards
(`field` is the field's own name unless given), `x-levels` {keyword: level} and `x-sources` {keyword: source}
set those of one keyword, `x-observed` and `x-sample` hold further keywords of that level which stock tools do
not see, `x-unsettled` {reason, schema} marks values whose acceptance the documents leave open, `x-concept`
names what a field means whatever a provider calls it, `x-disagreements` {keyword: {says, source}} tells what
another document of the provider says of that keyword. A default below the first level shows only in lists:
the behaviour `listed-default` speaks of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import jsonschema_rs

from roomproof.contract.clause import (
    HOLDERS,
    Clause,
    Disagreement,
    Level,
    Part,
    Path,
    Source,
    path_of,
    spoken,
)
from roomproof.contract.dialect import READ_ONLY
from roomproof.contract.formats import ANNOTATING, ASSERTED
from roomproof.contract.keywords import KEYWORDS, VALUE_KEYWORDS, Role, names_of
from roomproof.errors import ContractError, did_you_mean

SILENCE = "no word on null"
"""What stands in the source of a clause about null, which no document makes."""
_IDLE = (
    *("if", "then", "else", "contains", "minContains", "maxContains", "prefixItems", "unevaluatedItems"),
    *("patternProperties", "unevaluatedProperties", "dependentRequired", "dependentSchemas", "contentSchema"),
)
"""Keywords of JSON Schema that make no clause."""
_OF_ECMA = r"; its patterns are those of ECMA-262: write ^ for \A and $ for \Z, and no comments"
_NOTHING_INSIDE = {"items": "maxItems", "propertyNames": "maxProperties"}
_CONCEPT = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True)
class SchemaPlace:
    """Where in a contract a schema stands, and what it inherits from there.

    `is_first` tells that no other response of an accepted request stands before it; `medium` is a word for a
    further media type; `disagreements` are what the schema itself says of other documents, by keyword.
    """

    provider: str
    operation: str
    part: Part
    path: Path
    level: Level
    source: Source
    status: str = ""
    carrier: str = "body"
    pointer: Path = ()
    is_first: bool = True
    medium: str = ""
    disagreements: Mapping[str, Any] | None = None

    def at(self, *steps: str) -> SchemaPlace:
        """Return this place further down in the document, where a clause stands or what holds clauses."""
        return replace(self, pointer=(*self.pointer, *steps))

    def within(self, node: Mapping[str, Any]) -> SchemaPlace:
        """Return this place with what the node's own x-source and x-level say."""
        source = read_source(node.get("x-source"), self.source, (*self.pointer, "x-source"))
        level = read_level(node, self.level)
        return replace(self, source=source, level=level, disagreements=node.get("x-disagreements"))

    def below(self, step: str) -> SchemaPlace:
        """Return the place of a field, items or values; a field's field is its own name."""
        source = self.source if step in HOLDERS else replace(self.source, field=step)
        down = (HOLDERS[step],) if step in HOLDERS else ("properties", step)
        return replace(self, path=(*self.path, step), source=source, pointer=(*self.pointer, *down))

    def clause(
        self,
        rule: str,
        demands: str,
        *,
        level: Level,
        schema: Any = None,
        path: Path | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> Clause:
        """Return a clause of this place, its id built from where it stands."""
        where = self.path if path is None else path
        words = [self.provider, self.operation, self.part.value]
        if self.status and (rule == "status" or not (self.status.startswith("2") and self.is_first)):
            words.append(self.status)
        words += [self.medium] if self.medium else []
        words += [rule] if rule == "status" else [spoken(where) or "body", rule]
        return Clause(
            ".".join(words), self.operation, self.part, where, rule, level, self.source, demands, schema,
            self.status, {"in": self.carrier, **({"medium": self.medium} if self.medium else {}),
            **(options or {})}, self.pointer, self._disagreement(rule, schema),
        )  # fmt: skip

    def _disagreement(self, rule: str, schema: Any) -> Disagreement | None:
        """Return what another document says in place of a clause: by its keyword, else by its rule."""
        keyword = next(iter(schema)) if isinstance(schema, dict) else rule
        return read_disagreement((self.disagreements or {}).get(keyword), self.source)


def read_source(node: Any, inherited: Source, pointer: Path = ()) -> Source:
    """Return the source that an x-source field names, what it leaves out taken from the inherited one.

    Raises ContractError, with the pointer to the field, for anything else.
    """
    if node is None:
        return inherited
    if not isinstance(node, dict) or not set(node) <= {"document", "section", "field"}:
        raise ContractError(f"x-source {node!r}: write {{document, section, field}}", pointer)
    return replace(inherited, **{key: str(value) for key, value in node.items()})


def read_disagreement(node: Any, inherited: Source) -> Disagreement | None:
    """Return the disagreement that {says, source} tells of; its field is the clause's if it says none."""
    if node is None:
        return None
    return Disagreement(node["says"], read_source(node["source"], Source("", "", inherited.field)))


def read_level(node: Mapping[str, Any], inherited: Level, keyword: str | None = None) -> Level:
    """Return the level of a schema, or of one keyword in it. Raises ContractError for an unknown word."""
    word = node.get("x-level", inherited)
    if keyword is not None:
        word = node.get("x-levels", {}).get(keyword, word)
    try:
        return Level(word)
    except ValueError as error:
        raise ContractError(f"level {word!r}: choose one of {', '.join(Level)}") from error


def keywords_to(path: Path) -> Path:
    """Return the names that lead from a schema to that of a value at a path."""
    return tuple(
        name for step in path for name in ((HOLDERS[step],) if step in HOLDERS else ("properties", step))
    )


def concepts(schema: Any, path: Path = (), pointer: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield the `x-concept` of every schema below one that has any, with the way there; `pointer` leads to
    the schema. Raises ContractError for a bad name.
    """
    if not isinstance(schema, dict):
        return
    if "x-concept" in schema:
        word = schema["x-concept"]
        if not isinstance(word, str) or not _CONCEPT.fullmatch(word):
            where = spoken(path) or "body"
            message = (
                f"{where}: x-concept {word!r}: write lower-case words joined by '-', as in max-participants"
            )
            raise ContractError(message, (*pointer, *keywords_to(path), "x-concept"))
        yield path, word
    for name, field in schema.get("properties", {}).items():
        yield from concepts(field, (*path, name), pointer)
    for step, keyword in HOLDERS.items():
        yield from concepts(schema.get(keyword), (*path, step), pointer)


def schema_clauses(schema: Any, place: SchemaPlace) -> Iterator[Clause]:
    """Yield the clauses of a schema and of everything below it, in the order documents list them."""
    if not isinstance(schema, dict):
        return
    _reject_idle_keywords(schema, place)
    place = place.within(schema)
    yield from _own_clauses(schema, place)
    yield from _required_clauses(schema, place)
    for name, field in schema.get("properties", {}).items():
        below = place.below(name)
        if place.part is Part.REQUEST and not place.path:
            inner = below.within(field)
            level = read_level(field, place.level, "accepted")
            yield inner.clause(
                "accepted", f"{spoken(below.path)} may be set to any documented value", level=level
            )
        yield from schema_clauses(field, below)
    for step, keyword in HOLDERS.items():
        yield from schema_clauses(schema.get(keyword), place.below(step))
    yield from _closed_clause(schema, place)
    yield from _extra_clauses(schema, place)


def _reject_idle_keywords(schema: Mapping[str, Any], place: SchemaPlace) -> None:
    """Raise ContractError for a keyword that would be read and make no clause: whoever wrote it expects that
    it is tested.
    """
    where = f"{place.operation}, {spoken(place.path) or 'body'}"
    for key in schema:
        if key not in KEYWORDS and not key.startswith("x-"):
            advice = f"{did_you_mean(key, KEYWORDS)}; known are {', '.join(KEYWORDS)}"
            if key in _IDLE:
                advice = "; leave it out, and name under x-unsettled the values whose acceptance it decides"
            raise ContractError(f"{where}: keyword {key!r} has no clause{advice}", place.at(key).pointer)
        if key in ("items", "propertyNames") and schema[key] is False:
            message = (
                f"{where}: {key}: false has no clause; write {_NOTHING_INSIDE[key]}: 0, which says the same"
            )
            raise ContractError(message, place.at(key).pointer)
    for keyword in schema.get("x-disagreements", ()):
        if keyword in KEYWORDS and keyword not in schema and keyword != "required":
            message = f"{where}: x-disagreements: there is no {keyword!r} to disagree with; write it beside"
            raise ContractError(message, place.at("x-disagreements", keyword).pointer)
    for extra in ("x-observed", "x-sample"):
        idle = [key for key in schema.get(extra, ()) if key in names_of(Role.STRUCTURE) and key != "required"]
        if idle:
            message = (
                f"{where}, {extra}: keyword {idle[0]!r} has no clause here; write it beside "
                f"{extra}, with x-level below it"
            )
            raise ContractError(message, place.at(extra, idle[0]).pointer)


def _own_clauses(schema: Mapping[str, Any], place: SchemaPlace) -> Iterator[Clause]:
    name = spoken(place.path) or "the body"
    for keyword in VALUE_KEYWORDS:
        if keyword not in schema:
            continue
        says_nothing = (keyword == "type" and _is_any_text(schema, place)) or (
            keyword == "uniqueItems" and schema[keyword] is False
        )
        if says_nothing:
            continue
        value = schema[keyword]
        if keyword == "format" and not _is_asserted(value, place):
            continue
        level, here = _of_keyword(schema, place, keyword)
        demands = _sentence(keyword, name, value)
        yield here.clause(KEYWORDS[keyword].rule, demands, level=level, schema={keyword: value})
        if keyword == "type" and place.carrier == "body":
            yield from _null_clause(schema, here, name)
    if (
        "default" in schema
        and place.part is Part.REQUEST
        and len(place.path) == 1
        and place.carrier == "body"
    ):
        level = read_level(schema, place.level, "default")
        default = json.dumps(schema["default"], ensure_ascii=False)
        demands = f"{name} is {default} in a room where it was never set"
        yield place.at("default").clause(
            "default", demands, level=level, options={"default": schema["default"]}
        )


def _is_any_text(schema: Mapping[str, Any], place: SchemaPlace) -> bool:
    """Whether a parameter or a header may be any text: then its type says nothing."""
    return place.carrier != "body" and (schema["type"] == "string" or "string" in schema["type"])


def _is_asserted(name: str, place: SchemaPlace) -> bool:
    """Whether a format is tested. Raises ContractError for a word that is nearly one which is: its clause
    would always pass.
    """
    if name not in (*ASSERTED, *ANNOTATING) and (nearest := did_you_mean(name, ASSERTED)):
        where = spoken(place.path) or "body"
        message = (
            f"{place.operation}, {where}: format {name!r} is not known{nearest}; known are "
            f"{', '.join(ASSERTED)}"
        )
        raise ContractError(message, place.at("format").pointer)
    return name in ASSERTED


def _of_keyword(schema: Mapping[str, Any], place: SchemaPlace, keyword: str) -> tuple[Level, SchemaPlace]:
    """Return the level of a keyword, and its place with the source that it has."""
    source = read_source(schema.get("x-sources", {}).get(keyword), place.source)
    return read_level(schema, place.level, keyword), replace(place.at(keyword), source=source)


def _closed_clause(schema: Mapping[str, Any], place: SchemaPlace) -> Iterator[Clause]:
    """Yield that an object has no fields but those which are listed; said by their names, it is one keyword
    that stands alone.
    """
    if schema.get("additionalProperties") is False:
        names = [*schema.get("properties", ()), *schema.get(READ_ONLY, ())]
        level, here = _of_keyword(schema, place, "additionalProperties")
        demands = (
            f"{spoken(place.path) or 'the body'} has no fields{' but ' if names else ''}{', '.join(names)}"
        )
        yield here.clause(
            "additional-properties",
            demands,
            level=level,
            schema={"propertyNames": {"enum": names} if names else False},
        )


def _sentence(keyword: str, name: str, value: Any) -> str:
    if isinstance(value, list) and keyword in ("type", "enum"):
        value = (" or " if keyword == "type" else ", ").join(map(str, value))
    return KEYWORDS[keyword].demands.format(field=name, value=value)


def _null_clause(schema: Mapping[str, Any], place: SchemaPlace, name: str) -> Iterator[Clause]:
    nullable = "null" in schema["type"] if isinstance(schema["type"], list) else schema["type"] == "null"
    if not nullable:
        # It rests on the silence of the documents, not on an observation; the source says so.
        silent = replace(place, source=replace(place.source, field=f"{place.source.field}: {SILENCE}"))
        yield silent.clause("null", f"{name} is not null, since no document allows it", level=Level.OBSERVED)
    elif place.part is Part.REQUEST:
        yield place.clause(
            "nullable", f"{name} may be null", level=read_level(schema, place.level, "nullable")
        )


def _required_clauses(
    schema: Mapping[str, Any], place: SchemaPlace, level: Level | None = None
) -> Iterator[Clause]:
    request = place.part is Part.REQUEST
    for index, field in enumerate(schema.get("required", ())):
        pointer = place.at("required", str(index)).pointer
        below = replace(
            place.below(field).within(schema.get("properties", {}).get(field, {})), pointer=pointer
        )
        demands = f"{field} must be sent" if request else f"{field} is in the response"
        yield below.clause(
            "required" if request else "present",
            demands,
            level=level or read_level(schema, place.level, "required"),
            schema={"required": [field]},
        )


def _extra_clauses(schema: Mapping[str, Any], place: SchemaPlace) -> Iterator[Clause]:
    for field, level in (("x-observed", Level.OBSERVED), ("x-sample", Level.SAMPLE)):
        extra = schema.get(field)
        if extra is None:
            continue
        where = replace(place.at(field), source=read_source(extra.get("source"), place.source))
        yield from _required_clauses({**extra, "properties": schema.get("properties", {})}, where, level)
        for keyword in VALUE_KEYWORDS:
            if keyword in extra:
                demands = _sentence(keyword, spoken(place.path) or "the body", extra[keyword])
                rule, held = f"{level}-{KEYWORDS[keyword].rule}", {keyword: extra[keyword]}
                yield where.at(keyword).clause(rule, demands, level=level, schema=held)


def behaviour_clauses(lines: Any, fields: list[str], place: SchemaPlace) -> Iterator[Clause]:
    """Yield the clauses of an operation's x-behaviours; `fields: all` stands for every field of the body."""
    for index, line in enumerate(lines or ()):
        if not isinstance(line, dict) or "rule" not in line or "demands" not in line:
            message = f"{place.operation}, x-behaviours: {line!r} needs at least rule, demands and source"
            raise ContractError(message, place.at(str(index)).pointer)
        line_place = place.at(str(index))
        source = read_source(line.get("source"), place.source, line_place.at("source").pointer)
        here = replace(line_place, source=source)
        level = read_level({"x-level": line.get("level", place.level)}, place.level)
        if "disagreement" in line:
            here = replace(here, disagreements={line["rule"]: line["disagreement"]})
        named = fields if line.get("fields") == "all" else line.get("fields", ())
        for name in named:
            yield here.clause(
                line["rule"],
                f"{name}: {line['demands']}",
                level=level,
                path=path_of(name),
                options=line.get("with"),
            )
        if "fields" not in line:
            yield here.clause(
                line["rule"],
                line["demands"],
                level=level,
                path=(line.get("path", "request"),),
                options=line.get("with"),
            )


def reject_bad_schema(schema: Any, where: str, pointer: Path = ()) -> None:
    """Raise ContractError if something is no JSON Schema 2020-12."""
    try:
        jsonschema_rs.Draft202012Validator(schema)
    except (jsonschema_rs.ValidationError, ValueError, TypeError) as error:
        problem = " ".join(str(getattr(error, "message", error)).split())
        is_pattern = isinstance(schema, dict) and "pattern" in schema and "regex" in problem
        advice = _OF_ECMA if is_pattern else ""
        message = f"{where}: {schema} is no JSON Schema 2020-12 ({problem}){advice}"
        raise ContractError(message, pointer) from error
