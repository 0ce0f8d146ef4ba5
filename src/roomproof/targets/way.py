"""The way to a server: the certificates that are trusted, and the proxy that the environment names."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]  # known to everybody but typeshed

import urllib3

from roomproof.errors import UsageError

_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")
"""Variables that name trusted certificates, as known from requests, curl and OpenSSL; the first that is set counts."""


def manager(base_url: str, ca_bundle: Path | None, environment: Mapping[str, str]) -> urllib3.PoolManager:
    """Return what keeps one connection to a server, through the environment's proxy if it names one for it.

    `ca_bundle` is a file of certificates in PEM, or a folder of them as OpenSSL wants it. Raises UsageError for one that cannot be
    read, and for a proxy that does not speak HTTP.
    """
    proxy = _proxy(base_url, environment)
    encrypted = "https" in (urlsplit(base_url).scheme, urlsplit(proxy or "").scheme)
    context = _context(ca_bundle, environment) if encrypted else None
    if proxy is None:
        return urllib3.PoolManager(num_pools=1, maxsize=1, ssl_context=context)
    parts = urlsplit(proxy)
    login = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else None
    headers = urllib3.make_headers(proxy_basic_auth=login)
    address = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    return urllib3.ProxyManager(address, num_pools=1, maxsize=1, proxy_headers=headers, proxy_ssl_context=context, ssl_context=context)


def _proxy(base_url: str, environment: Mapping[str, str]) -> str | None:
    """Return the URL of the proxy for a server, None for none: of `http_proxy` and `HTTP_PROXY` the former counts, as in curl."""
    names = sorted((name for name in environment if name.lower().endswith("_proxy")), key=str.islower)
    proxies = {name.lower().removesuffix("_proxy"): environment[name] for name in names}
    parts = urlsplit(base_url)
    found = proxies.get(parts.scheme) or proxies.get("all")
    if not found or proxy_bypass_environment(parts.netloc, proxies):
        return None
    proxy = found if "://" in found else f"http://{found}"
    if urlsplit(proxy).scheme not in ("http", "https"):
        raise UsageError(
            f"the environment names a {urlsplit(proxy).scheme} proxy for {parts.scheme}://; only HTTP proxies are supported, or NO_PROXY"
        )
    return proxy


def _context(ca_bundle: Path | None, environment: Mapping[str, str]) -> ssl.SSLContext:
    named = next((name for name in _BUNDLES if environment.get(name)), None)
    if ca_bundle is None and named is None:
        return ssl.create_default_context()
    path, name = (ca_bundle, "--ca-bundle") if ca_bundle is not None else (Path(environment[named or ""]), named)
    try:
        context = ssl.create_default_context(capath=str(path)) if path.is_dir() else ssl.create_default_context(cafile=str(path))
    except ssl.SSLError as error:
        raise UsageError(f"{name} {path}: holds no certificate in PEM; name the file with your CA's certificate") from error
    except OSError as error:
        raise UsageError(f"{name} {path}: cannot be read ({error.strerror}); name the file with your CA's certificate") from error
    return context
