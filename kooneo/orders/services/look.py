"""Whether the customer has agreed: PayPal is asked when they come back, again for a day, and every night after that."""

import uuid
from datetime import timedelta

from sqlalchemy import select

from kooneo import jobs, leases
from kooneo.clock import now
from kooneo.extensions import db, transaction
from kooneo.orders.models import Order, OrderState
from kooneo.orders.services.conclude import conclude
from kooneo.subscriptions.lifecycle import SubscriptionStatus
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.services.verify import verify

LOOK = "orders.look"

_LOOKS = tuple(timedelta(seconds=s) for s in (20, 20, 40, 60, 120, 300, 900, 3600, 6 * 3600, 12 * 3600))
"""Between two looks, for whoever never comes back from PayPal's page. After the last one the nightly comparison goes on."""
_AT_MOST_EVERY = 5
"""Seconds between two looks that a page asks for."""


def request_look(order: Order) -> None:
    """Somebody says that they have agreed. Safe to repeat."""
    order_id, merchant_id = order.id, order.merchant_id
    if order.state != OrderState.AWAITING:
        return
    with transaction():
        job_id = f"look:{order_id}:{int(now().timestamp()) // _AT_MOST_EVERY}"
        jobs.enqueue(LOOK, str(order_id), job_id=job_id, partition=str(merchant_id))


def plan_next_look(order: Order) -> None:
    """In the caller's transaction."""
    if order.attempts >= len(_LOOKS):
        order.next_attempt_at = None
        return
    wait = _LOOKS[order.attempts]
    order.attempts, order.next_attempt_at = order.attempts + 1, now() + wait
    job_id, partition = f"look:{order.id}:{order.attempts}", str(order.merchant_id)
    jobs.enqueue(LOOK, str(order.id), job_id=job_id, partition=partition, delay=wait.total_seconds())


@jobs.job(LOOK)
def look(order_id: str) -> None:
    """Ask PayPal once, follow it, and conclude. Safe to repeat."""
    order = db.session.get_one(Order, uuid.UUID(order_id))
    if order.state != OrderState.AWAITING or order.subscription_id is None:
        return
    verify(str(order.subscription_id))
    if conclude(uuid.UUID(order_id)):
        return
    with transaction():
        order = db.session.get_one(Order, uuid.UUID(order_id), with_for_update=True, populate_existing=True)
        if order.state == OrderState.AWAITING and order.next_attempt_at and order.next_attempt_at <= now():
            plan_next_look(order)


@jobs.every_minute("conclude_orders")
def conclude_what_has_begun() -> None:
    """However it became known: by a notification, by the nightly comparison, by somebody's look at the record. And the looks
    whose job was lost."""
    waiting = select(Order.id).join(Subscription, Subscription.id == Order.subscription_id)
    known = waiting.where(Order.state == OrderState.AWAITING, Subscription.status != SubscriptionStatus.PENDING)
    for order_id in db.session.scalars(known).all():
        conclude(order_id)
    for order_id, merchant_id, attempts in leases.due(Order, Order.state == OrderState.AWAITING):
        with transaction():
            job_id = f"look:{leases.job_id(order_id, attempts)}"
            jobs.enqueue(LOOK, str(order_id), job_id=job_id, partition=str(merchant_id))
