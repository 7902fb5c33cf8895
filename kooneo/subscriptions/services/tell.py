"""Telling of an end: the customer, and the owner when it was the customer who ended it."""

from functools import partial

from kooneo.accounts.models import Merchant
from kooneo.accounts.queries import owner_address
from kooneo.extensions import db
from kooneo.mail.services.outbox import write
from kooneo.subscriptions import queries
from kooneo.subscriptions.letters import letter_of_the_end, letter_to_the_owner
from kooneo.subscriptions.lifecycle import SubscriptionStatus
from kooneo.subscriptions.models import ActorKind, StatusChange, Subscription


def tell_of_the_end(subscription: Subscription, change: StatusChange, *, was: SubscriptionStatus) -> None:
    """In the transaction that settles the change, if it has ended what was in force. Once for each change."""
    if was.ended or not subscription.status.ended:
        return
    db.session.flush()  # what follows is read anew
    ended = queries.complete(subscription)
    merchant = db.session.get_one(Merchant, ended.merchant_id)
    send = partial(write, merchant=merchant, cause_id=change.id, customer_id=ended.customer_id)
    if change.notify_customer:
        send(letter_of_the_end(ended, change, was=was), to=ended.customer.email)
    owner = owner_address(merchant.id)
    if owner and change.actor_kind == ActorKind.CUSTOMER:
        send(letter_to_the_owner(ended, change, was=was), to=owner)
