"""Bringing the record to what PayPal says. Called inside a transaction that holds the subscription."""

from datetime import datetime

from sqlalchemy import select

from kooneo.billing.services.catch_up import ask_to_read_payments
from kooneo.clock import now
from kooneo.extensions import db
from kooneo.journal.services import Actor
from kooneo.paypal import RemoteStatus, RemoteSubscription
from kooneo.subscriptions.effects import become, learn, status_in_force
from kooneo.subscriptions.lifecycle import SubscriptionStatus
from kooneo.subscriptions.models import ActorKind, StatusChange, Subscription
from kooneo.subscriptions.outcomes import ENDED_AT_PAYPAL
from kooneo.subscriptions.problems import Problem
from kooneo.subscriptions.services.notes import note

_CHARGES_NOTHING = (RemoteStatus.APPROVAL_PENDING, RemoteStatus.APPROVED)
_PAYPAL = Actor(ActorKind.PAYPAL, "PayPal", "paypal")


def truth(wished: SubscriptionStatus, remote: RemoteSubscription) -> SubscriptionStatus | None:
    """What the record becomes. PayPal's EXPIRED means carried to its term, whatever was wished; its CANCELLED is any end that
    was wished. None: nothing is completed that never began."""
    match remote.status:
        case RemoteStatus.EXPIRED:
            return SubscriptionStatus.COMPLETED
        case RemoteStatus.CANCELLED:
            return wished if wished.ended else SubscriptionStatus.CANCELLED
        case RemoteStatus.APPROVAL_PENDING:
            return None if wished == SubscriptionStatus.COMPLETED else wished
        case _:
            return status_in_force(remote)


def unasked(remote: RemoteSubscription) -> SubscriptionStatus:
    """What a record becomes of which nobody here has wished anything."""
    match remote.status:
        case RemoteStatus.EXPIRED:
            return SubscriptionStatus.COMPLETED
        case RemoteStatus.CANCELLED:
            return SubscriptionStatus.CANCELLED
        case _:
            return status_in_force(remote)


def align(subscription: Subscription, remote: RemoteSubscription) -> bool:
    """Follow PayPal, while no change is under way here. What ended here is never reopened silently: a person decides.
    False for a record that tells of an earlier state than the one known: then nothing has changed."""
    if _outdated(subscription, remote):
        return False
    subscription.check_problem = None
    take_over(subscription, remote)
    if remote.status in ENDED_AT_PAYPAL:
        _follow_to_the_end(subscription, remote)
    elif subscription.status.ended and remote.status not in _CHARGES_NOTHING:
        subscription.check_problem = Problem.CHARGING
    return True


def _outdated(subscription: Subscription, remote: RemoteSubscription) -> bool:
    """Read before the status changed, and applied after it. PayPal's own clock tells it, to the second; so does a change that
    was settled here meanwhile, by ours. An end at PayPal is never undone: that record cannot be too old."""
    if remote.status in ENDED_AT_PAYPAL:
        return False
    known, told = subscription.paypal_status_at, remote.status_updated_at
    if known and told and told < known:
        return True
    meanwhile = StatusChange.settled_at.between(remote.asked_at, now())
    changes = select(StatusChange.id).filter_by(subscription_id=subscription.id).where(meanwhile)
    return db.session.scalars(changes.limit(1)).one_or_none() is not None


def take_over(
    subscription: Subscription, remote: RemoteSubscription, *, reached: SubscriptionStatus | None = None
) -> None:
    """Take PayPal's facts, and its status as long as nothing has ended there or here. What a change has `reached` is that
    change's own line in the journal, and not PayPal's."""
    known = (subscription.last_payment_at, subscription.last_failed_payment_at)
    learn(subscription, remote, at=now())
    if known != (subscription.last_payment_at, subscription.last_failed_payment_at):
        ask_to_read_payments(subscription)  # the record tells of the last ones only
    if remote.status in ENDED_AT_PAYPAL:
        _confirm(subscription, remote)
    elif not subscription.status.ended and status_in_force(remote) != reached:
        _follow(subscription, status_in_force(remote), remote)


def _confirm(subscription: Subscription, remote: RemoteSubscription) -> None:
    """What was ended here without PayPal has ended there too."""
    if subscription.unconfirmed:
        subscription.unconfirmed = False
        note("subscription.end_confirmed", subscription, by=_PAYPAL, debug_id=remote.debug_id)


def _follow_to_the_end(subscription: Subscription, remote: RemoteSubscription) -> None:
    """PayPal has ended it, and nobody had asked here."""
    if not subscription.status.ended:
        _follow(subscription, unasked(remote), remote)


def ended_at(remote: RemoteSubscription) -> datetime:
    """PayPal's clock may be ahead of ours; nothing has ended in the future."""
    if remote.status in ENDED_AT_PAYPAL and remote.status_updated_at:
        return min(remote.status_updated_at, now())
    return now()


def _follow(subscription: Subscription, target: SubscriptionStatus, remote: RemoteSubscription) -> None:
    before = subscription.status
    if before == target:
        return
    become(subscription, target, at=ended_at(remote))
    note(f"subscription.{target}", subscription, by=_PAYPAL, before=before, after=target, debug_id=remote.debug_id)
