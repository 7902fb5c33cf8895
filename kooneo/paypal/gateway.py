"""The door to PayPal."""

import re
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from paypalrestsdk.resource import Resource

from kooneo.money import Money
from kooneo.paypal.answers import (
    RemotePage,
    RemoteRefund,
    RemoteSale,
    RemoteSubscription,
    RemoteTransaction,
    RemoteWebhook,
    read_page,
    read_refund,
    read_sale,
    read_subscription,
    read_transactions,
    read_verification,
    read_webhook,
    read_webhooks,
)
from kooneo.paypal.api import Answer, Api, Plan, Product, Refund, Sale, Subscription
from kooneo.paypal.creating import (
    NewSubscription,
    RemoteApproval,
    plan_body,
    product_body,
    read_approval,
    read_id,
    subscription_body,
)
from kooneo.paypal.credentials import ADDRESSES, Credentials
from kooneo.paypal.errors import BadAnswer, NotFound, Refused
from kooneo.paypal.notifications import Transmission
from kooneo.paypal.plans import RemotePlan, RemoteProduct, read_own_terms, read_plan, read_product
from kooneo.paypal.statuses import RemoteStatus
from kooneo.paypal.transport import CONNECT_TIMEOUT, READ_TIMEOUT
from kooneo.terms import Terms

MOST_GATEWAYS = 256
TRIAL_TIMEOUT = 3.0
_IN_FORCE = (RemoteStatus.ACTIVE, RemoteStatus.SUSPENDED, RemoteStatus.APPROVED, RemoteStatus.APPROVAL_PENDING)
_WEBHOOKS = "v1/notifications/webhooks"
_VERIFICATION = "v1/notifications/verify-webhook-signature"
_PAYPAL_ID = re.compile(r"[A-Za-z0-9-]{3,50}")
_PAGE_SIZE = 20
_SHORTEST_PERIOD = timedelta(hours=1)


class Gateway:
    """One merchant's PayPal account. Safe to share between threads. Every method raises PayPalError and nothing else,
    but ValueError for arguments that are our own mistake."""

    def __init__(
        self,
        credentials: Credentials,
        url: str,
        *,
        connect_timeout: float = CONNECT_TIMEOUT,
        read_timeout: float = READ_TIMEOUT,
    ) -> None:
        self._url = _checked_url(url)
        self._api = Api(credentials, self._url, connect_timeout, read_timeout)

    def get_subscription(self, paypal_id: str) -> RemoteSubscription:
        answer: Answer = Subscription.find(_checked_id(paypal_id), api=self._api).answer
        return read_subscription(answer, paypal_id)

    def cancel(self, paypal_id: str, reason: str) -> str | None:
        """Returns PayPal's debug id, like suspend and activate. Whether it happened, only get_subscription tells."""
        return self._act("cancel", paypal_id, reason)

    def suspend(self, paypal_id: str, reason: str) -> str | None:
        return self._act("suspend", paypal_id, reason)

    def activate(self, paypal_id: str, reason: str) -> str | None:
        return self._act("activate", paypal_id, reason)

    def list_transactions(self, paypal_id: str, start: datetime, end: datetime) -> list[RemoteTransaction]:
        """All of them. A period that has more than PayPal lists on one page is asked for in halves."""
        period = {"start_time": _rfc3339(start), "end_time": _rfc3339(end)}
        answer = Subscription.transactions(_checked_id(paypal_id), period, api=self._api)
        found, complete = read_transactions(answer)
        if complete:
            return found
        if end - start < _SHORTEST_PERIOD:
            # A payment left out would be a wrong account of the money.
            raise BadAnswer("total_pages", debug_id=answer.debug_id)
        middle = start + (end - start) / 2
        halves = [*self.list_transactions(paypal_id, start, middle), *self.list_transactions(paypal_id, middle, end)]
        return list({one.transaction_id: one for one in halves}.values())

    def list_subscriptions(self, page: int, *, in_force: bool = False) -> RemotePage:
        """The account's, or those of them in force, page by page from 1. Not in PayPal's OpenAPI file (1.6): an account may
        well refuse it."""
        params = {"page": str(page), "page_size": str(_PAGE_SIZE), "total_required": "true"}
        if in_force:
            params["statuses"] = ",".join(_IN_FORCE)
        return read_page(Subscription.page(params, api=self._api), page)

    def get_own_terms(self, paypal_id: str) -> Terms | None:
        """Those of a subscription that overrides its plan's; None when PayPal does not give one price."""
        return read_own_terms(Subscription.with_plan(_checked_id(paypal_id), api=self._api), paypal_id)

    def get_plan(self, plan_id: str) -> RemotePlan:
        answer: Answer = Plan.find(_checked_id(plan_id), api=self._api).answer
        return read_plan(answer, plan_id)

    def get_product(self, product_id: str) -> RemoteProduct:
        answer: Answer = Product.find(_checked_id(product_id), api=self._api).answer
        return read_product(answer, product_id)

    def get_sale(self, transaction_id: str) -> RemoteSale:
        answer: Answer = Sale.find(_checked_id(transaction_id), api=self._api).answer
        return read_sale(answer, transaction_id)

    def refund(self, transaction_id: str, amount: Money, *, request_id: str) -> RemoteRefund:
        """Give back a payment or a part of it. The same request id again within 30 days is the same refund: PayPal repeats its
        answer."""
        sale = Sale({"id": _checked_id(transaction_id)}, api=self._api)
        asked = Resource({"amount": {"total": str(amount), "currency": amount.currency}}, api=self._api)
        asked.request_id = request_id
        answer: Answer = sale.post("refund", asked, cls=Sale).answer
        return read_refund(answer)

    def get_refund(self, refund_id: str) -> RemoteRefund:
        """Also of what a bank or a dispute took back."""
        answer: Answer = Refund.find(_checked_id(refund_id), api=self._api).answer
        return read_refund(answer)

    def create_product(self, name: str, *, request_id: str) -> str:
        """PayPal's id. The same request id again within 72 hours is the same product; so with plans and subscriptions."""
        return read_id(self._create(Product, product_body(name), request_id))

    def create_plan(self, product_id: str, name: str, terms: Terms, *, request_id: str) -> str:
        return read_id(self._create(Plan, plan_body(_checked_id(product_id), name, terms), request_id))

    def create_subscription(self, new: NewSubscription, *, request_id: str) -> RemoteApproval:
        """It charges nothing before its customer has agreed on PayPal's page."""
        return read_approval(self._create(Subscription, subscription_body(new), request_id), self._url)

    def list_webhooks(self) -> list[RemoteWebhook]:
        """Those of the keys' own app."""
        return read_webhooks(self._api.get(_WEBHOOKS))

    def create_webhook(self, url: str, event_types: Sequence[str]) -> RemoteWebhook:
        """Have notifications sent to `url`. Refused when PayPal has that address already, or does not want it."""
        return read_webhook(self._api.post(_WEBHOOKS, {"url": url, "event_types": _named(event_types)}))

    def subscribe_webhook(self, webhook_id: str, event_types: Sequence[str]) -> None:
        """Have exactly these events sent to it."""
        change = {"op": "replace", "path": "/event_types", "value": _named(event_types)}
        self._api.patch(f"{_WEBHOOKS}/{_checked_id(webhook_id)}", [change])

    def vouches_for(self, transmission: Transmission, webhook_id: str) -> bool:
        """Whether PayPal says that it sent this to that webhook. Raises kooneo.paypal.notifications.Forged too."""
        try:
            return read_verification(self._api.post(_VERIFICATION, transmission.question(webhook_id)))
        except Refused:
            return False  # PayPal cannot make sense of it: it is nothing that PayPal wrote

    def scopes(self) -> frozenset[str]:
        """Ask PayPal for a new token, so that keys disabled a minute ago do not pass the test."""
        return self._api.renew_token().scopes

    def close(self) -> None:
        self._api.close()

    def _create(self, kind: type[Resource], body: dict[str, Any], request_id: str) -> Answer:
        created = kind(body, api=self._api)
        created.request_id = request_id
        created.create()
        answer: Answer = created.answer
        return answer

    def _act(self, verb: str, paypal_id: str, reason: str) -> str | None:
        if not 1 <= len(reason) <= 128:
            raise ValueError("PayPal takes a reason of 1 to 128 characters")
        subscription = Subscription({"id": _checked_id(paypal_id)}, api=self._api)
        answer: Answer = subscription.post(verb, {"reason": reason}, cls=Subscription).answer
        return answer.debug_id


@contextmanager
def trial_gateway(credentials: Credentials, *, url: str | None = None) -> Iterator[Gateway]:
    """For keys that may be worth nothing, while a person waits: less patience, and nothing is kept afterwards."""
    address = ADDRESSES[credentials.environment] if url is None else url
    gateway = Gateway(credentials, address, connect_timeout=TRIAL_TIMEOUT, read_timeout=TRIAL_TIMEOUT)
    try:
        yield gateway
    finally:
        gateway.close()


_gateways: OrderedDict[tuple[Credentials, str], Gateway] = OrderedDict()
_lock = threading.Lock()


def open_gateway(credentials: Credentials, *, url: str | None = None) -> Gateway:
    """The process's one gateway for these keys, so that its token and connections are used again.

    `url` replaces PayPal's address (the simulator). The least recently opened gateway is let go when there are too
    many: whoever still holds it goes on undisturbed.
    """
    key = (credentials, ADDRESSES[credentials.environment] if url is None else url)
    with _lock:
        gateway = _gateways.pop(key, None) or Gateway(*key)
        _gateways[key] = gateway
        while len(_gateways) > MOST_GATEWAYS:
            _gateways.popitem(last=False)
    return gateway


def close_gateways() -> None:
    """At the end of a process or a test, when nobody calls PayPal any more."""
    with _lock:
        while _gateways:
            _gateways.popitem()[1].close()


def _checked_id(paypal_id: str) -> str:
    """The SDK pastes ids into the path unescaped: `../../oauth2/token` was really asked."""
    if not _PAYPAL_ID.fullmatch(paypal_id):
        raise NotFound("not an id of PayPal's")
    return paypal_id


def _named(event_types: Sequence[str]) -> list[dict[str, str]]:
    return [{"name": name} for name in event_types]


def _checked_url(url: str) -> str:
    """Without a trailing slash, which the SDK would double."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc or parts.query:
        raise ValueError("PayPal's address must be http(s)://host, without a user or a query")
    return url.rstrip("/")


def _rfc3339(instant: datetime) -> str:
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
