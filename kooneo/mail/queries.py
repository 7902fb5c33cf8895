"""Reading the outbox: merchant first."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, func, or_, select

from kooneo.clock import now
from kooneo.extensions import db
from kooneo.mail.models import MailKind, MessageState, OutboxMessage

PATIENCE = timedelta(hours=1)
"""A message that waits longer is shown to a person, although it is still tried."""


def undelivered(merchant_id: uuid.UUID) -> Sequence[OutboxMessage]:
    """What somebody should know has not arrived, the oldest first."""
    query = select(OutboxMessage).where(*_undelivered(merchant_id))
    return db.session.scalars(query.order_by(OutboxMessage.written_at)).all()


def count_undelivered(merchant_id: uuid.UUID) -> int:
    return db.session.scalars(select(func.count(OutboxMessage.id)).where(*_undelivered(merchant_id))).one()


def _undelivered(merchant_id: uuid.UUID) -> tuple[ColumnElement[bool], ...]:
    """Codes are left out: they are worth nothing by now, and whoever waits for one asks for another."""
    return (
        OutboxMessage.merchant_id == merchant_id,
        OutboxMessage.sent_at.is_(None),
        OutboxMessage.given_up_at.is_(None),
        OutboxMessage.kind != MailKind.CODE,
        or_(OutboxMessage.state == MessageState.FAILED, OutboxMessage.written_at <= now() - PATIENCE),
    )


def messages_about(merchant_id: uuid.UUID, causes: Sequence[uuid.UUID], *, to: str) -> Sequence[OutboxMessage]:
    """Those that these rows caused, to one recipient, in the order in which they were written."""
    query = select(OutboxMessage).filter_by(merchant_id=merchant_id, recipient=to)
    return db.session.scalars(query.where(OutboxMessage.cause_id.in_(causes)).order_by(OutboxMessage.written_at)).all()
