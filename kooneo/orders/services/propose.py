"""Proposing to a customer to take up again what was cancelled."""

import uuid

from sqlalchemy import select

from kooneo.accounts.models import Merchant
from kooneo.extensions import db, transaction
from kooneo.journal.services import Actor
from kooneo.mail.models import OutboxMessage
from kooneo.mail.services.outbox import write
from kooneo.orders.letters import proposal
from kooneo.orders.queries import live_subscription
from kooneo.orders.resuming import NotResumable, may_be_resumed
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.queries import complete
from kooneo.subscriptions.services.notes import note
from kooneo.subscriptions.services.request import locked


def may_be_proposed(subscription: Subscription) -> bool:
    """Never what was abandoned. `subscription` must come from subscriptions.queries.complete."""
    offer = subscription.offer
    return may_be_resumed(subscription, offer) and live_subscription(subscription.customer_id, offer) is None


def propose(subscription: Subscription, *, key: uuid.UUID, by: Actor) -> OutboxMessage:
    """Write the message. The same key is the same message. Raises NotResumable; then nothing leaves."""
    merchant_id, subscription_id = subscription.merchant_id, subscription.id
    with transaction():
        subject = complete(locked(merchant_id, subscription_id))
        if not may_be_proposed(subject):
            raise NotResumable
        known = select(OutboxMessage).filter_by(merchant_id=merchant_id, cause_id=key)
        if message := db.session.scalars(known).one_or_none():
            return message
        merchant, customer = db.session.get_one(Merchant, merchant_id), subject.customer
        letter = proposal(subject, merchant)
        message = write(letter, merchant=merchant, to=customer.email, cause_id=key, customer_id=customer.id)
        note("subscription.proposed", subject, by=by)
    return message
