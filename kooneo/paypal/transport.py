"""Bytes to PayPal and back: pooled connections, bounded time and size, no redirect, no retry, TLS always verified."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.connection import HTTPConnection, HTTPSConnection

from kooneo.paypal.errors import Unreachable

CONNECT_TIMEOUT = 3.0
READ_TIMEOUT = 8.0
LARGEST_ANSWER = 4 * 1024 * 1024
CONNECTIONS = 10


@dataclass(frozen=True)
class Authorization(AuthBase):
    """The header's value, kept out of every repr (and so of logs that print local variables)."""

    value: str = field(repr=False)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = self.value
        return request


@dataclass(frozen=True)
class Reply:
    """What came back. `content` is None when it broke off, took too long or was too large."""

    status: int
    headers: Mapping[str, str]
    content: bytes | None


class Transport:
    """Shared by threads: after it is built, nothing of the session changes."""

    def __init__(self, connect_timeout: float, read_timeout: float, *, largest: int = LARGEST_ANSWER) -> None:
        self._largest = largest
        self._timeouts = (connect_timeout, read_timeout)
        self._session = requests.Session()
        # Without this a .netrc would replace our Authorization header, and variables could add a proxy or another CA.
        self._session.trust_env = False
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, _Adapter(pool_connections=1, pool_maxsize=CONNECTIONS, max_retries=0))

    def send(self, method: str, url: str, *, acts: bool, **request: Any) -> Reply:
        """Raises Unreachable. `acts`: the request changes something at PayPal when it is carried out."""
        try:
            with self._session.request(
                method, url, timeout=self._timeouts, allow_redirects=False, stream=True, **request
            ) as response:
                return Reply(response.status_code, response.headers, self._read(response))
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            unsent = _never_connected(error)
        # Raised out here: the requests exception holds the Authorization header and must not hang on ours as context.
        raise Unreachable("could not connect" if unsent else "no answer", may_have_applied=acts and not unsent)

    def _read(self, response: requests.Response) -> bytes | None:
        """Piece by piece: the read timeout starts anew at each byte, so an answer that drips would never end."""
        deadline = time.monotonic() + self._timeouts[1]
        content = b""
        try:
            while piece := response.raw.read1(65536, decode_content=False):
                content += piece
                if len(content) > self._largest or time.monotonic() > deadline:
                    return None
        except urllib3.exceptions.HTTPError:
            return None
        return content

    def close(self) -> None:
        self._session.close()


def _never_connected(error: Exception) -> bool:
    cause = error.args[0] if error.args else None
    return isinstance(getattr(cause, "reason", None), urllib3.exceptions.NewConnectionError)


# urllib3 names a TLS failure while connecting and one in the middle of an answer alike. Only the first proves that
# nothing was sent, so whatever fails while connecting is given a class of its own.


class _PlainConnection(HTTPConnection):
    def connect(self) -> None:
        try:
            super().connect()
        except (OSError, urllib3.exceptions.HTTPError) as error:
            raise urllib3.exceptions.NewConnectionError(self, type(error).__name__) from error


class _TlsConnection(HTTPSConnection):
    def connect(self) -> None:
        try:
            super().connect()
        except (OSError, urllib3.exceptions.HTTPError) as error:
            raise urllib3.exceptions.NewConnectionError(self, type(error).__name__) from error


class _PlainPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _TlsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _TlsPool}
