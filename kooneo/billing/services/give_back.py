"""Writing down what PayPal gave back of a payment."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from kooneo.billing.models import Payment, PaymentRefund, Refund
from kooneo.billing.refunds import UNSETTLED, RefundRequest
from kooneo.billing.services.closing import done
from kooneo.clock import now
from kooneo.extensions import db
from kooneo.journal.services import Actor, record
from kooneo.money import Money
from kooneo.subscriptions.models import ActorKind, ChangeState

_PAYPAL = Actor(ActorKind.PAYPAL, "PayPal", "paypal")
_LIST_LAGS = timedelta(days=1)
"""At most: PayPal's list of payments behind its refunds."""


@dataclass(frozen=True)
class GivenBack:
    refund_id: str
    """PayPal's."""
    amount: Money
    total: Money | None
    """Of this payment in all, when PayPal says so."""
    at: datetime


def write_down(payment: Payment, refund: GivenBack) -> bool:
    """In the caller's transaction, which holds the payment. False when this refund was written down before.

    The sum only grows, for news of refunds comes in any order; PayPal's own total counts what was never heard of here.
    """
    if refund.amount.currency != payment.currency:
        return False
    known = select(PaymentRefund).filter_by(payment_id=payment.id)
    if db.session.scalars(known.filter_by(paypal_refund_id=refund.refund_id)).one_or_none():
        return False
    db.session.add(
        PaymentRefund(
            merchant_id=payment.merchant_id,
            payment_id=payment.id,
            paypal_refund_id=refund.refund_id,
            amount_minor=refund.amount.minor,
        )
    )
    summed = db.session.scalars(select(func.sum(PaymentRefund.amount_minor)).filter_by(payment_id=payment.id)).one()
    in_all = max(int(summed or 0), refund.total.minor if refund.total else 0, payment.refunded.minor)
    payment.refunded_minor = min(in_all, payment.amount_minor)
    payment.refunded_at = max(refund.at, payment.refunded_at or refund.at)
    return True


def learn_of_refund(merchant_id: uuid.UUID, transaction_id: str, refund: GivenBack) -> bool:
    """Somebody told of a refund, in the caller's transaction. False as long as PayPal's list of payments knows of none."""
    query = select(Payment).filter_by(merchant_id=merchant_id, paypal_transaction_id=transaction_id)
    locked = query.with_for_update().execution_options(populate_existing=True)
    payment = db.session.scalars(locked).one_or_none()
    if payment is None or payment.refund == Refund.NONE:
        return False
    if not write_down(payment, refund):
        return True
    if request := _unanswered(payment, refund):
        request.paypal_refund_id = refund.refund_id
        if request.state.settled:
            done(payment, request)
    elif not _asked_for_here(payment):
        _record("payment.refunded", payment, refund.amount)
    return True


def undo(payment: Payment, *, part: bool = False) -> None:
    """PayPal's list says that nothing was given back of it, or only a `part` that it does not name, as after a dispute that was
    won. In the caller's transaction. Of what was given back just now, or is being given back, the list may not know yet."""
    just_now = payment.refunded_at is not None and payment.refunded_at > now() - _LIST_LAGS
    if just_now or _asked_for_here(payment):
        return
    _record("payment.refund_undone", payment, payment.refunded if payment.refunded_minor else None)
    payment.refunded_minor, payment.refunded_at = None if part else 0, None
    db.session.execute(delete(PaymentRefund).filter_by(payment_id=payment.id))


def _record(event: str, payment: Payment, amount: Money | None) -> None:
    record(
        payment.merchant_id,
        event,
        by=_PAYPAL,
        customer_id=payment.customer_id,
        subject_id=payment.subscription_id,
        amount=f"{amount} {amount.currency}" if amount else None,
        reference=payment.paypal_transaction_id,
    )


def _unanswered(payment: Payment, refund: GivenBack) -> RefundRequest | None:
    """The one of this amount that was sent to PayPal, which has not said yet what came of it. One that is being settled at this
    very moment has its answer."""
    sent = select(RefundRequest).filter_by(
        payment_id=payment.id, amount_minor=refund.amount.minor, paypal_refund_id=None
    )
    sent = sent.where(RefundRequest.sent_at.is_not(None)).order_by(RefundRequest.requested_at)
    under_way = db.session.scalars(sent.where(UNSETTLED)).first() is not None
    waiting = UNSETTLED if under_way else RefundRequest.state == ChangeState.NEEDS_ATTENTION
    query = sent.where(waiting).with_for_update(skip_locked=True)
    return db.session.scalars(query.execution_options(populate_existing=True)).first()


def _asked_for_here(payment: Payment) -> bool:
    """It is being settled, and gets its line then."""
    query = select(RefundRequest.id).filter_by(payment_id=payment.id).where(UNSETTLED)
    return db.session.scalars(query).first() is not None
