"""Reading the catalogue: merchant first."""

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload, selectinload

from kooneo.access.models import AccessGrant
from kooneo.catalog.models import Content, Offer, OfferProduct, Product
from kooneo.customers.models import Customer
from kooneo.extensions import db
from kooneo.subscriptions.lifecycle import IN_FORCE, SubscriptionStatus
from kooneo.subscriptions.models import Subscription

COMPLETE = (selectinload(Product.contents), selectinload(Product.offers))


def products(merchant_id: uuid.UUID, *, archived: bool = False) -> Sequence[Product]:
    chosen = _is_archived(archived)
    query = select(Product).filter_by(merchant_id=merchant_id).where(chosen).options(*COMPLETE)
    return db.session.scalars(query.order_by(Product.title, Product.id)).all()


def _is_archived(archived: bool) -> ColumnElement[bool]:
    return Product.archived_at.is_not(None) if archived else Product.archived_at.is_(None)


def has_products(merchant_id: uuid.UUID) -> bool:
    return db.session.scalars(select(Product.id).filter_by(merchant_id=merchant_id).limit(1)).one_or_none() is not None


def products_to_review(merchant_id: uuid.UUID) -> Sequence[Product]:
    """Those whose access rules nobody has chosen yet."""
    query = select(Product).filter_by(merchant_id=merchant_id, rules_to_review=True).where(_is_archived(False))
    return db.session.scalars(query.order_by(Product.title, Product.id)).all()


def number_of_archived(merchant_id: uuid.UUID) -> int:
    query = select(func.count(Product.id)).where(Product.merchant_id == merchant_id, _is_archived(True))
    return db.session.scalars(query).one()


def empty_contents(product: Product) -> set[uuid.UUID]:
    """Those that hold nothing yet but a title."""
    nothing = {"text": "", "video_url": "", "file_id": None, "removed_at": None}
    return set(db.session.scalars(select(Content.id).filter_by(product_id=product.id, **nothing)))


def find_content(merchant_id: uuid.UUID, content_id: uuid.UUID) -> Content | None:
    """With its file. A removed one is not there."""
    query = select(Content).filter_by(merchant_id=merchant_id, id=content_id, removed_at=None)
    return db.session.scalars(query.options(joinedload(Content.file))).one_or_none()


def product_titles(merchant_id: uuid.UUID) -> list[tuple[uuid.UUID, str]]:
    """For a filter: the archived ones too, which customers have."""
    query = select(Product.id, Product.title).filter_by(merchant_id=merchant_id).order_by(Product.title)
    return [(row.id, row.title) for row in db.session.execute(query)]


def offers(merchant_id: uuid.UUID) -> Sequence[Offer]:
    """Also those that are archived or not sold."""
    return db.session.scalars(select(Offer).filter_by(merchant_id=merchant_id).order_by(Offer.title, Offer.id)).all()


def offers_for_sale(merchant_id: uuid.UUID) -> Sequence[Offer]:
    return db.session.scalars(
        select(Offer).filter_by(merchant_id=merchant_id, for_sale=True, archived_at=None).order_by(Offer.title)
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


def number_in_force(offer: Offer) -> int:
    return _number_of(offer, Subscription.status.in_(IN_FORCE))


def number_ever(offer: Offer) -> int:
    return _number_of(offer)


def _number_of(offer: Offer, *conditions: ColumnElement[bool]) -> int:
    query = select(func.count(Subscription.id)).where(
        Subscription.merchant_id == offer.merchant_id, Subscription.offer_id == offer.id, *conditions
    )
    return db.session.scalars(query).one()


def subscriptions_to(
    product: Product, *, of_customers_who_ended: Sequence[SubscriptionStatus] | None = None
) -> Sequence[Subscription]:
    """Customer by customer, in the order of the customer list: all that open this product, with what access needs.

    Of every customer, or of those with one that ended in one of these ways.
    """
    own = select(Subscription.id, Subscription.customer_id, Subscription.status).join(
        OfferProduct, OfferProduct.offer_id == Subscription.offer_id
    )
    opening = own.where(Subscription.merchant_id == product.merchant_id, OfferProduct.product_id == product.id)
    sold = opening.subquery()
    query = select(Subscription).where(Subscription.id.in_(select(sold.c.id)))
    if of_customers_who_ended is not None:
        ended = select(sold.c.customer_id).where(sold.c.status.in_(of_customers_who_ended))
        query = query.where(Subscription.customer_id.in_(ended))
    query = query.join(Customer, Customer.id == Subscription.customer_id).options(
        selectinload(Subscription.offer).selectinload(Offer.products).selectinload(Product.contents)
    )
    return db.session.scalars(query.order_by(Customer.sort_key, Customer.id)).all()


def customers_with_grants(merchant_id: uuid.UUID) -> set[uuid.UUID]:
    return set(db.session.scalars(select(AccessGrant.customer_id).filter_by(merchant_id=merchant_id).distinct()))


def customers(merchant_id: uuid.UUID, ids: Sequence[uuid.UUID]) -> Sequence[Customer]:
    query = select(Customer).where(Customer.merchant_id == merchant_id, Customer.id.in_(ids))
    return db.session.scalars(query.order_by(Customer.sort_key, Customer.id)).all()
