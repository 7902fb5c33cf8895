"""What stands in the outbox, what left, and the worker that sends it."""

import uuid
from dataclasses import replace

from flask import current_app
from sqlalchemy import select

from kooneo.accounts.models import Merchant
from kooneo.customers.models import Customer
from kooneo.extensions import db, transaction
from kooneo.mail.letters import Letter
from kooneo.mail.models import MailKind, OutboxMessage
from kooneo.mail.services.forget import forget_old_messages
from kooneo.mail.services.outbox import write
from kooneo.mail.services.send import release_own_leases, send, take_up
from kooneo.mail.transports.mailbox import Delivered, Mailbox
from kooneo.subscriptions.models import Subscription

from .running import fresh, in_app

LETTER = Letter(MailKind.ENDED_CUSTOMER, "Votre abonnement est annulé", "Bonjour,\n\nÀ bientôt.\n", "<p>Bonjour</p>\n")


@in_app
def a_message(
    merchant: Merchant,
    *,
    to: str = "alice@client.test",
    subject: str = LETTER.subject,
    cause_id: uuid.UUID | None = None,
) -> OutboxMessage:
    """In the outbox, with its job."""
    letter = replace(LETTER, subject=subject)
    with transaction():
        return write(letter, merchant=merchant, to=to, cause_id=cause_id or uuid.uuid4())


@in_app
def outbox(row: Merchant | Customer | Subscription) -> list[OutboxMessage]:
    """A merchant's messages, or those to a customer."""
    query = select(OutboxMessage).order_by(OutboxMessage.written_at)
    match row:
        case Merchant():
            return list(db.session.scalars(query.filter_by(merchant_id=row.id)))
        case Customer():
            return list(db.session.scalars(query.filter_by(customer_id=row.id)))
        case _:
            return list(db.session.scalars(query.filter_by(customer_id=row.customer_id)))


def attempt_to_send(message: OutboxMessage) -> OutboxMessage:
    """The worker runs one job of this message."""
    _send(str(message.id))
    return fresh(message)  # type: ignore[no-any-return]


_send = in_app(send)
sweep_outbox = in_app(take_up)
restart_as_sender = in_app(release_own_leases)
forget_messages = in_app(forget_old_messages)


@in_app
def mailbox() -> list[Delivered]:
    """Newest first."""
    return list(Mailbox(current_app.config["SETTINGS"].instance).newest())
