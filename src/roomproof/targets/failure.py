"""Why there is no usable answer, in one plain sentence."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from http.client import BadStatusLine, HTTPException, IncompleteRead, LineTooLong, RemoteDisconnected, UnknownProtocol

from urllib3.exceptions import DecodeError, InvalidChunkLength, InvalidHeader, NameResolutionError, ProxyError, ReadTimeoutError

from roomproof.legible import one_line
from roomproof.targets.bounds import TooMuchError

LONGEST = 200
"""Characters of a sentence; what a server sent may stand in it."""
_CERTIFICATES = {
    10: "has expired",
    18: "is self-signed; if that is right, name it with --ca-bundle PATH",
    19: "is of a CA that is not trusted; if it is your own, name it with --ca-bundle PATH",
    20: "is of a CA that is not trusted; if it is your own, name it with --ca-bundle PATH",
    62: "is for another host; check --base-url",
    64: "is for another address; check --base-url",
}
"""What OpenSSL's verify codes (X509_V_ERR_) mean."""


def why(error: BaseException, seconds: float) -> str:
    """Return why an exchange that was to take so many seconds at most failed. What stands after a semicolon tells what to do."""
    for kind, sentence in _SENTENCES:
        found = next((one for one in _chain(error) if isinstance(one, kind)), None)
        if found is not None:
            return one_line(sentence(found).format(seconds=f"{seconds:g}"))[:LONGEST]
    return one_line(f"{type(error).__name__}: {str(error.args[-1] if error.args else error).split('>: ')[-1]}")[:LONGEST]


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error, those that it wraps and those that caused it."""
    yield error
    inner = [item for item in error.args if isinstance(item, BaseException)]
    for one in (*inner, *([error.__cause__] if error.__cause__ and error.__cause__ not in inner else [])):
        yield from _chain(one)


def _certificate(error: BaseException) -> str:
    assert isinstance(error, ssl.SSLCertVerificationError)
    return f"its certificate {_CERTIFICATES.get(error.verify_code, f'is refused ({_literal(error.verify_message)})')}"


def _tls(error: BaseException) -> str:
    assert isinstance(error, ssl.SSLError)
    if error.reason in ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST"):
        return "it does not speak TLS; is it http:// instead of https://?"
    return f"TLS fails ({_literal(error.reason or str(error))})"


def _proxy(error: BaseException) -> str:
    inner = next((one for one in _chain(error) if isinstance(one, OSError) and not isinstance(one, ProxyError)), error)
    what = (inner.strerror if isinstance(inner, OSError) else None) or str(inner.args[-1] if inner.args else inner)
    return f"the proxy of HTTP_PROXY or HTTPS_PROXY does not let through ({_literal(what)}); NO_PROXY names hosts to reach without it"


def _told(text: str) -> Callable[[BaseException], str]:
    return lambda _: text


def _with_reason(text: str) -> Callable[[BaseException], str]:
    return lambda error: text + f" ({_literal(str(error.args[-1] if error.args else error))})"


def _literal(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


_SENTENCES: tuple[tuple[type[BaseException], Callable[[BaseException], str]], ...] = (
    (TooMuchError, lambda error: _literal(str(error))),
    (ProxyError, _proxy),
    (ssl.SSLCertVerificationError, _certificate),
    (ssl.SSLError, _tls),
    (NameResolutionError, _with_reason("its name is not known")),
    (ConnectionRefusedError, _told("Connection refused")),
    (ReadTimeoutError, _told("no whole answer within {seconds} s")),
    (TimeoutError, _told("no whole answer within {seconds} s")),
    (RemoteDisconnected, _told("the connection was closed without an answer")),
    (ConnectionError, _told("the connection was lost before the answer was whole")),
    (UnknownProtocol, _told("the answer is of no HTTP/1 version")),
    (LineTooLong, _told("a line of the answer's head is longer than 64 KiB")),
    (BadStatusLine, _told("the answer does not begin with an HTTP version and a status from 100 to 999")),
    (InvalidChunkLength, _told("the chunks of the answer's body are broken")),
    (IncompleteRead, _told("the answer ends before it is whole")),
    (DecodeError, _told("the answer's body is not coded as its Content-Encoding says")),
    (InvalidHeader, _told("the Content-Length of the answer is no number")),
    (HTTPException, _with_reason("the answer breaks HTTP")),
)
