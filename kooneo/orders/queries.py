"""Reading orders: merchant first."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

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


def awaiting_agreement(subscription_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Order]:
    """By subscription, the order that waits for the customer on PayPal's page."""
    query = select(Order).where(Order.subscription_id.in_(subscription_ids), Order.state == OrderState.AWAITING)
    found = db.session.scalars(query.options(joinedload(Order.offer)))
    return {order.subscription_id: order for order in found if order.subscription_id}


@dataclass(frozen=True)
class Twice:
    """What a customer pays for twice: the subscription that came by an order, and one that ran beside it."""

    ordered: Subscription
    running: Subscription

    @property
    def both(self) -> tuple[Subscription, Subscription]:
        return self.running, self.ordered


def paid_twice(merchant_id: uuid.UUID) -> list[Twice]:
    """Both are paid for, by the same person, and open a product in common."""
    ordered, running = aliased(Subscription), aliased(Subscription)
    theirs, others = aliased(OfferProduct), aliased(OfferProduct)
    older = or_(
        running.started_at < ordered.started_at, and_(running.started_at == ordered.started_at, running.id < ordered.id)
    )
    query = (
        select(ordered, running)
        .join(Order, Order.subscription_id == ordered.id)
        .join(running, and_(running.customer_id == ordered.customer_id, running.id != ordered.id, older))
        .join(theirs, theirs.offer_id == ordered.offer_id)
        .join(others, and_(others.offer_id == running.offer_id, others.product_id == theirs.product_id))
        .where(Order.merchant_id == merchant_id, ordered.status.in_(_LIVE), running.status.in_(_LIVE))
        .options(joinedload(ordered.offer), joinedload(ordered.customer), joinedload(running.offer))
        .order_by(ordered.started_at)
    )
    return [Twice(*row) for row in dict.fromkeys(map(tuple, db.session.execute(query).unique()))]


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
