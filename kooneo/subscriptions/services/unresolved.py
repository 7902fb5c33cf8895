"""Changes that ended without their wish: what the team makes of them."""

import uuid
from dataclasses import dataclass

from sqlalchemy import select

from kooneo.clock import now
from kooneo.extensions import db, transaction
from kooneo.journal.services import Actor
from kooneo.subscriptions.effects import become
from kooneo.subscriptions.lifecycle import ENDING, Action, Gateway, NotAllowed, transition
from kooneo.subscriptions.models import ActorKind, ChangeState, StatusChange, Subscription
from kooneo.subscriptions.problems import Problem
from kooneo.subscriptions.services.notes import note, note_change
from kooneo.subscriptions.services.request import ChangeInProgress, KeyReused, locked, unsettled_change

_PAYPAL_IS_OUT_OF_REACH = (Problem.CREDENTIALS, Problem.PERMISSION, Problem.NOT_FOUND, Problem.KEYS_CHANGED)
"""Refusals after which only another account, or nobody, could end it at PayPal."""


class NotUnresolved(Exception):
    """The change is settled as wished, still open, or given up already."""


def give_up(change: StatusChange, *, by: Actor) -> None:
    """Leave it at that: the subscription stays as it is. Safe to repeat. Raises NotUnresolved while it is open, or done."""
    change_id = change.id
    with transaction():
        query = select(StatusChange).filter_by(id=change_id).with_for_update()
        change = db.session.scalars(query.execution_options(populate_existing=True)).one()
        if change.state not in (ChangeState.REFUSED, ChangeState.NEEDS_ATTENTION):
            raise NotUnresolved
        if change.given_up_at is None:
            change.given_up_at = now()
            subscription = db.session.get_one(Subscription, change.subscription_id)
            note_change(f"subscription.{change.action}_given_up", subscription, change, by=by)


def may_end_without_paypal(subscription: Subscription, latest: StatusChange | None, *, has_keys: bool) -> bool:
    """Only where PayPal cannot be asked: the keys are lost, or an attempt to end it stranded."""
    if subscription.gateway != Gateway.PAYPAL or subscription.status.ended:
        return False
    if not has_keys:
        return True
    if latest is None or latest.action not in ENDING or latest.given_up_at:
        return False
    stranded = latest.state == ChangeState.NEEDS_ATTENTION
    return stranded or (latest.state == ChangeState.REFUSED and latest.problem in _PAYPAL_IS_OUT_OF_REACH)


@dataclass(frozen=True)
class UnconfirmedEnd:
    """One of the three ends, here alone, and why."""

    action: Action
    reason: str


def end_without_paypal(
    subscription: Subscription, end: UnconfirmedEnd, *, by: Actor, key: str, has_keys: bool
) -> StatusChange:
    """ "Terminer sans PayPal": the one end that PayPal has not confirmed, and that says so wherever it is shown.

    The same key again is the same end. Raises NotAllowed, ChangeInProgress or KeyReused; then nothing has changed.
    """
    merchant_id, subscription_id = subscription.merchant_id, subscription.id
    with transaction():
        subject = locked(merchant_id, subscription_id)
        known = db.session.scalars(select(StatusChange).filter_by(merchant_id=merchant_id, key=key)).one_or_none()
        if known is not None:
            if (known.subscription_id, known.action, known.reason) != (subscription_id, end.action, end.reason):
                raise KeyReused
            return known
        if unsettled := unsettled_change(subscription_id):
            raise ChangeInProgress(unsettled)
        if not may_end_without_paypal(subject, latest_change(subscription_id), has_keys=has_keys):
            raise NotAllowed(end.action, subject.status)
        step = transition(end.action, subject.standing)
        moment = now()
        change = StatusChange(
            id=uuid.uuid4(),
            merchant_id=merchant_id,
            subscription_id=subscription_id,
            key=key,
            action=end.action,
            from_status=subject.status,
            wished_status=step.target,
            to_status=step.target,
            actor_kind=ActorKind(by.kind),
            actor_id=by.id,
            actor_name=by.name,
            reason=end.reason,
            state=ChangeState.DONE,
            requested_at=moment,
            settled_at=moment,
            unconfirmed=True,
        )
        db.session.add(change)
        become(subject, step.target, at=moment)
        subject.unconfirmed = True
        note(
            f"subscription.{step.target}_unconfirmed",
            subject,
            by=by,
            before=change.from_status,
            after=step.target,
            change_id=str(change.id),
            reason=end.reason,
        )
    return change


def latest_change(subscription_id: uuid.UUID) -> StatusChange | None:
    query = select(StatusChange).filter_by(subscription_id=subscription_id)
    return db.session.scalars(query.order_by(StatusChange.requested_at.desc()).limit(1)).one_or_none()
