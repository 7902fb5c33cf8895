"""A merchant who proposes again, and what the worker makes of it."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import time_machine
from sqlalchemy import select

from kooneo.accounts.models import Merchant
from kooneo.catalog.models import Product
from kooneo.clock import now
from kooneo.extensions import db, transaction
from kooneo.journal.services import Actor
from kooneo.mail.models import MailKind, OutboxMessage
from kooneo.subscriptions.models import Subscription
from kooneo.winback.links import token_of
from kooneo.winback.models import Step, WinbackMessage
from kooneo.winback.series import Settings, Template
from kooneo.winback.services.answer import abandon_unanswered, stop
from kooneo.winback.services.choose import choose_settings, rewrite
from kooneo.winback.services.propose import propose_what_is_due

from .builders import a_merchant, a_subscription, merchant_of, saved
from .mail import attempt_to_send, mailbox, outbox
from .running import fresh, in_app

PARIS = ZoneInfo("Europe/Paris")
MONDAY = datetime(2026, 11, 30, 10, tzinfo=PARIS)
"""At ten in the morning: nothing is quiet."""
NORA = Actor("member", "Nora Petit", "back_office", uuid.UUID(int=1))


@in_app
def proposes_again(merchant: Merchant, *, without: tuple[Product, ...] = (), **chosen: bool) -> Merchant:
    unproposed = frozenset(product.id for product in without)
    settings = Settings(**({"enabled": True} | chosen), unproposed=unproposed)  # type: ignore[arg-type]
    choose_settings(merchant.id, settings, by=NORA)
    return db.session.get_one(Merchant, merchant.id)


@in_app
def writes(merchant: Merchant, template: Template) -> None:
    rewrite(merchant.id, template, by=NORA)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    with time_machine.travel(moment, tick=True):
        yield


def a_cancelled(merchant: Merchant | None = None, *, days: float = 3.1, **facts: object) -> Subscription:
    """Ended so many days ago, at a merchant who proposes again."""
    merchant = merchant or proposes_again(a_merchant())
    facts = {"status": "cancelled", "merchant": merchant} | facts
    return ended(a_subscription(**facts), days=days)  # type: ignore[arg-type]


@in_app
def ended(subscription: Subscription, *, days: float) -> Subscription:
    with transaction():
        row = db.session.get_one(Subscription, subscription.id)
        row.ended_at = now() - timedelta(days=days)
        row.started_at = min(row.started_at, row.ended_at - timedelta(days=40))
        row.next_billing_at = None
    return row


proposing = in_app(propose_what_is_due)
"""The worker's minute."""
giving_up = in_app(abandon_unanswered)
"""The worker's night."""


def proposals(subscription: Subscription) -> list[OutboxMessage]:
    """To its customer, about whatever."""
    return [message for message in outbox(subscription) if message.kind == MailKind.PROPOSAL]


def sent_to(subscription: Subscription) -> list[str]:
    """The subjects of the proposals that have left; the worker tries each that may be due first."""
    waiting = [message for message in proposals(subscription) if message.state == "waiting"]
    for message in waiting:
        attempt_to_send(message)
    ids = {message.id for message in proposals(subscription)}
    return [str(delivered.message["Subject"]) for delivered in mailbox() if delivered.id in ids]


@in_app
def decided(subscription: Subscription) -> list[WinbackMessage]:
    query = select(WinbackMessage).filter_by(subscription_id=subscription.id)
    return list(db.session.scalars(query.order_by(WinbackMessage.decided_at)))


def a_proposal(subscription: Subscription | None = None) -> WinbackMessage:
    """Written by the worker, not sent yet."""
    subscription = subscription or a_cancelled()
    proposing()
    (message,) = decided(subscription)
    assert message.refusal is None, message.refusal
    return fresh(message)  # type: ignore[no-any-return]


@in_app
def token(message: WinbackMessage) -> str:
    return token_of(message.id)


def stop_path(message: WinbackMessage) -> str:
    return f"/portal/{merchant_of(message).slug}/unsubscribe/{token(message)}"


def again_path(message: WinbackMessage) -> str:
    return f"/portal/{merchant_of(message).slug}/offers/again/{token(message)}"


@in_app
def stops(message: WinbackMessage) -> None:
    """Somebody presses "Ne plus me le proposer"."""
    stop(db.session.get_one(WinbackMessage, message.id))


def a_winback_message(subscription: Subscription) -> WinbackMessage:
    """The row alone: its links work."""
    return saved(  # type: ignore[no-any-return]
        WinbackMessage(
            merchant_id=subscription.merchant_id,
            subscription_id=subscription.id,
            customer_id=subscription.customer_id,
            step=Step.FIRST,
        )
    )
