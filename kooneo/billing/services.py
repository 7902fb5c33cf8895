"""Writing down what PayPal took, and what was given back of it."""

from collections.abc import Iterable, Mapping, Sequence

import structlog
from sqlalchemy import select

from kooneo.billing.models import Payment, PaymentState
from kooneo.clock import now
from kooneo.extensions import db
from kooneo.money import Money
from kooneo.paypal import RemoteTransaction, TransactionStatus
from kooneo.subscriptions.models import Subscription

# A pending one is written once PayPal has decided about it.
_STATES = {
    TransactionStatus.COMPLETED: PaymentState.COMPLETED,
    TransactionStatus.PARTIALLY_REFUNDED: PaymentState.COMPLETED,
    TransactionStatus.REFUNDED: PaymentState.COMPLETED,
    TransactionStatus.DECLINED: PaymentState.FAILED,
}

log = structlog.get_logger()


def learn_payments(
    subscription: Subscription,
    transactions: Sequence[RemoteTransaction],
    *,
    refunds: Mapping[str, Money] | None = None,
) -> int:
    """In the caller's transaction, which holds the subscription. Each transaction is one payment, however often it is told.

    `refunds` is what was given back of which transaction, as far as it is known: PayPal's list says "in part" and not how much.
    Returns how many payments are new or changed.
    """
    known = _known(subscription, transactions)
    changed = 0
    for told in transactions:
        state = _STATES.get(told.status)
        if state is None:
            continue
        payment = known.get(told.transaction_id)
        if payment is None:
            payment = known[told.transaction_id] = _new(subscription, told, state)
            db.session.add(payment)
            changed += 1
        elif payment.state != state:
            payment.state = state
            changed += 1
        changed += _learn_refund(payment, told, (refunds or {}).get(told.transaction_id))
    return changed


def _known(subscription: Subscription, transactions: Iterable[RemoteTransaction]) -> dict[str | None, Payment]:
    query = select(Payment).where(
        Payment.merchant_id == subscription.merchant_id,
        Payment.paypal_transaction_id.in_([one.transaction_id for one in transactions]),
    )
    return {payment.paypal_transaction_id: payment for payment in db.session.scalars(query)}


def _new(subscription: Subscription, told: RemoteTransaction, state: PaymentState) -> Payment:
    return Payment(
        merchant_id=subscription.merchant_id,
        customer_id=subscription.customer_id,
        subscription_id=subscription.id,
        paypal_transaction_id=told.transaction_id,
        amount_minor=told.amount.minor,
        currency=told.amount.currency,
        state=state,
        at=told.at,
        refunded_minor=0,
    )


def _learn_refund(payment: Payment, told: RemoteTransaction, refunded: Money | None) -> bool:
    """It only grows: what was given back is never taken again, and news of it may come in any order."""
    given_back = 0
    if told.status == TransactionStatus.REFUNDED:
        given_back = payment.amount_minor
    elif told.status == TransactionStatus.PARTIALLY_REFUNDED and refunded and refunded.currency == payment.currency:
        given_back = min(refunded.minor, payment.amount_minor)
    elif told.status == TransactionStatus.PARTIALLY_REFUNDED and not payment.refunded_minor:
        log.warning("payment.refund_unknown", transaction_id=told.transaction_id)
    if given_back <= payment.refunded_minor:
        return False
    payment.refunded_minor, payment.refunded_at = given_back, now()
    return True
