"""Asking for a change of status: one row and one job in one transaction."""

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from kooneo import jobs
from kooneo.clock import now
from kooneo.extensions import db, transaction
from kooneo.journal.services import Actor
from kooneo.settings.services import paypal_account
from kooneo.subscriptions.effects import become
from kooneo.subscriptions.letters import tells_unless_declined
from kooneo.subscriptions.lifecycle import (
    Action,
    AtPayPal,
    Gateway,
    NotAllowed,
    SubscriptionStatus,
    Transition,
    transition,
)
from kooneo.subscriptions.models import UNSETTLED, ActorKind, ChangeState, StatusChange, Subscription
from kooneo.subscriptions.services.notes import note_change
from kooneo.subscriptions.services.tell import tell_of_the_end

REASON_LENGTH = 128
SETTLE = "subscriptions.settle"


class ChangeInProgress(Exception):
    """Another change of the same subscription is not settled yet."""

    def __init__(self, change: StatusChange) -> None:
        super().__init__(f"change {change.id} is not settled")
        self.change_id = change.id


class KeyReused(Exception):
    """The form's key came back with another content."""


class ReasonMissing(Exception):
    """A correction says why it was made."""


class KeysMissing(Exception):
    """The merchant has no PayPal keys."""


@dataclass(frozen=True)
class Wish:
    """What is asked for. `to` chooses the status of a correction, `resume_on` the merchant's day on which a pause ends,
    `notify` whether the customer gets a message once it has ended; none leaves it to what is usual (letters). `refund` is the
    payment of this subscription that is to be given back once it has ended. `only_from` is the status for which alone it is
    meant, whatever else would allow it."""

    action: Action
    reason: str = ""
    to: SubscriptionStatus | None = None
    resume_on: date | None = None
    notify: bool | None = None
    refund: uuid.UUID | None = None
    only_from: SubscriptionStatus | None = None


def request_change(subscription: Subscription, wish: Wish, *, by: Actor, key: str) -> StatusChange:
    """Ask for a change. The same key with the same content is the same change, however often it comes.

    A change with nothing to do at PayPal is carried out at once; any other waits for the worker.
    Raises ChangeInProgress, lifecycle.NotAllowed, ReasonMissing, KeyReused or KeysMissing; then nothing has changed.
    """
    merchant_id, subscription_id = subscription.merchant_id, subscription.id
    try:
        return _request(merchant_id, subscription_id, wish, by, key)
    except IntegrityError:
        # The same key came for another subscription at the same moment.
        raise KeyReused from None


def _request(merchant_id: uuid.UUID, subscription_id: uuid.UUID, wish: Wish, by: Actor, key: str) -> StatusChange:
    with transaction():
        subject = locked(merchant_id, subscription_id)
        if replay := _by_key(merchant_id, key):
            return _same(replay, subscription_id, wish)
        if unsettled := unsettled_change(subscription_id):
            raise ChangeInProgress(unsettled)
        if wish.only_from not in (None, subject.status):
            raise NotAllowed(wish.action, subject.status)
        step = transition(wish.action, subject.standing, to=wish.to)
        if step.reason_required and not wish.reason:
            raise ReasonMissing
        change = _new_change(subject, step, by, key, wish)
        db.session.add(change)
        if subject.gateway == Gateway.MANUAL or step.at_paypal == AtPayPal.NOTHING:
            _carry_out(subject, change, by)
        else:
            _hand_over(subject, change, by)
    return change


def locked(merchant_id: uuid.UUID, subscription_id: uuid.UUID) -> Subscription:
    query = select(Subscription).filter_by(merchant_id=merchant_id, id=subscription_id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def _by_key(merchant_id: uuid.UUID, key: str) -> StatusChange | None:
    return db.session.scalars(select(StatusChange).filter_by(merchant_id=merchant_id, key=key)).one_or_none()


def _same(change: StatusChange, subscription_id: uuid.UUID, wish: Wish) -> StatusChange:
    asked = (change.subscription_id, change.action, change.reason, change.resume_on, change.refund_payment_id)
    left_open = (wish.to in (None, change.wished_status), wish.notify in (None, change.notify_customer))
    if asked != (subscription_id, wish.action, wish.reason, wish.resume_on, wish.refund) or not all(left_open):
        raise KeyReused
    return change


def unsettled_change(subscription_id: uuid.UUID) -> StatusChange | None:
    """The change that is open or unknown: there is one at the most."""
    query = select(StatusChange).filter_by(subscription_id=subscription_id)
    return db.session.scalars(query.where(UNSETTLED)).one_or_none()


def _new_change(subject: Subscription, step: Transition, by: Actor, key: str, wish: Wish) -> StatusChange:
    return StatusChange(
        id=uuid.uuid4(),
        merchant_id=subject.merchant_id,
        subscription_id=subject.id,
        key=key,
        action=step.action,
        from_status=subject.status,
        wished_status=step.target,
        actor_kind=ActorKind(by.kind),
        actor_id=by.id,
        actor_name=by.name,
        reason=wish.reason,
        resume_on=wish.resume_on,
        notify_customer=_tells(wish, subject),
        refund_payment_id=wish.refund,
        state=ChangeState.OPEN,
        requested_at=now(),
        next_attempt_at=now(),
    )


def _tells(wish: Wish, subject: Subscription) -> bool:
    if wish.notify is None:
        return tells_unless_declined(wish.action, subject.standing)
    return wish.notify


def _carry_out(subject: Subscription, change: StatusChange, by: Actor) -> None:
    change.state, change.settled_at, change.next_attempt_at = ChangeState.DONE, now(), None
    was, change.to_status = subject.status, change.wished_status
    paused = change.wished_status == SubscriptionStatus.SUSPENDED
    become(subject, change.wished_status, at=now(), paused=paused, resume_on=change.resume_on)
    note_change(f"subscription.{change.to_status}", subject, change, by=by)
    tell_of_the_end(subject, change, was=was)


def _hand_over(subject: Subscription, change: StatusChange, by: Actor) -> None:
    account = paypal_account(subject.merchant_id)
    if account is None:
        raise KeysMissing
    change.account_version = account.version
    db.session.flush()
    jobs.enqueue(SETTLE, str(change.id), job_id=str(change.id), partition=str(subject.merchant_id))
    note_change(f"subscription.{change.action}_requested", subject, change, by=by)
