"""Facts for the access decisions, read in a fixed number of queries."""

import uuid
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from kooneo.access.decisions import ContentFacts, GrantFacts, ProductFacts, SubscriptionFacts
from kooneo.access.models import AccessGrant
from kooneo.catalog.models import Product
from kooneo.extensions import db
from kooneo.subscriptions.models import Subscription


def subscription_facts(subscription: Subscription) -> SubscriptionFacts:
    """`subscription.offer.products` and their contents must be loaded."""
    return SubscriptionFacts(
        id=subscription.id,
        title=subscription.offer.title,
        status=subscription.status,
        started_at=subscription.started_at,
        products=tuple(product_facts(product) for product in subscription.offer.products),
        paid_until=subscription.paid_until,
        ended_at=subscription.ended_at,
        open_at_end=subscription.open_at_end,
    )


def product_facts(product: Product) -> ProductFacts:
    return ProductFacts(
        id=product.id,
        title=product.title,
        after_completion=product.access_after_completion,
        after_cancellation=product.access_after_cancellation,
        contents=tuple(ContentFacts(c.id, c.title, c.unlock_after_days) for c in product.contents),
    )


def grant_facts(merchant_id: uuid.UUID, customer_id: uuid.UUID) -> list[GrantFacts]:
    grants = db.session.scalars(
        select(AccessGrant).filter_by(merchant_id=merchant_id, customer_id=customer_id).order_by(AccessGrant.granted_at)
    ).all()
    if not grants:
        return []
    products = _products(grant.product_id for grant in grants)
    return [GrantFacts(grant.id, products[grant.product_id], grant.until) for grant in grants]


def _products(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, ProductFacts]:
    query = select(Product).filter(Product.id.in_(set(ids))).options(selectinload(Product.contents))
    return {product.id: product_facts(product) for product in db.session.scalars(query)}
