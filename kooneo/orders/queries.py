"""Reading orders: merchant first."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from kooneo.catalog.models import Offer, OfferProduct
from kooneo.extensions import db
from kooneo.orders.models import Order, OrderState
from kooneo.subscriptions.lifecycle import SubscriptionStatus
from kooneo.subscriptions.models import Subscription

_LIVE = (SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE, SubscriptionStatus.SUSPENDED)


def find_offer(merchant_id: uuid.UUID, slug: str) -> Offer | None:
    """With what it opens."""
    query = select(Offer).filter_by(merchant_id=merchant_id, slug=slug).options(selectinload(Offer.products))
    return db.session.scalars(query).one_or_none()


def find_order(merchant_id: uuid.UUID, order_id: uuid.UUID) -> Order | None:
    query = select(Order).filter_by(merchant_id=merchant_id, id=order_id).options(joinedload(Order.offer))
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def state_of(order_id: uuid.UUID) -> OrderState | None:
    # Ends the read, or the next look would see the same snapshot.
    db.session.rollback()
    return db.session.scalars(select(Order.state).filter_by(id=order_id)).one_or_none()


def live_subscription(customer_id: uuid.UUID, offer: Offer) -> Subscription | None:
    """One that this customer pays for already, and that opens one of the offer's products."""
    opened = select(OfferProduct.product_id).filter_by(offer_id=offer.id)
    query = (
        select(Subscription)
        .join(OfferProduct, OfferProduct.offer_id == Subscription.offer_id)
        .where(Subscription.customer_id == customer_id, Subscription.status.in_(_LIVE))
        .where(OfferProduct.product_id.in_(opened))
        .options(joinedload(Subscription.offer))
    )
    return db.session.scalars(query.limit(1)).first()
