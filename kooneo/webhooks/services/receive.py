"""Taking in a notification: whose it is, then a row and a job in one transaction. What it is about is looked at later."""

import uuid

from flask import current_app
from sqlalchemy.dialects import postgresql, sqlite

from kooneo import jobs
from kooneo.clock import now
from kooneo.extensions import db, transaction
from kooneo.paypal import BadAnswer, Forged, Gateway, RemoteEvent, Transmission, read_event
from kooneo.settings.services import gateway_for, paypal_account
from kooneo.webhooks import authenticity
from kooneo.webhooks.authenticity import Undecided
from kooneo.webhooks.models import EventState, WebhookEndpoint, WebhookEvent

PROCESS = "webhooks.process"


def receive(endpoint: WebhookEndpoint, transmission: Transmission) -> bool:
    """Whether it is new. However old it is: a replayed one is known by its id, and one that comes late says only what to ask
    PayPal about. Raises Forged, or Undecided: then nothing was kept."""
    merchant_id, webhook_id = endpoint.merchant_id, endpoint.webhook_id
    if webhook_id is None:
        raise Undecided("not registered yet: PayPal's id of this webhook is unknown")
    gateway = _gateway(merchant_id)
    db.session.rollback()  # no transaction is open while PayPal is asked
    authenticity.check(transmission, webhook_id, gateway, stand_in=current_app.config["SETTINGS"].paypal_url)
    try:
        event = read_event(transmission.body)
    except BadAnswer as error:
        raise Forged(f"signed, and no event: {error}") from None
    with transaction():
        return _keep(merchant_id, event)


def _gateway(merchant_id: uuid.UUID) -> Gateway | None:
    account = paypal_account(merchant_id)
    return gateway_for(account) if account else None


def _refund(event: RemoteEvent) -> dict[str, object]:
    told = event.refund
    if told is None:
        return {}
    return {
        "refund_id": told.refund_id,
        "refunded_minor": told.amount.minor,
        "refunded_total_minor": told.total.minor if told.total else None,
        "refunded_currency": told.amount.currency,
    }


def _keep(merchant_id: uuid.UUID, event: RemoteEvent) -> bool:
    """Two that come at once are one row and one job."""
    row_id = uuid.uuid4()
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    row = insert(WebhookEvent).values(
        id=row_id,
        merchant_id=merchant_id,
        event_id=event.event_id,
        event_type=event.event_type,
        created_at=event.created_at,
        received_at=now(),
        paypal_id=event.subscription_id,
        sale_id=event.sale_id,
        about_money=event.is_about_money,
        **_refund(event),
        state=EventState.WAITING if event.known else EventState.IGNORED,
        settled_at=None if event.known else now(),
        next_attempt_at=now() if event.known else None,
        attempts=0,
    )
    if db.session.scalars(row.on_conflict_do_nothing().returning(WebhookEvent.id)).one_or_none() is None:
        return False
    if event.known:
        jobs.enqueue(PROCESS, str(row_id), job_id=str(row_id), partition=str(merchant_id))
    return True
