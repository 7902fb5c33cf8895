"""What PayPal tells the world about a subscription, and when. Pure: what was and what is in, events out."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kooneo.money import Money
from kooneo.paypal_simulator import bodies, instants
from kooneo.paypal_simulator.billing import Transaction
from kooneo.paypal_simulator.subscription import SubscriptionRow

TYPES = (
    *(
        f"BILLING.SUBSCRIPTION.{what}"
        for what in ("CREATED", "ACTIVATED", "UPDATED", "EXPIRED", "CANCELLED", "SUSPENDED", "PAYMENT.FAILED")
    ),
    *(f"PAYMENT.SALE.{what}" for what in ("COMPLETED", "DENIED", "PENDING", "REFUNDED", "REVERSED")),
)
"""A part of PayPal's: https://developer.paypal.com/api/rest/webhooks/event-names/"""

_BY_STATUS = {
    "ACTIVE": "BILLING.SUBSCRIPTION.ACTIVATED",
    "SUSPENDED": "BILLING.SUBSCRIPTION.SUSPENDED",
    "CANCELLED": "BILLING.SUBSCRIPTION.CANCELLED",
    "EXPIRED": "BILLING.SUBSCRIPTION.EXPIRED",
}
_UPDATED = "BILLING.SUBSCRIPTION.UPDATED"


@dataclass(frozen=True)
class Event:
    type: str
    resource_type: str
    resource: dict[str, Any]

    def body(self, at: datetime) -> dict[str, Any]:
        """The envelope, with an id of its own."""
        return {
            "id": f"WH-{secrets.token_hex(9)[:17].upper()}-{secrets.token_hex(9)[:17].upper()}",
            "event_version": "1.0",
            "create_time": instants.render(at),
            "resource_type": self.resource_type,
            "resource_version": "2.0" if self.resource_type == "subscription" else "1.0",
            "event_type": self.type,
            "summary": self.type.replace(".", " ").capitalize(),
            "resource": self.resource,
            "links": [],
        }


def about(before: SubscriptionRow, after: SubscriptionRow, taken: Iterable[Transaction], root: str) -> list[Event]:
    """Payments first: the last one is what ends a finite subscription."""
    events = [_payment(after, one, root) for one in taken]
    if after.status != before.status:
        events.append(_subscription(_BY_STATUS.get(after.status, _UPDATED), after, root))
    elif not events:
        events.append(_subscription(_UPDATED, after, root))
    return events


def _payment(row: SubscriptionRow, one: Transaction, root: str) -> Event:
    if one.status == "DECLINED":
        return _subscription("BILLING.SUBSCRIPTION.PAYMENT.FAILED", row, root)
    sale = {
        "id": one.id,
        "state": "completed",
        "amount": _amount(one.amount),
        "payment_mode": "INSTANT_TRANSFER",
        "billing_agreement_id": row.id,
        "create_time": instants.render(one.time),
        "update_time": instants.render(one.time),
    }
    return Event("PAYMENT.SALE.COMPLETED", "sale", sale)


def _subscription(event_type: str, row: SubscriptionRow, root: str) -> Event:
    return Event(event_type, "subscription", bodies.subscription(row, root))


@dataclass(frozen=True)
class Refund:
    id: str
    sale_id: str
    amount: Money
    in_all: Money
    at: datetime
    reversal: bool = False


def refund(one: Refund) -> Event:
    """It names the sale that it gives back, and no subscription."""
    resource = {
        "id": one.id,
        "sale_id": one.sale_id,
        "state": "completed",
        "amount": {"total": f"-{one.amount}", "currency": one.amount.currency},
        "total_refunded_amount": {"value": str(one.in_all), "currency": one.in_all.currency},
        "create_time": instants.render(one.at),
        "update_time": instants.render(one.at),
    }
    return Event("PAYMENT.SALE.REFUNDED", "refund", resource)


def reversal(one: Refund, root: str) -> Event:
    """PayPal's published sample: it names neither the sale nor a subscription."""
    resource = {
        "id": one.id,
        "state": "completed",
        "amount": {"total": f"-{one.amount}", "currency": one.amount.currency},
        "create_time": instants.render(one.at),
        "links": [{"href": f"{root}/v1/payments/refund/{one.id}", "rel": "self", "method": "GET"}],
    }
    return Event("PAYMENT.SALE.REVERSED", "sale", resource)


def _amount(amount: Money) -> dict[str, str]:
    return {"total": str(amount), "currency": amount.currency}
