"""Free texts on the command line and credentials in the environment: a value, or a sentence that says how to
write it.
"""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from roomproof.contract.model import CredentialsSpec
from roomproof.errors import UsageError
from roomproof.options import age, per_second
from roomproof.providers import contract_folders, find_contract
from roomproof.targets.credentials import scheme_from, unscoped_from
from roomproof.targets.http import HttpTarget

from .hostile import ends_in, examples, spoilt

# What an operating system can hold in an argument or in an environment variable: anything but a null
# character.
ARGUMENT = st.text(st.characters(exclude_characters="\0", exclude_categories=[]), max_size=40)
SPECS = [find_contract(provider)[0].credentials for provider in contract_folders()]
URLS = ["https://api.example.com/v2", "http://127.0.0.1:8080", "http://[::1]:80/x"]
STRINGS = ["endpoint=https://x.example/;accesskey=c2VjcmV0", "AccessKey=YQ==;endpoint=https://x.example"]


@examples(200)
@given(ARGUMENT | spoilt(["5/s", "90/m", "0.5"]))
def test_a_rate(text: str) -> None:
    ends_in(UsageError, lambda: per_second(text))


@examples(200)
@given(ARGUMENT | spoilt(["90d", "12w", "36h"]))
def test_an_age(text: str) -> None:
    ends_in(UsageError, lambda: age(text))


@examples(200)
@given(ARGUMENT | spoilt(URLS))
def test_a_base_url(text: str) -> None:
    ends_in(UsageError, lambda: HttpTarget(text).close())


def signs(spec: CredentialsSpec, environment: Mapping[str, str]) -> None:
    """Read credentials and put them, and every invalid form of them, on a request."""
    scheme = scheme_from(spec, environment)
    for one in (scheme, unscoped_from(spec, scheme, environment), *scheme.invalid_credentials().values()):
        if one is not None:
            for name, value in one.headers("PATCH", "https://api.example.com/rooms/1?a=b", b"{}"):
                assert (name + value).isprintable()
                (name + value).encode("latin-1")
            one.secrets()


@examples(200)
@given(st.data(), ARGUMENT | spoilt(STRINGS))
def test_credentials(data: st.DataObject, text: str) -> None:
    spec = data.draw(st.sampled_from(SPECS))
    environment = {name: data.draw(st.sampled_from([text, "plain"])) for name in spec.environment.values()}
    ends_in(UsageError, lambda: signs(spec, environment))
