"""Whether a response is a provider's own word: to somebody else a proxy, a cache or a hotel's login page may
have spoken.
"""

from __future__ import annotations

import re

from roomproof.interaction import BUSY, Interaction, media_type
from roomproof.judge.judged_interaction import is_second_hand

_OF_PROXIES = (407, 511, *range(520, 531))
"""Proxy and network authentication (RFC 9110, 15.5.8; RFC 6585, 6), and the codes of a large proxy that no
standard has.
"""
_PAGE = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body|center|h1|script|meta)\b",
    re.IGNORECASE | re.DOTALL,
)
_PAGES = ("text/html", "application/xhtml+xml")
_LOOKED_AT = 2_000
_OWN_ERRORS = (500, 501)
"""Server errors of whoever was to answer; those above speak of somebody behind them (RFC 9110, 15.6)."""


def why_unusable(interaction: Interaction) -> str:
    """Return why an interaction has no response that says anything of the provider; an empty text if it has
    one.
    """
    response = interaction.response
    if response is None:
        return interaction.failure or "the recording has no response to this request"
    if response.status in BUSY:
        return f"status {response.status}: too busy to answer"
    return word_of_another(interaction)


def word_of_another(interaction: Interaction) -> str:
    """Return whose word a response is, and why, if it is not the provider's as far as that can be told; else
    an empty text.
    """
    response = interaction.response
    if response is None or not is_second_hand(interaction.request):
        return ""
    status = response.status
    if status in _OF_PROXIES:
        return f"status {status}: the response of a proxy"
    if status == 304:
        return "status 304: the response was kept elsewhere"
    if 300 <= status < 400:
        return f"status {status}: the request was sent elsewhere"
    if status < 200:
        return f"status {status} is no final response"
    is_page = media_type(response.headers) in (*_PAGES, None) and _PAGE.match(response.body[:_LOOKED_AT])
    if is_page and status not in _OWN_ERRORS:
        return f"status {status} with an HTML page: the response of a proxy, as it seems"
    return ""
