"""`roomproof replay --check-secrets`: look for secrets in recordings, and say what could not be looked
into.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from roomproof.cassettes.address import addressed
from roomproof.cassettes.attribution import Attribution
from roomproof.cassettes.entry import Unreadable
from roomproof.cassettes.exposure import exposed
from roomproof.cassettes.recording import found_in, open_recording
from roomproof.cassettes.redaction import is_redacted
from roomproof.commands.outputs import told_besides
from roomproof.contract.model import Contract
from roomproof.environment import value_of
from roomproof.errors import UsageError
from roomproof.interaction import Request
from roomproof.legible import one_line
from roomproof.providers import find_contracts
from roomproof.reports.console import open_console


@dataclass
class _SecretSearch:
    """What was found so far, and what nobody could look into; `tell` prints a line."""

    known: tuple[str, ...]
    contracts: Mapping[str, Contract]
    tell: Callable[[str], None]
    secrets: int = 0
    looked_into: int = 0
    unreadable: int = 0
    bodies_missing: int = 0
    passed_over: int = 0
    problems: list[UsageError] = field(default_factory=list)

    def look_into(self, path: Path) -> None:
        """Look into a recording; what is wrong with it costs no other one."""
        attribution = Attribution(self.contracts, path, None)
        try:
            for number, entry in enumerate(open_recording(path).entries(), 1):
                if isinstance(entry, Unreadable):
                    self.unreadable += 1
                    self.tell(f"{path}, {entry.place}: cannot be looked into ({entry.why})")
                    continue
                self.looked_into += 1
                self.bodies_missing += entry.bodies_missing
                keys = _keys(entry.interaction.request, attribution)
                for what in exposed(entry.interaction, (*self.known, *keys)):
                    self.secrets += 1
                    self.tell(f"{path}, interaction {number}: {what}")
        except UsageError as error:
            self.problems.append(error)

    def pass_over(self, path: Path, why: str) -> None:
        """Tell of a file or a folder that is not looked into."""
        self.passed_over += 1
        self.tell(f"{path}: passed over ({why})")

    @property
    def end(self) -> str:
        """What came of it, as the last line."""
        counts = {
            "unreadable": self.unreadable,
            "bodies missing": self.bodies_missing,
            "passed over": self.passed_over,
        }
        rest = ", ".join(f"{name}: {count}" for name, count in counts.items() if count)
        return "no secrets found" + (f" (not looked into: {rest})" if rest else "")


def run_check_secrets(
    paths: tuple[Path, ...], contracts: tuple[Path, ...], environment: Mapping[str, str]
) -> int:
    """Print every secret that stands in some recordings, by place and never by value; return 1 if there is
    one.

    Raises UsageError where there is none, and a file is damaged or nothing could be looked into.
    """
    console = open_console()
    known = {name: contract for name, (contract, _) in find_contracts(contracts).items()}
    search = _SecretSearch(
        tuple(_known_secrets(known.values(), environment)),
        known,
        lambda text: console.print(one_line(text), markup=False, highlight=False, soft_wrap=True),
    )
    found = found_in(*paths)
    for path in found.files:
        search.look_into(path)
    for path, why in found.skipped.items():
        search.pass_over(path, why)
    if not search.secrets:
        _require_whole(search, paths)
        search.tell(search.end)
        return 0
    told_besides(search.problems)
    search.tell(f"{search.secrets} secrets; record again with roomproof, which redacts, or edit them")
    return 1


def _require_whole(search: _SecretSearch, paths: tuple[Path, ...]) -> None:
    """Raise UsageError if a file is damaged, or if nothing at all was looked into."""
    if search.problems:
        told_besides(search.problems[1:])
        raise search.problems[0]
    if not search.looked_into:
        what = (
            f"none of {search.unreadable} entries can be read"
            if search.unreadable
            else "no interaction there"
        )
        raise UsageError(
            f"{', '.join(map(str, paths))}: {what}, so nothing was looked into; name a recording that "
            f"holds some"
        )


def _keys(request: Request, attribution: Attribution) -> Iterator[str]:
    """Yield the keys that a request carries under a name that only its provider's contract tells."""
    contract = attribution.contract_of(addressed(request))
    keys = contract.credentials.carrier.keys(request) if contract else ()
    yield from (key for key in keys if not is_redacted(key))


def _known_secrets(contracts: Iterable[Contract], environment: Mapping[str, str]) -> Iterator[str]:
    for contract in contracts:
        names = contract.credentials.environment.values()
        yield from (value for value in (value_of(name, environment) for name in names) if value is not None)
