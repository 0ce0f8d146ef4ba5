"""Credentials out of the environment, by what a contract says of them."""

from __future__ import annotations

from collections.abc import Mapping

from roomproof.auth.registry import authentication
from roomproof.auth.scheme import Scheme, Variable
from roomproof.contract.model import CredentialsSpec
from roomproof.environment import value_of
from roomproof.errors import UsageError
from roomproof.targets.grammar import leads_elsewhere


def scheme_from(spec: CredentialsSpec, environment: Mapping[str, str]) -> Scheme:
    """Return the credentials that the environment holds.

    Raises UsageError, naming the variables, if some are missing or cannot be sent, or if nothing may be sent
    where the contract wants a key.
    """
    if leads_elsewhere(spec.carrier.name):
        what = "tells servers of another end, host or method of a request"
        raise UsageError(f"x-credentials: no key is sent under the name {spec.carrier.name!r}, which {what}")
    needed = {part: name for part, name in spec.environment.items() if part != "unscoped"}
    values = {part: value_of(name, environment) for part, name in needed.items()}
    missing = [needed[part] for part, value in values.items() if value is None]
    if missing:
        raise UsageError(f"no credentials: set {', '.join(missing)} in the environment")
    variables = {part: Variable(needed[part], value or "") for part, value in values.items()}
    return authentication(spec.scheme).scheme(variables, spec.carrier)


def unscoped_from(spec: CredentialsSpec, scheme: Scheme, environment: Mapping[str, str]) -> Scheme | None:
    """Return credentials that are right but lack a documented scope, None where the environment holds none.

    Raises UsageError if the variable is set but empty, or holds what cannot be sent.
    """
    variable = spec.environment.get("unscoped", "")
    value = value_of(variable, environment)
    return None if value is None else scheme.with_secret(Variable(variable, value))
