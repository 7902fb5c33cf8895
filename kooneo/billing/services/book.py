"""Writing down what PayPal took."""

from collections.abc import Sequence

from sqlalchemy import select

from kooneo.billing.models import Payment, PaymentState, Refund
from kooneo.billing.services.give_back import undo
from kooneo.extensions import db
from kooneo.paypal import RemoteTransaction, TransactionStatus
from kooneo.subscriptions.models import Subscription

_STATES = {
    TransactionStatus.COMPLETED: PaymentState.COMPLETED,
    TransactionStatus.DECLINED: PaymentState.FAILED,
    TransactionStatus.PARTIALLY_REFUNDED: PaymentState.COMPLETED,
    TransactionStatus.PENDING: PaymentState.PENDING,
    TransactionStatus.REFUNDED: PaymentState.COMPLETED,
}


def book(subscription: Subscription, transactions: Sequence[RemoteTransaction]) -> int:
    """Each transaction becomes one payment, however often it is told; its state follows PayPal's. Returns how many payments
    are new or changed. In the caller's transaction."""
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
        before = (payment.state, payment.refunded_minor)
        payment.state, payment.refunded_minor = _STATES[one.status], _given_back(payment, one)
        changes += before != (payment.state, payment.refunded_minor)
    return changes


def _given_back(payment: Payment, one: RemoteTransaction) -> int | None:
    """PayPal's list says "a part", and not how much: what is known already stays. When it says nothing of it any more, or no
    longer that it was the whole, the money is here again."""
    if one.status == TransactionStatus.REFUNDED:
        return payment.amount_minor
    if one.status == TransactionStatus.PARTIALLY_REFUNDED:
        if payment.refund == Refund.WHOLE:
            undo(payment, part=True)
        return payment.refunded_minor or None
    if one.status == TransactionStatus.COMPLETED and payment.refund != Refund.NONE:
        undo(payment)
    return payment.refunded_minor


def _new(subscription: Subscription, one: RemoteTransaction) -> Payment:
    return Payment(
        merchant_id=subscription.merchant_id,
        customer_id=subscription.customer_id,
        subscription_id=subscription.id,
        paypal_transaction_id=one.transaction_id,
        amount_minor=one.amount.minor,
        currency=one.amount.currency,
        at=one.at,
        refunded_minor=0,
    )
