"""Why there is no usable response, in one plain sentence."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from roomproof.interaction import Loss
from roomproof.legible import one_line
from roomproof.targets.libcurl import pycurl

LONGEST = 200
"""Characters of a sentence; what a server sent may stand in it."""
NO_STATUS = "the response does not begin with an HTTP/1 version and a status from 100 to 999"
CUT_SHORT = "the response ends before it is whole"
_UNHEARD = "the connection was closed without a response"
_LOST = "the connection was lost before the response was whole"
_TOO_LONG = "the response's head is too large"
_PROXY_ERROR = 97
_TOO_LARGE = 100
"""Codes of libcurl that pycurl has no names for."""
_CLOSED = (pycurl.E_GOT_NOTHING, pycurl.E_SEND_ERROR, pycurl.E_RECV_ERROR, pycurl.E_ABORTED_BY_CALLBACK)
"""Codes of a connection that the other side closed, or of chunks that are broken."""
_LOSSES = {
    pycurl.E_UNSUPPORTED_PROTOCOL: Loss.BROKEN,
    pycurl.E_FTP_WEIRD_SERVER_REPLY: Loss.BROKEN,
    pycurl.E_PARTIAL_FILE: Loss.BROKEN,
    pycurl.E_BAD_CONTENT_ENCODING: Loss.BROKEN,
    pycurl.E_OPERATION_TIMEDOUT: Loss.LATE,
}
"""Codes of what a server did with a request."""
_CERTIFICATES = {
    1: "is for another host; check --base-url",
    10: "has expired",
    18: "is self-signed; if that is right, name it with --ca-bundle PATH",
    19: "is of a CA that is not trusted; if it is your own, name it with --ca-bundle PATH",
    20: "is of a CA that is not trusted; if it is your own, name it with --ca-bundle PATH",
}
"""What OpenSSL's verify codes (X509_V_ERR_) mean; the host is asked for by curl, which has no code of its own
for it.
"""


@dataclass(frozen=True)
class Facts:
    """What is known of an exchange that failed: libcurl's error code and words, the seconds that it was
    allowed, the system's error number, OpenSSL's verify code, the status with which a proxy rejected a tunnel
    (0: none), and whether there is a proxy, the request was about to be sent, and a status was heard.
    """

    code: int
    words: str
    seconds: float
    number: int = 0
    certificate: int = 0
    tunnel: int = 0
    proxied: bool = False
    sent: bool = False
    heard: bool = False


def why(facts: Facts) -> str:
    """Return why an exchange failed. What stands after a semicolon tells what to do."""
    sentence = _proxy(facts) or _SENTENCES.get(facts.code, _words)(facts)
    return one_line(sentence)[:LONGEST]


def loss_of(facts: Facts) -> Loss | None:
    """Return what a server that took the request did in place of answering it; None where a limit of ours, or
    the way, may be the cause.
    """
    if not facts.sent or _proxy(facts) or _is_too_long(facts):
        return None
    if facts.code in _CLOSED:
        return Loss.BROKEN if facts.heard else Loss.DROPPED
    return _LOSSES.get(facts.code)


def _is_too_long(facts: Facts) -> bool:
    return facts.code == _TOO_LARGE or facts.words.startswith("Too large")


def _proxy(facts: Facts) -> str:
    rejected = facts.tunnel and not 200 <= facts.tunnel < 300
    unreachable = facts.proxied and facts.code in (
        pycurl.E_COULDNT_CONNECT,
        pycurl.E_COULDNT_RESOLVE_PROXY,
        _PROXY_ERROR,
    )
    if not rejected and not unreachable:
        return ""
    what = f"status {facts.tunnel}" if rejected else _system(facts)
    return (
        f"the proxy of http_proxy or HTTPS_PROXY does not let through ({what}); NO_PROXY names hosts "
        f"to reach without it"
    )


def _words(facts: Facts) -> str:
    return facts.words or f"curl's error {facts.code}"


def _system(facts: Facts) -> str:
    return os.strerror(facts.number) if facts.number else facts.words


def _certificate(facts: Facts) -> str:
    return f"its certificate {_CERTIFICATES.get(facts.certificate, f'is refused ({facts.words})')}"


def _tls(facts: Facts) -> str:
    if any(
        sign in facts.words for sign in ("wrong version number", "packet length too long", "http request")
    ):
        return "it does not speak TLS; is it http:// instead of https://?"
    return f"TLS fails ({facts.words})"


def _no_http(facts: Facts) -> str:
    return f"the response breaks HTTP ({facts.words})"


def _lost(facts: Facts) -> str:
    if _is_too_long(facts):
        return _TOO_LONG
    return (
        f"the chunks of the response's body are broken ({facts.words})"
        if facts.words.startswith("chunk ")
        else _LOST
    )


def _told(text: str) -> Callable[[Facts], str]:
    return lambda _: text


_SENTENCES: dict[int, Callable[[Facts], str]] = {
    pycurl.E_UNSUPPORTED_PROTOCOL: _told(NO_STATUS),
    pycurl.E_COULDNT_RESOLVE_HOST: lambda facts: f"its name is not known ({facts.words})",
    pycurl.E_COULDNT_CONNECT: _system,
    pycurl.E_FTP_WEIRD_SERVER_REPLY: _no_http,
    pycurl.E_PARTIAL_FILE: _told(CUT_SHORT),
    pycurl.E_OPERATION_TIMEDOUT: lambda facts: f"no whole answer within {facts.seconds:.3g} s",
    pycurl.E_SSL_CONNECT_ERROR: _tls,
    pycurl.E_ABORTED_BY_CALLBACK: _told(_UNHEARD),
    pycurl.E_GOT_NOTHING: _told(_UNHEARD),
    pycurl.E_SEND_ERROR: _told(_LOST),
    pycurl.E_RECV_ERROR: _lost,
    pycurl.E_PEER_FAILED_VERIFICATION: _certificate,
    pycurl.E_BAD_CONTENT_ENCODING: _told("the response's body is not coded as its Content-Encoding says"),
    _TOO_LARGE: _told(_TOO_LONG),
}
