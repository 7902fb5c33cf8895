"""Sending each notice in its window, or finding that it is too late."""

import uuid
from datetime import date, timedelta

from sqlalchemy.orm import joinedload

from kooneo import jobs
from kooneo.accounts.models import Merchant
from kooneo.clock import local_date, now
from kooneo.extensions import db, transaction
from kooneo.journal.services import Actor, record
from kooneo.mail.models import MessageState
from kooneo.mail.services.outbox import write
from kooneo.renewals.guard import why_not
from kooneo.renewals.letters import notice_letter
from kooneo.renewals.models import RenewalNotice
from kooneo.renewals.queries import message_of, unsettled
from kooneo.renewals.terms import current_term, end_of
from kooneo.subscriptions.models import ActorKind, Subscription

_KOONEO = Actor(ActorKind.KOONEO, "Kooneo", "worker")
_ANYWHERE = timedelta(days=1)
"""Somewhere it is tomorrow already."""


@jobs.every_minute("send_renewal_notices")
def send_notices() -> None:
    """Safe to repeat, and to be late with: within the window the notice is still sent, after it it is missed."""
    for notice_id in unsettled(opened_by=(now() + _ANYWHERE).date()):
        look_after(notice_id)


def look_after(notice_id: uuid.UUID) -> None:
    with transaction():
        notice = db.session.get(RenewalNotice, notice_id, with_for_update=True, populate_existing=True)
        if notice is None or notice.settled:
            return
        merchant = db.session.get_one(Merchant, notice.merchant_id)
        whole = (joinedload(Subscription.customer), joinedload(Subscription.offer))
        subscription = db.session.get_one(Subscription, notice.subscription_id, options=whole, populate_existing=True)
        _step(notice, subscription, merchant, local_date(now(), merchant.time_zone))


def _step(notice: RenewalNotice, subscription: Subscription, merchant: Merchant, today: date) -> None:
    message = message_of(notice)
    if message and message.sent_at:
        notice.sent_at = message.sent_at
        _note("renewal.noticed", notice, subscription)
    elif message and message.state == MessageState.WAITING:
        pass  # the outbox is at it, until the window closes
    elif subscription.status.ended or (message is None and _of_another_term(notice, subscription, merchant, today)):
        db.session.delete(notice)
    elif today > notice.closes_on:
        _close(notice, subscription)
    elif today >= notice.opens_on and message is None and not why_not(subscription):
        _write(notice, subscription, merchant)


def _of_another_term(notice: RenewalNotice, subscription: Subscription, merchant: Merchant, today: date) -> bool:
    """PayPal says now that the subscription began on another day, or has other terms: the night plans it anew."""
    term = current_term(
        subscription.terms, subscription.started_at, on=min(today, notice.refuse_until), time_zone=merchant.time_zone
    )
    return term is None or term.renews_on != notice.renews_on


def _close(notice: RenewalNotice, subscription: Subscription) -> None:
    if why_not(subscription):
        db.session.delete(notice)
    else:
        notice.missed_at = now()
        _note("renewal.missed", notice, subscription)


def _write(notice: RenewalNotice, subscription: Subscription, merchant: Merchant) -> None:
    write(
        notice_letter(notice, subscription, merchant),
        merchant=merchant,
        to=subscription.customer.email,
        cause_id=notice.id,
        customer_id=subscription.customer_id,
        useful_until=end_of(notice.closes_on, merchant.time_zone),
    )


def _note(event: str, notice: RenewalNotice, subscription: Subscription) -> None:
    record(
        notice.merchant_id,
        event,
        by=_KOONEO,
        customer_id=subscription.customer_id,
        subject_id=subscription.id,
        offer=subscription.offer.title,
        renews_on=notice.renews_on.isoformat(),
    )
