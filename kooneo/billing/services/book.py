"""Writing down what PayPal took."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from kooneo.billing.models import Payment, PaymentState
from kooneo.clock import now
from kooneo.extensions import db
from kooneo.money import Money
from kooneo.paypal import RemoteTransaction, TransactionStatus
from kooneo.subscriptions.models import Subscription

_STATES = {
    TransactionStatus.COMPLETED: PaymentState.COMPLETED,
    TransactionStatus.DECLINED: PaymentState.FAILED,
    TransactionStatus.PARTIALLY_REFUNDED: PaymentState.PARTIALLY_REFUNDED,
    TransactionStatus.PENDING: PaymentState.PENDING,
    TransactionStatus.REFUNDED: PaymentState.REFUNDED,
}


def book(
    subscription: Subscription, transactions: Sequence[RemoteTransaction], *, refunds: Mapping[str, Money] | None = None
) -> int:
    """Each transaction becomes one payment, however often it is told; its state follows PayPal's. Returns how many payments
    are new or changed. In the caller's transaction.

    `refunds` is what was given back of which transaction, as far as it is known: PayPal's list says "in part" and not how much.
    """
    query = select(Payment).where(
        Payment.merchant_id == subscription.merchant_id,
        Payment.paypal_transaction_id.in_([one.transaction_id for one in transactions]),
    )
    known = {payment.paypal_transaction_id: payment for payment in db.session.scalars(query)}
    changes = 0
    for one in transactions:
        payment = known.get(one.transaction_id)
        if payment is None:
            known[one.transaction_id] = payment = _new(subscription, one)
            db.session.add(payment)
        refunded = _learn_refund(payment, one, (refunds or {}).get(one.transaction_id))
        if payment.state == _STATES[one.status] and not refunded:
            continue
        payment.state = _STATES[one.status]
        changes += 1
    return changes


def _learn_refund(payment: Payment, told: RemoteTransaction, refunded: Money | None) -> bool:
    """It only grows: what was given back is never taken again, and news of it may come in any order."""
    given_back = 0
    if told.status == TransactionStatus.REFUNDED:
        given_back = payment.amount_minor
    elif told.status == TransactionStatus.PARTIALLY_REFUNDED and refunded and refunded.currency == payment.currency:
        given_back = min(refunded.minor, payment.amount_minor)
    if given_back <= (payment.refunded_minor or 0):
        return False
    payment.refunded_minor, payment.refunded_at = given_back, now()
    return True


def _new(subscription: Subscription, one: RemoteTransaction) -> Payment:
    return Payment(
        merchant_id=subscription.merchant_id,
        customer_id=subscription.customer_id,
        subscription_id=subscription.id,
        paypal_transaction_id=one.transaction_id,
        amount_minor=one.amount.minor,
        currency=one.amount.currency,
        at=one.at,
    )
