"""Telling the customer of an end."""

from kooneo.accounts.models import Merchant
from kooneo.extensions import db
from kooneo.mail.services.outbox import write
from kooneo.subscriptions import queries
from kooneo.subscriptions.letters import letter_of_the_end
from kooneo.subscriptions.lifecycle import SubscriptionStatus
from kooneo.subscriptions.models import StatusChange, Subscription


def tell_customer(subscription: Subscription, change: StatusChange, *, was: SubscriptionStatus) -> None:
    """In the transaction that settles the change, if it was wished and has ended what was in force. Once for each change."""
    if not change.notify_customer or was.ended or not subscription.status.ended:
        return
    db.session.flush()  # what follows is read anew
    ended = queries.complete(subscription)
    write(
        letter_of_the_end(ended, was=was),
        merchant=db.session.get_one(Merchant, ended.merchant_id),
        to=ended.customer.email,
        cause_id=change.id,
        customer_id=ended.customer_id,
    )
