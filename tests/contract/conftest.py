"""What the tests of contracts share: the four contracts, read by the package and, for comparison, by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from roomproof.contract.model import Contract
from roomproof.providers import load_contract

CONTRACTS = Path(__file__).parents[2] / "contracts"
PROVIDERS = sorted(path.parent.name for path in CONTRACTS.glob("*/openapi.yaml"))
Node = Any


class _PlainLoader(yaml.SafeLoader):
    """YAML's safe loader, dates left as text."""


_PlainLoader.yaml_implicit_resolvers = {
    letter: [pair for pair in pairs if not pair[0].endswith(":timestamp")]
    for letter, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def resolved(node: Node, root: Node) -> Node:
    """A copy with every reference replaced, written here a second time so that the package's own way is not
    trusted.
    """
    if isinstance(node, list):
        return [resolved(item, root) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        target = root
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        return resolved({**target, **{key: value for key, value in node.items() if key != "$ref"}}, root)
    return {key: resolved(value, root) for key, value in node.items()}


def operations(root: Node) -> Iterator[tuple[Node, list[Node]]]:
    for item in (*root["paths"].values(), *root.get("x-observed-paths", {}).values()):
        for method in item.keys() & {"get", "put", "post", "patch", "delete"}:
            yield item[method], [*item.get("parameters", ()), *item[method].get("parameters", ())]


def schemas(root: Node) -> Iterator[tuple[str, str, str, Node]]:
    """Yield (operation, carrier, place, schema) of every schema: request bodies, responses, parameters,
    headers.
    """
    for operation, parameters in operations(root):
        name = operation["operationId"]
        yield from (
            (name, parameter["in"], parameter["name"], parameter["schema"]) for parameter in parameters
        )
        for media in operation.get("requestBody", {}).get("content", {}).values():
            yield name, "request", "", media["schema"]
        for status, response in operation["responses"].items():
            yield from (
                (name, f"{status} header", header, item["schema"])
                for header, item in response.get("headers", {}).items()
            )
            yield from ((name, status, "", media["schema"]) for media in response.get("content", {}).values())


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "provider" in metafunc.fixturenames:
        metafunc.parametrize("provider", PROVIDERS)


@pytest.fixture
def file(provider: str) -> Path:
    return CONTRACTS / provider / "openapi.yaml"


@pytest.fixture
def contract(file: Path) -> Contract:
    return _contract(file)


@pytest.fixture
def document(file: Path) -> Mapping[str, Any]:
    """The contract with its references resolved, read without the package."""
    return _document(file)


# Nothing changes what is read, so that it is read once.
_contract = cache(load_contract)


@cache
def _document(file: Path) -> Mapping[str, Any]:
    raw = yaml.load(file.read_text(encoding="utf-8"), Loader=_PlainLoader)
    return resolved(raw, raw)


@pytest.fixture
def every_schema(document: Mapping[str, Any]) -> list[tuple[str, str, str, Node]]:
    return list(schemas(document))


@pytest.fixture(scope="session")
def every_contract() -> Mapping[str, Contract]:
    return {provider: _contract(CONTRACTS / provider / "openapi.yaml") for provider in PROVIDERS}
