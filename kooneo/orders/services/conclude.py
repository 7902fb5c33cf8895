"""The end of an order: the contract is made, or will not be."""

import uuid

from sqlalchemy import select

from kooneo.accounts.models import Merchant
from kooneo.clock import local_date, now
from kooneo.extensions import db, transaction
from kooneo.mail.services.outbox import write
from kooneo.orders.letters import confirmation
from kooneo.orders.models import Order, OrderState
from kooneo.subscriptions.lifecycle import SubscriptionStatus
from kooneo.subscriptions.models import ENDED_UNBEGUN, UNSETTLED, StatusChange, Subscription
from kooneo.subscriptions.queries import complete


def conclude(order_id: uuid.UUID) -> bool:
    """Whether it is settled now. Safe to repeat: one confirmation is sent."""
    with transaction():
        order = db.session.get_one(Order, order_id, with_for_update=True, populate_existing=True)
        if order.state != OrderState.AWAITING or order.subscription_id is None:
            return order.state != OrderState.OPEN
        subscription_id = order.subscription_id
        subscription = db.session.get_one(Subscription, subscription_id, with_for_update=True, populate_existing=True)
        if subscription.status == SubscriptionStatus.PENDING:
            return False
        of_it = select(StatusChange.id).filter_by(
            subscription_id=subscription_id, from_status=SubscriptionStatus.PENDING
        )
        if db.session.scalars(of_it.where(UNSETTLED)).first():
            return False  # it may be over before it has begun
        order.settled_at, order.next_attempt_at = now(), None
        if not subscription.began or db.session.scalars(of_it.where(ENDED_UNBEGUN)).first():
            order.state = OrderState.LAPSED
            return True
        order.state = OrderState.CONCLUDED
        _make_contract(order, subscription)
    return True


def _make_contract(order: Order, subscription: Subscription) -> None:
    """It is made on the day on which the customer agreed; its confirmation is a message that they keep (Code de la consommation
    L221-13)."""
    merchant = db.session.get_one(Merchant, order.merchant_id)
    subscription.contracted_on = local_date(subscription.started_at, merchant.time_zone)
    db.session.flush()
    made = complete(subscription)
    letter = confirmation(order, made, merchant)
    write(letter, merchant=merchant, to=made.customer.email, cause_id=order.id, customer_id=made.customer_id)
