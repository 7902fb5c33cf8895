"""Ending the pauses whose day has come."""

from sqlalchemy import select

from kooneo import jobs
from kooneo.accounts.models import Merchant
from kooneo.clock import local_date, now
from kooneo.extensions import db
from kooneo.journal.services import Actor
from kooneo.subscriptions.lifecycle import Action, NotAllowed
from kooneo.subscriptions.models import ActorKind, Subscription
from kooneo.subscriptions.services.request import ChangeInProgress, KeysMissing, Wish, request_change

_KOONEO = Actor(ActorKind.KOONEO, "Kooneo", "worker")


@jobs.every_minute("end_pauses")
def end_pauses() -> None:
    """Ask PayPal to charge again, once for each pause: its key is the pause's day. What fails stands on the card."""
    due = (
        select(Subscription, Merchant.time_zone)
        .join(Merchant, Merchant.id == Subscription.merchant_id)
        .where(Subscription.paused, Subscription.resume_on.is_not(None))
    )
    for subscription, time_zone in db.session.execute(due).all():
        if subscription.resume_on and subscription.resume_on <= local_date(now(), time_zone):
            _end(subscription)


def _end(subscription: Subscription) -> None:
    key = f"resume-{subscription.id}-{subscription.resume_on}"
    try:
        request_change(subscription, Wish(Action.REACTIVATE), by=_KOONEO, key=key)
    except (ChangeInProgress, NotAllowed, KeysMissing):
        return  # the next minute looks again
