"""What is paid outside PayPal (virement, chèque): the subscription itself, and payments written down by hand."""

import uuid
from collections.abc import Callable
from datetime import date, datetime, time
from typing import TypeVar
from zoneinfo import ZoneInfo

from kooneo.accounts.models import Merchant
from kooneo.billing.models import Payment, PaymentState
from kooneo.catalog.models import Offer
from kooneo.clock import now
from kooneo.customers.models import Customer
from kooneo.extensions import Base, db, transaction
from kooneo.journal.services import Actor
from kooneo.money import Money
from kooneo.subscriptions.effects import become
from kooneo.subscriptions.lifecycle import Action, Gateway, SubscriptionStatus
from kooneo.subscriptions.models import ActorKind, ChangeState, StatusChange, Subscription
from kooneo.subscriptions.services.notes import note

Row = TypeVar("Row", Subscription, Payment)


def add_manual(customer: Customer, offer: Offer, *, started_on: date, by: Actor, key: str) -> Subscription:
    """A subscription that is paid outside PayPal, begun on the merchant's calendar day. The same key twice is one."""
    subscription_id = uuid.uuid5(customer.id, key)
    customer_id, offer_id = customer.id, offer.id

    def add() -> Subscription:
        customer, offer = db.session.get_one(Customer, customer_id), db.session.get_one(Offer, offer_id)
        subscription = Subscription(
            id=subscription_id,
            merchant_id=customer.merchant_id,
            customer_id=customer.id,
            offer_id=offer.id,
            gateway=Gateway.MANUAL,
            status=SubscriptionStatus.ACTIVE,
            contracted_on=started_on,
            started_at=_midnight(customer.merchant_id, started_on),
            price_minor=offer.price_minor,
            currency=offer.currency,
            interval=offer.interval,
            interval_count=offer.interval_count,
            total_cycles=offer.total_cycles,
            commitment_cycles=offer.commitment_cycles,
        )
        db.session.add(subscription)
        note("subscription.added", subscription, by=by, after=SubscriptionStatus.ACTIVE, offer=offer.title)
        return subscription

    return _once(Subscription, subscription_id, add, within=(Customer, customer_id))


def record_payment(subscription: Subscription, *, amount: Money, received_on: date, by: Actor, key: str) -> Payment:
    """ "Paiement reçu autrement": also for one missed instalment of a PayPal subscription. The same key twice is one payment.

    Of a manual subscription it completes a cycle, and the last instalment finalises it.
    """
    subscription_id, payment_id = subscription.id, uuid.uuid5(subscription.id, key)

    def add() -> Payment:
        subscription = db.session.get_one(Subscription, subscription_id)
        received_at = _midnight(subscription.merchant_id, received_on)
        payment = _received(subscription, payment_id, amount, received_at)
        db.session.add(payment)
        told = f"{amount} {amount.currency}"
        note("payment.recorded", subscription, by=by, amount=told, received_on=str(received_on))
        _pay_one_period(subscription, received_at)
        if subscription.gateway == Gateway.MANUAL:
            _complete_with_the_last(subscription, by, key)
        return payment

    return _once(Payment, payment_id, add, within=(Subscription, subscription_id))


def _once(kind: type[Row], row_id: uuid.UUID, add: Callable[[], Row], *, within: tuple[type[Base], uuid.UUID]) -> Row:
    """The row that the same form has made already, or the one that is added now. `within` is locked, for there may be a second
    click at this very moment."""
    with transaction():
        db.session.get_one(*within, with_for_update=True, populate_existing=True)
        return db.session.get(kind, row_id) or add()


def _received(subscription: Subscription, payment_id: uuid.UUID, amount: Money, received_at: datetime) -> Payment:
    return Payment(
        id=payment_id,
        merchant_id=subscription.merchant_id,
        customer_id=subscription.customer_id,
        subscription_id=subscription.id,
        amount_minor=amount.minor,
        currency=amount.currency,
        state=PaymentState.COMPLETED,
        at=received_at,
    )


def _pay_one_period(subscription: Subscription, received_at: datetime) -> None:
    """The next one: what is paid early or late follows the period before it. Of a manual subscription each payment is a cycle,
    and its periods are counted from its start."""
    time_zone = _time_zone(subscription.merchant_id)
    begins, cycles = subscription.paid_until or subscription.started_at, 1
    if subscription.gateway == Gateway.MANUAL:
        subscription.cycles_completed += 1
        begins, cycles = subscription.started_at, subscription.cycles_completed
    subscription.paid_until = subscription.terms.period_end(begins, cycles, time_zone=time_zone)
    subscription.last_payment_at = max(received_at, subscription.last_payment_at or received_at)


def _complete_with_the_last(subscription: Subscription, by: Actor, key: str) -> None:
    total = subscription.total_cycles
    if total is None or subscription.cycles_completed < total or subscription.status.ended:
        return
    change = StatusChange(
        id=uuid.uuid4(),
        merchant_id=subscription.merchant_id,
        subscription_id=subscription.id,
        key=f"last-{key}"[:64],
        action=Action.COMPLETE,
        from_status=subscription.status,
        wished_status=SubscriptionStatus.COMPLETED,
        to_status=SubscriptionStatus.COMPLETED,
        actor_kind=ActorKind(by.kind),
        actor_id=by.id,
        actor_name=by.name,
        state=ChangeState.DONE,
        requested_at=now(),
        settled_at=now(),
    )
    db.session.add(change)
    before = subscription.status
    become(subscription, SubscriptionStatus.COMPLETED, at=now())
    note("subscription.completed", subscription, by=by, before=before, after=SubscriptionStatus.COMPLETED)


def _midnight(merchant_id: uuid.UUID, day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(_time_zone(merchant_id)))


def _time_zone(merchant_id: uuid.UUID) -> str:
    return db.session.get_one(Merchant, merchant_id).time_zone
