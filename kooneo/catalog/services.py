"""Changing what is sold, and what stays open."""

from kooneo.catalog.models import AccessAfterCancellation, AccessAfterCompletion, Product
from kooneo.extensions import db, transaction
from kooneo.journal.services import Actor, record


def change_access_rules(
    product: Product,
    *,
    after_completion: AccessAfterCompletion,
    after_cancellation: AccessAfterCancellation,
    by: Actor,
) -> None:
    """Access is derived, never stored: every list follows at once. The same rules again change nothing."""
    product_id = product.id
    with transaction():
        product = db.session.get_one(Product, product_id, with_for_update=True, populate_existing=True)
        before = f"{product.access_after_completion}, {product.access_after_cancellation}"
        after = f"{after_completion}, {after_cancellation}"
        if before == after:
            return
        product.access_after_completion = after_completion
        product.access_after_cancellation = after_cancellation
        record(
            product.merchant_id,
            "product.access_rules_changed",
            by=by,
            subject_id=product.id,
            before=before,
            after=after,
            product=product.title,
        )
