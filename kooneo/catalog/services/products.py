"""Products: what offers open."""

from sqlalchemy import select, update

from kooneo.accounts.models import Merchant
from kooneo.catalog.models import AccessRules, Offer, OfferProduct, Product
from kooneo.catalog.services.locking import id_from, locked
from kooneo.clock import now
from kooneo.extensions import db, transaction
from kooneo.journal.services import Actor, record


def create_product(
    merchant: Merchant, *, title: str, description: str, rules: AccessRules, form_key: str, by: Actor
) -> Product:
    merchant_id = merchant.id
    product_id = id_from(merchant_id, form_key)
    with transaction():
        if existing := db.session.get(Product, product_id):
            return existing
        product = Product(
            id=product_id,
            merchant_id=merchant_id,
            title=title,
            description=description,
            access_after_completion=rules.after_completion,
            access_after_cancellation=rules.after_cancellation,
        )
        db.session.add(product)
        db.session.flush()
        after = f"{rules.after_completion}, {rules.after_cancellation}"
        record(merchant_id, "product.created", by=by, subject_id=product_id, after=after, product=title)
    return product


def change_product(product: Product, *, title: str, description: str, by: Actor) -> None:
    merchant_id, product_id = product.merchant_id, product.id
    with transaction():
        product = locked(Product, merchant_id, product_id)
        before = product.title
        if (before, product.description) == (title, description):
            return
        product.title, product.description = title, description
        previous = before if before != title else None
        record(merchant_id, "product.changed", by=by, subject_id=product_id, product=title, previous_title=previous)


def archive_product(product: Product, *, by: Actor) -> None:
    """Its offers are no longer for sale. Running subscriptions, and what stayed open after an end, are left alone."""
    merchant_id, product_id = product.merchant_id, product.id
    with transaction():
        product = locked(Product, merchant_id, product_id)
        if product.archived_at is not None:
            return
        product.archived_at = now()
        its_offers = select(OfferProduct.offer_id).where(OfferProduct.product_id == product_id)
        db.session.execute(update(Offer).where(Offer.id.in_(its_offers)).values(for_sale=False))
        record(merchant_id, "product.archived", by=by, subject_id=product_id, product=product.title)


def restore_product(product: Product, *, by: Actor) -> None:
    """Its offers stay off sale until somebody puts them on sale again."""
    merchant_id, product_id = product.merchant_id, product.id
    with transaction():
        product = locked(Product, merchant_id, product_id)
        if product.archived_at is None:
            return
        product.archived_at = None
        record(merchant_id, "product.restored", by=by, subject_id=product_id, product=product.title)
