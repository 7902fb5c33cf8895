"""Reading notices: merchant first, but for what the worker looks through."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from kooneo.accounts.models import Merchant
from kooneo.clock import local_date, now
from kooneo.extensions import db
from kooneo.legal.queries import standing_termination, verified_requests
from kooneo.mail.models import MailKind, OutboxMessage
from kooneo.renewals.models import UNSETTLED, RenewalNotice
from kooneo.renewals.terms import REFUND_DAYS
from kooneo.subscriptions.models import Subscription


@dataclass(frozen=True)
class Renewals:
    """Where one contract stands."""

    notice: RenewalNotice | None = None
    """Of the renewal to come, or of the last one once there is none to come."""
    freed_by: RenewalNotice | None = None
    """The missed one of the last renewal: since then the customer may end the contract at any time, free of charge."""
    refund_due_on: date | None = None
    """Of a contract that was ended by that right: until when the rest of what was paid ahead is given back."""


def renewals_of(subscriptions: Sequence[Subscription]) -> dict[uuid.UUID, Renewals]:
    """Of one merchant's; those without a notice are left out."""
    if not subscriptions:
        return {}
    merchant_id, ids = subscriptions[0].merchant_id, [each.id for each in subscriptions]
    query = select(RenewalNotice).filter_by(merchant_id=merchant_id)
    query = query.where(RenewalNotice.subscription_id.in_(ids)).order_by(RenewalNotice.renews_on)
    found: dict[uuid.UUID, list[RenewalNotice]] = defaultdict(list)
    for notice in db.session.scalars(query):
        found[notice.subscription_id].append(notice)
    return {each.id: _standing(each, found[each.id]) for each in subscriptions if each.id in found}


def freed_by(subscription: Subscription) -> RenewalNotice | None:
    """The notice whose absence lets its customer end it at any time from its renewal on (Code de la consommation L215-1)."""
    return renewals_of([subscription]).get(subscription.id, Renewals()).freed_by


def unsettled(opened_by: date) -> Sequence[uuid.UUID]:
    """Those whose window has opened by this day; the longest open first."""
    query = select(RenewalNotice.id).where(UNSETTLED, RenewalNotice.opens_on <= opened_by)
    return db.session.scalars(query.order_by(RenewalNotice.opens_on, RenewalNotice.id)).all()


def message_of(notice: RenewalNotice) -> OutboxMessage | None:
    query = select(OutboxMessage).filter_by(cause_id=notice.id, kind=MailKind.RENEWAL_NOTICE)
    return db.session.scalars(query.filter_by(merchant_id=notice.merchant_id).limit(1)).first()


def refused_already(subscription: Subscription) -> bool:
    """Its customer has asked for the end: there is no renewal to tell of."""
    declared = verified_requests(subscription.merchant_id, [subscription.id])
    return standing_termination(subscription, declared[subscription.id]) is not None


def _standing(subscription: Subscription, notices: Sequence[RenewalNotice]) -> Renewals:
    """`notices` in the order of their terms."""
    time_zone = db.session.get_one(Merchant, subscription.merchant_id).time_zone
    ended_on = local_date(subscription.ended_at, time_zone) if subscription.ended_at else None
    on = ended_on or local_date(now(), time_zone)
    last = next((each for each in reversed(notices) if each.renews_on <= on), None)
    coming = next((each for each in notices if each.renews_on > on), None)
    freed = last if last and last.missed_at else None
    if ended_on:
        return Renewals(None, freed, ended_on + timedelta(days=REFUND_DAYS) if freed else None)
    return Renewals(coming or (None if freed else last), freed)
