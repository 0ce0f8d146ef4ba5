"""What is made of a contract is made once, and goes where the contract goes."""

from __future__ import annotations

import gc
import pickle
import weakref
from dataclasses import replace

from roomproof.contract.model import Contract
from roomproof.contract.once import once_per_contract
from roomproof.interaction import Credentials, Interaction, Request, Response
from roomproof.judge.judge import Judge
from roomproof.providers import find_contract


class Made:
    """Something that cannot be pickled, as compiled validators cannot."""

    def __init__(self, contract: Contract) -> None:
        self.server = contract.server

    def __reduce__(self) -> str:
        raise TypeError("not to be pickled")


made = once_per_contract(Made)


def test_it_is_made_once_for_a_contract_and_anew_for_another_one() -> None:
    contract = find_contract("telnyx")[0]
    moved = replace(contract, server="https://example.org")
    assert made(contract) is made(contract)
    assert made(moved) is not made(contract)
    assert made(moved).server == "https://example.org"


def test_it_is_gone_with_its_contract() -> None:
    contract = find_contract("telnyx")[0]
    seen = weakref.ref(made(contract))
    del contract
    gc.collect()
    assert seen() is None


def test_a_contract_is_pickled_without_it() -> None:
    contract = find_contract("telnyx")[0]
    made(contract)
    Judge(contract)
    assert pickle.loads(pickle.dumps(contract)).clauses == contract.clauses


def test_judges_of_one_contract_do_not_share_what_they_see() -> None:
    contract = find_contract("telnyx")[0]
    one, other = Judge(contract), Judge(contract)
    url, sent = (
        "https://api.telnyx.com/v2/rooms/5e3b9c0e-2a3f-4a57-8f06-9d1c4f7ab210",
        b'{"max_participants": 27}',
    )
    request = Request("PATCH", url, (("Content-Type", "application/json"),), sent, Credentials.VALID)
    one.see(Interaction(request, Response(200, (), b'{"data": {"id": "5e3b9c0e", "surprise": 1}}')))
    assert any(boundary.tried for boundary in one.boundaries.found)
    assert not any(boundary.tried for boundary in other.boundaries.found)
    assert one.fields.undocumented
    assert not other.fields.undocumented
