"""Reading the payments of a subscription from PayPal when its record tells of one that no notification has brought."""

import uuid
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select

from kooneo import jobs
from kooneo.billing.models import Payment, PaymentState
from kooneo.billing.services.book import book
from kooneo.clock import now
from kooneo.extensions import db, transaction
from kooneo.paypal import Gateway, PayPalError
from kooneo.settings.services import gateway_for, paypal_account
from kooneo.subscriptions.models import ChangeState, Subscription
from kooneo.subscriptions.outcomes import judged

READ_PAYMENTS = "billing.read_payments"

_FIRST = timedelta(seconds=5)
"""A notification that is on its way brings the payment before."""
_BACKOFF = tuple(timedelta(minutes=m) for m in (1, 15, 120, 720))
"""Before the second attempt, the third… Afterwards the next payment brings this one too."""
_LOOK_BACK = timedelta(days=370)
_CLOCKS_DIFFER = timedelta(hours=1)
DAY = timedelta(days=1)

log = structlog.get_logger()


def recent(subscription: Subscription) -> datetime:
    """Since when payments are read: a setup fee is taken before the start."""
    return max(subscription.started_at, now() - _LOOK_BACK) - DAY


def ask_to_read_payments(subscription: Subscription) -> None:
    """In the caller's transaction."""
    _enqueue(subscription.merchant_id, subscription.id, 0, _FIRST)


def _enqueue(merchant_id: uuid.UUID, subscription_id: uuid.UUID, attempt: int, delay: timedelta) -> None:
    jobs.enqueue(
        READ_PAYMENTS,
        f"{subscription_id} {attempt}",
        job_id=f"payments:{subscription_id}:{uuid.uuid4()}",
        partition=str(merchant_id),
        delay=delay.total_seconds(),
        queue=jobs.CHECKS,
    )


@jobs.job(READ_PAYMENTS)
def read_payments(argument: str) -> None:
    """One attempt. Safe to repeat: what is booked already is not asked for."""
    subscription_id, attempt = argument.split()
    subscription = db.session.get_one(Subscription, uuid.UUID(subscription_id), populate_existing=True)
    gateway, paypal_id = _gateway(subscription.merchant_id), subscription.paypal_id
    if gateway is None or paypal_id is None or _all_booked(subscription):
        return
    merchant_id, since = subscription.merchant_id, recent(subscription)
    db.session.rollback()  # no transaction is open while PayPal is asked
    try:
        transactions = gateway.list_transactions(paypal_id, since, now() + DAY)
    except PayPalError as error:
        log.warning("payments.unread", subscription_id=subscription_id, problem=judged(error).problem)
        if judged(error).state == ChangeState.UNKNOWN and int(attempt) < len(_BACKOFF):
            with transaction():
                _enqueue(merchant_id, uuid.UUID(subscription_id), int(attempt) + 1, _BACKOFF[int(attempt)])
        return
    with transaction():
        book(db.session.get_one(Subscription, uuid.UUID(subscription_id), with_for_update=True), transactions)


def _gateway(merchant_id: uuid.UUID) -> Gateway | None:
    account = paypal_account(merchant_id)
    return gateway_for(account) if account else None


def _all_booked(subscription: Subscription) -> bool:
    told = (
        (PaymentState.COMPLETED, subscription.last_payment_at),
        (PaymentState.FAILED, subscription.last_failed_payment_at),
    )
    return all(at is None or _booked(subscription, state, at) for state, at in told)


def _booked(subscription: Subscription, state: PaymentState, at: datetime) -> bool:
    query = select(Payment.id).filter_by(subscription_id=subscription.id, state=state)
    return db.session.scalars(query.where(Payment.at >= at - _CLOCKS_DIFFER).limit(1)).first() is not None
