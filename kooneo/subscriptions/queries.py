"""Reading subscriptions: merchant first, in a number of queries that does not depend on how many there are."""

import uuid
from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from kooneo.billing.models import KEPT, Payment
from kooneo.catalog.models import Offer, Product
from kooneo.extensions import db
from kooneo.subscriptions.lifecycle import ENDED
from kooneo.subscriptions.models import StatusChange, Subscription

PAYMENTS_SHOWN = 12
"""The newest ones of each subscription; a record may hold years of them."""


def _complete(merchant_id: uuid.UUID) -> Select[Subscription]:
    """With everything a card needs."""
    products = joinedload(Subscription.offer).selectinload(Offer.products)
    return (
        select(Subscription)
        .filter_by(merchant_id=merchant_id)
        .options(
            joinedload(Subscription.customer),
            products.selectinload(Product.contents),
            selectinload(Subscription.changes),
        )
        .execution_options(populate_existing=True)
    )


def of_customer(merchant_id: uuid.UUID, customer_id: uuid.UUID) -> Sequence[Subscription]:
    """In force first, then the newest."""
    ended = Subscription.status.in_(ENDED)
    query = _complete(merchant_id).filter_by(customer_id=customer_id)
    return db.session.scalars(query.order_by(ended, Subscription.started_at.desc(), Subscription.id)).all()


def find_change(merchant_id: uuid.UUID, change_id: uuid.UUID) -> StatusChange | None:
    return db.session.scalars(select(StatusChange).filter_by(merchant_id=merchant_id, id=change_id)).one_or_none()


def newest_payments(merchant_id: uuid.UUID, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Payment]]:
    rank = func.row_number().over(partition_by=Payment.subscription_id, order_by=Payment.at.desc()).label("rank")
    ranked = (
        select(Payment.id, rank).where(Payment.merchant_id == merchant_id, Payment.subscription_id.in_(ids)).subquery()
    )
    newest = select(Payment).join(ranked, ranked.c.id == Payment.id).where(ranked.c.rank <= PAYMENTS_SHOWN)
    found: dict[uuid.UUID, list[Payment]] = defaultdict(list)
    for payment in db.session.scalars(newest.order_by(Payment.at.desc())):
        found[payment.subscription_id].append(payment)
    return found


def paid_totals(merchant_id: uuid.UUID, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """What was really taken for each subscription, in minor units of its currency."""
    query = (
        select(Payment.subscription_id, func.sum(Payment.amount_minor))
        .where(
            Payment.merchant_id == merchant_id,
            Payment.subscription_id.in_(ids),
            Payment.state.in_(KEPT),
        )
        .group_by(Payment.subscription_id)
    )
    return {subscription_id: int(total) for subscription_id, total in db.session.execute(query)}
