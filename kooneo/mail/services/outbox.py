"""Putting a message into the outbox."""

import uuid
from datetime import datetime

from flask import current_app
from sqlalchemy import select

from kooneo import jobs
from kooneo.accounts.models import Merchant
from kooneo.accounts.queries import owner_address
from kooneo.clock import now
from kooneo.extensions import db
from kooneo.mail import conditions
from kooneo.mail.letters import Letter
from kooneo.mail.models import MessageState, OutboxMessage
from kooneo.text import clean

SEND = "mail.send"


def write(
    letter: Letter,
    *,
    merchant: Merchant,
    to: str,
    cause_id: uuid.UUID,
    customer_id: uuid.UUID | None = None,
    useful_until: datetime | None = None,
) -> OutboxMessage:
    """One row and one job in the caller's transaction: what caused the message and the message are kept together, or neither.

    The same kind for the same cause to the same recipient is one message, however often it is written. Whether `to` is an
    address at all shows when it is sent: a message never stands in the way of what it is about. Raises conditions.Unwanted when
    it may leave only for a reason that does not stand.
    """
    identity = {"merchant_id": merchant.id, "cause_id": cause_id, "kind": letter.kind, "recipient": to}
    if written := db.session.scalars(select(OutboxMessage).filter_by(**identity)).one_or_none():
        return written
    # Not by chance: written again from a restored backup, it is the message that has arrived already.
    message_id = uuid.uuid5(cause_id, f"{merchant.id} {letter.kind} {to}")
    message = OutboxMessage(
        id=message_id,
        **identity,
        customer_id=customer_id,
        message_id=f"<{message_id}@{current_app.config['SETTINGS'].mail_domain}>",
        sender_name=f"{clean(merchant.name)} via Kooneo",
        reply_to=owner_address(merchant.id),
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        unsubscribe_url=letter.unsubscribe_url,
        state=MessageState.WAITING,
        written_at=now(),
        next_attempt_at=now(),
        useful_until=useful_until,
    )
    if refusal := conditions.ask(message).refusal:
        raise conditions.Unwanted(refusal)
    db.session.add(message)
    db.session.flush()
    jobs.enqueue(SEND, str(message_id), job_id=str(message_id), partition=str(merchant.id), queue=jobs.MAIL)
    return message
