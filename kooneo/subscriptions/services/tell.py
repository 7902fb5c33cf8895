"""Telling of an end: the customer, and the owner when nobody in the back office had asked for it."""

from datetime import timedelta
from functools import partial

from kooneo.accounts.models import Merchant
from kooneo.accounts.queries import owner_address
from kooneo.clock import now
from kooneo.extensions import db
from kooneo.mail.services.outbox import write
from kooneo.subscriptions import owner_letters, queries
from kooneo.subscriptions.letters import letter_of_the_end
from kooneo.subscriptions.lifecycle import SubscriptionStatus
from kooneo.subscriptions.models import ActorKind, StatusChange, Subscription

_IS_NEWS = timedelta(days=3)
"""PayPal tries as long to deliver a notification. Older ends come to light together, as with new keys or a database that was
restored: a list shows them, a hundred messages would not."""


def tell_of_the_end(subscription: Subscription, change: StatusChange, *, was: SubscriptionStatus) -> None:
    """In the transaction that settles the change, if it has ended what was in force. Once for each change. Who agreed while it
    was being cancelled is told in any case: PayPal has charged them."""
    if was.ended or not subscription.status.ended:
        return
    db.session.flush()  # what follows is read anew
    ended = queries.complete(subscription)
    merchant = db.session.get_one(Merchant, ended.merchant_id)
    send = partial(write, merchant=merchant, cause_id=change.id, customer_id=ended.customer_id)
    agreed_meanwhile = change.from_status == SubscriptionStatus.PENDING and was != SubscriptionStatus.PENDING
    if change.notify_customer or agreed_meanwhile:
        send(letter_of_the_end(ended, change, was=was), to=ended.customer.email)
    owner = owner_address(merchant.id)
    if owner and change.actor_kind == ActorKind.CUSTOMER:
        send(owner_letters.of_an_end_alone(ended, change, was=was), to=owner)


def tell_of_the_end_at_paypal(subscription: Subscription, *, was: SubscriptionStatus) -> None:
    """In the transaction that follows PayPal. Once for each subscription, however the end was found."""
    if was.ended or subscription.status != SubscriptionStatus.CANCELLED:
        return
    if subscription.ended_at is None or subscription.ended_at < now() - _IS_NEWS:
        return
    db.session.flush()  # what follows is read anew
    ended = queries.complete(subscription)
    owner = owner_address(ended.merchant_id)
    if owner:
        letter = owner_letters.of_an_end_at_paypal(ended, was=was)
        merchant = db.session.get_one(Merchant, ended.merchant_id)
        write(letter, merchant=merchant, cause_id=ended.id, customer_id=ended.customer_id, to=owner)
