"""Which operations of two documents are the same: by method and path, however its parameters are called."""

from __future__ import annotations

import re
from collections.abc import Mapping

from roomproof.derive.drift.change import Change, ChangePlace, ChangeSide, Impact
from roomproof.derive.drift.endpoints import Endpoint

Key = tuple[str, str]
Operations = dict[Key, Endpoint]
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")


def paired(olds: list[Endpoint], news: list[Endpoint]) -> tuple[Operations, Operations, list[Change]]:
    """Return the operations of both by method and path, so that those which are the same have one key.

    A prefix may have moved from the server's address into the paths, or back. Where the paths agree and the
    addresses' paths do not, that is one change, and not one of each operation.
    """
    whole = _keyed(olds, news, with_server=True)
    plain = _keyed(olds, news, with_server=False)
    if len(whole[0].keys() & whole[1].keys()) >= len(plain[0].keys() & plain[1].keys()):
        return *whole, []
    shared = [(plain[0][key], plain[1][key]) for key in plain[0].keys() & plain[1].keys()]
    servers = {
        (one.server, other.server)
        for one, other in shared
        if one.server and other.server and not one.servers & other.servers
    }
    place = ChangePlace("*", "*", ChangeSide.OPERATION)
    told = [
        Change(
            place,
            "server-path",
            Impact.SENDERS,
            f"the address began with {was} and begins with {now}",
            was,
            now,
        )
        for was, now in sorted(servers)
    ]
    return *plain, told


def _keyed(olds: list[Endpoint], news: list[Endpoint], *, with_server: bool) -> tuple[Operations, Operations]:
    """Return the operations by key; where only the names of parameters tell paths of a document apart, the
    path with the names of the old document is the key.
    """
    forms: dict[Key, tuple[dict[str, Endpoint], dict[str, Endpoint]]] = {}
    for index, some in enumerate((olds, news)):
        for one in some:
            prefix = one.server if with_server else ""
            form = forms.setdefault((one.method, prefix + one.path), ({}, {}))
            form[index][prefix + one.shown_path] = one
    by_old: Operations = {}
    by_new: Operations = {}
    for (method, _), (was, now) in forms.items():
        names = _same(list(was), list(now))
        by_old |= {(method, shown): one for shown, one in was.items()}
        by_new |= {(method, names.get(shown, shown)): one for shown, one in now.items()}
    return by_old, by_new


def _same(olds: list[str], news: list[str]) -> Mapping[str, str]:
    """Return which old path each new one of the same form is: first those that are called the same, then
    those whose names share the most words, then by their order.
    """
    come = [one for one in news if one not in olds]
    gone = [one for one in olds if one not in news]
    pairs = sorted(
        ((-len(_words(was) & _words(now)), index, other, was, now)
        for index, was in enumerate(gone) for other, now in enumerate(come)),
    )  # fmt: skip
    found: dict[str, str] = {}
    for *_, was, now in pairs:
        if now not in found and was not in found.values():
            found[now] = was
    return found


def _words(path: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.findall(path))
