"""Proposing, message by message, to those who have left. The worker does it; whether one may leave is the guard's to say."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from kooneo import jobs
from kooneo.accounts.models import Merchant
from kooneo.clock import local_date, now
from kooneo.customers.models import Customer
from kooneo.extensions import db, transaction
from kooneo.journal.services import Actor, record
from kooneo.mail.conditions import Unwanted
from kooneo.mail.services.outbox import write
from kooneo.subscriptions.models import ActorKind, Subscription
from kooneo.winback import queries
from kooneo.winback.hours import next_opening
from kooneo.winback.letters import proposal
from kooneo.winback.models import Refusal, Step, WinbackMessage
from kooneo.winback.series import Template, series_of

_KOONEO = Actor(ActorKind.KOONEO, "Kooneo", "worker")


@jobs.every_minute("propose_again")
def propose_what_is_due() -> None:
    """Safe to repeat: each message of the series is decided once for each subscription."""
    for merchant in queries.merchants_proposing():
        if next_opening(moment := now(), merchant.time_zone) > moment:
            continue
        series = series_of(merchant.id)
        # The later first: who is due for two gets the one of today.
        for template in reversed(series):
            for subscription_id in queries.due(merchant, template, moment):
                propose(subscription_id, template)


def propose(subscription_id: uuid.UUID, template: Template) -> None:
    """Write this message to the outbox, or decide that it is not sent."""
    try:
        with transaction():
            _write(subscription_id, template)
    except Unwanted as reason:
        with transaction():
            _decide(_locked(subscription_id), template.step, refusal=Refusal(reason.refusal))


def _write(subscription_id: uuid.UUID, template: Template) -> None:
    subscription = _locked(subscription_id)
    merchant = db.session.get_one(Merchant, subscription.merchant_id)
    today = local_date(now(), merchant.time_zone)
    of_today = select(WinbackMessage.id).filter_by(customer_id=subscription.customer_id, proposed_on=today)
    of_this_step = select(WinbackMessage.id).filter_by(subscription_id=subscription.id, step=template.step)
    if db.session.scalars(of_today).first() or db.session.scalars(of_this_step).first():
        return
    message = _decide(subscription, template.step)
    message.proposed_on = today
    db.session.flush()
    write(
        proposal(template, subscription, merchant, message.id),
        merchant=merchant,
        to=subscription.customer.email,
        cause_id=message.id,
        customer_id=subscription.customer_id,
    )
    record(
        merchant.id,
        "winback.proposed",
        by=_KOONEO,
        customer_id=subscription.customer_id,
        subject_id=subscription.id,
        title=subscription.offer.title,
        step=template.step,
    )


def _decide(subscription: Subscription, step: Step, *, refusal: Refusal | None = None) -> WinbackMessage:
    message = WinbackMessage(
        id=uuid.uuid4(),
        merchant_id=subscription.merchant_id,
        subscription_id=subscription.id,
        customer_id=subscription.customer_id,
        step=step,
        refusal=refusal,
        decided_at=now(),
    )
    db.session.add(message)
    return message


def _locked(subscription_id: uuid.UUID) -> Subscription:
    """With its customer, who is locked too: one person is proposed one thing at a time."""
    whole = (joinedload(Subscription.customer), joinedload(Subscription.offer))
    subscription = db.session.get_one(Subscription, subscription_id, options=whole, populate_existing=True)
    db.session.scalars(select(Customer.id).filter_by(id=subscription.customer_id).with_for_update()).one()
    return subscription
