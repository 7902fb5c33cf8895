"""Reading the outbox: merchant first."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from kooneo.extensions import db
from kooneo.mail.models import OutboxMessage


def messages_about(merchant_id: uuid.UUID, causes: Sequence[uuid.UUID], *, to: str) -> Sequence[OutboxMessage]:
    """Those that these rows caused, to one recipient, in the order in which they were written."""
    query = select(OutboxMessage).filter_by(merchant_id=merchant_id, recipient=to)
    return db.session.scalars(query.where(OutboxMessage.cause_id.in_(causes)).order_by(OutboxMessage.written_at)).all()
