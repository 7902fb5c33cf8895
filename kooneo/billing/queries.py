"""What was taken, what was given back of it, what failed: merchant first."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_
from sqlalchemy.orm import aliased, joinedload

from kooneo.billing.models import KEPT_MINOR, Payment, PaymentState
from kooneo.billing.refunds import UNRESOLVED_STATES, UNSETTLED, RefundRequest
from kooneo.catalog.models import Offer
from kooneo.extensions import db
from kooneo.money import Money
from kooneo.subscriptions.lifecycle import ENDED
from kooneo.subscriptions.models import ENDED_UNBEGUN, StatusChange, Subscription

PAGE_SIZE = 25


@dataclass(frozen=True)
class Row:
    payment: Payment
    title: str
    """Of the offer that was subscribed to."""
    refund: RefundRequest | None
    """The latest that was asked for."""


@dataclass(frozen=True)
class Page:
    rows: Sequence[Row]
    next: uuid.UUID | None
    """The payment after which the next page begins; none on the last."""


@dataclass(frozen=True)
class Total:
    """Of one state and one currency; what was given back is taken off, as far as it is known."""

    state: PaymentState
    amount: Money
    number: int
    refunded: Money
    at_most: bool
    """Of a payment in it, PayPal does not say how much was given back."""


class UnknownPayment(Exception):
    """The page was to begin at a payment that is not there (any more)."""


def payments_of(merchant_id: uuid.UUID, customer_id: uuid.UUID, *, after: uuid.UUID | None = None) -> Page:
    """Newest first. Raises UnknownPayment."""
    query = _of_customer(merchant_id, customer_id)
    if after is not None:
        start = db.session.execute(query.with_only_columns(Payment.at, Payment.id).where(Payment.id == after)).first()
        if start is None:
            raise UnknownPayment
        query = query.where(tuple_(Payment.at, Payment.id) < (start.at, start.id))
    query = query.order_by(Payment.at.desc(), Payment.id.desc()).limit(PAGE_SIZE + 1)
    found = db.session.execute(query).all()
    refunds = latest_refunds(merchant_id, [payment.id for payment, _title in found])
    rows = [Row(payment, title, refunds.get(payment.id)) for payment, title in found]
    more = len(rows) > PAGE_SIZE
    return Page(rows[:PAGE_SIZE], rows[PAGE_SIZE - 1].payment.id if more else None)


def latest_refunds(merchant_id: uuid.UUID, payment_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, RefundRequest]:
    query = select(RefundRequest).filter_by(merchant_id=merchant_id).where(RefundRequest.payment_id.in_(payment_ids))
    return {refund.payment_id: refund for refund in db.session.scalars(query.order_by(RefundRequest.requested_at))}


def refundable_payments(
    merchant_id: uuid.UUID, subscription_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, list[Payment]]:
    """What PayPal took for each of these and has not given back, the newest first; but for what is being given back. Of some
    nobody knows how much of it is left."""
    found: dict[uuid.UUID, list[Payment]] = defaultdict(list)
    query = _refundable(merchant_id).where(Payment.subscription_id.in_(subscription_ids))
    for payment in db.session.scalars(query.order_by(Payment.at.desc(), Payment.id)):
        found[payment.subscription_id].append(payment)
    return found


def part_unknown(subscription: Subscription) -> bool:
    """Whether a payment for it was given back in part, and PayPal does not say how much."""
    query = select(Payment.id).filter_by(merchant_id=subscription.merchant_id, subscription_id=subscription.id)
    return db.session.scalars(query.where(Payment.refunded_minor.is_(None)).limit(1)).first() is not None


def payments_by_paypal(subscription: Subscription) -> Sequence[Payment]:
    """What PayPal took for it, given back since or not; the newest first."""
    query = select(Payment).filter_by(merchant_id=subscription.merchant_id, subscription_id=subscription.id)
    query = query.where(Payment.state == PaymentState.COMPLETED, Payment.paypal_transaction_id.is_not(None))
    return db.session.scalars(query.order_by(Payment.at.desc(), Payment.id)).all()


def taken_after_the_end(merchant_id: uuid.UUID) -> Sequence[Row]:
    """What PayPal took for a subscription that had ended here, or was ended before it was known to have begun, and has not
    given back: the oldest first."""
    return _rows(merchant_id, _taken_after_the_end(merchant_id))


def count_taken_after_the_end(merchant_id: uuid.UUID) -> int:
    return db.session.execute(_taken_after_the_end(merchant_id).with_only_columns(func.count())).scalar_one()


def _taken_after_the_end(merchant_id: uuid.UUID) -> Select[Payment]:
    """But for a withdrawal, of which everything is to be refunded: that is the customer's request."""
    ended = Subscription.status.in_(ENDED)
    return (
        _refundable(merchant_id)
        .join(Subscription, Subscription.id == Payment.subscription_id)
        .where(ended, _after_the_end(merchant_id), Subscription.withdrawn_at.is_(None))
    )


def _after_the_end(merchant_id: uuid.UUID) -> ColumnElement[bool]:
    unbegun = select(StatusChange.subscription_id).where(StatusChange.merchant_id == merchant_id, ENDED_UNBEGUN)
    return or_(Payment.at > Subscription.ended_at, Subscription.id.in_(unbegun))


def refunds_not_made(merchant_id: uuid.UUID) -> Sequence[Row]:
    """What was to be given back and was not, where nothing else calls for it: the oldest first."""
    return _rows(merchant_id, _refunds_not_made(merchant_id))


def count_refunds_not_made(merchant_id: uuid.UUID) -> int:
    return db.session.execute(_refunds_not_made(merchant_id).with_only_columns(func.count())).scalar_one()


def _refunds_not_made(merchant_id: uuid.UUID) -> Select[Payment]:
    """But for what was taken after the end and for a withdrawal: those stay until they are paid back."""
    later = aliased(RefundRequest)
    asked_again = select(later.id).where(
        later.payment_id == RefundRequest.payment_id, later.requested_at > RefundRequest.requested_at
    )
    # Of all payments few were asked back: SQLite starts from those only when they stand in a list of their own.
    not_made = select(RefundRequest.payment_id).where(
        RefundRequest.merchant_id == merchant_id,
        RefundRequest.state.in_(UNRESOLVED_STATES),
        RefundRequest.given_up_at.is_(None),
        ~asked_again.exists(),
    )
    return (
        _refundable(merchant_id)
        .join(Subscription, Subscription.id == Payment.subscription_id)
        .where(
            Payment.id.in_(not_made),
            Subscription.withdrawn_at.is_(None),
            or_(Subscription.ended_at.is_(None), ~_after_the_end(merchant_id)),
        )
    )


def _rows(merchant_id: uuid.UUID, payments: Select[Payment]) -> list[Row]:
    """`payments` must be joined with their subscriptions. The oldest first."""
    query = payments.join(Offer, Offer.id == Subscription.offer_id).add_columns(Offer.title)
    query = query.options(joinedload(Payment.customer))
    found = db.session.execute(query.order_by(Payment.at, Payment.id)).all()
    refunds = latest_refunds(merchant_id, [payment.id for payment, _title in found])
    return [Row(payment, title, refunds.get(payment.id)) for payment, title in found]


def _refundable(merchant_id: uuid.UUID) -> Select[Payment]:
    under_way = select(RefundRequest.id).where(RefundRequest.payment_id == Payment.id, UNSETTLED).correlate(Payment)
    return select(Payment).where(
        Payment.merchant_id == merchant_id,
        Payment.state == PaymentState.COMPLETED,
        Payment.paypal_transaction_id.is_not(None),
        KEPT_MINOR > 0,
        ~under_way.exists(),
    )


def _of_customer(merchant_id: uuid.UUID, customer_id: uuid.UUID) -> Select[Payment, str]:
    return (
        select(Payment, Offer.title)
        .join(Subscription, Subscription.id == Payment.subscription_id)
        .join(Offer, Offer.id == Subscription.offer_id)
        .where(Payment.merchant_id == merchant_id, Payment.customer_id == customer_id)
    )


def totals_of(merchant_id: uuid.UUID, customer_id: uuid.UUID) -> list[Total]:
    """By currency, what was taken first."""
    query = (
        select(
            Payment.state,
            Payment.currency,
            func.sum(KEPT_MINOR),
            func.count(),
            func.sum(func.coalesce(Payment.refunded_minor, 0)),
            func.count(Payment.refunded_minor),
        )
        .where(Payment.merchant_id == merchant_id, Payment.customer_id == customer_id)
        .group_by(Payment.state, Payment.currency)
        .order_by(Payment.currency, Payment.state)
    )
    return [
        Total(state, Money(int(kept), currency), number, Money(int(refunded), currency), at_most=known < number)
        for state, currency, kept, number, refunded, known in db.session.execute(query)
    ]


def paid_in_all(merchant_id: uuid.UUID, customer_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Money]]:
    """What each customer has really paid, without what was given back; an amount a currency."""
    query = (
        select(Payment.customer_id, Payment.currency, func.sum(KEPT_MINOR))
        .where(
            Payment.merchant_id == merchant_id,
            Payment.customer_id.in_(customer_ids),
            Payment.state == PaymentState.COMPLETED,
        )
        .group_by(Payment.customer_id, Payment.currency)
        .order_by(Payment.currency)
    )
    totals: dict[uuid.UUID, list[Money]] = defaultdict(list)
    for customer_id, currency, minor in db.session.execute(query):
        totals[customer_id].append(Money(int(minor), currency))
    return totals
