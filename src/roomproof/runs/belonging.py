"""Whose a regression is: all that a file says of that has to agree, or it is rejected.

A file must not choose whose credentials go where.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from roomproof.cassettes.attribution import Attribution
from roomproof.cassettes.file_name import file_name
from roomproof.cassettes.redaction import REDACTED
from roomproof.cassettes.regression import CLAUSE_ID
from roomproof.contract.model import Contract
from roomproof.engine.resend import rejection
from roomproof.errors import UsageError
from roomproof.interaction import Interaction
from roomproof.providers import contract_folders, find_contract
from roomproof.targets.target import is_loopback


def clause_of(path: Path, told: Mapping[str, str]) -> str:
    """Return the id of the clause that a regression is about, which its name says, and its provider with it.

    Raises UsageError if it is named like no clause, or says that it is about another clause or provider.
    """
    clause_id = told.get("clause", path.stem)
    if not CLAUSE_ID.fullmatch(clause_id):
        raise UsageError(f"{path}: is named like no clause; a regression is called CLAUSE-ID.yaml")
    if file_name(clause_id) != path.stem:
        raise UsageError(
            f"{path}: says that it is about {clause_id}, and is named otherwise; "
            f"call it {file_name(clause_id)}.yaml if you know that it is right"
        )
    provider = clause_id.partition(".")[0]
    if told.get("provider", provider) != provider:
        raise UsageError(
            f"{path}: is named like a clause of {provider}, and says that it is {told['provider']}'s; "
            f"remove the file"
        )
    return clause_id


def require_belonging(
    path: Path,
    told: Mapping[str, str],
    recorded: Sequence[Interaction],
    contract: Contract,
    contracts: tuple[Path, ...],
) -> None:
    """Raise UsageError if a regression stands in another provider's folder, was recorded elsewhere, or cannot
    be sent.
    """
    provider, folder = contract.provider, path.absolute().parent
    folders = contract_folders(contracts)
    other = next((name for name in (folder.name, folder.parent.name) if name in folders), provider)
    if other != provider:
        raise UsageError(
            f"{path}: is named like a clause of {provider}, and stands in a folder of {other}; put it "
            f"into another"
        )
    target = told.get("target")
    for number, interaction in enumerate(recorded, 1):
        request = interaction.request
        if why := rejection(contract, request):
            raise UsageError(
                f"{path}, interaction {number}: cannot be sent again, since {why}; record it anew, or "
                f"remove the file"
            )
        if target is not None and _differ(_origin(target), _origin(request.url)):
            raise UsageError(
                f"{path}, interaction {number}: went to another server than the target that the file "
                f"names; remove the file"
            )
    hosts = {
        _origin(item.request.url): item.request for item in recorded if not is_loopback(item.request.url)
    }
    if not hosts:
        return
    known = {name: contract if name == provider else find_contract(name, contracts)[0] for name in folders}
    attribution = Attribution(known, Path(path.name), provider)
    for request in hosts.values():
        owner = attribution.contract_of(request)
        if owner is not None and owner.provider != provider:
            raise UsageError(
                f"{path}: is named like a clause of {provider}, and was recorded at the server of "
                f"{owner.provider}; remove the file"
            )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _differ(one: str, other: str) -> bool:
    """Whether two origins are those of different servers; where a secret was taken out of one, nobody
    knows.
    """
    return one != other and not any(REDACTED.lower() in origin for origin in (one, other))
