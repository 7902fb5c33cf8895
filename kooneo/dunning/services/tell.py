"""Telling customers what PayPal's record says of their payments, once for each of its attempts. However Kooneo learnt of it, by a
notification, by reconciliation or both at once: what counts is the record. Whether a notice may leave is the guard's to say."""

import uuid
from contextlib import suppress
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from kooneo import jobs
from kooneo.accounts.models import Merchant
from kooneo.clock import now
from kooneo.dunning import queries
from kooneo.dunning.letters import failure_of, notice
from kooneo.dunning.models import NoticeKind, PaymentNotice, notice_id
from kooneo.extensions import db, transaction
from kooneo.journal.services import Actor, record
from kooneo.mail.conditions import Unwanted
from kooneo.mail.services.outbox import write
from kooneo.quiet_hours import next_opening
from kooneo.subscriptions.models import ActorKind, Subscription

_KOONEO = Actor(ActorKind.KOONEO, "Kooneo", "worker")


@jobs.every_minute("tell_of_payments")
def tell_what_is_due() -> None:
    """Safe to repeat: each notice is written once. One that the guard refuses is asked about again while it is news: its reason
    may go, as when an end that was asked for is refused."""
    for kind in NoticeKind:
        for subscription_id, failed_at, time_zone in queries.due(kind, moment := now()):
            if next_opening(moment, time_zone) == moment:
                tell(subscription_id, kind, failed_at)


def tell(subscription_id: uuid.UUID, kind: NoticeKind, failed_at: datetime) -> None:
    """Write this notice to the outbox, unless it is there or has no reason any more."""
    this_one = notice_id(subscription_id, kind, failed_at)
    with suppress(Unwanted), transaction():
        subscription = _locked(subscription_id)
        if db.session.get(PaymentNotice, this_one):
            return
        merchant_id = subscription.merchant_id
        db.session.add(
            PaymentNotice(
                id=this_one, merchant_id=merchant_id, subscription_id=subscription_id, kind=kind, failed_at=failed_at
            )
        )
        db.session.flush()
        merchant, customer = db.session.get_one(Merchant, merchant_id), subscription.customer
        letter = notice(kind, subscription, merchant, failure_of(subscription, failed_at))
        write(letter, merchant=merchant, to=customer.email, cause_id=this_one, customer_id=customer.id)
        record(
            merchant_id,
            f"payment.{kind}_told",
            by=_KOONEO,
            customer_id=customer.id,
            subject_id=subscription_id,
            offer=subscription.offer.title,
        )


def _locked(subscription_id: uuid.UUID) -> Subscription:
    """With its customer and offer."""
    db.session.scalars(select(Subscription.id).filter_by(id=subscription_id).with_for_update()).one()
    whole = (joinedload(Subscription.customer), joinedload(Subscription.offer))
    return db.session.get_one(Subscription, subscription_id, options=whole, populate_existing=True)
