"""A contract that somebody hands over chooses neither which secrets of the environment are sent, nor where a
known provider is.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from roomproof import providers
from roomproof.errors import UsageError
from roomproof.providers import bundled, find_contract, find_mock, require_own_variables
from roomproof.runs.regressions import check_regression

Run = Callable[..., Any]
Serve = Callable[..., str]
TELNYX = find_mock("telnyx")
KEY = TELNYX.environment["TELNYX_API_KEY"]
ROOM = ("--room-id", str(TELNYX.room_id))
FEW = ("--max-examples", 0, "--max-requests", 10)


@pytest.fixture
def mine(tmp_path: Path) -> Callable[..., Path]:
    """Write Telnyx's contract with some texts replaced as that of a provider, and return the folder of
    contracts.
    """

    def write(provider: str, **changes: str) -> Path:
        text = (bundled("contracts") / "telnyx" / "openapi.yaml").read_text(encoding="utf-8")
        text = text.replace("x-provider: telnyx", f"x-provider: {provider}")
        for before, after in {
            "TELNYX_API_KEY": changes.get("variable"),
            "https://api.telnyx.com/v2": changes.get("server"),
        }.items():
            text = text.replace(before, after or before)
        path = tmp_path / "mine" / provider / "openapi.yaml"
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
        return path.parents[1]

    return write


@pytest.mark.parametrize(("provider", "variable"), [
    ("my-meet", "MY_MEET_KEY"), ("acme", "ACME_"), ("telnyx", "TELNYX_API_KEY"), ("telnyx", "TELNYX_ANOTHER"),
    ("telnyx-eu", "TELNYX_EU_KEY"),
])  # fmt: skip
def test_a_contract_may_name_the_variables_of_its_provider(
    provider: str, variable: str, mine: Callable[..., Path]
) -> None:
    require_own_variables(find_contract(provider, (mine(provider, variable=variable),))[0])


@pytest.mark.parametrize(("provider", "variable"), [
    ("acme", "AWS_SECRET_ACCESS_KEY"), ("acme", "TELNYX_API_KEY"), ("acme", "ACMEKEY"), ("acme", "acme_key"),
    ("acme", "XACME_KEY"),
    ("telnyx-api", "TELNYX_API_KEY"), ("telnyx", "SIGNALWIRE_API_TOKEN"), ("acme", "\u0410CME_KEY"),
])  # fmt: skip
def test_a_contract_may_name_no_other_variable(
    provider: str, variable: str, mine: Callable[..., Path]
) -> None:
    contract, _ = find_contract(provider, (mine(provider, variable=variable),))
    with pytest.raises(UsageError) as told:
        require_own_variables(contract, ("ANOTHER", variable[:-1], f"{variable}*"))
    assert f"--allow-variable {variable}" in str(told.value)
    require_own_variables(contract, (variable,))


def test_a_variable_of_a_servers_url_is_no_other(mine: Callable[..., Path]) -> None:
    folder = mine(
        "acme",
        variable="ACME_KEY",
        server="https://{a}.example.com\n    x-environment: {a: AWS_SECRET_ACCESS_KEY}",
    )
    with pytest.raises(UsageError, match="AWS_SECRET_ACCESS_KEY"):
        require_own_variables(find_contract("acme", (folder,))[0])


@pytest.mark.parametrize("provider", ["azure", "carrierx", "signalwire", "telnyx"])
def test_bundled_contracts_are_trusted(provider: str) -> None:
    require_own_variables(find_contract(provider)[0])


def test_an_installed_contract_is_held_to_the_same(
    mine: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = mine("acme", variable="AWS_SECRET_ACCESS_KEY") / "acme"
    point = EntryPoint("acme", "a:b", "roomproof.contracts")
    monkeypatch.setattr(EntryPoint, "load", lambda _: lambda: folder)
    monkeypatch.setattr(providers, "entry_points", lambda **_: (point,))
    with pytest.raises(UsageError, match="AWS_SECRET_ACCESS_KEY"):
        require_own_variables(find_contract("acme")[0])


@pytest.fixture
def watched(serve: Serve, tampered: Any) -> tuple[str, Any]:
    """Return the URL of Telnyx's mock, and the mock, which counts what it is asked."""
    app = tampered(TELNYX.build())
    return serve(app) + TELNYX.prefix, app


@pytest.mark.parametrize("command", ["verify", "probe"])
@pytest.mark.parametrize("where", ["--live", "--base-url"])
def test_a_variable_of_somebody_else_is_sent_only_where_the_user_says_so(
    command: str, where: str, mine: Callable[..., Path], watched: tuple[str, Any], inside: Run
) -> None:
    url, app = watched
    folder = mine("acme", variable="SOMEBODYS_KEY", server=url)
    there = ("--live", "--yes") if where == "--live" else ("--base-url", url)
    words = (command, "acme", "--contracts", folder, *there, *ROOM, "--max-requests", 10)

    rejected = inside(*words, env={"SOMEBODYS_KEY": KEY})
    assert (rejected.code, app.seen) == (2, [])
    assert "SOMEBODYS_KEY" in rejected.err
    assert "--allow-variable SOMEBODYS_KEY" in rejected.err
    assert KEY not in rejected.err

    allowed = inside(*words, "--allow-variable", "SOMEBODYS_KEY", env={"SOMEBODYS_KEY": KEY})
    assert allowed.code in (1, 3), "cut short by --max-requests"
    assert app.seen


def test_a_regression_is_held_to_the_same(
    mine: Callable[..., Path], watched: tuple[str, Any], tmp_path: Path
) -> None:
    clause = "acme.update-room.request.max_participants.maximum"
    path = tmp_path / f"{clause}.yaml"
    path.write_text("interactions: []\n", encoding="utf-8")
    url, app = watched
    folder = mine("acme", variable="SOMEBODYS_KEY")
    asked: dict[str, Any] = {
        "base_url": url,
        "room_id": TELNYX.room_id,
        "environment": {"SOMEBODYS_KEY": KEY},
        "contracts": (folder,),
    }

    with pytest.raises(UsageError, match="--allow-variable SOMEBODYS_KEY"):
        check_regression(path, **asked)
    assert app.seen == []
    assert check_regression(path, **asked, allowed=("SOMEBODYS_KEY",)).verdict == "unexercised"


def test_a_foreign_server_under_a_known_name_has_to_be_named(
    mine: Callable[..., Path], watched: tuple[str, Any], inside: Run
) -> None:
    url, app = watched
    words = ("verify", "telnyx", "--contracts", mine("telnyx", server=url), *ROOM, *FEW)

    live = inside(*words, "--live", "--yes", env=TELNYX.environment)
    assert (live.code, app.seen) == (2, [])
    assert all(text in live.err for text in (url, "https://api.telnyx.com/v2", "--base-url"))

    named = inside(*words, "--base-url", url, env=TELNYX.environment)
    assert named.code in (1, 3)
    assert app.seen


def test_a_copy_of_a_known_contract_is_at_the_same_server(mine: Callable[..., Path], inside: Run) -> None:
    """Nothing is sent, since there is no terminal to ask on: it is shown where it would be."""
    done = inside("verify", "telnyx", "--contracts", mine("telnyx"), "--live", *ROOM, env=TELNYX.environment)
    assert done.code == 2
    assert "telnyx at https://api.telnyx.com/v2" in done.err
    assert "add --yes" in done.err


@pytest.mark.parametrize("server", ["https://user:a-word@rooms.example/v2", "http://rooms.example/v2"])
def test_a_live_server_is_asked_by_https_and_as_nobody_else(
    server: str, mine: Callable[..., Path], inside: Run
) -> None:
    folder = mine("acme", variable="ACME_KEY", server=server)
    done = inside("verify", "acme", "--contracts", folder, "--live", "--yes", *ROOM, env={"ACME_KEY": KEY})
    assert done.code == 2
    assert "a-word" not in done.err


def test_a_base_url_with_a_login_is_rejected(inside: Run) -> None:
    done = inside(
        "verify", "telnyx", "--base-url", "http://user:a-word@127.0.0.1:1/v2", *ROOM, env=TELNYX.environment
    )
    assert done.code == 2
    assert "holds credentials" in done.err
    assert "a-word" not in done.err


def test_a_proxy_that_is_none_is_one_sentence(inside: Run) -> None:
    words = ("verify", "telnyx", "--base-url", "https://rooms.invalid/v2", *ROOM, *FEW)
    done = inside(*words, env={**TELNYX.environment, "HTTPS_PROXY": "http://user:a-word@[bad"})
    assert done.code == 2
    assert done.err.splitlines()[-1].startswith("roomproof: HTTPS_PROXY is no address of a proxy")
    assert "a-word" not in done.err


def test_the_password_of_a_proxy_is_shown_and_recorded_nowhere(
    serve: Serve, tampered: Any, inside: Run, tmp_path: Path
) -> None:
    """Even where a server says it."""
    word = "the-password-of-a-proxy"

    def telling(_: Any, response: dict[str, Any]) -> dict[str, Any]:
        return {**response, "told": word, word: 1}

    url = serve(tampered(TELNYX.build(), telling)) + TELNYX.prefix
    words = (
        "verify",
        "telnyx",
        "--base-url",
        url,
        *ROOM,
        *FEW,
        "--verbose",
        "--record",
        "kept",
        "--json",
        "a.json",
        "--html",
        "a.html",
    )
    done = inside(
        *words,
        "--save-regressions",
        env={**TELNYX.environment, "HTTPS_PROXY": f"http://user:{word}@proxy.example"},
    )

    written = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert {file.suffix for file in written} >= {".json", ".yaml", ".html"}
    assert [file for file in written if word in file.read_text(encoding="utf-8")] == []
    assert word not in done.out + done.err
