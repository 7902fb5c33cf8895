"""Messages that did not arrive: what the team makes of them."""

import uuid

from sqlalchemy import select

from kooneo import jobs
from kooneo.clock import now
from kooneo.extensions import db, transaction
from kooneo.journal.services import Actor
from kooneo.mail.models import MessageState, OutboxMessage
from kooneo.mail.services.notes import note
from kooneo.mail.services.outbox import SEND
from kooneo.mail.services.send import BACKOFF


class NothingToSend(Exception):
    """It has left meanwhile, or what it said was forgotten."""


def send_again(message: OutboxMessage, *, by: Actor) -> None:
    """Have it tried now, once more at least. Safe to repeat. Raises NothingToSend."""
    with transaction():
        message = _locked(message.id)
        if message.state in (MessageState.SENT, MessageState.DROPPED) or message.text is None:
            raise NothingToSend
        if message.state == MessageState.WAITING and message.next_attempt_at and message.next_attempt_at <= now():
            return
        message.state, message.given_up_at, message.next_attempt_at = MessageState.WAITING, None, now()
        # After all the attempts that it had: one more, and the team learns at once how that went.
        message.attempts = min(message.attempts, len(BACKOFF))
        note("mail.tried_again", message, by=by)
        jobs.enqueue(
            SEND,
            str(message.id),
            job_id=f"{message.id}:again:{uuid.uuid4()}",
            partition=str(message.merchant_id),
            queue=jobs.MAIL,
        )


def give_up(message: OutboxMessage, *, by: Actor) -> None:
    """It is tried no more, and needs nobody. Safe to repeat; one that has left, or is leaving at this moment, stays as it is."""
    with transaction():
        message = _locked(message.id)
        leaving = message.lease_until is not None and message.lease_until > now()
        if message.state == MessageState.SENT or message.given_up_at or leaving:
            return
        message.state, message.given_up_at, message.next_attempt_at = MessageState.FAILED, now(), None
        note("mail.given_up", message, by=by)


def _locked(message_id: uuid.UUID) -> OutboxMessage:
    query = select(OutboxMessage).filter_by(id=message_id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one()
