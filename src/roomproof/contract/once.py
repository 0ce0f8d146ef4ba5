"""What is made of a contract once, and shared by all that know the contract: a judge is made for every stream
of a recording, and there may be ten thousand.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, cast

from roomproof.contract.model import Contract

T = TypeVar("T")


def once_per_contract(make: Callable[[Contract], T]) -> Callable[[Contract], T]:
    """Return a function that makes something of a contract the first time it is asked, and returns the same
    from then on. It lives as long as the contract, and is pickled with none.

    What it makes must be the same however often it is made, and nobody may change it.
    """

    @wraps(make)
    def made_of(contract: Contract) -> T:
        made = contract.derived
        if make not in made:
            made[make] = make(contract)
        return cast("T", made[make])

    return made_of
