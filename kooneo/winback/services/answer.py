"""What customers make of a proposal: they follow it, want no more of it, or say nothing."""

from contextlib import suppress
from datetime import timedelta

from kooneo import jobs
from kooneo.clock import now
from kooneo.customers.models import Customer
from kooneo.extensions import db, transaction
from kooneo.journal.services import Actor, record
from kooneo.subscriptions.lifecycle import Action, NotAllowed, SubscriptionStatus
from kooneo.subscriptions.models import ActorKind, Subscription
from kooneo.subscriptions.services.request import ChangeInProgress, Wish, request_change
from kooneo.winback import queries
from kooneo.winback.guard import ordered_lately, why_not
from kooneo.winback.models import OptOut, WinbackMessage
from kooneo.winback.series import series_of, settings_of

PATIENCE = timedelta(days=14)
"""How long the last message may stay unanswered."""

_KOONEO = Actor(ActorKind.KOONEO, "Kooneo", "worker")
_ASKED, _UNANSWERED = "Ne plus me le proposer", "Aucune réponse à la dernière proposition"
"""Why it became Abandonné: what its history shows."""


def follow(message: WinbackMessage) -> None:
    """Somebody went on from its link; the first time counts."""
    message_id = message.id
    with transaction():
        message = db.session.get_one(WinbackMessage, message_id, with_for_update=True, populate_existing=True)
        if message.followed_at is None:
            message.followed_at = now()
            _note("winback.followed", message)


def stop(message: WinbackMessage) -> None:
    """ "Ne plus me le proposer": nothing is proposed to this person any more, and the subscription that the message is about
    becomes Abandonné. Safe to repeat: what the merchant has made of it since stays."""
    message_id, customer_id = message.id, message.customer_id
    with transaction():
        db.session.get_one(Customer, customer_id, with_for_update=True)
        message = db.session.get_one(WinbackMessage, message_id, populate_existing=True)
        if db.session.get(OptOut, customer_id) is None:
            db.session.add(OptOut(customer_id=customer_id, merchant_id=message.merchant_id, at=now()))
            _note("winback.stopped", message)
        message.stopped_at = message.stopped_at or now()
    _abandon(message, by=_customer(message), reason=_ASKED)


@jobs.nightly("abandon_unanswered")
def abandon_unanswered() -> None:
    """Where the merchant wants it: nobody has answered the last message, so it was the last."""
    for merchant in queries.merchants_proposing():
        sent = [template.step for template in series_of(merchant.id) if template.days is not None]
        if not sent or not settings_of(merchant.id).abandon_unanswered:
            continue
        for message in queries.unanswered(merchant, sent[-1], now() - PATIENCE):
            subscription = db.session.get_one(Subscription, message.subscription_id)
            if not (why_not(subscription, message.offer_id) or ordered_lately(subscription, message.offer_id)):
                _give_up(message)


def _give_up(message: WinbackMessage) -> None:
    message_id = message.id
    with transaction():
        message = db.session.get_one(WinbackMessage, message_id, populate_existing=True)
        message.stopped_at = message.stopped_at or now()
    _abandon(message, by=_KOONEO, reason=_UNANSWERED)


def _abandon(message: WinbackMessage, *, by: Actor, reason: str) -> None:
    """Once for each message. What is no longer Annulé stays what it is: the guard holds in any case."""
    subscription = db.session.get_one(Subscription, message.subscription_id, populate_existing=True)
    if subscription.status == SubscriptionStatus.CANCELLED:
        with suppress(ChangeInProgress, NotAllowed):
            request_change(subscription, Wish(Action.ABANDON, reason), by=by, key=f"winback-{by.kind}-{message.id}")


def _note(event: str, message: WinbackMessage) -> None:
    record(
        message.merchant_id,
        event,
        by=_customer(message),
        customer_id=message.customer_id,
        subject_id=message.subscription_id,
        step=message.step,
    )


def _customer(message: WinbackMessage) -> Actor:
    customer = db.session.get_one(Customer, message.customer_id)
    return Actor(ActorKind.CUSTOMER, customer.name, "portal", customer.id)
