"""The way to a server: the certificates that are trusted, and the proxy that the environment names."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from roomproof import files
from roomproof.errors import UsageError
from roomproof.targets.libcurl import pycurl
from roomproof.targets.proxy import proxy_of

_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")
"""Variables that name trusted certificates, as known from requests, curl and OpenSSL; the first that is set
counts.
"""


_MOST_BYTES = 20_000_000
"""A larger file is no bundle of certificates; that of a system has some 200,000 bytes."""


def way(base_url: str, ca_bundle: Path | None, environment: Mapping[str, str]) -> dict[int, Any]:
    """Return the options of curl for the way to a server, through the environment's proxy if it names one for
    it.

    `ca_bundle` is a file of certificates in PEM, or a folder of them as OpenSSL wants it. Raises UsageError
    for one that cannot be read, and as `proxy_of` does.
    """
    proxy = proxy_of(base_url, environment)
    # An empty name keeps curl from looking for one in the environment of its own.
    options: dict[int, Any] = {pycurl.PROXY: proxy.url if proxy else "", pycurl.NOPROXY: ""}
    if proxy is not None and proxy.login is not None:
        options |= {
            pycurl.PROXYUSERNAME: _bytes(proxy.login[0]),
            pycurl.PROXYPASSWORD: _bytes(proxy.login[1]),
        }
    if "https" in (urlsplit(base_url).scheme, urlsplit(proxy.url if proxy else "").scheme):
        options |= _trusted(ca_bundle, environment)
    return options


def _bytes(text: str) -> bytes:
    """Return a text of the environment as the bytes that it was, whatever their coding."""
    return text.encode(errors="surrogateescape")


def _trusted(ca_bundle: Path | None, environment: Mapping[str, str]) -> dict[int, Any]:
    """Return which certificates are trusted: those that were named, else those of the system."""
    named = next((name for name in _BUNDLES if environment.get(name)), None)
    if ca_bundle is None and named is None:
        system = ssl.get_default_verify_paths()
        return {
            **_certificates(system.cafile, None if system.cafile else system.capath),
            pycurl.SSL_OPTIONS: pycurl.SSLOPT_NATIVE_CA,
        }
    path, name = (
        (ca_bundle, "--ca-bundle") if ca_bundle is not None else (Path(environment[named or ""]), named)
    )
    try:
        if files.is_folder(path):
            return _certificates(None, str(path))
        files.require_file(path, _MOST_BYTES)
        ssl.create_default_context(cafile=str(path))
    except ssl.SSLError as error:
        raise UsageError(
            f"{name} {path}: holds no certificate in PEM; name the file with your CA's certificate"
        ) from error
    except OSError as error:
        raise UsageError(
            f"{name} {path}: cannot be read ({error.strerror}); name the file with your CA's certificate"
        ) from error
    return _certificates(str(path), None)


def _certificates(file: str | None, folder: str | None) -> dict[int, Any]:
    """Return the options for a server and for a proxy; None keeps curl from taking its own."""
    return {
        pycurl.CAINFO: file,
        pycurl.CAPATH: folder,
        pycurl.PROXY_CAINFO: file,
        pycurl.PROXY_CAPATH: folder,
    }
