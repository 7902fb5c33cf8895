"""paypalrestsdk 1.13.3, with its holes closed.

Its Api retries 401 without end, has no timeout, opens a connection per call, logs keys and tokens, and hides 400. The
methods that do so are replaced here, under the SDK's own names, so that its resource classes work unchanged on top.
"""

import json
import re
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import paypalrestsdk
from paypalrestsdk import util
from paypalrestsdk.resource import Create, Find, Post

from kooneo.clock import now
from kooneo.paypal.credentials import ADDRESSES, Credentials
from kooneo.paypal.errors import BadAnswer, CredentialsRefused, NotFound
from kooneo.paypal.refusals import debug_id, refusal
from kooneo.paypal.tokens import Token, Tokens
from kooneo.paypal.transport import Authorization, Reply, Transport

# Compressed answers are not asked for: they are small, and nothing can then unfold into gigabytes.
_HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "Kooneo"}
_UNREADABLE = object()
_LONGEST_LIFETIME = 365 * 24 * 3600


@dataclass(frozen=True)
class Answer:
    """A 2xx. `body` is PayPal's JSON as it came, None when there is none (204)."""

    body: object
    debug_id: str | None
    asked_at: datetime


class Api(paypalrestsdk.Api):  # type: ignore[misc]  # the SDK has no types
    def __init__(self, credentials: Credentials, endpoint: str, connect_timeout: float, read_timeout: float) -> None:
        super().__init__(
            mode=credentials.environment.value,
            endpoint=endpoint,
            client_id=credentials.client_id,
            client_secret=credentials.secret,
        )
        self._headers = _HEADERS | _forwarded(credentials, endpoint)
        self._transport = Transport(connect_timeout, read_timeout)
        self._tokens = Tokens(self._fetch_token)

    def request(
        self, url: str, method: str, body: Any = None, headers: dict[str, str] | None = None, refresh_token: None = None
    ) -> Answer:
        """The SDK's get() and post() come through here. A 401 is answered with a new token, once.

        `body` is None for a GET, which then has none: the SDK sent the four letters `null`. Bytes are sent as they are.
        """
        if isinstance(body, bytes):
            content: dict[str, Any] = {"data": body, "headers": {"Content-Type": "application/json"}}
        else:
            content = {"json": body, "headers": headers}
        token = self._tokens.current()
        try:
            return self._call_with(token, url, method, **content)
        except CredentialsRefused:
            self._tokens.drop(token)
        return self._call_with(self._tokens.current(), url, method, **content)

    def _call_with(self, token: Token, url: str, method: str, **request: Any) -> Answer:
        return self.http_call(url, method, acts=method != "GET", auth=Authorization(f"Bearer {token.value}"), **request)

    def http_call(
        self, url: str, method: str, *, acts: bool, headers: dict[str, str] | None = None, **request: Any
    ) -> Answer:
        """One request, one answer. Logs nothing: the SDK's version prints keys and tokens."""
        asked_at = now()
        reply = self._transport.send(method, url, acts=acts, headers=self._headers | (headers or {}), **request)
        body = _json(reply)
        if not 200 <= reply.status <= 299:
            raise refusal(reply, body, acts=acts)
        found = debug_id(reply.headers, body)
        if body is _UNREADABLE:
            raise BadAnswer("broke off or is not JSON", http_status=reply.status, debug_id=found, may_have_applied=acts)
        return Answer(body, found, asked_at)

    def renew_token(self) -> Token:
        """A new one, whatever is cached, for all that follows. It changes nothing at PayPal."""
        return self._tokens.renew()

    def _fetch_token(self) -> Token:
        try:
            answer = self.http_call(
                util.join_url(self.token_endpoint, "/v1/oauth2/token"),
                "POST",
                acts=False,
                auth=Authorization(f"Basic {self.basic_auth()}"),
                data={"grant_type": "client_credentials"},
            )
        except NotFound as error:  # a wrong address; it must not read as "this subscription does not exist"
            raise BadAnswer("no tokens here", http_status=404, debug_id=error.debug_id) from None
        return _token(answer)

    def close(self) -> None:
        self._transport.close()


def _forwarded(credentials: Credentials, endpoint: str) -> dict[str, str]:
    """What stands in for PayPal is told which of PayPal's two addresses it stands in for (RFC 7239): it has only one."""
    meant = ADDRESSES[credentials.environment]
    return {} if endpoint == meant else {"Forwarded": f"host={urlsplit(meant).hostname}"}


class _Whole:
    """Never handed out: after a 204 it still says ACTIVE, and a body's keys would take the place of its methods."""

    def merge(self, new_attributes: Any) -> None:
        """The SDK calls this with what api.get() or api.post() returned; it is kept whole instead of spread."""
        if isinstance(new_attributes, Answer):
            self.__dict__["answer"] = new_attributes
        else:
            super().merge(new_attributes)  # type: ignore[misc]


class Sale(_Whole, paypalrestsdk.Sale):  # type: ignore[misc]  # the SDK has no types
    """A payment of a subscription. Its path is the SDK's own."""


class Refund(_Whole, paypalrestsdk.Refund):  # type: ignore[misc]
    """What was given back of a payment. Its path is the SDK's own."""


class Subscription(_Whole, Create, Find, Post):  # type: ignore[misc]
    path = "v1/billing/subscriptions"

    @classmethod
    def page(cls, params: dict[str, str], *, api: Api) -> Answer:
        return _read(cls.path, params, api)

    @classmethod
    def with_plan(cls, resource_id: str, *, api: Api) -> Answer:
        return _read(util.join_url(cls.path, resource_id), {"fields": "plan"}, api)

    @classmethod
    def transactions(cls, resource_id: str, params: dict[str, str], *, api: Api) -> Answer:
        return _read(util.join_url(cls.path, resource_id, "transactions"), params, api)


class Plan(_Whole, Create, Find):  # type: ignore[misc]
    path = "v1/billing/plans"


class Product(_Whole, Create, Find):  # type: ignore[misc]
    path = "v1/catalogs/products"


def _read(path: str, params: dict[str, str], api: Api) -> Answer:
    answer: Answer = api.get(util.join_url_params(path, params))
    return answer


def _json(reply: Reply) -> object:
    """None for an empty answer; _UNREADABLE for one that broke off or is not JSON."""
    if not reply.content:
        return _UNREADABLE if reply.content is None else None
    try:
        return json.loads(reply.content, parse_constant=_no_constant)
    except (ValueError, RecursionError):  # ValueError: also bytes that are no text, and numbers of 5,000 digits
        return _UNREADABLE


def _no_constant(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


def _token(answer: Answer) -> Token:
    body = answer.body if isinstance(answer.body, dict) else {}
    value, lifetime, scope = body.get("access_token"), body.get("expires_in"), body.get("scope", "")
    if not isinstance(value, str) or not re.fullmatch(r"[!-~]{1,4096}", value):
        raise BadAnswer("access_token", debug_id=answer.debug_id)
    if isinstance(lifetime, bool) or not isinstance(lifetime, int | float) or not 0 <= lifetime <= _LONGEST_LIFETIME:
        raise BadAnswer("expires_in", debug_id=answer.debug_id)
    if not isinstance(scope, str):
        raise BadAnswer("scope", debug_id=answer.debug_id)
    return Token(value, frozenset(scope.split()), time.monotonic() + lifetime)
