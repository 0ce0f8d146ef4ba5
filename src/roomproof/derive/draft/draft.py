"""Draft a contract from a specification: what it says, in the words of a contract, ready to be run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from roomproof.contract.resource import Effect
from roomproof.derive.draft.behaviours import GUESSES
from roomproof.derive.draft.contract import Contracting, securities
from roomproof.derive.draft.credentials import Credentials, read_credentials
from roomproof.derive.draft.joining import Titles, joined, title_of
from roomproof.derive.draft.mending import mended
from roomproof.derive.draft.operations import Described, kebab, read_operations
from roomproof.derive.draft.remarks import Kind, Remark, Remarks, grouped
from roomproof.derive.draft.resources import Candidate, chosen
from roomproof.derive.draft.schemas import UNIQUE, Schema, Schemas
from roomproof.derive.draft.yaml_writing import as_yaml, comment, quoted, with_comments
from roomproof.derive.specification import Specification
from roomproof.derive.swagger import swagger_pointer
from roomproof.errors import ContractError, UsageError, did_you_mean

_DISTANCES = (99, 4, 3, 2, 1, 0)
"""So many references in a row are followed from a body; the fewer, the smaller the contract."""
_MOST_TOLD = 400


@dataclass(frozen=True)
class Draft:
    """What came of a specification: the texts of a contract's files, and what a person has to know.

    `operations` are the calls that it has, `left_out` the ids of those that it does not have, `others` the
    resources that it could be about; `clauses` counts those that were read from it.
    """

    openapi: str
    documents: str
    resource: str
    others: tuple[str, ...]
    operations: tuple[tuple[str, str], ...]
    left_out: tuple[str, ...]
    credentials: Credentials
    makes_rooms: bool
    clauses: int
    remarks: tuple[Remark, ...]

    @property
    def edits(self) -> tuple[str, ...]:
        """The values that a person has to fill in before the draft runs."""
        return tuple(
            one.text for one in self.remarks if one.kind is Kind.GUESS and one.text.startswith("fill in")
        )


@dataclass(frozen=True)
class Wish:
    """What a user wants of a specification: operations by id or by method and path, a resource by name."""

    operations: tuple[str, ...] = ()
    resource: str = ""


def draft(documents: Sequence[Specification], provider: str, wish: Wish, today: str) -> Draft:
    """Return the draft of a provider's contract, made of one of its documents, or of several.

    Raises UsageError where the specification has not what is wished for, ContractError where no contract can
    be made of it.
    """
    specification, titles = joined(documents)
    error: ContractError | None = None
    for most in _DISTANCES:
        try:
            return _Drafting(specification, titles, provider, wish, today, most).draft()
        except ContractError as found:
            error = found
            if "more than" not in str(found):
                break
    raise ContractError(f"{specification.name}: no contract can be made of it: {error}") from error


class _Drafting:
    """One attempt, with so many references followed."""

    def __init__(
        self, specification: Specification, titles: Titles, provider: str, wish: Wish, today: str, most: int
    ) -> None:
        self._titles = titles
        self._specification = specification
        self._provider = provider
        self._wish = wish
        self._today = today
        self._remarks = Remarks()
        self._first = next(iter(titles.values()), title_of(specification))
        is_swagger = specification.dialect.startswith("Swagger")
        self._schemas = Schemas(specification.root, self._remarks, most=most, is_swagger=is_swagger)

    def draft(self) -> Draft:
        root, remarks = self._specification.root, self._remarks
        known = read_operations(root, remarks)
        wanted = [self._wanted(word, known) for word in self._wish.operations]
        candidate, others = chosen(known, self._wish.resource, wanted)
        taken = wanted or [*_of_resource(candidate, known)]
        credentials = read_credentials(root, securities(taken, root), self._provider, remarks)
        contracting = Contracting(root, candidate, credentials, self._schemas, remarks)
        contracting.titles = self._titles
        paths = contracting.paths(taken)
        if not paths:
            raise UsageError(
                f"{self._specification.name}: none of its operations can be sent as a contract needs it"
            )
        shared = self._tell_values(paths, candidate, contracting)
        tree = self._tree(paths, shared, contracting.resource, credentials, candidate.path)
        tree, marked = with_comments(tree, (UNIQUE,))
        contracting.comments.update(marked)
        tree, clauses = mended(tree, self._provider, remarks)
        ids = {
            node["operationId"]: f"{method.upper()} {path}"
            for path, item in tree["paths"].items()
            for method, node in item.items()
        }
        left_out = tuple(one.id for one in known if one.id not in ids)
        for word in ("webhooks",):
            if root.get(word):
                remarks.left_out((word,), f"{word} are sent by the provider, and no contract has them")
        made = remarks.all()
        if self._specification.dialect.startswith("Swagger"):
            made = tuple(replace(one, place=swagger_pointer(one.place)) for one in made)
        text = self._text(tree, contracting, made, left_out)
        return Draft(
            text,
            self._documents(text),
            candidate.name,
            tuple(dict.fromkeys(one.name for one in others if one.name != candidate.name)),
            tuple(ids.items()),
            left_out,
            credentials,
            any(candidate.effect(one) is Effect.CREATE and one.id in ids for one in taken),
            clauses,
            made,
        )

    def _wanted(self, word: str, known: Sequence[Described]) -> Described:
        for one in known:
            if one.may_be(word):
                return one
        names = [name for one in known for name in (one.id, one.call, str(one.node.get("operationId", "")))]
        raise UsageError(
            f"--operation: {self._specification.name} has no operation {word!r}{did_you_mean(word, names)}"
        )

    def _tell_values(self, paths: Schema, candidate: Candidate, contracting: Contracting) -> Schema:
        """Return the parameters whose values only the user can know, to stand in one place each: those that
        are needed besides the id, and of which the specification names no value.
        """
        shared: Schema = {}
        for path, item in paths.items():
            for method, node in item.items():
                for index, one in enumerate(node.get("parameters", ())):
                    schema = self._schemas.view(one["schema"])
                    is_told = any(word in schema for word in ("example", "enum", "const", "default"))
                    if not one.get("required") or is_told or one["name"] == candidate.parameter:
                        continue
                    name = kebab(f"{one['in']} {one['name']}") or f"{one['in']}-{len(shared)}"
                    if name not in shared:
                        place = f"{one['in']} of {method.upper()} {path}"
                        self._remarks.guess((), f"fill in an example of {one['name']!r}, in the {place}")
                        told = f"write a {one['name']} that there is as its example"
                        contracting.comments["components", "parameters", name] = (f"confirm: {told}",)
                        own = {"example": f"{one['name']}-of-yours"} if _is_text(schema) else {}
                        shared[name] = {**one, "schema": {**one["schema"], **own}}
                    node["parameters"][index] = {"$ref": f"#/components/parameters/{name}"}
        return shared

    def _tree(
        self, paths: Schema, shared: Schema, resource: Schema, credentials: Credentials, one: str
    ) -> dict[str, Any]:
        specification = self._specification
        observed = self._observed(paths, shared, resource, one)
        return {
            "openapi": "3.1.0",
            "info": {
                "title": specification.title or self._provider,
                "version": specification.version or "1",
            },
            "servers": [{"url": self._server()}],
            "x-provider": self._provider,
            "x-source": {"document": self._first, "section": "", "field": ""},
            "x-resource": resource,
            "x-credentials": {"scheme": credentials.scheme, "environment": dict(credentials.environment)},
            "security": [{credentials.name: []}],
            "paths": paths,
            **({"x-observed-paths": observed} if observed else {}),
            "components": {
                "securitySchemes": {credentials.name: dict(credentials.node)},
                **({"parameters": shared} if shared else {}),
                **({"schemas": self._schemas.components} if self._schemas.components else {}),
            },
        }

    def _observed(self, paths: Schema, shared: Schema, resource: Schema, path: str) -> Schema:
        """Return a read of the resource where no operation of the draft names one; none where one does.

        A run looks at what it has made.
        """
        (name, told), *_ = resource.items()
        step = "{" + told["parameter"] + "}"
        if any(step in known for known in paths):
            return {}
        why = f"nothing tells how one {name} is read; the draft takes GET {path}"
        self._remarks.guess((), why)
        parameters = [
            {"$ref": f"#/components/parameters/{kebab(f'path {each}')}"}
            if kebab(f"path {each}") in shared
            else {"name": each, "in": "path", "required": True, "schema": {"type": "string"}}
            for each in re.findall(r"\{([^{}]+)\}", path)
        ]
        read = {
            "operationId": f"read-{name}",
            "x-source": {"document": GUESSES, "section": "operations", "field": f"GET {path}"},
            "x-effect": "read",
            "parameters": parameters,
            "responses": {"200": {"description": "It is shown"}},
        }
        return {path: {"get": {**read, "x-confirm": why}}}

    def _server(self) -> str:
        """Return the address of the API, its variables filled in; one of no server where none is told."""
        told = self._specification.root.get("servers")
        listed: list[Any] = told if isinstance(told, list) else []
        for index, one in enumerate(listed):
            url = _url(one)
            variables = one.get("variables") if isinstance(one, dict) else None
            for name, held in variables.items() if isinstance(variables, dict) else ():
                value = held.get("default", "example") if isinstance(held, dict) else "example"
                url = url.replace("{" + str(name) + "}", str(value))
                self._remarks.guess(
                    ("servers", str(index)), f"the address has {value!r} for its variable {name!r}"
                )
            if url.startswith(("https://", "http://")) and "{" not in url and not set(url) & {" ", "?", "#"}:
                if len(listed) > 1:
                    self._remarks.guess(
                        ("servers",), f"of {len(listed)} servers the draft has the first that is whole, {url}"
                    )
                return url.rstrip("/")
        base = next((url for url in map(_url, listed) if url.startswith("/") and "{" not in url), "")
        address = f"https://api.example.com{base.rstrip('/')}"
        self._remarks.guess((), f"no whole address of a server is told; the draft has {address}")
        return address

    def _text(
        self, tree: Schema, contracting: Contracting, made: Sequence[Remark], left_out: Sequence[str]
    ) -> str:
        head = (
            f"A draft that `roomproof init` has made of {self._specification.name} "
            f"({self._specification.dialect}). What the specification says is of level documented; what is "
            f"guessed is of level observed, which never fails. A comment that begins with confirm asks for "
            f"your word; what is left out stands at the end."
        )
        lines = [*comment(head)]
        body = as_yaml(tree, contracting.comments)
        return "\n".join([*lines, body.rstrip("\n"), *self._ending(made, left_out)]) + "\n"

    def _ending(self, made: Sequence[Remark], left_out: Sequence[str]) -> Iterator[str]:
        for kind in (Kind.GUESS, Kind.DEFECT, Kind.LEFT_OUT):
            told = grouped(one for one in made if one.kind is kind)
            if told:
                yield "#"
                yield f"# {kind.value.capitalize()}:"
            for line in told[:_MOST_TOLD]:
                yield from comment(f"- {line}")
            if len(told) > _MOST_TOLD:
                yield f"# - and {len(told) - _MOST_TOLD} more"
        if left_out:
            yield "#"
            yield "# Operations that are left out; `roomproof init --operation ID` takes them:"
            yield from comment(", ".join(left_out))

    def _documents(self, openapi: str) -> str:
        version = self._specification.version
        titles = dict.fromkeys((self._first, *self._titles.values()))
        entries: list[dict[str, str]] = [
            *(
                {"title": title, **({"version": version} if version else {}), "retrieved": self._today}
                for title in titles
                if title == self._first or f"document: {quoted(title)}" in openapi
            ),
            *([{"title": GUESSES}] if f"document: {GUESSES}" in openapi else []),
        ]
        start = "# The documents that the contract cites: sources name them by title. Add their url.\n"
        return start + as_yaml({"documents": entries}, {})


def _url(server: object) -> str:
    return str(server.get("url") or "") if isinstance(server, dict) else ""


def _is_text(schema: Schema) -> bool:
    return schema.get("type", "string") == "string" and not {"format", "pattern"} & schema.keys()


def _of_resource(candidate: Candidate, known: Sequence[Described]) -> Iterator[Described]:
    """Yield the operations on a resource, and those that show what stands below one."""
    for one in known:
        below = one.path.startswith(f"{candidate.path}/") and one.path.count("{") == candidate.path.count("{")
        if one.id in candidate.effects or (below and one.method == "get"):
            yield one
