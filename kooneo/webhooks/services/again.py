"""Following once more what PayPal could not be asked about, because a person wants it."""

import uuid

from sqlalchemy import select

from kooneo.clock import now
from kooneo.extensions import db, transaction
from kooneo.webhooks.models import EventState, WebhookEvent


def try_again(merchant_id: uuid.UUID) -> int:
    """One more attempt for each of them, within the minute: `take_up` finds what is due. Returns how many there are."""
    query = select(WebhookEvent).filter_by(merchant_id=merchant_id, state=EventState.FAILED)
    with transaction():
        events = db.session.scalars(query.with_for_update()).all()
        for event in events:
            event.state, event.settled_at, event.next_attempt_at = EventState.WAITING, None, now()
    return len(events)
