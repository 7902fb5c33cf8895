"""PayPal's events -> which subscription and which payment they are about. What they say has become of it is not read."""

import re
from dataclasses import dataclass
from datetime import datetime

from kooneo.money import Money
from kooneo.paypal.errors import BadAnswer
from kooneo.paypal.fields import Part
from kooneo.paypal.notifications import parsed

# https://developer.paypal.com/api/rest/webhooks/event-names/
_OF_SUBSCRIPTIONS = "BILLING.SUBSCRIPTION."
_OF_SALES = "PAYMENT.SALE."
EVENT_TYPES = (
    *(
        f"{_OF_SUBSCRIPTIONS}{what}"
        for what in ("CREATED", "ACTIVATED", "UPDATED", "EXPIRED", "CANCELLED", "SUSPENDED", "PAYMENT.FAILED")
    ),
    *(f"{_OF_SALES}{what}" for what in ("COMPLETED", "DENIED", "REFUNDED", "REVERSED")),
)
"""Those that Kooneo asks for; it takes any."""
_ABOUT_MONEY = re.compile(r"PAYMENT\.SALE\..*|BILLING\.SUBSCRIPTION\.PAYMENT\..*")
_GIVING_BACK = frozenset({f"{_OF_SALES}REFUNDED", f"{_OF_SALES}REVERSED"})

_EVENT_ID = re.compile(r"[A-Za-z0-9-]{1,100}")
_EVENT_TYPE = re.compile(r"[A-Z0-9._-]{1,100}")
_ID = re.compile(r"[A-Za-z0-9-]{3,50}")


@dataclass(frozen=True)
class ToldRefund:
    refund_id: str
    amount: Money
    total: Money | None
    """Of that payment in all, when PayPal says so."""


@dataclass(frozen=True)
class RemoteEvent:
    event_id: str
    event_type: str
    created_at: datetime | None
    subscription_id: str | None
    sale_id: str | None
    """Of the payment, which is also its id among the subscription's transactions."""
    refund: ToldRefund | None
    """PayPal's list of transactions says that something was given back, and not how much."""

    @property
    def known(self) -> bool:
        return self.event_type in EVENT_TYPES

    @property
    def is_about_money(self) -> bool:
        return bool(_ABOUT_MONEY.fullmatch(self.event_type))


def read_event(body: bytes) -> RemoteEvent:
    """Raises BadAnswer for what has no id and no type. Of any type's resource only what is as expected is taken."""
    event = Part(parsed(body), "", None)
    event_id = event.required("id", _matching(event, "id", _EVENT_ID))
    event_type = event.required("event_type", _matching(event, "event_type", _EVENT_TYPE))
    resource = _part(event, "resource")
    gives_back = event_type in _GIVING_BACK
    return RemoteEvent(
        event_id=event_id,
        event_type=event_type,
        created_at=_instant(event),
        subscription_id=_subscription(event_type, resource),
        sale_id=_sale(event_type, resource),
        refund=_refund(resource) if gives_back else None,
    )


def _subscription(event_type: str, resource: Part) -> str | None:
    if event_type.startswith(_OF_SUBSCRIPTIONS):
        return _matching(resource, "id", _ID)
    return _matching(resource, "billing_agreement_id", _ID)


def _sale(event_type: str, resource: Part) -> str | None:
    """A refund names the payment it gives back, a reversal often only itself; any other is the payment."""
    if not event_type.startswith(_OF_SALES):
        return None
    return _matching(resource, "sale_id", _ID) or _matching(resource, "id", _ID)


def _refund(resource: Part) -> ToldRefund | None:
    """PayPal writes what was given back with a minus sign, or without."""
    refund_id = _matching(resource, "id", _ID)
    amount = _money(_part(resource, "amount"), "total")
    total = _money(_part(resource, "total_refunded_amount"), "value")
    if refund_id is None or amount is None:
        return None
    return ToldRefund(refund_id, amount, total if total and total.currency == amount.currency else None)


def _money(part: Part, key: str) -> Money | None:
    value, currency = _text(part, key), _text(part, "currency")
    try:
        return Money.parse(value.lstrip("-"), currency) if value and currency else None
    except ValueError:
        return None


def _part(whole: Part, key: str) -> Part:
    try:
        return whole.part(key)
    except BadAnswer:
        return Part({}, "", None)


def _text(part: Part, key: str) -> str | None:
    try:
        return part.text(key, 100)
    except BadAnswer:
        return None


def _matching(part: Part, key: str, pattern: re.Pattern[str]) -> str | None:
    text = _text(part, key)
    return text if text and pattern.fullmatch(text) else None


def _instant(event: Part) -> datetime | None:
    try:
        return event.instant("create_time")
    except BadAnswer:
        return None
