"""The customer list: searched, filtered and paged by key."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import joinedload

from kooneo.billing.queries import paid_in_all
from kooneo.catalog.models import OfferProduct
from kooneo.customers.models import Customer
from kooneo.extensions import db
from kooneo.money import Money
from kooneo.subscriptions.lifecycle import ENDED, SubscriptionStatus
from kooneo.subscriptions.models import Subscription
from kooneo.text import fold

PAGE_SIZE = 25


@dataclass(frozen=True)
class Filters:
    q: str = ""
    status: SubscriptionStatus | None = None
    product_id: uuid.UUID | None = None

    @property
    def given(self) -> bool:
        return bool(self.q.strip() or self.status or self.product_id)


@dataclass(frozen=True)
class Row:
    customer: Customer
    subscriptions: Sequence[Subscription]
    paid: Sequence[Money]
    """One amount a currency; empty when nothing was ever paid."""

    @property
    def next_payment(self) -> Subscription | None:
        planned = [(s.next_payment_at, s.id, s) for s in self.subscriptions if s.next_payment_at]
        return min(planned)[2] if planned else None


@dataclass(frozen=True)
class Page:
    rows: Sequence[Row]
    previous: uuid.UUID | None
    """The customer before whom the previous page ends; none on the first."""
    next: uuid.UUID | None
    """The customer after whom the next page begins; none on the last."""


class UnknownCustomer(Exception):
    """The page was to begin at a customer who is not there (any more)."""


def count(merchant_id: uuid.UUID, filters: Filters) -> int:
    found = _matching(merchant_id, filters).with_only_columns(func.count(Customer.id))
    return db.session.scalars(found).one()


def page(
    merchant_id: uuid.UUID, filters: Filters, *, after: uuid.UUID | None = None, before: uuid.UUID | None = None
) -> Page:
    """The customers that follow `after` (or come before `before`) in the order of names. Raises UnknownCustomer."""
    backwards = before is not None and after is None
    query = _matching(merchant_id, filters)
    anchor = before if backwards else after
    position = tuple_(Customer.sort_key, Customer.id)
    if anchor is not None:
        key = _position(merchant_id, anchor)
        query = query.where(position < key if backwards else position > key)
    order = (Customer.sort_key.desc(), Customer.id.desc()) if backwards else (Customer.sort_key, Customer.id)
    found = list(db.session.scalars(query.order_by(*order).limit(PAGE_SIZE + 1)))
    more, customers = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    if backwards:
        customers.reverse()
    has_previous, has_next = (more, True) if backwards else (anchor is not None, more)
    return Page(
        _rows(merchant_id, customers),
        customers[0].id if has_previous and customers else None,
        customers[-1].id if has_next and customers else None,
    )


def _position(merchant_id: uuid.UUID, customer_id: uuid.UUID) -> tuple[str, uuid.UUID]:
    query = select(Customer.sort_key, Customer.id).filter_by(merchant_id=merchant_id, id=customer_id)
    row = db.session.execute(query).one_or_none()
    if row is None:
        raise UnknownCustomer
    return row.sort_key, row.id


def _matching(merchant_id: uuid.UUID, filters: Filters) -> Select[Customer]:
    query = select(Customer).filter_by(merchant_id=merchant_id)
    for word in fold(filters.q).split()[:6]:
        query = query.where(or_(Customer.search_key.contains(word, autoescape=True), _has_paypal_id(merchant_id, word)))
    if filters.status or filters.product_id:
        query = query.where(_has_subscription(merchant_id, filters))
    return query


def _has_paypal_id(merchant_id: uuid.UUID, word: str) -> ColumnElement[bool]:
    """A whole PayPal reference, as it is copied from PayPal."""
    owner = select(Subscription.customer_id).filter_by(merchant_id=merchant_id, paypal_id=word.upper())
    return Customer.id.in_(owner)


def _has_subscription(merchant_id: uuid.UUID, filters: Filters) -> ColumnElement[bool]:
    """One subscription that is both of the status and to the product. Asked for each customer in turn: a page stops at its end."""
    query = select(Subscription.id).where(
        Subscription.customer_id == Customer.id, Subscription.merchant_id == merchant_id
    )
    if filters.status:
        query = query.where(Subscription.status == filters.status)
    if filters.product_id:
        query = query.join(OfferProduct, OfferProduct.offer_id == Subscription.offer_id)
        query = query.where(OfferProduct.product_id == filters.product_id)
    return query.exists()


def _rows(merchant_id: uuid.UUID, customers: Sequence[Customer]) -> list[Row]:
    ids = [customer.id for customer in customers]
    subscriptions: dict[uuid.UUID, list[Subscription]] = defaultdict(list)
    held = select(Subscription).filter_by(merchant_id=merchant_id).where(Subscription.customer_id.in_(ids))
    held = held.options(joinedload(Subscription.offer))
    for subscription in db.session.scalars(
        held.order_by(Subscription.status.in_(ENDED), Subscription.started_at.desc())
    ):
        subscriptions[subscription.customer_id].append(subscription)
    paid = paid_in_all(merchant_id, ids)
    return [Row(customer, subscriptions[customer.id], paid.get(customer.id, [])) for customer in customers]


def worth_a_look(merchant_id: uuid.UUID) -> list[tuple[SubscriptionStatus, int]]:
    """How many customers are past due or suspended: the shortcuts above the list."""
    statuses = (SubscriptionStatus.PAST_DUE, SubscriptionStatus.SUSPENDED)
    query = (
        select(Subscription.status, func.count(func.distinct(Subscription.customer_id)).label("number"))
        .where(and_(Subscription.merchant_id == merchant_id, Subscription.status.in_(statuses)))
        .group_by(Subscription.status)
    )
    counts = {row.status: row.number for row in db.session.execute(query)}
    return [(status, counts[status]) for status in statuses if counts.get(status)]
