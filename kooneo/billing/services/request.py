"""Asking for a refund: one row and one job in one transaction."""

import uuid

from sqlalchemy import select

from kooneo import jobs
from kooneo.billing.models import Payment
from kooneo.billing.refunds import UNSETTLED, RefundRequest
from kooneo.billing.services.notes import note
from kooneo.clock import now
from kooneo.extensions import db, transaction
from kooneo.journal.services import Actor
from kooneo.money import Money
from kooneo.settings.services import paypal_account
from kooneo.subscriptions.models import ActorKind, ChangeState
from kooneo.subscriptions.services.request import KeyReused, KeysMissing

REFUND = "billing.refund"


class RefundInProgress(Exception):
    """Another refund of the same payment is not settled yet."""


class NotRefundable(Exception):
    """More than is left of the payment, nothing at all, or a payment that PayPal has not taken."""


def request_refund(payment: Payment, amount: Money, *, by: Actor, key: str) -> RefundRequest:
    """Ask PayPal to give `amount` back. The same key with the same amount is the same refund, however often it comes.

    Raises RefundInProgress, NotRefundable, KeyReused or KeysMissing; then nothing has changed.
    """
    merchant_id, payment_id = payment.merchant_id, payment.id
    with transaction():
        payment = db.session.get_one(Payment, payment_id, with_for_update=True, populate_existing=True)
        if known := _by_key(merchant_id, key):
            if (known.payment_id, known.amount) != (payment_id, amount):
                raise KeyReused
            return known
        if db.session.scalars(select(RefundRequest.id).filter_by(payment_id=payment_id).where(UNSETTLED)).first():
            raise RefundInProgress
        if amount.currency != payment.currency or not 0 < amount.minor <= payment.refundable.minor:
            raise NotRefundable
        account = paypal_account(merchant_id)
        if account is None:
            raise KeysMissing
        refund = RefundRequest(
            id=uuid.uuid4(),
            merchant_id=merchant_id,
            payment_id=payment_id,
            key=key,
            amount_minor=amount.minor,
            currency=amount.currency,
            actor_kind=ActorKind(by.kind),
            actor_id=by.id,
            actor_name=by.name,
            state=ChangeState.OPEN,
            requested_at=now(),
            next_attempt_at=now(),
            account_version=account.version,
        )
        db.session.add(refund)
        db.session.flush()
        jobs.enqueue(REFUND, str(refund.id), job_id=str(refund.id), partition=str(merchant_id))
        note("payment.refund_requested", payment, refund, by=by)
    return refund


def _by_key(merchant_id: uuid.UUID, key: str) -> RefundRequest | None:
    return db.session.scalars(select(RefundRequest).filter_by(merchant_id=merchant_id, key=key)).one_or_none()
