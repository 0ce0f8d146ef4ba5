"""A draft as an OpenAPI document with the x- fields of a contract."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from roomproof.contract.clause import Path
from roomproof.contract.references import resolve
from roomproof.contract.resource import Effect, Resource, effect_of
from roomproof.derive.draft.behaviours import Facts, behaviours
from roomproof.derive.draft.bodies import Bodies
from roomproof.derive.draft.credentials import Credentials
from roomproof.derive.draft.joining import Titles
from roomproof.derive.draft.listing import left_open, paging
from roomproof.derive.draft.operations import Described
from roomproof.derive.draft.parameters import Parameters
from roomproof.derive.draft.remarks import Remarks
from roomproof.derive.draft.resources import Candidate
from roomproof.derive.draft.schemas import UNIQUE, Schema, Schemas
from roomproof.derive.draft.shown import Shown, fields_at, id_in, way_to_entries, where_shown

_CREATED = (
    "created_at",
    "createdat",
    "created",
    "date_created",
    "datecreated",
    "creation_time",
    "created_on",
)
_ODD = (".", "[", "]", "{", "}")


@dataclass
class _Draft:
    """An operation while it is drafted: what it does, and its node of the contract."""

    described: Described
    effect: Effect
    node: Schema
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def body(self) -> Schema:
        """The schema of its request's body; empty where it has none."""
        content = self.node.get("requestBody", {}).get("content", {})
        return next((one["schema"] for one in content.values()), {})

    @property
    def success(self) -> Schema:
        """The schema of its first response that is accepted; empty where it has none."""
        first = next(one for status, one in self.node["responses"].items() if status.startswith("2"))
        return next((one["schema"] for one in first.get("content", {}).values()), {})


class Contracting:
    """Puts a draft together from the parts that other modules rewrite."""

    def __init__(
        self, root: Any, candidate: Candidate, credentials: Credentials, schemas: Schemas, remarks: Remarks
    ) -> None:
        info = root.get("info")
        version = info.get("version") if isinstance(info, dict) else ""
        self._root = root
        self._candidate = candidate
        self._credentials = credentials
        self._schemas = schemas
        self._remarks = remarks
        self._bodies = Bodies(root, schemas, remarks)
        self._parameters = Parameters(schemas, remarks, str(version or ""))
        self.comments: dict[Path, tuple[str, ...]] = {}
        self.titles: Titles = {}
        self.resource: Schema = {}

    def paths(self, operations: Sequence[Described]) -> Schema:
        """Return the paths of the contract; operations that cannot be sent are left out, and told."""
        drafts = [one for one in map(self._drafted, operations) if one is not None]
        self._settle_resource(drafts)
        self._tell_effects(drafts)
        self._tell_behaviours(drafts)
        paths: dict[str, Any] = {}
        for one in drafts:
            paths.setdefault(one.described.path, {})[one.described.method] = one.node
        return paths

    def _drafted(self, described: Described) -> _Draft | None:
        effect = self._candidate.effect(described)
        body, why = self._bodies.request(described, makes=effect is Effect.CREATE)
        if why:
            self._remarks.left_out(described.place, f"{described.call}: {why}")
            return None
        content = (body or {}).get("content", {})
        fields = self._schemas.fields(next((one["schema"] for one in content.values()), {}))
        parameters = self._parameters.of(described, fields)
        pointer = self._schemas.pointer(described.place)
        node: Schema = {
            "operationId": described.id,
            "x-source": {**self._document(described), "section": pointer, "field": "operation"},
            **({"parameters": parameters} if parameters else {}),
            **({"requestBody": body} if body else {}),
            "responses": self._bodies.responses(described),
        }
        for word in ("callbacks", "servers"):
            if described.node.get(word):
                self._remarks.left_out((*described.place, word), f"{word} of an operation are not read")
        return _Draft(described, effect, node)

    def _document(self, described: Described) -> Schema:
        """Return the document of an operation, where several are drafted together."""
        title = self.titles.get((described.place[1], described.method), "")
        return {"document": title} if title and len({*self.titles.values()}) > 1 else {}

    def _settle_resource(self, drafts: Sequence[_Draft]) -> None:
        """Decide where the resource stands in responses, and what its id is."""
        order = (Effect.CREATE, Effect.READ, Effect.UPDATE, Effect.REPLACE)
        showing = [one.success for effect in order for one in drafts if one.effect is effect and one.success]
        candidate = self._candidate
        shown = where_shown(showing, self._schemas, candidate.parameter, candidate.name)
        lists = [one for one in drafts if one.effect is Effect.LIST]
        entries = None
        for one in lists:
            entries = (
                entries if entries is not None else way_to_entries(one.success, self._schemas, candidate.name)
            )
        if not shown.is_sure and entries is not None:
            items = self._schemas.view(self._at(lists[0].success, entries)).get("items", {})
            own = id_in(self._schemas.fields(items), candidate.parameter, candidate.name)
            shown = Shown((), own or "id", is_sure=bool(own))
        self.resource = {
            candidate.name: {
                "parameter": candidate.parameter,
                **({"at": [*shown.at]} if shown.at else {}),
                "id": shown.id,
                **({"entries": [*entries]} if entries is not None else {}),
            }
        }
        if not shown.is_sure:
            told = f"where a response shows the id of a {candidate.name}: no schema tells it"
            self._remarks.guess((), told)
            self.comments["x-resource",] = (f"confirm: {told}",)
        for one in drafts:
            if one.effect in order and one.success and not self._shows(one.success, shown):
                self._close(one)
        for one in lists:
            self._settle_list(one, shown)

    def _settle_list(self, one: _Draft, shown: Shown) -> None:
        """Take a list for an action where no schema shows its entries with their ids: nobody could tell what
        it lists.
        """
        way = way_to_entries(one.success, self._schemas, self._candidate.name)
        fields = self._entry(one, way)
        if way is None or (fields and shown.id not in fields):
            what = "its entries" if way is None else f"the field {shown.id!r} of its entries"
            told = f"no schema of the response shows {what}, so that it is no list of the draft"
            self._remarks.guess(one.described.place, told)
            one.effect = Effect.ACTION

    def _at(self, schema: Schema, way: Path) -> Schema:
        for step in way:
            schema = self._schemas.fields(schema).get(step, {})
        return schema

    def _shows(self, schema: Schema, shown: Shown) -> bool:
        view = self._schemas.view(schema)
        if any(word in view for word in ("anyOf", "oneOf", "allOf")):
            return True
        for step in shown.at:
            fields = self._schemas.fields(view)
            if step not in fields:
                return not fields
            view = self._schemas.view(fields[step])
        return "properties" not in view or shown.id in view["properties"]

    def _close(self, one: _Draft) -> None:
        """Hold a response that shows no resource against its schema as a whole."""
        told = (
            f"its response shows no {self._candidate.name} where others do; its schema is tested as a whole"
        )
        self._remarks.guess(one.described.place, told)
        first = next(held for status, held in one.node["responses"].items() if status.startswith("2"))
        for media in first.get("content", {}).values():
            kind = self._schemas.view(media["schema"]).get("type", "object")
            whole = dict(_plain(self._schemas.whole(media["schema"])).items())
            media["schema"] = {"type": kind, "allOf": [whole]}

    def _tell_effects(self, drafts: Sequence[_Draft]) -> None:
        """Say the effect of an operation where method and path do not tell it; of a list its pages, too."""
        (name, told), *_ = self.resource.items()
        entries = tuple(told["entries"]) if "entries" in told else None
        resource = Resource(told["parameter"], tuple(told.get("at", ())), told["id"], None, name, entries)
        paths = [*(one.described.path for one in drafts), self._candidate.path]
        for one in drafts:
            schema = self._schemas.whole(one.success)
            inferred, about = effect_of(
                one.described.method.upper(), one.described.path, schema, [resource], paths
            )
            said: Schema = {}
            if inferred is not one.effect or (about is None and one.effect is not Effect.ACTION):
                said["x-effect"] = one.effect.value
            self._leave_open(one)
            if one.effect is Effect.LIST:
                said |= self._list(one, resource)
            own = one.node
            one.node = {"operationId": own["operationId"], **said, **own}

    def _leave_open(self, one: _Draft) -> None:
        """Mark which values of the parameters of pages no specification settles."""
        query = {held["name"]: held for held in one.node.get("parameters", ()) if held["in"] == "query"}
        for name, unsettled in left_open(query) if one.described.method == "get" else ():
            query[name]["schema"] = {**query[name]["schema"], "x-unsettled": unsettled}

    def _list(self, one: _Draft, resource: Resource) -> Schema:
        query = {
            held["name"]: self._schemas.view(held["schema"])
            for held in one.node.get("parameters", ())
            if held["in"] == "query"
        }
        own = way_to_entries(one.success, self._schemas, resource.name)
        names = self._entry(one, own)
        key = next((name for name in ("id", resource.id) if name in names), "")
        pages, why = paging(one.success, self._schemas, query, own or (), key)
        if why:
            self._remarks.guess(one.described.place, why)
        told = {**({"entries": [*own]} if own is not None and own != resource.entries else {}), **pages}
        one.facts["has_pages"] = bool(pages.keys() & {"next", "last", "page"})
        one.facts["filters"] = self._filters(one, query, own, pages)
        if pages:
            way = ("paths", one.described.path, one.described.method, "x-list")
            self.comments[way] = ("confirm: how pages follow each other is guessed from names",)
        return {"x-list": told} if told else {}

    def _filters(
        self, one: _Draft, query: Schema, entries: Path | None, pages: Schema
    ) -> tuple[tuple[str, str], ...]:
        """Return the parameters that are called like a field of an entry, with that field."""
        fields = self._entry(one, entries)
        taken = {pages.get("size"), pages.get("page", {}).get("parameter")}
        return tuple(
            (name, name)
            for name in query
            if name in fields
            and name not in taken
            and "properties" not in fields[name]
            and not set(name) & {*_ODD}
        )

    def _entry(self, one: _Draft, entries: Path | None) -> Schema:
        if entries is None:
            return {}
        return self._schemas.fields(self._schemas.view(self._at(one.success, entries)).get("items", {}))

    def _tell_behaviours(self, drafts: Sequence[_Draft]) -> None:
        (_, told), *_ = self.resource.items()
        way, own = tuple(told.get("at", ())), told["id"]
        reads = [one for one in drafts if one.effect is Effect.READ]
        lists = [one for one in drafts if one.effect is Effect.LIST]
        read = frozenset(self._fields(reads[0], way)) if reads else frozenset()
        listed: frozenset[str] = frozenset()
        if lists:
            listed = frozenset(
                self._entry(lists[0], way_to_entries(lists[0].success, self._schemas, self._candidate.name))
            )
        for one in drafts:
            shown = self._fields(one, way)
            facts = Facts(
                one.effect,
                one.described.method,
                self._schemas.pointer(one.described.place),
                self._needs_credentials(one.described),
                self._named(one.described),
                frozenset(one.node["responses"]),
                tuple(self._settable(one)),
                frozenset(shown),
                read or (frozenset({own}) if reads else frozenset()),
                listed or (frozenset({own}) if lists and "entries" in told else frozenset()),
                own if own in shown else "",
                next((name for name in shown if name.lower() in _CREATED and _is_time(shown[name])), ""),
                *self._unique(one, own),
                **one.facts,
            )
            one.node["x-behaviours"] = behaviours(facts)

    def _fields(self, one: _Draft, way: Path) -> dict[str, Schema]:
        """Return the fields of the resource that a response shows; none where it may show something else."""
        return (
            {} if "allOf" in self._schemas.view(one.success) else fields_at(one.success, way, self._schemas)
        )

    def _settable(self, one: _Draft) -> Iterator[str]:
        for name, held in self._schemas.fields(one.body).items():
            if not held.get("writeOnly") and not held.get("readOnly") and not set(name) & {*_ODD}:
                yield name

    def _unique(self, one: _Draft, own: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the fields of a body that no two things may share: those of which words let one guess it,
        and those of which the specification says it, in their description and by the status of a conflict.

        Words are those of the description, of the one that becomes the id, and of names where a conflict is
        described. Only both together cannot mean anything else: `A unique name` may be a piece of advice.
        """
        has_conflict = "409" in one.node["responses"]
        guessed, said = [], []
        for name, held in self._schemas.fields(one.body).items():
            plain = re.sub(r"[^a-z]", "", name.lower())
            is_name = plain in ("name", "slug", "key", "uniquename", f"{self._candidate.name}name")
            is_text = held.get("type") == "string" and not {"enum", "const", "format"} & held.keys()
            is_likely = name in (own, self._candidate.parameter) or (has_conflict and is_name)
            if not is_text or held.get("readOnly") or set(name) & {*_ODD}:
                continue
            if UNIQUE in held and has_conflict:
                said.append(name)
            elif UNIQUE in held or is_likely:
                guessed.append(name)
        return tuple(guessed), tuple(said)

    def _named(self, described: Described) -> str:
        return self._candidate.parameter if self._candidate.parameter in described.names else ""

    def _needs_credentials(self, described: Described) -> bool:
        return self._credentials.is_told and needs(described, self._root)


def securities(operations: Sequence[Described], root: Any) -> list[tuple[Path, object]]:
    """Return the fields `security` that count for some operations, with their places."""
    found: list[tuple[Path, object]] = []
    for one in operations:
        if "security" in one.node:
            found.append(((*one.place, "security"), one.node["security"]))
        elif "security" in root:
            found.append((("security",), root["security"]))
    return found


def needs(described: Described, root: Any) -> bool:
    """Whether an operation demands credentials: none of its alternatives is empty (OpenAPI 3.1, Security
    Requirement Object).
    """
    security = described.node.get("security", root.get("security"))
    return (
        isinstance(security, list)
        and bool(security)
        and all(isinstance(one, dict) and one for one in security)
    )


def _is_time(schema: Schema) -> bool:
    return schema.get("format") == "date-time"


def _plain(schema: Any) -> Any:
    """Return a schema as a branch can hold it."""
    return resolve(schema, {}) if isinstance(schema, dict) else {}
