"""Keeping whether a merchant's customers are told of payments that failed."""

import uuid

from kooneo.dunning.models import DunningSettings
from kooneo.dunning.queries import tells
from kooneo.extensions import db, transaction
from kooneo.journal.services import Actor, record


def choose(merchant_id: uuid.UUID, *, enabled: bool, by: Actor) -> None:
    """The same again changes nothing. Switched off, what waits in the outbox does not leave either."""
    with transaction():
        if tells(merchant_id) == enabled:
            return
        db.session.merge(DunningSettings(merchant_id=merchant_id, enabled=enabled))
        record(merchant_id, "payment.notices_changed", by=by, after="on" if enabled else "off")
