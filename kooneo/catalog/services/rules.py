"""Changing what stays open after an end."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, func, select

from kooneo.catalog.models import (
    AccessAfterCancellation,
    AccessAfterCompletion,
    AccessRules,
    EarlierAccessRules,
    OfferProduct,
    Product,
)
from kooneo.catalog.services.locking import locked
from kooneo.clock import now
from kooneo.extensions import db, transaction
from kooneo.journal.services import Actor, record
from kooneo.subscriptions.lifecycle import ENDED
from kooneo.subscriptions.models import Subscription


class AppliesTo(StrEnum):
    NEW = "new"
    """The subscriptions that end from now on."""
    ALL = "all"
    """Also those that have ended already."""


def change_access_rules(
    product: Product,
    *,
    after_completion: AccessAfterCompletion,
    after_cancellation: AccessAfterCancellation,
    applies_to: AppliesTo = AppliesTo.ALL,
    by: Actor,
) -> None:
    """Access is derived, never stored: every list follows at once. The same rules again change nothing, but that somebody
    has now chosen them."""
    merchant_id, product_id = product.merchant_id, product.id
    rules = AccessRules(after_completion, after_cancellation)
    with transaction():
        product = locked(Product, merchant_id, product_id)
        before, reviewed = product.rules, product.rules_to_review
        if before == rules and not reviewed and not (applies_to == AppliesTo.ALL and product.earlier_rules):
            return
        product.rules_to_review = False
        if applies_to == AppliesTo.ALL:
            db.session.execute(delete(EarlierAccessRules).filter_by(product_id=product_id))
        else:
            _keep_for_earlier_ends(product)
        product.access_after_completion, product.access_after_cancellation = after_completion, after_cancellation
        record(
            merchant_id,
            "product.access_rules_changed",
            by=by,
            subject_id=product_id,
            before=_codes(before),
            after=_codes(rules),
            product=product.title,
            applies_to=applies_to,
        )


def _codes(rules: AccessRules) -> str:
    return f"{rules.after_completion}, {rules.after_cancellation}"


def _keep_for_earlier_ends(product: Product) -> None:
    """Without an end since the last change there is nothing more to keep."""
    last_end = _last_end(product.id)
    kept_until = product.earlier_rules[-1].ended_until if product.earlier_rules else None
    if last_end is None or (kept_until is not None and last_end <= kept_until):
        return
    kept = EarlierAccessRules(
        product_id=product.id,
        ended_until=last_end,
        access_after_completion=product.access_after_completion,
        access_after_cancellation=product.access_after_cancellation,
    )
    db.session.add(kept)


def _last_end(product_id: uuid.UUID) -> datetime | None:
    """The last end there is rather than the present instant: PayPal tells its ends to the second, so that one that comes a
    moment after the change may be dated a moment before it."""
    query = (
        select(func.count(Subscription.id), func.max(Subscription.ended_at))
        .join(OfferProduct, OfferProduct.offer_id == Subscription.offer_id)
        .where(OfferProduct.product_id == product_id, Subscription.status.in_(ENDED))
    )
    number, last_end = db.session.execute(query).one()
    return last_end or now() if number else None
