"""Reading what came from PayPal: merchant first."""

import re
import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from kooneo.extensions import db
from kooneo.webhooks.models import EventState, WebhookEndpoint, WebhookEvent

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def endpoint_of_token(token: str) -> WebhookEndpoint | None:
    if not _TOKEN.fullmatch(token):
        return None
    return db.session.scalars(select(WebhookEndpoint).filter_by(token=token)).one_or_none()


def endpoint_of(merchant_id: uuid.UUID) -> WebhookEndpoint | None:
    return db.session.scalars(select(WebhookEndpoint).filter_by(merchant_id=merchant_id)).one_or_none()


def last_received_at(merchant_id: uuid.UUID) -> datetime | None:
    return db.session.scalars(select(func.max(WebhookEvent.received_at)).filter_by(merchant_id=merchant_id)).one()


def not_followed(merchant_id: uuid.UUID) -> Sequence[WebhookEvent]:
    """Those that PayPal could not be asked about, the newest first."""
    query = select(WebhookEvent).filter_by(merchant_id=merchant_id, state=EventState.FAILED)
    return db.session.scalars(query.order_by(WebhookEvent.received_at.desc(), WebhookEvent.id)).all()
