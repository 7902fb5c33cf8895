"""Asking for a refund: one row and one job in one transaction."""

import uuid
from contextlib import suppress

from sqlalchemy import select

from kooneo import jobs
from kooneo.billing.models import Payment
from kooneo.billing.refunds import UNRESOLVED_STATES, UNSETTLED, RefundRequest
from kooneo.billing.services.notes import note
from kooneo.clock import now
from kooneo.extensions import db, transaction
from kooneo.journal.services import Actor
from kooneo.money import Money
from kooneo.settings.services import paypal_account
from kooneo.subscriptions.models import ActorKind, ChangeState, StatusChange
from kooneo.subscriptions.services.request import KeyReused, KeysMissing

REFUND = "billing.refund"


class RefundInProgress(Exception):
    """Another refund of the same payment is not settled yet."""


class NotRefundable(Exception):
    """More than is left of the payment or nobody knows how much, nothing at all, or a payment that PayPal has not taken."""


def request_refund(payment: Payment, amount: Money, *, by: Actor, key: str) -> RefundRequest:
    """Ask PayPal to give `amount` back. The same key with the same amount is the same refund, however often it comes.

    Raises RefundInProgress, NotRefundable, KeyReused or KeysMissing; then nothing has changed.
    """
    merchant_id, payment_id = payment.merchant_id, payment.id
    with transaction():
        payment = _locked(payment_id)
        if known := _by_key(merchant_id, key):
            if (known.payment_id, known.amount) != (payment_id, amount):
                raise KeyReused
            return known
        account = paypal_account(merchant_id)
        if account is None:
            raise KeysMissing
        return _ask(payment, amount, by=by, key=key, account_version=account.version)


def refund_after_the_end(change: StatusChange, *, by: Actor) -> None:
    """In the transaction that ends the subscription: ask for what is left of the payment that was to be given back with it. When
    nothing is left by then, or it is being given back, nothing is asked."""
    if change.refund_payment_id is None or change.account_version is None:
        return
    payment = _locked(change.refund_payment_id)
    with suppress(NotRefundable, RefundInProgress):
        _ask(payment, payment.refundable, by=by, key=f"end-{change.id}", account_version=change.account_version)


def give_up(refund: RefundRequest, *, by: Actor) -> None:
    """Leave it at that: nothing is given back. Of one that is not unresolved (any more) nothing changes."""
    refund_id = refund.id
    with transaction():
        refund = db.session.get_one(RefundRequest, refund_id, with_for_update=True, populate_existing=True)
        if refund.state not in UNRESOLVED_STATES or refund.given_up_at:
            return
        refund.given_up_at = now()
        note("payment.refund_given_up", db.session.get_one(Payment, refund.payment_id), refund, by=by)


def _locked(payment_id: uuid.UUID) -> Payment:
    return db.session.get_one(Payment, payment_id, with_for_update=True, populate_existing=True)


def _ask(payment: Payment, amount: Money, *, by: Actor, key: str, account_version: int) -> RefundRequest:
    """In the caller's transaction, which holds the payment."""
    if db.session.scalars(select(RefundRequest.id).filter_by(payment_id=payment.id).where(UNSETTLED)).first():
        raise RefundInProgress
    if amount.currency != payment.currency or not 0 < amount.minor <= payment.refundable.minor:
        raise NotRefundable
    refund = RefundRequest(
        id=uuid.uuid4(),
        merchant_id=payment.merchant_id,
        payment_id=payment.id,
        key=key,
        amount_minor=amount.minor,
        currency=amount.currency,
        actor_kind=ActorKind(by.kind),
        actor_id=by.id,
        actor_name=by.name,
        state=ChangeState.OPEN,
        requested_at=now(),
        next_attempt_at=now(),
        account_version=account_version,
    )
    db.session.add(refund)
    db.session.flush()
    jobs.enqueue(REFUND, str(refund.id), job_id=str(refund.id), partition=str(payment.merchant_id))
    note("payment.refund_requested", payment, refund, by=by)
    return refund


def _by_key(merchant_id: uuid.UUID, key: str) -> RefundRequest | None:
    return db.session.scalars(select(RefundRequest).filter_by(merchant_id=merchant_id, key=key)).one_or_none()
