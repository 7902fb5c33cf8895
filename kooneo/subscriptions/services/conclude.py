"""What becomes of a subscription once PayPal was looked at, or could not be: the one way in which its word is applied."""

import uuid
from contextlib import suppress

from sqlalchemy import select

from kooneo.clock import now
from kooneo.extensions import db, transaction
from kooneo.journal.services import Actor
from kooneo.paypal import RemoteSubscription
from kooneo.subscriptions.effects import status_in_force
from kooneo.subscriptions.lifecycle import Action, NotAllowed
from kooneo.subscriptions.models import ActorKind, StatusChange, Subscription
from kooneo.subscriptions.outcomes import ENDED_AT_PAYPAL
from kooneo.subscriptions.problems import Problem
from kooneo.subscriptions.reconciliations import ENDED_BEFORE_IT_BEGAN
from kooneo.subscriptions.services.request import ChangeInProgress, KeysMissing, Wish, request_change, unsettled_change
from kooneo.subscriptions.services.tell import tell_of_the_end_at_paypal
from kooneo.subscriptions.services.truth import align

_KOONEO = Actor(ActorKind.KOONEO, "Kooneo", "worker")


def conclude(subscription_id: uuid.UUID, remote: RemoteSubscription | None, problem: Problem | None) -> bool:
    """Apply one look, in the caller's transaction: PayPal's record, or the problem that kept it from being read. Whether the
    record now says something else. An unsettled change looks for itself, and its subscription is left alone."""
    subscription = db.session.get_one(Subscription, subscription_id, with_for_update=True, populate_existing=True)
    before = (subscription.status, subscription.charging, subscription.unconfirmed)
    subscription.checked_at = now()
    if remote is None:
        if not subscription.charging:  # what charges after its end does so until PayPal says otherwise
            subscription.check_problem = problem
    elif not unsettled_change(subscription_id):
        was = subscription.status
        align(subscription, remote)
        tell_of_the_end_at_paypal(subscription, was=was)
    return before != (subscription.status, subscription.charging, subscription.unconfirmed)


def follow(subscription_id: uuid.UUID, remote: RemoteSubscription | None, problem: Problem | None) -> None:
    """Apply one look, and do at once what follows from it."""
    with transaction():
        conclude(subscription_id, remote, problem)
    stop_what_began_after_its_end(subscription_id)


def agree(merchant_id: uuid.UUID, remote: RemoteSubscription) -> bool:
    """Take the facts of a record of PayPal's list, in the caller's transaction. Only where it says what is known: whatever is
    new, one question for this subscription alone decides."""
    query = select(Subscription).filter_by(merchant_id=merchant_id, paypal_id=remote.paypal_id).with_for_update()
    subscription = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if subscription is None or remote.status in ENDED_AT_PAYPAL or unsettled_change(subscription.id):
        return False
    if subscription.status != status_in_force(remote):
        return False
    return align(subscription, remote)


def stop_what_began_after_its_end(subscription_id: uuid.UUID) -> None:
    """The customer has agreed to what had been ended here while it waited for them: PayPal is told at once, for nobody wants
    it. Asked once: what PayPal refuses waits for a person."""
    subscription = db.session.get_one(Subscription, subscription_id, populate_existing=True)
    of_it = select(StatusChange.id).filter_by(subscription_id=subscription_id).where(ENDED_BEFORE_IT_BEGAN)
    if not subscription.charging or not db.session.scalars(of_it.limit(1)).one_or_none():
        db.session.rollback()  # no transaction is open while PayPal is asked about the next one
        return
    with suppress(ChangeInProgress, NotAllowed, KeysMissing):
        request_change(subscription, Wish(Action.STOP), by=_KOONEO, key=f"stop-{subscription_id}")
