"""The guard: whether a proposal may leave. Every way of sending one comes through here, because the outbox asks: when the
message is written, in the same transaction, and again before each attempt to send it (kooneo.mail.conditions)."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from kooneo.accounts.models import Merchant
from kooneo.addresses import is_email
from kooneo.catalog.models import Offer, OfferProduct
from kooneo.clock import now
from kooneo.customers.models import Customer
from kooneo.extensions import db
from kooneo.legal.queries import withdrawal_declared
from kooneo.mail.conditions import Verdict, condition
from kooneo.mail.models import MailKind, OutboxMessage
from kooneo.quiet_hours import midnight, next_opening
from kooneo.subscriptions.lifecycle import IN_FORCE, SubscriptionStatus
from kooneo.subscriptions.models import Subscription
from kooneo.winback.models import OptOut, Refusal, WinbackMessage
from kooneo.winback.series import settings_of

FRESH = timedelta(days=3)
"""A message that has waited longer is not sent any more."""
_UNFINISHED = timedelta(days=1)
"""How long an order may wait for the customer's agreement at PayPal before it counts as left."""

_BY_STATUS = {
    SubscriptionStatus.ABANDONED: Refusal.ABANDONED,
    SubscriptionStatus.COMPLETED: Refusal.COMPLETED,
    **dict.fromkeys(IN_FORCE, Refusal.IN_FORCE),
}


@condition(MailKind.PROPOSAL)
def may_leave(message: OutboxMessage) -> Verdict:
    proposal = db.session.get_one(WinbackMessage, message.cause_id)
    subscription = db.session.get_one(Subscription, proposal.subscription_id)
    refusal = Refusal.TOO_OLD if message.written_at < now() - FRESH else why_not(subscription, proposal.offer_id)
    if proposal.step is None:  # a person decided that it leaves, and when
        return Verdict(refusal=refusal)
    if refusal := refusal or switched_off(subscription):
        return Verdict(refusal=refusal)
    return Verdict(not_before=_not_before(message, _others(subscription, proposal.offer_id)))


def why_not(subscription: Subscription, offer_id: uuid.UUID | None = None) -> Refusal | None:
    """Why nobody may propose to take up this subscription again, or `offer_id` in its place; none when they may."""
    if refusal := _BY_STATUS.get(subscription.status) or _of_the_contract(subscription, offer_id):
        return refusal
    return of_the_person(subscription) or of_the_offer(subscription, offer_id)


def _of_the_contract(subscription: Subscription, offer_id: uuid.UUID | None) -> Refusal | None:
    if subscription.withdrawn_at or withdrawal_declared(subscription):
        return Refusal.WITHDRAWN
    if not subscription.began:
        return Refusal.NEVER_BEGAN
    if subscription.unconfirmed or subscription.charging:
        return Refusal.CHARGING
    if subscription.total_cycles and subscription.cycles_completed >= subscription.total_cycles:
        return Refusal.NOTHING_LEFT
    return Refusal.TAKEN_UP if taken_up(subscription, offer_id) else None


def of_the_person(subscription: Subscription) -> Refusal | None:
    if db.session.get(OptOut, subscription.customer_id):
        return Refusal.STOPPED
    customer = db.session.get_one(Customer, subscription.customer_id)
    return None if is_email(customer.email) else Refusal.NO_ADDRESS


def of_the_offer(subscription: Subscription, offer_id: uuid.UUID | None = None) -> Refusal | None:
    offer = db.session.get_one(Offer, offer_id or subscription.offer_id)
    return None if offer.on_sale else Refusal.NOT_FOR_SALE


def switched_off(subscription: Subscription) -> Refusal | None:
    """What the merchant has chosen for the series, which leaves by itself."""
    settings = settings_of(subscription.merchant_id)
    if not settings.enabled:
        return Refusal.OFF
    products = db.session.scalars(select(OfferProduct.product_id).filter_by(offer_id=subscription.offer_id))
    return Refusal.PRODUCT_OFF if settings.unproposed & set(products) else None


def taken_up(subscription: Subscription, offer_id: uuid.UUID | None = None) -> bool:
    """It is in force again, or the same customer has another subscription to one of its products, or to one of those of the offer
    that is proposed in its place, or had one after it. What waits for their agreement may never begin."""
    return subscription.ended_at is None or any(other.began for other in _others(subscription, offer_id))


def ordered_lately(subscription: Subscription, offer_id: uuid.UUID | None = None) -> bool:
    """An order that would take it up waits for the customer's agreement, and may yet get it."""
    return any(until > now() for until in _unfinished(_others(subscription, offer_id)))


def _unfinished(others: Sequence[Subscription]) -> list[datetime]:
    """Until when each order counts as one that is still being made."""
    return [other.started_at + _UNFINISHED for other in others if other.status == SubscriptionStatus.PENDING]


def _others(subscription: Subscription, offer_id: uuid.UUID | None) -> Sequence[Subscription]:
    products = select(OfferProduct.product_id).where(OfferProduct.offer_id.in_((subscription.offer_id, offer_id)))
    query = (
        select(Subscription)
        .filter_by(merchant_id=subscription.merchant_id, customer_id=subscription.customer_id)
        .join(OfferProduct, OfferProduct.offer_id == Subscription.offer_id)
        .where(Subscription.id != subscription.id, OfferProduct.product_id.in_(products))
        .where(or_(Subscription.status.in_(IN_FORCE), Subscription.started_at >= subscription.ended_at))
    )
    return db.session.scalars(query).all()


def _not_before(message: OutboxMessage, others: Sequence[Subscription]) -> datetime | None:
    """Quiet hours, another proposal that the same person had today, and the time to finish an order."""
    moment, zone = now(), db.session.get_one(Merchant, message.merchant_id).time_zone
    sent = select(OutboxMessage.id).filter_by(customer_id=message.customer_id, kind=MailKind.PROPOSAL)
    sent = sent.where(OutboxMessage.id != message.id, OutboxMessage.sent_at >= midnight(moment, zone))
    one_today = db.session.scalars(sent.limit(1)).first() is not None
    after = midnight(moment, zone, days=1) if one_today else moment
    earliest = next_opening(max([after, *_unfinished(others)]), zone)
    return earliest if earliest > moment else None
