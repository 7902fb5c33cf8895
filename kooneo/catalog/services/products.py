"""Products: what offers open."""

from kooneo.accounts.models import Merchant
from kooneo.catalog.models import AccessRules, Product
from kooneo.catalog.services.locking import id_from, locked
from kooneo.extensions import db, transaction
from kooneo.journal.services import Actor, record


def create_product(
    merchant: Merchant, *, title: str, description: str, rules: AccessRules, form_key: str, by: Actor
) -> Product:
    merchant_id = merchant.id
    product_id = id_from(merchant_id, form_key)
    with transaction():
        db.session.get_one(Merchant, merchant_id, with_for_update=True)  # the same form, at this very moment
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
