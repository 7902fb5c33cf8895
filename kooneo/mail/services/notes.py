"""What the journal says of a message."""

from kooneo.journal.services import Actor, record
from kooneo.mail.models import OutboxMessage


def note(event: str, message: OutboxMessage, *, by: Actor, **details: str) -> None:
    """One line, in the caller's transaction."""
    record(
        message.merchant_id,
        event,
        by=by,
        customer_id=message.customer_id,
        subject_id=message.id,
        mail_subject=message.subject,
        recipient=message.recipient,
        **details,
    )
