"""Taking away what old messages said. That they were sent, when and to whom stays."""

from datetime import timedelta

from sqlalchemy import update

from kooneo import jobs
from kooneo.clock import now
from kooneo.extensions import db, transaction
from kooneo.mail.models import MessageState, OutboxMessage

READABLE = timedelta(days=90)


@jobs.nightly("forget_messages")
def forget_old_messages() -> None:
    old = OutboxMessage.written_at < now() - READABLE
    with transaction():
        db.session.execute(
            update(OutboxMessage)
            .where(old, OutboxMessage.text.is_not(None), OutboxMessage.state != MessageState.WAITING)
            .values(text=None, html=None)
        )
