"""Reading subscriptions: merchant first, in a number of queries that does not depend on how many there are."""

import uuid
from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from kooneo.billing.models import KEPT_MINOR, Payment, PaymentState
from kooneo.catalog.models import Offer, Product
from kooneo.customers.models import Customer
from kooneo.extensions import db
from kooneo.subscriptions.lifecycle import ENDED, IN_FORCE, Gateway
from kooneo.subscriptions.models import UNSETTLED, ChangeState, StatusChange, Subscription
from kooneo.subscriptions.problems import Problem

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


def complete(subscription: Subscription) -> Subscription:
    """The same one, with everything a card needs."""
    return db.session.scalars(_complete(subscription.merchant_id).filter_by(id=subscription.id)).one()


def find_change(merchant_id: uuid.UUID, change_id: uuid.UUID) -> StatusChange | None:
    return db.session.scalars(select(StatusChange).filter_by(merchant_id=merchant_id, id=change_id)).one_or_none()


def number_unsettled(merchant_id: uuid.UUID) -> int:
    """How many changes of status are under way."""
    return db.session.scalars(
        select(func.count(StatusChange.id)).filter_by(merchant_id=merchant_id).where(UNSETTLED)
    ).one()


def customers_waiting(merchant_id: uuid.UUID, limit: int) -> Sequence[Customer]:
    """Those with a change of status under way, the oldest first."""
    query = (
        select(Customer).join(Subscription).join(StatusChange).where(StatusChange.merchant_id == merchant_id, UNSETTLED)
    )
    oldest = func.min(StatusChange.requested_at)
    return db.session.scalars(query.group_by(Customer.id).order_by(oldest).limit(limit)).all()


def number_in_force_at_paypal(merchant_id: uuid.UUID) -> int:
    query = select(func.count(Subscription.id)).filter_by(merchant_id=merchant_id, gateway=Gateway.PAYPAL)
    return db.session.scalars(query.where(Subscription.status.in_(IN_FORCE))).one()


def newest_paypal_id(merchant_id: uuid.UUID) -> str | None:
    """Of a subscription that PayPal is not being asked about: what is under way concerns the keys it was asked for alone."""
    under_way = select(StatusChange.subscription_id).where(StatusChange.merchant_id == merchant_id, UNSETTLED)
    query = select(Subscription.paypal_id).filter_by(merchant_id=merchant_id)
    query = query.where(Subscription.paypal_id.is_not(None), Subscription.id.not_in(under_way))
    return db.session.scalars(query.order_by(Subscription.started_at.desc(), Subscription.id).limit(1)).first()


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
    """What was really taken for each subscription, without what was given back, in minor units of its currency."""
    query = (
        select(Payment.subscription_id, func.sum(KEPT_MINOR))
        .where(
            Payment.merchant_id == merchant_id,
            Payment.subscription_id.in_(ids),
            Payment.state == PaymentState.COMPLETED,
        )
        .group_by(Payment.subscription_id)
    )
    return {subscription_id: int(total) for subscription_id, total in db.session.execute(query)}


def _unresolved(merchant_id: uuid.UUID) -> Select[StatusChange]:
    """The latest change of a subscription, when it ended without its wish and nobody has given it up. An end that came all the
    same, by another way, leaves nothing to do."""
    later = aliased(StatusChange)
    superseded = select(later.id).where(
        later.subscription_id == StatusChange.subscription_id, later.requested_at > StatusChange.requested_at
    )
    return (
        select(StatusChange)
        .join(Subscription, Subscription.id == StatusChange.subscription_id)
        .where(
            StatusChange.merchant_id == merchant_id,
            StatusChange.state.in_([ChangeState.REFUSED, ChangeState.NEEDS_ATTENTION]),
            StatusChange.given_up_at.is_(None),
            ~superseded.exists(),
            or_(Subscription.status.not_in(ENDED), StatusChange.wished_status.not_in(ENDED)),
        )
    )


def unresolved_changes(merchant_id: uuid.UUID) -> Sequence[StatusChange]:
    """What a person must look at, the next charge first. With subscription, offer and customer."""
    whole = joinedload(StatusChange.subscription)
    query = _unresolved(merchant_id).options(
        whole.joinedload(Subscription.offer), whole.joinedload(Subscription.customer)
    )
    due = Subscription.next_billing_at
    return db.session.scalars(query.order_by(due.is_(None), due, StatusChange.settled_at)).all()


def _charging_after_end(merchant_id: uuid.UUID) -> Select[Subscription]:
    """But for those that PayPal is being asked to stop."""
    under_way = select(StatusChange.id).where(StatusChange.subscription_id == Subscription.id, UNSETTLED)
    charging = select(Subscription).filter_by(merchant_id=merchant_id, check_problem=Problem.CHARGING)
    return charging.where(~under_way.exists())


def charging_after_end(merchant_id: uuid.UUID) -> Sequence[Subscription]:
    """Ended here, and in force at PayPal. With offer, customer and changes."""
    query = _charging_after_end(merchant_id).options(
        joinedload(Subscription.offer), joinedload(Subscription.customer), selectinload(Subscription.changes)
    )
    return db.session.scalars(query.order_by(Subscription.ended_at)).all()


def count_for_attention(merchant_id: uuid.UUID) -> int:
    """How many of both there are."""
    rows = (_unresolved(merchant_id), _charging_after_end(merchant_id))
    counts = [select(func.count()).select_from(row.subquery()).scalar_subquery() for row in rows]
    return int(db.session.scalars(select(counts[0] + counts[1])).one())
