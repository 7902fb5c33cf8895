"""What an order becomes in the customer record."""

import uuid

from sqlalchemy import select

from kooneo.accounts.models import Merchant
from kooneo.clock import local_date
from kooneo.columns import columns_of
from kooneo.customers.models import Customer
from kooneo.extensions import db
from kooneo.journal.services import Actor
from kooneo.legal.models import Consent
from kooneo.orders.models import Order
from kooneo.subscriptions.lifecycle import Gateway, SubscriptionStatus
from kooneo.subscriptions.models import ActorKind, Subscription
from kooneo.subscriptions.services.notes import note


def add_pending(order: Order, paypal_id: str) -> Subscription:
    """In the caller's transaction: a subscription that opens nothing until PayPal says that the customer has agreed. What the
    team wrote of a customer it knows stays as it is."""
    customer = _customer(order)
    zone = db.session.get_one(Merchant, order.merchant_id).time_zone
    subscription = Subscription(
        id=uuid.uuid4(),
        merchant_id=order.merchant_id,
        customer_id=customer.id,
        offer_id=order.offer_id,
        gateway=Gateway.PAYPAL,
        paypal_id=paypal_id,
        status=SubscriptionStatus.PENDING,
        contracted_on=local_date(order.placed_at, zone),
        started_at=order.placed_at,
        **columns_of(order.terms),
    )
    if order.follows_id:
        _go_on_from(subscription, db.session.get_one(Subscription, order.follows_id))
    db.session.add(subscription)
    db.session.flush()
    if order.consent:
        consent = {"merchant_id": order.merchant_id, "given_at": order.placed_at, "text": order.consent}
        db.session.add(Consent(subscription_id=subscription.id, **consent))
    order.subscription_id = subscription.id
    by = Actor(ActorKind.CUSTOMER, customer.name, "portal", customer.id)
    note("subscription.ordered", subscription, by=by, after=subscription.status)
    return subscription


def _go_on_from(subscription: Subscription, earlier: Subscription) -> None:
    """What had been unlocked by then is open again at once, and the rest follows from there."""
    subscription.follows_id, subscription.customer_id = earlier.id, earlier.customer_id
    ran = (earlier.ended_at or earlier.started_at) - earlier.started_at
    subscription.head_start_days = earlier.head_start_days + max(ran.days, 0)


def _customer(order: Order) -> Customer:
    query = select(Customer).filter_by(merchant_id=order.merchant_id, email=order.email)
    if known := db.session.scalars(query).one_or_none():
        return known
    customer = Customer(
        id=uuid.uuid4(),
        merchant_id=order.merchant_id,
        given_name=order.given_name,
        family_name=order.family_name,
        email=order.email,
    )
    customer.renew_keys()
    db.session.add(customer)
    db.session.flush()
    return customer
