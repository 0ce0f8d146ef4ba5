"""The shipped cassettes: what they prove, and that they are read without roomproof, without a network,
without a secret.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import urllib3
import vcr
import yaml

from roomproof.cassettes.layout import compact
from roomproof.cassettes.recording import open_recording
from roomproof.cassettes.replay import Register, replay
from roomproof.engine.run import Options, Run, Subject
from roomproof.providers import bundled, contract_folders, find_contract, find_special
from roomproof.targets.credentials import scheme_from, unscoped_from
from roomproof.targets.http import HttpTarget
from roomproof.targets.serve import mock_process
from roomproof.verdict import Verdict

CASSETTES = bundled("cassettes")
PROVIDERS = sorted(contract_folders())
SHIPPED = sorted(path for folder in ("mock", "samples") for path in CASSETTES.glob(f"*/{folder}/*.yaml"))
WITH_SAMPLE = {
    *[("azure", operation.id) for operation in find_contract("azure")[0].operations],
    ("carrierx", "update-room"),
    ("telnyx", "update-room"),
}
"""Operations whose document shows a sample of request and response. The specifications of Telnyx and
SignalWire show values of single fields, as README.md tells.
"""
MAX_INTERACTIONS = 45
"""So many has each operation on average, or fewer."""
WIRE_TAP = """
import os, pycurl, sys

def end_at_once(event, arguments):
    if event.startswith("socket."):
        os.write(2, f"{event} {arguments}".encode())
        os._exit(97)

sys.addaudithook(end_at_once)
# libcurl makes its sockets by itself.
pycurl.Curl = lambda *arguments: end_at_once("socket.curl", arguments)
"""


def named(path: Path) -> str:
    return path.relative_to(CASSETTES).as_posix()


def without_a_network(tmp_path: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a process that ends with 97 as soon as anything in it as much as makes a socket or
    looks up a name.
    """
    (tmp_path / "sitecustomize.py").write_text(WIRE_TAP, encoding="utf-8")
    environment = {**os.environ, **environment, "PYTHONPATH": str(tmp_path)}
    return subprocess.run(
        [sys.executable, *command],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


ROOMPROOF = ("-c", "from roomproof.cli import main; main()")


@pytest.mark.parametrize("path", SHIPPED, ids=named)
def test_a_cassette_opens_and_plays_in_plain_vcrpy(path: Path) -> None:
    expected = list(open_recording(path).interactions())
    shown = [
        entry["request"]["body"] for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["interactions"]
    ]
    assert expected
    http = urllib3.PoolManager(retries=False)
    with vcr.use_cassette(str(path), record_mode="none", match_on=["method", "uri", "body"]) as cassette:
        # vcrpy matches and plays the texts that are laid out for review; the bytes that were sent come back
        # where roomproof reads them.
        for interaction, body in zip(expected, shown, strict=True):
            request, response = interaction.request, interaction.response
            assert response is not None
            reply = http.request(
                request.method, request.url, headers=dict(request.headers), body=body, redirect=False
            )
            assert reply.status == response.status
            assert compact(reply.data.decode()) == compact(response.body.decode())
            assert sorted(reply.headers.items()) == sorted(response.headers)
    assert cassette.all_played


def test_the_shipped_cassettes_conform_and_no_network_is_touched(tmp_path: Path) -> None:
    done = without_a_network(tmp_path, *ROOMPROOF, "replay", str(CASSETTES))
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_network_would_have_been_noticed(tmp_path: Path) -> None:
    asked = ("verify", "telnyx", "--base-url", "http://127.0.0.1:9/v2", "--room-id", "any")
    done = without_a_network(tmp_path, *ROOMPROOF, *asked, TELNYX_API_KEY="a-key")
    assert (done.returncode, done.stderr.partition(".")[0]) == (97, "socket")


def test_no_secret_stands_in_a_shipped_cassette(tmp_path: Path) -> None:
    done = without_a_network(tmp_path, *ROOMPROOF, "replay", "--check-secrets", str(CASSETTES))
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_operation_has_a_recording_and_a_sample_if_its_document_shows_one() -> None:
    every = [
        (provider, operation) for provider in PROVIDERS for operation in find_contract(provider)[0].operations
    ]
    operations = {(provider, operation.id) for provider, operation in every}
    found = {
        folder: {(path.parts[-3], path.stem) for path in SHIPPED if path.parts[-2] == folder}
        for folder in ("mock", "samples")
    }
    assert found == {"mock": operations, "samples": WITH_SAMPLE}


def shown_by_many_entries(provider: str) -> set[str]:
    """The clauses that only a list of several pages shows, which nobody would want to review."""
    contract = find_contract(provider)[0]
    # What stands beside the link to the next page leads to other pages, too.
    links = {
        (one.id, one.listing.next[:-1] or one.listing.next)
        for one in contract.operations
        if one.listing is not None and one.listing.next is not None
    }
    return {
        clause.id
        for clause in contract.clauses.values()
        if clause.rule == "paging"
        or any((clause.operation, clause.path[:length]) in links for length in range(1, 4))
    }


def exercised_by_a_whole_run(provider: str) -> set[str]:
    """The clauses that a run on the mock tests; random cases are left out, since they look for faults and
    test no other clauses.
    """
    contract, deviations = find_contract(provider)
    with mock_process(provider) as serving:
        scheme = scheme_from(contract.credentials, serving.environment)
        unscoped = unscoped_from(contract.credentials, scheme, serving.environment)
        target = HttpTarget(serving.base_url)
        subject = Subject(
            contract, deviations, find_special(provider), target, scheme, unscoped, serving.room_id
        )
        result = Run(subject, Options(max_examples=0), lambda *_: None).verify()
    return {
        clause for clause, verdict in result.verdicts.verdicts().items() if verdict is not Verdict.UNEXERCISED
    }


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_recording_exercises_what_a_whole_run_exercises_and_is_small_enough_to_review(
    provider: str,
) -> None:
    paths = [path for path in SHIPPED if path.parts[-3:-1] == (provider, "mock")]
    heard = replay(paths, Register({provider: find_contract(provider)})).heard[provider]
    verdicts = heard.verdicts.verdicts()
    assert set(verdicts.values()) <= {Verdict.PASS, Verdict.DEVIATION, Verdict.UNEXERCISED}
    assert heard.interactions <= MAX_INTERACTIONS * len(find_contract(provider)[0].operations)
    unexercised = {clause for clause, verdict in verdicts.items() if verdict is Verdict.UNEXERCISED}
    unexercised -= shown_by_many_entries(provider)
    assert unexercised & (exercised_by_a_whole_run(provider) if unexercised else set()) == set(), (
        "record anew: record_shipped.py"
    )
