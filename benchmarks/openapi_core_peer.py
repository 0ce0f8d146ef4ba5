"""Validate recorded exchanges with openapi-core, in an environment that has it:
`python benchmarks/openapi_core_peer.py CONTRACT TIMED EXCHANGES...`; benchmarks/peers.py calls it.

It imports nothing of this project. The specification is read once, and the validators that it makes are
cached; one pass warms them up. Prints the CPU seconds of a pass over TIMED, and what is found in each file.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit


def prepared(exchange: dict[str, Any]) -> tuple[Any, Any]:
    """Return a request and its response as openapi-core takes them."""
    testing = importlib.import_module("openapi_core.testing")
    at = urlsplit(exchange["url"])
    sent, got = dict(exchange["headers"]), dict(exchange["response_headers"])
    request = testing.MockRequest(
        f"{at.scheme}://{at.netloc}",
        exchange["method"],
        at.path,
        args=dict(parse_qsl(at.query, keep_blank_values=True)),
        headers=sent,
        data=(exchange["body"] or "").encode("utf-8", "surrogateescape"),
        content_type=named(sent, "content-type"),
    )
    response = testing.MockResponse(
        (exchange["response_body"] or "").encode("utf-8", "surrogateescape"),
        status_code=exchange["status"],
        headers=got,
        content_type=named(got, "content-type"),
    )
    return request, response


def named(headers: dict[str, str], name: str) -> str:
    """Return the value of a header, or nothing."""
    return next((value for key, value in headers.items() if key.lower() == name), "")


def kinds(error: BaseException) -> list[str]:
    """Return what an error says, without the values that it quotes."""
    chain = [error]
    while chain[-1].__cause__ is not None:
        chain.append(chain[-1].__cause__)
    told = "/".join(type(one).__name__ for one in chain)
    below = [one for link in chain for one in getattr(link, "schema_errors", ())]
    places = [
        f"{'.'.join('*' if isinstance(step, int) else str(step) for step in one.absolute_path)} "
        f"{one.validator} {re.sub(r'[0-9]+', '*', str(one.validator_value))[:60]}"
        f"{_missing(one)}"
        for one in below
    ]
    return [f"{told} {place}" for place in places] or [told]


def _missing(error: Any) -> str:
    return " " + error.message.split(" is a required")[0] if error.validator == "required" else ""


def told(errors: Callable[[], Iterable[BaseException]]) -> list[str]:
    """Return the kinds of the errors that are found; a body that is too deep for it counts as one."""
    try:
        return [kind for error in errors() for kind in kinds(error)]
    except RecursionError:
        return ["RecursionError"]


def judged(api: Any, pairs: list[tuple[Any, Any]], where: list[str]) -> set[str]:
    """Return the kinds of violation of some exchanges; those of requests only where the provider accepted."""
    found: set[str] = set()
    for (request, response), place in zip(pairs, where, strict=True):
        unsound = told(partial(api.iter_request_errors, request))
        if response.status_code < 300:
            found.update(f"{place} accepted: {kind}" for kind in unsound)
        if not any("PathNotFound" in kind or "OperationNotFound" in kind for kind in unsound):
            of_response = told(partial(api.iter_response_errors, request, response))
            found.update(f"{place} {kind}" for kind in of_response)
    return found


def main() -> None:
    """Print one JSON object."""
    contract, timed, *files = map(Path, sys.argv[1:])
    api = importlib.import_module("openapi_core").OpenAPI.from_dict(json.loads(contract.read_text()))

    def read(path: Path) -> tuple[list[tuple[Any, Any]], list[str]]:
        read = json.loads(path.read_text(encoding="utf-8"))
        return [prepared(one) for one in read], [f"{one['place']} {one['status']}" for one in read]

    judged(api, *read(timed))
    again = read(timed)
    began = time.process_time()
    judged(api, *again)
    taken = time.process_time() - began
    print(json.dumps({"seconds": taken, "found": [sorted(judged(api, *read(path))) for path in files]}))


if __name__ == "__main__":
    main()
