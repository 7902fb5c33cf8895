"""The first payment of an order, written down as soon as PayPal lists it: a withdrawal is refunded from it."""

import uuid
from datetime import timedelta

import structlog

from kooneo import jobs
from kooneo.billing.services.book import book
from kooneo.clock import now
from kooneo.encryption import DecryptionError
from kooneo.extensions import db, transaction
from kooneo.orders.models import Order, OrderState
from kooneo.paypal import PayPalError, RemoteTransaction
from kooneo.settings.services import gateway_for, paypal_account
from kooneo.subscriptions.models import Subscription

BOOK = "orders.book"

_DAY = timedelta(days=1)
_TRIES = tuple(timedelta(seconds=s) for s in (0, 10, 60, 600, 3600, 6 * 3600, 24 * 3600))
"""Before each question: PayPal may be away, and a payment is listed a little after it was taken."""

log = structlog.get_logger()


def plan_booking(order: Order) -> None:
    """In the caller's transaction."""
    if order.attempts >= len(_TRIES):
        order.next_attempt_at = None
        return
    wait = _TRIES[order.attempts]
    order.attempts, order.next_attempt_at = order.attempts + 1, now() + wait
    job_id, partition = f"book:{order.id}:{order.attempts}", str(order.merchant_id)
    jobs.enqueue(BOOK, str(order.id), job_id=job_id, partition=partition, delay=wait.total_seconds(), queue=jobs.CHECKS)


@jobs.job(BOOK)
def book_payments(order_id: str) -> None:
    """Safe to repeat: a payment is one row, however often it is told."""
    order = db.session.get_one(Order, uuid.UUID(order_id))
    if order.state != OrderState.CONCLUDED or order.subscription_id is None:
        return
    subscription_id = order.subscription_id
    found = _listed(db.session.get_one(Subscription, subscription_id))
    with transaction():
        order = db.session.get_one(Order, uuid.UUID(order_id), with_for_update=True, populate_existing=True)
        subscription = db.session.get_one(Subscription, subscription_id)
        book(subscription, found)
        if found or not subscription.cycles_completed:
            order.next_attempt_at = None
        else:
            plan_booking(order)


def _listed(subscription: Subscription) -> list[RemoteTransaction]:
    """Nothing, when PayPal cannot be read now."""
    account, paypal_id, begun = (
        paypal_account(subscription.merchant_id),
        subscription.paypal_id,
        subscription.started_at,
    )
    if account is None or paypal_id is None:
        return []
    try:
        gateway = gateway_for(account)
        db.session.rollback()  # no transaction is open while PayPal is asked
        return gateway.list_transactions(paypal_id, begun - _DAY, now() + _DAY)
    except (PayPalError, DecryptionError):
        log.warning("order.payments_unread", paypal_id=paypal_id)
        return []
