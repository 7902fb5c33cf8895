"""Reading takeovers: merchant first. However many ids there are, a fixed number of queries."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import QueryableAttribute, joinedload

from kooneo.catalog.models import Offer, Product
from kooneo.customers.models import Customer
from kooneo.extensions import db
from kooneo.subscriptions.lifecycle import SubscriptionStatus
from kooneo.subscriptions.models import Subscription
from kooneo.takeover.facts import product_id_for
from kooneo.takeover.models import Takeover, TakeoverItem, TakeoverPlan
from kooneo.takeover.numbers import Numbers
from kooneo.takeover.states import TAKEABLE, UNFINISHED, ItemState, TakeoverState

Value = TypeVar("Value")

PAGE_SIZE = 50
EARLIER_SHOWN = 10


def unfinished(merchant_id: uuid.UUID) -> Takeover | None:
    """At most one of a merchant's."""
    query = select(Takeover).filter_by(merchant_id=merchant_id).where(Takeover.state.in_(UNFINISHED))
    return db.session.scalars(query).one_or_none()


def has_taken_over(merchant_id: uuid.UUID) -> bool:
    """At least one has come to its end."""
    query = select(Takeover.id).filter_by(merchant_id=merchant_id, state=TakeoverState.DONE)
    return db.session.scalars(query.limit(1)).one_or_none() is not None


def earlier(merchant_id: uuid.UUID) -> Sequence[Takeover]:
    """The latest first."""
    query = select(Takeover).filter_by(merchant_id=merchant_id).order_by(Takeover.started_at.desc())
    return db.session.scalars(query.limit(EARLIER_SHOWN)).all()


def numbers(takeover: Takeover) -> Numbers:
    mine = _items(takeover)
    states = _counted(mine, TakeoverItem.state)
    statuses = _counted(mine.where(TakeoverItem.state.in_(TAKEABLE)), TakeoverItem.becomes)
    return Numbers(
        states={state: states[state] for state in ItemState if state in states},
        becoming={status: statuses[status] for status in SubscriptionStatus if status in statuses},
    )


def _items(takeover: Takeover) -> Select[TakeoverItem]:
    return select(TakeoverItem).filter_by(takeover_id=takeover.id)


def _counted(items: Select[TakeoverItem], column: QueryableAttribute[Value]) -> dict[Value, int]:
    """How many there are of each value."""
    query = items.with_only_columns(column, func.count()).group_by(column)
    return {value: number for value, number in db.session.execute(query)}  # noqa: C416 - a dict of rows has no types


@dataclass(frozen=True)
class PlannedOffer:
    plan: TakeoverPlan
    number: int
    """Of subscriptions to it that Kooneo does not have yet."""
    offer: Offer | None
    """The one that Kooneo has of this plan."""


@dataclass(frozen=True)
class Plan:
    """What taking over would write."""

    offers: Sequence[PlannedOffer]
    known: int
    """Subscriptions that Kooneo has already."""
    new_customers: int
    new_products: int

    @property
    def new_offers(self) -> int:
        return sum(planned.offer is None for planned in self.offers)


def plan_of(takeover: Takeover) -> Plan:
    found = _items(takeover).filter_by(state=ItemState.FOUND)
    new = found.where(TakeoverItem.known.is_(False))
    emails = new.with_only_columns(TakeoverItem.email).distinct().subquery()
    has_record = select(Customer.email).filter_by(merchant_id=takeover.merchant_id)
    customers = select(func.count()).select_from(emails).where(emails.c.email.not_in(has_record))
    offers = _planned_offers(takeover, new)
    return Plan(
        offers=offers,
        known=_count(found.where(TakeoverItem.known)),
        new_customers=db.session.scalars(customers).one(),
        new_products=_new_products(takeover.merchant_id, offers),
    )


def _planned_offers(takeover: Takeover, new: Select[TakeoverItem]) -> list[PlannedOffer]:
    counts = _counted(new, TakeoverItem.plan_id)
    own = select(Offer).filter_by(merchant_id=takeover.merchant_id).where(Offer.paypal_plan_id.in_(counts))
    existing = {offer.paypal_plan_id: offer for offer in db.session.scalars(own)}
    plans = select(TakeoverPlan).filter_by(takeover_id=takeover.id).where(TakeoverPlan.plan_id.in_(counts))
    ordered = db.session.scalars(plans.order_by(TakeoverPlan.product_title, TakeoverPlan.title))
    return [PlannedOffer(plan, counts[plan.plan_id], existing.get(plan.plan_id)) for plan in ordered]


def _new_products(merchant_id: uuid.UUID, offers: Sequence[PlannedOffer]) -> int:
    wanted = {product_id_for(merchant_id, one.plan.product_id) for one in offers if one.offer is None}
    there = select(func.count(Product.id)).where(Product.merchant_id == merchant_id, Product.id.in_(wanted))
    return len(wanted) - db.session.scalars(there).one()


def _count(query: Select[TakeoverItem]) -> int:
    return db.session.scalars(query.with_only_columns(func.count())).one()


@dataclass(frozen=True)
class Line:
    item: TakeoverItem
    record: Subscription | None
    """With its customer and offer, once there is one."""


@dataclass(frozen=True)
class Page:
    lines: Sequence[Line]
    next: int | None
    """The position after which the next page begins; none on the last."""


def page_of(takeover: Takeover, states: Sequence[ItemState], *, after: int = 0) -> Page:
    query = _items(takeover).where(TakeoverItem.state.in_(states), TakeoverItem.position > after)
    found = _with_records(takeover, query.order_by(TakeoverItem.position).limit(PAGE_SIZE + 1))
    more = len(found) > PAGE_SIZE
    return Page(found[:PAGE_SIZE], found[PAGE_SIZE - 1].item.position if more else None)


def all_lines(takeover: Takeover) -> Sequence[Line]:
    """In the order in which they were found."""
    return _with_records(takeover, _items(takeover).order_by(TakeoverItem.position))


def _with_records(takeover: Takeover, query: Select[TakeoverItem]) -> Sequence[Line]:
    complete = (joinedload(Subscription.customer), joinedload(Subscription.offer))
    joined = query.outerjoin(
        Subscription,
        (Subscription.id == TakeoverItem.subscription_id) & (Subscription.merchant_id == takeover.merchant_id),
    ).add_columns(Subscription)
    return [Line(item, record) for item, record in db.session.execute(joined.options(*complete))]
