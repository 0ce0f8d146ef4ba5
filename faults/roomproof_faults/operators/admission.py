"""Operators on who is let in: missing and wrong credentials, and such without a scope, that are accepted."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from roomproof.contract.clause import Part
from roomproof_faults.border.admission import almost, anybody, bearing, behind, lets_in, naming, nobody, some
from roomproof_faults.border.responses import rejected, says
from roomproof_faults.fault import FaultKind
from roomproof_faults.operators.operator import Breaches, Demand, operator

_Whom = Callable[[str], bool]


@operator(FaultKind.AUTHENTICATION, Part.BEHAVIOUR, "missing-refused")
def without_credentials(demand: Demand) -> Breaches:
    yield from _let_in(
        demand, {"nobody": ("who brings no credentials", nobody), "anybody": ("everybody", anybody)}
    )


@operator(FaultKind.STATUS, Part.BEHAVIOUR, "missing-refused")
def mild_about_credentials(demand: Demand) -> Breaches:
    mild = says(200, rejected(demand.operations, 401), keep=True)
    yield "200", "answers missing credentials with 200 and an error", mild


@operator(FaultKind.AUTHENTICATION, Part.BEHAVIOUR, "wrong-refused")
def with_wrong_credentials(demand: Demand) -> Breaches:
    """Credentials that come near to the right ones; those of other schemes are their provider's own."""
    secrets = demand.api.secrets
    scheme = demand.api.contract.credentials.scheme
    yield from _let_in(demand, {"anybody": ("everybody", anybody)})
    if scheme == "bearer":
        yield from _let_in(demand, _near_token(secrets["token"]))
    elif scheme == "basic":
        yield from _let_in(demand, _near_password(secrets["username"], secrets["password"]))
    other = some("Basic" if scheme == "bearer" else "Bearer")
    yield from _let_in(demand, {"other-scheme": ("who brings credentials of another scheme", other)})


def _near_token(token: str) -> Mapping[str, tuple[str, _Whom]]:
    return {
        "any-token": ("who brings any token", some("Bearer")),
        "token-begins": ("whose token begins like the right one", bearing(lambda one: one[:8] == token[:8])),
        "token-longer": ("whose token has something behind it", bearing(lambda one: one.startswith(token))),
        "token-any-case": (
            "whose token is in another case",
            bearing(lambda one: one.lower() == token.lower()),
        ),
        "token-almost": ("whose token has another letter in one place", bearing(almost(token))),
        "token-in-basic": ("whose password is the token", naming(lambda _, password: password == token)),
        "token-any-scheme": ("whose token stands behind another scheme, or none", behind(token, "", "Token")),
        "scheme-alone": (
            "who brings the scheme without a token",
            lambda authorization: authorization == "Bearer",
        ),
    }


def _near_password(user: str, secret: str) -> Mapping[str, tuple[str, _Whom]]:
    near_user = almost(user)
    return {
        "any-password": ("who knows the user", naming(lambda name, _: name == user)),
        "any-user": ("who knows the password", naming(lambda _, password: password == secret)),
        "password-begins": (
            "whose password begins like the right one",
            naming(lambda name, password: name == user and password[:8] == secret[:8]),
        ),
        "password-empty": (
            "whose password is empty",
            naming(lambda name, password: name == user and not password),
        ),
        "password-almost": (
            "whose password has another letter in one place",
            naming(lambda name, password: name == user and almost(secret)(password)),
        ),
        "user-almost": (
            "whose user has another letter in one place",
            naming(lambda name, password: near_user(name) and password == secret),
        ),
        "password-as-token": ("whose bearer token is the password", behind(secret, "Bearer")),
    }


@operator(FaultKind.AUTHENTICATION, Part.BEHAVIOUR, "scope-required")
def without_scope(demand: Demand) -> Breaches:
    unscoped = demand.api.secrets.get("unscoped", "")
    in_basic = naming(lambda _, password: password == unscoped)

    def whom(authorization: str) -> bool:
        return authorization == f"Bearer {unscoped}" or in_basic(authorization)

    yield from _let_in(
        demand, {"unscoped": ("who has no right to it", whom), "anybody": ("everybody", anybody)}
    )


def _let_in(demand: Demand, whom: Mapping[str, tuple[str, _Whom]]) -> Breaches:
    for word, (who, test) in whom.items():
        yield word, f"lets in {who}", lets_in(test, demand.operations)
