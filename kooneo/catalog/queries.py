"""Reading the catalogue: merchant first."""

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from kooneo.catalog.models import Offer, OfferProduct, Product
from kooneo.extensions import db
from kooneo.subscriptions.lifecycle import IN_FORCE
from kooneo.subscriptions.models import Subscription

COMPLETE = (selectinload(Product.contents), selectinload(Product.offers))


def products(merchant_id: uuid.UUID) -> Sequence[Product]:
    return db.session.scalars(
        select(Product).filter_by(merchant_id=merchant_id).options(*COMPLETE).order_by(Product.title)
    ).all()


def product_titles(merchant_id: uuid.UUID) -> list[tuple[uuid.UUID, str]]:
    """For a filter."""
    query = select(Product.id, Product.title).filter_by(merchant_id=merchant_id).order_by(Product.title)
    return [(row.id, row.title) for row in db.session.execute(query)]


def offers_for_sale(merchant_id: uuid.UUID) -> Sequence[Offer]:
    return db.session.scalars(
        select(Offer).filter_by(merchant_id=merchant_id, for_sale=True).order_by(Offer.title)
    ).all()


def subscriptions_in_force(merchant_id: uuid.UUID) -> dict[uuid.UUID, int]:
    """How many, by product."""
    query = (
        select(OfferProduct.product_id, func.count(Subscription.id).label("number"))
        .join(Subscription, Subscription.offer_id == OfferProduct.offer_id)
        .where(Subscription.merchant_id == merchant_id, Subscription.status.in_(IN_FORCE))
        .group_by(OfferProduct.product_id)
    )
    return {row.product_id: row.number for row in db.session.execute(query)}
