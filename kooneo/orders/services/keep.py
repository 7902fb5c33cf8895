"""Garder celui-ci: of two subscriptions to the same product one stays, the other ends, and then its last payment goes back."""

import uuid

from kooneo.billing.models import Payment
from kooneo.billing.queries import refundable_payments
from kooneo.journal.services import Actor
from kooneo.subscriptions.lifecycle import Action
from kooneo.subscriptions.models import StatusChange, Subscription
from kooneo.subscriptions.services.request import Wish, request_change


def last_payment(subscription: Subscription) -> Payment | None:
    """Not given back yet, as far as it is known."""
    found = refundable_payments(subscription.merchant_id, [subscription.id])
    return next(iter(found.get(subscription.id, [])), None)


def end_the_other(other: Subscription, *, reason: str, by: Actor, key: uuid.UUID) -> StatusChange:
    """The same key is the same end and the same refund. Raises what request_change raises."""
    payment = last_payment(other)
    wish = Wish(Action.CANCEL, reason, notify=True, refund=payment.id if payment and payment.refundable.minor else None)
    return request_change(other, wish, by=by, key=str(key))
