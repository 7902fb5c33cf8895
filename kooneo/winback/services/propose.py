"""Proposing, message by message, to those who have left: by itself, or because a member of the team wants it. Whether one may
leave is the guard's to say."""

import uuid
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from kooneo import jobs
from kooneo.accounts.models import Merchant
from kooneo.clock import local_date, now
from kooneo.customers.models import Customer
from kooneo.extensions import db, transaction
from kooneo.journal.services import Actor, record
from kooneo.mail.conditions import Unwanted
from kooneo.mail.letters import Letter
from kooneo.mail.services.outbox import write
from kooneo.quiet_hours import next_opening
from kooneo.subscriptions.models import ActorKind, Subscription
from kooneo.winback import queries
from kooneo.winback.guard import why_not
from kooneo.winback.letters import by_hand, of_the_series
from kooneo.winback.models import Refusal, Step, WinbackMessage
from kooneo.winback.series import Template, series_of

_KOONEO = Actor(ActorKind.KOONEO, "Kooneo", "worker")


class OneToday(Exception):
    """This person has had a proposal today."""


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
    """Write this message of the series to the outbox, or decide that it is not sent."""
    step = template.step
    of_this_step = select(WinbackMessage.id).filter_by(subscription_id=subscription_id, step=step)
    try:
        with transaction():
            subscription = _locked(subscription_id)
            if had_today(subscription) or db.session.scalars(of_this_step).first():
                return
            message = _decide(
                subscription, step, proposed_on=_today(subscription), offer_id=_another(template, subscription)
            )
            letter = of_the_series(template, subscription, _merchant(subscription), message.id)
            _write(letter, message, subscription, by=_KOONEO)
    except Unwanted as reason:
        with transaction():
            _decide(_locked(subscription_id), step, refusal=Refusal(reason.refusal))


def _another(template: Template, subscription: Subscription) -> uuid.UUID | None:
    return None if template.offer_id == subscription.offer_id else template.offer_id


def propose_by_hand(subscription: Subscription, *, key: uuid.UUID, by: Actor) -> WinbackMessage:
    """Write the message that the team has read. The same key is the same message. Raises conditions.Unwanted or
    OneToday; then nothing leaves."""
    merchant_id, subscription_id = subscription.merchant_id, subscription.id
    with transaction():
        subject = _locked(subscription_id)
        if known := queries.find_message(merchant_id, key):
            return known
        if refusal := why_not(subject):
            raise Unwanted(refusal)
        if had_today(subject):
            raise OneToday
        message = _decide(subject, None, message_id=key, proposed_on=_today(subject))
        _write(by_hand(subject, _merchant(subject), message.id), message, subject, by=by)
    return message


def had_today(subscription: Subscription) -> bool:
    """Whether its customer was written to today, about any of their subscriptions."""
    query = select(WinbackMessage.id)
    query = query.filter_by(customer_id=subscription.customer_id, proposed_on=_today(subscription))
    return db.session.scalars(query.limit(1)).first() is not None


def _today(subscription: Subscription) -> date:
    return local_date(now(), _merchant(subscription).time_zone)


def _merchant(subscription: Subscription) -> Merchant:
    return db.session.get_one(Merchant, subscription.merchant_id)


def _write(letter: Letter, message: WinbackMessage, subscription: Subscription, *, by: Actor) -> None:
    db.session.flush()
    customer_id = subscription.customer_id
    to = subscription.customer.email
    write(letter, merchant=_merchant(subscription), to=to, cause_id=message.id, customer_id=customer_id)
    record(
        subscription.merchant_id,
        "winback.proposed",
        by=by,
        customer_id=customer_id,
        subject_id=subscription.id,
        title=subscription.offer.title,
        step=message.step or "by_hand",
    )


def _decide(
    subscription: Subscription,
    step: Step | None,
    *,
    message_id: uuid.UUID | None = None,
    proposed_on: date | None = None,
    offer_id: uuid.UUID | None = None,
    refusal: Refusal | None = None,
) -> WinbackMessage:
    message = WinbackMessage(
        id=message_id or uuid.uuid4(),
        merchant_id=subscription.merchant_id,
        subscription_id=subscription.id,
        customer_id=subscription.customer_id,
        step=step,
        decided_at=now(),
        proposed_on=proposed_on,
        offer_id=offer_id,
        refusal=refusal,
    )
    db.session.add(message)
    return message


def _locked(subscription_id: uuid.UUID) -> Subscription:
    """With its customer, who is locked too: one person is proposed one thing at a time."""
    whole = (joinedload(Subscription.customer), joinedload(Subscription.offer))
    subscription = db.session.get_one(Subscription, subscription_id, options=whole, populate_existing=True)
    db.session.scalars(select(Customer.id).filter_by(id=subscription.customer_id).with_for_update()).one()
    return subscription
