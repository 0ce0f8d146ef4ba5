"""Which providers the clauses of `--only` belong to, and how a finding is found again."""

from __future__ import annotations

from roomproof.commands.subject import Ask
from roomproof.errors import UsageError, did_you_mean
from roomproof.providers import find_contract
from roomproof.verify.run import Options
from roomproof.verify.selection import covers


def providers_of(only: tuple[str, ...], ask: Ask, chosen: list[str]) -> list[str]:
    """Return those of some providers that have a clause that was asked for. Raises UsageError for a pattern that names no clause."""
    clauses = {provider: list(find_contract(provider, ask.contracts)[0].clauses) for provider in chosen}
    known = [clause for found in clauses.values() for clause in found]
    for pattern in only:
        if not any(covers((pattern,), clause) for clause in known):
            nearest = did_you_mean(pattern, known)
            raise UsageError(f"--only {pattern}: there is no such clause of {', '.join(chosen)}{nearest}; `roomproof clauses` lists them")
    return [provider for provider, found in clauses.items() if any(covers(only, clause) for clause in found)]


def again(ask: Ask, options: Options) -> tuple[str, ...]:
    """Return the words after `roomproof verify PROVIDER --only CLAUSE` that make a run find the same again."""
    usual = Options()
    words = ["--seed", str(options.seed)]
    words += ["--max-examples", str(options.max_examples)] if options.max_examples != usual.max_examples else []
    words += ["--fuzz", str(options.fuzz)] if options.fuzz else []
    words += ["--strict"] if options.strict else []
    words += ["--rate", f"{options.rate:g}/s"] if options.rate else []
    words += ["--base-url", ask.base_url] if ask.base_url else ["--live"] if ask.live else []
    words += ["--room-id", ask.room_id] if ask.room_id else []
    words += ["--ca-bundle", str(ask.ca_bundle)] if ask.ca_bundle else []
    words += [word for name in ask.allowed for word in ("--allow-variable", name)]
    return (*words, *(word for folder in ask.contracts for word in ("--contracts", str(folder))))
